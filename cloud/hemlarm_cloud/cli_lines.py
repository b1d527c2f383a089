"""`hemlarm cloud panel level` and `sms`: how long a panel may be silent, and where it is answered by SMS."""

from typing import Annotated

import typer

from hemlarm_cloud import showing, store
from hemlarm_cloud.ingest.levels import LEVELS_S
from hemlarm_cloud.showing_lines import level_text
from hemlarm_cloud.sms.numbers import is_number
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.terminal import (
    BAD_USAGE,
    Config,
    Data,
    Database,
    Json,
    Panel,
    fail,
    opened_store,
    panel_id,
    print_facts,
    unknown,
)

LEVELS = {f"{level_s // 3600}h" if level_s >= 3600 else f"{level_s}s": level_s for level_s in LEVELS_S}
"""What a person writes for each link level."""

_NONE = "none"


def add_to(panel_app: typer.Typer) -> None:
    """Make these commands of `hemlarm cloud panel`."""
    panel_app.command("level")(panel_level)
    panel_app.command("sms")(panel_sms)


def panel_level(
    panel: Panel,
    level: Annotated[str, typer.Argument(metavar="LEVEL", help=f"The whole panel's: {', '.join(LEVELS)}.")],
    standby: Annotated[
        str | None, typer.Option("--standby", metavar="LEVEL", help="A path's that is not in use [as it was].")
    ] = None,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Set how long a panel may be silent before that is a line fault."""
    link_s, standby_s = _level(level), None if standby is None else _level(standby)
    with opened_store(config, data, database) as opened, opened.begin() as tx:
        known = tx.panel(panel_id(panel))
        if known is None:
            raise unknown(panel)
        standby_s = max(link_s, known.standby_level_s) if standby_s is None else standby_s
        if standby_s < link_s:
            fail(
                f"--standby {standby}: a path in standby cannot be heard more often than the panel ({level})", BAD_USAGE
            )
        tx.set_levels(panel, link_s, standby_s)
        known = _known(tx, panel)
    told = f"Panel {panel} is missed after {level_text(link_s)}, a path of it in standby after {level_text(standby_s)}."
    print_facts(as_json, showing.panel_json(known), told)


def panel_sms(
    panel: Panel,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help=f"Such as +46701234567, or {_NONE}.")],
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Set the number to which events that came by SMS are acknowledged."""
    if number != _NONE and not is_number(number):
        fail(f"{number!r} is not a telephone number: write + and 3 to 15 digits, or {_NONE}", BAD_USAGE)
    with opened_store(config, data, database) as opened, opened.begin() as tx:
        if not tx.set_sms_number(panel_id(panel), None if number == _NONE else number):
            raise unknown(panel)
        known = _known(tx, panel)
    told = (
        f"Panel {panel} is answered at {number}."
        if known.sms_number
        else f"Panel {panel} is answered where it texts from."
    )
    print_facts(as_json, showing.panel_json(known), told)


def _known(tx: Transaction, panel: str) -> store.Panel:
    known = tx.panel(panel)
    assert known is not None
    return known


def _level(text: str) -> int:
    if text not in LEVELS:
        fail(f"no link level is called {text!r}: use one of {', '.join(LEVELS)}", BAD_USAGE)
    return LEVELS[text]
