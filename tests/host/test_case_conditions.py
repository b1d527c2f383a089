"""Faults that last: their conditions, and the cases that they become, at once or in time."""

import pytest
from sqlalchemy import insert

from case_support import (
    BATTERY,
    HOUR_MS,
    MAINS,
    MAINS_BACK,
    MINUTE_MS,
    NOON_MS,
    SENSOR_BATTERY,
    SENSOR_BATTERY_FINE,
    TAMPER,
    Centre,
    Told,
    panel_id,
)
from hemlarm_cloud.cases import conditions
from hemlarm_cloud.store import LineFault, Store
from hemlarm_cloud.store.schema_cases import service_mode


@pytest.fixture
def centre(store: Store) -> Centre:
    made = Centre(store)
    made.add_panels(1, 2)
    return made


def spans(centre: Centre) -> list[tuple[str, int, int | None]]:
    """Kind, and from when to when each condition lasted, in seconds from noon."""
    found = []
    for row in centre.conditions():
        ended = None if row.ended_ms is None else (row.ended_ms - NOON_MS) // 1000
        found.append((row.kind, (row.began_ms - NOON_MS) // 1000, ended))
    return sorted(found, key=lambda each: each[:2])


def test_mains_out_become_a_case_after_six_hours_and_not_before(centre: Centre) -> None:
    centre.tell(Told(MAINS, zone=0))
    assert (centre.cases(), spans(centre)) == ([], [("mains", 0, None)])
    assert [row.handling for row in centre.signals()] == ["condition"]
    assert conditions.step(centre.store, centre.now_ms) == NOON_MS + 6 * HOUR_MS
    centre.pass_time(6 * HOUR_MS - 1)
    assert centre.cases() == []
    centre.pass_time(1)
    case = centre.case()
    assert (case.kind, case.category, case.urgency, case.state) == ("fault", "power", 4, "new")
    assert (case.began_ms, case.opened_ms) == (NOON_MS, NOON_MS + 6 * HOUR_MS)
    assert centre.codes(case.id) == [MAINS]
    assert centre.tasks(case.id) == [("remind-customer", "open")]
    centre.pass_time(HOUR_MS)
    assert len(centre.cases()) == 1
    centre.tell(Told(MAINS_BACK, 7 * 3600, zone=0))
    assert centre.case().outcome == "restored"
    assert centre.codes(case.id) == [MAINS, MAINS_BACK]


def test_mains_back_in_time_call_nobody(centre: Centre) -> None:
    centre.tell(Told(MAINS, zone=0))
    centre.tell(Told(MAINS_BACK, 3_600, zone=0))
    centre.pass_time(24 * HOUR_MS)
    assert (centre.cases(), spans(centre)) == ([], [("mains", 0, 3_600)])


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (0, 3, 1, 2), (2, 1, 0, 3), (0, 2, 3, 1)])
def test_beginnings_and_ends_make_the_same_conditions_in_every_order(centre: Centre, order: tuple[int, ...]) -> None:
    story = [Told(MAINS, 0), Told(MAINS_BACK, 60), Told(MAINS, 120), Told(MAINS_BACK, 180)]
    numbered = [told._replace(number=index + 1, zone=0) for index, told in enumerate(story)]
    for index in order:
        centre.tell(numbered[index])
    assert spans(centre) == [("mains", 0, 60), ("mains", 120, 180)]


def test_a_repetition_and_an_end_of_nothing_change_nothing(centre: Centre) -> None:
    centre.tell(Told(MAINS_BACK, -10, zone=0), Told(MAINS, 0, zone=0), Told(MAINS, 60, zone=0))
    assert spans(centre) == [("mains", 0, None)]


def test_a_low_battery_is_a_service_task_at_once(centre: Centre) -> None:
    centre.tell(Told(BATTERY, zone=0))
    case = centre.case()
    assert (case.kind, case.category, case.urgency) == ("service", "power", 5)
    assert centre.codes(case.id) == [BATTERY]


def test_batteries_of_several_sensors_are_one_task_until_the_last_is_fine(centre: Centre) -> None:
    centre.tell(Told(SENSOR_BATTERY, 0, zone=3))
    centre.tell(Told(SENSOR_BATTERY, 60, zone=4), Told(SENSOR_BATTERY, 60, zone=4, panel=2))
    first = centre.cases()[0]
    assert first.summary == "Sensor battery low, zone 3, 4"
    centre.tell(Told(SENSOR_BATTERY_FINE, 600, zone=3))
    assert centre.cases()[0].state == "new"
    centre.tell(Told(SENSOR_BATTERY_FINE, 700, zone=4))
    assert [case.outcome for case in centre.cases()] == ["restored", None]
    centre.tell(Told(SENSOR_BATTERY, 9_000, zone=3))
    assert len(centre.cases()) == 3


def test_a_fault_in_an_operators_hands_is_not_closed_when_it_ends(centre: Centre) -> None:
    centre.tell(Told(BATTERY, zone=0))
    centre.take_case(centre.case().id)
    centre.tell(Told(3302, 60, zone=0))
    assert centre.case().state == "in-progress"
    assert "restored" in centre.log(centre.case().id)
    assert centre.codes(centre.case().id) == [BATTERY, 3302]


