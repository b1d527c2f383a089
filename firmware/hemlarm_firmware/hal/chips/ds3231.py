"""DS3231, a clock with a cell of its own, and a thermometer, on I2C, by Maxim's data sheet 19-5170.

It keeps UTC, from 2000 to 2099. A flag of its own says that it stood still since it was set: its cell was empty.
"""

from hemlarm_protocol.constant import const

ADDRESS = 0x68

_SECONDS, _STATUS, _WARMTH = 0x00, 0x0F, 0x11
_STOOD_STILL = const(0x80)
_DAY_S = const(86_400)
_TO_2000_S = const(946_684_800)
_FOUR_YEARS = const(1461)  # Days; 2000 was a leap year, and 2100 is out of reach.
_DAYS_BEFORE = b"\x00\x1f\x3b\x5a\x78\x97\xb5\xd4\xf3"  # Before January to September; the rest does not fit a byte.
_DAYS_BEFORE_LATE = (273, 304, 334)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine import I2C


class Ds3231:
    """The one clock on its bus."""

    def __init__(self, bus: "I2C") -> None:
        self._bus = bus

    def unix_s(self) -> "int | None":
        """Return seconds since 1970, None where it stood still or holds no date. Raises OSError."""
        status = bytearray(1)
        self._bus.readfrom_mem_into(ADDRESS, _STATUS, status)
        held = bytearray(7)
        self._bus.readfrom_mem_into(ADDRESS, _SECONDS, held)
        if status[0] & _STOOD_STILL:
            return None
        held[5] &= 0x1F  # The month has the century's bit beside it.
        second, minute, hour, _, day, month, year = [_number(byte) for byte in held]
        if not (1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second < 60 and year < 100):
            return None
        days = year * 365 + (year + 3) // 4 + _days_before(month, year) + day - 1
        return _TO_2000_S + days * _DAY_S + hour * 3600 + minute * 60 + second

    def set(self, unix_s: int) -> None:
        """Set it, and believe it again. Raises OSError, ValueError for a year that it does not have."""
        days = (unix_s - _TO_2000_S) // _DAY_S
        if not 0 <= days < 25 * _FOUR_YEARS:
            raise ValueError(f"the clock holds 2000 to 2099, and {unix_s} is not in these years")
        year = days // _FOUR_YEARS * 4
        days %= _FOUR_YEARS
        while days >= (366 if year % 4 == 0 else 365):
            days -= 366 if year % 4 == 0 else 365
            year += 1
        month = 12
        while _days_before(month, year) > days:
            month -= 1
        second = unix_s % _DAY_S
        day = days - _days_before(month, year) + 1
        parts = [second % 60, second // 60 % 60, second // 3600, 1, day, month, year]
        self._bus.writeto_mem(ADDRESS, _SECONDS, bytes([part // 10 << 4 | part % 10 for part in parts]))
        self._bus.writeto_mem(ADDRESS, _STATUS, b"\x00")

    def tenths_c(self) -> int:
        """Return its temperature in tenths of a degree. Raises OSError."""
        two = bytearray(2)
        self._bus.readfrom_mem_into(ADDRESS, _WARMTH, two)
        quarters = (two[0] - 0x100 if two[0] & 0x80 else two[0]) * 4 + (two[1] >> 6)
        return quarters * 10 // 4


def _number(byte: int) -> int:
    """Decimal digits in one byte; what are none makes a number that no date has."""
    return (byte >> 4) * 10 + (byte & 0x0F) if byte & 0x0F < 10 and byte >> 4 < 10 else 100


def _days_before(month: int, year: int) -> int:
    days = _DAYS_BEFORE[month - 1] if month < 10 else _DAYS_BEFORE_LATE[month - 10]
    return days + 1 if month > 2 and year % 4 == 0 else days
