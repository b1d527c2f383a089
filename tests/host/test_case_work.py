"""From committed events to cases: what gathers in one, what closes by itself, and what is never taken from people."""

import pytest

from case_support import (
    BURGLARY,
    CANCELLED,
    CONFIRMED,
    DISARMED,
    DURESS,
    FIRE,
    HOLD_UP,
    NOON_MS,
    TAMPER,
    TEST_BEGUN,
    TEST_ENDED,
    Centre,
    Told,
)
from hemlarm_cloud.cases import lanes, work
from hemlarm_cloud.store import Store


@pytest.fixture
def centre(store: Store) -> Centre:
    made = Centre(store)
    made.add_panels(1, 2)
    return made


def test_every_event_becomes_one_signal_and_an_alarm_a_case(centre: Centre) -> None:
    centre.tell(Told(3401), Told(BURGLARY, 60), Told(1305, 90), Told(0), Told(6134, 50))
    assert [row.handling for row in centre.signals()] == ["record", "record", "record", "case", "record"]
    case = centre.case()
    assert (case.kind, case.category, case.urgency, case.state) == ("alarm", "intrusion", 2, "new")
    assert (case.began_ms, case.opened_ms, case.answered_ms) == (NOON_MS + 60_000, NOON_MS, None)
    assert centre.tasks(case.id), "it has its tasks from the beginning"
    assert centre.log(case.id)[0] == "opened"
    centre.work()
    assert len(centre.signals()) == 5


def test_an_unknown_panel_is_served_all_the_same(centre: Centre) -> None:
    with centre.store.begin() as tx:
        from case_support import add_panel

        add_panel(tx, 77, NOON_MS)
    centre.tell(Told(FIRE, panel=77))
    assert centre.states() == [("fire", "new")]


def test_alarms_of_one_site_within_half_an_hour_of_each_other_are_one_case(centre: Centre) -> None:
    centre.tell(Told(BURGLARY, 0))
    centre.tell(Told(BURGLARY, 1_800, zone=2))
    centre.tell(Told(BURGLARY, 3_601, zone=3))
    centre.tell(Told(BURGLARY, 0, panel=2))
    assert [centre.codes(case.id) for case in centre.cases()] == [[BURGLARY, BURGLARY], [BURGLARY], [BURGLARY]]
    assert len({case.site for case in centre.cases()}) == 2


def test_two_panels_of_one_site_share_a_case(centre: Centre) -> None:
    centre.move([2], to=1)
    centre.tell(Told(BURGLARY), Told(TAMPER, 60, panel=2))
    assert centre.codes(centre.case().id) == [BURGLARY, TAMPER]


def test_a_case_is_as_urgent_as_its_most_urgent_signal_and_is_planned_anew(centre: Centre) -> None:
    centre.tell(Told(TAMPER))
    before = centre.tasks(centre.case().id)
    centre.tell(Told(FIRE, 60, zone=5))
    case = centre.case()
    assert (case.category, case.urgency, case.summary) == ("fire", 0, "Fire alarm, zone 5")
    assert case.latest_ms == NOON_MS + 60_000
    assert centre.tasks(case.id) != before


def test_a_late_alarm_between_two_cases_joins_them(centre: Centre) -> None:
    centre.tell(Told(BURGLARY, 0), Told(TAMPER, 3_000))
    assert len(centre.cases()) == 2
    centre.tell(Told(BURGLARY, 1_500, zone=2))
    assert centre.codes(centre.case().id) == [BURGLARY, BURGLARY, TAMPER]
    emptied = next(row for row in centre.cases(merged=True) if row.outcome == "merged")
    assert (emptied.state, centre.codes(emptied.id)) == ("closed", [])
    assert {state for _, state in centre.tasks(emptied.id)} <= {"done", "not-needed"}


