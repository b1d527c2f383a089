"""What commands and changes of the configuration have in common: asked for, sent, and answered or expired.

Both tables have the same columns for it: id, panel, created_ms, expires_ms, sent_ms, state, status, detail and
answered_ms.
"""

from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from hemlarm_cloud.store import rows, schema

_BEFORE: dict[rows.CommandState, tuple[rows.CommandState, ...]] = {
    "sent": ("queued", "sent"),
    "done": ("queued", "sent", "expired"),
    "failed": ("queued", "sent", "expired"),
    "expired": ("queued", "sent"),
}
"""From which states a request comes into each. An answer is a fact, so it counts even after the time was up."""


def move(
    connection: Connection,
    table: Table,
    request_id: bytes,
    state: rows.CommandState,
    at_ms: int,
    status: int | None,
    detail: int | None,
    panel: str | None,
) -> bool:
    """Move a request on to `state` and return True, or change nothing; see `Transaction.set_command_state`."""
    values: dict[str, Any] = {"state": state}
    if state == "sent":
        values["sent_ms"] = at_ms
    elif state in ("done", "failed"):
        values |= {"answered_ms": at_ms, "status": status, "detail": detail}
    if state != "sent":
        values |= _without_code(table)
    change = update(table).where(table.c.id == request_id, table.c.state.in_(_BEFORE[state])).values(values)
    if panel is not None:
        change = change.where(table.c.panel == panel)
    return connection.execute(change).rowcount == 1


def expire(connection: Connection, table: Table, now_ms: int) -> int:
    """Mark unanswered requests whose time is up as expired. Returns how many."""
    late = (table.c.state.in_(_BEFORE["expired"]), table.c.expires_ms <= now_ms)
    return connection.execute(update(table).where(*late).values(state="expired", **_without_code(table))).rowcount


def _without_code(table: Table) -> dict[str, Any]:
    """Return the values for a request whose code is needed no more: nobody can read it in a later copy."""
    return {"code": None} if "code" in table.c else {}


def due(table: Table) -> Select[Any]:
    """Return the query for unanswered, unexpired requests to living panels in a range of shards, oldest first.

    It takes `due_values`.
    """
    return found(
        table,
        or_(table.c.state == "queued", table.c.state == "sent"),
        table.c.expires_ms > bindparam("now_ms"),
        schema.panel.c.revoked_ms.is_(None),
        schema.panel.c.shard.between(bindparam("first_shard"), bindparam("last_shard")),
    ).limit(bindparam("at_most"))


def due_values(now_ms: int, shards: tuple[str, str], limit: int) -> dict[str, Any]:
    """Return the values for the query `due`."""
    return {"now_ms": now_ms, "first_shard": shards[0], "last_shard": shards[1], "at_most": limit}


def found(table: Table, *conditions: ColumnElement[bool]) -> Select[Any]:
    """Return the query for the requests with these properties, of themselves or their panels, oldest first."""
    query = select(table).join(schema.panel, schema.panel.c.id == table.c.panel).where(*conditions)
    return query.order_by(table.c.created_ms, table.c.id)


def newest(table: Table, panel: str | None, limit: int) -> Select[Any]:
    """Return the query for the newest requests, of one panel or of all, newest first."""
    query = select(table).order_by(table.c.created_ms.desc(), table.c.id).limit(limit)
    return query if panel is None else query.where(table.c.panel == panel)
