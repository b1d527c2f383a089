"""Pictures as they come from panels, part by part, within the ingest's transactions.

Parts are kept in order from the first byte on. Whatever comes in another order is answered with what is there, and the
panel goes on from that: so a transfer outlives every cut. What is not wanted is answered as if it were complete.
"""

import logging
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from hemlarm_cloud.handling import log
from hemlarm_cloud.pictures import rows
from hemlarm_cloud.pictures.jpeg import is_jpeg
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema import event
from hemlarm_cloud.store.schema_homes import picture, picture_part
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_protocol.household import PicturePart

A_DAY_MAX = 300
"""Pictures that one panel is taken for one day: 8 cameras with two shots each in eighteen alarms."""

CAMERA = "camera"
"""Who has made the pictures that panels send, in the case's log."""

_log = logging.getLogger(__name__)


def write(tx: Transaction, parts: Iterable[tuple[str, PicturePart]], now_ms: int) -> list[tuple[str, bytes, int]]:
    """Store parts of panels; returns what to tell which panel of which picture, see `take`.

    A part that cannot be kept, because its key cannot, is passed over: alarms are stored in the same transaction.
    """
    told = []
    for panel, part in parts:
        try:
            with tx.connection.begin_nested():
                told.append((panel, part.id, take(tx, panel, part, now_ms)))
        except OSError as error:
            _log.error("a picture of panel %s is not taken: its key cannot be kept (%s)", panel, error.strerror)
    return told


def take(tx: Transaction, panel: str, part: PicturePart, now_ms: int) -> int:
    """Store a part, and return how many bytes the panel is to be told that we have: all of them to be rid of it."""
    row = _row(tx, panel, part.id)
    if row is not None and not tx.picture_keys.has(row.id):
        rows.remove(tx, {row.id})  # An old copy of the database is back, without the key.
        row = None
    if row is None:
        if part.offset:
            return 0
        made = _begin(tx, panel, part, now_ms)
        if made is None:
            return int(part.total)
        row = made
    if row.complete_ms is not None or row.total != part.total:
        return int(part.total)
    return _add(tx, row, part, now_ms) if part.offset == row.got else int(row.got)


def arrived(reading: Queries, panel: str) -> list[int]:
    """Return the camera's zone of each picture of a panel that is here whole."""
    whole = select(picture.c.zone).where(picture.c.panel == panel, picture.c.complete_ms.is_not(None))
    return list(reading.connection.scalars(whole.order_by(picture.c.id)))


def _row(tx: Transaction, panel: str, reference: bytes) -> Row[Any] | None:
    query = select(*rows.HEAD).where(picture.c.panel == panel, picture.c.reference == reference)
    return tx.connection.execute(query).one_or_none()


def _begin(tx: Transaction, panel: str, part: PicturePart, now_ms: int) -> Row[Any] | None:
    """Make room for a picture; None for one that is too old, too many, or empty."""
    alarm = _alarm(tx, panel, part) if part.number else None
    taken_ms = _taken_ms(part, alarm, now_ms)
    of_panel = select(func.count()).select_from(picture).where(picture.c.panel == panel)
    today = of_panel.where(picture.c.taken_ms > now_ms - rows.DAY_MS)
    too_many = (tx.connection.scalar(today) or 0) >= A_DAY_MAX
    if taken_ms + rows.KEPT_MS <= now_ms or too_many or not part.total:
        return None
    values = {"panel": panel, "reference": part.id, "event": alarm.id if alarm else None, "taken_ms": taken_ms}
    rows.make(tx, values | {"zone": part.zone, "shot": part.shot, "total": part.total})
    return _row(tx, panel, part.id)


def _alarm(tx: Transaction, panel: str, part: PicturePart) -> Any:
    """The panel's event that it was taken for, if it is here: a restored store may still have to ask for it."""
    of_panel = (event.c.panel == panel, event.c.kid == part.kid, event.c.number == part.number)
    return tx.connection.execute(select(event.c.id, event.c.dated_ms).where(*of_panel).limit(1)).one_or_none()


def _taken_ms(part: PicturePart, alarm: Any, now_ms: int) -> int:
    """When it was taken: by the panel's clock, but never before its alarm, which is dated with more care."""
    told_ms = now_ms if part.taken is None else 1000 * part.taken
    return min(max(told_ms, alarm.dated_ms if alarm else told_ms), now_ms)


def _add(tx: Transaction, row: Row[Any], part: PicturePart, now_ms: int) -> int:
    got = row.got + len(part.data)
    if got > row.total:
        rows.remove(tx, {row.id})
        return int(row.total)
    sealed = tx.picture_keys.seal(row.id, f"part {part.offset}", part.data)
    tx.connection.execute(insert(picture_part).values(picture=row.id, offset=part.offset, data=sealed))
    tx.connection.execute(update(picture).where(picture.c.id == row.id).values(got=got))
    if got == row.total:
        _complete(tx, row, now_ms)
    return int(got)


def _complete(tx: Transaction, row: Row[Any], now_ms: int) -> None:
    """All of it is here. What is no image is not kept; the panel is rid of it either way."""
    table = picture_part
    query = select(table.c.offset, table.c.data).where(table.c.picture == row.id).order_by(table.c.offset)
    parts = [
        tx.picture_keys.open(row.id, f"part {part.offset}", bytes(part.data)) for part in tx.connection.execute(query)
    ]
    whole = b"".join(part or b"" for part in parts)
    if not is_jpeg(whole):
        rows.remove(tx, {row.id})
        return
    rows.complete(tx, row.id, whole, "image/jpeg", now_ms)
    case = rows.case_of(tx, row)
    if case is not None:
        detail = {"picture": row.id, "bytes": len(whole), "zone": row.zone}
        log.write(tx, case.id, case.site, CAMERA, "picture-arrived", detail, now_ms)
