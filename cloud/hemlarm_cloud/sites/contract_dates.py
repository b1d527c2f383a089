"""When a contract ends: it is extended by a year each time, unless given notice of three months before. Pure."""

import calendar
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

CALENDAR = ZoneInfo("Europe/Stockholm")
"""Contracts end by the centre's own calendar."""

NOTICE_MONTHS, EXTENSION_MONTHS = 3, 12


def later_by_months(at_ms: int, months: int) -> int:
    """The same day and time of another month, or that month's last day where it has no such day."""
    at = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(CALENDAR)
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    day = min(at.day, calendar.monthrange(year, month + 1)[1])
    moved = datetime(year, month + 1, day, at.hour, at.minute, at.second, tzinfo=CALENDAR)
    return int(moved.timestamp()) * 1000 + at_ms % 1000


def end_of(ends_ms: int, now_ms: int, terminated_ms: int | None = None) -> int:
    """When a contract ends as things stand at `now_ms`: the first end for which notice was given or still can be.

    With `terminated_ms` the moment of the notice counts. `ends_ms` is the end that was agreed on.
    """
    counts_ms = now_ms if terminated_ms is None else terminated_ms
    end_ms, terms = ends_ms, 0
    while counts_ms > later_by_months(end_ms, -NOTICE_MONTHS):
        # Reckoned from the agreed end, so that a leap day is not lost on the way.
        terms += 1
        end_ms = later_by_months(ends_ms, terms * EXTENSION_MONTHS)
    return end_ms
