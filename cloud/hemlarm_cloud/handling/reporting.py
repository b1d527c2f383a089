"""What the guard found, and what the customer is told: the two ends of a case that leave the centre's walls."""

from typing import Any

from sqlalchemy import Row

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.cases.categories import HOLD_UP
from hemlarm_cloud.errors import ConflictError, InvalidError, RefusedError
from hemlarm_cloud.handling import automatic, doing, outcomes, seen, steps, taskwork
from hemlarm_cloud.store.transaction import Transaction

CAUSES = tuple(steps.RESULTS[steps.GUARD_REPORT])


def guard_report(
    tx: Transaction,
    actor: Actor,
    case_id: int,
    cause: str,
    secured: bool,
    inner_check: bool,
    note: str,
    version: int,
    now_ms: int,
) -> Row[Any]:
    """Take in the guard's report: the cause that was found, whether damage was covered, whether inside was checked.

    It belongs to the case's log and finishes the task "guard-report"; `version` is the task's. Returns the task's row.
    Raises RefusedError, NotFoundError, InvalidError, and ConflictError if no guard was sent or the task changed.
    """
    case = seen.expect_open(tx, actor, case_id)
    if cause not in CAUSES:
        raise InvalidError(f"no guard reports {cause[:20]!r}; use one of {', '.join(CAUSES)}")
    task = doing.expect_waiting(tx, case_id, steps.GUARD_REPORT)
    if task.state != "open" or not _guard_was_sent(tx, case_id):
        raise ConflictError(f"case {case_id}: no guard was sent; finish the task guard first")
    seen.expect_version(f"task {task.id}", task.version, version)
    detail = {"guard_report": {"cause": cause, "secured": secured, "inner_check": inner_check}}
    return doing.finish(tx, actor, case, task, cause, note, detail, now_ms)


def send_feedback(tx: Transaction, actor: Actor, case_id: int, outcome: str, version: int, now_ms: int) -> Row[Any]:
    """Write to the customer how the alarm ended, and finish the feedback with it; `version` is the task's.

    By SMS, or by mail without a number. `outcome` is the one that the case will be closed with. Raises RefusedError at
    a hold-up, where somebody else could read it, and ConflictError if the customer cannot be written to: then call.
    """
    case = seen.expect_open(tx, actor, case_id)
    if outcome not in outcomes.OUTCOMES or case.kind not in outcomes.OUTCOMES[outcome].kinds:
        raise InvalidError(f"no case of kind {case.kind} ends as {outcome[:20]!r}")
    if case.category == HOLD_UP:
        raise RefusedError(
            "after a hold-up nothing is written, for somebody else may read it: call when the police say"
        )
    task = doing.expect_waiting(tx, case_id, steps.FEEDBACK)
    seen.expect_version(f"task {task.id}", task.version, version)
    result = automatic.tell_feedback(tx, case, outcome, now_ms)
    if result == "not-reached":
        raise ConflictError(f"nobody of the site of case {case_id} can be written to: call instead")
    return doing.finish(tx, actor, case, task, result, "", {"outcome": outcome}, now_ms)


def _guard_was_sent(tx: Transaction, case_id: int) -> bool:
    rows = taskwork.task_rows(tx, case_id)
    return any(row.kind == steps.GUARD and row.result == "sent" for row in rows)
