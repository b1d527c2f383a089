"""`hemlarm cloud`: run the cloud, and look and act from a terminal.

With --json a command prints one JSON document on standard output and nothing else. Errors go to standard error. The
exit status is 0 for success, 1 for what failed, 2 for wrong usage.
"""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from hemlarm_cloud import (
    cli_backup,
    cli_cases,
    cli_duty,
    cli_forwarding,
    cli_home_assistant,
    cli_lines,
    cli_receiving,
    cli_reports,
    cli_service_mode,
    cli_sites,
    showing,
    showing_health,
    showing_lines,
)
from hemlarm_cloud.changing import SECTIONS, ChangeError, edits_from
from hemlarm_cloud.cli_centre import at_terminal, now_ms
from hemlarm_cloud.installation import open_installation
from hemlarm_cloud.keys import commands as key_commands
from hemlarm_cloud.keys import ending
from hemlarm_cloud.operations import logs
from hemlarm_cloud.parts import NAMES
from hemlarm_cloud.provision import ProvisionError, provision_panel, revoke
from hemlarm_cloud.provisioning import commands as provisioning_commands
from hemlarm_cloud.store import Change, Command, Configuration, Store
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.terminal import (
    BAD_USAGE,
    FAILED,
    Config,
    Data,
    Database,
    Json,
    Panel,
    fail,
    opened_store,
    panel_id,
    print_facts,
    reporting,
    settings_from,
    unknown,
)
from hemlarm_protocol import message_names

EXPIRES_S = 60
"""How long a command waits for its panel unless told otherwise: long enough for a reconnect, too short to surprise."""

_POLL_S = 0.05

_LISTENERS = {
    "": "broker",
    "sms_": "SMS",
    "api_": "API",
    "sos_access_": "SOS Access",
    "sos_access_tls_": "SOS Access in TLS",
    "dc09_": "DC-09",
}
"""What may listen, and how its facts begin."""

_Asked = TypeVar("_Asked", Command, Change)