def test_an_alarm_cancelled_by_code_closes_by_itself(centre: Centre) -> None:
    centre.tell(Told(BURGLARY))
    centre.tell(Told(DISARMED, 60, zone=0), Told(CANCELLED, 60))
    case = centre.case()
    assert (case.state, case.outcome, case.cancelled_ms) == ("closed", "cancelled-by-user", NOON_MS + 60_000)
    assert centre.codes(case.id) == [BURGLARY, CANCELLED]
    assert "open" not in {state for _, state in centre.tasks(case.id)}


def test_a_late_cancel_parts_what_came_after_it(centre: Centre) -> None:
    centre.tell(Told(BURGLARY, 0), Told(BURGLARY, 600, zone=2))
    centre.tell(Told(CANCELLED, 300))
    assert centre.states() == [("intrusion", "cancelled-by-user"), ("intrusion", "new")]


def test_a_disarm_alone_and_another_areas_cancel_take_nothing_back(centre: Centre) -> None:
    centre.tell(Told(BURGLARY), Told(DISARMED, 60), Told(CANCELLED, 60, area=2), Told(CANCELLED, 60, panel=2))
    assert centre.states() == [("intrusion", "new")]


@pytest.mark.parametrize("qcode", [FIRE, HOLD_UP, DURESS, 1162, 1122])
def test_what_somebody_must_look_at_is_never_cancelled(centre: Centre, qcode: int) -> None:
    centre.tell(Told(BURGLARY), Told(qcode, 10), Told(CANCELLED, 200))
    assert centre.case().state == "new"
    assert centre.case().cancelled_ms is None


def test_a_cancel_under_duress_is_none_even_if_the_duress_comes_later(centre: Centre) -> None:
    centre.tell(Told(BURGLARY), Told(CANCELLED, 60))
    assert centre.case().state == "closed"
    centre.tell(Told(DURESS, 61, zone=0))
    case = centre.case()
    assert (case.category, case.state, case.cancelled_ms, case.closed_ms) == ("hold-up", "new", None, None)
    assert "open" in {state for _, state in centre.tasks(case.id)}
    assert "reopened" in centre.log(case.id)


def test_a_restore_follows_its_alarm_whenever_it_comes(centre: Centre) -> None:
    centre.tell(Told(3130, 7_200), Told(3130, 7_200, zone=2))
    centre.tell(Told(BURGLARY))
    assert centre.codes(centre.case().id) == [BURGLARY, 3130]
    assert [row.handling for row in centre.signals() if row.zone == 2] == ["record"]
    assert centre.case().state == "new", "that a door is closed again says nothing about who opened it"


def test_what_an_operator_has_taken_is_added_to_and_never_closed_or_parted(centre: Centre) -> None:
    centre.tell(Told(BURGLARY), Told(BURGLARY, 600, zone=2))
    case = centre.case()
    centre.take_case(case.id)
    centre.tell(Told(CANCELLED, 300))
    centre.tell(Told(FIRE, 700))
    (after,) = centre.cases()
    assert centre.codes(case.id) == [BURGLARY, CANCELLED, BURGLARY, FIRE]
    assert (after.state, after.operator, after.category) == ("in-progress", "operator:anna", "fire")
    assert after.version > case.version + 1


def test_a_cancel_is_noted_in_a_case_that_somebody_works_on(centre: Centre) -> None:
    centre.tell(Told(BURGLARY))
    centre.take_case(centre.case().id)
    centre.tell(Told(CANCELLED, 60))
    assert (centre.case().state, centre.case().cancelled_ms) == ("in-progress", NOON_MS + 60_000)
    assert "user-cancelled" in centre.log(centre.case().id)


def test_two_cases_in_operators_hands_stay_two(centre: Centre) -> None:
    centre.tell(Told(BURGLARY, 0), Told(TAMPER, 3_000))
    for case in centre.cases():
        centre.take_case(case.id)
    centre.tell(Told(BURGLARY, 1_500, zone=2))
    assert [centre.codes(case.id) for case in centre.cases()] == [[BURGLARY, BURGLARY], [TAMPER]]


