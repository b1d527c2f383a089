"""`hemlarm cloud home-assistant`: which sites are told to a Home Assistant, and at which broker."""

import os
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from hemlarm_cloud.cli_centre import ID_MAX, at_terminal, changing, looking, now_ms, rows_table
from hemlarm_cloud.home_assistant import connections
from hemlarm_cloud.home_assistant.connections import Kept, Wish
from hemlarm_cloud.installation import open_installation
from hemlarm_cloud.terminal import Config, Data, Database, Json, print_facts, reporting, settings_from

home_assistant_app = typer.Typer(help="Homes in their people's own Home Assistant.", no_args_is_help=True)

Site = Annotated[int, typer.Argument(metavar="SITE", min=1, max=ID_MAX, help="The site's id.")]
Account = Annotated[
    int, typer.Option("--account", min=1, max=ID_MAX, help="Whose authority counts: an account of the customer's.")
]


def add_to(app: typer.Typer) -> None:
    """Make these commands of `hemlarm cloud`."""
    app.add_typer(home_assistant_app, name="home-assistant")


@home_assistant_app.command("set")
def home_assistant_set(
    site: Site,
    address: Annotated[str, typer.Argument(metavar="HOST:PORT", help="The customer's MQTT broker.")],
    account: Account,
    user: Annotated[str, typer.Option("--user", help="To log in as; the password is asked for.")] = "",
    plain: Annotated[bool, typer.Option("--plain", help="Without TLS.")] = False,
    prefix: Annotated[str, typer.Option("--prefix", help="Of discovery, as set there.")] = "homeassistant",
    commands: Annotated[bool, typer.Option("--commands", help="Let it ask for what the account may.")] = False,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Tell a site to a Home Assistant from now on, in place of what was set before."""
    password = typer.prompt("Its password", hide_input=True, err=True) if user else ""
    wish = Wish(address, account, not plain, user, password, prefix, commands)
    with reporting():
        settings = settings_from(config, data, database)
        with open_installation(settings, os.urandom, datetime.now(UTC)) as opened, opened.store.begin() as tx:
            connections.keep(tx, opened.vault, at_terminal(), site, wish, now_ms())
    print_facts(as_json, {"site": site, "address": address}, f"Site {site} is told to {address}.")


@home_assistant_app.command("show")
def home_assistant_show(
    site: Site, config: Config = None, data: Data = None, database: Database = None, as_json: Json = False
) -> None:
    """Show where a site is told, and what is wrong there."""
    with looking(config, data, database) as reading:
        row = shown(connections.show(reading, at_terminal(), site, now_ms()))
    print_facts(as_json, row, rows_table([row], *row))


@home_assistant_app.command("remove")
def home_assistant_remove(
    site: Site, config: Config = None, data: Data = None, database: Database = None, as_json: Json = False
) -> None:
    """Tell a site to no Home Assistant any more; what was told is taken back."""
    with changing(config, data, database) as tx:
        connections.remove(tx, at_terminal(), site, now_ms())
    print_facts(as_json, {"site": site}, f"Site {site} is told to no Home Assistant any more.")


def shown(kept: Kept) -> dict[str, Any]:
    """Return what people may see of a connection: all but the password."""
    return {name: value for name, value in kept._asdict().items() if name != "secret"}
