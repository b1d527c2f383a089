"""People: those of a customer, and those of an installer company. Each is on record with one of them only."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, false, insert, or_, select, true, update

from hemlarm_cloud.actor import CENTRE_ROLES, Actor, Role
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.sites import audit, authority, changes, customers, values
from hemlarm_cloud.sms.numbers import is_number
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import authority as authority_table
from hemlarm_cloud.store.schema_sites import authority_list, contact, panel_user, person, plan_step
from hemlarm_cloud.store.transaction import Transaction

GONE = "(erased)"
"""The name of a person whose data was erased."""


@dataclass(frozen=True)
class Details:
    """What is on record of a person. Telephone numbers begin with + and the country, as SMS needs them."""

    name: str
    phone: str = ""
    other_phone: str = ""
    email: str = ""
    language: str = "sv"


def add(
    tx: Transaction,
    actor: Actor,
    wanted: Details,
    now_ms: int,
    customer_id: int | None = None,
    installer: int | None = None,
    reason: str = "",
) -> int:
    """Put a person on a customer's or an installer company's record, and return the new id.

    For a customer's it takes authority A with that customer; for an installer's a supervisor. Raises NotFoundError,
    RefusedError, InvalidError.
    """
    if (customer_id is None) == (installer is None):
        raise InvalidError("a person is on one record: name either a customer or an installer company")
    _expect_owner(tx, actor, customer_id, installer, now_ms, reason)
    row = {**_checked(wanted), "customer": customer_id, "installer": installer, "created_ms": now_ms}
    made = tx.connection.execute(insert(person).returning(person.c.id), row)
    person_id = int(made.scalar_one())
    told = row | ({"reason": reason} if reason else {})
    audit.write(tx, actor, "add-person", f"person {person_id}", told, now_ms, customer=customer_id)
    return person_id


def change(
    tx: Transaction, actor: Actor, person_id: int, wanted: Details, version: int, now_ms: int, reason: str = ""
) -> int:
    """Change what is on record of a person and return its new version. It takes what `add` takes.

    Raises NotFoundError, RefusedError, InvalidError, ConflictError.
    """
    row = _expect_change(tx, actor, person_id, version, now_ms, reason)
    return _store(tx, actor, row, "change-person", _checked(wanted), now_ms, reason)


def erase(tx: Transaction, actor: Actor, person_id: int, version: int, now_ms: int, reason: str = "") -> int:
    """Take a person's name, numbers and address off the record, for good; what they did stays, under no name.

    Raises NotFoundError, RefusedError, and ConflictError while the person is in a list, a plan or among contacts.
    """
    row = _expect_change(tx, actor, person_id, version, now_ms, reason)
    for table, what in ((authority_table, "an authority list"), (contact, "contacts"), (plan_step, "an action plan")):
        if tx.connection.scalar(select(table.c.person).where(table.c.person == person_id).limit(1)) is not None:
            raise ConflictError(f"person {person_id} is in {what} still; take it out there first")
    users = panel_user
    if tx.connection.scalar(select(users.c.person).where(users.c.person == person_id).limit(1)) is not None:
        raise ConflictError(f"person {person_id} is a user of a panel still; take it out there first")
    return _store(tx, actor, row, "erase-person", asdict(Details(GONE)), now_ms, reason, tell=False)


def expect(reading: Queries, actor: Actor, person_id: int) -> Row[Any]:
    """Return a person's row. Raises NotFoundError for one who is not there, or not this actor's to know."""
    query = select(person).where(person.c.id == person_id, _visible(actor))
    found = reading.connection.execute(query).one_or_none()
    if found is None:
        raise NotFoundError(f"no person {person_id} here; `hemlarm cloud person list` shows them all")
    return found


def expect_known_to(reading: Queries, customer_id: int | None, people: set[int]) -> None:
    """Let pass people of this customer only. Raises NotFoundError with the first other one."""
    query = select(person.c.id).where(person.c.id.in_(people), person.c.customer == customer_id)
    known = set(reading.connection.scalars(query)) if people and customer_id is not None else set()
    for other in sorted(people - known):
        raise NotFoundError(f"no person {other} with the site's customer; put the person on its record first")


def people(
    reading: Queries,
    actor: Actor,
    customer_id: int | None = None,
    installer: int | None = None,
    after_id: int = 0,
    limit: int = 100,
) -> list[dict[str, Any]]:
    """Return the people that this actor may know of, oldest first, all or of one record. Raises InvalidError."""
    query = select(person).where(person.c.id > after_id, _visible(actor)).order_by(person.c.id)
    if customer_id is not None:
        query = query.where(person.c.customer == customer_id)
    if installer is not None:
        query = query.where(person.c.installer == installer)
    return [row._asdict() for row in reading.connection.execute(query.limit(values.page(limit)))]


def expect_at_customer(reading: Queries, actor: Actor, customer_id: int, now_ms: int, reason: str = "") -> None:
    """Let pass who has authority A on a list of this customer, or needs nobody's. Raises as `authority.expect`."""
    customers.expect(reading, actor, customer_id)
    authority.expect_written(actor, "change-contacts", values.text(reason, "reason", changes.REASON_MAX))
    if actor.role is Role.SUPERVISOR and actor.person is None:
        return
    held, lists = authority_table, authority_list
    query = (
        select(held.c.person)
        .join_from(held, lists, lists.c.id == held.c.list)
        .where(held.c.person == actor.person, held.c.level == "A", lists.c.customer == customer_id)
        .where(or_(held.c.until_ms.is_(None), held.c.until_ms > now_ms))
    )
    if actor.person is None or actor.role is Role.MONITOR or reading.connection.scalar(query.limit(1)) is None:
        raise RefusedError(f"this takes a person with authority A with customer {customer_id}")


