"""Ordering service mode: who may, for how long, and what the orderer hears.

Work of a day is ordered by phone and begins at once. What is longer or begins later is asked for in writing; an
operator who registers it names the mail or letter. Each kind of alarm needs its own authority: burglary A, B or C, fire
A or B.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from hemlarm_cloud import scope
from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.cases.categories import SERVICE_KINDS
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError
from hemlarm_cloud.service_mode import ending, reports
from hemlarm_cloud.service_mode.lookup import kinds_of
from hemlarm_cloud.sites import audit, authority, values
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import PENDING, service_mode
from hemlarm_cloud.store.schema_sites import site as site_table
from hemlarm_cloud.store.schema_sites import transmitter as transmitter_table
from hemlarm_cloud.store.transaction import Transaction

SHORT_MS = 24 * 3_600_000
"""The longest that is ordered by phone."""

LONG_MS = 365 * 86_400_000
"""The longest at all, and how far ahead it may begin."""

EARLY_MS = 60_000
"""How long before now an order by phone may begin: whoever writes it down needs a moment."""

PENDING_MAX = 20
"""Orders of a site that are not over yet."""

REASON_MAX = 200


def order(
    tx: Transaction,
    actor: Actor,
    site: int,
    kinds: Sequence[str],
    from_ms: int | None,
    until_ms: int,
    now_ms: int,
    transmitter: str | None = None,
    reason: str = "",
) -> int:
    """Order service mode of a site, or of one of its transmitters, and return its id.

    `kinds` are some of SERVICE_KINDS; it begins at `from_ms`, or now without one, and ends by itself at `until_ms`.
    Orders may overlap. Raises NotFoundError, RefusedError for a kind that the person has no authority for (nothing is
    ordered then), InvalidError for times, kinds or a transmitter that cannot be, ConflictError where too many wait.
    """
    row = scope.expect_site(tx, actor, site)
    wanted = _kinds(kinds)
    for kind in wanted:
        authority.expect(tx, actor, site, authority.SERVICE_ACTIONS[kind], now_ms)
    begins_ms = now_ms if from_ms is None else from_ms
    said = values.text(reason, "reason", REASON_MAX)
    _expect_times(actor, begins_ms, until_ms, said, now_ms)
    if row.ended_ms is not None:
        raise ConflictError(f"site {site} is served no more: there is nothing to put into service mode")
    _expect_transmitter(tx, site, transmitter)
    _expect_room(tx, site)
    order_id = _insert(tx, actor, site, wanted, max(begins_ms, now_ms), until_ms, now_ms, transmitter, said)
    detail = {"kinds": wanted, "from_ms": begins_ms, "until_ms": until_ms, "transmitter": transmitter, "reason": said}
    audit.write(tx, actor, "order-service-mode", f"service mode {order_id}", detail, now_ms, site)
    reports.begin(tx, _found(tx, order_id), now_ms)
    return order_id


def withdraw(tx: Transaction, actor: Actor, order_id: int, version: int, now_ms: int) -> int:
    """Take back an order that has not begun and return its new version.

    Raises NotFoundError, RefusedError, or ConflictError if it has begun.
    """
    row = _expect_pending(tx, actor, order_id, version, now_ms)
    if row.state == "active" or row.from_ms <= now_ms:
        raise ConflictError(f"service mode {order_id} has begun: end it instead")
    change = {"state": "withdrawn", "ended_ms": now_ms, "version": row.version + 1}
    tx.connection.execute(update(service_mode).where(service_mode.c.id == order_id).values(change))
    audit.write(tx, actor, "withdraw-service-mode", f"service mode {order_id}", {}, now_ms, row.site)
    reports.withdrawn(tx, row, now_ms)
    return int(row.version) + 1


def end_early(tx: Transaction, actor: Actor, order_id: int, version: int, now_ms: int) -> int:
    """End service mode now and return its new version.

    Raises NotFoundError, RefusedError, or ConflictError if it has not begun or is over.
    """
    row = _expect_pending(tx, actor, order_id, version, now_ms)
    if row.from_ms > now_ms:
        raise ConflictError(f"service mode {order_id} has not begun: withdraw it instead")
    audit.write(tx, actor, "end-service-mode", f"service mode {order_id}", {}, now_ms, row.site)
    ending.end(tx, row, now_ms, now_ms)
    return int(row.version) + 1


def orders(reading: Queries, actor: Actor, site: int, after_id: int = 0, limit: int = 100) -> Sequence[Row[Any]]:
    """Return a site's orders with a larger id than `after_id`, oldest first. Raises NotFoundError, InvalidError."""
    scope.expect_site(reading, actor, site)
    query = select(service_mode).where(service_mode.c.site == site, service_mode.c.id > after_id)
    return reading.connection.execute(query.order_by(service_mode.c.id).limit(values.page(limit))).all()


