"""The periods that reports are about: months, quarters and years of a calendar, or days from and to. Pure.

A period belongs to a time zone: the hour that summer time takes or gives lies within it.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hemlarm_cloud.errors import InvalidError

DAYS_MAX = 400
"""The longest period of a report: a year and what hangs over."""

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_YEAR = re.compile(r"\d{4}")
_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\.\.(\d{4}-\d{2}-\d{2}))?")
_FIRST_YEAR, _LAST_YEAR = 2000, 2199
_CALENDAR_ENDS_MS = 253_370_764_800_000
"""The beginning of the year 9999: a transmitter's clock may claim anything."""


@dataclass(frozen=True)
class Period:
    """From one moment until another, which is no longer part of it. `name` is as people write it: 2026-10."""

    name: str
    from_ms: int
    until_ms: int
    zone: ZoneInfo


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone by its name. Raises InvalidError."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise InvalidError(f"no time zone is called {name!r}; write one such as Europe/Stockholm") from None


def parse(text: str, zone: ZoneInfo) -> Period:
    """Return the period that a person wrote: 2026, 2026-10, 2026-10-05 or 2026-10-05..2026-10-11.

    Both days belong to it. Raises InvalidError.
    """
    if _YEAR.fullmatch(text):
        first = _day(f"{text}-01-01", text)
        return _between(text, first, date(first.year + 1, 1, 1), zone)
    if _MONTH.fullmatch(text):
        return month(text, zone)
    found = _DAYS.fullmatch(text)
    if found is None:
        raise InvalidError(f"{text!r} is no period; write 2026, 2026-10, 2026-10-05 or 2026-10-05..2026-10-11")
    first, last = _day(found[1], text), _day(found[2] or found[1], text)
    if not first <= last <= first + timedelta(days=DAYS_MAX - 1):
        raise InvalidError(f"period {text!r} must have 1 to {DAYS_MAX} days, the first of them first")
    return _between(text, first, last + timedelta(days=1), zone)


def month(text: str, zone: ZoneInfo) -> Period:
    """Return a month written as 2026-10. Raises InvalidError."""
    if not _MONTH.fullmatch(text):
        raise InvalidError(f"{text!r} is no month; write one such as 2026-10")
    first = _day(f"{text}-01", text)
    return _between(text, first, _next_month(first), zone)


def year_to(text: str, zone: ZoneInfo) -> Period:
    """Return the part of a year that ends with this month: 2026-03 gives January to March. Raises InvalidError."""
    last = month(text, zone)
    begins = date(int(text[:4]), 1, 1)
    return Period(f"{begins:%Y-%m}..{text}" if text[5:] != "01" else text, _ms(begins, zone), last.until_ms, zone)


def months_of(period: Period) -> list[Period]:
    """Return the months that a period touches, each cut to what lies within it."""
    first = _date(period.from_ms, period.zone).replace(day=1)
    found = []
    while _ms(first, period.zone) < period.until_ms:
        after = _next_month(first)
        begins, ends = max(_ms(first, period.zone), period.from_ms), min(_ms(after, period.zone), period.until_ms)
        found.append(Period(f"{first:%Y-%m}", begins, ends, period.zone))
        first = after
    return found


def days_of(period: Period) -> list[Period]:
    """Return the days of a period."""
    day, found = _date(period.from_ms, period.zone), []
    while _ms(day, period.zone) < period.until_ms:
        found.append(_between(f"{day}", day, day + timedelta(days=1), period.zone))
        day += timedelta(days=1)
    return found


def month_at(at_ms: int, zone: ZoneInfo) -> str:
    """Return the month that a moment lies in."""
    return f"{_date(at_ms, zone):%Y-%m}"


def month_after(text: str) -> str:
    """Return the month after this one: 2027-01 after 2026-12."""
    return f"{_next_month(_day(f'{text}-01', text)):%Y-%m}"


def month_before(text: str) -> str:
    """Return the month before this one."""
    return f"{_day(f'{text}-01', text) - timedelta(days=1):%Y-%m}"


def local(at_ms: int, zone: ZoneInfo) -> datetime:
    """Return a moment as the clocks there show it; one that no calendar has is the nearest that it has."""
    at_ms = min(max(at_ms, 0), _CALENDAR_ENDS_MS)
    return (datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=at_ms)).astimezone(zone)


def _date(at_ms: int, zone: ZoneInfo) -> date:
    return local(at_ms, zone).date()


def _day(text: str, written: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidError(f"{written!r}: there is no day {text}; write year, month and day") from None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise InvalidError(f"{written!r}: the year must be {_FIRST_YEAR} to {_LAST_YEAR}")
    return day


def _between(name: str, first: date, after: date, zone: ZoneInfo) -> Period:
    return Period(name, _ms(first, zone), _ms(after, zone), zone)


def _ms(day: date, zone: ZoneInfo) -> int:
    return round(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * 1000


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
