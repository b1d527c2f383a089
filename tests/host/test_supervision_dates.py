"""Dates that pass: who hears of each, when, and that nobody hears of it twice."""

from typing import Any

import pytest
from sqlalchemy import insert, update

from api_support import client
from handled_site import NOON_MS, add, case_of, notices_of, set_case
from hemlarm_cloud.handling import queue
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_sites import authority, authority_list, contract
from hemlarm_cloud.supervision import dates, service_cases
from hemlarm_cloud.supervision.dates import AHEAD_MS, POLL_MS, TEST_EVERY_MS
from served_site import ANNA, DAY_MS, ServedSite


def run(store: Store, now_ms: int) -> None:
    """Call the step as often as it wants at this moment."""
    for _ in range(50):
        next_ms = dates.step(store, now_ms)
        assert next_ms is not None
        if next_ms > now_ms:
            assert next_ms == now_ms + POLL_MS
            return
    raise AssertionError("the step never has enough")


def last_tested(store: Store, name: str = "Villa Björk", **values: Any) -> ServedSite:
    """A site that was tested at noon, and whose installer's papers hold for long."""
    house = ServedSite(store, name, **{"created_ms": 0, "tested_ms": NOON_MS} | values)
    with store.begin() as tx:
        tx.connection.execute(update(authority_list).values(fire_certificate_until_ms=None))
        tx.connection.execute(update(authority).values(police_approval_until_ms=None))
    return house


def summaries(house: ServedSite) -> list[str]:
    return [case.summary for case in house.cases()]


def test_a_yearly_test_that_is_overdue_makes_one_service_case_and_one_reminder(store: Store) -> None:
    house = last_tested(store)
    run(store, NOON_MS + TEST_EVERY_MS - 1)
    assert house.cases() == []
    for late_ms in (0, 1, DAY_MS, TEST_EVERY_MS - 1):
        run(store, NOON_MS + TEST_EVERY_MS + late_ms)
    (case,) = house.cases()
    assert (case.site, case.kind, case.category, case.state) == (house.site, "service", "service", "new")
    assert case.summary == "Yearly test overdue; last tested 2026-11-18"
    (notice,) = notices_of(store)
    assert (notice.recipient, notice.site, notice.case) == (f"a{house.site}@example.se", house.site, case.id)
    assert (notice.subject, "senast 2026-11-18" in notice.text) == ("Dags för årligt prov: Villa Björk", True)


def test_each_further_year_without_a_test_makes_another_case(store: Store) -> None:
    house = last_tested(store)
    for year in (1, 2, 3):
        run(store, NOON_MS + year * TEST_EVERY_MS)
    assert len(house.cases()) == len(notices_of(store)) == 3


def test_a_site_never_tested_is_due_a_year_after_it_was_registered(store: Store) -> None:
    house = last_tested(store, created_ms=NOON_MS, tested_ms=None)
    run(store, NOON_MS + TEST_EVERY_MS - 1)
    assert house.cases() == []
    run(store, NOON_MS + TEST_EVERY_MS)
    assert summaries(house) == ["Yearly test overdue; last tested never"]
    assert "senast aldrig" in notices_of(store)[0].text


@pytest.mark.parametrize("values", [{"customer": None}, {"ended_ms": NOON_MS}])
def test_nobody_is_asked_to_test_what_is_not_registered_or_served_no_more(store: Store, values: dict[str, Any]) -> None:
    house = last_tested(store)
    house.set_site(**values)
    run(store, NOON_MS + TEST_EVERY_MS)
    assert house.cases() == []


def test_once_tested_its_case_closes_by_itself_unless_somebody_works_on_it(store: Store) -> None:
    house, other = last_tested(store), last_tested(store, "Villa Gran")
    run(store, NOON_MS + TEST_EVERY_MS)
    untouched, taken = house.cases()
    set_case(store, taken.id, state="claimed", operator="operator:anna", answered_ms=NOON_MS + TEST_EVERY_MS)
    for each in (house, other):
        each.set_site(tested_ms=NOON_MS + TEST_EVERY_MS + DAY_MS)
    run(store, NOON_MS + TEST_EVERY_MS + 2 * DAY_MS)
    assert [(row.state, row.outcome) for row in (case_of(store, untouched.id), case_of(store, taken.id))] == [
        ("closed", "test"),
        ("claimed", None),
    ]
    run(store, NOON_MS + 2 * TEST_EVERY_MS)
    assert len(house.cases()) == 2
    run(store, NOON_MS + 2 * TEST_EVERY_MS + DAY_MS)
    assert len(house.cases()) == 4


def test_a_fire_certificate_is_told_of_thirty_days_ahead_and_when_it_has_expired(store: Store) -> None:
    house = last_tested(store)
    until_ms = NOON_MS + 60 * DAY_MS
    with store.begin() as tx:
        certified = update(authority_list).where(authority_list.c.id == house.company)
        tx.connection.execute(certified.values(fire_certificate_until_ms=until_ms))
    run(store, until_ms - AHEAD_MS - 1)
    assert house.cases() == []
    for now_ms in (until_ms - AHEAD_MS, until_ms - 1, until_ms, until_ms + DAY_MS):
        run(store, now_ms)
    assert summaries(house) == [
        "Fire certificate of Larm & Lås Villa Björk: expires 2027-01-17",
        "Fire certificate of Larm & Lås Villa Björk: expired 2027-01-17",
    ]
    assert [(notice.recipient, notice.subject) for notice in notices_of(store)] == [
        (f"ivar{house.site}@example.se", "The fire certificate expires 2027-01-17"),
        (f"ivar{house.site}@example.se", "The fire certificate has expired"),
    ]


