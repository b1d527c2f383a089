"""The work on a case: tasks, the password both ways, the guard's report, feedback to the customer."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from hemlarm_cloud.errors import CentreError
from hemlarm_cloud.handling import doing, password, reporting
from hemlarm_cloud.pages.desk.case_routes import Said, act, refuse, show
from hemlarm_cloud.pages.desk.staff import Id, Seen, Short, Staff, Text
from hemlarm_cloud.sites import passwords

router = APIRouter()


@router.post("/cases/{case_id}/tasks")
def add_task(
    visit: Staff,
    case_id: Id,
    version: Seen,
    kind: Short = "",
    person: Annotated[str, Form(max_length=20)] = "",
    text: Text = "",
) -> Response:
    """Add a task that the plan did not foresee."""
    who = int(person) if person.isascii() and person.isdecimal() else None
    told = (kind, version, visit.now_ms, who, text)
    return act(visit, case_id, lambda tx: doing.add_task(tx, visit.actor, case_id, *told))


@router.post("/cases/{case_id}/tasks/{task_id}/done")
def complete_task(
    visit: Staff, case_id: Id, task_id: Id, version: Seen, result: Short = "", note: Text = ""
) -> Response:
    """Finish a task."""
    told = (task_id, result, note, version, visit.now_ms)
    return act(visit, case_id, lambda tx: doing.complete_task(tx, visit.actor, case_id, *told))


@router.post("/cases/{case_id}/tasks/{task_id}/leave-out")
def leave_out(visit: Staff, case_id: Id, task_id: Id, version: Seen, reason: Text = "") -> Response:
    """Leave a task out, with a reason."""
    told = (task_id, reason, version, visit.now_ms)
    return act(visit, case_id, lambda tx: doing.skip_task(tx, visit.actor, case_id, *told))


@router.post("/cases/{case_id}/guard-report")
def guard_report(
    visit: Staff,
    case_id: Id,
    version: Seen,
    cause: Short = "",
    secured: Short = "",
    inner_check: Short = "",
    note: Text = "",
) -> Response:
    """Hand in what the guard found."""
    told = (cause, secured == "yes", inner_check == "yes", note, version, visit.now_ms)
    return act(visit, case_id, lambda tx: reporting.guard_report(tx, visit.actor, case_id, *told))


@router.post("/cases/{case_id}/feedback")
def feedback(visit: Staff, case_id: Id, version: Seen, outcome: Short = "") -> Response:
    """Write to the customer how the alarm ended."""
    told = (outcome, version, visit.now_ms)
    said = Said(visit.text("desk.feedback-sent"))
    return act(visit, case_id, lambda tx: reporting.send_feedback(tx, visit.actor, case_id, *told), said)


_HEARD = {passwords.RIGHT: "ok", passwords.WRONG: "urgent", passwords.NOT_SET: "warning"}


@router.post("/cases/{case_id}/password")
def check_password(visit: Staff, case_id: Id, spoken: Short = "") -> Response:
    """Compare what somebody said with the site's password."""
    try:
        with visit.store.begin() as tx:
            outcome = password.check(tx, visit.vault, visit.actor, case_id, spoken, visit.now_ms)
    except CentreError as error:
        return refuse(visit, case_id, error)
    return show(visit, case_id, Said(visit.text(f"desk.password-{outcome}"), _HEARD[outcome]))


@router.post("/cases/{case_id}/counter-password")
def show_counter(visit: Staff, case_id: Id) -> Response:
    """Show what the centre says to prove itself; the look is logged."""
    try:
        with visit.store.begin() as tx:
            counter = password.reveal_counter(tx, visit.vault, visit.actor, case_id, visit.now_ms)
    except CentreError as error:
        return refuse(visit, case_id, error)
    if counter is None:
        return show(visit, case_id, Said(visit.text("desk.counter-none"), "warning"))
    return show(visit, case_id, Said(visit.text("desk.counter-say"), "info", counter))
