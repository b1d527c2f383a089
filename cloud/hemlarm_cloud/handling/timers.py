"""What time alone brings in cases: nobody took one, one was put off until now, something is due.

The step looks at no clock; whoever calls it says what time it is.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select, update

from hemlarm_cloud.actor import SYSTEM
from hemlarm_cloud.handling import automatic, log, steps, taskwork
from hemlarm_cloud.handling.deadlines import escalates_ms
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_cases import alarm_case, case_task
from hemlarm_cloud.store.transaction import Transaction

_GROUP = 50
"""Cases of one transaction: some 50 ms, so that ingest and operators wait for no more."""

_GROUPS = 4
"""Transactions of one step: a new fire waits for a fraction of a second, even behind a thousand old alarms."""

AGAIN_MS = 86_400_000
"""A case whose only task was a reminder comes to the operators after a day, if the fault still lasts then."""


def step(store: Store, now_ms: int) -> int | None:
    """Do what is due. Returns when to call again, in ms since 1970, or None if no case waits for time."""
    for _ in range(_GROUPS):
        with store.begin() as tx:
            due = _due(tx, now_ms)
            for case in due:
                _wake(tx, case, now_ms)
        if len(due) < _GROUP:
            break
    with store.read() as reading:
        next_ms: int | None = reading.connection.scalar(
            select(alarm_case.c.wake_ms)
            .where(alarm_case.c.wake_ms.is_not(None))
            .order_by(alarm_case.c.wake_ms)
            .limit(1)
        )
    return next_ms


def _due(tx: Transaction, now_ms: int) -> Sequence[Row[Any]]:
    table = alarm_case
    query = select(table).where(table.c.wake_ms.is_not(None), table.c.wake_ms <= now_ms)
    return tx.connection.execute(query.order_by(table.c.wake_ms, table.c.id).limit(_GROUP)).all()


def _wake(tx: Transaction, case: Row[Any], now_ms: int) -> None:
    """Do for one case what is due. Afterwards its alarm clock stands on something later, or on nothing."""
    if case.state == "waiting":
        state = "in-progress" if case.operator else "new"
        _set(tx, case.id, state=state, version=case.version + 1)
        log.write(tx, case.id, case.site, SYSTEM.name, "woke", {}, now_ms)
    escalate_ms = escalates_ms(case)
    if escalate_ms is not None and escalate_ms <= now_ms:
        _set(tx, case.id, escalation=case.escalation + 1)
        waited_s = (now_ms - case.opened_ms) // 1000
        log.write(tx, case.id, case.site, SYSTEM.name, "escalated", {"waited_s": waited_s}, now_ms)
    for task in taskwork.task_rows(tx, case.id):
        if task.state == "open" and task.due_ms is not None and task.due_ms <= now_ms:
            _overdue(tx, case, task, now_ms)
    taskwork.wind(tx, case.id)


def _overdue(tx: Transaction, case: Row[Any], task: Row[Any], now_ms: int) -> None:
    """A task's time has come: a reminder is sent, anything else is told of once."""
    tx.connection.execute(update(case_task).where(case_task.c.id == task.id).values(due_ms=None))
    if task.kind != steps.REMIND_CUSTOMER:
        log.write(tx, case.id, case.site, SYSTEM.name, "task-overdue", {"task": task.key}, now_ms)
        return
    result = automatic.remind(tx, case, now_ms) if case.site is not None else None
    if result is None or result == "not-reached":
        log.write(tx, case.id, case.site, SYSTEM.name, "not-reminded", {"task": task.key}, now_ms)
        return
    taskwork.finish(tx, task, result, "", SYSTEM.name, now_ms)
    log.write(tx, case.id, case.site, SYSTEM.name, "reminded", {"task": task.key, "result": result}, now_ms)
    if case.state == "new" and not taskwork.waiting_tasks(tx, case.id):
        _set(tx, case.id, state="waiting", wake_ms=now_ms + AGAIN_MS)


def _set(tx: Transaction, case_id: int, **values: Any) -> None:
    tx.connection.execute(update(alarm_case).where(alarm_case.c.id == case_id).values(values))
