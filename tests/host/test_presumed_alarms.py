"""A panel that goes silent in its entry delay: the cloud raises the alarm, once, whatever the order of arrival."""

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemlarm_cloud.ingest.entry_delays import BACKLOG_MS, GRACE_MS
from hemlarm_cloud.store import PresumedAlarm, StoreError
from hemlarm_protocol import keys, messages, sealing
from ingest_support import BEGAN_MS, ROOT_KEY, Bench, file_url

ENTRY, DISARM, CANCEL, TAMPER = 6134, 1401, 1406, 1137
DELAY_MS = 30_000
DUE_MS = DELAY_MS + GRACE_MS
FIRST = 1_000
"""Numbers of events made here begin behind those of the bench's own panel."""


@pytest.fixture
def bench(store_url: str) -> Bench:
    return connected_bench(store_url)


def connected_bench(url: str = "sqlite://") -> Bench:
    bench = Bench(url)
    bench.connect()
    return bench


def event(bench: Bench, number: int, qcode: int, area: int = 1, age_ms: int | None = 0) -> bytes:
    """Return a panel's event as a frame; `age_ms` ago by its clock and its uptime, or with None by no clock."""
    key = keys.journal_key(ROOT_KEY, bytes.fromhex(bench.panel.id), bench.panel.memory.salts[0])
    time_s = None if age_ms is None else (bench.now_ms - age_ms) // 1000
    detail = DELAY_MS // 2000 if qcode == ENTRY else 0
    uptime_ms = max(0, bench.now_ms - BEGAN_MS - max(0, age_ms or 0))
    message = messages.Event(qcode, area, 7, 0, 0, detail, 1, uptime_ms, time_s)
    return sealing.frame(key, sealing.seal_numbered(key, FIRST + number, messages.encode(message)))


def pump_at(bench: Bench, ms: int) -> None:
    """Let the ingest look after this time."""
    bench.now_ms += ms
    bench.core.pump(bench.now_ms)


def delays(bench: Bench) -> list[PresumedAlarm]:
    with bench.store.read() as reading:
        return reading.entry_delays(bench.panel.id)


def states(bench: Bench) -> list[str]:
    return [delay.state for delay in delays(bench)]


def test_a_panel_that_is_never_heard_of_again_raises_an_alarm(bench: Bench) -> None:
    bench.exchange([event(bench, 1, ENTRY, area=3)])
    pump_at(bench, DUE_MS - 1)
    assert states(bench) == ["waiting"]
    pump_at(bench, 1)
    (alarm,) = delays(bench)
    assert (alarm.state, alarm.area, alarm.zone, alarm.number) == ("raised", 3, 7, FIRST + 1)
    assert (alarm.raised_ms, alarm.settled_ms) == (BEGAN_MS + DUE_MS, None)
    with bench.store.read() as reading:
        assert reading.presumed_alarms() == [alarm]


@pytest.mark.parametrize("qcode", [DISARM, CANCEL, 1130, 1131, 1132, 1133, 1134, 1139])
def test_a_disarm_and_an_intrusion_alarm_settle_it(bench: Bench, qcode: int) -> None:
    bench.exchange([event(bench, 1, ENTRY)])
    bench.now_ms += 20_000
    bench.exchange([event(bench, 2, qcode)])
    (delay,) = delays(bench)
    assert (delay.state, delay.settled_ms) == ("settled", BEGAN_MS + 20_000)
    pump_at(bench, DUE_MS)
    assert states(bench) == ["settled"]


@pytest.mark.parametrize("qcode", [TAMPER, 1144, 3134, 3401, 1305, ENTRY, 1120, 1111])
def test_a_panel_being_smashed_does_not_settle_it_by_what_it_still_reports(bench: Bench, qcode: int) -> None:
    bench.exchange([event(bench, 1, ENTRY), event(bench, 2, qcode)])
    pump_at(bench, DUE_MS)
    assert states(bench)[0] == "raised"


