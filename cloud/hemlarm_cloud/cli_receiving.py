"""`hemlarm cloud foreign`: transmitters that are not Hemlarm's, and may report over SOS Access and DC-09."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from hemlarm_cloud.cli_centre import Limit, at_terminal, changing, looking, now_ms, rows_table
from hemlarm_cloud.cli_lines import LEVELS
from hemlarm_cloud.installation import open_installation
from hemlarm_cloud.receive import administration
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.terminal import BAD_USAGE, Config, Data, Database, Json, fail, print_facts, reporting, settings_from
from hemlarm_cloud.vault import Vault

foreign_app = typer.Typer(help="Transmitters that are not Hemlarm's.", no_args_is_help=True)

Transmitter = Annotated[str, typer.Argument(metavar="TRANSMITTER", help="Such as sos:IO980102 or dc09:1234.")]

_ONCE = "It is shown this once."


def add_to(app: typer.Typer) -> None:
    """Make these commands of `hemlarm cloud`."""
    app.add_typer(foreign_app, name="foreign")


@foreign_app.command("add")
def foreign_add(
    protocol: Annotated[str, typer.Argument(metavar="PROTOCOL", help="sos-access or dc-09.")],
    code: Annotated[str, typer.Argument(metavar="CODE", help="The transmitter's code, or its account.")],
    level: Annotated[
        str | None, typer.Option("--level", metavar="LEVEL", help=f"{', '.join(LEVELS)} [not supervised].")
    ] = None,
    plain: Annotated[bool, typer.Option("--plain", help="A DC-09 line without encryption.")] = False,
    kind: Annotated[str, typer.Option("--type", help="The transmitter type that SOS Access has to name [any].")] = "",
    meaning: Annotated[
        list[str] | None, typer.Option("--code", metavar="CODE=QEEE", help="What a code of its own means.")
    ] = None,
    ask: Annotated[bool, typer.Option("--ask", help="Ask for the secret, in place of drawing one.")] = False,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Let a transmitter report, and print its password or key."""
    secret = typer.prompt("Its password or key", hide_input=True, err=True) if ask else ""
    wanted = administration.Wanted(
        protocol, code, secret, not plain, _level(level), kind, codes=dict(map(_meaning, meaning or ()))
    )
    with _opened(config, data, database) as (tx, vault):
        added = administration.add(tx, vault, at_terminal(), wanted, os.urandom, now_ms())
    _tell(as_json, added)


@foreign_app.command("list")
def foreign_list(
    after: Annotated[str, typer.Option("--after", help="Only those behind this one.")] = "",
    limit: Limit = 100,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """List the transmitters that may report."""
    with looking(config, data, database) as reading:
        rows = administration.listed(reading, at_terminal(), after, limit)
    shown = rows_table(rows, "transmitter", "site", "name", "level_s", "encrypted", "heard_ms", "silent_ms")
    print_facts(as_json, {"accounts": rows}, shown)


@foreign_app.command("renew")
def foreign_renew(
    transmitter: Transmitter,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Give a transmitter a new password or key and print it; the old one ends at once."""
    with _opened(config, data, database) as (tx, vault):
        added = administration.renew(tx, vault, at_terminal(), transmitter, os.urandom, now_ms())
    _tell(as_json, added)


@foreign_app.command("remove")
def foreign_remove(
    transmitter: Transmitter,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Refuse a transmitter from now on; what it reported stays."""
    with changing(config, data, database) as tx:
        administration.remove(tx, at_terminal(), transmitter, now_ms())
    print_facts(as_json, {"transmitter": transmitter}, f"Transmitter {transmitter} is refused from now on.")


@contextmanager
def _opened(config: Path | None, data: Path | None, database: str | None) -> Iterator[tuple[Transaction, Vault]]:
    with reporting():
        settings = settings_from(config, data, database)
        with open_installation(settings, os.urandom, datetime.now(UTC)) as opened, opened.store.begin() as tx:
            yield tx, opened.vault


def _tell(as_json: bool, added: administration.Added) -> None:
    shown = f"{added.secret}\n{added.transmitter} may report with this secret. {_ONCE}"
    if not added.secret:
        shown = f"{added.transmitter} may report, without encryption."
    print_facts(as_json, {"transmitter": added.transmitter, "secret": added.secret}, shown)


def _level(text: str | None) -> int | None:
    if text is not None and text not in LEVELS:
        fail(f"no link level is called {text!r}: use one of {', '.join(LEVELS)}", BAD_USAGE)
    return None if text is None else LEVELS[text]


def _meaning(text: str) -> tuple[str, int]:
    code, equals, qcode = text.partition("=")
    if not equals or not qcode.isascii() or not qcode.isdigit():
        fail(f"--code {text!r}: write CODE=QEEE, for example BRAND=1110", BAD_USAGE)
    return code, int(qcode[:9])
