"""Service mode begins and ends by itself, tells its orderer, and leaves nothing in fault unnoticed."""

from typing import Any

from handled_site import NOON_MS, notices_of
from hemlarm_cloud.service_mode import ending, orders
from hemlarm_cloud.store import Store
from served_site import DAY_MS, HOUR_MS, SARA, ServedSite

END_MS = NOON_MS + HOUR_MS
MORNING_MS = NOON_MS + DAY_MS


def subjects(store: Store) -> list[str]:
    return [notice.subject for notice in notices_of(store)]


def run(store: Store, now_ms: int) -> int | None:
    """Call the step as often as it wants at this moment; returns when it wants to be called next."""
    for _ in range(20):
        next_ms = ending.step(store, now_ms)
        if next_ms is None or next_ms > now_ms:
            return next_ms
    raise AssertionError("the step never has enough")


def last(store: Store) -> Any:
    return notices_of(store)[-1]


def test_the_orderer_gets_a_completion_report_when_it_is_set_and_again_when_it_has_ended(store: Store) -> None:
    house = ServedSite(store)
    made = house.order("burglary fire")
    set_report = last(store)
    assert set_report.subject == "Klarrapport: Villa Björk i serviceläge"
    assert set_report.recipient == f"a{house.site}@example.se"
    assert "inbrottslarm, brandlarm, till 2026-11-18 13:06." in set_report.text
    run(store, END_MS - 1)
    assert subjects(store) == [set_report.subject]
    run(store, END_MS)
    assert subjects(store) == [set_report.subject, "Klarrapport: Villa Björk ur serviceläge"]
    assert (house.order_row(made).state, house.order_row(made).ended_ms) == ("ended", END_MS)
    run(store, END_MS + HOUR_MS)
    assert len(notices_of(store)) == 2


def test_a_later_one_is_confirmed_at_once_and_reported_when_it_begins_and_ends(store: Store) -> None:
    house = ServedSite(store)
    made = house.order(who=house.owner, from_ms=MORNING_MS, until_ms=MORNING_MS + HOUR_MS)
    for now_ms, state in ((MORNING_MS - 1, "scheduled"), (MORNING_MS, "active"), (MORNING_MS + HOUR_MS, "ended")):
        run(store, now_ms)
        assert house.order_row(made).state == state
    assert subjects(store) == [
        "Serviceläge registrerat: Villa Björk",
        "Klarrapport: Villa Björk i serviceläge",
        "Klarrapport: Villa Björk ur serviceläge",
    ]


def test_after_a_pause_of_the_centre_it_begins_and_ends_in_one_go(store: Store) -> None:
    house = ServedSite(store)
    made = house.order(who=house.owner, from_ms=MORNING_MS, until_ms=MORNING_MS + HOUR_MS)
    run(store, MORNING_MS + DAY_MS)
    assert (house.order_row(made).state, house.order_row(made).ended_ms) == ("ended", MORNING_MS + HOUR_MS)
    assert len(notices_of(store)) == 3


def test_the_step_wants_to_be_called_when_something_is_due_and_for_nothing_else(store: Store) -> None:
    house = ServedSite(store)
    assert ending.step(store, NOON_MS) is None
    house.order(who=house.owner, from_ms=NOON_MS + 5000, until_ms=NOON_MS + 9000)
    assert ending.step(store, NOON_MS) == NOON_MS + 5000
    assert run(store, NOON_MS + 5000) == NOON_MS + 9000


def test_the_last_report_lists_what_came_meanwhile_at_the_sites_own_time(store: Store) -> None:
    house = ServedSite(store, time_zone="Europe/London")
    made = house.order("burglary fire")
    house.tell(1130, NOON_MS + 60_000, made, zone=4)
    house.tell(3130, NOON_MS + 120_000, made, zone=4)
    house.tell(1130, NOON_MS - 60_000)
    run(store, END_MS)
    lines = last(store).text.split("\n")
    assert lines[1:] == [
        "Händelser under tiden: 2.",
        "- 2026-11-18 11:07 inbrott 1130, zon 4",
        "- 2026-11-18 11:08 inbrott 3130, zon 4",
        "Kvarstående fel: inga.",
    ]
    assert house.cases() == []


def test_a_report_with_many_events_counts_them_all_and_lists_the_first(store: Store) -> None:
    house = ServedSite(store)
    made = house.order()
    for second in range(25):
        house.tell(1130 if second % 2 == 0 else 3130, NOON_MS + 1000 * second, made)
    house.tell(3130, NOON_MS + 30_000, made)
    run(store, END_MS)
    text = last(store).text
    assert "Händelser under tiden: 26." in text
    assert text.count("\n- ") == 21
    assert "\n- …\n" in text


