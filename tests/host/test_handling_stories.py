"""From a panel's event to the end of its case: case work, action plans, operators and time together."""

import pytest

from case_support import BURGLARY, CANCELLED, FIRE, HOUR_MS, MAINS, MAINS_BACK, NOON_MS, TAMPER, Centre, Told
from handled_site import Desk, add, notices_of
from hemlarm_cloud.handling import timers
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_sites import contact, person


@pytest.fixture
def centre(store: Store) -> Centre:
    made = Centre(store)
    made.add_panels(1)
    with store.begin() as tx:
        owner = add(tx, person, name="Owner", phone="+46700000001", language="en", created_ms=0)
        neighbour = add(tx, person, name="Neighbour", phone="+46700000002", created_ms=0)
        for position, who in enumerate((owner, neighbour), 1):
            values = {"site": 1, "position": position, "person": who, "fire_neighbour": who == neighbour}
            add(tx, contact, **values)
    return made


def desk(centre: Centre) -> Desk:
    """An operator who has just claimed the only open case."""
    (case,) = [row for row in centre.cases() if row.closed_ms is None]
    return Desk(centre.store, case.id, now_ms=centre.now_ms).claim()


def test_an_accidental_alarm_cancelled_by_code_makes_no_call_and_is_told_of(centre: Centre) -> None:
    centre.tell(Told(BURGLARY), Told(CANCELLED, 20))
    assert centre.states() == [("intrusion", "cancelled-by-user")]
    assert centre.next_tasks(centre.case().id) == []
    (sent,) = notices_of(centre.store)
    assert (sent.channel, sent.recipient) == ("sms", "+46700000001")
    assert "cancelled by code" in sent.text


def test_kitchen_smoke_is_looked_at_and_the_neighbour_sees_flames(centre: Centre) -> None:
    centre.tell(Told(FIRE))
    work = desk(centre)
    assert work.next() == ["look-at-pictures"]
    work.do("look-at-pictures", "no-pictures").do("verify-password", "no-answer")
    assert work.next()[0] == "fire-neighbour"
    assert work.do("fire-neighbour", "sees-fire").next()[0] == "fire-brigade"
    work.do("fire-brigade", "called").do("feedback", "phoned").close("real")
    assert centre.states() == [("fire", "real")]


def test_a_cancelled_fire_is_still_answered(centre: Centre) -> None:
    centre.tell(Told(FIRE), Told(CANCELLED, 20))
    assert centre.states() == [("fire", "new")]
    assert desk(centre).next() == ["look-at-pictures"]


def test_a_fire_that_joins_an_operators_break_in_brings_its_tasks(centre: Centre) -> None:
    centre.tell(Told(BURGLARY))
    work = desk(centre).do("look-at-pictures", "smoke-or-fire")
    centre.tell(Told(FIRE, 60))
    assert (centre.case().category, centre.case().state) == ("fire", "in-progress")
    assert work.next()[0] == "fire-brigade"


def test_mains_out_for_seven_hours_remind_the_customer_and_their_return_ends_it(centre: Centre) -> None:
    centre.tell(Told(MAINS))
    for _ in range(7):
        centre.pass_time(HOUR_MS)
        timers.step(centre.store, centre.now_ms)
    (sent,) = notices_of(centre.store)
    assert "without mains since" in sent.text
    assert sent.created_ms == NOON_MS + 6 * HOUR_MS
    assert centre.states() == [("power", "waiting")]
    centre.tell(Told(MAINS_BACK, 7 * 3600))
    assert centre.states() == [("power", "restored")]
    assert len(notices_of(centre.store)) == 1


def test_a_detector_taken_down_makes_an_operator_call(centre: Centre) -> None:
    centre.tell(Told(TAMPER))
    work = desk(centre)
    assert work.next() == ["verify-password"]
    work.do("verify-password", "wrong-password")
    assert work.next() == ["guard"]
