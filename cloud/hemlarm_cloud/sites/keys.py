"""The key register: which keys to a site the centre holds, who has each, and what became of them.

A key's movements are only ever added to; the database refuses to change or delete one. They are the record that a key
was destroyed when its contract had ended.
"""

from typing import Any, NamedTuple

from sqlalchemy import Row, insert, or_, select, update

from hemlarm_cloud import scope
from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import ConflictError, NotFoundError
from hemlarm_cloud.sites import audit, changes, values
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import contract, key_movement, site, site_key
from hemlarm_cloud.store.transaction import Transaction

HELD, OUT, RETURNED, DESTROYED = "held", "out", "returned", "destroyed"

KEYS_MAX = 100
"""Of one site."""


class _Movement(NamedTuple):
    before: str
    after: str


MOVEMENTS = {
    "handed-out": _Movement(HELD, OUT),
    "back": _Movement(OUT, HELD),
    "returned": _Movement(HELD, RETURNED),
    "destroyed": _Movement(HELD, DESTROYED),
}
"""What can become of a key, and in which state it must be for that. `received` begins it."""


def receive(tx: Transaction, actor: Actor, site_id: int, label: str, holder: str, now_ms: int, note: str = "") -> int:
    """Take a key to a site into the register and return its id. `label` is what its tag says, `holder` where it is.

    A tag says nothing of the address. For operators. Raises NotFoundError, RefusedError, InvalidError, ConflictError.
    """
    row = scope.expect_site(tx, actor, site_id)
    changes.expect_staff(actor, "the key register")
    if row.ended_ms is not None:
        raise ConflictError(f"site {site_id} has ended; leave the key with its owner")
    new: dict[str, Any] = {
        "site": site_id,
        "label": values.text(label, "label", 40, 1),
        "state": HELD,
        "holder": values.text(holder, "holder", 80, 1),
    }
    there = tx.connection.execute(select(site_key.c.label, site_key.c.state).where(site_key.c.site == site_id)).all()
    if len(there) >= KEYS_MAX:
        raise ConflictError(f"site {site_id} has {KEYS_MAX} keys on record, which is as many as one can")
    if any(key.label == new["label"] and key.state in (HELD, OUT) for key in there):
        raise ConflictError(f"site {site_id} has a key {new['label']!r} already; give this one another tag")
    key_id = int(tx.connection.execute(insert(site_key).returning(site_key.c.id), new).scalar_one())
    _record(tx, actor, key_id, site_id, "received", new["holder"], note, now_ms)
    return key_id


def move(
    tx: Transaction,
    actor: Actor,
    key_id: int,
    kind: str,
    holder: str,
    version: int,
    now_ms: int,
    note: str = "",
) -> int:
    """Hand a key out, take it back, return it to its owner or destroy it; returns its new version.

    `kind` is one of MOVEMENTS, `holder` says who has it now or had it last. A key is destroyed only after its site or
    its contract has ended. For operators. Raises NotFoundError, RefusedError, InvalidError, ConflictError.
    """
    row = expect(tx, actor, key_id)
    changes.expect_staff(actor, "the key register")
    movement = MOVEMENTS[values.one_of(kind, "kind", tuple(MOVEMENTS))]
    changes.expect_version(f"key {key_id}", row.version, version)
    if row.state != movement.before:
        raise ConflictError(f"key {key_id} is {row.state}; it must be {movement.before} to be {kind}")
    if kind == "destroyed" and not _over(tx, row.site, now_ms):
        raise ConflictError(f"key {key_id}: its site and contract last; return it to its owner instead")
    given = values.text(holder, "holder", 80, 1)
    change = update(site_key).where(site_key.c.id == key_id)
    tx.connection.execute(change.values(state=movement.after, holder=given, version=version + 1))
    _record(tx, actor, key_id, row.site, kind, given, note, now_ms)
    return version + 1


def keys(reading: Queries, actor: Actor, site_id: int) -> list[dict[str, Any]]:
    """Return a site's keys, those gone too, oldest first. Raises NotFoundError."""
    scope.expect_site(reading, actor, site_id)
    query = select(site_key).where(site_key.c.site == site_id).order_by(site_key.c.id)
    return [row._asdict() for row in reading.connection.execute(query)]


def movements(reading: Queries, actor: Actor, key_id: int, after_id: int = 0, limit: int = 100) -> list[dict[str, Any]]:
    """Return what became of a key, oldest first. Raises NotFoundError, InvalidError."""
    expect(reading, actor, key_id)
    query = select(key_movement).where(key_movement.c.key == key_id, key_movement.c.id > after_id)
    query = query.order_by(key_movement.c.id).limit(values.page(limit))
    return [row._asdict() for row in reading.connection.execute(query)]


def to_destroy(
    reading: Queries, actor: Actor, now_ms: int, after_id: int = 0, limit: int = 100
) -> list[dict[str, Any]]:
    """Return keys that the centre still has to sites which have ended, or whose contract has. Raises InvalidError."""
    ended = (contract.c.terminated_ms.is_not(None)) & (contract.c.ends_ms <= now_ms)
    query = (
        select(site_key)
        .join_from(site_key, site, site.c.id == site_key.c.site)
        .outerjoin(contract, contract.c.id == site.c.contract)
        .where(site_key.c.state.in_((HELD, OUT)), site_key.c.id > after_id, scope.visible(actor))
        .where(or_(site.c.ended_ms <= now_ms, ended))
        .order_by(site_key.c.id)
        .limit(values.page(limit))
    )
    return [row._asdict() for row in reading.connection.execute(query)]


def expect(reading: Queries, actor: Actor, key_id: int) -> Row[Any]:
    query = select(site_key).join_from(site_key, site, site.c.id == site_key.c.site)
    found = reading.connection.execute(query.where(site_key.c.id == key_id, scope.visible(actor))).one_or_none()
    if found is None:
        raise NotFoundError(f"no key {key_id} here; `hemlarm cloud key list` shows a site's")
    return found


def _over(tx: Transaction, site_id: int, now_ms: int) -> bool:
    query = select(site.c.ended_ms, contract.c.ends_ms, contract.c.terminated_ms)
    query = query.join_from(site, contract, contract.c.id == site.c.contract, isouter=True)
    row = tx.connection.execute(query.where(site.c.id == site_id)).one()
    if row.ended_ms is not None and row.ended_ms <= now_ms:
        return True
    return row.terminated_ms is not None and row.ends_ms <= now_ms


def _record(
    tx: Transaction, actor: Actor, key_id: int, site_id: int, kind: str, holder: str, note: str, now_ms: int
) -> None:
    row = {
        "key": key_id,
        "at_ms": now_ms,
        "kind": kind,
        "holder": holder,
        "by": actor.name,
        "note": values.text(note, "note", 200),
    }
    tx.connection.execute(insert(key_movement), row)
    told = {"kind": kind, "holder": holder}
    audit.write(tx, actor, "move-key", f"key {key_id}", told, now_ms, site=site_id)
