"""What stands before every route: rates, sizes, patience, and the headers of each answer."""

import asyncio
import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hemlarm_cloud.api.allowance import Allowance, Rate
from hemlarm_cloud.pages.headers import headers_for


class Limits(NamedTuple):
    """What one client may ask of the API."""

    body_bytes: int = 2_500_000
    """A picture of 2 MB, and some room around it."""
    body_s: float = 30.0
    """How long a request may take to arrive."""
    of_a_token: Rate = Rate(20, 200)
    of_an_address: Rate = Rate(100, 1000)
    """More than of a token: the operators of a centre may share an address."""


Tell = Callable[[Scope, int, str, Mapping[str, str]], ASGIApp]
"""Makes the answer that tells of trouble: its status, its text, and headers of its own."""


class _GoneError(Exception):
    """The client left before its request was whole: nobody waits for an answer, and nothing may be done."""


class Guard:
    """Lets a request through to the application, or answers 408, 413 or 429 in its place."""

    def __init__(self, app: ASGIApp, limits: Limits, clock_ms: Callable[[], int], tell: Tell) -> None:
        self._app = app
        self._tell = tell
        self._limits = limits
        self._clock_ms = clock_ms
        self._tokens = Allowance(limits.of_a_token)
        self._addresses = Allowance(limits.of_an_address)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; a WebSocket has bounds of its own."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in headers_for(scope["path"]).items():
                    headers.setdefault(name, value)
            await send(message)

        await self._admit(scope, receive, send_with_headers)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        wait_s = self._wait_s(scope, headers)
        if wait_s:
            told = {"Retry-After": str(math.ceil(wait_s))}
            await self._tell(scope, 429, "too many requests: wait a little", told)(scope, receive, send)
            return
        try:
            body = await asyncio.wait_for(_body(headers, receive, self._limits.body_bytes), self._limits.body_s)
        except _GoneError:
            return
        except TimeoutError:
            await self._tell(scope, 408, "the request took too long to arrive", {})(scope, receive, send)
            return
        if body is None:
            text = f"the body is too large: at most {self._limits.body_bytes} bytes"
            await self._tell(scope, 413, text, {"Connection": "close"})(scope, receive, send)
            return
        await self._app(scope, _given(body, receive), send)

    def _wait_s(self, scope: Scope, headers: Headers) -> float:
        now_ms = self._clock_ms()
        address = str((scope.get("client") or ("unknown",))[0])
        wait_s = self._addresses.wait_s(address.encode(), now_ms)
        token = headers.get("authorization")
        if token is not None and not wait_s:
            wait_s = self._tokens.wait_s(token.encode(), now_ms)
        return wait_s


async def _body(headers: Headers, receive: Receive, bytes_max: int) -> bytes | None:
    """Return the whole body, or None once it is too large; the rest is not read then."""
    told = headers.get("content-length", "0")
    if not told.isascii() or not told.isdigit() or len(told) > 12 or int(told) > bytes_max:
        return None
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _GoneError
        body += message.get("body", b"")
        if len(body) > bytes_max:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _given(body: bytes, receive: Receive) -> Receive:
    """Give the application the body that has been read, and what comes behind it."""
    given = False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again
