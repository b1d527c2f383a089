"""The outbox of notices: once for each key, checked before it is kept, and seen only by whom it concerns."""

from typing import Any

import pytest

from handled_site import NOON_MS, HandledSite, notices_of
from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.errors import InvalidError, NotFoundError
from hemlarm_cloud.notices import outbox, recipients
from hemlarm_cloud.notices.texts import Text
from hemlarm_cloud.store import Store
from served_site import ANNA, ServedSite


def put(store: Store, **values: Any) -> bool:
    """Put a mail, with the defaults of a test."""
    usual = {"key": "k", "channel": "mail", "recipient": "anna@example.se", "subject": "S", "text": "T"}
    with store.begin() as tx:
        return outbox.put(tx, **usual | {"now_ms": NOON_MS} | values)


def test_a_notice_of_one_key_is_there_once(store: Store) -> None:
    assert [put(store), put(store, text="other"), put(store, key="l")] == [True, False, True]
    assert [(notice.key, notice.text, notice.state) for notice in notices_of(store)] == [
        ("k", "T", "waiting"),
        ("l", "T", "waiting"),
    ]


def test_what_is_undone_with_its_transaction_was_never_put(store: Store) -> None:
    def put_and_fail() -> None:
        with store.begin() as tx:
            outbox.put(tx, "k", "sms", "+46701234567", "", "T", NOON_MS)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        put_and_fail()
    assert notices_of(store) == []
    assert put(store)


@pytest.mark.parametrize(
    "wrong",
    [
        {"channel": "fax"},
        {"key": ""},
        {"key": "k" * 81},
        {"recipient": "anna"},
        {"recipient": "+46701234567"},
        {"recipient": "anna@example"},
        {"recipient": "anna@example.se, bo@example.se"},
        {"recipient": "anna@example.se\r\nBcc: bo@example.se"},
        {"recipient": "a" * 110 + "@example.se"},
        {"channel": "sms"},
        {"channel": "sms", "recipient": "+46701234567", "text": "x" * 1001},
        {"channel": "sms", "recipient": "+46701234567", "attachment": b"x", "attachment_name": "x.pdf"},
        {"subject": "S\r\nBcc: bo@example.se"},
        {"subject": "S" * 121},
        {"text": ""},
        {"text": "a\0b"},
        {"text": "a\ud800b"},
        {"text": "x" * 100_001},
        {"attachment": b"x"},
        {"attachment": b"x", "attachment_name": "../x.pdf"},
        {"attachment": b"x", "attachment_name": 'x"\r\n.pdf'},
        {"attachment": bytes(10_000_001), "attachment_name": "x.pdf"},
        {"attachment_name": "x.pdf"},
    ],
)
def test_what_could_not_be_sent_is_refused(store: Store, wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidError):
        put(store, **wrong)
    assert notices_of(store) == []


def test_one_is_taken_by_one_sender_at_a_time_the_longest_waiting_first(store: Store) -> None:
    put(store, key="later", now_ms=NOON_MS + 1)
    put(store, key="first")
    put(store, key="text", channel="sms", recipient="+46701234567")
    taken = []
    for _ in range(3):
        with store.begin() as tx:
            notice = outbox.take(tx, "mail", NOON_MS + 1, NOON_MS + 60_000)
            taken.append(notice and notice.key)
    assert taken == ["first", "later", None]


def test_what_was_sent_or_given_up_is_never_taken_again(store: Store) -> None:
    put(store, key="a")
    put(store, key="b")
    first, second = notices_of(store)
    with store.begin() as tx:
        outbox.sent(tx, first.id, NOON_MS + 5)
        outbox.failed(tx, second.id, "x" * 300)
        outbox.put_off(tx, first.id, "too late", NOON_MS)
        assert outbox.take(tx, "mail", NOON_MS + 10**12, 0) is None
    first, second = notices_of(store)
    assert (first.state, first.sent_ms, first.problem) == ("sent", NOON_MS + 5, "")
    assert (second.state, second.sent_ms, second.problem) == ("failed", None, "x" * 200)


def test_notices_are_seen_by_the_centre_and_by_the_customer_whose_site_they_are_about(store: Store) -> None:
    house, other = ServedSite(store), ServedSite(store, "Villa Gran")
    put(store, key="house", site=house.site)
    put(store, key="centre")
    ivar = Actor("installer:ivar", Role.INSTALLER, house.ivar, installer=house.company)
    with store.read() as reading:
        seen = [
            [notice.key for notice in outbox.notices(reading, actor)]
            for actor in (ANNA, house.owner, other.owner, ivar)
        ]
        with pytest.raises(NotFoundError):
            outbox.notices(reading, other.owner, house.site)
        assert [notice.key for notice in outbox.notices(reading, ANNA, house.site)] == ["house"]
    assert seen == [["house", "centre"], ["house"], [], []]


def test_who_decides_about_a_site_is_told_in_the_order_of_the_lists_and_else_its_first_contact(store: Store) -> None:
    house = ServedSite(store)
    with store.read() as reading:
        assert [each.address for each in recipients.of_site(reading, house.site, NOON_MS)] == [
            f"a{house.site}@example.se"
        ]
        assert [each.address for each in recipients.of_company(reading, house.company, NOON_MS)] == [
            f"ivar{house.site}@example.se"
        ]
    bare = HandledSite(store, "Villa Gran")
    with store.read() as reading:
        (first,) = recipients.of_site(reading, bare.site, NOON_MS)
    assert (first.channel, first.address) == ("sms", "+46700000001")


def test_however_long_a_key_is_each_person_is_told_once(store: Store) -> None:
    told = [recipients.Recipient(number, "sms", "+46701234567", "sv") for number in (1, 2, 1)]
    with store.begin() as tx:
        put_now = [recipients.tell(tx, "k" * 80, each, Text("S", "T"), NOON_MS) for each in told]
    assert put_now == [True, True, False]


def test_a_long_text_is_cut_to_what_an_sms_takes(store: Store) -> None:
    house = ServedSite(store)
    told = recipients.Recipient(house.people[3], "sms", "+46701234567", "sv")
    with store.begin() as tx:
        assert recipients.tell(tx, "k", told, Text("S", "x" * 5000), NOON_MS)
        assert not recipients.tell(tx, "k", told, Text("S", "again"), NOON_MS)
    (notice,) = notices_of(store)
    assert (len(notice.text), notice.text[-1]) == (1000, "…")
