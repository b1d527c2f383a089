"""The outbox of forwarding: what is queued, in which order it leaves, and how it keeps its numbers."""

import pytest
from sqlalchemy import select, update

from forward_support import DC09_WISH, NOW_MS, SOS_WISH, Town, add_destination, states
from hemlarm_cloud.actor import SYSTEM
from hemlarm_cloud.forward import outbox
from hemlarm_cloud.forward.destinations import set_route
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_centre import destination, forwarded, route


def batch(store: Store, destination_id: int, now_ms: int = NOW_MS, limit: int = 100) -> list[outbox.Item]:
    with store.read() as reading:
        return outbox.batch(reading, destination_id, now_ms, limit)


def zones(items: list[outbox.Item]) -> list[int]:
    return [item.zone for item in items]


def test_a_signal_waits_for_every_destination_of_its_site(store: Store) -> None:
    first, second = add_destination(store, DC09_WISH), add_destination(store, SOS_WISH)
    town = Town(store)
    both, none = town.site(first), town.site()
    with store.begin() as tx:
        set_route(tx, SYSTEM, second, both, "A1", 4, NOW_MS)
    alarm = town.signal(both)
    town.signal(none)
    assert states(store) == [(alarm, "waiting"), (alarm, "waiting")]
    assert [item.account for item in batch(store, first)] == ["1234"]
    assert [item.account for item in batch(store, second)] == ["A1"]


def test_queueing_again_queues_nothing_twice(store: Store) -> None:
    town = Town(store)
    alarm = town.signal(town.site(add_destination(store)))
    with store.begin() as tx:
        outbox.enqueue(tx, alarm, NOW_MS)
        assert outbox.enqueue_all(tx, [alarm], NOW_MS) == 0
    assert states(store) == [(alarm, "waiting")]


@pytest.mark.parametrize(
    ("qcode", "lowest_urgency", "goes"),
    [
        (1110, 0, True),
        (3110, 0, True),
        (1130, 1, False),
        (3130, 2, True),
        (1301, 4, True),
        (3301, 3, False),
        (1406, 2, True),
        (1406, 1, False),
        (1401, 4, False),
        (3401, 5, True),
        (6130, 4, False),
        (6130, 5, True),
        (0, 5, False),
    ],
)
def test_restores_and_cancels_go_with_their_alarms(store: Store, qcode: int, lowest_urgency: int, goes: bool) -> None:
    town = Town(store)
    town.signal(town.site(add_destination(store), lowest_urgency=lowest_urgency), qcode)
    assert len(states(store)) == goes


def test_what_comes_in_service_mode_stays_here(store: Store) -> None:
    town = Town(store)
    town.signal(town.site(add_destination(store)), handling="service")
    assert states(store) == []


def test_the_most_urgent_site_goes_first_and_each_site_in_its_order(store: Store) -> None:
    to = add_destination(store)
    town = Town(store)
    quiet, burning = town.site(to), town.site(to)
    town.signals(quiet, [(1302, 1), (1302, 2), (1302, 3)])
    town.signals(burning, [(1302, 4), (1110, 5), (3302, 6)])
    assert zones(batch(store, to)) == [4, 5, 6, 1, 2, 3]


def test_a_restore_that_case_work_took_late_goes_before_the_next_alarm(store: Store) -> None:
    to = add_destination(store)
    town = Town(store)
    site = town.site(to)
    town.signals(site, [(1110, 1), (1110, 2)])
    town.signals(site, [(3110, 1)], late_ms=2)
    assert [item.qcode for item in batch(store, to)] == [1110, 3110, 1110]


def test_a_fire_is_found_behind_a_long_queue_of_others(store: Store) -> None:
    to = add_destination(store)
    town = Town(store)
    for _ in range(20):
        town.signals(town.site(to), [(1301, 1)] * 3)
    town.signal(town.site(to), 1110, 99)
    assert zones(batch(store, to, limit=4)) == [99, 1, 1, 1]


def test_what_is_put_off_holds_back_its_site_and_no_other(store: Store) -> None:
    to = add_destination(store)
    town = Town(store)
    first, second = town.site(to), town.site(to)
    town.signals(first, [(1130, 1), (1130, 2)])
    town.signals(second, [(1130, 3)])
    with store.begin() as tx:
        outbox.put_off(tx, batch(store, to)[0].id, "busy", NOW_MS + 5_000)
    assert zones(batch(store, to)) == [3]
    assert zones(batch(store, to, NOW_MS + 5_000)) == [1, 2, 3]
    assert [item.tries for item in batch(store, to, NOW_MS + 5_000)] == [1, 0, 0]


def test_a_clock_that_was_set_back_puts_nothing_off_for_ever(store: Store) -> None:
    to = add_destination(store)
    town = Town(store)
    town.signal(town.site(to))
    assert len(batch(store, to, NOW_MS - 86_400_000)) == 1


def test_what_is_done_leaves_the_queue_and_is_never_undone(store: Store) -> None:
    to = add_destination(store)
    town = Town(store)
    ids = town.signals(town.site(to), [(1130, 1), (1130, 2)])
    first, second = batch(store, to)
    with store.begin() as tx:
        outbox.delivered(tx, first.id, "primary", NOW_MS)
        outbox.refused(tx, second.id, "x" * 500, NOW_MS)
        outbox.put_off(tx, first.id, "late", NOW_MS)
        outbox.delivered(tx, second.id, "primary", NOW_MS)
    assert states(store) == [(ids[0], "sent"), (ids[1], "refused")]
    assert batch(store, to) == []
    with store.read() as reading:
        assert outbox.waiting(reading, to) == 0
        assert outbox.queued_since(reading, 0) == (second.id, 2)
        assert outbox.queued_since(reading, second.id) == (second.id, None)


def test_a_telegram_keeps_its_number_and_heartbeats_take_the_next(store: Store) -> None:
    to = add_destination(store)
    town = Town(store)
    town.signals(town.site(to), [(1130, 1), (1130, 2)])
    first, second = (item.id for item in batch(store, to))
    with store.begin() as tx:
        numbers = [outbox.number(tx, to, item) for item in (first, None, second, first, None)]
    assert numbers == [1, 2, 3, 1, 4]
    assert [item.sequence for item in batch(store, to)] == [1, 3]


def test_numbers_begin_again_after_the_last_one(store: Store) -> None:
    to = add_destination(store)
    with store.begin() as tx:
        tx.connection.execute(update(destination).values(sequence=9_998))
        assert [outbox.number(tx, to, None) for _ in range(3)] == [9_999, 1, 2]


def test_an_item_says_what_a_telegram_needs(store: Store) -> None:
    to = add_destination(store)
    town = Town(store)
    site_id = town.site(to, "BEEF")
    town.signal(site_id, 3130, 7)
    (item,) = batch(store, to)
    assert (item.account, item.qcode, item.area, item.zone, item.user) == ("BEEF", 3130, 1, 7, 2)
    assert (item.site_name, item.address, item.town) == ("House 1", "Gatan 1", "Lund")
    with store.begin() as tx:
        tx.connection.execute(route.delete())
    assert [item.account for item in batch(store, to)] == [None]
    with store.read() as reading:
        assert reading.connection.scalar(select(forwarded.c.state)) == "waiting"
