"""Pictures of a case, attached by hand. The centre's staff alone sees them, and the log keeps every look."""

from typing import Any, NamedTuple

from sqlalchemy import func, insert, select

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError
from hemlarm_cloud.handling import log, seen
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import case_picture
from hemlarm_cloud.store.transaction import Transaction

PICTURE_MAX = 2_000_000
"""Bytes: a detector's camera makes far less, and a guard's telephone can."""

PICTURES_MAX = 100
"""Of one case."""

_BEGINNINGS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


class Picture(NamedTuple):
    """A picture without its content."""

    id: int
    case: int
    at_ms: int
    attached_by: str
    media_type: str


def attach_picture(tx: Transaction, actor: Actor, case_id: int, content: bytes, now_ms: int) -> Picture:
    """Attach a PNG or JPEG image to an open case. What it is its first bytes say, not whoever brings it.

    Raises RefusedError, NotFoundError, InvalidError for anything else or too much, ConflictError for a closed case.
    """
    case = seen.expect_open(tx, actor, case_id)
    media_type = next((kind for beginning, kind in _BEGINNINGS.items() if content.startswith(beginning)), None)
    if media_type is None:
        raise InvalidError("a picture is a PNG or JPEG image: this is neither")
    if len(content) > PICTURE_MAX:
        raise InvalidError(f"a picture of {len(content)} bytes is too large; {PICTURE_MAX} are the most")
    table = case_picture
    if (tx.connection.scalar(select(func.count()).where(table.c.case == case_id)) or 0) >= PICTURES_MAX:
        raise ConflictError(f"case {case_id} has {PICTURES_MAX} pictures, which is the most")
    row: dict[str, Any] = {"case": case_id, "at_ms": now_ms, "attached_by": actor.name, "media_type": media_type}
    made = tx.connection.execute(insert(table).values(row | {"content": content})).inserted_primary_key
    assert made is not None
    detail = {"picture": made[0], "bytes": len(content), "media_type": media_type}
    log.write(tx, case_id, case.site, actor.name, "picture-attached", detail, now_ms)
    return Picture(made[0], **row)


def look_at_picture(tx: Transaction, actor: Actor, case_id: int, picture_id: int, now_ms: int) -> tuple[str, bytes]:
    """Return a picture's media type and content, and log who looked.

    Raises RefusedError for anyone but the centre's staff, the customer included, and NotFoundError.
    """
    seen.expect_staff(actor)
    case = seen.expect_case(tx, actor, case_id)
    table = case_picture
    query = select(table.c.media_type, table.c.content).where(table.c.id == picture_id, table.c.case == case_id)
    found: Any = tx.connection.execute(query).one_or_none()
    if found is None:
        raise NotFoundError(f"case {case_id} has no picture {picture_id}")
    log.write(tx, case_id, case.site, actor.name, "picture-seen", {"picture": picture_id}, now_ms)
    return found.media_type, bytes(found.content)


def pictures(reading: Queries, actor: Actor, case_id: int) -> list[Picture]:
    """Return which pictures a case has, oldest first, to the staff. Raises RefusedError, NotFoundError."""
    seen.expect_staff(actor)
    seen.expect_case(reading, actor, case_id)
    columns = [case_picture.c[name] for name in Picture._fields]
    query = select(*columns).where(case_picture.c.case == case_id).order_by(case_picture.c.id).limit(PICTURES_MAX)
    return [Picture(*row) for row in reading.connection.execute(query)]
