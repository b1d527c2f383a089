"""Live signals and cases over a WebSocket.

The client's first message is {"token": TOKEN, "after": {"signal": ID, "log": ID}}. Both may be left out: the token
where the request had it as Authorization, and `after` by who wants only what comes from now on. It is answered by
{"type": "ready", "signal": ID, "log": ID}, and from then on by what comes: {"type": "signal", ...} and
{"type": "case", ...}, each with its id. Who was cut off goes on after the highest id of each that it has seen.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Annotated, Any

import anyio
from annotated_types import Ge, Le
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import Field, ValidationError
from starlette.concurrency import run_in_threadpool

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.api.depends import INT64_MAX, TOKEN_CHARACTERS_MAX, Centre, Wanted, centre_of, identify
from hemlarm_cloud.api.feed import Page, Position, Watcher, heads, read_page
from hemlarm_cloud.store import StoreError

CLIENTS_MAX = 200
FIRST_MESSAGE_S = 5.0
FIRST_MESSAGE_MAX = 1_000
SEND_S = 5.0
"""How long one message may wait for a client's network; it asks again for the rest when it comes back."""
LOOK_AGAIN_S = 15.0
"""How often a token is looked at again, which may have been revoked."""

BAD_MESSAGE, NOT_AUTHORISED, TOO_SLOW = 4400, 4401, 4408
TRY_LATER, RESTARTING = 1013, 1012

router = APIRouter()

_log = logging.getLogger(__name__)

Whose = Callable[[int], Actor | None]

_Seen = Annotated[int, Ge(0), Le(INT64_MAX)]


class Seen(Wanted):
    """The last ids that the client has."""

    signal: _Seen
    log: _Seen


class Hello(Wanted):
    """A client's first message."""

    token: Annotated[str, Field(max_length=TOKEN_CHARACTERS_MAX)] = ""
    after: Seen | None = None


class EndedError(Exception):
    """The connection is to be closed with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


@router.websocket("/live")
async def live(websocket: WebSocket) -> None:
    """Tell a client with a token what comes, until it leaves or is too slow."""
    await serve(websocket, _met)


async def serve(websocket: WebSocket, meet: Callable[[WebSocket], Awaitable["Client"]]) -> None:
    """Tell whom `meet` lets in what comes, until it leaves or is too slow. `meet` raises EndedError for others."""
    await websocket.accept()
    watcher: Watcher = websocket.app.state.watcher
    try:
        if watcher.listeners >= CLIENTS_MAX:
            raise EndedError(TRY_LATER, "too many clients: try again in a minute")
        client = await meet(websocket)
        with watcher.listening() as changed:
            await _until_it_leaves(websocket, client, changed)
    except EndedError as ended:
        with suppress(RuntimeError, WebSocketDisconnect):
            await websocket.close(ended.code, ended.reason)
    except WebSocketDisconnect:
        pass
    except StoreError as error:
        _log.error("a live client has to come again: %s", error)
        await websocket.close(TRY_LATER, "the store cannot be reached: try again")


async def _met(websocket: WebSocket) -> "Client":
    try:
        with anyio.fail_after(FIRST_MESSAGE_S):
            text = await websocket.receive_text()
        if len(text) > FIRST_MESSAGE_MAX:
            raise ValueError
        hello = Hello.model_validate_json(text)
    except TimeoutError:
        raise EndedError(TOO_SLOW, "the first message did not come") from None
    except (ValidationError, ValueError, KeyError):
        raise EndedError(BAD_MESSAGE, 'the first message is {"token": TOKEN}') from None
    kind, _, given = websocket.headers.get("authorization", "").partition(" ")
    token = hello.token or (given if kind.lower() == "bearer" else "")
    centre = centre_of(websocket.app)
    return Client(websocket, centre, lambda now_ms: identify(centre, token, now_ms), hello.after)


async def _until_it_leaves(websocket: WebSocket, client: "Client", changed: asyncio.Event) -> None:
    """Run until the client leaves; what else it says is a mistake."""
    trouble: list[Exception] = []
    async with anyio.create_task_group() as both:

        async def follow() -> None:
            try:
                await client.follow(changed)
            except (EndedError, StoreError, WebSocketDisconnect) as error:
                trouble.append(error)
            both.cancel_scope.cancel()

        both.start_soon(follow)
        message = await websocket.receive()
        if message["type"] != "websocket.disconnect":
            trouble.append(EndedError(BAD_MESSAGE, "only one message is taken"))
        both.cancel_scope.cancel()
    if trouble:
        raise trouble[0]


class Client:
    """One connection; `whose` tells who it is at this moment, None for nobody any more."""

    def __init__(self, websocket: WebSocket, centre: Centre, whose: Whose, after: Seen | None = None) -> None:
        self._websocket = websocket
        self._centre = centre
        self._whose = whose
        self._after = after

    async def follow(self, changed: asyncio.Event) -> None:
        """Send whatever comes. Raises EndedError."""
        actor, looked_ms = await self._identified(), self._centre.clock_ms()
        position = await run_in_threadpool(self._start)
        await self._send({"type": "ready", "signal": position.signal, "log": position.log})
        while True:
            changed.clear()
            page = await run_in_threadpool(self._read, actor, position)
            for message in page.messages:
                await self._send(message)
            position = page.position
            if not page.more:
                with anyio.move_on_after(LOOK_AGAIN_S):
                    await changed.wait()
            if abs(self._centre.clock_ms() - looked_ms) >= LOOK_AGAIN_S * 1000:
                actor, looked_ms = await self._identified(), self._centre.clock_ms()

    def _start(self) -> Position:
        with self._centre.store.read() as reading:
            now = heads(reading)
        if self._after is None:
            return now
        # A position from another life of the database would hide all that comes until it is reached.
        return Position(min(self._after.signal, now.signal), min(self._after.log, now.log))

    def _read(self, actor: Actor, after: Position) -> Page:
        with self._centre.store.read() as reading:
            return read_page(reading, actor, after)

    async def _identified(self) -> Actor:
        now_ms = self._centre.clock_ms()
        actor = await run_in_threadpool(self._whose, now_ms)
        if actor is None:
            raise EndedError(NOT_AUTHORISED, "no token, or one that is not valid")
        return actor

    async def _send(self, message: dict[str, Any]) -> None:
        try:
            with anyio.fail_after(SEND_S):
                await self._websocket.send_json(message)
        except TimeoutError:
            raise EndedError(TOO_SLOW, "too slow: come again, after the last ids you have") from None
