"""The page of one case, and what an operator does with the case as a whole."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from hemlarm_cloud.errors import CentreError
from hemlarm_cloud.handling import actions, closing
from hemlarm_cloud.pages.depends import AccountVisit
from hemlarm_cloud.pages.desk import case_view, trouble
from hemlarm_cloud.pages.desk.staff import Id, Seen, Short, Staff, Text
from hemlarm_cloud.pages.rendering import page, redirect
from hemlarm_cloud.store.transaction import Transaction

router = APIRouter()

PART_HEADER = "x-part"
"""Sent by the page's own script, which puts the answer in the place of what it shows."""

MINUTE_MS = 60_000


class Said:
    """What the page says once, after something was done: under which name its texts are, and with which values."""

    def __init__(self, text: str = "", kind: str = "ok", secret: str = "") -> None:
        self.text, self.kind, self.secret = text, kind, secret


def show(visit: AccountVisit, case_id: int, said: Said | None = None, told: trouble.Told | None = None) -> Response:
    """Return a case's page, or its changing part to the page's own script."""
    with visit.store.read() as reading:
        values = case_view.values(reading, visit.actor, case_id, visit.language, visit.now_ms)
    template = "desk/case_part.html" if PART_HEADER in visit.request.headers else "desk/case.html"
    return page(visit, template, said=said or Said(), told=told, **values)


def act(
    visit: AccountVisit, case_id: int, do: Callable[[Transaction], object], said: Said | None = None, ends: bool = False
) -> Response:
    """Do something to a case in one transaction, and show the case as it is then; also where it could not be done.

    `ends` says that it was to close the case.
    """
    try:
        with visit.store.begin() as tx:
            do(tx)
    except CentreError as error:
        return refuse(visit, case_id, error, ends)
    if said is not None or PART_HEADER in visit.request.headers:
        return show(visit, case_id, said)
    return redirect(f"/desk/cases/{case_id}")


def refuse(visit: AccountVisit, case_id: int, error: CentreError, ends: bool = False) -> Response:
    """Return a case's page with what could not be done, and why. A case that is not there has no page."""
    if trouble.status_of(error) == 404:
        raise error
    answer = show(visit, case_id, told=trouble.explain_case(visit, error, case_id, ends))
    answer.status_code = trouble.status_of(error)
    return answer


@router.get("/cases/{case_id}")
def show_case(visit: Staff, case_id: Id) -> Response:
    """Show a case."""
    return show(visit, case_id)


@router.post("/cases/{case_id}/claim")
def claim(visit: Staff, case_id: Id, version: Seen) -> Response:
    """Take a case that nobody has."""
    return act(visit, case_id, lambda tx: actions.claim(tx, visit.actor, case_id, version, visit.now_ms))


@router.post("/cases/{case_id}/release")
def release(visit: Staff, case_id: Id, version: Seen, why: Text = "") -> Response:
    """Put a case back into the queue."""
    return act(visit, case_id, lambda tx: actions.release(tx, visit.actor, case_id, version, why, visit.now_ms))


@router.post("/cases/{case_id}/hand-over")
def hand_over(visit: Staff, case_id: Id, version: Seen, to: Short = "") -> Response:
    """Give a case to a colleague."""
    return act(visit, case_id, lambda tx: actions.hand_over(tx, visit.actor, case_id, version, to, visit.now_ms))


@router.post("/cases/{case_id}/wait")
def put_off(
    visit: Staff, case_id: Id, version: Seen, minutes: Annotated[int, Form(ge=1, le=10_080)], why: Text = ""
) -> Response:
    """Put a case off for some minutes."""
    until_ms = visit.now_ms + minutes * MINUTE_MS
    return act(visit, case_id, lambda tx: actions.wait(tx, visit.actor, case_id, version, until_ms, why, visit.now_ms))


@router.post("/cases/{case_id}/resume")
def resume(visit: Staff, case_id: Id, version: Seen) -> Response:
    """Go on with a case before its time."""
    return act(visit, case_id, lambda tx: actions.resume(tx, visit.actor, case_id, version, visit.now_ms))


@router.post("/cases/{case_id}/note")
def note(visit: Staff, case_id: Id, note: Text = "") -> Response:
    """Write a line into a case's log."""
    return act(visit, case_id, lambda tx: actions.add_note(tx, visit.actor, case_id, note, visit.now_ms))


@router.post("/cases/{case_id}/close")
def close(
    visit: Staff, case_id: Id, version: Seen, outcome: Short = "", note: Text = "", no_feedback_because: Text = ""
) -> Response:
    """Close a case, when nothing is left that must be done."""
    told = (outcome, version, visit.now_ms, note, no_feedback_because)
    return act(visit, case_id, lambda tx: closing.close(tx, visit.actor, case_id, *told), ends=True)
