"""Service mode begins and ends by itself.

Whether it covers an event hangs on its times alone (`lookup.py`); what happens here is its state, which people see, the
completion reports, and the service case for what is still in fault.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, or_, select, update

from hemlarm_cloud.service_mode import meanwhile, reports
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import PENDING, service_mode
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.supervision import service_cases

_GROUP = 20
"""Orders of one transaction."""


def step(store: Store, now_ms: int) -> int | None:
    """Begin and end what is due, a bounded number of orders; returns when to be called again."""
    with store.read() as reading:
        due = _due(reading, now_ms)
        if not due:
            return _next_ms(reading)
    with store.begin() as tx:
        for order_id in due:
            _move(tx, order_id, now_ms)
    return now_ms


def end(tx: Transaction, order: Row[Any], ended_ms: int, now_ms: int) -> None:
    """End an order, a row of `service_mode`, at a moment: the report goes out, and what is in fault becomes a case."""
    values = {"state": "ended", "ended_ms": ended_ms, "version": order.version + 1}
    tx.connection.execute(update(service_mode).where(service_mode.c.id == order.id).values(values))
    came = meanwhile.came(tx, order, ended_ms)
    reports.ended(tx, order, ended_ms, came, now_ms)
    if came.lasting:
        summary = f"Still in fault after service mode {order.id}: {meanwhile.describe(came.lasting, 'en')}"
        service_cases.open_case(tx, f"service-mode:{order.id}", order.site, summary, now_ms)


def _due(reading: Queries, now_ms: int) -> Sequence[int]:
    table = service_mode
    begins = (table.c.state == "scheduled") & (table.c.from_ms <= now_ms)
    query = select(table.c.id).where(PENDING, or_(begins, table.c.until_ms <= now_ms))
    return reading.connection.scalars(query.order_by(table.c.until_ms, table.c.id).limit(_GROUP)).all()


def _next_ms(reading: Queries) -> int | None:
    table = service_mode
    begins = select(func.min(table.c.from_ms)).where(PENDING, table.c.state == "scheduled")
    ends = select(func.min(table.c.until_ms)).where(PENDING)
    times = [reading.connection.scalar(begins), reading.connection.scalar(ends)]
    return min((time for time in times if time is not None), default=None)


def _move(tx: Transaction, order_id: int, now_ms: int) -> None:
    """Read again within the writing transaction: somebody may have ended or withdrawn it meanwhile."""
    order = tx.connection.execute(select(service_mode).where(service_mode.c.id == order_id)).one()
    if order.state == "scheduled" and order.from_ms <= now_ms:
        begun = update(service_mode).where(service_mode.c.id == order_id)
        tx.connection.execute(begun.values(state="active", version=order.version + 1))
        order = tx.connection.execute(select(service_mode).where(service_mode.c.id == order_id)).one()
        reports.begin(tx, order, now_ms)
    if order.state == "active" and order.until_ms <= now_ms:
        end(tx, order, order.until_ms, now_ms)
