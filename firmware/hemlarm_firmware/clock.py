"""Time on the panel: an uptime that never wraps, and a wall clock that comes from the cloud.

The wall clock is never trusted to be right: events carry the uptime as well, and no alarm waits for a date.
"""

TICKS_PERIOD = 1 << 30
"""A board's millisecond ticks wrap here, after 12.4 days; the heartbeat reads the clock far more often."""

FLOOR_S = 1_790_000_000
"""2026-09-21, before the first release: no wall clock of ours was ever earlier."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Clock:
    """Milliseconds since this boot, and seconds since 1970 once the cloud has told them."""

    def __init__(self, ticks_ms: "Callable[[], int]") -> None:
        self._ticks_ms = ticks_ms
        self._last_ticks = ticks_ms()
        self._uptime_ms = 0
        self._epoch_ms = -1

    def uptime_ms(self) -> int:
        """Return milliseconds since this object was made, which is at boot. It only grows."""
        ticks = self._ticks_ms()
        self._uptime_ms += (ticks - self._last_ticks) % TICKS_PERIOD
        self._last_ticks = ticks
        return self._uptime_ms

    def set(self, unix_ms: int) -> None:
        """Take the cloud's time, unless it lies before any time that can be."""
        if unix_ms >= FLOOR_S * 1000:
            self._epoch_ms = unix_ms - self.uptime_ms()

    def time_s(self) -> "int | None":
        """Return seconds since 1970, or None before the clock was first set."""
        if self._epoch_ms < 0:
            return None
        return (self._epoch_ms + self.uptime_ms()) // 1000
