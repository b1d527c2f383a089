"""On-call rosters: who is on duty, what is wrong with a roster, who may change it, and the calls that are taken."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from hemlarm_cloud.actor import SYSTEM, Actor, Role
from hemlarm_cloud.duty import calls, rosters, services
from hemlarm_cloud.duty.gaps import Duty, Trouble, troubles
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_centre import duty, duty_call
from hemlarm_cloud.store.schema_sites import audit
from report_history import at, fill

NOW_MS = at("2026-12-07 09:00")
DAY_MS = 86_400_000
MONDAY, NEXT = at("2026-12-07 08:00"), at("2026-12-14 08:00")

OPERATOR = Actor("operator:anna", Role.OPERATOR)
OWNER = Actor("customer:asa", Role.CUSTOMER, person=1, customer=1)
STRANGER = Actor("customer:other", Role.CUSTOMER, person=5, customer=2)
MONITOR = Actor("monitor:wall", Role.MONITOR)


@pytest.fixture
def store(store: Store) -> Store:
    fill(store)
    return store


def present(store: Store, at_ms: int, actor: Actor = OPERATOR) -> list[tuple[str, str]]:
    with store.read() as reading:
        return [(row.name, row.phone) for row in rosters.on_duty(reading, actor, 1, at_ms)]


def replace(store: Store, duties: list[Duty], actor: Actor = OWNER, version: int = 0, **more: Any) -> list[Trouble]:
    span = (more.pop("from_ms", MONDAY), more.pop("until_ms", NEXT))
    with store.begin() as tx:
        return rosters.replace(tx, actor, 1, *span, duties, version, NOW_MS, **more)


def test_who_is_on_duty_this_week_is_told_with_the_telephone_number(store: Store) -> None:
    assert present(store, MONDAY) == [("Åsa Öberg", "+46701110001")]
    assert present(store, NEXT - 1) == [("Åsa Öberg", "+46701110001")]
    assert present(store, NEXT) == [("Göran Ängström", "+46701110002")]
    assert present(store, MONDAY - 1) == []


def test_a_replaced_part_leaves_what_is_around_it(store: Store) -> None:
    begins, ends = MONDAY + 2 * DAY_MS, MONDAY + 3 * DAY_MS
    wrong = replace(store, [Duty(3, begins, ends), Duty(2, begins, ends, 2)], from_ms=begins, until_ms=ends)
    assert wrong == []
    assert [name for name, _ in present(store, begins - 1)] == ["Åsa Öberg"]
    assert [name for name, _ in present(store, begins)] == ["Zdzisława Wąsik", "Göran Ängström"]
    assert [name for name, _ in present(store, ends)] == ["Åsa Öberg"]
    with store.read() as reading:
        assert rosters.roster_troubles(reading, OWNER, 1, MONDAY, NEXT) == []


def test_gaps_and_overlaps_are_told_and_not_refused(store: Store) -> None:
    middle = MONDAY + DAY_MS
    wrong = replace(store, [Duty(1, middle, NEXT), Duty(2, middle, middle + DAY_MS)])
    assert wrong == [Trouble("gap", MONDAY, middle), Trouble("overlap", middle, middle + DAY_MS, 1)]


def test_troubles_of_a_roster_by_hand() -> None:
    assert troubles([], 0, 10) == [Trouble("gap", 0, 10)]
    assert troubles([Duty(1, -5, 20)], 0, 10) == []
    assert troubles([Duty(1, 0, 4), Duty(1, 4, 10)], 0, 10) == []
    assert troubles([Duty(1, 0, 4), Duty(2, 6, 10)], 0, 10) == [Trouble("gap", 4, 6)]
    assert troubles([Duty(1, 0, 10), Duty(2, 0, 10, 2)], 0, 10) == []
    assert troubles([Duty(1, 0, 6), Duty(2, 3, 10), Duty(3, 5, 8)], 0, 10) == [Trouble("overlap", 3, 8, 1)]
    assert troubles([Duty(1, 20, 30)], 0, 10) == [Trouble("gap", 0, 10)]


def test_nobodys_change_of_a_roster_is_overwritten_silently(store: Store) -> None:
    replace(store, [Duty(1, MONDAY, NEXT)])
    with pytest.raises(ConflictError, match="version 1"):
        replace(store, [Duty(2, MONDAY, NEXT)])
    assert [name for name, _ in present(store, MONDAY)] == ["Åsa Öberg"]


def test_a_roster_is_changed_by_the_customers_a_or_in_writing(store: Store) -> None:
    week = [Duty(2, MONDAY, NEXT)]
    for actor, error, reason in (
        (Actor("customer:goran", Role.CUSTOMER, person=2, customer=1), RefusedError, ""),
        (STRANGER, NotFoundError, ""),
        (MONITOR, RefusedError, ""),
        (OPERATOR, RefusedError, "Mail 2026-12-01"),
        (OPERATOR.on_behalf_of(5), RefusedError, "Mail 2026-12-01"),
        (OPERATOR.on_behalf_of(1), InvalidError, ""),
    ):
        with pytest.raises(error):
            replace(store, week, actor, reason=reason)
    replace(store, week, OPERATOR.on_behalf_of(1), reason="Mail 2026-12-01")
    with store.read() as reading:
        (entry,) = reading.connection.execute(select(audit)).all()
    assert (entry.action, entry.on_behalf_of, entry.customer) == ("duty-roster-replaced", 1, 1)
    assert json.loads(entry.detail)["reason"] == "Mail 2026-12-01"


@pytest.mark.parametrize(
    "duties",
    [
        [Duty(1, MONDAY - 1, NEXT)],
        [Duty(1, MONDAY, NEXT + 1)],
        [Duty(1, NEXT, MONDAY)],
        [Duty(1, MONDAY, NEXT, 0)],
        [Duty(1, MONDAY, NEXT, 10)],
        [Duty(1, MONDAY, NEXT)] * (rosters.DUTIES_MAX + 1),
    ],
)
def test_duties_that_cannot_be_are_refused_and_change_nothing(store: Store, duties: list[Duty]) -> None:
    with store.read() as reading:
        before = reading.connection.execute(select(duty)).all()
    with pytest.raises(InvalidError):
        replace(store, duties)
    with store.read() as reading:
        assert reading.connection.execute(select(duty)).all() == before


def test_somebody_elses_people_are_not_put_on_duty(store: Store) -> None:
    with pytest.raises(NotFoundError, match="no person 5"):
        replace(store, [Duty(5, MONDAY, NEXT)])


def test_a_service_is_added_by_a_supervisor(store: Store) -> None:
    with store.begin() as tx:
        added = services.add(tx, SYSTEM, 1, "Nattjour", "+4618102031", "Europe/Stockholm", NOW_MS)
    with store.read() as reading:
        assert [row.id for row in services.services(reading, OWNER)] == [1, added]
        assert [row.id for row in services.services(reading, STRANGER)] == [2]
    for actor, customer, number, zone, error in (
        (OPERATOR, 1, "", "Europe/Stockholm", RefusedError),
        (SYSTEM, 9, "", "Europe/Stockholm", NotFoundError),
        (SYSTEM, 1, "ring", "Europe/Stockholm", InvalidError),
        (SYSTEM, 1, "", "Mars/Olympus", InvalidError),
    ):
        with pytest.raises(error), store.begin() as tx:
            services.add(tx, actor, customer, "Jour", number, zone, NOW_MS)


def record(store: Store, actor: Actor = OPERATOR, **more: Any) -> Any:
    with store.begin() as tx:
        call_id = calls.record(tx, actor, 1, more.pop("at_ms", MONDAY), NOW_MS, **more)
        return tx.connection.execute(select(duty_call).where(duty_call.c.id == call_id)).one()


def test_an_answered_call_goes_to_whoever_is_on_duty(store: Store) -> None:
    row = record(store, answered_ms=MONDAY + 9_000, ended_ms=MONDAY + 60_000, caller="+4670", note="Hissen står")
    assert (row.person, row.taken_by, row.note) == (1, "operator:anna", "Hissen står")
    assert record(store, answered_ms=MONDAY + 9_000, person_id=2).person == 2
    assert record(store).person is None
    assert record(store, at_ms=MONDAY - DAY_MS, answered_ms=MONDAY - DAY_MS).person is None


def test_the_end_of_a_call_is_noted_later(store: Store) -> None:
    open_call = record(store, answered_ms=MONDAY + 9_000, caller="+4670", note="Hissen")
    with store.begin() as tx:
        calls.finish(tx, OPERATOR, open_call.id, MONDAY + 90_000, "", NOW_MS)
    with store.read() as reading:
        (row,) = calls.calls(reading, OWNER, 1, MONDAY, NEXT)
    assert (row.ended_ms, row.note) == (MONDAY + 90_000, "Hissen")


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"answered_ms": MONDAY - 1}, InvalidError),
        ({"answered_ms": MONDAY + 2, "ended_ms": MONDAY + 1}, InvalidError),
        ({"ended_ms": MONDAY + 1}, InvalidError),
        ({"at_ms": NOW_MS + DAY_MS}, InvalidError),
        ({"at_ms": -1}, InvalidError),
        ({"note": "x" * 501}, InvalidError),
        ({"caller": "a\nb"}, InvalidError),
        ({"person_id": 5}, NotFoundError),
        ({"actor": OWNER}, RefusedError),
        ({"actor": MONITOR}, RefusedError),
    ],
)
def test_calls_that_cannot_be_are_refused(store: Store, more: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        record(store, **more)


def test_rosters_and_calls_are_for_the_centres_people_and_the_customer(store: Store) -> None:
    for actor, error in ((STRANGER, NotFoundError), (MONITOR, RefusedError)):
        with store.read() as reading, pytest.raises(error):
            rosters.on_duty(reading, actor, 1, MONDAY)
        with store.read() as reading, pytest.raises(error):
            calls.calls(reading, actor, 1, MONDAY, NEXT)
    assert present(store, MONDAY, OWNER)
