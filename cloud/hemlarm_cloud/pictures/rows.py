"""Pictures as rows: making, completing and deleting them, and finding whose they are."""

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, insert, or_, select, update

from hemlarm_cloud.errors import NotFoundError
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import alarm_case, signal
from hemlarm_cloud.store.schema_homes import picture, picture_part
from hemlarm_cloud.store.schema_sites import transmitter
from hemlarm_cloud.store.transaction import Transaction

DAY_MS = 86_400_000

KEPT_MS = 14 * DAY_MS
"""After it was taken a picture is deleted; what the customers are promised."""

HELD_MS = 30 * DAY_MS
"""The same of one that somebody holds, because an investigation will probably need it."""

WHOLE = "whole"
"""What a complete picture's content is sealed as."""

HEAD = [column for column in picture.c if column.name != "content"]
"""All but what it shows."""


def make(tx: Transaction, values: dict[str, Any]) -> int:
    """Add a picture with a key of its own, and return its id. `taken_ms` says when it is deleted."""
    made = tx.connection.execute(insert(picture).values(**values, delete_ms=values["taken_ms"] + KEPT_MS))
    assert made.inserted_primary_key is not None
    picture_id: int = made.inserted_primary_key[0]
    tx.picture_keys.make(picture_id)
    return picture_id


def complete(tx: Transaction, picture_id: int, content: bytes, media_type: str, now_ms: int) -> None:
    """All of it is here."""
    values = {"content": tx.picture_keys.seal(picture_id, WHOLE, content), "got": len(content)}
    values |= {"media_type": media_type, "complete_ms": now_ms}
    tx.connection.execute(update(picture).where(picture.c.id == picture_id).values(**values))
    tx.connection.execute(delete(picture_part).where(picture_part.c.picture == picture_id))


def remove(tx: Transaction, pictures: set[int]) -> None:
    """Delete pictures for good. Their keys go first, whatever becomes of the transaction."""
    tx.picture_keys.remove(pictures)
    tx.connection.execute(delete(picture_part).where(picture_part.c.picture.in_(pictures)))
    tx.connection.execute(delete(picture).where(picture.c.id.in_(pictures)))


def of_case(case: Row[Any]) -> ColumnElement[bool]:
    """Return the condition for the pictures of a case: attached to it, taken for its alarms, or asked for meanwhile."""
    events = select(signal.c.origin_id).where(signal.c.case == case.id, signal.c.origin == "panel")
    panels = select(transmitter.c.id).where(transmitter.c.site == case.site)
    asked_for = picture.c.panel.in_(panels) & picture.c.event.is_(None) & (picture.c.taken_ms >= case.began_ms)
    if case.closed_ms is not None:
        asked_for &= picture.c.taken_ms <= case.closed_ms
    return or_(picture.c.case == case.id, picture.c.event.in_(events), asked_for)


def case_of(reading: Queries, row: Row[Any]) -> Row[Any] | None:
    """Return the case that a picture belongs to, or None where there is none (yet)."""
    case_id = row.case
    if case_id is None and row.event is not None:
        query = select(signal.c.case).where(signal.c.origin == "panel", signal.c.origin_id == row.event)
        case_id = reading.connection.scalar(query)
    elif case_id is None:
        case_id = reading.connection.scalar(_asked_for_in(row))
    if case_id is None:
        return None
    return reading.connection.execute(select(alarm_case).where(alarm_case.c.id == case_id)).one_or_none()


def expect(reading: Queries, picture_id: int) -> Row[Any]:
    """Return a complete picture's row, without its content. Raises NotFoundError for one that is not here any more."""
    query = select(*HEAD).where(picture.c.id == picture_id, picture.c.complete_ms.is_not(None))
    found = reading.connection.execute(query).one_or_none()
    if found is None or not reading.picture_keys.has(picture_id):
        raise NotFoundError(f"no picture {picture_id} here: after 14 days they are deleted, on hold after 30")
    return found


def content(reading: Queries, picture_id: int) -> bytes:
    """Return what a complete picture shows. Raises NotFoundError."""
    sealed = reading.connection.scalar(select(picture.c.content).where(picture.c.id == picture_id))
    shown = None if sealed is None else reading.picture_keys.open(picture_id, WHOLE, bytes(sealed))
    if shown is None:
        raise NotFoundError(f"no picture {picture_id} here: it was deleted, and only an old copy had its row")
    return shown


def _asked_for_in(row: Row[Any]) -> Select[Any]:
    """The alarm's case at the panel's site that was open when it was taken."""
    site = select(transmitter.c.site).where(transmitter.c.id == row.panel).scalar_subquery()
    table = alarm_case
    lasted = or_(table.c.closed_ms.is_(None), table.c.closed_ms >= row.taken_ms)
    query = select(table.c.id).where(table.c.site == site, table.c.began_ms <= row.taken_ms, lasted)
    return query.order_by(table.c.kind != "alarm", table.c.id.desc()).limit(1)
