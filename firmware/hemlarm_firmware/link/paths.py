"""Watches over two paths, without I/O: which carries the session, when both do, and when the other one is tried.

    IP in use      always connected; the mobile path is checked every `standby_ms`, and closed in between
    race           an alarm or tamper waits too long, or the path in use has no connection: both carry everything
    mobile in use  IP has failed; it is tried all the time, and takes over again when it was good for a minute

A panel whose memory holds one connection only (`cramped`) closes the one before it opens the other.
"""

from hemlarm_firmware.link.path import (
    FAULT_MS,
    FAULT_SOON_MS,
    OPEN,
    OPENING,
    OUT,
    SLOW_MS,
    SOON_MS,
    STEADY_MS,
    OnePath,
    Path,
)
from hemlarm_protocol.constant import const
from hemlarm_protocol.path_names import IP, MOBILE

RACE_MS = 4_000
"""An alarm that was not acknowledged for so long after it was recorded goes over the other path too."""

KEPT_OPEN_MS = 300_000
"""A standby path that is checked so often stays connected: a handshake costs more than the heartbeats between."""

CHECK_MS = 30_000
"""A standby path that owes an answer for so long is closed and tried again later."""

TRY_AGAIN_MS = 60_000
TRY_AGAIN_MS_MAX = 900_000
"""After a standby check that failed; the first pause, and the longest of those that follow it."""

FAILED_CHECKS = 3
"""Before a standby path is faulty."""

RETURN_EVERY_MS = 20_000
"""How often IP is tried while the mobile path is in use."""

READY_MS = 120_000
"""How long a modem may be without its network before the path is faulty, at the least: it registers within 90 s."""

_LONG_AGO_MS = const(-(1 << 48))

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class _Path(Path):
    """`opened_ms`: when its connection was made; `checked_ms`: when it was tried or answered last; `doubted_ms`: the
    silence that it was last tried for.
    """

    opened_ms, checked_ms, doubted_ms = 0, _LONG_AGO_MS, -1


