"""`hemlarm cloud forwarding`: other receiving centres, and which sites' signals go to them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from hemlarm_cloud.cli_centre import ID_MAX, After, Limit, at_terminal, changing, looking, now_ms, rows_table
from hemlarm_cloud.cli_lines import LEVELS
from hemlarm_cloud.forward import destinations
from hemlarm_cloud.forward.destinations import Wish
from hemlarm_cloud.forward.settings import DestinationSettings
from hemlarm_cloud.installation import open_installation
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.terminal import BAD_USAGE, Config, Data, Database, Json, fail, print_facts, reporting, settings_from
from hemlarm_cloud.vault import Vault

forwarding_app = typer.Typer(help="Other receiving centres that signals go to.", no_args_is_help=True)

Destination = Annotated[int, typer.Argument(metavar="DESTINATION", min=1, max=ID_MAX, help="The destination's id.")]
Site = Annotated[int, typer.Argument(metavar="SITE", min=1, max=ID_MAX, help="The site's id.")]


def add_to(app: typer.Typer) -> None:
    """Make these commands of `hemlarm cloud`."""
    app.add_typer(forwarding_app, name="forwarding")


@forwarding_app.command("add")
def forwarding_add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What people call it.")],
    protocol: Annotated[str, typer.Argument(metavar="PROTOCOL", help="sos-access or dc-09.")],
    primary: Annotated[str, typer.Argument(metavar="HOST:PORT", help="Its receiver.")],
    account: Annotated[str, typer.Option("--account", help="Who we are there: transmitter code, or DC-09 account.")],
    secondary: Annotated[str, typer.Option("--secondary", metavar="HOST:PORT", help="Its second receiver.")] = "",
    level: Annotated[str, typer.Option("--level", help=f"How often it is called: {', '.join(LEVELS)}.")] = "25h",
    form: Annotated[str, typer.Option("--form", help="ADM-CID or SIA-DCS, of DC-09.")] = "ADM-CID",
    receiver: Annotated[str, typer.Option("--receiver", help="The receiver's number or name.")] = "",
    kind: Annotated[str, typer.Option("--type", help="The transmitter type, of SOS Access.")] = "",
    tls: Annotated[bool, typer.Option("--tls", help="Encrypt, and check its certificate.")] = False,
    authority: Annotated[Path | None, typer.Option("--authority", help="PEM file to check it with [system's].")] = None,
    server_name: Annotated[str, typer.Option("--server-name", help="In its certificate [the host].")] = "",
    renew: Annotated[bool, typer.Option("--renew", help="Get a password that nobody else knows.")] = False,
    heartbeats: Annotated[bool, typer.Option(help="Send heartbeats.")] = True,
    plain: Annotated[bool, typer.Option("--plain", help="DC-09 without encryption.")] = False,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Add a receiving centre; asks for its password (SOS Access) or key (DC-09, hexadecimal)."""
    trusted = "" if authority is None else _text(authority)
    settings = DestinationSettings(account, form, receiver, "0", kind, tls, trusted, server_name, renew, heartbeats)
    secret = None if plain else typer.prompt("Its password or key", hide_input=True, err=True)
    wish = Wish(name, protocol, primary, settings, secondary, _level(level), secret=secret)
    with _opened(config, data, database) as (tx, vault):
        made = destinations.add(tx, vault, at_terminal(), wish, now_ms())
    print_facts(as_json, {"destination": made}, f"Destination {made} added.")


@forwarding_app.command("list")
def forwarding_list(
    after: After = 0,
    limit: Limit = 100,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """List receiving centres, with how much waits for each."""
    with looking(config, data, database) as reading:
        rows = [
            _shown(row) | {"waiting": destinations.waiting(reading, at_terminal(), row.id)}
            for row in destinations.listed(reading, at_terminal(), after, limit)
        ]
    columns = ("id", "name", "protocol", "primary_address", "secondary_address", "active", "waiting", "heard_ms")
    print_facts(as_json, {"destinations": rows}, rows_table(rows, *columns))


@forwarding_app.command("stop")
def forwarding_stop(
    destination: Destination,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Send nothing there for now; what comes meanwhile waits."""
    _set_active(destination, False, config, data, database)
    print_facts(as_json, {"destination": destination, "active": False}, f"Destination {destination} is stopped.")


@forwarding_app.command("resume")
def forwarding_resume(
    destination: Destination,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Send there again, and what waited first."""
    _set_active(destination, True, config, data, database)
    print_facts(as_json, {"destination": destination, "active": True}, f"Destination {destination} is served.")


@forwarding_app.command("route")
def forwarding_route(
    site: Site,
    destination: Destination,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The site's at that receiver.")],
    urgency: Annotated[
        int, typer.Option("--urgency", min=0, max=destinations.LOWEST_URGENCY, help="0 fire only ... 4 faults too.")
    ] = 4,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Send a site's signals there from now on."""
    with changing(config, data, database) as tx:
        destinations.set_route(tx, at_terminal(), destination, site, account, urgency, now_ms())
    facts = {"site": site, "destination": destination, "account": account, "lowest_urgency": urgency}
    print_facts(as_json, facts, f"Signals of site {site} go to destination {destination} as {account}.")


@forwarding_app.command("unroute")
def forwarding_unroute(
    site: Site,
    destination: Destination,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Send no more of a site's signals there."""
    with changing(config, data, database) as tx:
        destinations.remove_route(tx, at_terminal(), destination, site, now_ms())
    told = f"Signals of site {site} go to destination {destination} no more."
    print_facts(as_json, {"site": site, "destination": destination}, told)


@forwarding_app.command("sent")
def forwarding_sent(
    destination: Destination,
    after: After = 0,
    limit: Limit = 100,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """List what went there or waits."""
    with looking(config, data, database) as reading:
        rows = [row._asdict() for row in destinations.sent(reading, at_terminal(), destination, after, limit)]
    columns = ("id", "site", "signal", "state", "tries", "due_ms", "done_ms", "receiver", "problem")
    print_facts(as_json, {"forwarded": rows}, rows_table(rows, *columns))


@contextmanager
def _opened(config: Path | None, data: Path | None, database: str | None) -> Iterator[tuple[Transaction, Vault]]:
    with reporting():
        settings = settings_from(config, data, database)
        with open_installation(settings, os.urandom, datetime.now(UTC)) as opened, opened.store.begin() as tx:
            yield tx, opened.vault


def _set_active(destination: int, active: bool, config: Path | None, data: Path | None, database: str | None) -> None:
    with _opened(config, data, database) as (tx, vault):
        row = destinations.show(tx, at_terminal(), destination)
        wish = replace(destinations.as_wish(row), active=active)
        destinations.change(tx, vault, at_terminal(), destination, row.version, wish, now_ms())


def _shown(row: Any) -> dict[str, Any]:
    hidden = ("secret", "next_secret", "settings")
    return {name: value for name, value in row._asdict().items() if name not in hidden}


def _level(text: str) -> int:
    if text not in LEVELS:
        fail(f"no link level is called {text!r}: use one of {', '.join(LEVELS)}", BAD_USAGE)
    return LEVELS[text]


def _text(file: Path) -> str:
    try:
        return file.read_text("ascii")
    except OSError as error:
        fail(f"{file}: {error.strerror}", BAD_USAGE)
    except UnicodeDecodeError:
        fail(f"{file} is no PEM file: it begins with -----BEGIN CERTIFICATE-----", BAD_USAGE)
