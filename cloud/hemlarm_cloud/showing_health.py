"""How a panel is, in words and as JSON."""

from collections.abc import Iterable
from typing import Any

from rich.table import Table

from hemlarm_cloud.showing import plain_table, time_text
from hemlarm_cloud.showing_lines import level_text
from hemlarm_cloud.store import Panel, PanelHealth
from hemlarm_protocol import message_names

_NOT_KNOWN = 255
_WATCHDOG = 2


def health_json(health: PanelHealth | None) -> dict[str, Any] | None:
    """A panel's health for --json, None where it never told; numbers as the panel sent them, and their names beside."""
    if health is None:
        return None
    values = health._asdict()
    del values["panel"]
    return values | {
        "cause_name": cause_name(health),
        "task_name": message_names.TASKS.get(health.task, f"task {health.task}"),
        "mains_name": _mains(health),
        "power_flag_names": power_names(health),
    }


def panel_shown(panel: Panel, health: PanelHealth | None, further: Iterable[tuple[str, str]] = ()) -> Table:
    """A panel, its health, and `further` lines (what, how) for people."""
    table = plain_table("of the panel", "is")
    table.add_row("panel", panel.id)
    table.add_row("provisioned (UTC)", time_text(panel.provisioned_ms))
    if panel.revoked_ms is not None:
        table.add_row("revoked (UTC)", time_text(panel.revoked_ms))
    table.add_row(
        "missed after", f"{level_text(panel.link_level_s)}, a path in standby {level_text(panel.standby_level_s)}"
    )
    if panel.sms_number:
        table.add_row("answered by SMS at", panel.sms_number)
    never = "never told: it has not been connected, or its firmware is older than 1.2"
    for row in [*(health_rows(health) if health else [("health", never)]), *further]:
        table.add_row(*row)
    return table


def health_rows(health: PanelHealth) -> list[tuple[str, str]]:
    """How a panel is, as (what, how)."""
    return [
        ("told (UTC)", time_text(health.received_ms)),
        ("last restart", f"{cause_name(health)} (start number {health.boot:,})"),
        ("memory", f"{health.heap_free:,} bytes free"),
        ("journal", f"{health.journal_pending:,} of {health.journal_capacity:,} events wait for the cloud"),
        ("flash", _flash(health)),
        ("mains", _mains(health)),
        ("battery", _battery(health)),
    ]


def cause_name(health: PanelHealth) -> str:
    """Why the panel started last, with the task that hung if one did."""
    cause = message_names.RESTART_CAUSES.get(health.cause, f"cause {health.cause}")
    if health.cause != _WATCHDOG:
        return cause
    task = message_names.TASKS.get(health.task, f"number {health.task}")
    return f"{cause}, the task of {task} hung" if task else f"{cause}, a loop let no task go on"


def power_names(health: PanelHealth) -> list[str]:
    """What is to be said of battery and charger, one name for each flag that is set."""
    return [name for bit, name in sorted(message_names.POWER_FLAGS.items()) if health.power_flags & bit]


def _mains(health: PanelHealth) -> str:
    return message_names.MAINS.get(health.mains, f"state {health.mains}")


def _flash(health: PanelHealth) -> str:
    words = [f"{health.flash_faults:,} operations failed since the start" if health.flash_faults else "no failures"]
    if health.sectors_retired:
        words.append(f"{health.sectors_retired:,} sectors given up")
    words.append(f"the most worn sector erased {health.erases_max:,} times")
    if health.unsaved:
        words.append("its state cannot be saved, and is lost with the power")
    return "; ".join(words)


def _battery(health: PanelHealth) -> str:
    words = [f"{health.battery_mv / 1000:.2f} V"] if health.battery_mv else []
    if health.battery_percent != _NOT_KNOWN:
        words.append(f"{health.battery_percent} %")
    if health.hours_left != _NOT_KNOWN:
        words.append(f"about {health.hours_left} h left")
    return ", ".join(words + power_names(health)) or "not measured"