def expect_order(reading: Queries, actor: Actor, order_id: int) -> Row[Any]:
    """Return an order. Raises NotFoundError for one that is not there or of a site that is not this actor's."""
    query = select(service_mode).join(site_table, site_table.c.id == service_mode.c.site)
    found = reading.connection.execute(query.where(service_mode.c.id == order_id, scope.visible(actor))).one_or_none()
    if found is None:
        raise NotFoundError(f"no service mode {order_id} here; `hemlarm cloud service-mode list` shows a site's")
    return found


def _expect_pending(tx: Transaction, actor: Actor, order_id: int, version: int, now_ms: int) -> Row[Any]:
    """The row of an order that this actor may change: with the authority that ordering it takes."""
    row = expect_order(tx, actor, order_id)
    for kind in kinds_of(row.kinds):
        authority.expect(tx, actor, row.site, authority.SERVICE_ACTIONS[kind], now_ms)
    if row.state not in ("scheduled", "active") or row.until_ms <= now_ms:
        raise ConflictError(f"service mode {order_id} is over")
    if row.version != version:
        raise ConflictError(f"service mode {order_id} was changed meanwhile: look again")
    return row


def _kinds(kinds: Sequence[str]) -> tuple[str, ...]:
    known = tuple(SERVICE_KINDS)
    for kind in kinds:
        values.one_of(kind, "kind", known)
    if not kinds:
        raise InvalidError(f"say which kinds of alarm to put into service mode: {', '.join(known)}")
    return tuple(kind for kind in known if kind in kinds)


def _expect_times(actor: Actor, from_ms: int, until_ms: int, reason: str, now_ms: int) -> None:
    if from_ms < now_ms - EARLY_MS:
        raise InvalidError("service mode cannot begin in the past: leave its begin out to have it begin now")
    if until_ms <= max(from_ms, now_ms):
        raise InvalidError("service mode must end after it begins, and not be over already")
    if until_ms - from_ms > LONG_MS or from_ms - now_ms > LONG_MS:
        raise InvalidError("service mode begins within a year and lasts a year at most")
    at_once = from_ms <= now_ms and until_ms - now_ms <= SHORT_MS
    if not at_once and actor.role is Role.OPERATOR and not reason:
        raise InvalidError(
            "only what begins now and lasts a day at most is ordered by phone: "
            "name the mail or letter that asks for this in the reason"
        )


def _expect_transmitter(tx: Transaction, site: int, transmitter: str | None) -> None:
    table = transmitter_table
    if transmitter is None:
        return
    here = select(table.c.id).where(table.c.id == transmitter, table.c.site == site, table.c.ended_ms.is_(None))
    if tx.connection.execute(here).first() is None:
        raise InvalidError(f"transmitter {transmitter[:60]!r} is not at site {site}; leave it out for all of them")


def _expect_room(tx: Transaction, site: int) -> None:
    count = select(func.count()).select_from(service_mode).where(service_mode.c.site == site, PENDING)
    if (tx.connection.scalar(count) or 0) >= PENDING_MAX:
        raise ConflictError(f"site {site} has {PENDING_MAX} orders of service mode already: end or withdraw some first")


def _insert(
    tx: Transaction,
    actor: Actor,
    site: int,
    kinds: tuple[str, ...],
    from_ms: int,
    until_ms: int,
    now_ms: int,
    transmitter: str | None,
    reason: str,
) -> int:
    row = {
        "site": site,
        "transmitter": transmitter,
        "kinds": ",".join(kinds),
        "from_ms": from_ms,
        "until_ms": until_ms,
        "state": "active" if from_ms <= now_ms else "scheduled",
        "ordered_by": actor.person,
        "registered_by": actor.name,
        "registered_ms": now_ms,
        "reason": reason,
    }
    made = tx.connection.execute(insert(service_mode).returning(service_mode.c.id), row)
    return int(made.scalar_one())


def _found(tx: Transaction, order_id: int) -> Row[Any]:
    return tx.connection.execute(select(service_mode).where(service_mode.c.id == order_id)).one()
