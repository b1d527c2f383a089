"""The house page's server: the page itself, its state by WebSocket, and what is done on it by POST.

It serves whoever opens it on this machine. What could come from somebody else's page in the same browser is refused by
its origin.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from hemlarm_cloud.pages import look
from hemlarm_cloud.pages.depends import is_same_origin
from hemlarm_simulator.page.actions import ActionError
from hemlarm_simulator.page.feed import Feed
from hemlarm_simulator.page.jobs import BusyError

HERE = Path(__file__).parent

COALESCE_S = 0.025
"""Changes within this time go out together."""

SEND_S = 10.0
"""A page that takes nothing for so long is left; it comes back by itself."""

BODY_MAX = 4_096
_FOREIGN = 4403

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "font-src 'self'; media-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Runner(Protocol):
    """What the page's actions go to."""

    def act(self, body: Mapping[str, Any]) -> None:
        """Does one. Raises ActionError, BusyError."""

    def picture(self, panel: int, name: str) -> bytes | None:
        """The JPEG of that name that a panel's camera took, None if there is none."""


def make_page(feed: Feed, runner: Runner, hosts: tuple[str, ...]) -> Starlette:
    """The application. It answers to these names in Host only, as pages elsewhere could give this machine any other."""
    templates = Jinja2Templates(HERE / "templates")
    templates.env.globals["look"] = look.url

    async def house(request: Request) -> Response:
        return templates.TemplateResponse(request, "house.html", {})

    async def live(socket: WebSocket) -> None:
        if not is_same_origin(socket):
            await socket.close(_FOREIGN)
            return
        await socket.accept()
        await _feed_to(socket, feed)

    async def act(request: Request) -> Response:
        return await _act(request, runner)

    async def picture(request: Request) -> Response:
        found = runner.picture(request.path_params["panel"], request.path_params["name"])
        return Response(found, media_type="image/jpeg") if found is not None else PlainTextResponse("none", 404)

    routes = [
        Route("/", house),
        Route("/act", act, methods=["POST"]),
        Route("/picture/{panel:int}/{name}.jpg", picture),
        WebSocketRoute("/live", live),
        *look.routes(),
        Mount("/static", StaticFiles(directory=HERE / "static", check_dir=False)),
    ]
    return Starlette(routes=routes, middleware=[Middleware(_Guard, hosts=hosts)])


async def _act(request: Request, runner: Runner) -> Response:
    if not is_same_origin(request):
        return _problem(403, "this did not come from the page itself")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > BODY_MAX:
            return _problem(413, f"more than {BODY_MAX} bytes")
    try:
        wish = json.loads(body)
    except ValueError:
        return _problem(422, "the body is no JSON")
    if not isinstance(wish, dict):
        return _problem(422, "the body is no JSON object")
    try:
        await run_in_threadpool(runner.act, wish)
    except ActionError as error:
        return _problem(422, str(error))
    except BusyError as error:
        return _problem(503, str(error))
    return JSONResponse({"done": True})


def _problem(status: int, text: str) -> Response:
    return JSONResponse({"error": text}, status)


async def _feed_to(socket: WebSocket, feed: Feed) -> None:
    """Sends a snapshot, then changes, until the page goes."""
    loop = asyncio.get_running_loop()
    news = asyncio.Event()
    follower = feed.follow(lambda: _wake(loop, news.set))
    listening = asyncio.create_task(_until_gone(socket))
    try:
        while not listening.done():
            message = feed.take(follower)
            if message is not None:
                await asyncio.wait_for(socket.send_text(json.dumps(message, separators=(",", ":"))), SEND_S)
                await asyncio.sleep(COALESCE_S)
            else:
                waiting = asyncio.create_task(news.wait())
                await asyncio.wait((waiting, listening), return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
            news.clear()
    except (WebSocketDisconnect, TimeoutError, RuntimeError):
        pass  # It is gone, or reads nothing; it connects again by itself.
    finally:
        feed.leave(follower)
        listening.cancel()


def _wake(loop: asyncio.AbstractEventLoop, wake: Callable[[], None]) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(wake)


async def _until_gone(socket: WebSocket) -> None:
    """Reads what the page sends, which is nothing, until it is gone."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


class _Guard:
    """Answers to its own names only, and puts the headers of safety on every answer."""

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        host = HTTPConnection(scope).headers.get("host", "").rpartition(":")[0]
        if host not in self._hosts:
            await _refuse(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": _FOREIGN})
    else:
        await PlainTextResponse("this is not the name of this server; use 127.0.0.1", 421)(scope, receive, send)
