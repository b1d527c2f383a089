"""The panel as a whole on a board in memory: what a restart tells, and what is done where memory or flash gives way."""

from fake_board import HEAP as GC
from fake_board import UNIX_MS, FakeBoard, Reset, recorded
from hemlarm_firmware.app import App
from hemlarm_firmware.board import CRASH
from hemlarm_firmware.condition import CLOCK, FLASH, HEAP, HEAP_MIN
from panel_house import FRONT_DOOR, SMOKE
from support import raises

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FIRE, RESTARTED, SELF_TEST_FAILED = 1111, 1305, 1307
WATCHDOG = 2
HOUR_MS = 3_600_000


def booted(board: "FakeBoard | None" = None) -> "tuple[Any, FakeBoard]":
    """Return a panel that has just started, and its board."""
    board = board or FakeBoard()
    app = App(board)
    app.start()
    app.feed("start", [], [])
    return app, board


def of(app: "Any", qcode: int) -> "list[Any]":
    return [event for event in recorded(app) if event.qcode == qcode]


class Failing:
    """Stands in for a function: the first calls run out of memory, the others are passed on."""

    def __init__(self, whole: "Any", times: int) -> None:
        self._whole = whole
        self.left = times

    def __call__(self, *arguments: "Any") -> "Any":
        if self.left:
            self.left -= 1
            raise MemoryError
        return self._whole(*arguments)


def test_a_restart_tells_its_cause_and_the_task_that_hung() -> None:
    board = FakeBoard()
    board.cause = (WATCHDOG, 3)
    (restart,) = of(booted(board)[0], RESTARTED)
    assert (restart.detail, restart.zone) == (WATCHDOG, 3)


def test_an_alarm_whose_record_finds_no_memory_is_recorded_when_garbage_is_gone() -> None:
    app, board = booted()
    app.recorder.record = Failing(app.recorder.record, 1)
    app.feed("zone", SMOKE, True)
    assert [event.zone for event in of(app, FIRE)] == [SMOKE]
    assert board.shown["siren"] == "fire"


def test_where_memory_is_out_for_good_people_are_warned_and_the_state_is_safe_before_the_error_counts() -> None:
    app, board = booted()
    app.recorder.record = Failing(app.recorder.record, 100)
    raises(MemoryError, app.feed, "zone", SMOKE, True)
    assert board.shown["siren"] == "fire"
    board.shown = {}
    again, _ = booted(board)
    assert board.shown["siren"] == "fire"
    assert again.core.site.zone_of[SMOKE] is not None


def test_an_alarm_is_recorded_and_shown_though_the_state_finds_no_memory() -> None:
    app, board = booted()
    app.memory.save = Failing(app.memory.save, 100)
    raises(MemoryError, app.feed, "zone", SMOKE, True)
    assert board.shown["siren"] == "fire"
    assert len(of(app, FIRE)) == 1


def test_a_crash_is_recorded_and_restarts_the_panel() -> None:
    app, board = booted()
    raises(Reset, app.crash().send, None)
    assert board.ended == CRASH
    assert [event.detail for event in of(app, SELF_TEST_FAILED)] == [4]


def test_a_crash_that_cannot_be_recorded_restarts_the_panel_all_the_same() -> None:
    app, board = booted()
    app.recorder.record = Failing(None, 100)
    raises(Reset, app.crash().send, None)
    assert board.ended == CRASH


def test_memory_that_runs_out_over_what_the_link_brings_is_not_taken_for_the_links() -> None:
    app, _ = booted()
    app.requests.execute = Failing(None, 1)
    raises(RuntimeError, app._happened, ("command", None))


def test_a_healthy_panel_has_nothing_to_report() -> None:
    app, _ = booted()
    assert of(app, SELF_TEST_FAILED) == []
    assert app.condition.test() == []


def test_a_full_heap_is_found_and_told_once() -> None:
    app, board = booted()
    free = GC.free
    GC.free = HEAP_MIN - 1
    try:
        assert app.condition.test() == []  # Not looked at again so soon.
        board.ticks += HOUR_MS
        assert app.condition.test() == [HEAP]
        assert app.condition.test() == []
    finally:
        GC.free = free
    board.ticks += HOUR_MS
    assert app.condition.test() == []


