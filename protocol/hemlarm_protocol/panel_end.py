"""The panel's end of a session, without I/O: frames and the time go in, frames and happenings come out.

`two_path_end.py` adds what a panel with two paths needs of it.

    OFFLINE --connected--> GREETING --welcome--> OPEN
       ^                    ^      |               |
       |                    |      |  no welcome   |  a knock, or three waits in a row without any answer
       +---- disconnected --+------+ "reconnect"   +--> GREETING

Events need no session: they are sealed under the journal's key and leave as soon as there is a connection, most urgent
first. Only their acknowledgements come in the session, so that nobody but the cloud of today can make the panel forget.
"""

from collections import namedtuple

from hemlarm_protocol import contact_id, keys, messages, sealing
from hemlarm_protocol.errors import BadMessage
from hemlarm_protocol.flights import NEVER, Flights, Path, order
from hemlarm_protocol.session import Reader, Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from hemlarm_protocol.session_journal import Journal


OFFLINE, GREETING, OPEN = 0, 1, 2

HELLO_LIFE_MS = 10_000
"""A Welcome later than this is not taken, nor the time in a heartbeat's answer: the clock would be wrong by as much."""

HELLO_WAIT_MS = 1000
"""First wait for a Welcome; each further one is twice as long, so `HELLO_TRIES` of them take half a minute."""

HELLO_TRIES = 5
"""From this many on the panel asks for a new connection, and the waits grow no further."""

HASTY_TRIES = 2
"""The same where an alarm or tamper waits and a session on this connection fell silent: the line may be fine and only
the connection dead. Once only, as a line that has turned slow needs its time."""

SILENT_WAITS_MAX = 3
HEALTH_EVERY_MS = 3_600_000
SESSION_YOUNG_MS = 5_000
"""A knock on a younger session is not answered, so that a recorded knock cannot keep the panel greeting."""

Status = namedtuple("Status", ["boot", "time", "next_number", "heap_free", "firmware", "salts"])
"""What Hello and Heartbeat tell of the panel; the fields are those of the messages."""


