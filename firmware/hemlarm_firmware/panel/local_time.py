"""Local time from UTC, for guests' hours and for the log: a fixed offset and, where it applies, the EU's summer time.

Summer time in the EU runs from 01:00 UTC on the last Sunday of March to 01:00 UTC on the last Sunday of October
(directive 2000/84/EC). Times are whole seconds since 1970; a local time is what a clock on the wall would count.
"""

from hemlarm_protocol.constant import const

_DAY_S = const(86400)
_HOUR_S = const(3600)
_YEAR_0 = const(1970)
_LEAPS_TO_1970 = const(477)  # 29 Februaries from year 1 to the end of 1969.


def local_s(unix_s: int, utc_offset_min: int, dst: str) -> int:
    """The local time at `unix_s`; `dst` is "eu" or "none"."""
    summer = dst == "eu" and _is_summer(unix_s)
    return unix_s + utc_offset_min * 60 + (_HOUR_S if summer else 0)


def weekday(seconds: int) -> int:
    """The day of the week, 0 for Monday; 1 January 1970 was a Thursday."""
    return (seconds // _DAY_S + 3) % 7


def minute_of_day(seconds: int) -> int:
    """Minutes since midnight, 0 to 1439."""
    return seconds % _DAY_S // 60


def date(seconds: int) -> "tuple[int, int, int]":
    """(year, month, day), right from 1970 on."""
    days = seconds // _DAY_S
    year = _YEAR_0 + days // 366
    while _days_to(year + 1) <= days:
        year += 1
    days -= _days_to(year)
    month = 1
    while days >= _days_in(year, month):
        days -= _days_in(year, month)
        month += 1
    return year, month, days + 1


def _is_summer(unix_s: int) -> bool:
    year, month, _ = date(unix_s)
    if 3 < month < 10:
        return True
    return month in (3, 10) and (unix_s >= _last_sunday_s(unix_s, year, month)) == (month == 3)


def _last_sunday_s(unix_s: int, year: int, month: int) -> int:
    """01:00 UTC on the last Sunday of the month in which `unix_s` is."""
    first = unix_s // _DAY_S - date(unix_s)[2] + 1
    last = first + _days_in(year, month) - 1
    return (last - (weekday(last * _DAY_S) + 1) % 7) * _DAY_S + _HOUR_S


def _days_to(year: int) -> int:
    """Days from 1 January 1970 to 1 January of the year."""
    before = year - 1
    return 365 * (year - _YEAR_0) + before // 4 - before // 100 + before // 400 - _LEAPS_TO_1970


def _days_in(year: int, month: int) -> int:
    if month == 2:
        return _days_to(year + 1) - _days_to(year) - 337
    return 30 if month in (4, 6, 9, 11) else 31
