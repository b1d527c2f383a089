"""Promises of tasks: the earliest goes to the board, when it changes, with the task that gave it."""

from hemlarm_firmware.watchdog import DEADLINES, INPUTS, LATE_MS, LINK, Watchdog

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.board import Board

MINUTE_MS = 60_000
NEVER = 1 << 40


class Dog:
    """A watchdog whose board only notes. `bites`: for whom, and when, the board would reset the panel."""

    def __init__(self) -> None:
        self.vouched: list[tuple[int, int | None]] = []
        self.nudges = 0
        board: Board = self  # type: ignore[assignment]
        self.tasks = Watchdog(board)

    def vouch(self, task: int, by_ms: "int | None") -> None:
        self.vouched.append((task, by_ms))

    def nudge(self) -> None:
        self.nudges += 1

    @property
    def bites(self) -> "tuple[int, int]":
        task, by_ms = self.vouched[-1]
        return task, NEVER if by_ms is None else by_ms


def test_before_the_first_promise_there_is_none() -> None:
    dog = Dog()
    dog.tasks.promise(DEADLINES, None)
    assert dog.vouched == []


def test_a_task_that_does_not_come_back_is_found_late_but_not_too_late() -> None:
    for task in (DEADLINES, LINK):
        for at_ms in (0, 1, 9_999, 10_000, 119_999, 1 << 31):
            dog = Dog()
            dog.tasks.promise(task, at_ms)
            found, by_ms = dog.bites
            assert found == task
            assert at_ms + LATE_MS[task] < by_ms <= at_ms + 2 * LATE_MS[task]


def test_the_earliest_promise_counts() -> None:
    dog = Dog()
    dog.tasks.promise(LINK, 0)
    dog.tasks.promise(DEADLINES, 30_000)
    assert dog.bites == (DEADLINES, 50_000)
    dog.tasks.promise(DEADLINES, 3_600_000)
    assert dog.bites == (LINK, 2 * LATE_MS[LINK])


def test_a_task_that_waits_for_the_outside_promises_nothing() -> None:
    dog = Dog()
    dog.tasks.promise(DEADLINES, 30_000)
    dog.tasks.promise(DEADLINES, None)
    assert dog.vouched[-1][1] is None


def test_the_board_hears_only_what_changes() -> None:
    dog = Dog()
    for at_ms in range(0, 60 * MINUTE_MS, MINUTE_MS):
        dog.tasks.promise(LINK, at_ms + MINUTE_MS)
        dog.tasks.promise(INPUTS, None)
        dog.tasks.promise(DEADLINES, 86_400_000)
    assert len(dog.vouched) <= 31  # Once in two minutes.
    assert {task for task, _ in dog.vouched} == {LINK}


def test_inputs_are_nudged_as_the_link_goes_on_and_once_only() -> None:
    dog = Dog()
    dog.tasks.promise(LINK, 0)
    assert dog.nudges == 1
    dog.tasks.promise(LINK, 150_000)
    assert dog.nudges == 1  # It has not answered yet.
    dog.tasks.promise(INPUTS, None)
    dog.tasks.promise(LINK, 300_000)
    assert dog.nudges == 2


def test_inputs_that_never_come_back_are_found_though_the_link_goes_on() -> None:
    dog = Dog()
    for at_ms in range(0, 60 * MINUTE_MS, MINUTE_MS):
        task, by_ms = dog.bites if dog.vouched else (LINK, NEVER)
        if by_ms <= at_ms:
            assert task == INPUTS
            assert at_ms <= 5 * MINUTE_MS
            return
        dog.tasks.promise(LINK, at_ms + MINUTE_MS)
    raise AssertionError("nobody noticed")


def test_without_a_link_that_promises_inputs_are_not_asked() -> None:
    dog = Dog()
    dog.tasks.promise(DEADLINES, 0)
    dog.tasks.promise(LINK, None)
    assert dog.nudges == 0