def test_a_new_certificate_has_dates_of_its_own_and_an_old_one_found_late_is_told_of_once(store: Store) -> None:
    house = last_tested(store)
    for until_ms in (NOON_MS - 400 * DAY_MS, NOON_MS + DAY_MS):
        with store.begin() as tx:
            certified = update(authority_list).where(authority_list.c.id == house.company)
            tx.connection.execute(certified.values(fire_certificate_until_ms=until_ms))
        run(store, NOON_MS)
    assert [case.key.rpartition(":")[2] for case in house.cases()] == ["passed", "soon"]


def test_a_police_approval_is_told_of_to_the_one_who_holds_it(store: Store) -> None:
    house = last_tested(store)
    with store.begin() as tx:
        approved = update(authority).where(authority.c.person == house.ivar)
        tx.connection.execute(approved.values(police_approval_until_ms=NOON_MS + DAY_MS))
    run(store, NOON_MS)
    run(store, NOON_MS + DAY_MS)
    assert summaries(house) == [
        "Police approval of Ivar, Larm & Lås Villa Björk: expires 2026-11-19",
        "Police approval of Ivar, Larm & Lås Villa Björk: expired 2026-11-19",
    ]
    assert [notice.recipient for notice in notices_of(store)] == [f"ivar{house.site}@example.se"] * 2


def test_a_contract_is_told_of_only_if_notice_was_given(store: Store) -> None:
    house = last_tested(store)
    with store.begin() as tx:
        values = {"customer": house.customer, "begins_ms": 0, "ends_ms": NOON_MS}
        add(tx, contract, number="goes-on", **values)
        add(tx, contract, number="ends", terminated_ms=NOON_MS - 200 * DAY_MS, **values)
    for now_ms in (NOON_MS - AHEAD_MS - 1, NOON_MS - AHEAD_MS, NOON_MS, NOON_MS + AHEAD_MS):
        run(store, now_ms)
    assert summaries(house) == ["Contract ends: ends 2026-11-18", "Contract ends: ended 2026-11-18"]
    assert [notice.subject for notice in notices_of(store)] == [
        "Avtal ends upphör 2026-11-18",
        "Avtal ends har upphört",
    ]


def test_a_crash_in_the_middle_repeats_and_forgets_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    houses = [last_tested(store, f"Hus {number}") for number in range(5)]
    opened = service_cases.open_case

    def die_at_the_third(tx: Any, key: str, site: int | None, *rest: Any) -> int | None:
        if site == houses[2].site:
            raise KeyboardInterrupt
        return opened(tx, key, site, *rest)

    monkeypatch.setattr(service_cases, "open_case", die_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        dates.step(store, NOON_MS + TEST_EVERY_MS)
    monkeypatch.undo()
    run(store, NOON_MS + TEST_EVERY_MS)
    assert sorted(case.site for case in houses[0].cases()) == [house.site for house in houses]
    assert len(notices_of(store)) == 5


def test_a_step_does_a_bounded_number_and_asks_for_another_call(store: Store) -> None:
    house = last_tested(store)
    with store.begin() as tx:
        values = {"customer": house.customer, "begins_ms": 0, "ends_ms": NOON_MS, "terminated_ms": 1}
        tx.connection.execute(insert(contract), [values | {"number": str(number)} for number in range(120)])
    assert dates.step(store, NOON_MS) == NOON_MS
    assert len(house.cases()) == 20
    run(store, NOON_MS)
    assert len(house.cases()) == 120


def test_a_case_of_no_site_stands_in_the_queue_and_can_be_worked_on(store: Store) -> None:
    last_tested(store)
    with store.begin() as tx:
        made = service_cases.open_case(tx, "k", None, "Fire certificate of Larm & Lås: expired", NOON_MS)
    with store.read() as reading:
        (line,) = queue.queue(reading, ANNA, NOON_MS)
    assert (line.case["id"], line.case["kind"]) == (made, "service")
    taken = client(store).post(f"/cases/{made}/claim", json={"version": line.case["version"]})
    assert (taken.status_code, taken.json()["site"]) == (200, None)


def test_a_service_case_of_one_key_is_opened_once_even_when_it_was_closed(store: Store) -> None:
    house = last_tested(store)
    with store.begin() as tx:
        first = service_cases.open_case(tx, "k", house.site, "s" * 300, NOON_MS)
        assert service_cases.open_case(tx, "k", house.site, "again", NOON_MS) is None
    assert first is not None
    assert len(case_of(store, first).summary) == 200
    set_case(store, first, state="closed", closed_ms=NOON_MS, outcome="handled")
    with store.begin() as tx:
        assert service_cases.open_case(tx, "k", house.site, "again", NOON_MS) is None