def test_another_area_or_what_was_before_does_not_settle_it(bench: Bench) -> None:
    bench.exchange([event(bench, 5, ENTRY), event(bench, 6, DISARM, area=2), event(bench, 4, DISARM)])
    pump_at(bench, DUE_MS)
    assert states(bench) == ["raised"]


STORIES = [
    ([(1, ENTRY, 1), (2, DISARM, 1), (3, TAMPER, 1)], ["settled"]),
    ([(1, ENTRY, 1), (2, 1134, 1), (3, 1139, 1), (4, DISARM, 1)], ["settled"]),
    ([(1, DISARM, 1), (2, ENTRY, 1), (3, TAMPER, 1)], ["raised"]),
    ([(1, ENTRY, 1), (2, ENTRY, 2), (3, DISARM, 2)], ["raised", "settled"]),
    ([(1, ENTRY, 1), (2, DISARM, 1), (3, ENTRY, 1)], ["settled", "raised"]),
    ([(1, ENTRY, 1), (2, ENTRY, 2), (3, DISARM, 2), (4, CANCEL, 1)], ["settled", "settled"]),
]


@pytest.mark.parametrize(("story", "outcome"), STORIES)
@pytest.mark.parametrize("restart", [False, True])
def test_every_order_of_arrival_ends_the_same(
    story: list[tuple[int, int, int]], outcome: list[str], restart: bool
) -> None:
    bench = connected_bench()
    for turn, order in enumerate(permutations(story)):
        # Each turn plays in areas of its own, so that no event of one can settle a delay of another.
        for number, qcode, area in order:
            bench.exchange([event(bench, 100 * turn + number, qcode, area)])
            pump_at(bench, 1_000)
            if restart:
                bench.start_ingest()
        pump_at(bench, DUE_MS)
        ended = {d.number - FIRST - 100 * turn: d.state for d in delays(bench) if d.number >= FIRST + 100 * turn}
        assert [ended[number] for number in sorted(ended)] == outcome, order
        with bench.store.begin() as tx:
            for delay in tx.open_entry_delays():
                assert tx.settle_entry_delay(delay, bench.now_ms)


@pytest.mark.parametrize(("story", "outcome"), STORIES)
def test_every_order_within_one_commit_ends_the_same(story: list[tuple[int, int, int]], outcome: list[str]) -> None:
    for order in permutations(story):
        bench = connected_bench()
        bench.exchange([event(bench, number, qcode, area) for number, qcode, area in order])
        pump_at(bench, DUE_MS)
        ended = {delay.number: delay.state for delay in delays(bench)}
        assert [ended[number] for number in sorted(ended)] == outcome, order


def test_what_settles_it_after_the_alarm_is_noted_and_the_alarm_stays(bench: Bench) -> None:
    bench.exchange([event(bench, 1, ENTRY)])
    pump_at(bench, DUE_MS)
    bench.now_ms += 5_000
    bench.exchange([event(bench, 2, DISARM)])
    (alarm,) = delays(bench)
    assert (alarm.state, alarm.raised_ms) == ("raised", BEGAN_MS + DUE_MS)
    assert alarm.settled_ms == BEGAN_MS + DUE_MS + 5_000
    bench.now_ms += 5_000
    bench.exchange([event(bench, 3, DISARM)])
    assert delays(bench) == [alarm]


def test_an_entry_delay_and_what_settles_it_may_come_many_times(bench: Bench) -> None:
    frames = [event(bench, 1, ENTRY), event(bench, 2, DISARM)]
    for _ in range(3):
        bench.exchange(frames)
        bench.exchange(frames[:1])
        pump_at(bench, DUE_MS)
    assert states(bench) == ["settled"]


def test_an_alarm_is_raised_once(bench: Bench) -> None:
    bench.exchange([event(bench, 1, ENTRY)])
    pump_at(bench, DUE_MS)
    alarm = delays(bench)
    bench.exchange([event(bench, 1, ENTRY)])
    for _ in range(3):
        pump_at(bench, DUE_MS)
        bench.start_ingest()
    assert delays(bench) == alarm