def test_state_that_cannot_be_read_or_saved_is_found() -> None:
    app, board = booted()
    board.chips["state"].dead = True
    assert app.condition.test() == [FLASH]
    app.feed("zone", SMOKE, True)
    assert app._health().unsaved == 1
    board.chips["state"].dead = False
    assert app.condition.test() == []  # Told already, and still so.
    app.feed("zone", SMOKE, False)
    assert app._health().unsaved == 0
    assert app.condition.test() == []
    board.chips["state"].bad_programs = 100
    app.feed("zone", SMOKE, True)
    board.chips["state"].bad_programs = 0
    assert app.condition.test() == [FLASH]  # It can be read, and is not what should be there.


def test_a_record_that_the_flash_did_not_take_is_told_and_counted() -> None:
    app, board = booted()
    board.chips["journal"].bad_programs = 1
    app.feed("zone", SMOKE, True)
    assert app._health().flash_faults == 1
    assert len(of(app, FIRE)) == 1


def test_a_kept_clock_that_stands_or_runs_wild_is_found() -> None:
    for rate, found in ((0, [CLOCK]), (1, []), (3, [CLOCK])):
        app, board = booted()
        app._happened(("time", UNIX_MS))
        board.ticks += 2 * HOUR_MS
        board.kept_ms = UNIX_MS + rate * 2 * HOUR_MS
        assert app.condition.test() == found


def test_a_board_without_a_kept_clock_is_no_fault() -> None:
    app, board = booted()
    board.ticks += 2 * HOUR_MS
    assert app.condition.test() == []


def test_the_kept_clock_is_set_when_it_is_wrong_and_only_then() -> None:
    app, board = booted()
    app._happened(("time", UNIX_MS))
    assert board.kept == [UNIX_MS]
    app._happened(("time", UNIX_MS + 1_500))
    assert board.kept == [UNIX_MS]
    app._happened(("time", UNIX_MS + 60_000))
    assert board.kept[1:] == [UNIX_MS + 60_000]


def test_a_kept_clock_gives_the_time_after_a_restart() -> None:
    board = FakeBoard()
    board.kept_ms = UNIX_MS
    (restart,) = of(booted(board)[0], RESTARTED)
    assert restart.time == UNIX_MS // 1000


def test_a_kept_clock_that_is_behind_the_last_saved_time_is_not_believed() -> None:
    app, board = booted()
    app._happened(("time", UNIX_MS))
    app.feed("zone", SMOKE, True)  # Saves.
    board.kept_ms = UNIX_MS - 1_000
    again, _ = booted(board)
    assert of(again, RESTARTED)[-1].time is None


def test_health_tells_what_is_known() -> None:
    board = FakeBoard()
    board.cause = (WATCHDOG, 1)
    app, _ = booted(board)
    health = app._health()
    assert (health.boot, health.cause, health.task) == (1, WATCHDOG, 1)
    assert health.journal_pending == 1
    assert health.journal_capacity == app._journal.capacity > 0
    assert health.heap_free > HEAP_MIN
    assert (health.flash_faults, health.unsaved, health.mains) == (0, 0, 2)


def test_what_becomes_of_the_paths_reaches_the_core() -> None:
    app, _ = booted()
    told = []
    app.feed = lambda *happened: told.append(happened)
    facts = [("network", True), ("path", 1, False), ("path-used", 1), ("no-contact", True), ("jammed", 2, True)]
    for fact in [("opened",)] + facts:
        app._happened(fact)
    assert told == facts


def test_a_panel_that_parks_waits_for_acknowledgements_but_not_for_ever() -> None:
    app, board = booted()
    board.ticks = 1_000
    app.perform([("event", 1308, 0, 0, 0, 0, 105), ("save",), ("park",)])
    assert app._timers[2] == 31_000
    record = app.recorder.take()
    while record is not None:
        app.recorder.acknowledge(record)
        record = app.recorder.take()
    raises(Reset, app._happened, ("acknowledged", b"", 1))
    assert board.ended == 5


def test_with_nothing_pending_a_panel_parks_at_once() -> None:
    app, board = booted()
    recorded_all = app.recorder.take()
    app.recorder.acknowledge(recorded_all)
    board.ticks = 1_000
    app.perform([("park",)])
    assert app._deadline_ms() == 1_000


def test_a_door_is_fed_to_the_core() -> None:
    app, board = booted()
    app.feed("zone", FRONT_DOOR, True)
    assert board.shown["display"] != ""
