"""Ordering service mode: whose word suffices for what, for how long, and what is refused without a trace."""

from typing import Any

import pytest
from sqlalchemy import func, select, update

from handled_site import NOON_MS, HandledSite, notices_of
from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.errors import CentreError, ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.service_mode import orders
from hemlarm_cloud.sites import audit
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_cases import service_mode
from hemlarm_cloud.store.schema_sites import authority, authority_list
from served_site import ANNA, DAY_MS, HOUR_MS, SARA, ServedSite

LATER_MS = NOON_MS + 7 * DAY_MS


def test_c_orders_burglary_out_of_service_and_is_refused_for_fire(store: Store) -> None:
    house = ServedSite(store)
    by_c = ANNA.on_behalf_of(house.c)
    order = house.order_row(house.order("burglary", by_c))
    assert (order.kinds, order.state, order.from_ms, order.ordered_by) == ("burglary", "active", NOON_MS, house.c)
    with pytest.raises(RefusedError, match="service-fire takes a person with authority A or B"):
        house.order("fire", by_c)


def test_b_orders_fire_and_hold_up_out_of_service(store: Store) -> None:
    house = ServedSite(store)
    order = house.order("hold-up fire", ANNA.on_behalf_of(house.b))
    assert house.order_row(order).kinds == "hold-up,fire"


def test_an_order_of_which_one_kind_is_refused_is_refused_whole(store: Store) -> None:
    house = ServedSite(store)
    with pytest.raises(RefusedError):
        house.order("burglary fire", ANNA.on_behalf_of(house.c))
    with store.read() as reading:
        assert reading.connection.scalar(select(func.count()).select_from(service_mode)) == 0
    assert notices_of(store) == []


def test_an_installer_needs_police_approval_for_burglary_and_the_company_a_valid_certificate_for_fire(
    store: Store,
) -> None:
    house = ServedSite(store)
    by_ivar = Actor("installer:ivar", Role.INSTALLER, house.ivar, installer=house.company)
    assert house.order("burglary", by_ivar)
    assert house.order("fire", by_ivar)
    with store.begin() as tx:
        tx.connection.execute(update(authority_list).values(fire_certificate_until_ms=NOON_MS - 1))
        tx.connection.execute(update(authority).values(police_approval_until_ms=NOON_MS - 1))
    with pytest.raises(RefusedError, match="no valid fire certificate"):
        house.order("fire", by_ivar)
    with pytest.raises(RefusedError, match="no valid police approval"):
        house.order("burglary", by_ivar)
    assert house.order("technical", by_ivar)


def test_an_operator_says_on_whose_behalf_and_a_supervisor_needs_nobody(store: Store) -> None:
    house = ServedSite(store)
    with pytest.raises(RefusedError, match="on whose behalf"):
        house.order("burglary", ANNA)
    assert house.order_row(house.order("burglary", SARA)).ordered_by is None
    with store.read() as reading:
        told = audit.entries(reading, SARA, site=house.site)
    assert [(entry["actor"], entry["action"]) for entry in told] == [("supervisor:sara", "order-service-mode")]


def test_nobody_orders_at_a_site_that_is_not_theirs(store: Store) -> None:
    house, other = ServedSite(store), HandledSite(store, "Villa Gran")
    with pytest.raises(RefusedError):
        house.order("burglary", ANNA.on_behalf_of(other.people[0]))
    with pytest.raises(NotFoundError):
        house.order("burglary", other.owner)


def test_a_day_is_ordered_by_phone_and_more_only_in_writing(store: Store) -> None:
    house = ServedSite(store)
    assert house.order(until_ms=NOON_MS + DAY_MS)
    longer: dict[str, Any] = {"until_ms": NOON_MS + DAY_MS + 1}
    later: dict[str, Any] = {"from_ms": LATER_MS, "until_ms": LATER_MS + HOUR_MS}
    for times in (longer, later):
        with pytest.raises(InvalidError, match="name the mail or letter"):
            house.order(**times)
        assert house.order(**times, reason="mail of 3 May")
    # What customers order through their own accounts is in writing.
    assert house.order(who=house.owner, from_ms=LATER_MS, until_ms=LATER_MS + HOUR_MS)


def test_an_order_written_down_a_moment_late_begins_now_and_not_before(store: Store) -> None:
    house = ServedSite(store)
    assert house.order_row(house.order(from_ms=NOON_MS - 30_000)).from_ms == NOON_MS


