"""How times and numbers are written, in Swedish and English."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from hemlarm_cloud.pages.texts import text

ZONE = "Europe/Stockholm"

_MONTHS = {
    "sv": ("jan", "feb", "mars", "april", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
_DAYS = {
    "sv": ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}

_MINUTE_MS, _HOUR_MS, _DAY_MS = 60_000, 3_600_000, 86_400_000


def filters(language: str) -> dict[str, Callable[..., Any]]:
    """Return the filters of templates in a language.

    `ms|date(zone)` is "22 nov 2026", `ms|day(zone)` "söndag 22 nov", `ms|time(zone)` "08:12", `ms|clock(zone)`
    "08:12:05", `ms|moment(zone)` date and time, `ms|iso` what <time datetime> takes, `ms|ago(now_ms)` "5 min sedan",
    `tenths|tenths` "21,5".
    """
    return {
        "date": partial(date, language),
        "day": partial(day, language),
        "time": time,
        "clock": clock,
        "moment": partial(moment, language),
        "iso": iso,
        "ago": partial(ago, language),
        "tenths": partial(tenths, language),
    }


def date(language: str, ms: int, zone: str = ZONE) -> str:
    """Return the day of a moment at a place."""
    at = _at(ms, zone)
    return f"{at.day} {_MONTHS[language][at.month - 1]} {at.year}"


def day(language: str, ms: int, zone: str = ZONE) -> str:
    """Return the day of a moment at a place with its weekday, without its year."""
    at = _at(ms, zone)
    return f"{_DAYS[language][at.weekday()]} {at.day} {_MONTHS[language][at.month - 1]}"


def time(ms: int, zone: str = ZONE) -> str:
    """Return hour and minute of a moment at a place."""
    return _at(ms, zone).strftime("%H:%M")


def clock(ms: int, zone: str = ZONE) -> str:
    """Return hour, minute and second of a moment at a place."""
    return _at(ms, zone).strftime("%H:%M:%S")


def moment(language: str, ms: int, zone: str = ZONE) -> str:
    """Return day and time of a moment at a place."""
    return f"{date(language, ms, zone)} {time(ms, zone)}"


def iso(ms: int) -> str:
    """Return a moment as programs read it."""
    return _at(ms, "UTC").isoformat(timespec="seconds")


def ago(language: str, ms: int, now_ms: int) -> str:
    """Return how long ago a moment was, in its largest unit."""
    past_ms = now_ms - ms
    for key, unit_ms in (("ago.days", 2 * _DAY_MS), ("ago.hours", _HOUR_MS), ("ago.minutes", _MINUTE_MS)):
        if past_ms >= unit_ms:
            return text(language, key, n=past_ms // min(unit_ms, _DAY_MS))
    return text(language, "ago.now")


def tenths(language: str, value: int) -> str:
    """Return tenths of something as a number with one decimal."""
    sign = "\N{MINUS SIGN}" if value < 0 else ""
    return f"{sign}{abs(value) // 10}{',' if language == 'sv' else '.'}{abs(value) % 10}"


def _at(ms: int, zone: str) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(_zone(zone))


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
