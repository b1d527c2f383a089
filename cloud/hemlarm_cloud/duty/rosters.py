"""Rosters: who is on duty when, and how to reach them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, delete, insert, select

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.duty import services
from hemlarm_cloud.duty.gaps import Duty, Trouble, troubles
from hemlarm_cloud.errors import InvalidError, NotFoundError
from hemlarm_cloud.sites import audit, values
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_centre import duty
from hemlarm_cloud.store.schema_sites import person
from hemlarm_cloud.store.transaction import Transaction

DUTIES_MAX = 500
"""In one span: a year of weeks in nine positions."""
SPAN_MAX_MS = 400 * 86_400_000
POSITIONS = 9
_REASON_MAX = 200


def replace(
    tx: Transaction,
    actor: Actor,
    service_id: int,
    from_ms: int,
    until_ms: int,
    duties: Sequence[Duty],
    version: int,
    now_ms: int,
    reason: str = "",
) -> list[Trouble]:
    """Put this roster in the place of what there was between two moments, and return what is wrong with it.

    Duties that reach into the span are cut at its edge. Gaps and overlaps are told, not refused: a roster often comes
    week by week. Raises as `services.expect_change`, and InvalidError for duties that lie outside of the span.
    """
    _expect_span(from_ms, until_ms)
    written = values.text(reason, "reason", _REASON_MAX)
    service = services.expect_change(tx, actor, service_id, version, written, now_ms)
    _expect_duties(tx, duties, from_ms, until_ms, service.customer)
    _clear(tx, service_id, from_ms, until_ms)
    if duties:
        rows = [{"service": service_id} | each._asdict() for each in duties]
        tx.connection.execute(insert(duty), rows)
    told = {"from_ms": from_ms, "until_ms": until_ms, "duties": len(duties), "reason": written}
    subject = f"on-call service {service_id}"
    audit.write(tx, actor, "duty-roster-replaced", subject, told, now_ms, customer=service.customer)
    return troubles(duties, from_ms, until_ms)


def roster(reading: Queries, actor: Actor, service_id: int, from_ms: int, until_ms: int) -> Sequence[Row[Any]]:
    """Return who is on duty between two moments, with their telephone numbers, in order of time and position."""
    _expect_span(from_ms, until_ms)
    services.expect_reader(reading, actor, service_id)
    query = _named(service_id).where(duty.c.from_ms < until_ms, duty.c.until_ms > from_ms)
    return reading.connection.execute(query.order_by(duty.c.from_ms, duty.c.position, duty.c.id)).all()


def roster_troubles(reading: Queries, actor: Actor, service_id: int, from_ms: int, until_ms: int) -> list[Trouble]:
    """Return the gaps and overlaps of a roster between two moments."""
    rows = roster(reading, actor, service_id, from_ms, until_ms)
    return troubles([Duty(row.person, row.from_ms, row.until_ms, row.position) for row in rows], from_ms, until_ms)


def on_duty(reading: Queries, actor: Actor, service_id: int, at_ms: int) -> Sequence[Row[Any]]:
    """Return who is on duty at a moment, in the order in which they are called, with their telephone numbers."""
    services.expect_reader(reading, actor, service_id)
    query = _named(service_id).where(duty.c.from_ms <= at_ms, duty.c.until_ms > at_ms)
    return reading.connection.execute(query.order_by(duty.c.position, duty.c.id)).all()


def _named(service_id: int) -> Select[Any]:
    people = (person.c.name, person.c.phone, person.c.other_phone)
    joined = duty.join(person, person.c.id == duty.c.person)
    return select(duty, *people).select_from(joined).where(duty.c.service == service_id).limit(DUTIES_MAX)


def _expect_span(from_ms: int, until_ms: int) -> None:
    values.moment(from_ms, "from_ms")
    values.moment(until_ms, "until_ms")
    if not 0 < until_ms - from_ms <= SPAN_MAX_MS:
        raise InvalidError("a roster's span begins before it ends, and is at most 400 days long")


def _expect_duties(reading: Queries, duties: Sequence[Duty], from_ms: int, until_ms: int, customer_id: int) -> None:
    if len(duties) > DUTIES_MAX:
        raise InvalidError(f"{len(duties)} duties are too many at once; give {DUTIES_MAX} at most")
    for each in duties:
        values.number(each.position, "position", 1, POSITIONS)
        if not from_ms <= each.from_ms < each.until_ms <= until_ms:
            raise InvalidError(f"the duty of person {each.person} must lie within the span, and begin before it ends")
    wanted = {each.person for each in duties}
    query = select(person.c.id).where(person.c.id.in_(wanted), person.c.customer == customer_id)
    missing = wanted - set(reading.connection.scalars(query))
    if missing:
        raise NotFoundError(f"no person {min(missing)} among this customer's; register them first")


def _clear(tx: Transaction, service_id: int, from_ms: int, until_ms: int) -> None:
    """Take out what lies within the span; what reaches over an edge keeps its part outside."""
    read = tx.connection
    query = select(duty).where(duty.c.service == service_id, duty.c.from_ms < until_ms, duty.c.until_ms > from_ms)
    kept = []
    for row in read.execute(query).all():
        outside = ((row.from_ms, min(row.until_ms, from_ms)), (max(row.from_ms, until_ms), row.until_ms))
        for begins, ends in outside:
            if begins < ends:
                kept.append({"service": service_id, **Duty(row.person, begins, ends, row.position)._asdict()})
    read.execute(delete(duty).where(duty.c.service == service_id, duty.c.from_ms < until_ms, duty.c.until_ms > from_ms))
    if kept:
        read.execute(insert(duty), kept)
