"""Signing in and out, language and appearance."""

from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from hemlarm_cloud.access import credentials, sessions, signing_in
from hemlarm_cloud.access.signing_in import NotVerifiedError, WrongLoginError
from hemlarm_cloud.errors import RefusedError
from hemlarm_cloud.pages import cookies
from hemlarm_cloud.pages.access.telling import locked, signed_in
from hemlarm_cloud.pages.depends import THEMES, AccountVisit, Guest, GuestVisit, local_path
from hemlarm_cloud.pages.navigation import START
from hemlarm_cloud.pages.rendering import form_error, page, redirect
from hemlarm_cloud.pages.texts import LANGUAGES

router = APIRouter()

Text = Annotated[str, Form(max_length=500)]
Next = Annotated[str, Form(alias="next", max_length=500)]


@router.get("/")
def start(guest: Guest) -> Response:
    """Lead everybody to where they begin."""
    return redirect(START[guest.actor.role] if isinstance(guest, AccountVisit) else "/login")


@router.get("/login")
def login_form(guest: Guest, next_path: Annotated[str, Query(alias="next", max_length=500)] = "/") -> Response:
    """Show the form to sign in."""
    if isinstance(guest, AccountVisit):
        return redirect(local_path(next_path))
    return page(guest, "access/login.html", login="", next_path=local_path(next_path))


@router.post("/login")
def login(guest: Guest, login: Text = "", password: Text = "", next_path: Next = "/") -> Response:
    """Sign in."""
    try:
        signed = signing_in.sign_in(
            guest.store, login, password, guest.address, guest.agent, guest.now_ms, guest.random
        )
    except RefusedError as error:
        told, status = _told(guest, error)
        values = {"login": login, "next_path": local_path(next_path)}
        return form_error(guest, "access/login.html", {"": told}, status, **values)
    wanted = local_path(next_path)
    return signed_in(guest, signed, START[signed.role] if wanted == "/" else wanted)


@router.post("/logout")
def logout(guest: Guest) -> Response:
    """Sign out."""
    if isinstance(guest, AccountVisit):
        with guest.store.begin() as tx:
            sessions.end(tx, guest.session.account, guest.session.id, guest.now_ms)
    answer = redirect("/login")
    cookies.drop_session(guest.request, answer)
    return answer


@router.post("/language")
def speak(guest: Guest, language: Text = "", next_path: Next = "/") -> Response:
    """Change the language of the pages."""
    answer = redirect(local_path(next_path))
    if language in LANGUAGES:
        cookies.keep_choice(guest.request, answer, cookies.LANGUAGE, language)
        if isinstance(guest, AccountVisit):
            with guest.store.begin() as tx:
                credentials.speak(tx, guest.session.account, language)
    return answer


@router.post("/theme")
def appear(guest: Guest, theme: Text = "", next_path: Next = "/") -> Response:
    """Change between dark and light."""
    answer = redirect(local_path(next_path))
    if theme in THEMES:
        cookies.keep_choice(guest.request, answer, cookies.THEME, theme)
    return answer


def _told(guest: GuestVisit, error: RefusedError) -> tuple[str, int]:
    """What to say over the form, and the answer's status."""
    if isinstance(error, WrongLoginError):
        return guest.text("access.wrong"), 403
    if isinstance(error, NotVerifiedError):
        return guest.text("access.unverified"), 403
    return locked(guest, error), 429
