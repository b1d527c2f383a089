"""Virtual time on the panel: it stands still while the firmware runs and moves only where the firmware waits.

Waiting is one exchange with the world: "idle until T" goes out with all that was collected, and everything due by
then comes back, closed by a frame with the new time. `time` and `select` beside this file are built on it.
"""

from board_stream import BoardStream

TICKS_PERIOD = 1 << 30  # As on the boards; the interpreter's own ticks on a computer practically never wrap.

_POLL_REQUEST = 3  # MP_STREAM_POLL of the interpreter's stream protocol.
_SPINS_MAX = 50_000

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Spinning(BaseException):
    """The firmware goes round and round without ever waiting, so virtual time cannot move."""


class TimedStream(BoardStream):
    """The stream to a world that owns time. Frames come in only while the panel waits, and are queued here."""

    flushed_by_waiting = True

    def __init__(self, file: "Any") -> None:
        super().__init__(file)
        self.readable = self
        self.collect = True
        self.arrived: list[list[Any]] = []

    def receive(self) -> "list[Any]":
        """Returns the oldest frame that came while waiting, or reads one from the wire: an answer just asked for."""
        return self.arrived.pop(0) if self.arrived else super().receive()

    def wait(self, until_ms: "int | None") -> int:
        """Hands the turn to the world until something arrives or it is `until_ms`. Returns the time then."""
        self.post("idle", until_ms)
        self.flush()
        while True:
            frame = super().receive()
            if frame[0] == "now":
                now: int = frame[1]
                self.exchanges += 1
                return now
            self.arrived.append(frame)

    def ioctl(self, request: int, flags: int) -> int:
        """Whether a frame waits to be received, in the terms of the interpreter's own streams."""
        return flags & 1 if request == _POLL_REQUEST and self.arrived else 0


class Clock:
    """Milliseconds since the panel's boot, as the world counts them."""

    def __init__(self) -> None:
        self.now_ms = 0
        self.ticks_at_boot = 0
        self.unix_ms_at_boot = 0
        self.spins = 0
        self._stream: TimedStream | None = None

    def attach(self, stream: TimedStream, start: "dict[str, Any]") -> None:
        """Lets the world own time from now on. `start` is its first frame."""
        self._stream = stream
        self.ticks_at_boot = start["ticks"]
        self.unix_ms_at_boot = start["unix_ms"]

    def ticks(self) -> int:
        """The wrapping millisecond counter."""
        return (self.ticks_at_boot + self.now_ms) & (TICKS_PERIOD - 1)

    def wait(self, until_ms: "int | None") -> None:
        """Moves to `until_ms`, or less far if something arrives; for ever with None."""
        assert self._stream is not None
        self.spins = 0
        self.now_ms = self._stream.wait(until_ms)

    def spin(self) -> None:
        """Counts a turn of the event loop that did not wait. Raises Spinning after very many in a row."""
        self.spins += 1
        if self.spins > _SPINS_MAX:
            raise Spinning(f"{_SPINS_MAX} turns of the event loop without a wait")


clock = Clock()
