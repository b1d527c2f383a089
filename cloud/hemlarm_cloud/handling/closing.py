"""Closing a case: nothing that must be done is left, and the customer has heard from us."""

from typing import Any

from sqlalchemy import Row, update

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import ConflictError, InvalidError
from hemlarm_cloud.handling import actions, deciding, outcomes, steps, taskwork
from hemlarm_cloud.handling.outcomes import OUTCOMES
from hemlarm_cloud.sites import values
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import case_task
from hemlarm_cloud.store.schema_sites import site
from hemlarm_cloud.store.transaction import Transaction


def close(
    tx: Transaction,
    actor: Actor,
    case_id: int,
    outcome: str,
    version: int,
    now_ms: int,
    note: str = "",
    no_feedback_because: str = "",
) -> Row[Any]:
    """Close a case with one of OUTCOMES; a test that went well counts as the site's yearly test.

    Raises ConflictError while a task that must be done is open; the feedback may be left out, with a reason. Raises
    InvalidError for an outcome that the case cannot have.
    """
    case = actions.expect_own(tx, actor, case_id, version)
    told = values.text(note, "note", actions.NOTE_MAX)
    _expect_possible(tx, case, outcome)
    because = values.text(no_feedback_because, "no_feedback_because", actions.NOTE_MAX)
    _expect_done(tx, case, because)
    if because:
        _leave_out_feedback(tx, actor, case_id, because, now_ms)
    taskwork.drop_open(tx, case_id, actor.name, now_ms)
    if outcome == outcomes.TEST and case.site is not None:
        tx.connection.execute(update(site).where(site.c.id == case.site).values(tested_ms=case.began_ms))
    detail = {"outcome": outcome, "note": told, "no_feedback_because": because}
    closed = {"state": "closed", "outcome": outcome, "closed_ms": now_ms}
    return actions.change(tx, actor, case, closed, "closed", {k: v for k, v in detail.items() if v}, now_ms)


def blocking(reading: Queries, case: Row[Any]) -> list[Row[Any]]:
    """Return the tasks that keep a case from being closed: those whose turn has come or may still come."""
    rows = taskwork.task_rows(reading, case.id)
    judged = deciding.verdicts(taskwork.decidable(rows), taskwork.given_facts(reading, [case])[case.id])
    return [row for row, verdict in zip(rows, judged, strict=True) if verdict is not False and row.done_by is None]


def _expect_possible(reading: Queries, case: Row[Any], outcome: str) -> None:
    if outcome not in OUTCOMES or case.kind not in OUTCOMES[outcome].kinds:
        known = ", ".join(name for name, found in OUTCOMES.items() if case.kind in found.kinds)
        raise InvalidError(f"a case of kind {case.kind} cannot end as {outcome[:20]!r}; use one of {known}")
    if outcome == outcomes.CANCELLED and case.cancelled_ms is None:
        raise ConflictError(f"case {case.id} was not cancelled by a user's code; close it as accidental")
    if outcome == outcomes.TEST and not case.test and not _is_verified(reading, case):
        raise ConflictError(f"case {case.id} is a test only if the password was right; verify it first")


def _is_verified(reading: Queries, case: Row[Any]) -> bool:
    tasks = taskwork.decidable(taskwork.task_rows(reading, case.id))
    return "verified" in deciding.known_facts(tasks, frozenset())


def _expect_done(reading: Queries, case: Row[Any], no_feedback_because: str) -> None:
    still_open = blocking(reading, case)
    if no_feedback_because:
        still_open = [row for row in still_open if row.kind != steps.FEEDBACK]
    if still_open:
        kinds = ", ".join(dict.fromkeys(row.kind for row in still_open))
        raise ConflictError(f"case {case.id} has open tasks: {kinds}; do them, or leave them out with a reason")


def _leave_out_feedback(tx: Transaction, actor: Actor, case_id: int, because: str, now_ms: int) -> None:
    table = case_task
    values_ = {"state": "not-needed", "note": because, "done_by": actor.name, "done_ms": now_ms}
    unheard = (table.c.case == case_id, table.c.kind == steps.FEEDBACK, table.c.done_by.is_(None))
    tx.connection.execute(update(table).where(*unheard).values(values_ | {"version": table.c.version + 1}))