@pytest.mark.parametrize(
    "wrong",
    [
        {"from_ms": NOON_MS - HOUR_MS},
        {"until_ms": NOON_MS},
        {"from_ms": LATER_MS, "until_ms": LATER_MS, "reason": "mail"},
        {"until_ms": NOON_MS + 366 * DAY_MS, "reason": "mail"},
        {"from_ms": NOON_MS + 366 * DAY_MS, "until_ms": NOON_MS + 367 * DAY_MS, "reason": "mail"},
        {"kinds": "burglary sauna"},
        {"kinds": ""},
        {"transmitter": "not-here"},
        {"reason": "a\0b"},
        {"reason": "x" * 201},
    ],
)
def test_what_cannot_be_is_refused(store: Store, wrong: dict[str, object]) -> None:
    house = ServedSite(store)
    values = {"kinds": "burglary"} | wrong
    with pytest.raises(InvalidError):
        house.order(**values)  # type: ignore[arg-type]


def test_one_transmitter_of_a_site_can_be_put_into_service_mode_alone(store: Store) -> None:
    house, other = ServedSite(store), ServedSite(store, "Villa Gran")
    assert house.order_row(house.order(transmitter=house.transmitter)).transmitter == house.transmitter
    with pytest.raises(InvalidError, match="is not at site"):
        house.order(transmitter=other.transmitter)


def test_a_site_has_room_for_some_orders_and_gets_room_again(store: Store) -> None:
    house = ServedSite(store)
    made = [house.order() for _ in range(orders.PENDING_MAX)]
    with pytest.raises(ConflictError, match="end or withdraw"):
        house.order()
    with store.begin() as tx:
        orders.end_early(tx, SARA, made[0], 0, NOON_MS + 1)
    assert house.order()


def test_a_site_that_is_served_no_more_has_no_service_mode(store: Store) -> None:
    house = ServedSite(store, ended_ms=NOON_MS - 1)
    with pytest.raises(CentreError):
        house.order(who=SARA)


def test_an_order_that_has_not_begun_is_withdrawn_and_one_that_has_is_ended(store: Store) -> None:
    house = ServedSite(store)
    later = house.order(who=house.owner, from_ms=LATER_MS, until_ms=LATER_MS + HOUR_MS)
    now = house.order()
    with store.begin() as tx, pytest.raises(ConflictError, match="withdraw it"):
        orders.end_early(tx, house.owner, later, 0, NOON_MS + 1)
    with store.begin() as tx, pytest.raises(ConflictError, match="end it"):
        orders.withdraw(tx, house.owner, now, 0, NOON_MS + 1)
    with store.begin() as tx:
        orders.withdraw(tx, house.owner, later, 0, NOON_MS + 1)
        orders.end_early(tx, house.owner, now, 0, NOON_MS + 2)
    ends = [(house.order_row(each).state, house.order_row(each).ended_ms) for each in (later, now)]
    assert ends == [("withdrawn", NOON_MS + 1), ("ended", NOON_MS + 2)]
    for each in (later, now):
        with store.begin() as tx, pytest.raises(ConflictError, match="is over"):
            orders.withdraw(tx, house.owner, each, 1, NOON_MS + 3)


def test_ending_takes_the_authority_that_ordering_takes_and_the_version_seen(store: Store) -> None:
    house = ServedSite(store)
    made = house.order("fire")
    with store.begin() as tx, pytest.raises(RefusedError):
        orders.end_early(tx, ANNA.on_behalf_of(house.c), made, 0, NOON_MS + 1)
    with store.begin() as tx, pytest.raises(ConflictError, match="meanwhile"):
        orders.end_early(tx, ANNA.on_behalf_of(house.b), made, 1, NOON_MS + 1)


def test_another_customer_sees_no_order(store: Store) -> None:
    house, other = ServedSite(store), ServedSite(store, "Villa Gran")
    made = house.order()
    with store.read() as reading:
        assert [row.id for row in orders.orders(reading, house.owner, house.site)] == [made]
        with pytest.raises(NotFoundError):
            orders.orders(reading, other.owner, house.site)
        with pytest.raises(NotFoundError):
            orders.expect_order(reading, other.owner, made)


def test_the_audit_log_has_every_step(store: Store) -> None:
    house = ServedSite(store)
    made = house.order(reason="new door")
    with store.begin() as tx:
        orders.end_early(tx, house.owner, made, 0, NOON_MS + 1)
    with store.read() as reading:
        told = audit.entries(reading, SARA, site=house.site)
    assert [(entry["action"], entry["on_behalf_of"]) for entry in told] == [
        ("order-service-mode", house.a),
        ("end-service-mode", house.a),
    ]
    assert told[0]["detail"]["reason"] == "new door"
