"""Cases: the queue, one case and its log, and what an operator does with it as a whole."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from hemlarm_cloud.api import case_models as m
from hemlarm_cloud.api.depends import ERRORS, After, Context, Ctx, Limit, RowId
from hemlarm_cloud.handling import actions, closing, log, queue, views
from hemlarm_cloud.store.queries import Queries

router = APIRouter()


@router.get("/queue", responses=ERRORS)
def show_queue(
    ctx: Ctx,
    limit: Limit = 100,
    put_off: Annotated[bool, Query(description="also cases that were put off until later")] = True,
) -> m.Queue:
    """Show what is open: the most urgent first, then what is open longest."""
    with ctx.store.read() as reading:
        lines = queue.queue(reading, ctx.actor, ctx.now_ms, limit, put_off)
        totals = queue.totals(reading, ctx.actor)
    return m.Queue(open=totals.open, unclaimed=totals.unclaimed, lines=[_line(line) for line in lines])


@router.get("/cases", responses=ERRORS)
def list_cases(
    ctx: Ctx, site: RowId | None = None, open_only: bool = False, after: After = 0, limit: Limit = 100
) -> list[m.CaseHead]:
    """List cases, oldest first: of one site, or of all that the account may see."""
    with ctx.store.read() as reading:
        found = views.cases(reading, ctx.actor, site, open_only, after, limit)
    return [m.CaseHead(**_head(row._asdict())) for row in found]


@router.get("/cases/{case_id}", responses=ERRORS)
def show_case(ctx: Ctx, case_id: RowId) -> m.Case:
    """Show a case with its tasks."""
    with ctx.store.read() as reading:
        return shown(reading, ctx, case_id)


@router.get("/cases/{case_id}/log", responses=ERRORS)
def show_log(ctx: Ctx, case_id: RowId, after: After = 0, limit: Limit = 100) -> list[m.LogEntry]:
    """Show every step of a case, oldest first."""
    with ctx.store.read() as reading:
        found = log.entries(reading, ctx.actor, case_id, after, limit)
    fields = m.LogEntry.model_fields
    return [m.LogEntry(**{name: value for name, value in entry._asdict().items() if name in fields}) for entry in found]


@router.get("/cases/{case_id}/signals", responses=ERRORS)
def show_signals(ctx: Ctx, case_id: RowId, after: After = 0, limit: Limit = 100) -> list[m.CaseSignal]:
    """Show the signals of a case, in the order of their commits."""
    with ctx.store.read() as reading:
        found = views.signals(reading, ctx.actor, case_id, after, limit)
    return [m.CaseSignal(**row._asdict()) for row in found]


@router.post("/cases/{case_id}/claim", responses=ERRORS)
def claim_case(ctx: Ctx, case_id: RowId, wanted: m.Seen) -> m.Case:
    """Take a case that nobody has."""
    with ctx.store.begin() as tx:
        actions.claim(tx, ctx.actor, case_id, wanted.version, ctx.now_ms)
        return shown(tx, ctx, case_id)


@router.post("/cases/{case_id}/release", responses=ERRORS)
def release_case(ctx: Ctx, case_id: RowId, wanted: m.Release) -> m.Case:
    """Put a case back into the queue."""
    with ctx.store.begin() as tx:
        actions.release(tx, ctx.actor, case_id, wanted.version, wanted.why, ctx.now_ms)
        return shown(tx, ctx, case_id)


@router.post("/cases/{case_id}/hand-over", responses=ERRORS)
def hand_over_case(ctx: Ctx, case_id: RowId, wanted: m.HandOver) -> m.Case:
    """Give a case to another operator, named as in operator:bo."""
    with ctx.store.begin() as tx:
        actions.hand_over(tx, ctx.actor, case_id, wanted.version, wanted.to, ctx.now_ms)
        return shown(tx, ctx, case_id)


@router.post("/cases/{case_id}/start", responses=ERRORS)
def start_case(ctx: Ctx, case_id: RowId, wanted: m.Seen) -> m.Case:
    """Begin work on a case."""
    with ctx.store.begin() as tx:
        actions.start(tx, ctx.actor, case_id, wanted.version, ctx.now_ms)
        return shown(tx, ctx, case_id)


@router.post("/cases/{case_id}/wait", responses=ERRORS)
def put_off_case(ctx: Ctx, case_id: RowId, wanted: m.Wait) -> m.Case:
    """Put a case off to a moment in the coming week."""
    with ctx.store.begin() as tx:
        actions.wait(tx, ctx.actor, case_id, wanted.version, wanted.until_ms, wanted.why, ctx.now_ms)
        return shown(tx, ctx, case_id)


@router.post("/cases/{case_id}/resume", responses=ERRORS)
def resume_case(ctx: Ctx, case_id: RowId, wanted: m.Seen) -> m.Case:
    """Go on with a case before its time."""
    with ctx.store.begin() as tx:
        actions.resume(tx, ctx.actor, case_id, wanted.version, ctx.now_ms)
        return shown(tx, ctx, case_id)


@router.post("/cases/{case_id}/close", responses=ERRORS)
def close_case(ctx: Ctx, case_id: RowId, wanted: m.Close) -> m.Case:
    """Close a case with an outcome, when nothing is left that must be done."""
    told = {"note": wanted.note, "no_feedback_because": wanted.no_feedback_because}
    with ctx.store.begin() as tx:
        closing.close(tx, ctx.actor, case_id, wanted.outcome, wanted.version, ctx.now_ms, **told)
        return shown(tx, ctx, case_id)


@router.post("/cases/{case_id}/notes", status_code=201, responses=ERRORS)
def note_on_case(ctx: Ctx, case_id: RowId, wanted: m.NewNote) -> m.Case:
    """Write a line into a case's log."""
    with ctx.store.begin() as tx:
        actions.add_note(tx, ctx.actor, case_id, wanted.note, ctx.now_ms)
        return shown(tx, ctx, case_id)


def shown(reading: Queries, ctx: Context, case_id: int) -> m.Case:
    """A case as it is now, for whoever asks."""
    found = views.case(reading, ctx.actor, case_id)
    rest = {name: found[name] for name in ("site_name", "town", "answer_ms")}
    return m.Case(**_head(found), **rest, tasks=[m.Task(**task) for task in found["tasks"]])


def _head(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in m.CaseHead.model_fields}


def _line(line: queue.Line) -> m.QueueLine:
    rest = line._asdict()
    del rest["case"]
    return m.QueueLine.model_validate(line.case | rest)
