"""What time alone brings in cases, with the time said by hand."""

import pytest

from handled_site import (
    ANNA,
    NOON_MS,
    Desk,
    HandledSite,
    case_of,
    log_kinds,
    notices_of,
    set_case,
    tasks_of,
)
from hemlarm_cloud.handling import actions, planning, timers
from hemlarm_cloud.store import Store

SECOND_MS, HOUR_MS = 1000, 3_600_000


@pytest.mark.parametrize(
    ("category", "qcode", "after_s"),
    [("fire", 1111, 30), ("gas", 1162, 30), ("hold-up", 1121, 30), ("intrusion", 1130, 60), ("tamper", 1144, 180)],
)
def test_an_alarm_that_nobody_takes_escalates(store: Store, category: str, qcode: int, after_s: int) -> None:
    case_id = HandledSite(store).case(category, qcode)
    assert timers.step(store, NOON_MS + after_s * SECOND_MS - 1) == NOON_MS + after_s * SECOND_MS
    assert case_of(store, case_id).escalation == 0
    timers.step(store, NOON_MS + after_s * SECOND_MS)
    case = case_of(store, case_id)
    assert (case.escalation, case.urgency, case.version) == (
        1,
        {"fire": 0, "gas": 0, "hold-up": 1}.get(category, case.urgency),
        0,
    )
    assert log_kinds(store, case_id)[-1] == "escalated"


def test_it_escalates_three_times_and_then_everybody_has_been_told(store: Store) -> None:
    case_id = HandledSite(store).case("intrusion", 1130)
    for _ in range(3):
        timers.step(store, NOON_MS + HOUR_MS)
    assert case_of(store, case_id).escalation == 3
    assert log_kinds(store, case_id).count("escalated") == 3
    assert timers.step(store, NOON_MS + HOUR_MS) is None


def test_an_answered_alarm_and_a_fault_do_not_escalate(store: Store) -> None:
    house = HandledSite(store)
    answered = Desk(store, house.case("hold-up", 1121)).claim().case_id
    fault = house.case("line", kind="fault")
    timers.step(store, NOON_MS + HOUR_MS)
    assert [case_of(store, case_id).escalation for case_id in (answered, fault)] == [0, 0]


def test_a_fire_that_is_put_back_into_the_queue_escalates_at_once(store: Store) -> None:
    desk = Desk(store, HandledSite(store).case("fire", 1111)).claim()
    timers.step(store, NOON_MS + HOUR_MS)
    assert case_of(store, desk.case_id).escalation == 0
    with store.begin() as tx:
        actions.release(tx, ANNA, desk.case_id, desk.version, "", NOON_MS + HOUR_MS)
    timers.step(store, NOON_MS + HOUR_MS)
    assert case_of(store, desk.case_id).escalation == 1


def test_a_case_put_off_comes_back_to_its_operator(store: Store) -> None:
    desk = Desk(store, HandledSite(store).case("tamper", 1144)).claim()
    with store.begin() as tx:
        actions.wait(tx, ANNA, desk.case_id, desk.version, NOON_MS + HOUR_MS, "they ring back", NOON_MS)
    timers.step(store, NOON_MS + HOUR_MS - 1)
    assert case_of(store, desk.case_id).state == "waiting"
    timers.step(store, NOON_MS + HOUR_MS)
    case = case_of(store, desk.case_id)
    assert (case.state, case.operator) == ("in-progress", ANNA.name)
    assert "woke" in log_kinds(store, desk.case_id)


def test_a_call_that_is_not_made_within_five_minutes_is_told_of_once(store: Store) -> None:
    desk = Desk(store, HandledSite(store).case("tamper", 1144)).claim()
    for _ in range(2):
        timers.step(store, NOON_MS + 300_000)
    assert log_kinds(store, desk.case_id).count("task-overdue") == 1


def test_mains_out_too_long_reminds_the_customer_once_and_nobody_at_the_centre(store: Store) -> None:
    house = HandledSite(store)
    case_id = house.case("power", 1301, kind="fault", at_ms=NOON_MS)
    house.lasting(case_id, "mains", NOON_MS - 6 * HOUR_MS)
    for _ in range(2):
        timers.step(store, NOON_MS)
    (sent,) = notices_of(store)
    assert (sent.channel, sent.recipient) == ("sms", "+46700000001")
    assert "utan nätspänning" in sent.text
    assert tasks_of(store, case_id)["remind-customer"].result == "texted"
    assert case_of(store, case_id).state == "waiting"
    timers.step(store, NOON_MS + timers.AGAIN_MS)
    assert case_of(store, case_id).state == "new"


def test_mains_that_come_back_close_the_reminded_case(store: Store) -> None:
    house = HandledSite(store)
    case_id = house.case("power", 1301, kind="fault")
    house.lasting(case_id, "mains", NOON_MS)
    timers.step(store, NOON_MS)
    with store.begin() as tx:
        planning.closed_by_itself(tx, case_id, "restored", NOON_MS + HOUR_MS)
    assert (case_of(store, case_id).outcome, case_of(store, case_id).wake_ms) == ("restored", None)


def test_whom_nobody_can_write_to_an_operator_calls(store: Store) -> None:
    house = HandledSite(store)
    case_id = house.case("power", 1302, kind="fault")
    timers.step(store, NOON_MS)
    assert notices_of(store) == []
    assert tasks_of(store, case_id)["remind-customer"].state == "open"
    assert case_of(store, case_id).state == "new"


def test_many_alarms_at_once_are_woken_in_bounded_groups(store: Store) -> None:
    house = HandledSite(store)
    ids = [house.case("hold-up", 1121) for _ in range(60)]
    timers.step(store, NOON_MS + 30_000)
    assert {case_of(store, case_id).escalation for case_id in ids} == {1}


def test_a_closed_case_wakes_no_more(store: Store) -> None:
    case_id = HandledSite(store).case("hold-up", 1121)
    set_case(store, case_id, state="closed", closed_ms=NOON_MS, outcome="merged")
    timers.step(store, NOON_MS + HOUR_MS)
    assert case_of(store, case_id).wake_ms is None
    assert log_kinds(store, case_id) == ["planned"]
