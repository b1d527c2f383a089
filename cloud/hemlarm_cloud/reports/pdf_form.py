"""A report as PDF: A4, upright or across as its tables need, one typeface, every page numbered.

The same report gives the same bytes: no date and no chance of the printing itself is in the file.
"""

import io
from dataclasses import replace

from reportlab.lib.pagesizes import A4, landscape  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from hemlarm_cloud.reports import pdf_columns, pdf_table, pdf_type
from hemlarm_cloud.reports.model import Report, Section
from hemlarm_cloud.reports.pdf_columns import Planned
from hemlarm_cloud.reports.pdf_sheet import ACCENT, MARGIN, QUIET, RULE, Sheet
from hemlarm_cloud.reports.pdf_type import MEDIUM, REGULAR, drawable, width, wrapped
from hemlarm_cloud.reports.words import Words

_TITLE, _SUBJECT, _LABEL, _FACT, _FIGURE, _SMALL = 21.0, 11.0, 7.4, 9.2, 19.0, 7.4
_FACT_COLUMNS = {False: 3, True: 4}
_ACROSS_FROM = 1.3
"""A table that asks for more than so many times the width of an upright page turns the page."""


ROWS_MAX = 2_000
"""Rows of one table that are printed, on some fifty pages in well under a second; a CSV file has all."""


def render(report: Report) -> bytes:
    """Return the file's bytes."""
    pdf_type.load()
    words = Words(report.language, report.zone)
    tables = pdf_columns.plan([_shortened(section) for section in report.sections], words)
    across = _is_wide(tables)
    wide, high = landscape(A4) if across else A4
    sheet = Sheet(wide, high, lambda each: _put_running_head(each, report))
    _put_opening(sheet, report, words, across)
    for table in tables:
        pdf_table.put(sheet, table, words)
    _put_notes(sheet, report, words)
    return _drawn(sheet, report, words)


def _is_wide(tables: list[Planned]) -> bool:
    room = A4[0] - 2 * MARGIN
    asked = (sum(need.most for need in needs) for _, needs in tables)
    return bool(max(asked, default=0.0) > _ACROSS_FROM * room)


def _put_opening(sheet: Sheet, report: Report, words: Words, across: bool) -> None:
    right = sheet.wide - MARGIN
    sheet.box(MARGIN, sheet.y + 5, 26, 3, ACCENT)
    sheet.y -= 9
    sheet.text(words.text("sender"), MARGIN, sheet.y, 8.4, MEDIUM, ACCENT)
    sheet.text(report.code, right, sheet.y, 8.4, MEDIUM, QUIET, right=True)
    sheet.y -= 34
    sheet.text(report.title, MARGIN, sheet.y, _TITLE, MEDIUM)
    for line in wrapped(drawable(report.subject), REGULAR, _SUBJECT, sheet.room):
        sheet.y -= 17
        sheet.text(line, MARGIN, sheet.y, _SUBJECT, color=QUIET)
    sheet.y -= 20
    facts = [(words.text("period"), _period(report))] if report.period else []
    _put_facts(sheet, [*facts, *report.facts], _FACT_COLUMNS[across])
    if report.figures:
        _put_figures(sheet, report, words)


def _period(report: Report) -> str:
    return report.period.replace("..", " \N{EN DASH} ")


def _put_facts(sheet: Sheet, facts: list[tuple[str, str]], columns: int) -> None:
    wide = sheet.room / columns
    for first in range(0, len(facts), columns):
        cells = facts[first : first + columns]
        lines = [wrapped(drawable(text), REGULAR, _FACT, wide - 14) for _, text in cells]
        for place, ((label, _), texts) in enumerate(zip(cells, lines, strict=True)):
            x = MARGIN + place * wide
            sheet.text(label, x, sheet.y - _LABEL, _LABEL, color=QUIET)
            for row, text in enumerate(texts):
                sheet.text(text, x, sheet.y - _LABEL - 12.5 - row * 11.6, _FACT)
        sheet.y -= 22 + 11.6 * max(len(texts) for texts in lines)


