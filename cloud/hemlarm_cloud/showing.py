"""How rows of the store look on a terminal and as JSON."""

from datetime import UTC, datetime
from typing import Any

from rich import box
from rich.table import Table

from hemlarm_cloud.store import Command, Event, Panel
from hemlarm_protocol import message_names
from hemlarm_protocol.contact_id_names import describe

_VOID_RECORD = "Numbers declared void"


def panel_json(panel: Panel) -> dict[str, Any]:
    """A panel for --json; its root key stays out of it, wrapped as it is."""
    values = panel._asdict()
    del values["root_key"]
    return {"panel": values.pop("id"), **values}


def event_json(event: Event) -> dict[str, Any]:
    """An event for --json: times in milliseconds, sizes in bytes, binary values in hexadecimal."""
    values = event._asdict()
    values |= {"kid": event.kid.hex(), "tag": event.tag.hex(), "name": event_name(event)}
    values["sealed_bytes"] = len(values.pop("sealed"))
    return values


def command_json(command: Command) -> dict[str, Any]:
    """A command for --json."""
    values = command._asdict()
    status = None if command.status is None else message_names.STATUSES.get(command.status, f"status {command.status}")
    return values | {"id": command.id.hex(), "verb": verb_name(command.verb), "status": status}


def panel_table(panels: list[Panel]) -> Table:
    """Panels for people."""
    table = _table("panel", "provisioned (UTC)", "revoked (UTC)")
    for panel in panels:
        table.add_row(panel.id, time_text(panel.provisioned_ms), time_text(panel.revoked_ms))
    return table


def event_table(events: list[Event]) -> Table:
    """Events for people."""
    table = _table("id", "stored (UTC)", "panel", "number", "what happened")
    for event in events:
        where = [f"{name} {value}" for name in ("zone", "user") if (value := getattr(event, name))]
        what = ", ".join([event_name(event), *where])
        table.add_row(str(event.id), time_text(event.committed_ms), event.panel, str(event.number), what)
    return table


def command_table(commands: list[Command]) -> Table:
    """Commands for people."""
    table = _table("asked (UTC)", "panel", "command", "state", "answer", "by")
    for command in commands:
        shown = command_json(command)
        asked = f"{shown['verb']} {command.argument}"
        table.add_row(
            time_text(command.created_ms),
            command.panel,
            asked,
            command.state,
            shown["status"] or "-",
            command.requested_by,
        )
    return table


def event_name(event: Event) -> str:
    """What happened, in words."""
    return describe(event.qcode) if event.qcode else _VOID_RECORD


def verb_name(verb: int) -> str:
    """A command's name, or its number where this version knows no name for it."""
    return message_names.VERBS.get(verb, f"verb {verb}")


def time_text(time_ms: int | None) -> str:
    """A time in UTC to the second, or a dash."""
    return "-" if time_ms is None else f"{datetime.fromtimestamp(time_ms / 1000, UTC):%Y-%m-%d %H:%M:%S}"


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for column in columns:
        # A panel's id is copied into the next command, so it is the one thing that is never broken over two lines.
        table.add_column(column, no_wrap=column in ("panel", "id", "number"), overflow="fold")
    return table
