"""The page about where messages reach somebody, and what a browser needs to take them."""

from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from hemlarm_cloud.actor import Role
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError
from hemlarm_cloud.notices import app_addresses, browsers, choices, outward
from hemlarm_cloud.pages import look
from hemlarm_cloud.pages.depends import AccountVisit, Visit
from hemlarm_cloud.pages.rendering import form_error, page, redirect

router = APIRouter()

PATH = "/account/notices"
PAGE = "notices/reached.html"

WORKER = look.LOOK / "worker.js"

Id = Annotated[int, Form(ge=1, le=(1 << 63) - 1)]
Text = Annotated[str, Form(max_length=2_000)]

_DONE = ("added", "removed", "tried", "on")

_MAKERS = {
    "fcm.googleapis.com": "Chrome",
    "updates.push.services.mozilla.com": "Firefox",
    "web.push.apple.com": "Safari",
}
"""Whose push service is whose browser's, for a name that people know; others are told by the service's host."""

MANIFEST = {
    "name": "Hemlarm",
    "short_name": "Hemlarm",
    "start_url": "/",
    "display": "standalone",
    "background_color": "#f6f6f3",
    "theme_color": "#f6f6f3",
}


class Subscription(BaseModel):
    """What a browser tells of itself; see `browsers.subscribe`."""

    endpoint: Annotated[str, Field(max_length=outward.URL_MAX)]
    key: Annotated[str, Field(max_length=100)]
    secret: Annotated[str, Field(max_length=40)]


@router.get(PATH)
def show(visit: Visit, done: str = "") -> Response:
    """Show where messages go."""
    visit.expect_role(Role.CUSTOMER)
    return page(visit, PAGE, **_values(visit), done=done if done in _DONE else "")


@router.post(f"{PATH}/browser")
def subscribe(visit: Visit, wanted: Subscription) -> Response:
    """Send messages to this browser from now on."""
    visit.expect_role(Role.CUSTOMER)
    told = (wanted.endpoint, wanted.key, wanted.secret)
    with visit.store.begin() as tx:
        browsers.subscribe(tx, visit.actor, visit.session.account, *told, visit.now_ms)
    return JSONResponse({}, 201)


@router.post(f"{PATH}/browser/end")
def unsubscribe(visit: Visit, browser: Id) -> Response:
    """Send nothing to a browser any more."""
    visit.expect_role(Role.CUSTOMER)
    with visit.store.begin() as tx:
        mine = {row.id: row.endpoint for row in browsers.of_account(tx, visit.session.account)}
        if browser not in mine:
            raise NotFoundError("this device takes no messages of yours any more")
        browsers.end(tx, visit.actor, visit.session.account, mine[browser])
    return redirect(f"{PATH}?done=removed")


@router.post(f"{PATH}/apps")
def add_app(visit: Visit, label: Text = "", address: Text = "") -> Response:
    """Send messages to a service too."""
    visit.expect_role(Role.CUSTOMER)
    try:
        with visit.store.begin() as tx:
            app_addresses.add(tx, visit.vault, visit.actor, visit.session.account, label, address, visit.now_ms)
    except (InvalidError, ConflictError) as error:
        # The address may hold a secret, which no page shows again.
        return form_error(visit, PAGE, error, **_values(visit) | {"label": label}, done="")
    return redirect(f"{PATH}?done=added")


@router.post(f"{PATH}/apps/end")
def remove_app(visit: Visit, app: Id) -> Response:
    """Send nothing to a service any more."""
    visit.expect_role(Role.CUSTOMER)
    with visit.store.begin() as tx:
        app_addresses.remove(tx, visit.actor, visit.session.account, app)
    return redirect(f"{PATH}?done=removed")


@router.post(f"{PATH}/try")
def try_out(visit: Visit, channel: Annotated[str, Form(max_length=10)]) -> Response:
    """Send a test by a channel."""
    visit.expect_role(Role.CUSTOMER)
    subject, text = visit.text("notices.trial-title"), visit.text("notices.trial")
    with visit.store.begin() as tx:
        choices.try_out(tx, visit.actor, visit.session.account, channel, subject, text, visit.now_ms)
    return redirect(f"{PATH}?done=tried")


@router.get("/worker.js")
def worker() -> Response:
    """Give the script that shows messages while no page is open; it serves the whole of this place."""
    return Response(WORKER.read_bytes(), media_type="text/javascript; charset=utf-8")


@router.get("/manifest.webmanifest")
def manifest() -> Response:
    """Tell what this is, to whoever puts it on a home screen."""
    icons = [{"src": look.url("mark.svg"), "type": "image/svg+xml", "sizes": "any"}]
    return JSONResponse(MANIFEST | {"icons": icons}, media_type="application/manifest+json")


def _values(visit: AccountVisit) -> dict[str, Any]:
    who = visit.session.account
    with visit.store.read() as reading:
        devices = [_device(row) for row in browsers.of_account(reading, who)]
        apps = app_addresses.of_account(reading, visit.actor, who)
        key = browsers.known_key(reading)
    if key is None:
        with visit.store.begin() as tx:
            key = browsers.public_key(tx, visit.vault)
    names = sorted(set(app_addresses.SERVICES.values()), key=str.lower)
    return {"devices": devices, "apps": apps, "key": key, "services": names, "label": "", "address": ""}


def _device(row: Any) -> dict[str, Any]:
    host = urlsplit(row.endpoint).hostname or ""
    return {"id": row.id, "name": _MAKERS.get(host, host), "created_ms": row.created_ms, "endpoint": row.endpoint}
