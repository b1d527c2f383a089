"""Moments as forms bring them: the clock of a place, without its zone. Pure."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hemlarm_cloud.errors import InvalidError


def parse(written: str, zone: ZoneInfo, name: str) -> int:
    """Return the moment of a field such as 2026-11-22T14:30, in ms since 1970. Raises InvalidError with `name`."""
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        raise InvalidError(f"{name}: {written[:30]!r} is no moment; write one such as 2026-11-22T14:30") from None
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone)
    if not 2000 <= at.year < 2200:
        raise InvalidError(f"{name}: the year {at.year} cannot be meant")
    return int(at.timestamp() * 1000)


def written(at_ms: int, zone: ZoneInfo) -> str:
    """Return a moment as such a field has it."""
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone):%Y-%m-%dT%H:%M}"
