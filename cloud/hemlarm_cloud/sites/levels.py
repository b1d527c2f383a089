"""The levels of people on authority lists: given, changed and taken."""

from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from hemlarm_cloud import scope
from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.sites import authority as rules
from hemlarm_cloud.sites import changes, lists, people, values
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import authority, authority_list, authority_list_site, person
from hemlarm_cloud.store.transaction import Transaction

LEVELS = ("A", "B", "C", "I")

PEOPLE_MAX = 200
"""On one list."""


def give(
    tx: Transaction,
    actor: Actor,
    list_id: int,
    person_id: int,
    level: str,
    version: int,
    now_ms: int,
    until_ms: int | None = None,
    police_approval_until_ms: int | None = None,
    reason: str = "",
) -> int:
    """Give a person a level on a list, in place of the one there if any, and return the list's new version.

    It takes authority to change levels at every site that the list covers; only an A gives or takes an A. Installers
    have level I on their company's list, with the police's approval if any, both registered by supervisors.
    Raises NotFoundError, RefusedError, InvalidError, ConflictError.
    """
    row = lists.expect(tx, actor, list_id)
    values.one_of(level, "level", LEVELS)
    if (level == "I") != (row.kind == lists.INSTALLER):
        raise InvalidError("level: A, B or C on a customer's list, and I on an installer company's")
    if police_approval_until_ms is not None and level != "I":
        raise InvalidError("police_approval_until_ms: only installers have one")
    _expect_on_record(tx, row, person_id)
    before = _held(tx, list_id, person_id)
    _expect_change(tx, actor, row, {level, before.level if before else level}, now_ms, reason)
    changes.expect_version(f"list {list_id}", row.version, version)
    new = {
        "level": level,
        "until_ms": values.moment(until_ms, "until_ms"),
        "police_approval_until_ms": values.moment(police_approval_until_ms, "police_approval_until_ms"),
    }
    _put(tx, list_id, person_id, before, new)
    told = {"person": person_id, **new, "before": before.level if before else None}
    return lists.finish(tx, actor, row, "give-level", told, now_ms, reason)


def take(
    tx: Transaction, actor: Actor, list_id: int, person_id: int, version: int, now_ms: int, reason: str = ""
) -> int:
    """Take a person off a list and return the list's new version. It takes what `give` takes.

    Raises NotFoundError, RefusedError, InvalidError, ConflictError.
    """
    row = lists.expect(tx, actor, list_id)
    before = _held(tx, list_id, person_id)
    if before is None:
        raise NotFoundError(f"person {person_id} is not on list {list_id}")
    _expect_change(tx, actor, row, {before.level}, now_ms, reason)
    changes.expect_version(f"list {list_id}", row.version, version)
    tx.connection.execute(delete(authority).where(authority.c.list == list_id, authority.c.person == person_id))
    told = {"person": person_id, "before": before.level}
    return lists.finish(tx, actor, row, "take-level", told, now_ms, reason)


def levels(reading: Queries, actor: Actor, list_id: int) -> list[dict[str, Any]]:
    """Return who is on a list with which level; a list holds few enough for one answer. Raises NotFoundError."""
    lists.expect(reading, actor, list_id)
    query = (
        select(authority, person.c.name)
        .join_from(authority, person, person.c.id == authority.c.person)
        .where(authority.c.list == list_id)
        .order_by(authority.c.level, authority.c.person)
    )
    return [row._asdict() for row in reading.connection.execute(query)]


def levels_at(reading: Queries, actor: Actor, site_id: int, limit: int = 500) -> list[dict[str, Any]]:
    """Return who has which level at a site, by which list: what an operator asks before doing as told.

    Not for installers, whom the customer's people do not concern. Raises NotFoundError, RefusedError, InvalidError.
    """
    scope.expect_site(reading, actor, site_id)
    expect_people_shown(actor)
    covers, listed = authority_list_site, authority_list
    query = (
        select(authority, person.c.name, listed.c.kind, listed.c.fire_certificate_until_ms)
        .join_from(covers, listed, listed.c.id == covers.c.list)
        .join(authority, authority.c.list == covers.c.list)
        .join(person, person.c.id == authority.c.person)
        .where(covers.c.site == site_id)
        .order_by(authority.c.level, authority.c.list, authority.c.person)
        .limit(values.page(limit))
    )
    return [row._asdict() for row in reading.connection.execute(query)]


def expect_people_shown(actor: Actor) -> None:
    """Raise RefusedError for an installer."""
    if actor.role is Role.INSTALLER:
        raise RefusedError("a site's people and plans are for the customer and the centre, not for installers")


def _held(tx: Transaction, list_id: int, person_id: int) -> Row[Any] | None:
    query = select(authority).where(authority.c.list == list_id, authority.c.person == person_id)
    return tx.connection.execute(query).one_or_none()


def _put(tx: Transaction, list_id: int, person_id: int, before: Row[Any] | None, new: dict[str, Any]) -> None:
    if before is not None:
        same = (authority.c.list == list_id, authority.c.person == person_id)
        tx.connection.execute(update(authority).where(*same).values(**new))
        return
    held = select(authority.c.person).where(authority.c.list == list_id).limit(PEOPLE_MAX)
    if len(tx.connection.execute(held).all()) >= PEOPLE_MAX:
        raise ConflictError(f"list {list_id} has {PEOPLE_MAX} people, which is as many as one can; begin another")
    tx.connection.execute(insert(authority), {"list": list_id, "person": person_id, **new})


def _expect_on_record(tx: Transaction, row: Row[Any], person_id: int) -> None:
    owner = person.c.installer == row.id if row.kind == lists.INSTALLER else person.c.customer == row.customer
    if tx.connection.scalar(select(person.c.id).where(person.c.id == person_id, owner)) is None:
        whose = "this installer company" if row.kind == lists.INSTALLER else f"customer {row.customer}"
        raise NotFoundError(f"no person {person_id} on the record of {whose}; add the person there first")


def _expect_change(tx: Transaction, actor: Actor, row: Row[Any], touched: set[str], now_ms: int, reason: str) -> None:
    if row.kind == lists.INSTALLER:
        changes.expect_supervisor(actor, "who is on an installer company's list")
        return
    given = values.text(reason, "reason", changes.REASON_MAX)
    rules.expect_written(actor, "change-level", given)
    sites = lists.covered_sites(tx, row.id)
    if not sites:
        people.expect_at_customer(tx, actor, row.customer, now_ms, reason)
        return
    rules.expect_everywhere(tx, actor, sites, "change-level", now_ms)
    if "A" in touched:
        # Else an installer who may change levels could make anybody an A, who may change everything.
        rules.expect_everywhere(tx, actor, sites, "change-lists", now_ms)
