"""Printed tables: columns as wide as they need, long texts in several lines, the header again on each page."""

from dataclasses import dataclass

from hemlarm_cloud.reports.model import Kind, Row, Section, Value
from hemlarm_cloud.reports.pdf_columns import GUTTER, HEAD_SIZE, SIZE, Planned, is_number
from hemlarm_cloud.reports.pdf_sheet import ACCENT, INK, MARGIN, PAPER, QUIET, Sheet, mixed
from hemlarm_cloud.reports.pdf_type import MEDIUM, REGULAR, drawable, wrapped
from hemlarm_cloud.reports.pdf_widths import share_out
from hemlarm_cloud.reports.words import Words

TITLE_SIZE = 11.5
_LEADING, _PADDING = 10.6, 3.7

_ROWS_AFTER_TITLE = 3
"""A table begins at the foot of a page only where so many rows fit below its title."""

_LINES_MAX = 36
"""Of one cell: what fits a page that lies across. What people write is far shorter."""

_TINT_MAX = 0.62

Lines = list[tuple[str, ...]]
"""The lines of each cell of a row."""


@dataclass
class _Table:
    section: Section
    words: Words
    widths: list[float]

    @property
    def numeric(self) -> list[bool]:
        return [is_number(column) for column in self.section.columns]


def put(sheet: Sheet, planned: Planned, words: Words) -> None:
    """Put a table with its title, over as many pages as it takes."""
    section, needs = planned
    widths = share_out(needs, sheet.room + GUTTER)
    table = _Table(section, words, widths)
    rows = [_lines(table, row) for row in section.rows]
    first = sum(_height(lines) for lines in rows[:_ROWS_AFTER_TITLE])
    heads = [
        wrapped(drawable(c.title), MEDIUM, HEAD_SIZE, w - GUTTER) for c, w in zip(section.columns, widths, strict=True)
    ]
    if not sheet.fits(34 + _height(heads) + first):
        sheet.turn()
    _put_title(sheet, section.title)
    _put_head(sheet, table, heads)
    if not rows:
        sheet.text(words.text("nothing"), MARGIN, sheet.y - _PADDING - SIZE, SIZE, color=QUIET)
        sheet.y -= _LEADING + 2 * _PADDING
        sheet.rule(sheet.y)
    for place, (lines, row) in enumerate(zip(rows, section.rows, strict=True), 1):
        # The last row takes the totals along, lest they stand alone on a page.
        below = _height(lines) if section.totals and place == len(rows) else 0.0
        if not sheet.fits(_height(lines) + below):
            sheet.turn()
            _put_head(sheet, table, heads)
        _put_row(sheet, table, lines, row)
    if section.totals and rows:
        _put_totals(sheet, table, heads)


def _put_title(sheet: Sheet, title: str) -> None:
    if title:
        sheet.y -= 20
        sheet.text(title, MARGIN, sheet.y, TITLE_SIZE, MEDIUM)
    sheet.y -= 8


def _put_head(sheet: Sheet, table: _Table, heads: Lines) -> None:
    high = max(len(lines) for lines in heads)
    x = MARGIN
    for lines, numeric, wide in zip(heads, table.numeric, table.widths, strict=True):
        for place, line in enumerate(lines):
            # Titles of different heights stand on one line at their foot.
            y = sheet.y - HEAD_SIZE - (high - len(lines) + place) * (HEAD_SIZE + 1.6)
            sheet.text(line, x + (wide - GUTTER if numeric else 0), y, HEAD_SIZE, MEDIUM, QUIET, right=numeric)
        x += wide
    sheet.y -= high * (HEAD_SIZE + 1.6) + 4
    sheet.rule(sheet.y, 0.9, INK)


def _put_row(sheet: Sheet, table: _Table, lines: Lines, row: Row) -> None:
    high = _height(lines)
    if table.section.shaded:
        _put_tints(sheet, table, row, high)
    _put_cells(sheet, table, lines, row)
    sheet.y -= high
    sheet.rule(sheet.y)


def _put_cells(sheet: Sheet, table: _Table, lines: Lines, row: Row, font: str = REGULAR) -> None:
    x = MARGIN
    for index, (cell, wide) in enumerate(zip(lines, table.widths, strict=True)):
        numeric = table.numeric[index]
        quiet = row[index] in (None, 0) and numeric
        color = QUIET if quiet else PAPER if _tint(table, index, row) > 0.4 else INK
        for place, line in enumerate(cell):
            y = sheet.y - _PADDING - SIZE + 0.6 - place * _LEADING
            sheet.text(line, x + (wide - GUTTER if numeric else 0), y, SIZE, font, color, right=numeric)
        x += wide


def _put_tints(sheet: Sheet, table: _Table, row: Row, high: float) -> None:
    x = MARGIN
    for index, wide in enumerate(table.widths):
        if tint := _tint(table, index, row):
            sheet.box(x + GUTTER * 0.4, sheet.y - high, wide - GUTTER * 0.7, high, mixed(tint, ACCENT))
        x += wide


def _tint(table: _Table, index: int, row: Row) -> float:
    """How much color a number's ground gets; the last column holds sums and stays white."""
    section, value = table.section, row[index]
    if not section.shaded or row is section.totals or index == len(row) - 1 or not isinstance(value, int):
        return 0.0
    most = max((cell for each in section.rows for cell in each[:-1] if isinstance(cell, int)), default=0)
    return _TINT_MAX * value / most if most else 0.0


def _put_totals(sheet: Sheet, table: _Table, heads: Lines) -> None:
    totals = table.section.totals
    assert totals is not None
    lines = _lines(table, tuple("" if cell is None else cell for cell in totals), MEDIUM)
    if not sheet.fits(_height(lines)):
        sheet.turn()
        _put_head(sheet, table, heads)
    sheet.rule(sheet.y, 0.9, INK)
    _put_cells(sheet, table, lines, totals, MEDIUM)
    sheet.y -= _height(lines)


def _lines(table: _Table, row: Row, font: str = REGULAR) -> Lines:
    return [
        wrapped(drawable(_printed(table, value, column.kind)), font, SIZE, wide - GUTTER + 0.1)[:_LINES_MAX]
        for value, column, wide in zip(row, table.section.columns, table.widths, strict=True)
    ]


def _printed(table: _Table, value: Value, kind: Kind) -> str:
    """A value as it is printed; in a field of many numbers a zero is only a dot."""
    if table.section.shaded and value == 0:
        return "\N{MIDDLE DOT}"
    return table.words.printed(value, kind)


def _height(lines: Lines) -> float:
    return max(len(cell) for cell in lines) * _LEADING + 2 * _PADDING - 1.2
