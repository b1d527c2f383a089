"""Notices are sent once, tried again when they could not be, and given up in the open."""

import threading
from typing import Any

import httpx
import pytest

from handled_site import NOON_MS, notices_of
from hemlarm_cloud.notices import outbox, sms
from hemlarm_cloud.notices.sending import GIVEN_UP_MS, RETRY_MS, RETRY_MS_MAX, TAKEN_MS, NoticeService, Sender
from hemlarm_cloud.notices.trouble import SendError
from hemlarm_cloud.sms.sending import SmsProvider
from hemlarm_cloud.store import Store
from served_site import DAY_MS, ServedSite

NUMBER = "+46701234567"
LIMIT_S = 10.0


def put(store: Store, key: str = "k", site: int | None = None, channel: Any = "sms") -> None:
    recipient = NUMBER if channel == "sms" else "anna@example.se"
    with store.begin() as tx:
        outbox.put(tx, key, channel, recipient, "Subject", f"text {key}", NOON_MS, site)


class Post:
    """What is sent, and what goes wrong with it."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.trouble: Exception | None = None

    def send(self, notice: Any) -> None:
        if self.trouble:
            raise self.trouble
        self.sent.append(notice.text)


@pytest.fixture
def post() -> Post:
    return Post()


def test_what_waits_is_sent_in_its_order_and_once(store: Store, post: Post) -> None:
    put(store, "a")
    put(store, "b")
    sender = Sender(store, "sms", post.send)
    assert [sender.send_due(NOON_MS + second) for second in range(3)] == [True, True, False]
    assert post.sent == ["text a", "text b"]
    assert [(notice.state, notice.sent_ms, notice.tries) for notice in notices_of(store)] == [
        ("sent", NOON_MS, 1),
        ("sent", NOON_MS + 1, 1),
    ]


def test_each_channel_has_its_own_sender(store: Store, post: Post) -> None:
    put(store, channel="mail")
    assert not Sender(store, "sms", post.send).send_due(NOON_MS)
    assert Sender(store, "mail", post.send).send_due(NOON_MS)


def test_what_fails_is_tried_again_after_a_growing_wait(store: Store, post: Post) -> None:
    put(store)
    sender = Sender(store, "sms", post.send)
    post.trouble = SendError("no route")
    now_ms, waits = NOON_MS, []
    for _ in range(12):
        assert sender.send_due(now_ms)
        (notice,) = notices_of(store)
        assert (notice.state, notice.problem) == ("waiting", "no route")
        assert not sender.send_due(notice.due_ms - 1)
        waits.append(notice.due_ms - now_ms)
        now_ms = notice.due_ms
    assert waits[:3] == [RETRY_MS, 2 * RETRY_MS, 4 * RETRY_MS]
    assert waits[-1] == RETRY_MS_MAX
    post.trouble = None
    assert sender.send_due(now_ms)
    assert notices_of(store)[0].state == "sent"


def test_a_crash_between_sending_and_marking_repeats_it_and_loses_nothing(store: Store, post: Post) -> None:
    put(store)

    def die(notice: Any) -> None:
        post.send(notice)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Sender(store, "sms", die).send_due(NOON_MS)
    survivor = Sender(store, "sms", post.send)
    assert not survivor.send_due(NOON_MS + TAKEN_MS - 1)
    assert survivor.send_due(NOON_MS + TAKEN_MS)
    assert post.sent == ["text k", "text k"]
    assert notices_of(store)[0].state == "sent"


def test_two_senders_at_once_send_nothing_twice(store: Store, post: Post) -> None:
    put(store)
    second = Sender(store, "sms", post.send)

    def send_while_another_looks(notice: Any) -> None:
        assert not second.send_due(NOON_MS + 1)
        post.send(notice)

    assert Sender(store, "sms", send_while_another_looks).send_due(NOON_MS)
    assert post.sent == ["text k"]


def test_what_is_refused_for_good_is_given_up_and_becomes_a_service_case(store: Store, post: Post) -> None:
    house = ServedSite(store)
    put(store, "a", house.site)
    put(store, "b", house.site)
    post.trouble = SendError("no such number", for_good=True)
    sender = Sender(store, "sms", post.send)
    assert sender.send_due(NOON_MS)
    assert sender.send_due(NOON_MS)
    assert [(notice.state, notice.problem) for notice in notices_of(store)] == [("failed", "no such number")] * 2
    (case,) = house.cases()
    assert (case.site, case.kind) == (house.site, "service")
    assert case.summary == "Notice 1 by sms could not be delivered: Subject"


def test_after_three_days_it_is_given_up_even_where_no_site_is_concerned(store: Store, post: Post) -> None:
    house = ServedSite(store)
    put(store)
    post.trouble = SendError("no route")
    sender = Sender(store, "sms", post.send)
    assert sender.send_due(NOON_MS + GIVEN_UP_MS - 1)
    assert notices_of(store)[0].state == "waiting"
    assert sender.send_due(NOON_MS + GIVEN_UP_MS + DAY_MS)
    assert notices_of(store)[0].state == "failed"
    assert [case.site for case in house.cases()] == [None]


def test_without_a_way_out_it_waits_and_says_what_to_set(store: Store) -> None:
    put(store)
    put(store, "m", channel="mail")
    Sender(store, "sms", None).send_due(NOON_MS)
    Sender(store, "mail", None).send_due(NOON_MS)
    assert [notice.problem for notice in notices_of(store)] == [
        "nothing is set up to send sms; set sms_url",
        "nothing is set up to send mail; set mail_server",
    ]


def test_the_service_sends_what_is_put_while_it_runs_and_stops(store: Store, post: Post) -> None:
    service = NoticeService(store, post.send, post.send, lambda: NOON_MS)
    service.start()
    put(store)
    put(store, "m", channel="mail")
    waited = threading.Event()
    for _ in range(int(LIMIT_S / 0.02)):
        if len(post.sent) == 2:
            break
        waited.wait(0.02)
    service.stop()
    assert sorted(post.sent) == ["text k", "text m"]


class Provider:
    """An SMS provider that answers with a status, or not at all."""

    def __init__(self, status: int | None) -> None:
        self.requests: list[httpx.Request] = []
        self._status = status
        self.transport = httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self._status is None:
            raise httpx.ConnectError("refused")
        return httpx.Response(self._status)

    def send(self, notice: Any) -> None:
        sms.send(
            SmsProvider("https://sms.example/out", "token-of-the-provider", "+46700000000"), notice, self.transport
        )


def test_an_sms_is_posted_as_text_with_the_same_key_at_each_try(store: Store) -> None:
    put(store)
    failing, working = Provider(500), Provider(202)
    Sender(store, "sms", failing.send).send_due(NOON_MS)
    Sender(store, "sms", working.send).send_due(NOON_MS + RETRY_MS)
    first, second = failing.requests[0], working.requests[0]
    assert httpx.Response(200, content=second.content).json() == {
        "to": NUMBER,
        "from": "+46700000000",
        "text": "text k",
    }
    assert second.headers["Authorization"] == "Bearer token-of-the-provider"
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"] == f"notice-1-{NOON_MS}"
    assert notices_of(store)[0].state == "sent"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, "sent"),
        (400, "failed"),
        (422, "failed"),
        (401, "waiting"),
        (429, "waiting"),
        (500, "waiting"),
        (None, "waiting"),
    ],
)
def test_only_what_can_never_be_sent_is_given_up_at_once(store: Store, status: int | None, state: str) -> None:
    put(store)
    Sender(store, "sms", Provider(status).send).send_due(NOON_MS)
    assert notices_of(store)[0].state == state
