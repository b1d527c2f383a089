"""Deleting pictures: the step of case work that keeps the promise of 14 days, and of 30 on hold."""

from typing import Any

from sqlalchemy import Row, func, select, update

from hemlarm_cloud.actor import SYSTEM
from hemlarm_cloud.pictures import rows
from hemlarm_cloud.sites import audit
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_homes import picture
from hemlarm_cloud.store.transaction import Transaction

AT_ONCE = 50
"""Pictures in one transaction, so that alarms never wait long for it."""


def step(store: Store, now_ms: int) -> int | None:
    """Delete what is due, and keys that belong to nothing; return when the next picture is due, or None."""
    while _due(store, now_ms):
        with store.begin() as tx:
            _delete(tx, now_ms)
    _sweep(store)
    with store.read() as reading:
        next_ms: int | None = reading.connection.scalar(select(func.min(picture.c.delete_ms)))
    return next_ms


def _due(store: Store, now_ms: int) -> bool:
    with store.read() as reading:
        return reading.connection.scalar(select(picture.c.id).where(picture.c.delete_ms <= now_ms).limit(1)) is not None


def _delete(tx: Transaction, now_ms: int) -> None:
    query = select(picture).where(picture.c.delete_ms <= now_ms).order_by(picture.c.delete_ms).limit(AT_ONCE)
    due = tx.connection.execute(query).all()
    for row in due:
        if not row.delete_ms:
            _adopt(tx, row)
    gone = {row.id for row in due if row.delete_ms}
    if gone:
        rows.remove(tx, gone)
        audit.write(tx, SYSTEM, "delete", "pictures whose time is over", {"pictures": sorted(gone)}, now_ms)


def _adopt(tx: Transaction, row: Row[Any]) -> None:
    """Seal a picture from before there were keys, as the migration has left it."""
    tx.picture_keys.make(row.id)
    rows.complete(tx, row.id, bytes(row.content), row.media_type, row.taken_ms)
    kept = update(picture).where(picture.c.id == row.id).values(delete_ms=row.taken_ms + rows.KEPT_MS)
    tx.connection.execute(kept)


def _sweep(store: Store) -> None:
    """Remove keys whose picture is gone: a commit that failed, or a database that was restored, leaves them behind.

    Only below the newest picture: over an empty database, by mistake or before a copy is restored, no key is lost.
    """
    keys = store.picture_keys.all()
    if keys:
        with store.read() as reading:
            known = set(reading.connection.scalars(select(picture.c.id)))
        store.picture_keys.remove({key for key in keys - known if key < max(known, default=0)})
