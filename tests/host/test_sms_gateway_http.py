"""The gateway's HTTP: a token, small requests, and honest answers; outwards bounded patience."""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from hemlarm_cloud.sms import outbox, sending
from hemlarm_cloud.sms.outbox import RETRY_MS
from hemlarm_cloud.sms.sending import SmsProvider, SmsSender
from hemlarm_cloud.sms.webhook import BODY_MAX, make_app

TOKEN, NUMBER = "correct-horse-battery", "+46701740605"
LIMIT_S = 10.0


class Ingest:
    """Stands in for what is behind the webhook."""

    def __init__(self) -> None:
        self.told: list[tuple[str, bytes]] = []
        self.listens = True

    async def accept(self, sender: str, octets: bytes) -> bool:
        if self.listens:
            self.told.append((sender, octets))
        return self.listens


@pytest.fixture
def ingest() -> Ingest:
    return Ingest()


class Web:
    """Whoever posts SMS: with the token, unless a test says otherwise."""

    def __init__(self, ingest: Ingest) -> None:
        self._transport = httpx.ASGITransport(make_app(TOKEN, ingest.accept))

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="http://gateway") as client:
                return await client.request(method, path, **more)

        return asyncio.run(ask())

    def post(self, authorization: bytes | None = f"Bearer {TOKEN}".encode(), **more: Any) -> httpx.Response:
        headers = {} if authorization is None else {b"Authorization": authorization}
        return self.request("POST", "/sms", headers=headers, **more)


@pytest.fixture
def web(ingest: Ingest) -> Web:
    return Web(ingest)


def test_an_sms_is_taken_and_the_ingest_is_told(web: Web, ingest: Ingest) -> None:
    answer = web.post(json={"from": NUMBER, "data": "00Ff10", "provider": "x", "id": 7})
    assert (answer.status_code, answer.content) == (202, b"")
    assert ingest.told == [(NUMBER, b"\x00\xff\x10")]


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer å"]
)
def test_without_the_token_nothing_is_taken(web: Web, ingest: Ingest, header: str | None) -> None:
    authorization = None if header is None else header.encode("latin-1")
    answer = web.post(authorization, json={"from": NUMBER, "data": "00"})
    assert (answer.status_code, ingest.told) == (401, [])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"junk",
        b"\xff\xfe",
        b"[]",
        b'{"from": "+46"}',
        b'{"data": "00"}',
        b'{"from": 46, "data": "00"}',
        b'{"from": "+46", "data": "0"}',
        b'{"from": "+46", "data": ""}',
        b'{"from": "+46", "data": "xx"}',
        b'{"from": "+46", "data": "00\\n"}',
        b'{"from": "12345678901234567", "data": "00"}',
        b'{"from": "+46", "data": "' + b"00" * 141 + b'"}',
        b"[" * 1000,
    ],
)
def test_what_is_no_sms_is_refused(web: Web, ingest: Ingest, body: bytes) -> None:
    assert (web.post(content=body).status_code, ingest.told) == (422, [])


def test_a_large_request_is_refused_before_it_is_read(web: Web, ingest: Ingest) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield bytes(BODY_MAX)

    assert (web.post(content=b" " * (BODY_MAX + 1)).status_code, ingest.told) == (413, [])
    assert (web.post(content=endless()).status_code, ingest.told) == (413, [])


def test_an_sms_that_the_ingest_was_not_told_of_is_to_come_again(web: Web, ingest: Ingest) -> None:
    ingest.listens = False
    assert web.post(json={"from": NUMBER, "data": "00"}).status_code == 503


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/sms/"])
def test_nothing_else_is_there(web: Web, path: str) -> None:
    assert web.request("GET", path).status_code in (404, 307)


def test_sms_are_not_to_be_had_by_asking(web: Web) -> None:
    assert web.request("GET", "/sms").status_code == 405


class Provider(httpx.BaseTransport):
    """Answers with these statuses, one after the other; None breaks the connection."""

    def __init__(self, *statuses: int | None) -> None:
        self._statuses = list(statuses)
        self.requests: list[httpx.Request] = []
        self.done = threading.Event()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        status = self._statuses.pop(0)
        if not self._statuses:
            self.done.set()
        if status is None:
            raise httpx.ConnectError("nobody there")
        return httpx.Response(status)


def send(provider: Provider, **more: str) -> SmsSender:
    """Send one SMS with these answers, and return the sender after its end."""
    sender = SmsSender(SmsProvider("https://sms.example/out", **more), lambda: 0, provider)
    sender.start()
    sender.send(NUMBER, b"\x01\x02")
    assert provider.done.wait(LIMIT_S)
    sender.stop()
    return sender


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "RETRY_MS", (0,) * len(RETRY_MS))


def test_an_sms_goes_out_as_one_request() -> None:
    provider = Provider(200)
    sender = send(provider, token="outgoing-token-here", number="+46700000000")
    (request,) = provider.requests
    assert (request.method, str(request.url)) == ("POST", "https://sms.example/out")
    assert request.headers["Authorization"] == "Bearer outgoing-token-here"
    assert request.read() == b'{"to":"+46701740605","from":"+46700000000","data":"0102"}'
    assert sender.outbox.counts["sent"] == 1


def test_without_a_token_none_is_sent() -> None:
    provider = Provider(200)
    send(provider)
    assert "Authorization" not in provider.requests[0].headers


def test_a_provider_in_trouble_is_tried_again() -> None:
    provider = Provider(503, None, 429, 302, 202)
    sender = send(provider)
    assert len(provider.requests) == 5
    assert sender.outbox.counts == {"sent": 1, "tried again": 4, "given up": 0, "no room": 0}


def test_a_provider_that_stays_in_trouble_is_left_alone_in_the_end() -> None:
    sender = send(Provider(*[500] * (len(RETRY_MS) + 1)))
    assert sender.outbox.counts["given up"] == 1


def test_a_request_that_is_refused_is_not_repeated() -> None:
    sender = send(Provider(400))
    assert (sender.outbox.counts["given up"], sender.outbox.counts["tried again"]) == (1, 0)


def test_an_sms_waits_no_longer_for_an_answer_than_a_panel_would() -> None:
    assert sending.TIMEOUT_S <= 10