class Paths(OnePath):
    """An `OnePath` for IP and MOBILE, with these decisions besides: ("use", path), ("race", on), ("check", path).

    `urgent_ms`: since when the first unacknowledged alarm or tamper waits, or None; `owing`: whether any event waits.
    """

    def __init__(self, random: "Callable[[int], bytes]") -> None:
        super().__init__(random)
        self.paths: list[_Path] = [_Path(IP, random), _Path(MOBILE, random)]  # type: ignore[assignment]
        self.used: _Path = self.paths[0]
        self.urgent_ms: int | None = None
        self.owing = self.racing = self.ready = self.cramped = False

    @property
    def hopeless(self) -> bool:
        """Whether neither path has a connection, nor had one when it was last tried."""
        return not any(way.state == OPEN or (not way.failures and self._may(way)) for way in self.paths)

    def lost(self, path: int, now_ms: int, memory: bool) -> None:
        """It could not be had, or is no more; for want of `memory`, perhaps: then there is one connection at a time."""
        way = self.paths[path - 1]
        opening = way.state == OPENING
        super().lost(path, now_ms, memory)
        if memory and opening and self._other(way).state == OPEN:
            self.cramped = True
            way.due_ms = now_ms
        elif path == MOBILE and not self._needs_mobile(now_ms):
            way.due_ms = now_ms + min(TRY_AGAIN_MS << min(way.failures - 1, 9), TRY_AGAIN_MS_MAX)
        elif self.cramped and path == IP and way is not self.used:
            way.due_ms = now_ms + TRY_AGAIN_MS_MAX

    def opened(self, path: int, now_ms: int) -> None:
        """A connection is there, and will be tried at once."""
        super().opened(path, now_ms)
        self.paths[path - 1].opened_ms = now_ms
        self.asked(path, now_ms)

    def answered(self, path: int, now_ms: int) -> None:
        """The cloud has answered on this path, all that it owed."""
        super().answered(path, now_ms)
        self.paths[path - 1].checked_ms = now_ms

    def carries_data(self, ready: bool, now_ms: int) -> None:
        """The modem has a network that carries data, or has it no more."""
        way = self.paths[1]
        self.ready = ready
        if not ready:
            self.asked(MOBILE, now_ms)
        elif way.good_ms < 0 or way.faulty:
            way.checked_ms = _LONG_AGO_MS
            way.due_ms = now_ms
        elif not way.failures and way.state == OUT:
            way.silent_ms = -1  # It was out of its network for a moment, and worked before.

    def _apply(self, now_ms: int) -> None:
        self._race(now_ms)
        self._choose(now_ms)
        for way in self.paths:
            self._check(way, now_ms)
            way.wanted = self._wants(way, now_ms)
        super()._apply(now_ms)

    def _race(self, now_ms: int) -> None:
        wanted = self.urgent_ms is not None and (
            self.racing or self.used.state != OPEN or self._is_due(self.urgent_ms + RACE_MS, now_ms)
        )
        if wanted is not self.racing:
            self.racing = wanted
            self.decisions.append(("race", wanted))

    def _choose(self, now_ms: int) -> None:
        """Decide which path carries the session."""
        used, other = self.used, self._other(self.used)
        if self._fails(used, now_ms):
            change = other.state == OPEN and (used.state != OPEN or other.silent_ms < 0)
        else:
            change = other.number == IP and other.good_ms >= 0 and other.silent_ms < 0
            change = change and self._is_due(other.good_ms + STEADY_MS, now_ms)
        if change:
            self.used = other
            self.decisions.append(("use", other.number))

    def _fails(self, way: _Path, now_ms: int) -> bool:
        if way.state != OPEN or way.silent_ms < 0:
            return way.state != OPEN
        return (way.faulty or self.owing) and self._is_due(way.silent_ms + SLOW_MS, now_ms)

    def _check(self, way: _Path, now_ms: int) -> None:
        """Try what may not work, and close what is not needed."""
        if way.state != OPEN:
            return
        if way is self.used:
            # With both connected an acknowledgement does not tell which path it proves: a heartbeat does.
            doubtful = way.silent_ms >= 0 and way.doubted_ms != way.silent_ms
            if doubtful and self._is_due(way.silent_ms + RACE_MS, now_ms):
                way.doubted_ms = way.silent_ms
                self.decisions.append(("check", way.number))
        elif way.silent_ms >= 0:
            if self._is_due(max(way.silent_ms, way.opened_ms) + CHECK_MS, now_ms):
                self.lost(way.number, now_ms, False)
                self.decisions.append(("close", way.number))
        elif not self._wants(way, now_ms):
            self._close(way)
        elif self._is_due(way.checked_ms + self._check_every_ms(way.number), now_ms):
            way.checked_ms = now_ms
            self.decisions.append(("check", way.number))

    def _wants(self, way: "Any", now_ms: int) -> bool:
        """Tell whether a path should have a connection now."""
        if not self._may(way):
            return False
        wanted = (
            way.number == IP
            or self._needs_mobile(now_ms)
            or self._is_due(way.checked_ms + self._check_every_ms(MOBILE), now_ms)
        )
        if wanted and self.cramped and way.state == OUT and now_ms >= way.due_ms:
            other = self._other(way)
            if other.state == OPEN:
                self._close(other)
                other.due_ms = now_ms + TRY_AGAIN_MS
            # Of two that would be opened now the one in use goes first.
            first = way is self.used or not self._may(other) or now_ms < other.due_ms
            return first and other.state == OUT
        return wanted

    def _close(self, way: _Path) -> None:
        way.state = OUT
        self.decisions.append(("close", way.number))

    def _may(self, way: _Path) -> bool:
        return way.number == IP or self.ready

    def _needs_mobile(self, now_ms: int) -> bool:
        """Tell whether the mobile path is needed, and not only to be checked."""
        way = self.used
        if way.number == MOBILE or self.racing or self._check_every_ms(MOBILE) <= KEPT_OPEN_MS:
            return True
        if way.state != OPEN and way.failures < 2 and not self.owing:
            return way.faulty  # A connection that is made anew at once is no reason.
        return self._fails(way, now_ms)

    def _check_every_ms(self, path: int) -> int:
        return RETURN_EVERY_MS if path == IP else max(self.standby_ms, self.primary_ms)

    def _fault_ms(self, way: "Any") -> int:
        if way is self.used or way.number == IP:
            return super()._fault_ms(way)
        if not self.ready:
            return max(READY_MS, super()._fault_ms(way))
        if way.failures < FAILED_CHECKS:
            return 1 << 48
        return FAULT_SOON_MS if self._check_every_ms(MOBILE) <= SOON_MS else FAULT_MS

    def _other(self, way: _Path) -> _Path:
        return self.paths[way is self.paths[0]]
