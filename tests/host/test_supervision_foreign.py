"""Foreign transmitters that fall silent: a line fault when their level has passed, and its end when they are heard."""

from typing import Any

import pytest
from sqlalchemy import insert, select, update

from handled_site import NOON_MS
from hemlarm_cloud.service_mode import ending
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_cases import condition
from hemlarm_cloud.store.schema_centre import foreign_account
from hemlarm_cloud.store.schema_sites import transmitter
from hemlarm_cloud.supervision import foreign
from hemlarm_cloud.supervision.foreign import DEAF_MS, POLL_MS
from served_site import ServedSite

LEVEL_S = 90
LEVEL_MS = 1000 * LEVEL_S


@pytest.fixture
def house(store: Store) -> ServedSite:
    return ServedSite(store)


def account(house: ServedSite, name: str = "sos:1", **values: Any) -> str:
    """A foreign transmitter that was heard at noon."""
    with house.store.begin() as tx:
        row = {"id": name, "kind": "sos-access", "site": house.site, "added_ms": NOON_MS}
        tx.connection.execute(insert(transmitter), row)
        usual = {"transmitter": name, "settings": "{}", "level_s": LEVEL_S, "heard_ms": NOON_MS}
        tx.connection.execute(insert(foreign_account), usual | values)
    return name


def heard(house: ServedSite, at_ms: int, name: str = "sos:1") -> None:
    with house.store.begin() as tx:
        tx.connection.execute(
            update(foreign_account).where(foreign_account.c.transmitter == name).values(heard_ms=at_ms)
        )


def faults(house: ServedSite) -> list[tuple[str, int, int | None]]:
    with house.store.read() as reading:
        columns = (condition.c.transmitter, condition.c.began_ms, condition.c.ended_ms)
        query = select(*columns).where(condition.c.kind == "line").order_by(condition.c.id)
        return [tuple(row) for row in reading.connection.execute(query)]


def run(store: Store, from_ms: int, until_ms: int) -> int:
    """Let the step run as often as it wants, from one moment until another; returns when it last ran."""
    now_ms = from_ms
    while True:
        next_ms = foreign.step(store, now_ms)
        if next_ms is None or next_ms > until_ms:
            return now_ms
        now_ms = next_ms


def test_silence_beyond_the_level_is_a_line_fault_within_a_poll_and_one_case(store: Store, house: ServedSite) -> None:
    account(house)
    run(store, NOON_MS, NOON_MS + LEVEL_MS)
    assert faults(house) == []
    last_ms = run(store, NOON_MS + LEVEL_MS + POLL_MS, NOON_MS + 2 * LEVEL_MS)
    assert faults(house) == [("sos:1", NOON_MS + LEVEL_MS + POLL_MS, None)]
    assert [(case.category, case.site) for case in house.cases()] == [("line", house.site)]
    run(store, last_ms, last_ms + LEVEL_MS)
    assert len(faults(house)) == 1


def test_one_that_is_heard_again_has_no_fault_any_more_and_may_fall_silent_anew(
    store: Store, house: ServedSite
) -> None:
    account(house)
    last_ms = run(store, NOON_MS, NOON_MS + 2 * LEVEL_MS)
    heard(house, last_ms + 1)
    last_ms = run(store, last_ms + POLL_MS, last_ms + 4 * LEVEL_MS)
    ((_, _, first_end), (_, second_begin, second_end)) = faults(house)
    assert first_end is not None
    assert (first_end < second_begin, second_end) == (True, None)


def test_one_that_is_heard_in_time_is_never_in_fault(store: Store, house: ServedSite) -> None:
    account(house)
    for minute in range(10):
        run(store, NOON_MS + 60_000 * minute, NOON_MS + 60_000 * minute + 59_999)
        heard(house, NOON_MS + 60_000 * (minute + 1) - 1)
    assert faults(house) == []


def test_one_never_heard_is_silent_since_it_was_added(store: Store, house: ServedSite) -> None:
    account(house, heard_ms=None)
    run(store, NOON_MS, NOON_MS + 2 * LEVEL_MS)
    assert len(faults(house)) == 1


def test_one_without_a_level_or_taken_away_is_not_supervised(store: Store, house: ServedSite) -> None:
    account(house, "sos:1", level_s=None)
    account(house, "sos:2")
    with store.begin() as tx:
        tx.connection.execute(update(transmitter).where(transmitter.c.id == "sos:2").values(ended_ms=NOON_MS))
    run(store, NOON_MS, NOON_MS + 3 * LEVEL_MS)
    assert faults(house) == []


def test_after_the_centre_was_down_each_has_its_whole_level_to_be_heard(store: Store, house: ServedSite) -> None:
    account(house)
    foreign.step(store, NOON_MS)
    back_ms = NOON_MS + 10 * LEVEL_MS
    run(store, back_ms, back_ms + LEVEL_MS)
    assert faults(house) == []
    run(store, back_ms + LEVEL_MS + POLL_MS, back_ms + LEVEL_MS + POLL_MS)
    assert [began_ms for _, began_ms, _ in faults(house)] == [back_ms + LEVEL_MS + POLL_MS]


def test_a_short_pause_is_no_excuse(store: Store, house: ServedSite) -> None:
    account(house)
    foreign.step(store, NOON_MS)
    foreign.step(store, NOON_MS + DEAF_MS)
    foreign.step(store, NOON_MS + LEVEL_MS + 1)
    assert len(faults(house)) == 1


def test_a_fault_ends_where_it_began_though_the_transmitter_moved(store: Store, house: ServedSite) -> None:
    account(house)
    other = ServedSite(store, "Villa Gran")
    last_ms = run(store, NOON_MS, NOON_MS + 2 * LEVEL_MS)
    with store.begin() as tx:
        tx.connection.execute(update(transmitter).where(transmitter.c.id == "sos:1").values(site=other.site))
    heard(house, last_ms + 1)
    foreign.step(store, last_ms + 2)
    assert [ended_ms is not None for _, _, ended_ms in faults(house)] == [True]


def test_in_service_mode_silence_makes_no_case_until_it_ends(store: Store, house: ServedSite) -> None:
    account(house)
    end_ms = NOON_MS + 3 * LEVEL_MS
    house.order("technical", until_ms=end_ms)
    run(store, NOON_MS, end_ms)
    assert (len(faults(house)), house.cases()) == (1, [])
    ending.step(store, end_ms)
    (case,) = house.cases()
    assert (case.kind, "no contact" in case.summary) == ("service", True)
    heard(house, end_ms + 1)
    foreign.step(store, end_ms + 2)
    assert [ended_ms is not None for _, _, ended_ms in faults(house)] == [True]


def test_many_that_fall_silent_at_once_are_found_in_bounded_steps(store: Store, house: ServedSite) -> None:
    for number in range(25):
        account(house, f"sos:{number}")
    foreign.step(store, NOON_MS)
    foreign.step(store, NOON_MS + DEAF_MS)
    late_ms = NOON_MS + LEVEL_MS + 1
    assert foreign.step(store, late_ms) == late_ms
    assert len(faults(house)) == 20
    assert foreign.step(store, late_ms) == late_ms + POLL_MS
    assert len(faults(house)) == 25
