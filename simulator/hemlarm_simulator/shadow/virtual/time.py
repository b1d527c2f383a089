"""Stands in for the interpreter's `time` while the simulated world owns time."""

from utime import gmtime, localtime, mktime
from virtual_clock import TICKS_PERIOD, clock

__all__ = ("gmtime", "localtime", "mktime")

_HALF = TICKS_PERIOD // 2


def ticks_ms() -> int:
    """Milliseconds since some moment, wrapping as on the boards."""
    return clock.ticks()


def ticks_us() -> int:
    """Microseconds since some moment, wrapping as on the boards; they move in whole milliseconds."""
    return (clock.ticks() * 1000) & (TICKS_PERIOD - 1)


ticks_cpu = ticks_us


def ticks_add(ticks: int, delta: int) -> int:
    """`ticks` moved by `delta`, within the period."""
    return (ticks + delta) & (TICKS_PERIOD - 1)


def ticks_diff(end: int, start: int) -> int:
    """Signed distance from `start` to `end`, right for up to half a period."""
    return ((end - start + _HALF) & (TICKS_PERIOD - 1)) - _HALF


def sleep_ms(duration: int) -> None:
    """Blocks the whole panel; what arrives meanwhile waits."""
    end = clock.now_ms + max(0, duration)
    while clock.now_ms < end:
        clock.wait(end)


def sleep_us(duration: int) -> None:
    """Blocks the whole panel, rounded up to milliseconds."""
    sleep_ms((duration + 999) // 1000)


def sleep(duration: float) -> None:
    """Blocks the whole panel for `duration` seconds."""
    sleep_ms(int(duration * 1000))


def time_ns() -> int:
    """Nanoseconds since 1970 in the simulated world."""
    return (clock.unix_ms_at_boot + clock.now_ms) * 1_000_000


def time() -> int:
    """Seconds since 1970 in the simulated world."""
    return (clock.unix_ms_at_boot + clock.now_ms) // 1000