def _expect_owner(
    tx: Transaction, actor: Actor, customer_id: int | None, installer: int | None, now_ms: int, reason: str
) -> None:
    if customer_id is not None:
        expect_at_customer(tx, actor, customer_id, now_ms, reason)
        return
    changes.expect_supervisor(actor, "an installer company's people")
    query = select(authority_list.c.id).where(authority_list.c.id == installer, authority_list.c.kind == "installer")
    if tx.connection.scalar(query) is None:
        raise NotFoundError(f"no installer company {installer} here; `hemlarm cloud list list` shows them all")


def _expect_change(tx: Transaction, actor: Actor, person_id: int, version: int, now_ms: int, reason: str) -> Row[Any]:
    row = expect(tx, actor, person_id)
    _expect_owner(tx, actor, row.customer, row.installer, now_ms, reason)
    changes.expect_version(f"person {person_id}", row.version, version)
    return row


def _store(
    tx: Transaction,
    actor: Actor,
    row: Row[Any],
    action: str,
    new: dict[str, Any],
    now_ms: int,
    reason: str,
    tell: bool = True,
) -> int:
    tx.connection.execute(update(person).where(person.c.id == row.id).values(**new, version=row.version + 1))
    told = (changes.changed(row, new) if tell else {}) | ({"reason": reason} if reason else {})
    audit.write(tx, actor, action, f"person {row.id}", told, now_ms, customer=row.customer)
    return int(row.version) + 1


def _visible(actor: Actor) -> ColumnElement[bool]:
    if actor.role in CENTRE_ROLES:
        return true()
    if actor.role is Role.CUSTOMER and actor.customer is not None:
        return person.c.customer == actor.customer
    if actor.role is Role.INSTALLER and actor.installer is not None:
        return person.c.installer == actor.installer
    return false()


def _checked(wanted: Details) -> dict[str, Any]:
    email = values.text(wanted.email, "email", 120)
    local, at, domain = email.partition("@")
    if email and (not local or not at or "@" in domain or "." not in domain or " " in email):
        raise InvalidError("email: write NAME@DOMAIN, or nothing")
    return {
        "name": values.text(wanted.name, "name", 80, 1),
        "phone": _phone(wanted.phone, "phone"),
        "other_phone": _phone(wanted.other_phone, "other_phone"),
        "email": email,
        "language": values.one_of(wanted.language, "language", customers.LANGUAGES),
    }


def _phone(number: str, name: str) -> str:
    given = number.replace(" ", "").replace("-", "")
    if given and not (given.startswith("+") and is_number(given)):
        raise InvalidError(f"{name}: write + and the country's number, such as +46701234567, or nothing")
    return given
