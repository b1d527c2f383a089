"""When heartbeats go: by the link level of a destination, whatever else was sent."""

from hemlarm_cloud.forward.receivers import PROBE_MS

PACES = (4, 3, 2)
"""Heartbeats in each interval of the level: three to six are recommended, two are the least. Fewer when a receiver says
that they come too often."""

MISSED_MS = 10_000


class Heartbeats:
    """One destination's. `level_ms` is the longest silence that it allows, None where heartbeats are not wanted."""

    def __init__(self, level_ms: int | None, now_ms: int, silent_ms: int | None = None) -> None:
        """Begin at `now_ms`, `silent_ms` after the last good answer that was had before, if there was one."""
        self._level_ms = level_ms
        self._pace = 0
        step_ms = self._step_ms()
        self._due_ms = now_ms if silent_ms is None else now_ms + max(0, step_ms - max(0, silent_ms))

    def in_ms(self, now_ms: int) -> int | None:
        """In how long the next one is due; None where none is wanted."""
        return None if self._level_ms is None else max(0, self._due_ms - now_ms)

    def is_late(self, now_ms: int) -> bool:
        """Whether the next one can wait for nothing else any more."""
        return self._level_ms is not None and now_ms - self._due_ms >= self._step_ms() // 2

    def gone(self, now_ms: int) -> None:
        """One was answered."""
        self._due_ms = now_ms + self._step_ms()

    def missed(self, now_ms: int) -> None:
        """One was not answered: the next one soon, and not before everything else."""
        self._due_ms = now_ms + min(self._step_ms(), MISSED_MS)

    def slower(self) -> None:
        """They come too often."""
        self._pace = min(self._pace + 1, len(PACES) - 1)

    def end(self) -> None:
        """They are not wanted."""
        self._level_ms = None

    def _step_ms(self) -> int:
        return PROBE_MS if self._level_ms is None else self._level_ms // PACES[self._pace]