def test_what_is_still_in_fault_at_the_end_is_told_and_becomes_a_service_case(store: Store) -> None:
    house = ServedSite(store)
    made = house.order("burglary technical")
    house.tell(1137, NOON_MS + 60_000, made, zone=5)
    house.fault("mains", NOON_MS + 90_000, quiet=True)
    run(store, END_MS)
    assert "Kvarstående fel: nätspänningen borta; sabotage 1137, zon 5." in last(store).text
    (case,) = house.cases()
    assert (case.kind, case.category, case.site, case.key) == ("service", "service", house.site, f"service-mode:{made}")
    assert case.summary == f"Still in fault after service mode {made}: mains out; tamper 1137, zone 5"
    run(store, END_MS + HOUR_MS)
    assert len(house.cases()) == 1


def test_what_was_restored_meanwhile_or_is_another_matter_makes_no_case(store: Store) -> None:
    house = ServedSite(store)
    made = house.order("burglary hold-up")
    house.tell(1137, NOON_MS + 60_000, made)
    house.tell(3137, NOON_MS + 61_000)
    house.fault("mains", NOON_MS + 90_000, quiet=True)
    house.fault("battery", NOON_MS - 90_000)
    house.tell(1120, NOON_MS + 62_000, made)
    run(store, END_MS)
    assert house.cases() == []


def test_a_tamper_that_came_again_after_its_restore_is_in_fault(store: Store) -> None:
    house = ServedSite(store)
    made = house.order("burglary")
    for qcode, at_ms in ((1137, 1000), (3137, 2000), (1137, 3000)):
        house.tell(qcode, NOON_MS + at_ms, made)
    run(store, END_MS)
    assert [case.key for case in house.cases()] == [f"service-mode:{made}"]


def test_what_another_order_still_covers_is_left_to_that_one(store: Store) -> None:
    house = ServedSite(store)
    first = house.order("burglary technical")
    second = house.order("burglary technical", until_ms=END_MS + HOUR_MS)
    house.tell(1137, NOON_MS + 60_000, first, zone=5)
    house.fault("mains", NOON_MS + 90_000, quiet=True)
    run(store, END_MS)
    assert (house.order_row(first).state, house.cases()) == ("ended", [])
    run(store, END_MS + HOUR_MS)
    assert [case.key for case in house.cases()] == [f"service-mode:{second}"]
    assert "Kvarstående fel: nätspänningen borta; sabotage 1137, zon 5." in last(store).text


def test_an_order_of_one_transmitter_tells_nothing_of_another_one(store: Store) -> None:
    house = ServedSite(store)
    made = house.order("technical", transmitter=house.transmitter)
    other = ServedSite(store, "Villa Gran")
    house.fault("mains", NOON_MS + 90_000, quiet=True, transmitter=other.transmitter)
    run(store, END_MS)
    assert (house.order_row(made).state, house.cases()) == ("ended", [])


def test_ended_early_it_reports_at_once_and_not_again(store: Store) -> None:
    house = ServedSite(store)
    made = house.order()
    with store.begin() as tx:
        orders.end_early(tx, SARA, made, 0, NOON_MS + 60_000)
    assert subjects(store)[-1] == "Klarrapport: Villa Björk ur serviceläge"
    run(store, END_MS)
    assert len(notices_of(store)) == 2


def test_withdrawn_it_is_told_so_and_never_begins(store: Store) -> None:
    house = ServedSite(store)
    made = house.order(who=house.owner, from_ms=MORNING_MS, until_ms=MORNING_MS + HOUR_MS)
    with store.begin() as tx:
        orders.withdraw(tx, house.owner, made, 0, NOON_MS)
    run(store, MORNING_MS + DAY_MS)
    assert house.order_row(made).state == "withdrawn"
    assert subjects(store)[-1] == "Serviceläge återtaget: Villa Björk"


def test_reports_are_in_the_orderers_language_and_of_a_supervisors_order_go_to_who_decides(store: Store) -> None:
    house = ServedSite(store)
    house.order("fire", SARA.on_behalf_of(house.ivar))
    assert last(store).subject == "Completion report: Villa Björk in service mode"
    house.order("fire", SARA)
    assert last(store).recipient == f"a{house.site}@example.se"


def test_many_orders_that_end_together_all_end(store: Store) -> None:
    houses = [ServedSite(store, f"Hus {number}") for number in range(3)]
    made = [(house, house.order()) for house in houses for _ in range(10)]
    run(store, END_MS)
    assert {house.order_row(order).state for house, order in made} == {"ended"}
    assert len(notices_of(store)) == 2 * len(made)