class PanelEnd(Flights):
    """One panel's end of the session with its cloud.

    `panel` (8 bytes) and `root_key` (32) are the panel's own, `random(n)` gives n random bytes, `journal` holds the
    events, and `status()` returns a `Status`. `health()`, if there is one, returns a `messages.Health`, which is told
    as a session opens and then with the next heartbeat after `HEALTH_EVERY_MS`, and with it what `reports` returns.
    After each call take `to_send()` and `happenings()`, and call `wake` when `deadline_ms()` comes. All times are
    milliseconds on one monotonic clock.
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
        super().__init__(journal)
        self.state = OFFLINE
        self.patience = SILENT_WAITS_MAX
        """Waits in a row without any answer, after which the session is thought to be lost."""

        self.reports: Callable[[], list[messages.PathReport]] | None = None
        self._panel = panel
        self._root_key = root_key
        self._random = random
        self._status = status
        self._health = health
        self._health_due_ms = 0
        self._hello_key = keys.hello_key(root_key, panel)
        self._knock_key = keys.knock_key(root_key, panel)
        self._reader: Reader | None = None
        self._writer: Writer | None = None
        self._hello = b""
        self._greeted_ms = self._hello_ms = self._hello_tries = 0
        self.opened_ms = 0
        """When the session was opened; the next one has another time."""

        self._hasty = self._lively = False
        self.heartbeat_ms = 0
        """How often the cloud wants to hear, once it has said so."""

    # What the shell calls.

    def connected(self, now_ms: int, _path: int = 1) -> None:
        """There is a way to the broker: greet the cloud, and let the most urgent events go at once."""
        self._used.drop()
        self._greet(now_ms)
        self._fill(now_ms)

    def disconnected(self, _path: int = 1) -> None:
        """The way is gone: what was on it is pending again, and the session ends."""
        self.state = OFFLINE
        self._reader = self._writer = None
        self._journal.land()
        self._flights = []
        self._used.drop()

    def owed(self, path: int) -> bool:
        """Tell whether the cloud owes an answer to what goes over this path."""
        way = self.paths[path - 1]
        return bool(way.sends or (way is self._used and (self._flights or self.state == GREETING)))

    def poke(self, now_ms: int) -> None:
        """The journal has something new."""
        if self.state != OFFLINE:
            self._fill(now_ms)

    def received(self, frame: bytes, now_ms: int, _path: int = 1) -> bool:
        """Take one frame from the broker, whoever sent it: what is not the cloud's is counted and has no effect.

        Returns whether the cloud has said it just now: in the session, or as the session's beginning.
        """
        try:
            kid, sealed = sealing.split_frame(frame)
            return self._open(kid, sealed, now_ms)
        except BadMessage as refusal:
            self.refusals.add(str(refusal))
            return False

    def wake(self, now_ms: int) -> None:
        """The deadline has come: repeat what was not answered, and send the heartbeat when it is due."""
        if self.state == OFFLINE:
            return
        if self.state == GREETING and now_ms >= self._hello_ms + self._hello_wait_ms():
            self._greet_again(now_ms)
        self._repeat_flights(now_ms)
        if self.state != OPEN:
            return
        for way in self.paths:
            if now_ms >= way.due_ms:
                self._send_heartbeat(way, now_ms)
        if self._used.sends == 1 and self._used.sent_ms == now_ms >= self._health_due_ms:
            self.tell_health(now_ms)
        if self._silent_waits >= self.patience:
            urgent = [flight for flight in self._flights if flight.record.urgency <= contact_id.TAMPER]
            self._hasty, self._lively = bool(self._lively and urgent), False
            self._greet(now_ms)

    def deadline_ms(self) -> "int | None":
        """Return when `wake` is wanted next, or None while offline."""
        if self.state == OFFLINE:
            return None
        if self.state == GREETING:
            moments = [self._hello_ms + self._hello_wait_ms()]
        else:
            moments = [way.due_ms for way in self.paths]
        return min(moments + [flight.sent_ms + self._used.timeout_ms for flight in self._flights])

    def answer(self, command_id: bytes, status: int, detail: int) -> None:
        """Send the result of a command or change. Without a session it is not sent: the cloud then asks again."""
        self.tell(messages.Result(command_id, status, detail))

    def refuse(self, change_id: bytes, text: str) -> None:
        """Send why a change is refused, before its result. What is longer than a `messages.Refusal` holds is cut."""
        reason = text.encode()
        end = min(len(reason), messages.REASON_BYTES_MAX)
        while end < len(reason) and reason[end] & 0xC0 == 0x80:  # In the middle of a character.
            end -= 1
        self.tell(messages.Refusal(change_id, reason[:end]))

    def answer_config(self, request_id: bytes, revision: int, total: int, offset: int, data: bytes) -> None:
        """Send up to `messages.CONFIG_BYTES_MAX` of the configuration's `total` bytes; see `messages.ConfigPart`."""
        self.tell(messages.ConfigPart(request_id, revision, total, offset, data))

    def tell(self, message: "messages.Message") -> None:
        """Send any message of the session. Without a session it is not sent, and nobody notices."""
        if self._writer:
            self._put(self._writer.frame(message))

    def tell_health(self, now_ms: int) -> None:
        """Send how the panel is, because something got worse. Without a session: the next one begins with it."""
        if self._health and self._writer:
            self.tell(self._health())
            for report in self.reports() if self.reports else ():
                self.tell(report)
            self._health_due_ms = now_ms + HEALTH_EVERY_MS

    def to_send(self, path: int = 1) -> "list[bytes]":
        """Return the frames to publish on this path, in order, and forget them."""
        way = self.paths[path - 1]
        frames, way.out = way.out, []
        return frames

    def happenings(self) -> "list[tuple[Any, ...]]":
        """Return what the shell must know, and forget it.

        ("opened",), ("acknowledged", kid, number), ("time", unix_ms), ("levels", message), those that
        `messages.FOR_THE_SHELL` names with their message, and ("reconnect",): the cloud does not answer on this
        connection.
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
        self._put(self._hello)

    def _hello_wait_ms(self) -> int:
        return HELLO_WAIT_MS << min(self._hello_tries, HELLO_TRIES)

    def _greet_again(self, now_ms: int) -> None:
        tries = self._hello_tries + 1
        if tries >= (HASTY_TRIES if self._hasty else HELLO_TRIES):
            self._hasty = False
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
        self._lively, self._hasty = True, False
        self.opened_ms = now_ms
        self.heartbeat_ms = max(welcome.heartbeat_ms, 1000)
        self._silent_waits = 0
        if self._hello_tries == 0:
            self._used.measured(now_ms - self._greeted_ms)
        self._happened.append(("time", welcome.time_ms))
        self._happened.append(("opened",))
        for way in self.paths:
            way.sends = 0
            self._send_heartbeat(way, now_ms)
        for flight in sorted(self._flights, key=order):
            if flight.greeting < self._greetings:  # A cloud that asked for this session had none to acknowledge in.
                self._send(flight, now_ms)
        self._fill(now_ms)
        self.tell_health(now_ms)

    # In the session.

    def _open(self, kid: bytes, sealed: bytes, now_ms: int) -> bool:
        if self._reader and kid == self._reader.kid:
            message = self._reader.open(sealed)
            self._silent_waits = 0
            if type(message) in _IN_SESSION:
                _IN_SESSION[type(message)](self, message, now_ms)
            else:
                self._happened.append((messages.FOR_THE_SHELL[type(message)], message))
        elif kid == self._knock_key.kid:
            self._knocked(sealed, now_ms)
            return False
        elif self.state == GREETING:
            self._welcomed(kid, sealed, now_ms)
        else:
            raise BadMessage("unknown key")
        return True

    def _knocked(self, sealed: bytes, now_ms: int) -> None:
        messages.decode(sealing.open_random(self._knock_key, sealed), keys.KNOCK, keys.DOWN)
        if self.state == OPEN and now_ms - self.opened_ms >= SESSION_YOUNG_MS:
            self._greet(now_ms)

    def _send_heartbeat(self, way: Path, now_ms: int) -> None:
        if not self._writer:
            return
        if way.sends:
            way.expired()
            if way is self._used:
                self._silent_waits += 1
        status = self._status()
        heartbeat = messages.PathHeartbeat(
            now_ms,
            status.next_number,
            min(self._journal.pending, messages.U16),
            status.heap_free,
            min(self.refusals.total(), messages.U16),
            way.number,
        )
        way.out.append(self._writer.frame(heartbeat))
        way.sent_ms = now_ms
        way.due_ms = now_ms + way.timeout_ms
        way.sends += 1

    def _heartbeat_answered(self, message: "Any", now_ms: int) -> None:
        for way in self.paths:
            # What answers an earlier heartbeat has an old time in it.
            if way.sends and message.uptime_ms == way.sent_ms:
                if now_ms - way.sent_ms <= HELLO_LIFE_MS:
                    self._happened.append(("time", message.time_ms))
                self._answered(way, now_ms)

    def _answered(self, way: Path, now_ms: int) -> None:
        way.measured(now_ms - way.sent_ms)
        way.sends = 0
        way.due_ms = now_ms + self.heartbeat_ms if way is self._used else NEVER

    def _levels(self, message: "Any", now_ms: int) -> None:
        every_ms = self.heartbeat_ms = max(message.primary_ms, 1000)
        if not self._used.sends:
            self._used.due_ms = min(self._used.due_ms, now_ms + every_ms)
        self._happened.append(("levels", message))


_IN_SESSION: "dict[Any, Any]" = {
    messages.Acknowledgement: PanelEnd._acknowledged,
    messages.HeartbeatReply: PanelEnd._heartbeat_answered,
    messages.Levels: PanelEnd._levels,
}
