"""Authority lists: who has which level, at which sites. A customer's list, or an installer company's."""

from typing import Any

from sqlalchemy import ColumnElement, Row, delete, false, insert, or_, select, true, update

from hemlarm_cloud import scope
from hemlarm_cloud.actor import CENTRE_ROLES, Actor, Role
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError
from hemlarm_cloud.sites import audit, authority, changes, people, values
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import authority_list, authority_list_site, site
from hemlarm_cloud.store.transaction import Transaction

CUSTOMER, INSTALLER = "customer", "installer"

SITES_MAX = 2000
"""That one list covers: a change of it asks for authority at each of them."""

_covers = authority_list_site


def add(tx: Transaction, actor: Actor, name: str, now_ms: int, customer_id: int | None = None, reason: str = "") -> int:
    """Begin a list and return the new id: a customer's by its A, an installer company's by a supervisor.

    Raises NotFoundError, RefusedError, InvalidError.
    """
    if customer_id is None:
        changes.expect_supervisor(actor, "registering an installer company")
    else:
        people.expect_at_customer(tx, actor, customer_id, now_ms, reason)
    kind = INSTALLER if customer_id is None else CUSTOMER
    row = {"kind": kind, "name": values.text(name, "name", 80, 1), "customer": customer_id, "created_ms": now_ms}
    made = tx.connection.execute(insert(authority_list).returning(authority_list.c.id), row)
    list_id = int(made.scalar_one())
    audit.write(tx, actor, "add-list", f"list {list_id}", row, now_ms, customer=customer_id)
    return list_id


def change(
    tx: Transaction,
    actor: Actor,
    list_id: int,
    name: str,
    fire_certificate_until_ms: int | None,
    version: int,
    now_ms: int,
    reason: str = "",
) -> int:
    """Rename a list; of an installer company's also say until when its fire certificate holds. Returns its version.

    Raises NotFoundError, RefusedError, InvalidError, ConflictError.
    """
    row = expect(tx, actor, list_id)
    if row.kind == INSTALLER:
        changes.expect_supervisor(actor, "changing an installer company's record")
    else:
        people.expect_at_customer(tx, actor, row.customer, now_ms, reason)
        if fire_certificate_until_ms is not None:
            raise InvalidError("fire_certificate_until_ms: only installer companies have one")
    changes.expect_version(f"list {list_id}", row.version, version)
    new = {
        "name": values.text(name, "name", 80, 1),
        "fire_certificate_until_ms": values.moment(fire_certificate_until_ms, "fire_certificate_until_ms"),
    }
    return finish(tx, actor, row, "change-list", changes.changed(row, new), now_ms, reason, new)


def cover(
    tx: Transaction, actor: Actor, list_id: int, site_id: int, version: int, now_ms: int, reason: str = ""
) -> int:
    """Put a site on a list, which gives all on the list their levels there. Takes authority A at the site.

    A customer's list covers that customer's sites only. Returns the list's new version. Raises NotFoundError,
    RefusedError, InvalidError, ConflictError.
    """
    row = _begin_site(tx, actor, list_id, site_id, version, now_ms, reason)
    there = scope.expect_site(tx, actor, site_id)
    if row.kind == CUSTOMER and there.customer != row.customer:
        raise NotFoundError(f"customer {row.customer} has no site {site_id}")
    covered = covered_sites(tx, list_id)
    if site_id in covered:
        raise ConflictError(f"list {list_id} covers site {site_id} already")
    if len(covered) >= SITES_MAX:
        raise ConflictError(f"list {list_id} covers {SITES_MAX} sites, which is as many as one can; begin another")
    tx.connection.execute(insert(_covers), {"list": list_id, "site": site_id})
    return finish(tx, actor, row, "cover-site", {"site": site_id}, now_ms, reason, site=site_id)


def uncover(
    tx: Transaction, actor: Actor, list_id: int, site_id: int, version: int, now_ms: int, reason: str = ""
) -> int:
    """Take a site off a list. Takes authority A at the site. Returns the list's new version.

    Raises NotFoundError, RefusedError, InvalidError, ConflictError.
    """
    row = _begin_site(tx, actor, list_id, site_id, version, now_ms, reason)
    gone = delete(_covers).where(_covers.c.list == list_id, _covers.c.site == site_id)
    if tx.connection.execute(gone).rowcount == 0:
        raise ConflictError(f"list {list_id} does not cover site {site_id}")
    return finish(tx, actor, row, "uncover-site", {"site": site_id}, now_ms, reason, site=site_id)


