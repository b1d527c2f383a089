"""Times as foreign transmitters write them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEARS = range(1990, 2200)
"""Years that a transmitter's clock can mean."""

ZONE_MAX = 40

_DC09 = "%H:%M:%S,%m-%d-%Y"


def is_zone(name: str) -> bool:
    """Whether this is a time zone's name."""
    return len(name) <= ZONE_MAX and name in available_timezones()


def from_sos_access(text: str, time_zone: str) -> int | None:
    """Return milliseconds since 1970 of "2002-05-28 11:35:20.022" in a zone, or None for what is no such time.

    A time that says its own offset keeps it.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return _ms(moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(time_zone)))


def to_sos_access(at_ms: int, time_zone: str) -> str:
    """Return a time as SOS Access writes it: "2002-05-28 11:35:20.022"."""
    moment = (_EPOCH + timedelta(milliseconds=at_ms)).astimezone(ZoneInfo(time_zone))
    return moment.replace(tzinfo=None).isoformat(" ", "milliseconds")


def from_dc09(text: str) -> int | None:
    """Return milliseconds since 1970 of "11:35:20,05-28-2002", or None for what is no such time."""
    try:
        return _ms(datetime.strptime(text, _DC09).replace(tzinfo=UTC))
    except ValueError:
        return None


def _ms(moment: datetime) -> int | None:
    return (moment - _EPOCH) // timedelta(milliseconds=1) if moment.year in _YEARS else None
