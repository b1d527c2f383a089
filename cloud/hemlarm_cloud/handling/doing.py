"""What operators do with the tasks of a case: finish one, leave one out with a reason, add one."""

from typing import Any

from sqlalchemy import Row, func, insert, or_, select, update

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.handling import actions, password, seen, steps, taskwork
from hemlarm_cloud.handling.default_plans import NEVER
from hemlarm_cloud.sites import values
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import case_task
from hemlarm_cloud.store.schema_sites import contact, person, site
from hemlarm_cloud.store.transaction import Transaction

ADDED_MAX = 50
"""Tasks that operators add to one case."""

TEXT_MAX = 200

_OTHERWISE = {
    (steps.GUARD_REPORT, None): "hand in the guard's report instead, with what was secured",
    (steps.FEEDBACK, "texted"): "send the feedback instead; this then follows by itself",
    (steps.FEEDBACK, "mailed"): "send the feedback instead; this then follows by itself",
}
"""Results that other actions bring, by kind and result; None stands for all of the kind's."""


def complete_task(
    tx: Transaction,
    actor: Actor,
    case_id: int,
    task_id: int,
    result: str,
    note: str,
    version: int,
    now_ms: int,
) -> Row[Any]:
    """Finish a task with one of the results that its kind can have; `version` is the task's. Returns its row.

    What the result makes needless or brings is settled at once. Any member of the staff may work on a case that
    somebody has claimed. Raises RefusedError, NotFoundError, InvalidError, and ConflictError if the task changed.
    """
    case, task = _expect_task(tx, actor, case_id, task_id, version)
    otherwise = _OTHERWISE.get((task.kind, None)) or _OTHERWISE.get((task.kind, result))
    if otherwise is not None:
        raise ConflictError(f"task {task_id} is not finished so: {otherwise}")
    if result not in steps.RESULTS[task.kind]:
        known = ", ".join(steps.RESULTS[task.kind])
        raise InvalidError(f"{task.kind} cannot turn out as {result[:20]!r}; use one of {known}")
    if "verified" in steps.RESULTS[task.kind][result]:
        password.expect_right(tx, case_id)
    return finish(tx, actor, case, task, result, note, {}, now_ms)


def finish(
    tx: Transaction,
    actor: Actor,
    case: Row[Any],
    task: Row[Any],
    result: str,
    note: str,
    detail: dict[str, Any],
    now_ms: int,
) -> Row[Any]:
    """Write down that a task was done, what follows for the others, and that work on the case goes on."""
    said = values.text(note, "note", actions.NOTE_MAX)
    taskwork.finish(tx, task, result, said, actor.name, now_ms)
    told = {"task": task.key, "result": result} | ({"note": said} if said else {}) | detail
    _went_on(tx, actor, case, "task-done", told, now_ms)
    return task_row(tx, case.id, task.id)


def skip_task(
    tx: Transaction, actor: Actor, case_id: int, task_id: int, reason: str, version: int, now_ms: int
) -> Row[Any]:
    """Leave a task out, with a reason that the log keeps. Raises as `complete_task` does."""
    case, task = _expect_task(tx, actor, case_id, task_id, version)
    why = values.text(reason, "reason", actions.NOTE_MAX, 1)
    left_out = {"state": "not-needed", "note": why, "done_ms": now_ms, "done_by": actor.name}
    left_out["version"] = task.version + 1
    tx.connection.execute(update(case_task).where(case_task.c.id == task_id).values(left_out))
    _went_on(tx, actor, case, "task-left-out", {"task": task.key, "reason": why}, now_ms)
    return task_row(tx, case_id, task_id)


