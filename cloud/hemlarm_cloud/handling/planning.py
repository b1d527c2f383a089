"""From action plans to the tasks of a case. Called by case work, within the transaction that makes or changes the case.

Each task has a key that is unique in its case and depends only on the plan and the site's contacts, so however often a
case is planned, no task is there twice.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Row, delete, insert, select, update

from hemlarm_cloud.actor import SYSTEM
from hemlarm_cloud.handling import automatic, log, steps, taskwork
from hemlarm_cloud.handling.default_plans import ASKED_WITHIN_MS, INCIDENT, NEVER, PLANS, TEST, Step
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import alarm_case, case_task
from hemlarm_cloud.store.schema_sites import contact, plan_step, site
from hemlarm_cloud.store.transaction import Transaction

TASKS_MAX = 100
"""Of one case. A plan with more steps than that after its contacts are put in ends there, but for the feedback."""


class Planned(NamedTuple):
    """A task as the plan wants it."""

    key: str
    position: int
    kind: str
    person: int | None
    text: str
    only_if: str
    due_ms: int | None


def begin(tx: Transaction, case_id: int, now_ms: int) -> None:
    """Give a case its tasks. Call it when the case is new; another call changes nothing."""
    _plan(tx, case_id, now_ms, again=False)


def recategorised(tx: Transaction, case_id: int, now_ms: int) -> None:
    """Plan a case again: its category rose, it turned out to be a test, or signals tell what decides on its tasks.

    Of a case that nobody has worked on, the tasks become those of the new plan. In any other what was begun stays, and
    what the new plan wants is added.
    """
    _plan(tx, case_id, now_ms, again=True)


def cancelled(tx: Transaction, case_id: int, now_ms: int) -> None:
    """A user cancelled the alarm by code (`cancelled_ms` of the case is set): what it makes needless is taken out."""
    case = taskwork.case_row(tx, case_id)
    taskwork.settle(tx, case_id)
    log.write(tx, case_id, case.site, SYSTEM.name, "user-cancelled", {}, now_ms)


def closed_by_itself(tx: Transaction, case_id: int, outcome: str, now_ms: int) -> None:
    """Close a case that nobody worked on, as "cancelled-by-user" or "restored"; what is open in it is not needed.

    After an alarm the customer gets feedback by SMS, or by mail without a number. It is no error if the case is closed
    already: its tasks and its feedback are then brought to the same end.
    """
    case = taskwork.case_row(tx, case_id)
    if case.state != "closed":
        values = {"state": "closed", "outcome": outcome, "closed_ms": now_ms, "version": case.version + 1}
        tx.connection.execute(update(alarm_case).where(alarm_case.c.id == case_id).values(values))
    tx.connection.execute(update(alarm_case).where(alarm_case.c.id == case_id).values(wake_ms=None))
    automatic.give_feedback(tx, case, outcome, now_ms)
    taskwork.drop_open(tx, case_id, SYSTEM.name, now_ms)
    log.write(tx, case_id, case.site, SYSTEM.name, "closed", {"outcome": outcome}, now_ms)


def plan_name(case: Any) -> str:
    """Which plan a case follows: its category's, unless it is a test, an incident or a service task."""
    if case.kind == "incident":
        return INCIDENT
    if case.kind == "service":
        return "service"
    return TEST if case.test else str(case.category)


def plan_of(reading: Queries, site_id: int | None, name: str) -> tuple[Step, ...]:
    """Return the plan of a site for a category: its own, or the default one. Contacts are not put in yet."""
    table = plan_step
    columns = (table.c.kind, table.c.only_if, table.c.person, table.c.text)
    query = select(*columns).where(table.c.site == site_id, table.c.category == name).order_by(table.c.position)
    own = () if site_id is None else reading.connection.execute(query.limit(TASKS_MAX)).all()
    return tuple(Step(*row) for row in own) or PLANS.get(name, PLANS["service"])


def _plan(tx: Transaction, case_id: int, now_ms: int, again: bool) -> None:
    case = taskwork.case_row(tx, case_id)
    planned = _planned(tx, case)
    changed = _reconcile(tx, case, planned)
    taskwork.settle(tx, case_id)
    taskwork.wind(tx, case_id)
    if changed or again:
        detail = {"plan": plan_name(case), "tasks": len(planned)}
        log.write(tx, case_id, case.site, SYSTEM.name, "planned", detail, now_ms)


def _planned(tx: Transaction, case: Row[Any]) -> list[Planned]:
    plan = list(plan_of(tx, case.site, plan_name(case)))
    if case.kind == "alarm" and not case.test and not any(step.kind == steps.FEEDBACK for step in plan):
        plan.append(Step(steps.FEEDBACK))
    never = NEVER.get(case.category, ())
    plan = [step for step in plan if step.kind in steps.RESULTS and step.kind not in never]
    return _keyed(_expanded(tx, case.site, plan), case)


