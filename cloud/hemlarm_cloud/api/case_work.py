"""The work on a case: tasks, passwords, the guard's report, feedback to the customer."""

from fastapi import APIRouter

from hemlarm_cloud.api import case_models as m
from hemlarm_cloud.api.cases import shown
from hemlarm_cloud.api.depends import ERRORS, Ctx, RowId
from hemlarm_cloud.handling import doing, password, reporting

router = APIRouter()


@router.post("/cases/{case_id}/tasks", status_code=201, responses=ERRORS)
def add_task(ctx: Ctx, case_id: RowId, wanted: m.NewTask) -> m.Case:
    """Add a task that the plan did not foresee."""
    with ctx.store.begin() as tx:
        doing.add_task(tx, ctx.actor, case_id, wanted.kind, wanted.version, ctx.now_ms, wanted.person, wanted.text)
        return shown(tx, ctx, case_id)


@router.post("/cases/{case_id}/tasks/{task_id}/complete", responses=ERRORS)
def complete_task(ctx: Ctx, case_id: RowId, task_id: RowId, wanted: m.TaskDone) -> m.Case:
    """Finish a task with one of the results that its kind can have."""
    told = (wanted.result, wanted.note, wanted.version)
    with ctx.store.begin() as tx:
        doing.complete_task(tx, ctx.actor, case_id, task_id, *told, ctx.now_ms)
        return shown(tx, ctx, case_id)


@router.post("/cases/{case_id}/tasks/{task_id}/leave-out", responses=ERRORS)
def leave_out_task(ctx: Ctx, case_id: RowId, task_id: RowId, wanted: m.TaskLeftOut) -> m.Case:
    """Leave a task out, with a reason."""
    with ctx.store.begin() as tx:
        doing.skip_task(tx, ctx.actor, case_id, task_id, wanted.reason, wanted.version, ctx.now_ms)
        return shown(tx, ctx, case_id)


@router.post("/cases/{case_id}/password", responses=ERRORS)
def check_password(ctx: Ctx, case_id: RowId, wanted: m.Spoken) -> m.Password:
    """Compare what somebody said with the site's password."""
    with ctx.store.begin() as tx:
        return m.Password(outcome=password.check(tx, ctx.vault, ctx.actor, case_id, wanted.spoken, ctx.now_ms))


@router.post("/cases/{case_id}/counter-password", responses=ERRORS)
def show_counter_password(ctx: Ctx, case_id: RowId) -> m.CounterPassword:
    """Show what the centre says to prove itself; the look is logged."""
    with ctx.store.begin() as tx:
        said = password.reveal_counter(tx, ctx.vault, ctx.actor, case_id, ctx.now_ms)
    return m.CounterPassword(counter_password=said)


@router.post("/cases/{case_id}/guard-report", responses=ERRORS)
def hand_in_guard_report(ctx: Ctx, case_id: RowId, wanted: m.GuardReport) -> m.Case:
    """Hand in what the guard found."""
    told = (wanted.cause, wanted.secured, wanted.inner_check, wanted.note, wanted.version)
    with ctx.store.begin() as tx:
        reporting.guard_report(tx, ctx.actor, case_id, *told, ctx.now_ms)
        return shown(tx, ctx, case_id)


@router.post("/cases/{case_id}/feedback", responses=ERRORS)
def send_feedback(ctx: Ctx, case_id: RowId, wanted: m.Feedback) -> m.Case:
    """Write to the customer how the alarm ended."""
    with ctx.store.begin() as tx:
        reporting.send_feedback(tx, ctx.actor, case_id, wanted.outcome, wanted.version, ctx.now_ms)
        return shown(tx, ctx, case_id)
