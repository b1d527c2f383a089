"""How long a panel may be silent, and how often it is therefore asked to be heard."""

from typing import NamedTuple

from hemlarm_cloud.store import HeardPath, Panel

HEARTBEAT_MS = 60_000
"""How often a panel reports that knows no levels of paths: three times in the trade's usual link level of 180 s."""

LEVELS_S = (90, 180, 18_000, 90_000)
"""The trade's link levels: 90 s, 180 s, 5 h, 25 h."""

LONG_MS = 18_000_000
"""From this level on three heartbeats an interval; a shorter one has four, since a lost packet costs most of one."""


def interval_ms(level_ms: int) -> int:
    """Return how often to be heard so that no single loss exhausts a level of so many milliseconds."""
    return level_ms // (3 if level_ms >= LONG_MS else 4)


class Levels(NamedTuple):
    """The longest silence of a whole panel, and of one of its paths, which is never the shorter one."""

    link_ms: int
    standby_ms: int

    @classmethod
    def of(cls, row: Panel | HeardPath) -> "Levels":
        """Return the levels that are stored for a panel."""
        link_ms = 1000 * row.link_level_s
        return cls(link_ms, max(link_ms, 1000 * row.standby_level_s))

    def paced(self, heartbeat_ms: int | None) -> "Levels":
        """Return levels that fit a panel which is asked to be heard only so often; None: as often as these want."""
        if heartbeat_ms is None:
            return self
        link_ms = max(self.link_ms, 3 * heartbeat_ms)
        return Levels(link_ms, max(link_ms, self.standby_ms))

    def intervals_ms(self, heartbeat_ms: int | None) -> tuple[int, int]:
        """Return how often to be heard on the path in use and on another one; `heartbeat_ms` goes before the former."""
        primary_ms = heartbeat_ms or interval_ms(self.link_ms)
        return primary_ms, max(primary_ms, interval_ms(self.standby_ms))

    def welcome_ms(self, heartbeat_ms: int | None) -> int:
        """Return how often a panel is to report that knows no levels."""
        return heartbeat_ms or min(HEARTBEAT_MS, interval_ms(self.link_ms))
