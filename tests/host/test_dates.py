"""Dates for events that no clock tells, and what becomes of them when more is known: arithmetic and statements."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemlarm_cloud.store import BootTime, Event, Panel, Store
from hemlarm_cloud.store.dates import Dated, Undated, dates_between
from ingest_support import file_url
from old_store import make_old_store

PANEL, KID = "00112233445566ff", b"kid1"
HOUR_MS = 3_600_000
BEGAN_MS = 1_800_000_000_000


def undated(number: int, boot: int, uptime_ms: int, received_ms: int = BEGAN_MS + 100 * HOUR_MS) -> Undated:
    return Undated(number, number, boot, uptime_ms, received_ms)


def test_a_neighbour_of_the_same_boot_tells_the_date_to_the_millisecond() -> None:
    run = [undated(5, 2, 1_000), undated(6, 2, 61_000)]
    before = Dated(4, 1, 9 * HOUR_MS, BEGAN_MS)
    after = Dated(7, 2, 2 * HOUR_MS, BEGAN_MS + 5 * HOUR_MS)
    assert dates_between(run, before, after) == [BEGAN_MS + 3 * HOUR_MS + 1_000, BEGAN_MS + 3 * HOUR_MS + 61_000]
    assert dates_between(run, Dated(4, 2, 500, BEGAN_MS), None) == [BEGAN_MS + 500, BEGAN_MS + 60_500]


def test_a_boot_that_nobody_heard_lies_in_the_middle_of_what_was_before_and_after_it() -> None:
    before, after = Dated(4, 1, 0, BEGAN_MS), Dated(7, 3, HOUR_MS, BEGAN_MS + 9 * HOUR_MS)
    first, second = dates_between([undated(5, 2, 0), undated(6, 2, 2 * HOUR_MS)], before, after)
    assert first == BEGAN_MS + 3 * HOUR_MS, "it ended before the next one began, so it began in the first 6 hours"
    assert second - first == 2 * HOUR_MS


def test_nothing_happens_after_it_arrived() -> None:
    (date,) = dates_between([undated(1, 1, HOUR_MS, BEGAN_MS)], None, None)
    assert date == BEGAN_MS


boots = st.lists(st.lists(st.integers(0, 10 * HOUR_MS), min_size=1, max_size=4), min_size=1, max_size=4)


@given(boots, st.integers(0, 60), st.integers(0, 60), st.booleans(), st.booleans())
def test_dates_ascend_with_the_numbers_and_stay_within_what_is_possible(
    uptimes: list[list[int]], gap_h: int, late_h: int, with_before: bool, with_after: bool
) -> None:
    run: list[Undated] = []
    true_ms, truth = BEGAN_MS, []
    for boot, times in enumerate(uptimes, start=2):
        true_ms += gap_h * HOUR_MS
        for uptime_ms in sorted(times):
            truth.append(true_ms + uptime_ms)
            run.append(undated(len(run) + 2, boot, uptime_ms, 0))
        true_ms = truth[-1]
    run = [event._replace(received_ms=true_ms + late_h * HOUR_MS) for event in run]
    before = Dated(1, 1, 7, BEGAN_MS) if with_before else None
    after = Dated(99, 99, 1_000, true_ms + 1_000 + HOUR_MS) if with_after else None
    dates = dates_between(run, before, after)
    assert dates == sorted(dates)
    for event, other, date, next_date in zip(run, run[1:], dates, dates[1:], strict=False):
        if event.boot == other.boot:
            assert next_date - date == other.uptime_ms - event.uptime_ms
    assert all(date <= event.received_ms for event, date in zip(run, dates, strict=True))
    assert not before or dates[0] >= before.dated_ms
    assert not after or dates[-1] <= after.dated_ms


@pytest.fixture
def store(store: Store) -> Store:
    with store.begin() as tx:
        tx.add_panel(Panel(PANEL, "00", b"wrapped", "1f", 0))
        tx.learn_incarnation(PANEL, KID, bytes(16), 0)
    return store


def event(number: int, boot: int, uptime_ms: int, panel_ms: int | None = None, qcode: int = 1130) -> Event:
    arrived_ms = BEGAN_MS + 50 * HOUR_MS
    head = (PANEL, KID, number, number.to_bytes(8, "big"), bytes(64), arrived_ms, arrived_ms, qcode)
    dating = "between" if panel_ms is None else "panel"
    dated_ms = arrived_ms if panel_ms is None else panel_ms
    return Event(*head, boot=boot, uptime_ms=uptime_ms, panel_time_ms=panel_ms, dated_ms=dated_ms, dating=dating)  # type: ignore[arg-type]


def dates(store: Store) -> list[tuple[int, str]]:
    with store.read() as reading:
        stored = sorted(reading.events(PANEL, limit=1_000), key=lambda event: event.number)
    return [(event.dated_ms - BEGAN_MS, event.dating) for event in stored]


def test_a_session_dates_its_boot_and_leaves_the_others(store: Store) -> None:
    with store.begin() as tx:
        tx.add_events([event(1, 1, 5), event(2, 2, 10), event(3, 2, 20), event(4, 3, 5)])
        tx.date_boot(BootTime(PANEL, KID, 2, BEGAN_MS, 60_000))
    arrived = (50 * HOUR_MS, "between")
    assert dates(store) == [arrived, (10, "session"), (20, "session"), arrived]


def test_a_session_overrules_a_panels_clock_only_where_they_are_far_apart(store: Store) -> None:
    right, wrong = BEGAN_MS + 9_000, BEGAN_MS + HOUR_MS
    with store.begin() as tx:
        tx.add_events([event(1, 1, 10, right), event(2, 1, 20, wrong)])
        tx.date_boot(BootTime(PANEL, KID, 1, BEGAN_MS, 60_000))
    assert dates(store) == [(9_000, "panel"), (20, "session")]
    with store.read() as reading:
        assert [stored.panel_time_ms for stored in reading.events(PANEL)] == [right, wrong], "kept as it was sent"


def test_a_crystals_error_over_months_does_not_make_a_panels_clock_wrong(store: Store) -> None:
    months_ms = 90 * 24 * HOUR_MS
    with store.begin() as tx:
        tx.add_event(event(1, 1, 0, BEGAN_MS - 1_000_000))
        tx.date_boot(BootTime(PANEL, KID, 1, BEGAN_MS, months_ms))
    assert dates(store) == [(-1_000_000, "panel")]


def test_a_session_that_was_wrong_moves_what_it_had_dated(store: Store) -> None:
    with store.begin() as tx:
        tx.add_events([event(1, 1, 10), event(2, 1, 20, BEGAN_MS + HOUR_MS + 20)])
        tx.date_boot(BootTime(PANEL, KID, 1, BEGAN_MS, 100))
        tx.date_boot(BootTime(PANEL, KID, 1, BEGAN_MS + HOUR_MS, 200), HOUR_MS)
    assert dates(store) == [(HOUR_MS + 10, "session"), (HOUR_MS + 20, "panel")]


def test_what_stays_between_is_estimated_run_by_run(store: Store) -> None:
    with store.begin() as tx:
        tx.add_events(
            [
                event(1, 1, 0, BEGAN_MS),
                event(2, 2, 0),
                event(4, 2, 1_000),
                event(5, 3, 0, BEGAN_MS + 10 * HOUR_MS),
                event(6, 3, 7_000),
                event(7, 0, 0, qcode=0),
            ]
        )
        tx.date_between(PANEL, KID)
    middle = 5 * HOUR_MS - 500
    assert [date for date, _ in dates(store)] == [
        0,
        middle,
        middle + 1_000,
        10 * HOUR_MS,
        10 * HOUR_MS + 7_000,
        50 * HOUR_MS,
    ]
    assert [dating for _, dating in dates(store)] == ["panel", "between", "between", "panel", "between", "between"]


def test_an_uptime_that_no_panel_can_have_is_left_alone(store: Store) -> None:
    with store.begin() as tx:
        tx.add_event(event(1, 1, (1 << 64) - 1))
        tx.date_boot(BootTime(PANEL, KID, 1, BEGAN_MS, 60_000))
        tx.date_between(PANEL, KID)
    assert dates(store) == [(50 * HOUR_MS, "between")]


def test_a_boots_beginning_is_kept_once(store: Store) -> None:
    with store.begin() as tx:
        assert tx.boot_time(PANEL, KID, 4) is None
        for epoch_ms in (7, 8):
            told = BootTime(PANEL, KID, 4, epoch_ms, 1_000)
            tx.keep_boot_time(told)
            assert tx.boot_time(PANEL, KID, 4) == told


def test_an_older_databases_events_are_dated_by_the_panels_clock_or_their_arrival(tmp_path: Path) -> None:
    url = file_url(tmp_path)
    panel = {"id": PANEL, "shard": "00", "root_key": b"", "certificate_serial": "1f", "provisioned_ms": 0}
    incarnation = {"panel": PANEL, "kid": KID, "salt": bytes(16), "first_seen_ms": 0, "complete_below": 1}
    first = event(1, 1, 5)._replace(received_ms=500)
    second = event(2, 1, 6)._replace(received_ms=600, panel_time_ms=450)
    new = ("id", "dated_ms", "dating")
    old = [{name: value for name, value in row._asdict().items() if name not in new} for row in (first, second)]
    make_old_store(url, "0002", [("panel", panel), ("incarnation", incarnation), *(("event", row) for row in old)])
    with Store.open(url).read() as reading:
        stored = reading.events(PANEL)
    assert [(event.dated_ms, event.dating) for event in stored] == [(500, "between"), (450, "panel")]
    assert [event.panel_time_ms for event in stored] == [None, 450]
