"""The register of customers, contracts, sites and transmitters."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemlarm_cloud.actor import SYSTEM, Actor
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.scope import expect_site
from hemlarm_cloud.sites import audit, contracts, customers, names, sites, transmitters
from hemlarm_cloud.sites.contract_dates import CALENDAR, end_of, later_by_months
from hemlarm_cloud.sites.register import ensure_transmitter, ensure_transmitters, move_transmitter
from hemlarm_cloud.store import Store
from registered_site import DAY_MS, LETTER, MONITOR, NOW_MS, OPERATOR, PANEL, SUPERVISOR, Registered, register, version

STRANGER = "ffeeddccbbaa0011"


def site_of(store: Store, transmitter: str) -> int:
    with store.read() as reading:
        return int(transmitters.expect(reading, SYSTEM, transmitter).site)


def shown(store: Store, site_id: int, actor: Actor = SYSTEM) -> dict[str, Any]:
    with store.read() as reading:
        return sites.one(reading, actor, site_id)


def test_a_transmitter_that_nobody_registered_gets_a_site_of_its_own(store: Store) -> None:
    with store.begin() as tx:
        first = ensure_transmitter(tx, STRANGER, "hemlarm", NOW_MS)
        assert ensure_transmitter(tx, STRANGER, "hemlarm", NOW_MS + 1) == first
    made = shown(store, first)
    assert (made["number"], made["customer"], made["created_ms"]) == (f"?{STRANGER}", None, NOW_MS)


def test_many_transmitters_are_ensured_in_one_go(store: Store) -> None:
    there = register(store)
    ids = [f"{number:016x}" for number in range(200)]
    with store.begin() as tx:
        made = ensure_transmitters(tx, [PANEL, *ids, ids[0]], "hemlarm", NOW_MS)
        assert ensure_transmitters(tx, ids, "hemlarm", NOW_MS) == {one: made[one] for one in ids}
    assert made[PANEL] == there.site
    assert len(set(made.values())) == 201


def test_long_ids_that_begin_alike_get_different_numbers(store: Store) -> None:
    ids = ["sos:" + "x" * length for length in (50, 53, 56)]
    with store.begin() as tx:
        made = ensure_transmitters(tx, ids, "sos-access", NOW_MS)
        percent = ensure_transmitter(tx, "sos:%_" + "x" * 50, "sos-access", NOW_MS)
    assert len({*made.values(), percent}) == 4


def test_a_stand_in_is_adopted_with_all_that_happened_there(store: Store) -> None:
    there = register(store)
    with store.begin() as tx:
        stand_in = ensure_transmitter(tx, STRANGER, "hemlarm", NOW_MS)
    with pytest.raises(NotFoundError):
        shown(store, stand_in, there.customers_account())
    with store.begin() as tx:
        sites.adopt(tx, SUPERVISOR, stand_in, "V3", there.customer, there.contract, 0, NOW_MS)
    assert shown(store, stand_in, there.customers_account())["number"] == "V3"
    with pytest.raises(ConflictError, match="has a customer"), store.begin() as tx:
        sites.adopt(tx, SUPERVISOR, stand_in, "V4", there.other_customer, None, 1, NOW_MS)


def test_a_transmitter_that_reported_early_is_added_to_its_real_site(store: Store) -> None:
    there = register(store)
    with store.begin() as tx:
        ensure_transmitter(tx, STRANGER, "hemlarm", NOW_MS)
    with store.begin() as tx:
        seen = sites.one(tx, SYSTEM, there.site)["version"]
        transmitters.add(tx, SUPERVISOR, there.site, STRANGER, "hemlarm", "Barn", seen, NOW_MS)
    assert site_of(store, STRANGER) == there.site


def test_a_transmitter_of_another_site_is_not_taken_by_adding_it(store: Store) -> None:
    there = register(store)
    for site_id in (there.site, there.other_site):
        seen = version(store, site_id)
        with pytest.raises(ConflictError, match="move it"), store.begin() as tx:
            transmitters.add(tx, SUPERVISOR, site_id, PANEL, "hemlarm", "", seen, NOW_MS)


def named(store: Store, there: Registered) -> None:
    with store.begin() as tx:
        seen = sites.one(tx, SYSTEM, there.site)["version"]
        seen = names.name_zones(tx, SUPERVISOR, PANEL, {1: "Kitchen", 2: "Hall"}, seen, NOW_MS)
        names.link_users(tx, SUPERVISOR, PANEL, {3: there.a}, seen, NOW_MS)


def move(store: Store, to: int, actor: Actor = SUPERVISOR) -> None:
    seen = version(store, to)
    with store.begin() as tx:
        move_transmitter(tx, actor, PANEL, to, seen, NOW_MS)


def test_a_transmitter_moved_within_a_customer_keeps_its_names(store: Store) -> None:
    there = register(store)
    named(store, there)
    move(store, there.second_site)
    with store.read() as reading:
        assert names.zones(reading, SYSTEM, PANEL) == {1: "Kitchen", 2: "Hall"}
        assert [row["name"] for row in names.users(reading, SYSTEM, PANEL)] == ["Anna Berg"]
        logged = [entry["site"] for entry in audit.entries(reading, SYSTEM, limit=500)][-2:]
    assert logged == [there.site, there.second_site]


def test_a_transmitter_moved_to_another_customer_tells_nothing_of_the_first(store: Store) -> None:
    there = register(store)
    named(store, there)
    move(store, there.other_site)
    with store.read() as reading:
        assert names.zones(reading, there.others_account(), PANEL) == {}
        assert names.users(reading, there.others_account(), PANEL) == []
        assert transmitters.expect(reading, SYSTEM, PANEL).name == ""
        with pytest.raises(NotFoundError):
            transmitters.expect(reading, there.customers_account(), PANEL)


def test_zones_and_users_are_named_by_an_a_and_with_people_of_the_customer(store: Store) -> None:
    there = register(store)
    seen = version(store, there.site)
    with store.begin() as tx:
        seen = names.name_zones(tx, there.customers_account(there.a), PANEL, {1: "Kök"}, seen, NOW_MS)
        for wrong in (there.neighbour, there.fitter, 999):
            with pytest.raises(NotFoundError):
                names.link_users(tx, SUPERVISOR, PANEL, {1: wrong}, seen, NOW_MS)
        with pytest.raises(RefusedError):
            names.link_users(tx, there.customers_account(there.b), PANEL, {1: there.b}, seen, NOW_MS)
        for zones in ({1000: "x"}, {-1: "x"}, {1: ""}, {1: "x" * 61}, dict.fromkeys(range(251), "x")):
            with pytest.raises(InvalidError):
                names.name_zones(tx, SUPERVISOR, PANEL, zones, seen, NOW_MS)


def test_a_transmitter_is_taken_out_of_use_and_back_and_still_heard(store: Store) -> None:
    there = register(store)
    with store.begin() as tx:
        seen = sites.one(tx, SYSTEM, there.site)["version"]
        actor = there.customers_account(there.a)
        seen = transmitters.change(tx, actor, PANEL, "Old house", True, seen, NOW_MS)
        row = transmitters.expect(tx, actor, PANEL)
        assert (row.name, row.ended_ms) == ("Old house", NOW_MS)
        assert ensure_transmitter(tx, PANEL, "hemlarm", NOW_MS) == there.site
        transmitters.change(tx, actor, PANEL, "Old house", False, seen, NOW_MS)
        assert transmitters.expect(tx, actor, PANEL).ended_ms is None


def registering(there: Registered) -> list[Any]:
    wanted = sites.Description("x")
    return [
        lambda tx, actor: customers.add(tx, actor, "9", "x", NOW_MS),
        lambda tx, actor: customers.change(tx, actor, there.customer, "x", "", "sv", 0, NOW_MS),
        lambda tx, actor: contracts.add(tx, actor, there.customer, "9", 1, 2, NOW_MS),
        lambda tx, actor: contracts.change(tx, actor, there.contract, 1, "month", True, 0, NOW_MS),
        lambda tx, actor: sites.register(tx, actor, "9", there.customer, None, wanted, NOW_MS),
        lambda tx, actor: sites.end(tx, actor, there.site, 1, NOW_MS, LETTER),
        lambda tx, actor: sites.set_contract(tx, actor, there.site, there.contract, 1, NOW_MS),
        lambda tx, actor: sites.adopt(tx, actor, there.site, "9", there.customer, None, 1, NOW_MS),
        lambda tx, actor: transmitters.add(tx, actor, there.site, "9", "hemlarm", "", 1, NOW_MS),
        lambda tx, actor: move_transmitter(tx, actor, PANEL, there.second_site, 0, NOW_MS),
    ]


def test_registering_is_for_supervisors(store: Store) -> None:
    there = register(store)
    actors = (OPERATOR, OPERATOR.on_behalf_of(there.a), MONITOR, there.customers_account(there.a))
    with store.begin() as tx:
        for act in registering(there):
            for actor in actors:
                with pytest.raises(RefusedError):
                    act(tx, actor)


def test_an_ended_site_stays_as_it_was(store: Store) -> None:
    there = register(store)
    with store.begin() as tx:
        seen = sites.end(tx, SUPERVISOR, there.site, sites.one(tx, SYSTEM, there.site)["version"], NOW_MS)
        with pytest.raises(ConflictError, match="has ended"):
            sites.change(tx, SUPERVISOR, there.site, sites.Description("x"), seen, NOW_MS)
        assert ensure_transmitter(tx, PANEL, "hemlarm", NOW_MS) == there.site


def test_a_site_is_changed_by_an_a_with_the_version_they_saw(store: Store) -> None:
    there = register(store)
    wanted = sites.Description("Villa Sjö", "Ågatan 2", "Åre", "Jämtland", "Europe/Helsinki", "en", True, "Gun 08-1")
    with store.begin() as tx:
        seen = sites.one(tx, SYSTEM, there.site)["version"]
        actor = OPERATOR.on_behalf_of(there.a)
        assert sites.change(tx, actor, there.site, wanted, seen, NOW_MS, LETTER) == seen + 1
        with pytest.raises(ConflictError):
            sites.change(tx, actor, there.site, wanted, seen, NOW_MS, LETTER)
    facts = shown(store, there.site)
    assert sites.Description(**{name: facts[name] for name in sites.Description.__dataclass_fields__}) == wanted


def test_sites_are_found_by_what_people_know_of_them(store: Store) -> None:
    there = register(store)
    found = {
        search: [row["id"] for row in _search(store, search)]
        for search in ("v1", "BERG", "storgatan", "uppsala", "%", "_", "")
    }
    both = [there.site, there.second_site]
    assert found == {
        "v1": [there.site], "BERG": [there.site], "storgatan": both, "uppsala": both, "%": [], "_": [],
        "": [*both, there.other_site],
    }  # fmt: skip


def _search(store: Store, search: str) -> list[dict[str, Any]]:
    with store.read() as reading:
        return sites.sites(reading, OPERATOR, search)


def test_numbers_are_taken_once(store: Store) -> None:
    there = register(store)
    wanted = sites.Description("x")
    with store.begin() as tx:
        with pytest.raises(ConflictError):
            customers.add(tx, SYSTEM, "1001", "x", NOW_MS)
        with pytest.raises(ConflictError):
            contracts.add(tx, SYSTEM, there.customer, "A-1", 1, 2, NOW_MS)
        with pytest.raises(ConflictError):
            sites.register(tx, SYSTEM, "V1", there.customer, None, wanted, NOW_MS)
        with pytest.raises(NotFoundError):
            sites.register(tx, SYSTEM, "V7", there.other_customer, there.contract, wanted, NOW_MS)


def test_the_row_of_a_site_is_for_those_in_sight_of_it(store: Store) -> None:
    there = register(store)
    with store.read() as reading:
        for actor in (SUPERVISOR, OPERATOR, MONITOR, there.customers_account(), there.installers_account()):
            assert expect_site(reading, actor, there.site).number == "V1"
        for actor in (there.others_account(), Actor("customer:x", there.others_account().role)):
            with pytest.raises(NotFoundError):
                expect_site(reading, actor, there.site)
        with pytest.raises(NotFoundError):
            expect_site(reading, there.installers_account(), there.second_site)


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=CALENDAR).timestamp()) * 1000


@pytest.mark.parametrize(
    ("ends", "now", "expected"),
    [
        ("2027-01-01", "2026-09-30", "2027-01-01"),
        ("2027-01-01", "2026-10-01", "2027-01-01"),
        ("2027-01-01", "2026-10-01T00:00:01", "2028-01-01"),
        ("2027-01-01", "2031-03-01", "2032-01-01"),
        ("2028-02-29", "2028-06-01", "2029-02-28"),
        ("2028-02-29", "2031-11-01", "2032-02-29"),
        ("2028-02-29", "2031-12-01", "2033-02-28"),
        ("2027-07-15", "2027-04-15", "2027-07-15"),
        ("2027-07-15", "2027-04-15T00:00:01", "2028-07-15"),
    ],
)
def test_a_contract_goes_on_by_the_year_unless_notice_comes_three_months_before(
    ends: str, now: str, expected: str
) -> None:
    """Expected dates by hand. A leap day's contract ends on 28 February, but on the 29th where there is one."""
    assert end_of(ms(ends), ms(now)) == ms(expected)


