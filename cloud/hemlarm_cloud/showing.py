"""How rows of the store look on a terminal and as JSON."""

import json
from datetime import UTC, datetime
from typing import Any

from rich import box
from rich.table import Table

from hemlarm_cloud.store import Change, Command, Configuration, Dating, Event, Panel, PresumedAlarm
from hemlarm_protocol import cbor, message_names
from hemlarm_protocol.contact_id_names import describe

_VOID_RECORD = "Numbers declared void"
_PRESUMED = "Presumed burglary alarm"
_ESTIMATED = "~ an estimate: the panel's clock was not set, and no session tells"

Date = tuple[int, Dating]
"""Milliseconds since 1970, and who says so."""


def panel_json(panel: Panel) -> dict[str, Any]:
    """A panel for --json; its root key stays out of it, wrapped as it is."""
    values = panel._asdict()
    for inner in ("root_key", "levels_told"):
        del values[inner]
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
    del values["code"]
    return values | {"id": command.id.hex(), "verb": verb_name(command.verb), "status": status_name(command.status)}


def change_json(change: Change) -> dict[str, Any]:
    """A change of a configuration for --json."""
    edits = _plain(cbor.decode(change.edits))
    return change._asdict() | {"id": change.id.hex(), "edits": edits, "status": status_name(change.status)}


def change_text(change: Change) -> str:
    """What became of a change, and what to do now."""
    answer = "done" if change.state == "done" else status_name(change.status) or "none"
    nothing = f"Nothing was changed at panel {change.panel}: "
    why = f"its answer is {answer}. Check the section, the number and the fields."
    if change.reason:
        why = f"{change.reason}. Correct what this names, where places in a list count from 0, and set it again."
    return {
        "done": f"Panel {change.panel} took the change; its configuration now has revision {change.base + 1}.",
        "conflict": nothing + f"its configuration is no longer revision {change.base}. Look at it with "
        f"`hemlarm cloud panel config {change.panel}`, and set again what is still wanted.",
        "busy": nothing + "somebody is changing its configuration at the keypad. Try again in a minute.",
        "none": f"Panel {change.panel} has not answered. Once it is connected again, `hemlarm cloud panel config` "
        "shows whether it took the change; firmware 1.0 takes none.",
    }.get(answer, nothing + why)


def configuration_json(stored: Configuration) -> dict[str, Any]:
    """A configuration for --json."""
    values = stored._asdict()
    document = _plain(cbor.decode(values.pop("document")))
    return values | {"configuration": document}


def alarm_json(alarm: PresumedAlarm, date: Date | None) -> dict[str, Any]:
    """A presumed alarm for --json, with the date of the event that started its entry delay."""
    began_ms, dating = date or (None, None)
    return alarm._asdict() | {"kid": alarm.kid.hex(), "name": _PRESUMED, "began_ms": began_ms, "dating": dating}


def panel_table(panels: list[Panel]) -> Table:
    """Panels for people."""
    table = plain_table("panel", "provisioned (UTC)", "revoked (UTC)")
    for panel in panels:
        table.add_row(panel.id, time_text(panel.provisioned_ms), time_text(panel.revoked_ms))
    return table


def event_table(events: list[Event]) -> Table:
    """Events for people."""
    table = plain_table("id", "happened (UTC)", "panel", "number", "what happened")
    for event in events:
        where = [f"{name} {value}" for name in ("zone", "user") if (value := getattr(event, name))]
        what = ", ".join([event_name(event), *where])
        when = date_text(event.dated_ms, event.dating) if event.qcode else time_text(event.received_ms)
        table.add_row(str(event.id), when, event.panel, str(event.number), what)
    if any(event.dating == "between" and event.qcode for event in events):
        table.caption = _ESTIMATED
    return table


def command_table(commands: list[Command]) -> Table:
    """Commands for people."""
    table = plain_table("asked (UTC)", "panel", "command", "state", "answer", "by")
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


def configuration_table(stored: Configuration) -> Table:
    """A configuration for people: a line for each numbered thing, and one for the panel itself."""
    table = plain_table("section", "number", "fields")
    told = "" if stored.complete else "; it may have changed since, and is being asked for"
    table.title = f"Revision {stored.revision}, read {time_text(stored.read_ms)} UTC{told}"
    document: dict[str, Any] = configuration_json(stored)["configuration"]
    table.add_row("panel", "0", _fields({name: value for name, value in document.items() if not _is_section(value)}))
    for section, things in document.items():
        for thing in things if _is_section(things) else ():
            fields = {name: value for name, value in thing.items() if name != "number"}
            table.add_row(section, str(thing.get("number", "-")), _fields(fields))
    return table


def alarm_table(alarms: list[tuple[PresumedAlarm, Date | None]]) -> Table:
    """Presumed alarms for people, each with the date of the event that started its entry delay."""
    table = plain_table("raised (UTC)", "panel", "what happened", "settled late (UTC)")
    for alarm, date in alarms:
        began = f", entry delay from {date_text(*date)}" if date else ""
        what = f"{_PRESUMED}, area {alarm.area}, zone {alarm.zone}{began}"
        table.add_row(time_text(alarm.raised_ms), alarm.panel, what, time_text(alarm.settled_ms))
    if any(date and date[1] == "between" for _, date in alarms):
        table.caption = _ESTIMATED
    return table


def event_name(event: Event) -> str:
    """What happened, in words."""
    return describe(event.qcode) if event.qcode else _VOID_RECORD


def status_name(status: int | None) -> str | None:
    """An answer's name, or its number where this version knows no name for it."""
    return None if status is None else message_names.STATUSES.get(status, f"status {status}")


def verb_name(verb: int) -> str:
    """A command's name, or its number where this version knows no name for it."""
    return message_names.VERBS.get(verb, f"verb {verb}")


def time_text(time_ms: int | None) -> str:
    """A time in UTC to the second, or a dash."""
    return "-" if time_ms is None else f"{datetime.fromtimestamp(time_ms / 1000, UTC):%Y-%m-%d %H:%M:%S}"


def date_text(dated_ms: int, dating: Dating) -> str:
    """When something happened, in UTC to the second, with a mark where it is an estimate."""
    return ("~" if dating == "between" else "") + time_text(dated_ms)


def plain_table(*columns: str) -> Table:
    """An empty table with these columns."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for column in columns:
        # A panel's id is copied into the next command, so it is the one thing that is never broken over two lines.
        table.add_column(column, no_wrap=column in ("panel", "id", "number"), overflow="fold")
    return table


def _plain(value: Any) -> Any:
    """Return decoded CBOR with hexadecimal texts for bytes, as JSON needs it."""
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.hex() if isinstance(value, bytes) else value


def _is_section(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(thing, dict) for thing in value)


def _fields(values: dict[str, Any]) -> str:
    return ", ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in values.items())
