"""A report as CSV: one header line and one line for each row, as RFC 4180 has them, for programs and for Excel.

UTF-8 with a byte order mark, without which Excel reads Swedish letters wrongly. Times are ISO 8601 with their distance
from UTC, lengths are whole seconds. Totals are left out, lest somebody adds them up again; that a
report was cut is said in a last line. Where a report has several
tables, its first column says which one a line belongs to, and each line has the columns of all of them.
"""

import csv
import io

from hemlarm_cloud.reports.model import Column, Kind, Report, Section, Value
from hemlarm_cloud.reports.periods import local
from hemlarm_cloud.reports.words import Words

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(report: Report) -> bytes:
    """Return the file's bytes; the same report gives the same bytes."""
    sections = [section for section in report.sections if not section.overview]
    told = io.StringIO(newline="")
    writer = csv.writer(told, lineterminator="\r\n")
    columns = _columns(sections)
    several = len(sections) > 1
    lead = [Words(report.language, report.zone).text("table")] if several else []
    writer.writerow(lead + [_guarded(column.title) for column in columns])
    for section in sections:
        places = [section.columns.index(column) if column in section.columns else None for column in columns]
        for row in section.rows:
            cells = ["" if at is None else _cell(report, row[at], section.columns[at].kind) for at in places]
            writer.writerow([*([section.title] if several else []), *cells])
    if report.cut:
        writer.writerow([report.cut, *[""] * (len(columns) + len(lead) - 1)])
    return told.getvalue().encode("utf-8-sig")


def _columns(sections: list[Section]) -> list[Column]:
    return list(dict.fromkeys(column for section in sections for column in section.columns))


def _cell(report: Report, value: Value, kind: Kind) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _guarded(value)
    if kind == "time":
        return local(value, report.zone).isoformat(timespec="seconds")
    return str(value)


def _guarded(text: str) -> str:
    """A text that a spreadsheet would run as a formula is made harmless by an apostrophe before it.

    A telephone number is none: a plus and digits are worth only themselves.
    """
    if not text.lstrip(" ").startswith(_STARTS_A_FORMULA):
        return text
    is_telephone = text.startswith("+") and text[1:].replace(" ", "").isdecimal()
    return text if is_telephone else "'" + text