def test_what_an_operator_has_closed_stays_closed_while_it_lasts(centre: Centre) -> None:
    centre.tell(Told(SENSOR_BATTERY, zone=3))
    centre.close_case(centre.case().id, "handled")
    centre.tell(Told(SENSOR_BATTERY, 60, zone=3), Told(SENSOR_BATTERY_FINE, 90, zone=3))
    assert centre.case().outcome == "handled"
    centre.tell(Told(SENSOR_BATTERY, 7_200, zone=3))
    assert [case.outcome for case in centre.cases()] == ["handled", None]


def test_a_silent_line_is_a_case_at_once_until_it_is_heard(centre: Centre) -> None:
    with centre.store.begin() as tx:
        tx.begin_line_fault(LineFault(panel_id(1), "line-fault", 0, NOON_MS, NOON_MS - 180_000))
    centre.alert(1, "line-fault", NOON_MS, "silent on every path for 180 s")
    case = centre.case()
    assert (case.kind, case.category, case.summary) == ("fault", "line", "No contact with the centre")
    with centre.store.begin() as tx:
        assert tx.end_line_fault(panel_id(1), "line-fault", 0, NOON_MS + 60_000)
    centre.work()
    assert centre.case().outcome == "restored"
    assert [(row.origin, row.qcode) for row in centre.signals(case.id)] == [("cloud", 1354), ("cloud", 3354)]


def test_a_path_that_falls_silent_is_known_by_its_number(centre: Centre) -> None:
    with centre.store.begin() as tx:
        tx.begin_line_fault(LineFault(panel_id(1), "path-fault", 2, NOON_MS, NOON_MS))
    centre.alert(1, "path-fault", NOON_MS, "silent on the path mobile for 25 h")
    assert [(row.kind, row.zone) for row in centre.conditions()] == [("path-silent", 2)]


def test_what_cloud_and_panel_tell_of_one_outage_is_one_case_until_both_tell_its_end(centre: Centre) -> None:
    with centre.store.begin() as tx:
        tx.begin_line_fault(LineFault(panel_id(1), "path-fault", 2, NOON_MS, NOON_MS))
    centre.alert(1, "path-fault", NOON_MS, "silent on the path mobile for 25 h")
    centre.tell(Told(1352, 10, zone=0))
    assert [row.kind for row in centre.conditions()] == ["path-silent", "path"]
    assert centre.case().outcome is None
    with centre.store.begin() as tx:
        tx.end_line_fault(panel_id(1), "path-fault", 2, NOON_MS + 60_000)
    centre.work()
    assert centre.case().outcome is None
    centre.tell(Told(3352, 90, zone=0))
    assert centre.case().outcome == "restored"


def test_a_revoked_panel_has_no_line_fault_any_more(centre: Centre) -> None:
    with centre.store.begin() as tx:
        tx.begin_line_fault(LineFault(panel_id(1), "line-fault", 0, NOON_MS, NOON_MS))
    centre.alert(1, "line-fault", NOON_MS, "silent")
    with centre.store.begin() as tx:
        tx.revoke_panel(panel_id(1), NOON_MS + MINUTE_MS)
    centre.work()
    assert centre.case().outcome == "restored"


def test_other_alerts_are_for_the_record(centre: Centre) -> None:
    centre.alert(1, "clone", NOON_MS, "event 7 came with other bytes")
    assert centre.cases() == []
    assert [(row.qcode, row.handling, row.text) for row in centre.signals()] == [
        (0, "record", "event 7 came with other bytes")
    ]


def test_conditions_without_signals_begin_and_end_once(centre: Centre) -> None:
    def change(what: str, at_ms: int) -> bool:
        with centre.store.begin() as tx:
            return bool(getattr(conditions, what)(tx, panel_id(1), 1, "line", 0, at_ms))

    assert change("begin", NOON_MS)
    assert not change("begin", NOON_MS + 1)
    assert (centre.case().category, centre.case().state) == ("line", "new")
    assert change("end", NOON_MS + 2)
    assert not change("end", NOON_MS + 3)
    assert centre.case().outcome == "restored"


def in_service(centre: Centre, kinds: str = "burglary,technical") -> None:
    """The first panel's site is in service mode for an hour from noon on."""
    times = {"from_ms": NOON_MS, "until_ms": NOON_MS + HOUR_MS, "registered_ms": NOON_MS}
    row = {"site": 1, "kinds": kinds, "state": "active", "registered_by": "operator:anna", **times}
    with centre.store.begin() as tx:
        tx.connection.execute(insert(service_mode), row)


def test_in_service_mode_nothing_becomes_a_case_but_what_it_does_not_cover(centre: Centre) -> None:
    in_service(centre)
    centre.tell(Told(TAMPER), Told(BATTERY, 10, zone=0), Told(3302, 20, zone=0), Told(MAINS, 30, zone=0))
    assert centre.cases() == []
    assert {(row.handling, row.service) for row in centre.signals()} == {("service", 1)}
    centre.tell(Told(1110, 60), Told(TAMPER, 60, panel=2), Told(TAMPER, 3_600))
    assert sorted(centre.states()) == [("fire", "new"), ("tamper", "new"), ("tamper", "new")]
    centre.pass_time(24 * HOUR_MS)
    assert len(centre.cases()) == 3
    assert sorted((row.kind, row.quiet, row.ended_ms is None) for row in centre.conditions()) == [
        ("battery", True, False),
        ("mains", True, True),
    ]


def test_what_began_before_service_mode_ends_in_it(centre: Centre) -> None:
    centre.tell(Told(BATTERY, -60, zone=0))
    in_service(centre)
    centre.tell(Told(3302, 60, zone=0))
    assert centre.case().outcome == "restored"
