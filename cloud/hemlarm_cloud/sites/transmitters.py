"""What reports from a site: panels, and transmitters of others. None is turned away for want of paperwork."""

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, String, column, delete, insert, select, update
from sqlalchemy import values as sql_values

from hemlarm_cloud import scope
from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import ConflictError, NotFoundError
from hemlarm_cloud.sites import audit, changes, values
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import panel_user, site, transmitter, zone_name
from hemlarm_cloud.store.transaction import Transaction

KINDS = ("hemlarm", "sos-access", "dc-09")

PLACEHOLDER = "?"
"""Begins the number of a site that stands in for one nobody registered yet."""

_NUMBER_MAX = 40


def ensure_transmitter(tx: Transaction, transmitter_id: str, kind: str, now_ms: int) -> int:
    """Return the id of a transmitter's site.

    One that nobody registered gets a site of its own without a customer, so that its alarms are never lost; it is known
    by a number of "?" and the transmitter's id, until the site is registered or the transmitter moved to one that is.
    """
    return ensure_transmitters(tx, [transmitter_id], kind, now_ms)[transmitter_id]


def ensure_transmitters(tx: Transaction, ids: Sequence[str], kind: str, now_ms: int) -> dict[str, int]:
    """Return the sites of transmitters of one kind, at most some hundreds; see `ensure_transmitter`."""
    assert kind in KINDS
    if not ids:
        return {}
    # Joined, not IN (...): PostgreSQL keeps the plan that it made for IN while the table was small, and that plan
    # compares every row with every id.
    wanted = sql_values(column("id", String), name="wanted").data([(one,) for one in set(ids)]).cte("wanted")
    query = select(transmitter.c.id, transmitter.c.site).join_from(wanted, transmitter, transmitter.c.id == wanted.c.id)
    sites = {row.id: row.site for row in tx.connection.execute(query)}
    unknown = sorted(set(ids) - sites.keys())
    if unknown:
        sites.update(_add_placeholders(tx, unknown, kind, now_ms))
    return sites


def _add_placeholders(tx: Transaction, ids: Sequence[str], kind: str, now_ms: int) -> dict[str, int]:
    rows = [
        {"number": _placeholder(unknown), "name": f"Not registered: {unknown}", "created_ms": now_ms} for unknown in ids
    ]
    made = tx.connection.execute(insert(site).returning(site.c.number, site.c.id), rows)
    numbered = {row.number: row.id for row in made}
    sites = {unknown: int(numbered[row["number"]]) for unknown, row in zip(ids, rows, strict=True)}
    there = [{"id": unknown, "kind": kind, "site": sites[unknown], "added_ms": now_ms} for unknown in ids]
    tx.connection.execute(insert(transmitter), there)
    return sites


def _placeholder(transmitter_id: str) -> str:
    """A number that no other transmitter's site gets; a long id is cut, and told apart by its digest."""
    if len(transmitter_id) < _NUMBER_MAX:
        return PLACEHOLDER + transmitter_id
    digest = hashlib.sha256(transmitter_id.encode()).hexdigest()[:12]
    return f"{PLACEHOLDER}{transmitter_id[: _NUMBER_MAX - 14]}~{digest}"


def add(
    tx: Transaction,
    actor: Actor,
    site_id: int,
    transmitter_id: str,
    kind: str,
    name: str,
    version: int,
    now_ms: int,
) -> int:
    """Register a transmitter at a site and return the site's new version. By supervisors.

    One that reported before it was registered is moved here from the site that stood in for its own.
    Raises RefusedError, NotFoundError, InvalidError, and ConflictError for one that another site has.
    """
    changes.expect_supervisor(actor, "registering a transmitter")
    given = values.text(transmitter_id, "transmitter", 60, 1)
    row = {"id": given, "kind": values.one_of(kind, "kind", KINDS), "name": values.text(name, "name", 60)}
    there = changes.begin(tx, actor, site_id, "change-site", version, now_ms)
    known = tx.connection.execute(select(transmitter).where(transmitter.c.id == given)).one_or_none()
    if known is None:
        tx.connection.execute(insert(transmitter), row | {"site": site_id, "added_ms": now_ms})
    elif _customer(tx, known.site) is None and known.kind == kind and known.site != site_id:
        _move(tx, known, there.customer, {"site": site_id, "name": row["name"]}, now_ms)
    else:
        raise ConflictError(f"transmitter {given} is at site {known.site} already; move it")
    return changes.finish(tx, actor, there, "add-transmitter", row, now_ms)


