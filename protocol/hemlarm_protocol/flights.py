"""The events on their way to the cloud: most urgent first, repeated until acknowledged, no more than a window of them.

This half of `PanelEnd` knows nothing of the session but how many greetings there were, and by which path they go.
"""

from hemlarm_protocol import sealing
from hemlarm_protocol.constant import const
from hemlarm_protocol.retransmission import RetransmissionTimer
from hemlarm_protocol.session import Refusals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_protocol.session_journal import Journal, Record


IN_FLIGHT_MAX = 8
"""Events sent and not yet acknowledged: two kilobytes of heap on 32 bits, and more than one incident makes at once."""

ORPHAN_SENDS_MAX = 8  # Of an event whose incarnation the panel has lost, and the cloud perhaps never knew.


NEVER = const(1 << 48)


class Path(RetransmissionTimer):
    """One path as a session sees it: how long answers take on it, and `out`, the frames to be sent there.

    Its heartbeat was sent `sends` times, the last time at `sent_ms`, and is not answered; at `due_ms` it is to be sent
    again or, where `sends` is 0, the next one. What follows is for panels with two paths: whether it is `connected`,
    and the two halves of its heartbeat's answer (see `two_path_end.py`).
    """

    connected = replied = heard = False

    def __init__(self, number: int) -> None:
        self.number = number
        self.drop()

    def drop(self) -> None:
        """The connection is gone; a new one is met without prejudice."""
        super().__init__()
        self.sends = self.sent_ms = 0
        self.due_ms = NEVER
        self.out: list[bytes] = []


class Flight:
    """One event on its way, since `launched_ms`."""

    def __init__(self, record: "Record", now_ms: int) -> None:
        self.record = record
        self.launched_ms = now_ms
        self.sent_ms = 0
        self.sends = 0
        self.greeting = 0


class Flights:
    """Draws from the journal's `take`/`give_back`/`acknowledge`. A subclass says where a frame goes, in `_put`."""

    def __init__(self, journal: "Journal") -> None:
        self.refusals = Refusals()
        self._journal = journal
        self._flights: list[Flight] = []
        self._happened: list[tuple[Any, ...]] = []
        self.paths = [Path(1)]
        self._used = self.paths[0]
        self._greetings = 0
        self._silent_waits = 0

    def _fill(self, now_ms: int) -> None:
        while len(self._flights) < IN_FLIGHT_MAX:
            record = self._journal.take()
            if record is None:
                return
            self._launch(record, now_ms)
        self._overtake(now_ms)

    def _overtake(self, now_ms: int) -> None:
        """The window is full: what is more urgent than the least urgent event in it takes that one's place."""
        while True:
            least = max(self._flights, key=order)
            record = self._journal.take(least.record.urgency)
            if record is None:
                return
            self._flights.remove(least)
            self._journal.give_back(least.record)
            self._launch(record, now_ms)

    def _launch(self, record: "Record", now_ms: int) -> None:
        flight = Flight(record, now_ms)
        self._flights.append(flight)
        self._send(flight, now_ms)

    def _send(self, flight: Flight, now_ms: int, path: "Path | None" = None) -> None:
        flight.sent_ms = now_ms
        flight.sends += 1
        flight.greeting = self._greetings
        self._put(flight.record.kid + flight.record.sealed, path)

    def _put(self, frame: bytes, _path: "Path | None" = None) -> None:
        """Send a frame on this path, or else on the one in use, and in a race on the other one too."""
        self._used.out.append(frame)

    def _repeat_flights(self, now_ms: int) -> None:
        overdue = [flight for flight in self._flights if now_ms >= flight.sent_ms + self._used.timeout_ms]
        if not overdue:
            return
        self._used.expired()
        self._silent_waits += 1
        for flight in sorted(overdue, key=order):
            if flight.sends >= ORPHAN_SENDS_MAX and self._journal.is_orphan(flight.record):
                self._flights.remove(flight)  # Out of the way of the others, until this connection ends.
                continue
            self._send(flight, now_ms)
        self._fill(now_ms)

    def _acknowledged(self, message: "Any", now_ms: int) -> None:
        for index in range(0, len(message.acks), 2):
            self._acknowledge(message.kid, message.acks[index], message.acks[index + 1], now_ms)
        self._fill(now_ms)

    def _acknowledge(self, kid: bytes, number: int, tag: bytes, now_ms: int) -> None:
        for flight in self._flights:
            record = flight.record
            if record.number == number and record.kid == kid:
                break
        else:
            return
        if sealing.short_tag(record.sealed) != tag:
            self.refusals.add("an acknowledgement of other bytes")
            return
        if flight.sends == 1:
            self._used.measured(now_ms - flight.sent_ms)
        self._flights.remove(flight)
        self._journal.acknowledge(record)
        self._happened.append(("acknowledged", kid, number))


def order(flight: Flight) -> "tuple[int, int]":
    """Return a key to sort by: the most urgent first, and of these the oldest."""
    # The number decides between equals: MicroPython's sort is not stable.
    return flight.record.urgency, flight.record.number
