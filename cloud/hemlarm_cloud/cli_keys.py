"""`hemlarm cloud key`: the key register."""

from typing import Annotated

import typer

from hemlarm_cloud.cli_centre import ID_MAX, After, Limit, at_terminal, changing, looking, now_ms, rows_table
from hemlarm_cloud.sites import keys
from hemlarm_cloud.terminal import Config, Data, Database, Json, print_facts

key_app = typer.Typer(help="The key register.", no_args_is_help=True)

Site = Annotated[int, typer.Argument(metavar="SITE", min=1, max=ID_MAX, help="The site's id.")]
Key = Annotated[int, typer.Argument(metavar="KEY", min=1, max=ID_MAX, help="The key's id.")]
Holder = Annotated[str, typer.Argument(metavar="HOLDER", help="Who has it now, or had it last.")]
Note = Annotated[str, typer.Option("--note", help="Why, and who saw it.")]

_COLUMNS = ("id", "site", "label", "state", "holder", "version")


def add_to(app: typer.Typer) -> None:
    """Make these commands of `hemlarm cloud`."""
    app.add_typer(key_app, name="key")


@key_app.command("receive")
def key_receive(
    site: Site,
    label: Annotated[str, typer.Argument(metavar="LABEL", help="What its tag says; nothing of the address.")],
    holder: Annotated[str, typer.Argument(metavar="PLACE", help="Where it is kept.")],
    note: Note = "",
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Take a key to a site into the register."""
    with changing(config, data, database) as tx:
        made = keys.receive(tx, at_terminal(), site, label, holder, now_ms(), note)
    print_facts(as_json, {"key": made}, f"Key {made} is in the register.")


@key_app.command("move")
def key_move(
    key: Key,
    kind: Annotated[str, typer.Argument(metavar="KIND", help=f"{', '.join(keys.MOVEMENTS)}.")],
    holder: Holder,
    note: Note = "",
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Hand a key out, take it back, return it, or destroy it when its contract has ended."""
    with changing(config, data, database) as tx:
        seen = keys.expect(tx, at_terminal(), key).version
        keys.move(tx, at_terminal(), key, kind, holder, seen, now_ms(), note)
    print_facts(as_json, {"key": key, "kind": kind, "holder": holder}, f"Key {key}: {kind}, {holder}.")


@key_app.command("list")
def key_list(
    site: Site, config: Config = None, data: Data = None, database: Database = None, as_json: Json = False
) -> None:
    """List a site's keys, those gone too."""
    with looking(config, data, database) as reading:
        rows = keys.keys(reading, at_terminal(), site)
    print_facts(as_json, {"keys": rows}, rows_table(rows, *_COLUMNS))


@key_app.command("to-destroy")
def key_to_destroy(
    after: After = 0,
    limit: Limit = 100,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """List keys to sites that have ended, or whose contract has."""
    with looking(config, data, database) as reading:
        rows = keys.to_destroy(reading, at_terminal(), now_ms(), after, limit)
    print_facts(as_json, {"keys": rows}, rows_table(rows, *_COLUMNS))


@key_app.command("show")
def key_show(
    key: Key,
    after: After = 0,
    limit: Limit = 100,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Show what became of a key: the record that nobody can change."""
    with looking(config, data, database) as reading:
        rows = keys.movements(reading, at_terminal(), key, after, limit)
    print_facts(as_json, {"movements": rows}, rows_table(rows, "at_ms", "kind", "holder", "by", "note"))