def _expanded(tx: Transaction, site_id: int | None, plan: list[Step]) -> Iterable[Step]:
    """Put the site's contacts where the plan says so, and the guard's report behind the guard."""
    people = [] if site_id is None else _contacts(tx, site_id)
    called = [row.person for row in people if not row.fire_neighbour]
    neighbours = [row.person for row in people if row.fire_neighbour]
    first_is_asked = any(step.kind == steps.VERIFY_PASSWORD for step in plan)
    for step in plan:
        if step.kind == steps.CALL_CONTACT and step.person is None:
            yield from (step._replace(person=person) for person in called[1 if first_is_asked else 0 :])
        elif step.kind == steps.FIRE_NEIGHBOUR and step.person is None:
            yield from (step._replace(person=person) for person in neighbours)
        elif step.kind == steps.VERIFY_PASSWORD and step.person is None:
            yield step._replace(person=called[0] if called else None)
        elif step.kind == steps.GUARD:
            yield step._replace(text=step.text or _guard_text(tx, site_id))
            yield Step(steps.GUARD_REPORT, "guard-sent")
        else:
            yield step


def _contacts(tx: Transaction, site_id: int) -> Any:
    table = contact
    columns = (table.c.person, table.c.fire_neighbour)
    query = select(*columns).where(table.c.site == site_id).order_by(table.c.position).limit(TASKS_MAX)
    return tx.connection.execute(query).all()


def _guard_text(tx: Transaction, site_id: int | None) -> str:
    found = tx.connection.execute(select(site.c.key_service, site.c.guard).where(site.c.id == site_id)).one_or_none()
    if found is None:
        return ""
    task = "has the key: looks inside and secures" if found.key_service else "has no key: looks from outside"
    return f"{found.guard or 'guard'} {task}"[:200]


def _keyed(plan: Iterable[Step], case: Row[Any]) -> list[Planned]:
    made: dict[str, Planned] = {}
    for step in plan:
        mark = str(step.person) if step.kind in steps.LADDERS and step.person else step.only_if
        key = f"{step.kind}:{mark}" if mark else step.kind
        if key in made or (len(made) >= TASKS_MAX and step.kind != steps.FEEDBACK):
            continue
        due_ms = _due_ms(step.kind, case)
        made[key] = Planned(key, len(made) + 1, step.kind, step.person, step.text, step.only_if, due_ms)
    return list(made.values())


def _due_ms(kind: str, case: Row[Any]) -> int | None:
    opened_ms: int = case.opened_ms
    if kind == steps.VERIFY_PASSWORD and case.kind == "alarm":
        return opened_ms + ASKED_WITHIN_MS
    return opened_ms if kind == steps.REMIND_CUSTOMER else None


def _reconcile(tx: Transaction, case: Row[Any], planned: list[Planned]) -> bool:
    """Bring the case's tasks to what is planned; what people have done stays. Returns whether anything changed."""
    rows = taskwork.task_rows(tx, case.id)
    there = {row.key: row for row in rows}
    wanted = {task.key for task in planned}
    worked_on = case.answered_ms is not None or any(row.done_by is not None for row in rows)
    sent = {row.kind for row in rows if row.kind == steps.GUARD and row.result == "sent"}
    missing = [task for task in planned if task.key not in there and task.kind not in sent]
    if missing:
        added = [task._asdict() | {"case": case.id, "state": "open"} for task in missing]
        tx.connection.execute(insert(case_task), added)
    gone = [row for row in rows if row.key not in wanted and row.done_by is None]
    if worked_on:
        replaced = {task.kind for task in planned} | set(NEVER.get(case.category, ()))
        gone = [row for row in gone if row.kind in replaced and not row.key.startswith(taskwork.ADDED)]
        _leave_out(tx, gone)
    elif gone:
        tx.connection.execute(delete(case_task).where(case_task.c.id.in_([row.id for row in gone])))
    moved = [task for task in planned if task.key in there and _differs(there[task.key], task)]
    for task in moved:
        row = there[task.key]
        values = {"position": task.position, "only_if": task.only_if, "version": row.version + 1}
        tx.connection.execute(update(case_task).where(case_task.c.id == row.id).values(values))
    return bool(missing or gone or moved)


def _differs(row: Row[Any], task: Planned) -> bool:
    return row.done_by is None and (row.position, row.only_if) != (task.position, task.only_if)


def _leave_out(tx: Transaction, rows: list[Row[Any]]) -> None:
    """What another plan's step takes the place of, or what the category forbids, is not for people any more."""
    left_out = {"state": "not-needed", "done_by": SYSTEM.name, "version": case_task.c.version + 1}
    tx.connection.execute(update(case_task).where(case_task.c.id.in_([row.id for row in rows])).values(left_out))
