"""The panel's end of a session, without I/O: frames and the time go in, frames and happenings come out.

    OFFLINE --connected--> GREETING --welcome--> OPEN
       ^                    ^      |               |
       |                    |      |  no welcome   |  a knock, or three waits in a row without any answer
       +---- disconnected --+------+ "reconnect"   +--> GREETING

Events need no session: they are sealed under the journal's key and leave as soon as there is a connection, most urgent
first. Only their acknowledgements come in the session, so that nobody but the cloud of today can make the panel forget.
"""

from collections import namedtuple

from hemlarm_protocol import keys, messages, sealing
from hemlarm_protocol.errors import BadMessage
from hemlarm_protocol.retransmission import RetransmissionTimer
from hemlarm_protocol.session import Reader, Refusals, Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from hemlarm_protocol.session_journal import Journal, Record


OFFLINE, GREETING, OPEN = 0, 1, 2

IN_FLIGHT_MAX = 8
"""Events sent and not yet acknowledged: two kilobytes of heap on 32 bits, and more than one incident makes at once."""

ORPHAN_SENDS_MAX = 8  # Of an event whose incarnation the panel has lost, and the cloud perhaps never knew.

HELLO_LIFE_MS = 10_000
"""A Welcome later than this is not taken, nor the time in a heartbeat's answer: the clock would be wrong by as much."""

HELLO_WAIT_MS = 1000
"""First wait for a Welcome; each further one is twice as long, so `HELLO_TRIES` of them take half a minute."""

HELLO_TRIES = 5
"""From this many on the panel asks for a new connection, and the waits grow no further."""

SILENT_WAITS_MAX = 3
HEALTH_EVERY_MS = 3_600_000
SESSION_YOUNG_MS = 5_000
"""A knock on a younger session is not answered, so that a recorded knock cannot keep the panel greeting."""

Status = namedtuple("Status", ["boot", "time", "next_number", "heap_free", "firmware", "salts"])
"""What Hello and Heartbeat tell of the panel; the fields are those of the messages."""


class _Flight:
    """One event on its way."""

    def __init__(self, record: "Record") -> None:
        self.record = record
        self.sent_ms = 0
        self.sends = 0
        self.greeting = 0


