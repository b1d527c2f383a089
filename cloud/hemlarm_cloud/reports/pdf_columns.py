"""Which columns printed tables have, and what room each asks for. Tables of one kind get the same columns.

An optional column that is empty in all of them is left out: it would only take room from the others.
"""

from collections.abc import Sequence
from dataclasses import replace

from hemlarm_cloud.reports.model import Column, Row, Section
from hemlarm_cloud.reports.pdf_type import MEDIUM, drawable, longest_word, width
from hemlarm_cloud.reports.pdf_widths import Need
from hemlarm_cloud.reports.words import Words

SIZE, HEAD_SIZE = 8.4, 7.4
"""Of the type in cells and in their headings, in points."""
GUTTER = 9.0
"""Between columns."""

_CELL_MAX = 230.0
"""No column asks for more than this: longer texts wrap."""
_WORD_MAX = 100.0
"""Nor does it insist on more: a longer word is broken, lest one row squeeze all others."""

Planned = tuple[Section, list[Need]]
"""A table as it is printed, and what its columns ask for."""


def plan(sections: Sequence[Section], words: Words) -> list[Planned]:
    """Return the tables as they are printed."""
    alike: dict[tuple[Column, ...], list[Section]] = {}
    for section in sections:
        alike.setdefault(section.columns, []).append(section)
    kept = {columns: _kept(columns, these) for columns, these in alike.items()}
    needs = {
        columns: [_need(columns[index], [cell for each in these for cell in _cells(each, index, words)])
                  for index in kept[columns]]
        for columns, these in alike.items()
    }  # fmt: skip
    return [(_only(section, kept[section.columns]), needs[section.columns]) for section in sections]


def is_number(column: Column) -> bool:
    """Tell whether what is in a column stands at its right edge."""
    return column.kind in ("number", "seconds")


def _kept(columns: tuple[Column, ...], sections: Sequence[Section]) -> list[int]:
    rows = [row for section in sections for row in section.rows]
    return [
        index
        for index, column in enumerate(columns)
        if not column.optional or any(row[index] not in (None, "") for row in rows)
    ]


def _only(section: Section, kept: Sequence[int]) -> Section:
    def of(row: Row) -> Row:
        return tuple(row[index] for index in kept)

    return replace(
        section,
        columns=tuple(section.columns[index] for index in kept),
        rows=tuple(of(row) for row in section.rows),
        totals=None if section.totals is None else of(section.totals),
    )


def _cells(section: Section, index: int, words: Words) -> list[str]:
    rows = [*section.rows, *([section.totals] if section.totals else [])]
    return [words.printed(row[index], section.columns[index].kind) for row in rows]


def _need(column: Column, cells: Sequence[str]) -> Need:
    shown = {drawable(cell) for cell in cells}
    widest = max((width(cell, MEDIUM, SIZE) for cell in shown), default=0.0)
    word = max((longest_word(cell, MEDIUM, SIZE) for cell in shown), default=0.0)
    title = drawable(column.title)
    head_word = longest_word(title, MEDIUM, HEAD_SIZE)
    # A date and its time stay on one line, as numbers do; the heading of a number may take two.
    least = max(min(word, _WORD_MAX) if column.kind == "text" else widest, head_word)
    most = max(widest, head_word if is_number(column) else width(title, MEDIUM, HEAD_SIZE))
    least = min(least, _CELL_MAX)
    return Need(least + GUTTER, max(min(most, _CELL_MAX), least) + GUTTER)
