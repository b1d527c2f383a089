"""Standing orders: which report goes to whom each month.

An order belongs to the customer whose data it sends. When that is no longer the owner, the order ends by itself.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, insert, select, true, update

from hemlarm_cloud.actor import CENTRE_ROLES, Actor, Role
from hemlarm_cloud.errors import InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.notices.addresses import is_address
from hemlarm_cloud.reports import catalogue, subjects
from hemlarm_cloud.reports.periods import month_at, month_before
from hemlarm_cloud.reports.subjects import About
from hemlarm_cloud.sites import audit, values
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_centre import report_order
from hemlarm_cloud.store.transaction import Transaction

ORDERS_MAX = 500
"""Standing orders of one customer."""


def order(
    tx: Transaction, actor: Actor, report: str, about: About, recipient: str, form: str, language: str, now_ms: int
) -> int:
    """Order a report by mail for each month from this one on, and return the order's id.

    It needs authority A or B at each site that the report is about. Raises NotFoundError, RefusedError, InvalidError.
    """
    catalogue.expect_possible(report, about)
    if report not in catalogue.MONTHLY:
        raise InvalidError(f"{report} is not sent each month; ask for it when it is wanted")
    subject = subjects.find(tx, actor, about, now_ms, ordering=True)
    customer = None if subject.customer is None else subject.customer.id
    row = {
        "report": report,
        "customer": customer,
        "site": about.site,
        "list": about.list,
        "service": about.service,
        "recipient": _address(recipient),
        "form": values.one_of(form, "form", catalogue.FORMS),
        "language": values.one_of(language, "language", catalogue.LANGUAGES),
        "last_month": month_before(month_at(now_ms, subject.zone)),
        "created_ms": now_ms,
    }
    _expect_room(tx, customer)
    found = tx.connection.execute(insert(report_order).returning(report_order.c.id), [row])
    order_id: int = found.scalar_one()
    _log(tx, actor, "report-ordered", order_id, row, now_ms)
    return order_id


def end(tx: Transaction, actor: Actor, order_id: int, now_ms: int) -> None:
    """End an order; one that has ended stays so. Raises NotFoundError, RefusedError."""
    found = _expect(tx, actor, order_id)
    if found.ended_ms is not None:
        return
    subjects.find(tx, actor, about_of(found), now_ms, ordering=True)
    close(tx, actor, found, "", now_ms)


def close(tx: Transaction, actor: Actor, row: Row[Any], why: str, now_ms: int) -> None:
    """End an order without asking for authority; `why` goes to the audit log."""
    table = report_order
    tx.connection.execute(update(table).where(table.c.id == row.id).values(ended_ms=now_ms))
    _log(tx, actor, "report-order-ended", row.id, {**row._asdict(), "why": why}, now_ms)


def orders(reading: Queries, actor: Actor, after_id: int = 0, limit: int = 100) -> Sequence[Row[Any]]:
    """Return the orders that last and that this actor may know of, oldest first. Raises RefusedError, InvalidError."""
    table = report_order
    query = select(table).where(table.c.id > after_id, table.c.ended_ms.is_(None), _visible(actor))
    return reading.connection.execute(query.order_by(table.c.id).limit(values.page(limit))).all()


def about_of(row: Row[Any]) -> About:
    """Return what an order's report is about."""
    if (row.site, row.list, row.service) == (None, None, None):
        return About(customer=row.customer)
    return About(site=row.site, list=row.list, service=row.service)


def _visible(actor: Actor) -> Any:
    if actor.role in CENTRE_ROLES:
        return true()
    if actor.role is Role.CUSTOMER and actor.customer is not None:
        return report_order.c.customer == actor.customer
    raise RefusedError("orders of reports are for the centre and for the customer whom they are about")


def _expect(reading: Queries, actor: Actor, order_id: int) -> Row[Any]:
    query = select(report_order).where(report_order.c.id == order_id, _visible(actor))
    found = reading.connection.execute(query).one_or_none()
    if found is None:
        raise NotFoundError(f"no order {order_id} of a report here; `hemlarm cloud report orders` lists them")
    return found


def _expect_room(reading: Queries, customer: int | None) -> None:
    table = report_order
    query = select(func.count()).select_from(table).where(table.c.customer == customer, table.c.ended_ms.is_(None))
    if customer is not None and reading.connection.execute(query).scalar_one() >= ORDERS_MAX:
        raise InvalidError(f"customer {customer} has {ORDERS_MAX} orders of reports already; end some first")


def _address(recipient: str) -> str:
    given = values.text(recipient, "recipient", 120, 1)
    if not is_address(given):
        raise InvalidError(f"{given!r} is no mail address; write one such as name@example.org")
    return given


def _log(tx: Transaction, actor: Actor, action: str, order_id: int, row: dict[str, Any], now_ms: int) -> None:
    told = {name: row[name] for name in ("report", "recipient", "form", "list", "service", "why") if row.get(name)}
    customer, site = row["customer"], row["site"]
    audit.write(tx, actor, action, f"report order {order_id}", told, now_ms, site=site, customer=customer)