def _put_figures(sheet: Sheet, report: Report, words: Words) -> None:
    sheet.y -= 3
    sheet.rule(sheet.y, 0.4, RULE)
    wide = sheet.room / max(len(report.figures), 4)
    deepest = 0
    for place, figure in enumerate(report.figures):
        x = MARGIN + place * wide
        shown = words.printed(figure.value, figure.kind)
        size = min(_FIGURE, _FIGURE * (wide - 10) / max(width(drawable(shown), MEDIUM, _FIGURE), 1))
        sheet.text(shown, x, sheet.y - 27, size, MEDIUM, ACCENT)
        lines = wrapped(drawable(figure.label), REGULAR, 8.0, wide - 12)
        for row, line in enumerate(lines):
            sheet.text(line, x, sheet.y - 40 - row * 10, 8.0, color=QUIET)
        deepest = max(deepest, len(lines))
    sheet.y -= 38 + 10 * deepest
    sheet.rule(sheet.y, 0.4, RULE)
    sheet.y -= 4


def _put_running_head(sheet: Sheet, report: Report) -> None:
    sheet.y -= 6
    sheet.text(report.title, MARGIN, sheet.y, 8.4, MEDIUM)
    ahead = MARGIN + width(drawable(report.title), MEDIUM, 8.4) + 8
    room = sheet.wide - MARGIN - ahead - width(drawable(_period(report)), REGULAR, 8.4) - 12
    (subject, *_) = wrapped(drawable(report.subject), REGULAR, 8.4, room)
    sheet.text(subject, ahead, sheet.y, 8.4, color=QUIET)
    sheet.text(_period(report), sheet.wide - MARGIN, sheet.y, 8.4, color=QUIET, right=True)
    sheet.y -= 14


def _put_notes(sheet: Sheet, report: Report, words: Words) -> None:
    sheet.y -= 10
    for note in _notes(report, words):
        lines = wrapped(drawable(note), REGULAR, 8.0, min(sheet.room, 430))
        if not sheet.fits(11 * len(lines) + 4):
            sheet.turn()
        for line in lines:
            sheet.y -= 11
            sheet.text(line, MARGIN, sheet.y, 8.0, color=QUIET)
        sheet.y -= 4


def _shortened(section: Section) -> Section:
    return section if len(section.rows) <= ROWS_MAX else replace(section, rows=section.rows[:ROWS_MAX])


def _notes(report: Report, words: Words) -> list[str]:
    notes = list(report.notes)
    if any(len(section.rows) > ROWS_MAX for section in report.sections):
        notes.insert(0, words.text("print-cut", count=words.printed(ROWS_MAX, "number")))
    return [report.cut, *notes] if report.cut else notes


def _drawn(sheet: Sheet, report: Report, words: Words) -> bytes:
    told = io.BytesIO()
    size = (sheet.wide, sheet.high)
    canvas = Canvas(told, size, invariant=1, pageCompression=1, lang=report.language, initialFontName=REGULAR)
    canvas.setTitle(f"{report.code} {report.title}")
    canvas.setSubject(report.subject)
    canvas.setAuthor(words.text("sender"))
    canvas.setCreator("Hemlarm")
    made = words.text("made", moment=words.moment(report.made_ms)[:16], zone=report.zone.key)
    for number, draws in enumerate(sheet.pages, 1):
        for draw in draws:
            draw(canvas)
        canvas.setFont(REGULAR, _SMALL)
        canvas.setFillColor(QUIET)
        canvas.drawString(MARGIN, 26, drawable(f"{report.code}  ·  {made}"))
        canvas.drawRightString(sheet.wide - MARGIN, 26, words.text("page", number=number, of=len(sheet.pages)))
        canvas.showPage()
    canvas.save()
    return told.getvalue()
