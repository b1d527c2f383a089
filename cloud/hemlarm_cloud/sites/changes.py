"""How a change of what belongs to a site begins and ends: authority and version first, the audit log last."""

from typing import Any

from sqlalchemy import Row, update

from hemlarm_cloud import scope
from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.errors import ConflictError, RefusedError
from hemlarm_cloud.sites import audit, authority, values
from hemlarm_cloud.store.schema_sites import site
from hemlarm_cloud.store.transaction import Transaction

REASON_MAX = 200


def begin(
    tx: Transaction,
    actor: Actor,
    site_id: int,
    action: str,
    version: int,
    now_ms: int,
    reason: str = "",
    kinds: tuple[str, ...] = (),
) -> Row[Any]:
    """Return a site's row to one who may do `action` there and saw its present version.

    Raises NotFoundError, RefusedError, InvalidError for an operator who names nothing written, ConflictError.
    """
    row = scope.expect_site(tx, actor, site_id)
    authority.expect_everywhere(tx, actor, [site_id], action, now_ms, kinds)
    authority.expect_written(actor, action, values.text(reason, "reason", REASON_MAX))
    expect_version(f"site {site_id}", row.version, version)
    if row.ended_ms is not None:
        raise ConflictError(f"site {site_id} has ended, and stays as it was")
    return row


def finish(
    tx: Transaction,
    actor: Actor,
    row: Row[Any],
    action: str,
    detail: dict[str, Any],
    now_ms: int,
    reason: str = "",
    columns: dict[str, Any] | None = None,
) -> int:
    """Store new values of a site's columns, if any, count the change and log it. Returns the site's new version."""
    change = update(site).where(site.c.id == row.id).values(version=row.version + 1, **(columns or {}))
    tx.connection.execute(change)
    told = detail | ({"reason": reason} if reason else {})
    audit.write(tx, actor, action, f"site {row.id}", told, now_ms, site=row.id)
    return int(row.version) + 1


def expect_version(name: str, present: int, seen: int) -> None:
    """Raise ConflictError unless the version seen is the present one."""
    if present != seen:
        raise ConflictError(f"{name} was changed meanwhile (version {present}, not {seen}); look at it again")


def expect_supervisor(actor: Actor, what: str) -> None:
    """Raise RefusedError for anyone but a supervisor."""
    if actor.role is not Role.SUPERVISOR:
        raise RefusedError(f"{what}: this is for supervisors; ask one of them")


def expect_staff(actor: Actor, what: str) -> None:
    """Raise RefusedError for anyone but the centre's operators and supervisors."""
    if actor.role not in (Role.SUPERVISOR, Role.OPERATOR):
        raise RefusedError(f"{what}: this is for the centre's operators")


def changed(row: Row[Any], new: dict[str, Any]) -> dict[str, Any]:
    """What a change makes different, for the audit log: each column before and after."""
    old = row._asdict()
    return {name: [old[name], value] for name, value in new.items() if old[name] != value}
