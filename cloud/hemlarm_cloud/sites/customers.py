"""The register of customers: whom the centre has contracts with, each a tenant of its own."""

from typing import Any

from sqlalchemy import ColumnElement, Row, false, insert, select, true, update

from hemlarm_cloud.actor import CENTRE_ROLES, Actor, Role
from hemlarm_cloud.errors import ConflictError, NotFoundError
from hemlarm_cloud.sites import audit, changes, values
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import customer
from hemlarm_cloud.store.transaction import Transaction

LANGUAGES = ("sv", "en")


def add(
    tx: Transaction,
    actor: Actor,
    number: str,
    name: str,
    now_ms: int,
    organisation_number: str = "",
    language: str = "sv",
) -> int:
    """Register a customer and return the new id. By supervisors. Raises RefusedError, InvalidError, ConflictError."""
    changes.expect_supervisor(actor, "registering a customer")
    row = {"number": values.text(number, "number", 20, 1), **_checked(name, organisation_number, language)}
    if tx.connection.scalar(select(customer.c.id).where(customer.c.number == row["number"])) is not None:
        raise ConflictError(f"customer number {row['number']} is taken")
    made = tx.connection.execute(insert(customer).returning(customer.c.id), row | {"created_ms": now_ms})
    customer_id = int(made.scalar_one())
    audit.write(tx, actor, "add-customer", f"customer {customer_id}", row, now_ms, customer=customer_id)
    return customer_id


def change(
    tx: Transaction,
    actor: Actor,
    customer_id: int,
    name: str,
    organisation_number: str,
    language: str,
    version: int,
    now_ms: int,
) -> int:
    """Change a customer's record and return its new version. By supervisors.

    Raises RefusedError, NotFoundError, InvalidError, ConflictError.
    """
    changes.expect_supervisor(actor, "changing a customer's record")
    row = expect(tx, actor, customer_id)
    changes.expect_version(f"customer {customer_id}", row.version, version)
    new = _checked(name, organisation_number, language)
    tx.connection.execute(update(customer).where(customer.c.id == customer_id).values(**new, version=version + 1))
    told = changes.changed(row, new)
    audit.write(tx, actor, "change-customer", f"customer {customer_id}", told, now_ms, customer=customer_id)
    return version + 1


def expect(reading: Queries, actor: Actor, customer_id: int) -> Row[Any]:
    """Return a customer's row. Raises NotFoundError for one that is not there, or that this actor may not know of."""
    query = select(customer).where(customer.c.id == customer_id, _visible(actor))
    found = reading.connection.execute(query).one_or_none()
    if found is None:
        raise NotFoundError(f"no customer {customer_id} here; `hemlarm cloud customer list` shows them all")
    return found


def customers(reading: Queries, actor: Actor, after_id: int = 0, limit: int = 100) -> list[dict[str, Any]]:
    """Return the customers that this actor may know of, oldest first. Raises InvalidError."""
    query = select(customer).where(customer.c.id > after_id, _visible(actor)).order_by(customer.c.id)
    return [row._asdict() for row in reading.connection.execute(query.limit(values.page(limit)))]


def _visible(actor: Actor) -> ColumnElement[bool]:
    if actor.role in CENTRE_ROLES:
        return true()
    if actor.role is Role.CUSTOMER and actor.customer is not None:
        return customer.c.id == actor.customer
    return false()


def _checked(name: str, organisation_number: str, language: str) -> dict[str, Any]:
    return {
        "name": values.text(name, "name", 80, 1),
        "organisation_number": values.text(organisation_number, "organisation_number", 20),
        "language": values.one_of(language, "language", LANGUAGES),
    }
