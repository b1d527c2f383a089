"""What the receiving centre's commands have in common: who acts at the terminal, when, and on whose behalf."""

import getpass
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.showing import plain_table, time_text
from hemlarm_cloud.sites.contract_dates import CALENDAR
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.terminal import opened_store

ID_MAX = (1 << 63) - 1
"""The largest id that a database holds."""

For = Annotated[
    int | None, typer.Option("--for", metavar="PERSON", min=1, max=ID_MAX, help="Whose authority counts [nobody's].")
]
Reason = Annotated[str, typer.Option("--reason", help="The mail or letter that asked for it.")]
Seen = Annotated[
    int | None, typer.Option("--version", min=0, max=(1 << 31) - 1, help="The version you saw [whatever it is now].")
]
After = Annotated[int, typer.Option("--after", min=0, max=ID_MAX, help="Only higher ids.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=500, help="At most so many.")]
Day = Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="Such as 2027-01-31.")]


def now_ms() -> int:
    """The time, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def at_terminal(on_behalf_of: int | None = None) -> Actor:
    """Whoever can open the store's files is a supervisor; `on_behalf_of` makes a person's authority count instead."""
    try:
        name = f"terminal:{getpass.getuser()}"[:64]
    except (KeyError, OSError):
        name = "terminal"
    return Actor(name, Role.SUPERVISOR, on_behalf_of)


def midnight_ms(day: datetime) -> int:
    """When a day begins by the centre's calendar."""
    return int(day.replace(tzinfo=CALENDAR).timestamp()) * 1000


@contextmanager
def looking(config: Path | None, data: Path | None, database: str | None) -> Iterator[Queries]:
    """Read in the store; trouble is told and ends the command."""
    with opened_store(config, data, database) as store, store.read() as reading:
        yield reading


@contextmanager
def changing(config: Path | None, data: Path | None, database: str | None) -> Iterator[Transaction]:
    """Change the store in one transaction; trouble is told and ends the command, and nothing was done."""
    with opened_store(config, data, database) as store, store.begin() as tx:
        yield tx


def rows_table(rows: Sequence[Mapping[str, Any]], *columns: str) -> Table:
    """Rows for people. A column whose name ends in _ms is a time, and one without a value is empty."""
    table = plain_table(*(column.removesuffix("_ms").replace("_", " ") for column in columns))
    for row in rows:
        table.add_row(*(_cell(column, row[column]) for column in columns))
    return table


def _cell(column: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if column.endswith("_ms"):
        return time_text(value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
