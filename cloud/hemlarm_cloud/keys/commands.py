"""`hemlarm cloud panel rekey`, `renew`, `keys` and `move`: the life of a panel's keys."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from hemlarm_cloud.cli_centre import ID_MAX, at_terminal, now_ms, rows_table
from hemlarm_cloud.installation import Installation, open_installation
from hemlarm_cloud.keys import moves, renewal, rotation
from hemlarm_cloud.keys.standing import keys_standing
from hemlarm_cloud.scope import expect_site
from hemlarm_cloud.showing import time_text
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.terminal import (
    Config,
    Data,
    Database,
    Json,
    Panel,
    opened_store,
    panel_id,
    print_facts,
    reporting,
    settings_from,
)

Site = Annotated[int, typer.Option("--site", min=1, max=ID_MAX, help="The site that it goes to.")]


def add_to(panel_app: typer.Typer) -> None:
    """Make these commands of `hemlarm cloud panel`."""
    panel_app.command("rekey")(panel_rekey)
    panel_app.command("renew")(panel_renew)
    panel_app.command("keys")(panel_keys)
    panel_app.command("move")(panel_move)


def panel_rekey(
    panel: Panel, config: Config = None, data: Data = None, database: Database = None, as_json: Json = False
) -> None:
    """Have a panel's root key changed. The panel does it in its next session; `panel keys` shows how far it is."""
    with _changing(config, data, database) as (opened, tx):
        asked = rotation.ask(tx, opened.vault, at_terminal(), panel_id(panel), os.urandom, now_ms())
    facts = {"panel": panel, "id": asked.hex(), "state": rotation.ASKED}
    print_facts(as_json, facts, f"Panel {panel} is asked for a new root key; `panel keys` shows when it has one.")


def panel_renew(
    panel: Panel, config: Config = None, data: Data = None, database: Database = None, as_json: Json = False
) -> None:
    """Give a panel a new certificate now, instead of two years before the present one ends."""
    with _changing(config, data, database) as (opened, tx):
        offer = renewal.renew(tx, opened, at_terminal(), panel_id(panel), os.urandom, now_ms())
    facts = {"panel": panel, "id": offer.hex()}
    print_facts(as_json, facts, f"Panel {panel} is given a new certificate; `panel keys` shows when it uses it.")


def panel_keys(
    panel: Panel, config: Config = None, data: Data = None, database: Database = None, as_json: Json = False
) -> None:
    """Show where a panel's keys stand: its certificate, the last change of its root key, and a move to another home."""
    with opened_store(config, data, database) as store, store.read() as reading:
        facts = keys_standing(reading, panel_id(panel))
    rows = [{"what": name.replace("_", " "), "value": _shown(name, value)} for name, value in facts.items()]
    print_facts(as_json, facts, rows_table(rows, "what", "value"))


def panel_move(
    panel: Panel,
    site: Site,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Take a panel to another site. Its history stays where it was, and its root key is changed."""
    with _changing(config, data, database) as (opened, tx):
        actor = at_terminal()
        version = expect_site(tx, actor, site).version
        wanted = (panel_id(panel), site, version)
        _, needs_reset = moves.move(tx, opened.vault, actor, *wanted, os.urandom, now_ms())
    told = f"Panel {panel} is at site {site} from now on; its history stays where it was, and its root key is changed."
    if needs_reset:
        told += " It still holds the former home's codes: reset it at its keypad, then install it anew at the site."
    print_facts(as_json, {"panel": panel, "site": site, "needs_reset": needs_reset}, told)


@contextmanager
def _changing(
    config: Path | None, data: Path | None, database: str | None
) -> Iterator[tuple[Installation, Transaction]]:
    """Change the installation in one transaction; trouble is told and ends the command, and nothing was done."""
    with (
        reporting(),
        open_installation(settings_from(config, data, database), os.urandom, datetime.now(UTC)) as opened,
        opened.store.begin() as tx,
    ):
        yield opened, tx


def _shown(name: str, value: Any) -> str:
    if value is None:
        return ""
    return time_text(value) if name.endswith("_ms") else {True: "yes", False: "no"}.get(value, str(value))
