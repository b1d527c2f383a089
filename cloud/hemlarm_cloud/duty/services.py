"""The on-call services that customers have ordered, and who may see and change their rosters."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, false, insert, select, true, update

from hemlarm_cloud.actor import CENTRE_ROLES, Actor, Role
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.reports.periods import zone_of
from hemlarm_cloud.reports.subjects import SITES_MAX
from hemlarm_cloud.sites import audit, authority, values
from hemlarm_cloud.sms.numbers import is_number
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_centre import duty_service
from hemlarm_cloud.store.schema_sites import customer, person, site
from hemlarm_cloud.store.transaction import Transaction

NAME_MAX, NUMBER_MAX, ZONE_MAX = 80, 20, 40

_CHANGES_ROSTER = "change-contacts"
"""A roster says whom to call, as a site's contacts do, and takes the same authority."""


def add(tx: Transaction, actor: Actor, customer_id: int, name: str, number: str, time_zone: str, now_ms: int) -> int:
    """Add a service and return its id. `number` is what people call, or nothing.

    Raises RefusedError but for supervisors, who conclude the contracts; NotFoundError, InvalidError.
    """
    if actor.role is not Role.SUPERVISOR:
        raise RefusedError("an on-call service is a matter of contract; ask a supervisor to add it")
    if tx.connection.scalar(select(customer.c.id).where(customer.c.id == customer_id)) is None:
        raise NotFoundError(f"no customer {customer_id} here")
    row = {
        "customer": customer_id,
        "name": values.text(name, "name", NAME_MAX, 1),
        "number": _number(number),
        "time_zone": zone_of(values.text(time_zone, "time_zone", ZONE_MAX, 1)).key,
        "created_ms": now_ms,
    }
    added = tx.connection.execute(insert(duty_service).returning(duty_service.c.id), [row])
    service_id: int = added.scalar_one()
    audit.write(tx, actor, "duty-service-added", f"on-call service {service_id}", row, now_ms, customer=customer_id)
    return service_id


def services(reading: Queries, actor: Actor, after_id: int = 0, limit: int = 100) -> Sequence[Row[Any]]:
    """Return the services that this actor may know of, oldest first. Raises InvalidError for too large a limit."""
    table = duty_service
    query = select(table).where(table.c.id > after_id, _visible(actor)).order_by(table.c.id)
    return reading.connection.execute(query.limit(values.page(limit))).all()


def expect(reading: Queries, actor: Actor, service_id: int) -> Row[Any]:
    """Return a service's row. Raises NotFoundError for one that is not there or not this actor's."""
    query = select(duty_service).where(duty_service.c.id == service_id, _visible(actor))
    found = reading.connection.execute(query).one_or_none()
    if found is None:
        raise NotFoundError(f"no on-call service {service_id} here; `hemlarm cloud duty list` shows them all")
    return found


def expect_reader(reading: Queries, actor: Actor, service_id: int) -> Row[Any]:
    """Return the row of a service whose people and calls this actor may see. Raises RefusedError, NotFoundError."""
    if actor.role is Role.MONITOR:
        raise RefusedError("a monitor's account sees no rosters and calls: they hold people's telephone numbers")
    return expect(reading, actor, service_id)


def expect_change(tx: Transaction, actor: Actor, service_id: int, version: int, reason: str, now_ms: int) -> Row[Any]:
    """Return the row of a service whose roster this actor may change, and count the change.

    A customer's account needs authority A at all of the customer's sites; an operator registers what a person of that
    customer asked for in the mail or letter that `reason` names. Raises NotFoundError, RefusedError, InvalidError, and
    ConflictError for another version than the one that was seen.
    """
    found = expect(tx, actor, service_id)
    authority.expect_written(actor, _CHANGES_ROSTER, reason)
    if actor.role is Role.OPERATOR:
        _expect_persons_customer(tx, actor, found.customer)
    elif actor.role is Role.CUSTOMER:
        _expect_all_sites(tx, actor, found.customer, now_ms)
    elif actor.role is not Role.SUPERVISOR:
        raise RefusedError("a roster is changed by the customer, or by the centre for it")
    if found.version != version:
        raise ConflictError(f"on-call service {service_id} was changed meanwhile (version {found.version}); look again")
    table = duty_service
    tx.connection.execute(update(table).where(table.c.id == service_id).values(version=version + 1))
    return found


def _visible(actor: Actor) -> ColumnElement[bool]:
    if actor.role in CENTRE_ROLES:
        return true()
    if actor.role is Role.CUSTOMER and actor.customer is not None:
        return duty_service.c.customer == actor.customer
    return false()


def _expect_persons_customer(reading: Queries, actor: Actor, customer_id: int) -> None:
    if actor.person is None:
        raise RefusedError("say on whose behalf: an operator changes a roster for a person of the customer")
    owner = reading.connection.scalar(select(person.c.customer).where(person.c.id == actor.person))
    if owner != customer_id:
        raise RefusedError(f"person {actor.person} does not belong to the customer of this service")


def _expect_all_sites(reading: Queries, actor: Actor, customer_id: int, now_ms: int) -> None:
    query = select(site.c.id).where(site.c.customer == customer_id).order_by(site.c.id).limit(SITES_MAX)
    sites = reading.connection.scalars(query).all()
    if not sites:
        raise RefusedError("the customer has no site at which somebody could have authority; send the roster by mail")
    authority.expect_everywhere(reading, actor, sites, _CHANGES_ROSTER, now_ms)


def _number(number: str) -> str:
    given = values.text(number, "number", NUMBER_MAX)
    if given and not is_number(given):
        raise InvalidError(f"{given!r} is no telephone number; write + and digits, or nothing")
    return given
