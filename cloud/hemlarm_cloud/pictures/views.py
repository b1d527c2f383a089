"""Who sees pictures: the centre's staff alone, and each look is logged. Customers and installers never do."""

from typing import NamedTuple

from sqlalchemy import select

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.handling import log, seen
from hemlarm_cloud.pictures import rows
from hemlarm_cloud.sites import audit
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_homes import picture
from hemlarm_cloud.store.transaction import Transaction

LISTED_MAX = 200
"""Of one case."""


class Picture(NamedTuple):
    """A picture without its content. `zone` is the camera's, 0 of one attached by hand, which has `attached_by`.

    `got` of `total` bytes have come; one that is `complete` can be looked at, until `delete_ms`.
    """

    id: int
    case: int
    at_ms: int
    attached_by: str
    media_type: str
    zone: int
    shot: int
    total: int
    got: int
    complete: bool
    delete_ms: int
    held_by: str
    hold_reason: str
    version: int


def of_case(reading: Queries, actor: Actor, case_id: int) -> list[Picture]:
    """Return a case's pictures, oldest first, with those on their way. Raises RefusedError, NotFoundError."""
    seen.expect_staff(actor)
    case = seen.expect_case(reading, actor, case_id)
    query = select(*rows.HEAD).where(rows.of_case(case)).order_by(picture.c.taken_ms, picture.c.id).limit(LISTED_MAX)
    found = [row for row in reading.connection.execute(query) if reading.picture_keys.has(row.id)]
    return [
        Picture(
            row.id,
            case_id,
            row.taken_ms,
            row.attached_by,
            row.media_type,
            row.zone,
            row.shot,
            row.total,
            row.got,
            row.complete_ms is not None,
            row.delete_ms,
            row.held_by,
            row.hold_reason,
            row.version,
        )
        for row in found
    ]


def look(tx: Transaction, actor: Actor, picture_id: int, now_ms: int) -> tuple[str, bytes]:
    """Return a picture's media type and content, and log who looked. Raises RefusedError, NotFoundError."""
    seen.expect_staff(actor)
    row = rows.expect(tx, picture_id)
    shown = rows.content(tx, picture_id)
    case = rows.case_of(tx, row)
    if case is not None:
        log.write(tx, case.id, case.site, actor.name, "picture-seen", {"picture": picture_id}, now_ms)
    audit.write(tx, actor, "look", f"picture {picture_id}", {"case": case.id if case else None}, now_ms)
    return row.media_type, shown
