"""Keeping a picture longer than the rest, because an investigation will probably need it: a supervisor's decision."""

from typing import Any

from sqlalchemy import Row, update

from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.errors import InvalidError, RefusedError
from hemlarm_cloud.handling import log, seen
from hemlarm_cloud.pictures import rows
from hemlarm_cloud.sites import audit
from hemlarm_cloud.store.schema_homes import picture
from hemlarm_cloud.store.transaction import Transaction

REASON_MAX = 200
"""Characters."""


def hold(tx: Transaction, actor: Actor, picture_id: int, reason: str, version: int, now_ms: int) -> None:
    """Keep a picture until 30 days after it was taken, with the reason in the log.

    Raises RefusedError for anyone but a supervisor, NotFoundError, InvalidError, and ConflictError for another version.
    """
    reason = reason.strip()
    if not 0 < len(reason) <= REASON_MAX or not reason.isprintable():
        raise InvalidError(
            f"a hold needs a reason of at most {REASON_MAX} characters, such as the police's case number"
        )
    row = _expect(tx, actor, picture_id, version)
    values = {"held_by": actor.name, "hold_reason": reason, "delete_ms": row.taken_ms + rows.HELD_MS}
    _change(tx, actor, row, "picture-held", values, now_ms)


def release(tx: Transaction, actor: Actor, picture_id: int, version: int, now_ms: int) -> None:
    """End a hold: the picture goes when all others of its day go, perhaps at once. Raises as `hold` does."""
    row = _expect(tx, actor, picture_id, version)
    values = {"held_by": "", "hold_reason": "", "delete_ms": row.taken_ms + rows.KEPT_MS}
    _change(tx, actor, row, "picture-released", values, now_ms)


def expect_supervisor(actor: Actor) -> None:
    """Raise RefusedError unless the actor decides about pictures."""
    if actor.role is not Role.SUPERVISOR:
        raise RefusedError(
            f"{actor.name} is no supervisor: holding and handing out pictures is a supervisor's decision"
        )


def _expect(tx: Transaction, actor: Actor, picture_id: int, version: int) -> Row[Any]:
    expect_supervisor(actor)
    row = rows.expect(tx, picture_id)
    seen.expect_version(f"picture {picture_id}", row.version, version)
    return row


def _change(tx: Transaction, actor: Actor, row: Row[Any], kind: str, values: dict[str, Any], now_ms: int) -> None:
    change = update(picture).where(picture.c.id == row.id)
    tx.connection.execute(change.values(**values, version=row.version + 1))
    detail = {"picture": row.id, "reason": values["hold_reason"], "delete_ms": values["delete_ms"]}
    case = rows.case_of(tx, row)
    if case is not None:
        log.write(tx, case.id, case.site, actor.name, kind, detail, now_ms)
    audit.write(tx, actor, kind.removeprefix("picture-"), f"picture {row.id}", detail, now_ms)
