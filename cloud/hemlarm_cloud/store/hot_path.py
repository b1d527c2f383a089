"""The statements that every group of events and every look at the clock needs."""

from functools import cache
from typing import NamedTuple

from sqlalchemy import Dialect, bindparam, exists, func, select

from hemlarm_cloud.store import requests, rows, schema
from hemlarm_cloud.store.dialects import insert_or_replace, insert_unless_present
from hemlarm_cloud.store.prepared import Prepared

_other = schema.event.alias("other")
_newly_stored = select(
    schema.event.c.id,
    schema.event.c.panel,
    schema.event.c.kid,
    schema.event.c.number,
    schema.event.c.tag,
    # Looks for another tag, not for a lower id: that lookup stays within one index of its own.
    exists(_other.c.tag)
    .where(
        _other.c.panel == schema.event.c.panel,
        _other.c.kid == schema.event.c.kid,
        _other.c.number == schema.event.c.number,
        _other.c.tag != schema.event.c.tag,
    )
    .label("contested"),
).where(schema.event.c.id > bindparam("before"))
_is_contested = select(
    exists(schema.event.c.id).where(
        schema.event.c.panel == bindparam("panel"),
        schema.event.c.kid == bindparam("kid"),
        schema.event.c.number == bindparam("number"),
        schema.event.c.tag != bindparam("tag"),
    )
)
_last_event = select(func.coalesce(func.max(schema.event.c.id), 0))
_revoked = select(schema.panel.c.id).where(schema.panel.c.revoked_ms.is_not(None))
_untold_levels = (
    select(schema.panel.c.id)
    .where(schema.UNTOLD, schema.panel.c.shard.between(bindparam("first"), bindparam("last")))
    .order_by(schema.panel.c.id)
)


class HotPath(NamedTuple):
    """All of them, for one dialect."""

    last_event: Prepared
    insert_event: Prepared
    newly_stored: Prepared
    is_contested: Prepared
    revoked: Prepared
    due_commands: Prepared
    due_changes: Prepared
    untold_levels: Prepared
    keep_heard: Prepared


@cache
def hot_path(dialect: Dialect) -> HotPath:
    """Return the statements, compiled once for a dialect."""
    columns = [name for name in rows.Event._fields if name != "id"]
    return HotPath(
        Prepared(_last_event, dialect),
        Prepared(insert_unless_present(dialect.name, schema.event), dialect, columns),
        Prepared(_newly_stored, dialect),
        Prepared(_is_contested, dialect),
        Prepared(_revoked, dialect),
        Prepared(requests.due(schema.command), dialect),
        Prepared(requests.due(schema.configuration_change), dialect),
        Prepared(_untold_levels, dialect),
        Prepared(insert_or_replace(dialect.name, schema.path_heard), dialect, ["panel", "path", "heard_ms"]),
    )
