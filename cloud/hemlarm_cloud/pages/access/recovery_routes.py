"""A forgotten password, and an invitation: both are a link in a mail and a password to choose."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.responses import Response

from hemlarm_cloud.access import codes, family, recovery, sessions
from hemlarm_cloud.access.attempts import LockedError
from hemlarm_cloud.access.codes import OldLinkError
from hemlarm_cloud.access.passwords import WeakPasswordError
from hemlarm_cloud.access.signing_in import Signed
from hemlarm_cloud.actor import Role
from hemlarm_cloud.errors import ConflictError, InvalidError
from hemlarm_cloud.pages.access.sign_up_routes import old_link
from hemlarm_cloud.pages.access.telling import locked, signed_in, unlike, weak
from hemlarm_cloud.pages.depends import Guest
from hemlarm_cloud.pages.navigation import START
from hemlarm_cloud.pages.rendering import form_error, page

router = APIRouter()

Text = Annotated[str, Form(max_length=500)]


@router.get("/forgotten")
def form(guest: Guest) -> Response:
    """Ask for the mail address."""
    return page(guest, "access/forgotten.html", login="")


@router.post("/forgotten")
def ask(guest: Guest, login: Text = "") -> Response:
    """Send a link, if there is an account. What is told is the same."""
    if not login.strip():
        return form_error(guest, "access/forgotten.html", {"login": guest.text("access.missing")}, login="")
    try:
        recovery.ask(guest.store, login, guest.address, guest.base_url, guest.now_ms, guest.random)
    except LockedError as error:
        return form_error(guest, "access/forgotten.html", {"": locked(guest, error)}, 429, login=login)
    return page(
        guest, "access/sent.html", title="access.mail-sent", text="access.reset-sent", address=login.strip()[:120]
    )


@router.get("/forgotten/{key}")
def choose_form(guest: Guest, key: str) -> Response:
    """Ask for the new password."""
    try:
        with guest.store.read() as reading:
            asked = codes.find_link(reading, "reset", key, guest.now_ms)
    except OldLinkError:
        return old_link(guest, "/forgotten", "access.forgotten")
    return page(guest, "access/choose.html", login=asked.subject, action=f"/forgotten/{key}", title="access.choose")


@router.post("/forgotten/{key}")
def choose(guest: Guest, key: str, login: Text = "", password: Text = "", again: Text = "") -> Response:
    """Set the new password."""
    errors = unlike(guest, password, again)
    if not errors:
        try:
            recovery.choose(guest.store, key, password, guest.now_ms, guest.random)
            return page(guest, "access/done.html", title="access.password-changed", text="access.password-changed-text")
        except WeakPasswordError as error:
            errors = weak(guest, error)
        except OldLinkError:
            return old_link(guest, "/forgotten", "access.forgotten")
    values: dict[str, Any] = {"login": login, "action": f"/forgotten/{key}", "title": "access.choose"}
    return form_error(guest, "access/choose.html", errors, **values)


@router.get("/invited/{key}")
def accept_form(guest: Guest, key: str) -> Response:
    """Ask somebody who was invited for a password."""
    try:
        with guest.store.read() as reading:
            asked = codes.find_link(reading, "invite", key, guest.now_ms)
    except OldLinkError:
        return old_link(guest, "/login", "access.sign-in")
    return page(guest, "access/choose.html", login=asked.subject, action=f"/invited/{key}", title="access.welcome")


@router.post("/invited/{key}")
def accept(guest: Guest, key: str, login: Text = "", password: Text = "", again: Text = "") -> Response:
    """Make the account of somebody who was invited, and sign it in."""
    errors = unlike(guest, password, again)
    if not errors:
        try:
            account_id = family.accept(guest.store, key, password, guest.language, guest.now_ms, guest.random)
            with guest.store.begin() as tx:
                token = sessions.begin(tx, account_id, guest.now_ms, guest.random, guest.agent)
            return signed_in(guest, Signed(token, Role.CUSTOMER, guest.language), START[Role.CUSTOMER])
        except WeakPasswordError as error:
            errors = weak(guest, error)
        except OldLinkError:
            return old_link(guest, "/login", "access.sign-in")
        except (ConflictError, InvalidError):
            errors = {"": guest.text("access.mail-taken")}
    values: dict[str, Any] = {"login": login, "action": f"/invited/{key}", "title": "access.welcome"}
    return form_error(guest, "access/choose.html", errors, **values)