def add_task(
    tx: Transaction,
    actor: Actor,
    case_id: int,
    kind: str,
    version: int,
    now_ms: int,
    person_id: int | None = None,
    text: str = "",
) -> Row[Any]:
    """Add a task that the plan did not foresee; `version` is the case's. Returns the task's row.

    Raises RefusedError for a call to the site of somebody who may be held up, and NotFoundError for a person who is
    neither one of the site's contacts nor of its customer's people.
    """
    case = actions.expect(tx, actor, case_id, version)
    _expect_claimed(case)
    values.one_of(kind, "kind", steps.KINDS)
    if kind in NEVER.get(case.category, ()):
        raise RefusedError(f"{kind} is never done at {case.category}: it would tell whoever threatens")
    if person_id is not None:
        _expect_person(tx, case.site, person_id)
    number = _added(tx, case_id) + 1
    if number > ADDED_MAX:
        raise ConflictError(f"case {case_id} has {ADDED_MAX} added tasks: write notes instead")
    wanted = [_added_row(tx, case_id, f"{taskwork.ADDED}{number}", kind, person_id, text, "")]
    if kind == steps.GUARD:
        wanted.append(
            _added_row(tx, case_id, f"{taskwork.ADDED}{number}-report", steps.GUARD_REPORT, None, "", "guard-sent")
        )
    for row in wanted:
        tx.connection.execute(insert(case_task).values(row))
    _went_on(tx, actor, case, "task-added", {"task": wanted[0]["key"], "kind": kind}, now_ms)
    return task_by_key(tx, case_id, str(wanted[0]["key"]))


def expect_waiting(reading: Queries, case_id: int, kind: str) -> Row[Any]:
    """Return the first task of this kind that is not done or left out. Raises ConflictError if there is none."""
    rows = [row for row in taskwork.task_rows(reading, case_id) if row.kind == kind and row.done_by is None]
    if not rows:
        raise ConflictError(f"case {case_id} waits for no {kind}: add the task first")
    return min(rows, key=lambda row: row.state != "open")


def task_row(reading: Queries, case_id: int, task_id: int) -> Row[Any]:
    """Return a task's row. Raises NotFoundError if the case has none with this id."""
    query = select(case_task).where(case_task.c.id == task_id, case_task.c.case == case_id)
    found = reading.connection.execute(query).one_or_none()
    if found is None:
        raise NotFoundError(f"case {case_id} has no task {task_id}; look at the case again")
    return found


def task_by_key(reading: Queries, case_id: int, key: str) -> Row[Any]:
    """Return the row of a task that is known to be there."""
    query = select(case_task).where(case_task.c.case == case_id, case_task.c.key == key)
    return reading.connection.execute(query).one()


def _expect_task(tx: Transaction, actor: Actor, case_id: int, task_id: int, version: int) -> tuple[Row[Any], Row[Any]]:
    case = seen.expect_open(tx, actor, case_id)
    task = task_row(tx, case_id, task_id)
    _expect_claimed(case)
    seen.expect_version(f"task {task_id}", task.version, version)
    if task.done_by is not None:
        raise ConflictError(f"task {task_id} was settled by {task.done_by}")
    return case, task


def _expect_claimed(case: Row[Any]) -> None:
    if case.operator is None:
        raise ConflictError(f"case {case.id} is nobody's: claim it first")


def _went_on(tx: Transaction, actor: Actor, case: Row[Any], kind: str, detail: dict[str, Any], now_ms: int) -> None:
    """Settle the case's tasks; work on it counts as begun unless it was put off on purpose."""
    taskwork.settle(tx, case.id)
    state = {"state": "in-progress"} if case.state in ("new", "claimed") else {}
    actions.change(tx, actor, case, state, kind, detail, now_ms)


def _expect_person(reading: Queries, site_id: int | None, person_id: int) -> None:
    of_site = select(contact.c.person).where(contact.c.site == site_id)
    of_customer = select(site.c.customer).where(site.c.id == site_id, site.c.customer.is_not(None))
    theirs = or_(person.c.id.in_(of_site), person.c.customer.in_(of_customer))
    if reading.connection.scalar(select(person.c.id).where(person.c.id == person_id, theirs)) is None:
        raise NotFoundError(f"no person {person_id} belongs to this site; its contacts are listed with it")


def _added(reading: Queries, case_id: int) -> int:
    table = case_task
    like = (table.c.key.like(f"{taskwork.ADDED}%"), table.c.key.not_like("%-report"))
    return reading.connection.scalar(select(func.count()).where(table.c.case == case_id, *like)) or 0


def _added_row(
    tx: Transaction, case_id: int, key: str, kind: str, person_id: int | None, text: str, only_if: str
) -> dict[str, Any]:
    table = case_task
    last = tx.connection.scalar(select(func.max(table.c.position)).where(table.c.case == case_id)) or 0
    row = {"case": case_id, "key": key, "position": last + 1, "kind": kind, "person": person_id}
    return row | {"text": values.text(text, "text", TEXT_MAX), "only_if": only_if, "state": "open"}
