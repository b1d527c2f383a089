"""The centre's steps in a world that may run an hour in a second: called when something brings them work."""

from collections.abc import Callable
from itertools import pairwise
from typing import cast

import pytest

from hemlarm_cloud.store import Store
from hemlarm_simulator.clock import VirtualClock
from hemlarm_simulator.page import centre_work
from hemlarm_simulator.page.centre_work import LATEST_MS, CentreWork

Step = Callable[[Store, int], int | None]


class Work(CentreWork):
    """Its store's heads are set by hand; `calls` has each step that was called, and when."""

    def __init__(self, clock: VirtualClock) -> None:
        self.heads: tuple[int, ...] = (0,)
        self.calls: list[tuple[str, int]] = []
        self.rounds = 0
        super().__init__(clock, cast(Store, None), lambda: clock.now_ms, self._count)

    def step(self, name: str, answer: Callable[[int], int | None]) -> Step:
        def called(_store: Store, now_ms: int) -> int | None:
            self.calls.append((name, now_ms))
            return answer(now_ms)

        return called

    def _count(self) -> None:
        self.rounds += 1

    def _read_heads(self) -> tuple[int, ...]:
        return self.heads


def run(clock: VirtualClock, ms: int) -> None:
    until_ms = clock.now_ms + ms
    while (due_ms := clock.schedule.next_ms()) is not None and due_ms <= until_ms:
        clock.now_ms = due_ms
        clock.schedule.fire_next()
    clock.now_ms = until_ms


@pytest.fixture(name="work")
def _work(monkeypatch: pytest.MonkeyPatch) -> Work:
    work = Work(VirtualClock())
    steps = {"cases": work.step("cases", lambda _: None), "timers": work.step("timers", lambda now_ms: now_ms + 60_000)}
    monkeypatch.setattr(centre_work, "STEPS", steps)
    work._due_ms = dict.fromkeys(steps, 0)
    return work


def test_a_heartbeat_that_stores_no_event_calls_no_step(work: Work) -> None:
    clock = cast(VirtualClock, work._clock)
    work.wake()
    run(clock, 1_000)
    assert [name for name, _ in work.calls] == ["cases", "timers"]
    work.calls.clear()
    for _ in range(10):
        work.wake()
        run(clock, 1_000)
    assert (work.calls, work.rounds) == ([], 1)


def test_an_event_and_a_person_call_every_step_at_once(work: Work) -> None:
    clock = cast(VirtualClock, work._clock)
    work.wake()
    run(clock, 1_000)
    work.calls.clear()
    work.heads = (1,)
    work.wake()
    run(clock, 100)
    assert [name for name, _ in work.calls] == ["cases", "timers"]
    work.calls.clear()
    work.acted()
    run(clock, 100)
    assert [name for name, _ in work.calls] == ["cases", "timers"]


def test_a_step_is_called_when_it_asked_for_it_and_every_other_one_after_a_while(work: Work) -> None:
    work.wake()
    run(cast(VirtualClock, work._clock), LATEST_MS + 1_000)
    timers = [at_ms for name, at_ms in work.calls if name == "timers"]
    assert {later - earlier for earlier, later in pairwise(timers)} == {60_000}
    assert len([name for name, _ in work.calls if name == "cases"]) == 2


def test_what_one_step_logs_is_looked_at_by_the_others(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    def logs(_store: Store, now_ms: int) -> int | None:
        work.heads = (1,)
        work.calls.append(("logs", now_ms))
        return None

    steps = {"logs": logs, "cases": work.step("cases", lambda _: None)}
    monkeypatch.setattr(centre_work, "STEPS", steps)
    work._due_ms = dict.fromkeys(steps, 0)
    work.wake()
    run(cast(VirtualClock, work._clock), 100)
    assert [name for name, _ in work.calls] == ["logs", "cases"] * 2
