"""A sink keeps each message as its recipient would see it, in place of sending it."""

import threading

from handled_site import NOON_MS, notices_of
from hemlarm_cloud.notices import outbox
from hemlarm_cloud.notices.sending import NoticeService
from hemlarm_cloud.notices.sink import Sink
from hemlarm_cloud.store import Store
from told_house import ToldHouse


def test_each_channel_is_kept_as_it_is_seen(store: Store) -> None:
    house, sink = ToldHouse(store), Sink()
    browser = house.subscribe()
    house.choose(arming=("sms", "mail", "push"))
    house.happen(3401, user=3)
    house.told()
    assert sink.take(store, NOON_MS) == 3
    subject, text = "Villa Björk: larmet tillkopplat", "Larmet i Villa Björk tillkopplat av Anna kl 12:06."
    assert {(each.channel, each.recipient, each.subject, each.text) for each in sink.messages()} == {
        ("sms", "+46700000001", "", text),
        ("mail", f"anna{house.site}@login.example", subject, text),
        ("push", f"anna{house.site}#{browser}", subject, text),
    }
    assert {(each.at_ms, each.site) for each in sink.messages()} == {(NOON_MS, house.site)}
    assert {notice.state for notice in notices_of(store)} == {"sent"}
    assert sink.take(store, NOON_MS) == 0


def put(store: Store, number: int) -> None:
    with store.begin() as tx:
        outbox.put(tx, f"k{number}", "sms", "+46701234567", "", f"text {number}", NOON_MS)


def test_the_oldest_makes_way_and_one_reads_on_where_one_was(store: Store) -> None:
    sink = Sink(most=3)
    for number in range(5):
        put(store, number)
    assert sink.take(store, NOON_MS) == 5
    assert [(each.number, each.text) for each in sink.messages()] == [(3, "text 2"), (4, "text 3"), (5, "text 4")]
    assert [each.number for each in sink.messages(after=4)] == [5]


def test_the_service_sends_into_a_sink(store: Store) -> None:
    sink = Sink()
    service = NoticeService(store, sink.mail, sink.sms, lambda: NOON_MS, sink.push, sink.apps)
    put(store, 1)
    service.start()
    waited = threading.Event()
    for _ in range(500):
        if sink.messages():
            break
        waited.wait(0.02)
    service.stop()
    assert [each.channel for each in sink.messages()] == ["sms"]
