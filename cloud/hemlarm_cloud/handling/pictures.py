"""Pictures of a case. People attach them here; who sees them is decided in `pictures/views.py`."""

from typing import Any

from sqlalchemy import func, select

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError
from hemlarm_cloud.handling import log, seen
from hemlarm_cloud.pictures import rows, views
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_homes import picture
from hemlarm_cloud.store.transaction import Transaction

PICTURE_MAX = 2_000_000
"""Bytes: a detector's camera makes far less, and a guard's telephone can."""

PICTURES_MAX = 100
"""That people may attach to one case."""

_BEGINNINGS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def attach_picture(tx: Transaction, actor: Actor, case_id: int, content: bytes, now_ms: int) -> views.Picture:
    """Attach a PNG or JPEG image to an open case. What it is its first bytes say, not whoever brings it.

    Raises RefusedError, NotFoundError, InvalidError for anything else or too much, ConflictError for a closed case.
    """
    case = seen.expect_open(tx, actor, case_id)
    media_type = next((kind for beginning, kind in _BEGINNINGS.items() if content.startswith(beginning)), None)
    if media_type is None:
        raise InvalidError("a picture is a PNG or JPEG image: this is neither")
    if len(content) > PICTURE_MAX:
        raise InvalidError(f"a picture of {len(content)} bytes is too large; {PICTURE_MAX} are the most")
    attached = select(func.count()).select_from(picture).where(picture.c.case == case_id)
    if (tx.connection.scalar(attached) or 0) >= PICTURES_MAX:
        raise ConflictError(f"case {case_id} has {PICTURES_MAX} pictures, which is the most")
    row: dict[str, Any] = {"case": case_id, "taken_ms": now_ms, "attached_by": actor.name, "total": len(content)}
    made = rows.make(tx, row)
    rows.complete(tx, made, content, media_type, now_ms)
    detail = {"picture": made, "bytes": len(content), "media_type": media_type}
    log.write(tx, case_id, case.site, actor.name, "picture-attached", detail, now_ms)
    return next(each for each in views.of_case(tx, actor, case_id) if each.id == made)


def look_at_picture(tx: Transaction, actor: Actor, case_id: int, picture_id: int, now_ms: int) -> tuple[str, bytes]:
    """Return a picture's media type and content, and log who looked.

    Raises RefusedError for anyone but the centre's staff, the customer included, and NotFoundError.
    """
    expect_in_case(tx, actor, case_id, picture_id)
    return views.look(tx, actor, picture_id, now_ms)


def pictures(reading: Queries, actor: Actor, case_id: int) -> list[views.Picture]:
    """Return which pictures a case has, oldest first, to the staff. Raises RefusedError, NotFoundError."""
    return views.of_case(reading, actor, case_id)


def expect_in_case(reading: Queries, actor: Actor, case_id: int, picture_id: int) -> None:
    """Raise NotFoundError unless the picture is this case's, and RefusedError for whoever sees none at all."""
    if picture_id not in {each.id for each in views.of_case(reading, actor, case_id)}:
        raise NotFoundError(f"case {case_id} has no picture {picture_id}")