def expect(reading: Queries, actor: Actor, list_id: int) -> Row[Any]:
    """Return a list's row. Raises NotFoundError for one that is not there, or not this actor's to know."""
    query = select(authority_list).where(authority_list.c.id == list_id, _visible(actor))
    found = reading.connection.execute(query).one_or_none()
    if found is None:
        raise NotFoundError(f"no list {list_id} here; `hemlarm cloud list list` shows them all")
    return found


def covered_sites(reading: Queries, list_id: int) -> list[int]:
    """The sites that a list covers, whoever asks."""
    query = select(_covers.c.site).where(_covers.c.list == list_id).order_by(_covers.c.site)
    return list(reading.connection.scalars(query))


def lists(
    reading: Queries,
    actor: Actor,
    customer_id: int | None = None,
    site_id: int | None = None,
    after_id: int = 0,
    limit: int = 100,
) -> list[dict[str, Any]]:
    """Return the lists that this actor may know of, oldest first: all, a customer's, or those that cover a site.

    A customer sees its own, and those of the installer companies that serve its sites. Raises InvalidError.
    """
    query = select(authority_list).where(authority_list.c.id > after_id, _visible(actor))
    if customer_id is not None:
        query = query.where(authority_list.c.customer == customer_id)
    if site_id is not None:
        query = query.where(authority_list.c.id.in_(select(_covers.c.list).where(_covers.c.site == site_id)))
    query = query.order_by(authority_list.c.id).limit(values.page(limit))
    return [row._asdict() for row in reading.connection.execute(query)]


def sites_of(reading: Queries, actor: Actor, list_id: int, after_id: int = 0, limit: int = 100) -> list[dict[str, Any]]:
    """Return the sites on a list, as far as this actor may know of them. Raises NotFoundError, InvalidError."""
    expect(reading, actor, list_id)
    query = (
        select(site.c.id, site.c.number, site.c.name)
        .join_from(_covers, site, site.c.id == _covers.c.site)
        .where(_covers.c.list == list_id, site.c.id > after_id, scope.visible(actor))
        .order_by(site.c.id)
        .limit(values.page(limit))
    )
    return [row._asdict() for row in reading.connection.execute(query)]


def finish(
    tx: Transaction,
    actor: Actor,
    row: Row[Any],
    action: str,
    detail: dict[str, Any],
    now_ms: int,
    reason: str = "",
    columns: dict[str, Any] | None = None,
    site: int | None = None,
) -> int:
    """Store new values of a list's columns, if any, count the change and log it. Returns the list's new version."""
    change = update(authority_list).where(authority_list.c.id == row.id)
    tx.connection.execute(change.values(version=row.version + 1, **(columns or {})))
    told = detail | ({"reason": reason} if reason else {})
    audit.write(tx, actor, action, f"list {row.id}", told, now_ms, site=site, customer=row.customer)
    return int(row.version) + 1


def _begin_site(
    tx: Transaction, actor: Actor, list_id: int, site_id: int, version: int, now_ms: int, reason: str
) -> Row[Any]:
    row = expect(tx, actor, list_id)
    authority.expect(tx, actor, site_id, "change-lists", now_ms)
    authority.expect_written(actor, "change-lists", values.text(reason, "reason", changes.REASON_MAX))
    changes.expect_version(f"list {list_id}", row.version, version)
    return row


def _visible(actor: Actor) -> ColumnElement[bool]:
    if actor.role in CENTRE_ROLES:
        return true()
    if actor.role is Role.CUSTOMER and actor.customer is not None:
        serving = select(_covers.c.list).join_from(_covers, site, site.c.id == _covers.c.site)
        serves = authority_list.c.id.in_(serving.where(site.c.customer == actor.customer))
        return or_(authority_list.c.customer == actor.customer, (authority_list.c.kind == INSTALLER) & serves)
    if actor.role is Role.INSTALLER and actor.installer is not None:
        return authority_list.c.id == actor.installer
    return false()
