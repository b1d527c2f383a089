"""The operators' queue: what comes first, what stands in it, and who sees which of it."""

from handled_site import ANNA, NOON_MS, Desk, HandledSite, add, case_values, set_case
from hemlarm_cloud.actor import Actor
from hemlarm_cloud.handling import actions, queue, views
from hemlarm_cloud.handling.queue import Line
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_cases import alarm_case


def lines(store: Store, actor: Actor = ANNA, limit: int = 100, put_off: bool = True) -> list[Line]:
    with store.read() as reading:
        return queue.queue(reading, actor, NOON_MS + 5000, limit, put_off)


def test_the_most_urgent_comes_first_and_then_what_has_waited_longest(store: Store) -> None:
    house = HandledSite(store)
    wanted = ["fire", "hold-up", "intrusion", "tamper", "line", "service"]
    for category in reversed(wanted):
        kind = {"line": "fault", "service": "service"}.get(category, "alarm")
        house.case(category, kind=kind, at_ms=NOON_MS + 1000)
    older = house.case("intrusion", 1130, at_ms=NOON_MS)
    found = lines(store)
    assert [line.case["category"] for line in found] == [*wanted[:2], "intrusion", *wanted[2:]]
    assert found[2].case["id"] == older
    assert (found[2].waited_ms, found[0].waited_ms) == (5000, 4000)
    assert [line.case["id"] for line in lines(store, limit=1)] == [found[0].case["id"]]


def test_a_line_says_where_it_is_and_what_to_do_next(store: Store) -> None:
    house = HandledSite(store, "Villa Björk")
    case_id = house.case("fire", 1111)
    (line,) = lines(store)
    assert (line.site_name, line.town) == ("Villa Björk", "Umeå")
    assert line.next_task is not None
    assert line.next_task["kind"] == "look-at-pictures"
    Desk(store, case_id).claim().do("look-at-pictures", "smoke-or-fire")
    (line,) = lines(store)
    assert line.next_task is not None
    assert line.next_task["kind"] == "fire-brigade"
    assert (line.case["operator"], line.case["state"]) == (ANNA.name, "in-progress")


def test_an_incident_is_one_line_and_its_parts_are_none(store: Store) -> None:
    house = HandledSite(store)
    part = house.case("power", 1301, kind="fault")
    with store.begin() as tx:
        incident = add(tx, alarm_case, **case_values("power", "incident", NOON_MS), region="Norr", sites=50_000)
    set_case(store, part, incident=incident)
    fire = house.case("fire", 1111, at_ms=NOON_MS + 1000)
    found = lines(store)
    assert [line.case["id"] for line in found] == [fire, incident]
    assert (found[1].case["sites"], found[1].site_name) == (50_000, "")


def test_what_is_closed_is_gone_and_what_is_put_off_can_be_left_out(store: Store) -> None:
    house = HandledSite(store)
    set_case(store, house.case("tamper", 1144), state="closed", closed_ms=NOON_MS, outcome="accidental")
    desk = Desk(store, house.case("tamper", 1144)).claim()
    with store.begin() as tx:
        actions.wait(tx, ANNA, desk.case_id, desk.version, NOON_MS + 60_000, "", NOON_MS)
    assert [line.case["id"] for line in lines(store)] == [desk.case_id]
    assert lines(store, put_off=False) == []


def test_a_customer_sees_the_cases_of_their_own_sites_and_no_telephone_numbers(store: Store) -> None:
    house, other = HandledSite(store, "A"), HandledSite(store, "B")
    own = house.case("fire", 1111)
    other.case("fire", 1111)
    assert [line.case["id"] for line in lines(store, house.owner)] == [own]
    with store.read() as reading:
        assert queue.totals(reading, house.owner) == (1, 1)
        assert queue.totals(reading, ANNA) == (2, 2)
        assert [row.id for row in views.cases(reading, house.owner)] == [own]
        assert all(task["call"] is None for task in views.case(reading, house.owner, own)["tasks"])
        staff = views.case(reading, ANNA, own)
    assert [task["kind"] for task in staff["tasks"] if task["turn"] == 1] == ["look-at-pictures"]
    assert {"+46700000001", "+46700000004"} <= {task["call"]["phone"] for task in staff["tasks"] if task["call"]}


def test_cases_are_paged_and_filtered(store: Store) -> None:
    house, other = HandledSite(store, "A"), HandledSite(store, "B")
    ids = [house.case("tamper", 1144) for _ in range(3)]
    other.case("tamper", 1144)
    set_case(store, ids[0], state="closed", closed_ms=NOON_MS, outcome="accidental")
    with store.read() as reading:
        assert [row.id for row in views.cases(reading, ANNA, house.site)] == ids
        assert [row.id for row in views.cases(reading, ANNA, house.site, open_only=True)] == ids[1:]
        assert [row.id for row in views.cases(reading, ANNA, after_id=ids[0], limit=1)] == [ids[1]]
        assert [row.qcode for row in views.signals(reading, ANNA, ids[1])] == [1144]
