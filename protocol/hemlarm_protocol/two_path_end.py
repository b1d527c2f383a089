"""The panel's end of a session that has two paths to its cloud; loaded only where there is a modem.

One session goes over either path. What leaves goes on the path in use, and in a race on both. A heartbeat goes on one
path only, and its reply names it by its uptime; but the reply comes on both paths, and first on either. So a path is
proven by a reply to its own heartbeat and by a frame that was heard on it since.
"""

from hemlarm_protocol import messages
from hemlarm_protocol.constant import const
from hemlarm_protocol.flights import NEVER, Path, order
from hemlarm_protocol.panel_end import GREETING, OFFLINE, OPEN, PanelEnd
from hemlarm_protocol.path_names import IP, MOBILE

PATIENCE = 6
"""With two paths a silent cloud is greeted anew after 63 times the usual wait, 12 s at least: first the other path is
tried, and a session that lives needs no greeting. A cloud that has lost its session knocks."""

DOUBLES_MAX = 24
"""Frames remembered by their last bytes, to know them when they come on the other path."""

_TAIL_BYTES = const(8)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class TwoPathEnd(PanelEnd):
    """A `PanelEnd` that tells ("answered", path) too: this path works. `racing`: both paths are in use.

    Paths are called by their numbers in `path_names`. Take `to_send` of both. Events stay on their way while there is
    no connection, so that `waiting` has them for the last resort.
    """

    def __init__(self, *arguments: "Any") -> None:
        super().__init__(*arguments)
        self.racing = False
        self.patience = PATIENCE
        self.paths.append(Path(MOBILE))
        self._tails: list[bytes] = []

    def connected(self, now_ms: int, path: int = 1) -> None:
        """A path has a connection. A session that lives goes on: what is not acknowledged, or the greeting, goes on
        this path too if it is in use, and a heartbeat tries it in any case.
        """
        way = self.paths[path - 1]
        way.drop()
        way.connected = True
        if self.state != OFFLINE:
            self._bring_in(way, now_ms)
        else:
            self._used = way
            if self._writer:
                self.state = OPEN
                self._bring_in(way, now_ms)
            else:
                self._greet(now_ms)
        self._fill(now_ms)

    def disconnected(self, path: int = 1) -> None:
        """A path has lost its connection. The session outlives it, even where it was the last."""
        way = self.paths[path - 1]
        way.drop()
        way.connected = False
        if not (self.paths[0].connected or self.paths[1].connected):
            if self.state == GREETING:
                self._reader = self._writer = None
            self.state = OFFLINE

    def poke(self, now_ms: int) -> None:
        """The journal has something new, which is looked after without a connection too."""
        self._fill(now_ms)

    def received(self, frame: bytes, now_ms: int, path: int = 1) -> bool:
        """Take one frame from the broker, as it came on this path. What comes on the other one too has no effect there.

        Returns whether it proves this path: the cloud has said it, and there is no other path that was asked.
        """
        tail = frame[-_TAIL_BYTES:]
        if tail not in self._tails:
            self._tails = self._tails[1 - DOUBLES_MAX :] + [tail]
            if not super().received(frame, now_ms):
                return False
        way = self.paths[path - 1]
        way.heard = True
        self._prove(way, now_ms)
        return not self.paths[IP + MOBILE - path - 1].connected

    def use(self, path: int, now_ms: int) -> None:
        """From now on the session goes over this path, and so does what is not acknowledged."""
        before, way = self._used, self.paths[path - 1]
        self._used = way
        self._silent_waits = 0
        if not before.sends:
            before.due_ms = NEVER  # It is tried when the shell asks for that.
        if not self.racing:
            self._bring_in(way, now_ms)
        self.check(path, now_ms)

    def race(self, on: bool, now_ms: int) -> None:
        """From now on, or no longer, all goes over both paths. A heartbeat on each tells which of them answers."""
        self.racing = on
        for way in self.paths if on else ():
            if way is self._used:
                self.check(way.number, now_ms)
            else:
                self._bring_in(way, now_ms)

    def check(self, path: int, now_ms: int) -> None:
        """Try this path with a heartbeat of its own, unless one is on its way there."""
        way = self.paths[path - 1]
        if way.connected and not way.sends and self.state == OPEN:
            self._send_heartbeat(way, now_ms)

    def owed(self, path: int) -> bool:
        """Tell whether the cloud owes an answer to what goes over this path."""
        way = self.paths[path - 1]
        in_use = way.connected and (self.racing or way is self._used)
        return bool(way.sends or (in_use and (self._flights or self.state == GREETING)))

    def oldest_ms(self, urgency: int) -> "int | None":
        """Return since when the first of the unacknowledged events waits that are at least so urgent, or None."""
        return min([flight.launched_ms for flight in self._flights if flight.record.urgency <= urgency], default=None)

    def waiting(self) -> "list[Any]":
        """Return the most urgent records that are not acknowledged, in order."""
        return [flight.record for flight in sorted(self._flights, key=order)]

    def acknowledged(self, kid: bytes, number: int, tag: bytes, now_ms: int) -> None:
        """The cloud has said by other means than the session that it has this event, with this short tag."""
        self._acknowledged(messages.Acknowledgement(kid, [number, tag]), now_ms)

    def _put(self, frame: bytes, path: "Path | None" = None) -> None:
        for way in self.paths:
            if way is path or (path is None and way.connected and (self.racing or way is self._used)):
                way.out.append(frame)

    def _bring_in(self, way: Path, now_ms: int) -> None:
        """A path is newly usable, or newly in use."""
        if way.connected and (self.racing or way is self._used):
            if self.state == GREETING:
                way.out.append(self._hello)
            for flight in sorted(self._flights, key=order):
                self._send(flight, now_ms, way)
        self.check(way.number, now_ms)

    def _send_heartbeat(self, way: Path, now_ms: int) -> None:
        if not way.connected:
            return
        for other in self.paths:
            if other is not way and other.sends and other.sent_ms == now_ms:
                way.due_ms = now_ms + 1  # Or a reply would not tell which of the two it answers.
                return
        super()._send_heartbeat(way, now_ms)
        way.heard = way.replied = False

    def _answered(self, way: Path, now_ms: int) -> None:
        way.replied = True
        self._prove(way, now_ms)

    def _prove(self, way: Path, now_ms: int) -> None:
        if way.sends and way.replied and way.heard:
            super()._answered(way, now_ms)
            self._happened.append(("answered", way.number))