def test_a_restarted_ingest_raises_what_came_due_while_it_was_down(tmp_path: Path) -> None:
    bench = connected_bench(file_url(tmp_path))
    bench.exchange([event(bench, 1, ENTRY)])
    bench.start_ingest()
    pump_at(bench, 3 * DUE_MS)
    assert states(bench) == ["raised"]


def test_a_panel_whose_clock_is_not_set_or_ahead_has_its_delay_from_the_arrival_on(bench: Bench) -> None:
    bench.exchange([event(bench, 1, ENTRY, age_ms=None), event(bench, 2, ENTRY, area=2, age_ms=-3_600_000)])
    pump_at(bench, DUE_MS - 1)
    assert states(bench) == ["waiting", "waiting"]
    pump_at(bench, 1)
    assert states(bench) == ["raised", "raised"]


def test_time_on_the_way_counts(bench: Bench) -> None:
    bench.now_ms += 60_000
    bench.exchange([event(bench, 1, ENTRY, age_ms=20_000)])
    pump_at(bench, DUE_MS - 20_000)
    assert states(bench) == ["raised"]


def offline_panel(*qcodes: int) -> Bench:
    """Return a bench whose panel recorded these, and was then out of reach for two hours."""
    bench = connected_bench()
    bench.panel.clock.set(bench.now_ms)
    bench.panel.end.disconnected()
    for qcode in qcodes:
        bench.panel.recorder.record(qcode, 1, 7, 0, 0, DELAY_MS // 2000 if qcode == ENTRY else 0)
    bench.pass_time(7_200_000)
    return bench


def test_an_entry_delay_that_comes_hours_late_without_its_end_raises_the_alarm_at_once() -> None:
    bench = offline_panel(ENTRY, TAMPER)
    bench.connect()
    pump_at(bench, 0)
    assert states(bench) == ["raised"]


def test_an_entry_delay_that_comes_hours_late_with_its_end_raises_none() -> None:
    bench = offline_panel(ENTRY, *[1130 if index % 2 else 3130 for index in range(0, 20, 2)], DISARM)
    bench.connect()
    pump_at(bench, 0)
    assert states(bench) == ["settled"]


def test_an_end_that_comes_somewhat_later_than_its_late_entry_delay_is_waited_for() -> None:
    bench = offline_panel(ENTRY, DISARM)
    bench.panel.end.connected(bench.panel.now_ms)
    entry, *rest = [frame for frame in bench.panel.end.to_send() if len(frame) == 68]
    bench.exchange([entry])
    for _ in range(5):
        pump_at(bench, 5_000)
        assert states(bench) == ["waiting"]
    bench.exchange(rest)
    assert states(bench) == ["settled"]


def test_an_end_that_stays_missing_is_not_waited_for_longer_than_the_grace() -> None:
    bench = offline_panel(ENTRY, DISARM)
    bench.panel.end.connected(bench.panel.now_ms)
    bench.exchange([next(frame for frame in bench.panel.end.to_send() if len(frame) == 68)])
    pump_at(bench, GRACE_MS - 1)
    assert states(bench) == ["waiting"]
    pump_at(bench, 1)
    assert states(bench) == ["raised"]


def test_a_failed_commit_forgets_nothing(bench: Bench) -> None:
    bench.exchange([event(bench, 1, ENTRY)])
    settling = event(bench, 2, DISARM)
    fail_to_store(bench, [settling])
    assert states(bench) == ["waiting"]
    pump_at(bench, 0)
    bench.exchange([settling])
    assert states(bench) == ["settled"]


def refuse(*_: object) -> None:
    raise StoreError("disk full")


def test_what_another_ingest_process_stored_meanwhile_settles_it_too(bench: Bench) -> None:
    other = bench.core
    bench.start_ingest()
    other.pump(bench.now_ms)
    bench.exchange([event(bench, 1, ENTRY)])
    other.receive(bench.panel.id, event(bench, 2, DISARM), bench.now_ms)
    other.commit(bench.now_ms)
    pump_at(bench, DUE_MS)
    assert states(bench) == ["settled"]


def test_events_that_do_not_concern_an_entry_delay_cost_no_statement() -> None:
    bench = connected_bench()
    bench.exchange([event(bench, 1, ENTRY), event(bench, 2, DISARM)])
    said: list[str] = []
    with bench.store.begin() as tx:
        driver: Any = tx._connection.connection.driver_connection
    driver.set_trace_callback(said.append)
    for number, qcode in enumerate((1130, 3130, DISARM, 1111, 3401), start=10):
        said.clear()
        bench.exchange([event(bench, number, qcode)])
        # The wait for the lock is set before and after the transaction, and is no statement in it.
        verbs = [words.split()[0] for words in said if not words.startswith("PRAGMA busy_timeout")]
        assert verbs == ["BEGIN", "INSERT", "SELECT", "COMMIT"], said


STEPS = st.lists(
    st.sampled_from(["entry", "disarm", "alarm", "tamper", "earlier", "second", "pump", "restart", "fail"])
    | st.integers(1, 40_000),
    max_size=14,
)


class Waiting:
    """How long the entry delay waits, by the rules: since when, until when, and whether for a backlog."""

    def __init__(self, bench: Bench, restarted: bool) -> None:
        # Only a session tells how old it is; without one it counts from its arrival.
        age_ms = 0 if restarted else bench.now_ms - BEGAN_MS
        self.since_ms = bench.now_ms
        self.due_ms = bench.now_ms + max(0, DUE_MS - age_ms)
        self.backlog = age_ms >= DUE_MS

    def restart(self, now_ms: int) -> None:
        """A new process waits for the grace once more."""
        self.since_ms, self.backlog = now_ms, True

    def is_over(self, now_ms: int, event_ms: int) -> bool:
        """Tell whether the alarm is to be raised by now."""
        since_ms = min(max(self.since_ms, event_ms), self.since_ms + BACKLOG_MS) if self.backlog else self.since_ms
        return now_ms >= max(self.due_ms, since_ms + GRACE_MS)


@given(STEPS)
def test_whatever_happens_it_is_raised_exactly_when_nothing_settled_it_in_time(steps: list[str | int]) -> None:
    bench = connected_bench()
    frames = {
        "entry": event(bench, 10, ENTRY),
        "disarm": event(bench, 12, DISARM),
        "alarm": event(bench, 11, 1134),
        "tamper": event(bench, 13, TAMPER),
        "earlier": event(bench, 9, DISARM),
        "second": event(bench, 14, DISARM, area=2),
    }
    waiting: Waiting | None = None
    settled = raised = restarted = False
    event_ms = 0
    for step in [*steps, "entry", BACKLOG_MS + DUE_MS, "pump"]:
        if isinstance(step, int):
            bench.now_ms += step
        elif step == "restart":
            bench.start_ingest()
            restarted, event_ms = True, 0
            if waiting:
                waiting.restart(bench.now_ms)
        elif step == "fail":
            fail_to_store(bench, list(frames.values()))
        elif step == "pump":
            bench.core.pump(bench.now_ms)
            raised = raised or (waiting is not None and not settled and waiting.is_over(bench.now_ms, event_ms))
        else:
            bench.exchange([frames[step]])
            settled = settled or step in ("disarm", "alarm")
            event_ms = bench.now_ms
            if step == "entry" and waiting is None:
                waiting = Waiting(bench, restarted)
        found = [(delay.state, delay.settled_ms is not None) for delay in delays(bench)]
        expected = ("raised" if raised else "settled" if settled else "waiting", settled)
        assert found == ([] if waiting is None else [expected]), step


def fail_to_store(bench: Bench, frames: list[bytes]) -> None:
    """Give the ingest these on a store that fails at the end of the transaction: nothing of it may stay."""
    bench.core._batch.results.append((bench.panel.id, messages.Result(bytes(8), 0, 0)))
    with pytest.MonkeyPatch.context() as context:
        context.setattr("hemlarm_cloud.ingest.answers.write", refuse)
        with pytest.raises(StoreError):
            bench.exchange(frames)