class PanelEnd:
    """One panel's end of the session with its cloud.

    `panel` (8 bytes) and `root_key` (32) are the panel's own, `random(n)` gives n random bytes, `journal` holds the
    events, and `status()` returns a `Status`. `health()`, if there is one, returns a `messages.Health`, which is told
    as a session opens and then with the next heartbeat after `HEALTH_EVERY_MS`. After each call take `to_send()` and
    `happenings()`, and call `wake` when `deadline_ms()` comes. All times are milliseconds on one monotonic clock.
    """

    def __init__(
        self,
        panel: bytes,
        root_key: bytes,
        random: "Callable[[int], bytes]",
        journal: "Journal",
        status: "Callable[[], Status]",
        health: "Callable[[], messages.Health] | None" = None,
    ) -> None:
        self.state = OFFLINE
        self.refusals = Refusals()
        self._panel = panel
        self._root_key = root_key
        self._random = random
        self._journal = journal
        self._status = status
        self._health = health
        self._health_due_ms = 0
        self._hello_key = keys.hello_key(root_key, panel)
        self._knock_key = keys.knock_key(root_key, panel)
        self._timer = RetransmissionTimer()
        self._flights: list[_Flight] = []
        self._out: list[bytes] = []
        self._happened: list[tuple[Any, ...]] = []
        self._reader: Reader | None = None
        self._writer: Writer | None = None
        self._hello = b""
        self._greetings = 0
        self._greeted_ms = self._hello_ms = self._hello_tries = 0
        self._opened_ms = self._heartbeat_every_ms = self._heartbeat_due_ms = 0
        self._heartbeat_sent_ms = -1
        self._heartbeat_sends = 0
        self._silent_waits = 0

    # What the shell calls.

    def connected(self, now_ms: int) -> None:
        """There is a way to the broker: greet the cloud, and let the most urgent events go at once."""
        self._timer = RetransmissionTimer()
        self._greet(now_ms)
        self._fill(now_ms)

    def disconnected(self) -> None:
        """The way is gone: what was on it is pending again, and the session ends."""
        self.state = OFFLINE
        self._reader = self._writer = None
        self._journal.land()
        self._flights = []
        self._out = []

    def poke(self, now_ms: int) -> None:
        """The journal has something new."""
        if self.state != OFFLINE:
            self._fill(now_ms)

    def received(self, frame: bytes, now_ms: int) -> None:
        """Take one frame from the broker, whoever sent it: what is not the cloud's is counted and has no effect."""
        try:
            kid, sealed = sealing.split_frame(frame)
            self._open(kid, sealed, now_ms)
        except BadMessage as refusal:
            self.refusals.add(str(refusal))

    def wake(self, now_ms: int) -> None:
        """The deadline has come: repeat what was not answered, and send the heartbeat when it is due."""
        if self.state == OFFLINE:
            return
        if self.state == GREETING and now_ms >= self._hello_ms + self._hello_wait_ms():
            self._greet_again(now_ms)
        self._repeat_flights(now_ms)
        if self.state == OPEN and now_ms >= self._heartbeat_deadline_ms():
            self._send_heartbeat(now_ms)
            if now_ms >= self._health_due_ms:
                self.tell_health(now_ms)
        if self._silent_waits >= SILENT_WAITS_MAX and self.state == OPEN:
            self._greet(now_ms)

    def deadline_ms(self) -> "int | None":
        """Return when `wake` is wanted next, or None while offline."""
        if self.state == OFFLINE:
            return None
        first = self._hello_ms + self._hello_wait_ms() if self.state == GREETING else self._heartbeat_deadline_ms()
        return min([first] + [flight.sent_ms + self._timer.timeout_ms for flight in self._flights])

    def answer(self, command_id: bytes, status: int, detail: int) -> None:
        """Send the result of a command or change. Without a session it is not sent: the cloud then asks again."""
        self._say(messages.Result(command_id, status, detail))

    def refuse(self, change_id: bytes, text: str) -> None:
        """Send why a change is refused, before its result. What is longer than a `messages.Refusal` holds is cut."""
        reason = text.encode()
        end = min(len(reason), messages.REASON_BYTES_MAX)
        while end < len(reason) and reason[end] & 0xC0 == 0x80:  # In the middle of a character.
            end -= 1
        self._say(messages.Refusal(change_id, reason[:end]))

    def answer_config(self, request_id: bytes, revision: int, total: int, offset: int, data: bytes) -> None:
        """Send up to `messages.CONFIG_BYTES_MAX` of the configuration's `total` bytes; see `messages.ConfigPart`."""
        self._say(messages.ConfigPart(request_id, revision, total, offset, data))

    def tell_health(self, now_ms: int) -> None:
        """Send how the panel is, because something got worse. Without a session: the next one begins with it."""
        if self._health and self._writer:
            self._say(self._health())
            self._health_due_ms = now_ms + HEALTH_EVERY_MS

    def to_send(self) -> "list[bytes]":
        """Return the frames to publish, in order, and forget them."""
        frames, self._out = self._out, []
        return frames

    def happenings(self) -> "list[tuple[Any, ...]]":
        """Return what the shell must know, and forget it.

        ("opened",), ("acknowledged", kid, number), ("time", unix_ms), ("command", message), ("configure", message),
        ("read-config", message), ("resend", message), and ("reconnect",): the cloud does not answer on this connection.
        """
        happened, self._happened = self._happened, []
        return happened

    # Opening a session.

    def _greet(self, now_ms: int) -> None:
        told = self._status()
        pending = min(self._journal.pending, messages.U16)
        hello = messages.Hello(
            told.boot, self._random(16), now_ms, told.time, told.next_number, pending, told.firmware, told.salts
        )
        sealed = sealing.seal_random(self._hello_key, self._random(13), messages.encode(hello))
        self._hello = sealing.frame(self._hello_key, sealed)
        self.state = GREETING
        self._greetings += 1
        self._greeted_ms = now_ms
        self._hello_tries = self._silent_waits = 0
        self._say_hello(now_ms)

    def _say_hello(self, now_ms: int) -> None:
        self._hello_ms = now_ms
        self._out.append(self._hello)

    def _hello_wait_ms(self) -> int:
        return HELLO_WAIT_MS << min(self._hello_tries, HELLO_TRIES)

    def _greet_again(self, now_ms: int) -> None:
        tries = self._hello_tries + 1
        if tries >= HELLO_TRIES:
            self._happened.append(("reconnect",))
        if now_ms - self._greeted_ms > HELLO_LIFE_MS:
            self._greet(now_ms)
        else:
            self._say_hello(now_ms)
        self._hello_tries = tries

    def _welcomed(self, kid: bytes, sealed: bytes, now_ms: int) -> None:
        key = keys.welcome_key(self._root_key, self._panel, self._hello)
        if kid != key.kid:
            raise BadMessage("unknown key")
        welcome = messages.decode(sealing.open_random(key, sealed), keys.WELCOME, keys.DOWN)
        if now_ms - self._greeted_ms > HELLO_LIFE_MS:
            raise BadMessage("the welcome came too late")
        frame = kid + sealed
        up = keys.session_key(self._root_key, self._panel, self._hello, frame, keys.UP, 0)
        down = keys.session_key(self._root_key, self._panel, self._hello, frame, keys.DOWN, 0)
        self._writer, self._reader = Writer(up), Reader(down, keys.DOWN)
        self._opened(welcome, now_ms)

    def _opened(self, welcome: "Any", now_ms: int) -> None:
        self.state = OPEN
        self._opened_ms = now_ms
        self._heartbeat_every_ms = max(welcome.heartbeat_ms, 1000)
        self._silent_waits = 0
        if self._hello_tries == 0:
            self._timer.measured(now_ms - self._greeted_ms)
        self._happened.append(("time", welcome.time_ms))
        self._happened.append(("opened",))
        self._heartbeat_sends = 0
        self._send_heartbeat(now_ms)
        self._resend_from_before_the_session(now_ms)
        self._fill(now_ms)
        self.tell_health(now_ms)

    def _resend_from_before_the_session(self, now_ms: int) -> None:
        """A cloud that asked for this session had none to acknowledge in."""
        for flight in sorted(self._flights, key=_order):
            if flight.greeting < self._greetings:
                self._send(flight, now_ms)

    # Events.

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
            least = max(self._flights, key=_order)
            record = self._journal.take(least.record.urgency)
            if record is None:
                return
            self._flights.remove(least)
            self._journal.give_back(least.record)
            self._launch(record, now_ms)

    def _launch(self, record: "Record", now_ms: int) -> None:
        flight = _Flight(record)
        self._flights.append(flight)
        self._send(flight, now_ms)

    def _send(self, flight: _Flight, now_ms: int) -> None:
        flight.sent_ms = now_ms
        flight.sends += 1
        flight.greeting = self._greetings
        self._out.append(flight.record.kid + flight.record.sealed)

    def _repeat_flights(self, now_ms: int) -> None:
        overdue = [flight for flight in self._flights if now_ms >= flight.sent_ms + self._timer.timeout_ms]
        if not overdue:
            return
        self._timer.expired()
        self._silent_waits += 1
        for flight in sorted(overdue, key=_order):
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
            self._timer.measured(now_ms - flight.sent_ms)
        self._flights.remove(flight)
        self._journal.acknowledge(record)
        self._happened.append(("acknowledged", kid, number))

    # In the session.

    def _open(self, kid: bytes, sealed: bytes, now_ms: int) -> None:
        if self._reader and kid == self._reader.kid:
            message = self._reader.open(sealed)
            self._silent_waits = 0
            if type(message) in _IN_SESSION:
                _IN_SESSION[type(message)](self, message, now_ms)
            else:
                self._happened.append((_FOR_THE_SHELL[type(message)], message))
        elif kid == self._knock_key.kid:
            self._knocked(sealed, now_ms)
        elif self.state == GREETING:
            self._welcomed(kid, sealed, now_ms)
        else:
            raise BadMessage("unknown key")

    def _knocked(self, sealed: bytes, now_ms: int) -> None:
        messages.decode(sealing.open_random(self._knock_key, sealed), keys.KNOCK, keys.DOWN)
        if self.state == OPEN and now_ms - self._opened_ms >= SESSION_YOUNG_MS:
            self._greet(now_ms)

    def _send_heartbeat(self, now_ms: int) -> None:
        if not self._writer:
            return
        if self._heartbeat_sends:
            self._timer.expired()
            self._silent_waits += 1
        status = self._status()
        heartbeat = messages.Heartbeat(
            now_ms,
            status.next_number,
            min(self._journal.pending, messages.U16),
            status.heap_free,
            min(self.refusals.total(), messages.U16),
        )
        self._out.append(self._writer.frame(heartbeat))
        self._heartbeat_sent_ms = now_ms
        self._heartbeat_sends += 1

    def _heartbeat_deadline_ms(self) -> int:
        if self._heartbeat_sends:
            return self._heartbeat_sent_ms + self._timer.timeout_ms
        return self._heartbeat_due_ms

    def _heartbeat_answered(self, message: "Any", now_ms: int) -> None:
        waited_ms = now_ms - self._heartbeat_sent_ms
        if not self._heartbeat_sends or message.uptime_ms != self._heartbeat_sent_ms:
            return  # It answers an earlier heartbeat: the time in it is old.
        self._timer.measured(waited_ms)
        self._heartbeat_sends = 0
        self._heartbeat_due_ms = now_ms + self._heartbeat_every_ms
        if waited_ms <= HELLO_LIFE_MS:
            self._happened.append(("time", message.time_ms))

    def _say(self, message: "messages.Message") -> None:
        if self._writer:
            self._out.append(self._writer.frame(message))


_IN_SESSION: "dict[Any, Any]" = {
    messages.Acknowledgement: PanelEnd._acknowledged,
    messages.HeartbeatReply: PanelEnd._heartbeat_answered,
}

_FOR_THE_SHELL = {
    messages.Command: "command",
    messages.Resend: "resend",
    messages.Configure: "configure",
    messages.ReadConfig: "read-config",
}
"""What the session only passes on, and the happening's name."""


def _order(flight: _Flight) -> "tuple[int, int]":
    # The number decides between equals: MicroPython's sort is not stable.
    return flight.record.urgency, flight.record.number
