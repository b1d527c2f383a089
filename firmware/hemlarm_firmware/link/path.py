"""Watches over the way to the cloud, without I/O: facts and the time go in, decisions come out.

Here are the rules for a panel with one path; `paths.py` adds a second one, where there is a modem.
"""

from hemlarm_firmware.link.backoff import Backoff
from hemlarm_protocol.constant import const

FAULT_MS = 300_000
FAULT_SOON_MS = 30_000
"""How long a path owes an answer before it is faulty; sooner where the cloud wants to hear every `SOON_MS` or oftener:
EN 50136-1 gives a fault of a path as long as the path's link level, and the shortest are 90 s and 180 s."""

SOON_MS = 45_000

STEADY_MS = 60_000
"""How long a path that was faulty must have answered before it is trusted."""

SLOW_MS = 8_000
"""An answer that took longer does not count as one of a path that works."""

ALONE_MS = 300_000
"""Without an answer by IP for so long, the panel core is told that the cloud cannot be reached by it."""

NO_CONTACT_MS = 100_000
"""So long an alarm or a fault may wait without any answer before people are told (EN 54-21, reporting time)."""

SELDOM_MS = 30_000_000
"""How often the cloud wants to hear before it has said so: three times in 25 hours."""

OUT, OPENING, OPEN = 0, 1, 2

_NEVER = const(1 << 48)
_ROUNDS_MAX = const(8)  # Three suffice; this is a promise to whoever waits.

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class Path:
    """`silent_ms`: since when it owes an answer, or has no connection; -1 where it owes none. `good_ms`: since when it
    has answered everything, or -1. `failures` counts lost connections since
    then; where it is `wanted`, the next one is due at `due_ms`. `up` and `down` are bytes of this day of uptime, the
    others of the day before.
    """

    up = down = day_up = day_down = 0
    wanted = True
    faulty = False

    def __init__(self, number: int, random: "Callable[[int], bytes]") -> None:
        self.number = number
        self.backoff = Backoff(random)
        self.state = self.silent_ms = self.due_ms = self.failures = 0
        self.good_ms = -1


class OnePath:
    """Call what has happened, then `wake`, then carry out `decisions` in their order; and `wake` again when
    `deadline_ms` has come. Decisions: ("open", path) and ("close", path) a connection; and for the panel
    core ("path", path, up), ("path-used", path), ("network", alive), ("no-contact", bool). Times are ms of uptime.
    """

    def __init__(self, random: "Callable[[int], bytes]") -> None:
        self.decisions: list[tuple[Any, ...]] = []
        self.deadline_ms = _NEVER
        self.paths = [Path(1, random)]
        self.used = self.paths[0]
        self.primary_ms = self.standby_ms = SELDOM_MS
        """How often the cloud wants to hear on the path in use, and on the other one."""

        self.heard_ms = 0
        """When the cloud was heard last, by whatever way."""

        self.waits_ms: int | None = 0
        """Since when an alarm or a fault waits for the cloud: at first, that the panel has started."""

        self._told_used: Path | None = None
        self._alive: bool | None = None
        self._alone = False

    def opened(self, path: int, _now_ms: int) -> None:
        """A connection is there."""
        self.paths[path - 1].state = OPEN

    def lost(self, path: int, now_ms: int, _memory: bool) -> None:
        """It could not be had, or is no more; for want of `memory`, perhaps."""
        way = self.paths[path - 1]
        way.state = OUT
        way.failures += 1
        way.due_ms = now_ms + way.backoff.next_ms()
        way.good_ms = -1
        self.asked(path, now_ms)

    def asked(self, path: int, now_ms: int) -> None:
        """Something went over this path that wants an answer."""
        way = self.paths[path - 1]
        if way.silent_ms < 0:
            way.silent_ms = now_ms

    def answered(self, path: int, now_ms: int) -> None:
        """The cloud has answered on this path, all that it owed."""
        way = self.paths[path - 1]
        if way.good_ms < 0 or (way.silent_ms >= 0 and now_ms - way.silent_ms > SLOW_MS):
            way.good_ms = now_ms
        way.silent_ms = -1
        way.failures = 0
        way.backoff.reset()
        self.heard_ms = now_ms

    def hurry(self, now_ms: int) -> None:
        """Something urgent waits: the pause before the next attempt to connect is cut short, though not too often."""
        for way in self.paths:
            if way.state == OUT and way.backoff.hurry(now_ms):
                way.due_ms = now_ms

    def wake(self, now_ms: int) -> None:
        """Decide what the facts and the time call for, until nothing more does."""
        for _ in range(_ROUNDS_MAX):
            decided = len(self.decisions)
            self.deadline_ms = _NEVER
            self._apply(now_ms)
            if len(self.decisions) == decided:
                return

    def _apply(self, now_ms: int) -> None:
        """Go through all rules once."""
        for way in self.paths:
            if way.state == OUT and way.wanted and self._is_due(way.due_ms, now_ms):
                way.state = OPENING
                self.decisions.append(("open", way.number))
            self._judge(way, now_ms)
        if self._told_used is not self.used and self.used.good_ms >= 0:
            self._told_used = self.used
            self.decisions.append(("path-used", self.used.number))
        way = self.paths[0]
        if way.silent_ms < 0 or self._is_due(way.silent_ms + ALONE_MS, now_ms):
            alive = way.silent_ms < 0
            if alive is not self._alive:
                self._alive = alive
                self.decisions.append(("network", alive))
        waits_ms = self.waits_ms
        alone = waits_ms is not None and self._is_due(max(waits_ms, self.heard_ms) + NO_CONTACT_MS, now_ms)
        if alone is not self._alone:
            self._alone = alone
            self.decisions.append(("no-contact", alone))

    def _is_due(self, at_ms: int, now_ms: int) -> bool:
        """Tell whether this moment has come; if not, it is one at which to be woken."""
        if now_ms < at_ms:
            self.deadline_ms = min(self.deadline_ms, at_ms)
        return now_ms >= at_ms

    def _judge(self, way: Path, now_ms: int) -> None:
        """Find out whether a path is faulty, and whether it no longer is."""
        if way.silent_ms >= 0:
            if not way.faulty and self._is_due(way.silent_ms + self._fault_ms(way), now_ms):
                way.faulty = True
                way.good_ms = -1
                self.decisions.append(("path", way.number, False))
        elif way.faulty and way.good_ms >= 0 and self._is_due(way.good_ms + STEADY_MS, now_ms):
            way.faulty = False
            self.decisions.append(("path", way.number, True))

    def _fault_ms(self, _way: Path) -> int:
        return FAULT_SOON_MS if self.primary_ms <= SOON_MS else FAULT_MS