app = typer.Typer(
    name="cloud",
    help="The cloud: run it, look at it, act on panels.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
panel_app = typer.Typer(help="Panels of this installation.", no_args_is_help=True)
event_app = typer.Typer(help="What panels reported.", no_args_is_help=True)
command_app = typer.Typer(help="What panels are asked to do.", no_args_is_help=True)
alarm_app = typer.Typer(help="Alarms that the cloud raises itself.", no_args_is_help=True)
app.add_typer(panel_app, name="panel")
app.add_typer(event_app, name="event")
app.add_typer(command_app, name="command")
app.add_typer(alarm_app, name="alarm")
cli_backup.add_to(app)
cli_cases.add_to(app)
cli_duty.add_to(app)
cli_forwarding.add_to(app)
cli_home_assistant.add_to(app)
cli_lines.add_to(panel_app)
key_commands.add_to(panel_app)
provisioning_commands.add_to(app)
cli_receiving.add_to(app)
cli_reports.add_to(app)
cli_service_mode.add_to(app)
cli_sites.add_to(app)

User = Annotated[int, typer.Option("--user", min=0, max=999, help="The user it is for.")]
Expires = Annotated[int, typer.Option("--expires", min=1, max=86_400, help="Seconds to live.")]


@app.command()
def run(
    config: Config = None,
    data: Data = None,
    database: Database = None,
    broker: Annotated[str | None, typer.Option("--broker", help="nats or mosquitto.")] = None,
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port for MQTT over TLS.")] = None,
    parts: Annotated[str, typer.Option("--parts", help="Only these, with commas between.")] = ",".join(NAMES),
    as_json: Json = False,
) -> None:
    """Run the cloud, or some of its parts, until SIGTERM or Ctrl-C."""
    from hemlarm_cloud.running import run_cloud  # Brings the MQTT client, which no other command needs.

    wanted = parts.split(",")
    for name in wanted:
        if name not in NAMES:
            fail(f"no part is called {name!r}: use some of {','.join(NAMES)}", BAD_USAGE)
    with reporting():
        settings = settings_from(config, data, database, broker=broker, host=host, port=port)
        logs.set_up(settings.log)
        with open_installation(settings, os.urandom, datetime.now(UTC)) as installation:
            run_cloud(installation, lambda facts: print_facts(as_json, facts, _running_text(facts)), wanted)


@panel_app.command("add")
def panel_add(
    credentials: Annotated[
        Path | None, typer.Option("--credentials", help="File for the panel's secrets [data folder].")
    ] = None,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Provision a new panel and write its credentials to a file."""
    now = datetime.now(UTC)
    with reporting():
        settings = settings_from(config, data, database)
        with open_installation(settings, os.urandom, now) as opened:
            if credentials is not None and credentials.exists():
                fail(f"{credentials} is there already: give another file", BAD_USAGE)
            parts = (opened.store, opened.vault, opened.authority)
            made = provision_panel(*parts, os.urandom, now, host=settings.names[0], port=settings.port)
            file = credentials or settings.data / "panels" / f"{made.panel_id}.cbor"
            try:
                file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                made.write(file)
            except (OSError, ProvisionError):
                revoke(opened.store, made.panel_id, now)
                raise
    facts = {"panel": made.panel_id, "credentials": str(file), "host": made.host, "port": made.port}
    print_facts(
        as_json, facts, f"Panel {made.panel_id} provisioned. Its secrets are in {file}; bring them to the panel."
    )


@panel_app.command("list")
def panel_list(config: Config = None, data: Data = None, database: Database = None, as_json: Json = False) -> None:
    """List all panels."""
    with opened_store(config, data, database) as store, store.read() as reading:
        panels = reading.panels()
    print_facts(as_json, {"panels": [showing.panel_json(panel) for panel in panels]}, showing.panel_table(panels))


@panel_app.command("show")
def panel_show(
    panel: Panel, config: Config = None, data: Data = None, database: Database = None, as_json: Json = False
) -> None:
    """Show a panel and how it is: memory, flash, battery, why it started last, its paths and its line faults."""
    with opened_store(config, data, database) as store, store.read() as reading:
        known = reading.panel(panel_id(panel))
        if known is None:
            raise unknown(panel)
        health = reading.health(panel)
        paths = showing_lines.paths(reading, panel)
    facts = {**showing.panel_json(known), "health": showing_health.health_json(health), **paths.json()}
    print_facts(as_json, facts, showing_health.panel_shown(known, health, paths.rows()))


@panel_app.command("revoke")
def panel_revoke(
    panel: Panel, config: Config = None, data: Data = None, database: Database = None, as_json: Json = False
) -> None:
    """Shut a panel out, for good."""
    now = datetime.now(UTC)
    with opened_store(config, data, database) as store, store.begin() as tx:
        ending.revoke(tx, at_terminal(), panel_id(panel), round(now.timestamp() * 1000))
    facts = {"panel": panel, "revoked_ms": round(now.timestamp() * 1000)}
    print_facts(as_json, facts, f"Panel {panel} revoked; the broker cuts it within seconds.")


@panel_app.command("config")
def panel_config(
    panel: Panel, config: Config = None, data: Data = None, database: Database = None, as_json: Json = False
) -> None:
    """Show a panel's configuration as the panel last told it, without codes and keys."""
    with opened_store(config, data, database) as store, store.read() as reading:
        stored = _configuration(reading, panel_id(panel))
    print_facts(as_json, showing.configuration_json(stored), showing.configuration_table(stored))


@panel_app.command("set")
def panel_set(
    panel: Panel,
    section: Annotated[str, typer.Argument(metavar="SECTION", help=", ".join(SECTIONS))],
    number: Annotated[int, typer.Argument(metavar="NUMBER", min=0, max=999, help="0 for the panel itself.")],
    fields: Annotated[
        list[str] | None, typer.Argument(metavar="FIELD=VALUE...", help="JSON, hex:BYTES or text; null: the default.")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Remove the area, zone or user.")] = False,
    user: User = 0,
    expires: Expires = EXPIRES_S,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Change a panel's configuration, based on what `panel config` shows, and wait for the panel's answer."""
    try:
        edits = edits_from(section, number, fields or [], remove)
    except ChangeError as error:
        fail(str(error), BAD_USAGE)
    panel = panel_id(panel)
    with opened_store(config, data, database) as store:
        asked_ms = now_ms()
        with store.begin() as tx:
            _expect_panel(tx, panel)
            base = _configuration(tx, panel).revision or 0
            change = Change(
                os.urandom(8), panel, at_terminal().name, user, base, edits, asked_ms, asked_ms + expires * 1000
            )
            tx.add_change(change)
        change = _answered(store, change, lambda reading: reading.change(change.id))
    print_facts(as_json, showing.change_json(change), showing.change_text(change))
    if change.state != "done":
        raise typer.Exit(FAILED)


def _configuration(reading: Queries, panel: str) -> Configuration:
    stored = reading.configuration(panel)
    if stored is None or stored.document is None:
        raise ProvisionError(
            f"the configuration of panel {panel} is not here yet: it is read while the cloud runs and the panel is "
            "connected, if its firmware is newer than 1.0"
        )
    return stored


@event_app.command("list")
def event_list(
    panel: Annotated[str | None, typer.Option("--panel", help="Only this panel's.")] = None,
    after: Annotated[int, typer.Option("--after", min=0, help="Only ids above this one.")] = 0,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most this many.")] = 100,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """List events in the order in which they were stored."""
    wanted = None if panel is None else panel_id(panel)
    with opened_store(config, data, database) as store, store.read() as reading:
        events = reading.events(wanted, after, limit)
    last = events[-1].id if events else after
    facts = {"events": [showing.event_json(event) for event in events], "last_id": last}
    print_facts(as_json, facts, showing.event_table(events))


@alarm_app.command("list")
def alarm_list(
    panel: Annotated[str | None, typer.Option("--panel", help="Only this panel's.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="The newest so many.")] = 100,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """List presumed alarms, oldest first: an entry delay began, and the panel was never heard of again in time."""
    wanted = None if panel is None else panel_id(panel)
    with opened_store(config, data, database) as store, store.read() as reading:
        alarms = reading.presumed_alarms(wanted, limit)
        dated = [(alarm, reading.date(alarm.panel, alarm.kid, alarm.number)) for alarm in alarms]
    facts = {"alarms": [showing.alarm_json(*alarm) for alarm in dated]}
    print_facts(as_json, facts, showing.alarm_table(dated))


@command_app.command("list")
def command_list(
    panel: Annotated[str | None, typer.Option("--panel", help="Only this panel's.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="The newest so many.")] = 100,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """List commands and their answers, oldest first."""
    wanted = None if panel is None else panel_id(panel)
    with opened_store(config, data, database) as store, store.read() as reading:
        commands = reading.commands(wanted, limit)
    facts = {"commands": [showing.command_json(command) for command in commands]}
    print_facts(as_json, facts, showing.command_table(commands))


@command_app.command("send")
def command_send(
    panel: Panel,
    verb: Annotated[str, typer.Argument(metavar="VERB", help=", ".join(message_names.VERBS.values()))],
    argument: Annotated[int, typer.Option("--argument", min=0, max=0xFFFF, help="The area's number.")] = 0,
    user: User = 0,
    expires: Expires = EXPIRES_S,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the panel's answer.")] = False,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Ask a panel to do something. With --wait, fails unless the panel did it."""
    numbers = {name: number for number, name in message_names.VERBS.items()}
    if verb not in numbers:
        fail(f"no command is called {verb!r}: use one of {', '.join(numbers)}", BAD_USAGE)
    panel = panel_id(panel)
    with opened_store(config, data, database) as store:
        asked_ms = now_ms()
        command = Command(
            os.urandom(8), panel, at_terminal().name, numbers[verb], argument, user, asked_ms, asked_ms + expires * 1000
        )
        _queue(store, command)
        if wait:
            command = _answered(store, command, lambda reading: reading.command(command.id))
    print_facts(as_json, showing.command_json(command), showing.command_table([command]))
    if wait and command.state != "done":
        raise typer.Exit(FAILED)


def _queue(store: Store, command: Command) -> None:
    with store.begin() as tx:
        _expect_panel(tx, command.panel)
        tx.add_command(command)


def _expect_panel(reading: Queries, panel: str) -> None:
    known = reading.panel(panel)
    if known is None:
        raise unknown(panel)
    if known.revoked_ms is not None:
        raise ProvisionError(f"panel {panel} was revoked and obeys no more")


def _answered(store: Store, asked: _Asked, look: Callable[[Queries], _Asked | None]) -> _Asked:
    """Wait for the answer, or for the end of the request's life, whichever comes first."""
    ends_s = time.monotonic() + (asked.expires_ms - asked.created_ms) / 1000
    while asked.state in ("queued", "sent"):
        if time.monotonic() >= ends_s:
            return asked._replace(state="expired")
        time.sleep(_POLL_S)
        with store.read() as reading:
            asked = look(reading) or asked
    return asked


def _running_text(facts: dict[str, Any]) -> str:
    told = [
        f"{name} at {facts[f'{key}host']} port {facts[f'{key}port']}"
        for key, name in _LISTENERS.items()
        if f"{key}port" in facts
    ]
    return f"The cloud runs: {', '.join(told) or 'it listens nowhere'}. Ctrl-C ends it."
