"""What every page is given: who asks, in which language, when, and what to answer from.

A page of a part reads:

    @router.get("/home")
    def status(visit: Visit) -> Response:
        visit.expect_role(Role.CUSTOMER)
        with visit.store.read() as reading:
            return page(visit, "customer/status.html", states=arming.states(reading, visit.actor, ...))

`Guest` is for pages that one sees without having signed in; who is not signed in comes from `Visit` to /login.
"""

import base64
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import HTTPConnection

from hemlarm_cloud.access import sessions
from hemlarm_cloud.access.sessions import Session
from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.api.depends import Centre, centre_of
from hemlarm_cloud.errors import ConflictError, NotFoundError, RefusedError
from hemlarm_cloud.pages import cookies
from hemlarm_cloud.pages.texts import LANGUAGES, text
from hemlarm_cloud.store import Store
from hemlarm_cloud.vault import Vault

CSRF_FIELD, CSRF_HEADER = "csrf", "x-csrf"

_READING = ("GET", "HEAD", "OPTIONS")

_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")

THEMES = ("auto", "light", "dark")


class SignInFirstError(Exception):
    """Nobody is signed in; `next` is the local path to come back to."""

    def __init__(self, next_path: str) -> None:
        super().__init__("sign in first")
        self.next = next_path


class ForgedError(RefusedError):
    """A form that did not come from a page of ours, or from one that is too old."""


@dataclass(frozen=True)
class GuestVisit:
    """A request for a page, by somebody who may be nobody.

    `csrf` is what a form must bring back; `form_key`, if it is new, the cookie that goes with it. `address` is where
    the request comes from, as limits count it.
    """

    store: Store
    vault: Vault
    now_ms: int
    random: Callable[[int], bytes]
    request: Request
    language: str
    theme: str
    csrf: str
    form_key: str
    address: str
    session: Session | None

    def text(self, key: str, **values: object) -> str:
        """Return a text in the visitor's language."""
        return text(self.language, key, **values)

    @property
    def agent(self) -> str:
        """The browser, as it names itself."""
        return self.request.headers.get("user-agent", "")[: sessions.AGENT_MAX]

    @property
    def base_url(self) -> str:
        """Where these pages are, as links in mail need it: no slash at the end. Raises ConflictError if nobody set it.

        What the browser calls us is not believed: a link with another name in it would carry a secret there. Only who
        sits at this machine may leave it unset.
        """
        set_url = centre_of(self.request.app).pages_url
        if not set_url and self.request.url.hostname not in _THIS_MACHINE:
            raise ConflictError("this centre has not set pages_url, so it can send no links; tell its people")
        return set_url or str(self.request.base_url).rstrip("/")


@dataclass(frozen=True)
class AccountVisit(GuestVisit):
    """A request for a page, by somebody who has signed in."""

    session: Session

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self.session.actor

    def expect_role(self, *roles: Role) -> None:
        """Raise NotFoundError unless the account has one of these roles: other people's pages are not there."""
        if self.actor.role not in roles:
            raise NotFoundError(f"this page is for {' or '.join(roles)}")


async def _guest(request: Request) -> GuestVisit:
    centre = centre_of(request.app)
    now_ms = centre.clock_ms()
    token = cookies.session_token(request)
    session = await run_in_threadpool(look_up, centre, token, now_ms) if token else None
    form_key, is_new = cookies.form_key(request, centre.random)
    secret = token if session else form_key
    visit_type = AccountVisit if session else GuestVisit
    if session is not None:
        request.state.actor = session.actor.name
    await _expect_ours(request, csrf_of(secret))
    return visit_type(
        store=centre.store,
        vault=centre.vault,
        now_ms=now_ms,
        random=centre.random,
        request=request,
        language=session.language if session else language_of(request),
        theme=theme_of(request),
        csrf=csrf_of(secret),
        form_key=form_key if is_new else "",
        address=request.client.host if request.client else "unknown",
        session=session,  # type: ignore[arg-type]  # An AccountVisit where there is one.
    )


def look_up(centre: Centre, token: str, now_ms: int) -> Session | None:
    """Return whose session this is, and note that it is used; None for none."""
    with centre.store.read() as reading:
        session = sessions.find(reading, token, now_ms)
    if session is not None and now_ms - session.seen_ms >= sessions.SEEN_EVERY_MS:
        with centre.store.begin() as tx:
            sessions.seen(tx, session, now_ms)
    return session


def _account(guest: Annotated[GuestVisit, Depends(_guest)]) -> AccountVisit:
    if isinstance(guest, AccountVisit):
        if guest.actor.role is Role.MONITOR and guest.request.method not in _READING:
            raise RefusedError("a monitor's account changes nothing")
        return guest
    asked = guest.request.url
    reads = guest.request.method in _READING
    raise SignInFirstError(local_path(f"{asked.path}?{asked.query}" if asked.query else asked.path) if reads else "/")


Guest = Annotated[GuestVisit, Depends(_guest)]
"""Give a route whoever asks."""

Visit = Annotated[AccountVisit, Depends(_account)]
"""Give a route who asks, signed in; others go to sign in first."""


def local_path(wanted: str) -> str:
    """Return the path to go to after something else: this one if it is one of ours, else the start."""
    plain = wanted.isascii() and wanted.isprintable() and "\\" not in wanted and len(wanted) <= 500
    if not plain or not wanted.startswith("/") or wanted.startswith("//"):
        return "/"
    return wanted


def login_path(next_path: str) -> str:
    """Return where to sign in, to come back to this path afterwards."""
    return "/login" if next_path == "/" else f"/login?next={quote(next_path, safe='/')}"


def csrf_of(secret: str) -> str:
    """Return what a form must bring back that was shown to whoever has this cookie."""
    return base64.urlsafe_b64encode(hmac.digest(secret.encode(), b"hemlarm form", "sha256")[:24]).decode()


def is_same_origin(asked: HTTPConnection) -> bool:
    """Tell whether a request comes from a page of ours, by what the browser says of it; one that says nothing is not.

    Scheme and port count as the browser sees them in Host, so that a proxy in front makes no difference.
    """
    site = asked.headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        return False
    origin = asked.headers.get("origin")
    if origin is None:
        return site is not None
    return bool(urlsplit(origin).netloc) and urlsplit(origin).netloc == asked.headers.get("host")


async def _expect_ours(request: Request, csrf: str) -> None:
    """Let a form pass that a page of ours sent. Raises ForgedError."""
    if request.method in _READING:
        return
    if not is_same_origin(request):
        raise ForgedError("this form was not sent from a page of ours; open the page itself and try again")
    given: object = request.headers.get(CSRF_HEADER)
    if given is None:
        form: FormData = await request.form()
        given = form.get(CSRF_FIELD)
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), csrf.encode()):
        raise ForgedError("the form was too old; load the page anew and try again")


def language_of(request: Request) -> str:
    chosen = request.cookies.get(cookies.LANGUAGE, "")
    if chosen in LANGUAGES:
        return chosen
    for wanted in request.headers.get("accept-language", "")[:200].lower().split(","):
        if wanted.strip()[:2] in LANGUAGES:
            return wanted.strip()[:2]
    return "sv"


def theme_of(request: Request) -> str:
    chosen = request.cookies.get(cookies.THEME, "")
    return chosen if chosen in THEMES else "auto"
