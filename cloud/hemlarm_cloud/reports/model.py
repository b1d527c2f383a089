"""What a report is made of before it becomes a file: facts in tables, in one language and one time zone. Pure data."""

from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

Kind = Literal["text", "number", "time", "seconds"]
"""How a value is written: words; a count; milliseconds since 1970; whole seconds that something took."""

Value = str | int | None
"""Of one cell; None where there is nothing to tell."""

Row = tuple[Value, ...]

Language = Literal["sv", "en"]


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    title: str
    kind: Kind = "text"
    optional: bool = False
    """Not printed where it would be empty; a CSV file has it always."""


@dataclass(frozen=True)
class Section:
    """One table. `totals` is a row of its own, which a CSV file leaves out; `shaded` tints numbers by their size."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    totals: Row | None = None
    shaded: bool = False
    overview: bool = False
    """Says nothing that the other tables do not say in more detail: printed, but no part of a CSV file."""


@dataclass(frozen=True)
class Figure:
    """A number that stands above the tables, with what it counts."""

    label: str
    value: Value
    kind: Kind = "number"


@dataclass(frozen=True)
class Report:
    """One report, complete: what is in it depends on nothing else."""

    code: str
    title: str
    subject: str
    """Whom or what it is about, in a few words, for the top of each page."""
    facts: tuple[tuple[str, str], ...]
    """What is said once at the top, as (label, text)."""
    period: str
    language: Language
    zone: ZoneInfo
    made_ms: int
    sections: tuple[Section, ...]
    figures: tuple[Figure, ...] = ()
    notes: tuple[str, ...] = ()
    cut: str = ""
    """Said in every form of it where there was more to tell than a report holds."""
