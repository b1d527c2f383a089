"""One's own account: password, mail address, where one is signed in."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from hemlarm_cloud.access import own_account, sessions
from hemlarm_cloud.access.attempts import LockedError
from hemlarm_cloud.access.passwords import WeakPasswordError
from hemlarm_cloud.access.signing_in import WrongLoginError
from hemlarm_cloud.errors import InvalidError
from hemlarm_cloud.notices.addresses import is_address
from hemlarm_cloud.pages.access.browsers import browser_name
from hemlarm_cloud.pages.access.telling import locked, unlike, weak
from hemlarm_cloud.pages.depends import AccountVisit, Visit
from hemlarm_cloud.pages.rendering import page, redirect

router = APIRouter()

Text = Annotated[str, Form(max_length=500)]


@router.get("/account")
def show(visit: Visit, done: str = "") -> Response:
    """Show the account."""
    return _page(visit, told=done if done in ("password", "mail", "sessions") else "")


@router.post("/account/password")
def change_password(visit: Visit, now: Text = "", password: Text = "", again: Text = "") -> Response:
    """Change the password, which ends the other sessions."""
    errors = unlike(visit, password, again)
    if not errors:
        try:
            own_account.change_password(visit.store, visit.session, now, password, visit.now_ms, visit.random)
            return redirect("/account?done=password")
        except WrongLoginError:
            errors = {"now": visit.text("access.now-wrong")}
        except LockedError as error:
            errors = {"now": locked(visit, error)}
        except WeakPasswordError as error:
            errors = weak(visit, error)
    return _page(visit, errors=errors, status=422)


@router.post("/account/mail")
def change_mail(visit: Visit, mail: Text = "", now: Text = "") -> Response:
    """Send the link that makes another mail address one's own."""
    try:
        session = visit.session
        own_account.change_mail(visit.store, session, now, mail, visit.base_url, visit.now_ms, visit.random)
        return redirect("/account?done=mail")
    except WrongLoginError:
        errors = {"mail-now": visit.text("access.now-wrong")}
    except LockedError as error:
        errors = {"mail-now": locked(visit, error)}
    except InvalidError:
        errors = {"mail": visit.text("access.mail-wrong")}
    return _page(visit, errors=errors, status=422, mail=mail)


@router.post("/account/sessions/{session_id}/end")
def end_session(visit: Visit, session_id: int) -> Response:
    """Sign a browser out."""
    with visit.store.begin() as tx:
        sessions.end(tx, visit.session.account, session_id, visit.now_ms)
    return redirect("/account?done=sessions")


@router.post("/account/sessions/end-others")
def end_others(visit: Visit) -> Response:
    """Sign all other browsers out."""
    with visit.store.begin() as tx:
        sessions.end_all(tx, visit.session.account, visit.now_ms, visit.session.id)
    return redirect("/account?done=sessions")


def _page(
    visit: AccountVisit, errors: dict[str, str] | None = None, status: int = 200, told: str = "", mail: str = ""
) -> Response:
    with visit.store.read() as reading:
        rows = sessions.open_ones(reading, visit.session.account, visit.now_ms)
    shown = [(row, browser_name(row.agent)) for row in rows]
    return page(
        visit,
        "access/account.html",
        status,
        sessions=shown,
        errors=errors or {},
        told=told,
        mail=mail,
        has_mail=is_address(visit.session.login),
    )
