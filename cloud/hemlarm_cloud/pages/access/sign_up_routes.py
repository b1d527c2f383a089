"""Signing up, and confirming one's mail address."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from hemlarm_cloud.access import codes, sign_up
from hemlarm_cloud.access.attempts import LockedError
from hemlarm_cloud.access.codes import OldLinkError
from hemlarm_cloud.access.passwords import WeakPasswordError
from hemlarm_cloud.access.sign_up import WrongCodeError
from hemlarm_cloud.errors import InvalidError
from hemlarm_cloud.pages.access.telling import locked, unlike, weak
from hemlarm_cloud.pages.depends import Guest, GuestVisit
from hemlarm_cloud.pages.rendering import form_error, page, redirect

router = APIRouter()

Text = Annotated[str, Form(max_length=500)]
Key = Annotated[str, Query(max_length=100)]


@router.get("/sign-up")
def form(guest: Guest) -> Response:
    """Ask for customer number and phone."""
    return page(guest, "access/sign_up.html", number="", phone="")


@router.post("/sign-up")
def ask(guest: Guest, number: Text = "", phone: Text = "") -> Response:
    """Send a code, and ask for it."""
    values: dict[str, Any] = {"number": number, "phone": phone}
    missing = {name: guest.text("access.missing") for name, value in values.items() if not value.strip()}
    if missing:
        return form_error(guest, "access/sign_up.html", missing, **values)
    try:
        sign_up.ask_code(guest.store, number, phone, guest.address, guest.now_ms, guest.random)
    except LockedError as error:
        return form_error(guest, "access/sign_up.html", {"": locked(guest, error)}, 429, **values)
    return page(guest, "access/code.html", **values)


@router.post("/sign-up/code")
def prove(guest: Guest, number: Text = "", phone: Text = "", code: Text = "") -> Response:
    """Take the code."""
    values: dict[str, Any] = {"number": number, "phone": phone}
    try:
        key = sign_up.prove_phone(guest.store, number, phone, code, guest.address, guest.now_ms, guest.random)
    except LockedError as error:
        return form_error(guest, "access/code.html", {"": locked(guest, error)}, 429, **values)
    except WrongCodeError:
        return form_error(guest, "access/code.html", {"code": guest.text("access.wrong-code")}, **values)
    return redirect(f"/sign-up/finish?key={key}")


@router.get("/sign-up/finish")
def finish_form(guest: Guest, key: Key = "") -> Response:
    """Ask for mail address and password."""
    try:
        with guest.store.read() as reading:
            codes.find_link(reading, "finish", key, guest.now_ms)
    except OldLinkError:
        return old_link(guest, "/sign-up", "access.sign-up")
    return page(guest, "access/finish.html", key=key, mail="")


@router.post("/sign-up/finish")
def finish(guest: Guest, key: Text = "", mail: Text = "", password: Text = "", again: Text = "") -> Response:
    """Make the account."""
    errors = unlike(guest, password, again)
    if not errors:
        try:
            sent = sign_up.finish(
                guest.store, key, mail, password, guest.base_url, guest.language, guest.now_ms, guest.random
            )
            return page(guest, "access/sent.html", title="access.mail-sent", text="access.confirm-sent", address=sent)
        except WeakPasswordError as error:
            errors = weak(guest, error)
        except OldLinkError:
            return old_link(guest, "/sign-up", "access.sign-up")
        except InvalidError as error:
            errors = {"mail": guest.text("access.mail-taken" if "already" in str(error) else "access.mail-wrong")}
    return form_error(guest, "access/finish.html", errors, key=key, mail=mail)


@router.get("/confirm/{key}")
def confirm_form(guest: Guest, key: str) -> Response:
    """Ask to confirm: programs that look at the links in a mail do not press buttons."""
    try:
        with guest.store.read() as reading:
            asked = codes.find_link(reading, "mail", key, guest.now_ms)
    except OldLinkError:
        return old_link(guest, "/login", "access.sign-in")
    return page(guest, "access/confirm.html", key=key, address=asked.subject)


@router.post("/confirm/{key}")
def confirm(guest: Guest, key: str) -> Response:
    """Take a mail address as the account's own."""
    try:
        address = sign_up.confirm(guest.store, key, guest.now_ms, guest.random)
    except OldLinkError:
        return old_link(guest, "/login", "access.sign-in")
    return page(guest, "access/confirmed.html", address=address)


def old_link(guest: GuestVisit, path: str, label: str) -> Response:
    """Tell that a link is good no more, and where to get another."""
    return page(guest, "access/old_link.html", 404, way=path, label=label)
