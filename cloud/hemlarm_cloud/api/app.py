"""The application: every router under one roof."""

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from fastapi.routing import APIRoute

from hemlarm_cloud.api import errors
from hemlarm_cloud.api.depends import ERRORS, Centre, Find
from hemlarm_cloud.api.feed import Watcher
from hemlarm_cloud.api.guard import Guard, Limits
from hemlarm_cloud.api.observed import Observed
from hemlarm_cloud.api.routers import ROUTERS
from hemlarm_cloud.operations.metrics import Metrics
from hemlarm_cloud.pages.app import add_pages, tell
from hemlarm_cloud.provisioning.means import Means
from hemlarm_cloud.sites import accounts
from hemlarm_cloud.store import Store
from hemlarm_cloud.vault import Vault

PREFIX = "/api/v1"

THREADS = 6
"""Requests that are worked on at a time. Each thread keeps two connections, and a store has fifteen."""

_DESCRIPTION = """
The alarm receiving centre. Times are whole milliseconds since 1970. Lists come in pages: ask again with `after`, the
last id of the page before. What people edit has a `version`; whoever changes it says which one they saw, and learns by
409 that somebody else was faster.
"""


def make_app(
    store: Store,
    vault: Vault,
    clock_ms: Callable[[], int],
    random: Callable[[int], bytes] = secrets.token_bytes,
    find: Find | None = None,
    limits: Limits | None = None,
    pages_url: str = "",
    provisioning: Means | None = None,
) -> FastAPI:
    """Return the API over a store, and the pages beside it.

    `find` tells whose token it is, in place of the accounts in the store. `pages_url` is where browsers find the pages,
    for links in mail. Without `provisioning` no new panel is brought in here.
    """
    app = FastAPI(
        title="Hemlarm",
        version="1",
        description=_DESCRIPTION,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
        lifespan=_lifespan,
    )
    found_by, pages = find or accounts.find, pages_url.rstrip("/")
    app.state.centre = Centre(store, vault, clock_ms, random, found_by, pages, provisioning)
    app.state.metrics = Metrics()
    app.state.watcher = Watcher(store)
    errors.add_to(app)
    app.add_middleware(Guard, limits=limits or Limits(), clock_ms=clock_ms, tell=tell)
    app.add_middleware(Observed, metrics=app.state.metrics)
    for tag, router in ROUTERS:
        app.include_router(router, prefix=PREFIX, tags=[tag], responses=ERRORS)
    add_pages(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    current_default_thread_limiter().total_tokens = THREADS
    yield
    app.state.watcher.stop()


def _operation_id(route: APIRoute) -> str:
    """The same name for as long as the function keeps its own."""
    return "-".join([*map(str, route.tags), route.name])
