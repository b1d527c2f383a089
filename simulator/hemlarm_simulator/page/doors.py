"""The embedded cloud's own pages, at an address of their own: the application of the world that there is now.

With each new world comes a new application. `/enter/LOGIN` signs one of the demonstration's people in without a
password: who can open the page can see it there anyway.
"""

from collections.abc import Callable

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from hemlarm_cloud.access import sessions
from hemlarm_cloud.api.app import THREADS
from hemlarm_cloud.api.depends import centre_of
from hemlarm_cloud.pages import cookies
from hemlarm_cloud.store.schema_access import credential

_READING = ("GET", "HEAD")
_ENTER = "/enter/"


class Doors:
    """An ASGI application. `acted` is called when somebody may have changed something, from its own thread."""

    def __init__(self, acted: Callable[[], None]) -> None:
        self._acted = acted
        self._app: FastAPI | None = None
        self._paths: dict[str, str] = {}

    def lead_to(self, app: FastAPI | None, paths: dict[str, str]) -> None:
        """From now on to another application; `paths` has where each login's pages begin."""
        before, self._app = self._app, app
        self._paths = paths
        if before is not None:
            before.state.watcher.stop()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        app: ASGIApp = self._app or PlainTextResponse("the world is being built; load the page again", 503)
        if scope["type"] == "http" and scope["path"].startswith(_ENTER) and self._app is not None:
            app = await self._enter(self._app, Request(scope))
        await app(scope, receive, send)
        if scope["type"] == "http" and scope["method"] not in _READING:
            self._acted()

    async def _enter(self, app: FastAPI, asked: Request) -> Response:
        login = asked.url.path.removeprefix(_ENTER)
        token = await run_in_threadpool(_begin, app, login) if login in self._paths else None
        if token is None:
            return PlainTextResponse("nobody here signs in with this name", 404)
        answer = RedirectResponse(self._paths[login], 303, headers={"Cache-Control": "no-store"})
        cookies.keep_session(asked, answer, token)
        return answer


def _begin(app: FastAPI, login: str) -> str | None:
    centre = centre_of(app)
    with centre.store.begin() as tx:
        account = tx.connection.scalar(select(credential.c.account).where(credential.c.login == login))
        return sessions.begin(tx, account, centre.clock_ms(), centre.random) if account is not None else None


async def _lifespan(receive: Receive, send: Send) -> None:
    current_default_thread_limiter().total_tokens = THREADS
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})