def test_after_notice_the_end_stays(store: Store) -> None:
    there = register(store)
    with store.begin() as tx:
        ends_ms = contracts.give_notice(tx, SUPERVISOR, there.contract, 0, NOW_MS + 350 * DAY_MS)
        assert ends_ms == later_by_months(NOW_MS + 400 * DAY_MS, 12)
        with pytest.raises(ConflictError, match="was given notice"):
            contracts.give_notice(tx, SUPERVISOR, there.contract, 1, NOW_MS)
    with store.read() as reading:
        (row,) = contracts.contracts(reading, SYSTEM, there.customer, NOW_MS + 5000 * DAY_MS)
    assert row["ends_ms"] == ends_ms


@given(st.integers(0, 4_000_000_000_000), st.integers(0, 4_000_000_000_000))
def test_a_contract_never_ends_before_the_end_agreed_on_nor_within_three_months(ends_ms: int, now_ms: int) -> None:
    end_ms = end_of(ends_ms, now_ms)
    assert end_ms >= ends_ms
    assert now_ms <= later_by_months(end_ms, -3)
    if end_ms > ends_ms:
        assert later_by_months(end_ms, -12 - 3) < now_ms + 2 * DAY_MS
    assert datetime.fromtimestamp(end_ms / 1000, UTC).year <= 2100
