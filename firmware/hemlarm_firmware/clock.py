"""Time on the panel: an uptime that never wraps, and a wall clock that comes from the cloud.

The wall clock is never trusted to be right: events carry the uptime as well, and no alarm waits for a date.
"""

from hemlarm_protocol.constant import const

TICKS_PERIOD = 1 << 30
"""A board's millisecond ticks wrap here, after 12.4 days; the heartbeat reads the clock far more often."""

FLOOR_S = 1_790_000_000
"""2026-09-21, before the first release: no wall clock of ours was ever earlier."""

_KEPT_S_MAX = const(315_360_000)  # 10 years: no kept clock runs on for longer without the cloud's word.
_DOUBTED_FOR_MS = const(3_600_000)  # A cloud that is wrong for a moment is righted sooner.
_DOUBTED_BY_MS = const(60_000)  # How far two answers of one clock may differ in what they say.

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Clock:
    """Milliseconds since this boot, and seconds since 1970 once the cloud has told them.

    `floor_s` is a time that is known to be over: the last one that was good before the restart.
    """

    def __init__(self, ticks_ms: "Callable[[], int]", floor_s: int = FLOOR_S) -> None:
        self._ticks_ms = ticks_ms
        self._last_ticks = ticks_ms()
        self._uptime_ms = 0
        self._epoch_ms = -1
        self._floor_s = max(floor_s, FLOOR_S)
        self._doubted_epoch_ms = self._doubted_ms = -1

    def uptime_ms(self) -> int:
        """Return milliseconds since this object was made, which is at boot. It only grows."""
        ticks = self._ticks_ms()
        self._uptime_ms += (ticks - self._last_ticks) % TICKS_PERIOD
        self._last_ticks = ticks
        return self._uptime_ms

    def set(self, unix_ms: int) -> None:
        """Take the cloud's time, unless it lies before the floor.

        A cloud that for an hour says the same time below the floor is believed: it was the floor that was wrong. Before
        `FLOOR_S` there is nothing to believe.
        """
        now_ms = self.uptime_ms()
        if unix_ms >= self._floor_s * 1000:
            self._doubted_ms = -1
        elif unix_ms < FLOOR_S * 1000 or not self._insists(unix_ms - now_ms, now_ms):
            return
        self._epoch_ms = unix_ms - now_ms

    def take_kept(self, unix_ms: "int | None") -> None:
        """Take the time of a clock that ran on over the restart, unless it lies before the floor or years above it."""
        if unix_ms is not None and 0 <= unix_ms - self._floor_s * 1000 < _KEPT_S_MAX * 1000:
            self._epoch_ms = unix_ms - self.uptime_ms()

    def time_s(self) -> "int | None":
        """Return seconds since 1970, or None before the clock was first set."""
        if self._epoch_ms < 0:
            return None
        return (self._epoch_ms + self.uptime_ms()) // 1000

    def _insists(self, epoch_ms: int, now_ms: int) -> bool:
        """Tell whether a time below the floor has been said for so long that it counts."""
        if self._doubted_ms < 0 or abs(epoch_ms - self._doubted_epoch_ms) > _DOUBTED_BY_MS:
            self._doubted_epoch_ms, self._doubted_ms = epoch_ms, now_ms
        return now_ms - self._doubted_ms >= _DOUBTED_FOR_MS
