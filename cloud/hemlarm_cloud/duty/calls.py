"""Calls that the centre takes for on-call services: ZR0010 and ZR0020 count them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, insert, select, update

from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.duty import rosters, services
from hemlarm_cloud.errors import InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.sites import values
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_centre import duty_call
from hemlarm_cloud.store.schema_sites import person
from hemlarm_cloud.store.transaction import Transaction

CALLER_MAX, NOTE_MAX = 40, 500

_STAFF = (Role.SUPERVISOR, Role.OPERATOR)
_AHEAD_MAX_MS = 60_000
"""A caller's clock may run a little ahead of this one."""


def record(
    tx: Transaction,
    actor: Actor,
    service_id: int,
    at_ms: int,
    now_ms: int,
    answered_ms: int | None = None,
    ended_ms: int | None = None,
    caller: str = "",
    person_id: int | None = None,
    note: str = "",
) -> int:
    """Record a call and return its id. An answered one was passed to whoever is called first at that moment.

    Unless `person_id` names another. Raises RefusedError but for the centre's staff, NotFoundError, InvalidError.
    """
    if actor.role not in _STAFF:
        raise RefusedError("calls are recorded by the centre's staff")
    service = services.expect(tx, actor, service_id)
    _expect_order(at_ms, answered_ms, ended_ms, now_ms)
    if person_id is None and answered_ms is not None:
        present = rosters.on_duty(tx, actor, service_id, answered_ms)
        person_id = present[0].person if present else None
    elif person_id is not None:
        _expect_person(tx, person_id, service.customer)
    row = {
        "service": service_id,
        "at_ms": at_ms,
        "answered_ms": answered_ms,
        "ended_ms": ended_ms,
        "caller": values.text(caller, "caller", CALLER_MAX),
        "person": person_id,
        "taken_by": actor.name,
        "note": values.text(note, "note", NOTE_MAX),
    }
    added: int = tx.connection.execute(insert(duty_call).returning(duty_call.c.id), [row]).scalar_one()
    return added


def finish(tx: Transaction, actor: Actor, call_id: int, ended_ms: int, note: str, now_ms: int) -> None:
    """Note when an answered call ended, and what it was about. Raises RefusedError, NotFoundError, InvalidError."""
    if actor.role not in _STAFF:
        raise RefusedError("calls are recorded by the centre's staff")
    found = tx.connection.execute(select(duty_call).where(duty_call.c.id == call_id)).one_or_none()
    if found is None:
        raise NotFoundError(f"no call {call_id} here")
    if found.answered_ms is None:
        raise InvalidError(f"call {call_id} was not answered and so has no end")
    _expect_order(found.at_ms, found.answered_ms, ended_ms, now_ms)
    told = {"ended_ms": ended_ms, "note": values.text(note, "note", NOTE_MAX) or found.note}
    tx.connection.execute(update(duty_call).where(duty_call.c.id == call_id).values(**told))


def calls(
    reading: Queries, actor: Actor, service_id: int, from_ms: int, until_ms: int, after_id: int = 0, limit: int = 100
) -> Sequence[Row[Any]]:
    """Return calls of a service between two moments, by their ids. Raises NotFoundError, InvalidError."""
    services.expect_reader(reading, actor, service_id)
    table = duty_call
    query = select(table).where(table.c.service == service_id, table.c.id > after_id)
    query = query.where(table.c.at_ms >= from_ms, table.c.at_ms < until_ms)
    return reading.connection.execute(query.order_by(table.c.id).limit(values.page(limit))).all()


def _expect_order(at_ms: int, answered_ms: int | None, ended_ms: int | None, now_ms: int) -> None:
    moments = [at_ms] + [moment for moment in (answered_ms, ended_ms) if moment is not None]
    if ended_ms is not None and answered_ms is None:
        raise InvalidError("a call that was not answered has no end")
    if moments != sorted(moments) or at_ms < 0 or moments[-1] > now_ms + _AHEAD_MAX_MS:
        raise InvalidError("a call comes in, is answered and ends in this order, and not in the future")


def _expect_person(reading: Queries, person_id: int, customer_id: int) -> None:
    query = select(person.c.id).where(person.c.id == person_id, person.c.customer == customer_id)
    if reading.connection.scalar(query) is None:
        raise NotFoundError(f"no person {person_id} among this customer's")
