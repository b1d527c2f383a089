"""Service mode and case work together: what a panel tells meanwhile is kept, and calls nobody."""

import pytest
from sqlalchemy import select

from case_support import BURGLARY, FIRE, HOLD_UP, HOUR_MS, MAINS, MAINS_BACK, NOON_MS, TAMPER, Centre, Told, panel_id
from hemlarm_cloud.service_mode import ending, orders
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_sites import transmitter
from served_site import SARA


@pytest.fixture
def centre(store: Store) -> Centre:
    made = Centre(store)
    made.add_panels(1)
    return made


def order(centre: Centre, *kinds: str, hours: int = 1) -> int:
    """Put the panel's site into service mode from now on."""
    with centre.store.begin() as tx:
        site = tx.connection.scalar(select(transmitter.c.site).where(transmitter.c.id == panel_id(1)))
        assert site is not None
        return orders.order(tx, SARA, site, kinds, None, centre.now_ms + hours * HOUR_MS, centre.now_ms)


def handlings(centre: Centre) -> list[tuple[int, str]]:
    return [(row.qcode, row.handling) for row in centre.signals()]


def pass_time(centre: Centre, ms: int) -> None:
    centre.pass_time(ms)
    ending.step(centre.store, centre.now_ms)


def test_meanwhile_alarms_are_kept_and_make_no_case_and_afterwards_they_do(centre: Centre) -> None:
    made = order(centre, "burglary")
    centre.tell(Told(BURGLARY, 60), Told(TAMPER, 70, zone=2), Told(3137, 80, zone=2))
    assert handlings(centre) == [(BURGLARY, "service"), (TAMPER, "service"), (3137, "service")]
    assert {row.service for row in centre.signals()} == {made}
    assert centre.cases() == []
    centre.tell(Told(3130, 90))
    pass_time(centre, HOUR_MS)
    assert centre.cases() == []
    centre.tell(Told(BURGLARY, 3600))
    assert centre.states() == [("intrusion", "new")]


def test_what_was_not_ordered_makes_its_case_all_the_same(centre: Centre) -> None:
    order(centre, "burglary")
    centre.tell(Told(FIRE, 60, zone=3), Told(HOLD_UP, 70, zone=4))
    assert centre.states() == [("fire", "new")]
    assert [handling for _, handling in handlings(centre)] == ["case", "case"]


def test_an_alarm_that_is_dated_into_service_mode_and_comes_long_after_is_a_case(centre: Centre) -> None:
    order(centre, "burglary")
    pass_time(centre, 5 * HOUR_MS)
    centre.commit(Told(BURGLARY, 600))
    centre.work()
    assert centre.states() == [("intrusion", "new")]


def test_it_counts_when_a_thing_happened_and_not_when_it_arrived(centre: Centre) -> None:
    order(centre, "burglary")
    centre.tell(Told(BURGLARY, -60))
    assert centre.states() == [("intrusion", "new")]
    pass_time(centre, HOUR_MS + 20 * 60_000)
    centre.tell(Told(TAMPER, 1800, zone=9))
    assert handlings(centre)[-1] == (TAMPER, "service")
    assert len(centre.cases()) == 1


def test_mains_out_in_service_mode_remind_nobody_and_become_a_service_case_at_its_end(centre: Centre) -> None:
    made = order(centre, "technical", hours=8)
    centre.tell(Told(MAINS, 60, zone=0))
    pass_time(centre, 7 * HOUR_MS)
    assert centre.cases() == []
    pass_time(centre, HOUR_MS)
    case = centre.case()
    assert (case.kind, case.key) == ("service", f"service-mode:{made}")
    assert case.summary == f"Still in fault after service mode {made}: mains out"
    assert (case.site, case.opened_ms) == (centre.signals()[0].site, NOON_MS + 8 * HOUR_MS)


def test_mains_back_before_its_end_leave_nothing(centre: Centre) -> None:
    order(centre, "technical")
    centre.tell(Told(MAINS, 60, zone=0))
    centre.tell(Told(MAINS_BACK, 120, zone=0))
    pass_time(centre, HOUR_MS)
    assert centre.cases() == []
    assert [row.ended_ms for row in centre.conditions()] == [NOON_MS + 120_000]
