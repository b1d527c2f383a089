"""What service mode covers: by category, transmitter, and when a thing happened."""

import pytest
from sqlalchemy import update

from handled_site import NOON_MS
from hemlarm_cloud.cases.categories import ALARMS, SERVICE_KINDS, URGENCY
from hemlarm_cloud.service_mode import lookup, orders
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_cases import service_mode
from served_site import HOUR_MS, SARA, ServedSite

END_MS = NOON_MS + HOUR_MS


def covered(house: ServedSite, category: str, at_ms: int = NOON_MS + 1, transmitter: str = "") -> int | None:
    with house.store.read() as reading:
        return lookup.covering(reading, house.site, transmitter or house.transmitter, category, at_ms)


@pytest.mark.parametrize("kind", SERVICE_KINDS)
def test_a_kind_covers_its_own_categories_and_no_others(store: Store, kind: str) -> None:
    house = ServedSite(store)
    made = house.order(kind)
    expected = {category: made if category in SERVICE_KINDS[kind] else None for category in URGENCY}
    assert {category: covered(house, category) for category in URGENCY} == expected


def test_every_alarm_can_be_put_into_service_mode() -> None:
    assert set(ALARMS) <= set(lookup.KIND_OF)


def test_it_covers_what_happened_from_its_begin_until_just_before_its_end(store: Store) -> None:
    house = ServedSite(store)
    made = house.order()
    moments = (NOON_MS - 1, NOON_MS, END_MS - 1, END_MS)
    assert [covered(house, "intrusion", at_ms) for at_ms in moments] == [None, made, made, None]


def test_ended_early_it_covers_no_more_from_that_moment(store: Store) -> None:
    house = ServedSite(store)
    made = house.order()
    with store.begin() as tx:
        orders.end_early(tx, SARA, made, 0, NOON_MS + 60_000)
    moments = (NOON_MS + 59_999, NOON_MS + 60_000)
    assert [covered(house, "intrusion", at_ms) for at_ms in moments] == [made, None]


def test_whether_its_end_was_noticed_does_not_matter(store: Store) -> None:
    house = ServedSite(store)
    made = house.order(who=house.owner, from_ms=NOON_MS + 1000, until_ms=END_MS)
    assert (covered(house, "intrusion", NOON_MS), covered(house, "intrusion", NOON_MS + 1000)) == (None, made)
    with store.begin() as tx:
        tx.connection.execute(update(service_mode).values(state="ended", ended_ms=END_MS))
    assert (covered(house, "intrusion", END_MS - 1), covered(house, "intrusion", END_MS)) == (made, None)


def test_withdrawn_it_covers_nothing(store: Store) -> None:
    house = ServedSite(store)
    made = house.order(who=house.owner, from_ms=NOON_MS + 1000, until_ms=END_MS)
    with store.begin() as tx:
        orders.withdraw(tx, SARA, made, 0, NOON_MS)
    assert covered(house, "intrusion", NOON_MS + 2000) is None


def test_of_one_transmitter_it_covers_no_other(store: Store) -> None:
    house = ServedSite(store)
    made = house.order(transmitter=house.transmitter)
    assert covered(house, "intrusion") == made
    assert covered(house, "intrusion", transmitter="another") is None


def test_another_site_is_not_covered(store: Store) -> None:
    house, other = ServedSite(store), ServedSite(store, "Villa Gran")
    house.order()
    assert covered(other, "intrusion") is None


def test_of_orders_that_overlap_the_first_covers_and_the_other_one_goes_on(store: Store) -> None:
    house = ServedSite(store)
    first = house.order()
    second = house.order(until_ms=END_MS + HOUR_MS)
    moments = (END_MS - 1, END_MS, END_MS + HOUR_MS)
    assert [covered(house, "intrusion", at_ms) for at_ms in moments] == [first, second, None]
