"""The tasks of a case in the store, and how what is known settles which of them are needed."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, select, update

from hemlarm_cloud.cases.categories import INTRUSION, TAMPER
from hemlarm_cloud.handling import deciding
from hemlarm_cloud.handling.deadlines import wake_ms
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import alarm_case, case_task, signal
from hemlarm_cloud.store.schema_sites import site
from hemlarm_cloud.store.transaction import Transaction

_CONFIRMED_QCODE = 1139
"""Contact ID: an intrusion that a second detector confirms."""

_TASKS_MAX = 200
"""Read of one case at most: a plan's, those of a plan before it, and what operators add."""

ADDED = "added-"
"""How the keys of tasks begin that operators added."""

_VERIFIED_BY_CODE = (INTRUSION, TAMPER)
"""Categories where a user's code at the keypad says who is there. It says nothing about a fire."""


def case_row(reading: Queries, case_id: int) -> Row[Any]:
    """Return the row of a case that is known to be there."""
    return reading.connection.execute(select(alarm_case).where(alarm_case.c.id == case_id)).one()


def task_rows(reading: Queries, case_id: int) -> Sequence[Row[Any]]:
    """Return a case's tasks in their order."""
    table = case_task
    query = select(table).where(table.c.case == case_id).order_by(table.c.position, table.c.id)
    return reading.connection.execute(query.limit(_TASKS_MAX)).all()


def decidable(rows: Iterable[Any]) -> list[deciding.Task]:
    """Return what `deciding` wants to know of these tasks."""
    return [deciding.Task(row.kind, row.only_if, row.result, row.done_by is not None) for row in rows]


def given_facts(reading: Queries, cases: Sequence[Any]) -> dict[int, frozenset[str]]:
    """Return for each of these cases the facts that no task brought: of the site, the signals, the user's code."""
    ids = [case.id for case in cases]
    query = select(signal.c.case).where(signal.c.case.in_(ids), signal.c.qcode == _CONFIRMED_QCODE).distinct()
    confirmed = set(reading.connection.scalars(query))
    sites = {case.site for case in cases if case.site is not None}
    with_key = set(reading.connection.scalars(select(site.c.id).where(site.c.id.in_(sites), site.c.key_service)))
    found = {}
    for case in cases:
        by_code = case.cancelled_ms is not None and case.category in _VERIFIED_BY_CODE
        facts = {"key": case.site in with_key, deciding.PROBABLE: case.id in confirmed, "verified": by_code}
        found[case.id] = frozenset(name for name, holds in facts.items() if holds)
    return found


def settle(tx: Transaction, case_id: int) -> None:
    """Write down which tasks are needed by what is known now. What people did or left out stays as it is."""
    case = case_row(tx, case_id)
    rows = task_rows(tx, case_id)
    judged = deciding.verdicts(decidable(rows), given_facts(tx, [case])[case_id])
    for row, verdict in zip(rows, judged, strict=True):
        state = "not-needed" if verdict is False else "open"
        if row.done_by is None and row.state != state:
            values = {"state": state, "version": row.version + 1}
            tx.connection.execute(update(case_task).where(case_task.c.id == row.id).values(values))


def waiting_tasks(reading: Queries, case_id: int) -> list[Row[Any]]:
    """Return the tasks to do now, the first one first."""
    case = case_row(reading, case_id)
    rows = task_rows(reading, case_id)
    return [rows[index] for index in deciding.next_tasks(decidable(rows), given_facts(reading, [case])[case_id])]


def drop_open(tx: Transaction, case_id: int, by: str, now_ms: int) -> None:
    """What is still open in a case that closes is not needed."""
    table = case_task
    values = {"state": "not-needed", "done_by": by, "done_ms": now_ms, "version": table.c.version + 1}
    still_open = update(table).where(table.c.case == case_id, table.c.state == "open")
    tx.connection.execute(still_open.values(values))


def finish(tx: Transaction, task: Any, result: str, note: str, by: str, now_ms: int) -> None:
    """A task was done with this result."""
    values = {"state": "done", "result": result, "note": note, "done_ms": now_ms, "done_by": by}
    values["version"] = task.version + 1
    tx.connection.execute(update(case_task).where(case_task.c.id == task.id).values(values))


def wind(tx: Transaction, case_id: int) -> None:
    """Set when the timers look at a case next. Call it whenever the case or its tasks have changed."""
    case = case_row(tx, case_id)
    due = [row.due_ms for row in task_rows(tx, case_id) if row.state == "open" and row.due_ms is not None]
    wakes_ms = wake_ms(case, due)
    if wakes_ms != case.wake_ms:
        tx.connection.execute(update(alarm_case).where(alarm_case.c.id == case_id).values(wake_ms=wakes_ms))