def test_an_alarm_after_the_closing_opens_a_case_that_follows(centre: Centre) -> None:
    centre.tell(Told(BURGLARY))
    first = centre.case()
    centre.close_case(first.id)
    centre.tell(Told(BURGLARY, 300, zone=2), Told(3130, 310), Told(CANCELLED, 320))
    old, new = centre.cases()
    assert (old.outcome, centre.codes(old.id)) == ("accidental", [BURGLARY, 3130])
    assert (new.follows, new.outcome) == (first.id, "cancelled-by-user")


def test_a_cancel_after_the_closing_is_filed_with_the_closed_case(centre: Centre) -> None:
    centre.tell(Told(BURGLARY))
    centre.close_case(centre.case().id)
    centre.tell(Told(CANCELLED, 120))
    assert centre.codes(centre.case().id) == [BURGLARY, CANCELLED]


def test_a_confirmed_alarm_is_known_to_the_plan(centre: Centre) -> None:
    centre.tell(Told(BURGLARY))
    assert "police" not in centre.next_tasks(centre.case().id)
    centre.tell(Told(CONFIRMED, 30, zone=0))
    assert centre.next_tasks(centre.case().id)[0] == "police"


def test_the_alarm_of_a_yearly_test_is_a_test_and_waits_for_a_call(centre: Centre) -> None:
    centre.tell(Told(TEST_BEGUN, 0, zone=0, area=0))
    assert centre.cases() == []
    centre.tell(Told(1134, 400))
    assert centre.case().test
    centre.tell(Told(TEST_ENDED, 460, detail=1), Told(DISARMED, 460), Told(CANCELLED, 460))
    case = centre.case()
    assert (case.test, case.state, case.category) == (True, "new", "intrusion")
    assert [row.text for row in centre.signals(case.id) if row.qcode == TEST_ENDED] == ["passed"]


def test_a_fire_during_a_test_is_no_test(centre: Centre) -> None:
    centre.tell(Told(TEST_BEGUN, 0, zone=0, area=0), Told(1134, 400), Told(FIRE, 410))
    assert (centre.case().test, centre.case().category) == (False, "fire")
    centre.tell(Told(TEST_ENDED, 500, panel=2), Told(BURGLARY, 90_000))
    assert not centre.cases()[-1].test, "a test is over after a day"


def test_a_presumed_alarm_is_a_case_which_a_disarm_that_comes_late_takes_back(centre: Centre) -> None:
    from case_support import KID, panel_id
    from hemlarm_cloud.store import PresumedAlarm

    centre.tell(Told(6134, 30, zone=4, number=7))
    delay = PresumedAlarm(panel_id(1), KID, 7, 1, 4, NOON_MS, NOON_MS + 60_000)
    with centre.store.begin() as tx:
        tx.add_entry_delay(delay)
        assert tx.raise_presumed_alarm(delay, NOON_MS + 90_000)
    centre.work()
    case = centre.case()
    assert (case.category, case.began_ms, case.state) == ("intrusion", NOON_MS + 30_000, "new")
    (told,) = centre.signals(case.id)
    assert (told.origin, told.qcode, told.zone, told.area) == ("cloud", 1134, 4, 1)
    centre.tell(Told(DISARMED, 55, zone=0))
    assert centre.case().outcome == "cancelled-by-user"


def test_what_is_urgent_is_taken_first_whatever_waits(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "AT_MOST", 3)
    centre.commit(*(Told(3401, at) for at in range(10)))
    centre.commit(Told(FIRE, 20), Told(3401, 21))
    assert work.take_group(centre.store, centre.now_ms)
    assert centre.states() == [("fire", "new")]
    assert [row.qcode for row in centre.signals()] == [FIRE]
    centre.work()
    assert len(centre.signals()) == 12