def move(tx: Transaction, actor: Actor, transmitter_id: str, site_id: int, version: int, now_ms: int) -> int:
    """Move a transmitter to another site, and return that site's new version. By supervisors.

    What it reported stays with the site where it was. Between customers the names of its zones and the persons behind
    its users do not go along. Raises RefusedError, NotFoundError, ConflictError.
    """
    changes.expect_supervisor(actor, "moving a transmitter")
    known = expect(tx, actor, transmitter_id)
    there = changes.begin(tx, actor, site_id, "change-site", version, now_ms)
    if known.site == site_id:
        raise ConflictError(f"transmitter {transmitter_id} is at site {site_id} already")
    _move(tx, known, there.customer, {"site": site_id}, now_ms)
    told = {"id": transmitter_id, "from": known.site, "to": site_id}
    audit.write(tx, actor, "move-transmitter", f"site {known.site}", told, now_ms, site=known.site)
    return changes.finish(tx, actor, there, "move-transmitter", told, now_ms)


def change(
    tx: Transaction,
    actor: Actor,
    transmitter_id: str,
    name: str,
    ended: bool,
    version: int,
    now_ms: int,
    reason: str = "",
) -> int:
    """Name a transmitter, or say that it was taken out of use or back. Takes authority A; returns its site's version.

    Raises NotFoundError, RefusedError, InvalidError, ConflictError.
    """
    known = expect(tx, actor, transmitter_id)
    there = changes.begin(tx, actor, known.site, "change-site", version, now_ms, reason)
    ended_ms = (known.ended_ms or now_ms) if ended else None
    new = {"name": values.text(name, "name", 60), "ended_ms": ended_ms}
    tx.connection.execute(update(transmitter).where(transmitter.c.id == known.id).values(**new))
    told = {"id": known.id, **changes.changed(known, new)}
    return changes.finish(tx, actor, there, "change-transmitter", told, now_ms, reason)


def expect(reading: Queries, actor: Actor, transmitter_id: str) -> Row[Any]:
    """Return a transmitter's row. Raises NotFoundError for one that is not there, or not this actor's."""
    query = select(transmitter).join_from(transmitter, site, site.c.id == transmitter.c.site)
    found = reading.connection.execute(query.where(transmitter.c.id == transmitter_id, scope.visible(actor)))
    row = found.one_or_none()
    if row is None:
        raise NotFoundError(f"no transmitter {transmitter_id[:60]!r} here; `hemlarm cloud site show` lists a site's")
    return row


def transmitters(
    reading: Queries, actor: Actor, site_id: int, after: str = "", limit: int = 100
) -> list[dict[str, Any]]:
    """Return a site's transmitters by their ids, those behind `after`. Raises NotFoundError, InvalidError."""
    scope.expect_site(reading, actor, site_id)
    query = select(transmitter).where(transmitter.c.site == site_id, transmitter.c.id > after)
    query = query.order_by(transmitter.c.id).limit(values.page(limit))
    return [row._asdict() for row in reading.connection.execute(query)]


def _customer(tx: Transaction, site_id: int) -> int | None:
    found: int | None = tx.connection.scalar(select(site.c.customer).where(site.c.id == site_id))
    return found


def _move(tx: Transaction, known: Row[Any], to_customer: int | None, new: dict[str, Any], now_ms: int) -> None:
    before = _customer(tx, known.site)
    if before is not None and before != to_customer:
        tx.connection.execute(delete(panel_user).where(panel_user.c.transmitter == known.id))
        tx.connection.execute(delete(zone_name).where(zone_name.c.transmitter == known.id))
        new = new | {"name": "", "added_ms": now_ms}
    tx.connection.execute(update(transmitter).where(transmitter.c.id == known.id).values(**new))
