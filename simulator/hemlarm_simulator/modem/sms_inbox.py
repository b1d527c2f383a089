"""Messages and status reports that arrive: stored and announced, or handed over at once, as `AT+CNMI` says."""

from collections.abc import Callable
from dataclasses import dataclass

from hemlarm_simulator.clock import Timer
from hemlarm_simulator.modem import sms_text
from hemlarm_simulator.modem.command import Answer, Command, Refused, Reply
from hemlarm_simulator.modem.message_store import REC_UNREAD, MessageStore, StoredMessage
from hemlarm_simulator.modem.powered_clock import PoweredClock
from hemlarm_simulator.modem.sms_centre import Report
from hemlarm_simulator.modem.tpdu import ShortMessage, encode_deliver, encode_status_report, service_centre

_ACKNOWLEDGE_MS = 15_000
"""How long the network waits for AT+CNMA: our choice, around the timer of 3GPP TS 24.011."""

_ANNOUNCEMENTS_MAX = 20
_FIRST_MODES = (2, 1, 0, 0, 0)
_STORE, _ANNOUNCE, _HAND_OVER = 0, 1, 2
_NOT_EXPECTED = 340


@dataclass
class Format:
    """How messages are shown: AT+CMGF, AT+CSDH, AT+CSCS."""

    text: bool
    details: bool
    alphabet: Callable[[], str]


class Inbox:
    """What arrives. `stores` by name; `choose(index)` the name that AT+CPMS gave to one of its three uses."""

    def __init__(
        self,
        clock: PoweredClock,
        stores: dict[str, MessageStore],
        shown: Format,
        receiving: Callable[[], MessageStore],
        say: Callable[[str | bytes], None],
        room_again: Callable[[], None],
    ) -> None:
        self.phase_2_plus = False
        self._clock = clock
        self._stores = stores
        self._shown = shown
        self._receiving = receiving
        self._say = say
        self._room_again = room_again
        self._modes = _FIRST_MODES
        self._kept_back: list[str | bytes] = []
        self._unacknowledged: StoredMessage | None = None
        self._timer: Timer | None = None

    def take(self, message: ShortMessage, centre: str, sent_unix_ms: int) -> bool:
        """A message; False where there is no room."""
        tpdu = encode_deliver(message, sent_unix_ms)
        stored = StoredMessage(REC_UNREAD, tpdu, centre, message, None, sent_unix_ms)
        if self._modes[1] == _HAND_OVER:
            return self._hand_over(stored, "+CMT")
        store = self._receiving()
        if store.full:
            return False
        place = store.add(stored)
        if self._modes[1] == _ANNOUNCE:
            self._announce(f'+CMTI: "{store.name}",{place}')
        return True

    def take_report(self, report: Report, centre: str) -> bool:
        """A status report; False where there is no room."""
        tpdu = encode_status_report(
            report.reference, report.recipient, report.sent_unix_ms, report.done_unix_ms, report.status
        )
        stored = StoredMessage(REC_UNREAD, tpdu, centre, None, report, report.done_unix_ms)
        if self._modes[3] == _ANNOUNCE:
            return self._hand_over(stored, "+CDS")
        if self._modes[3] == _HAND_OVER:
            store = self._stores["SR"]
            if store.full:
                return False
            self._announce(f'+CDSI: "SR",{store.add(stored)}')
        return True

    def cnmi(self, command: Command) -> Reply:
        """New message indications: mode, mt, bm, ds, bfr."""
        if command.kind == "read":
            return Answer(["+CNMI: " + ",".join(map(str, self._modes))])
        if command.kind == "test":
            return Answer(["+CNMI: (0,1,2),(0,1,2),(0,2),(0,1,2),(0,1)"])
        modes = [command.number(index, 0, high=high) for index, high in enumerate((3, 3, 3, 2, 1))]
        self._modes = (modes[0], modes[1], modes[2], modes[3], modes[4])
        kept_back, self._kept_back = self._kept_back, []
        return Answer(then=lambda: self._announce_all(kept_back))

    def cnma(self, _command: Command) -> Reply:
        """The board has the message that was handed over."""
        if self._unacknowledged is None:
            raise Refused("cms", _NOT_EXPECTED)
        self._acknowledged()
        return Answer(then=self._room_again)

    def _hand_over(self, stored: StoredMessage, name: str) -> bool:
        if self._unacknowledged is not None:
            return False
        self._announce(self._whole(stored, name))
        if self.phase_2_plus:
            self._unacknowledged = stored
            self._timer = self._clock.call_in(_ACKNOWLEDGE_MS, self._not_acknowledged)
        return True

    def _whole(self, stored: StoredMessage, name: str) -> bytes:
        if not self._shown.text:
            pdu = (service_centre(stored.centre) + stored.tpdu).hex().upper()
            alpha = "," if name == "+CMT" else ""
            return f"{name}: {alpha}{len(stored.tpdu)}\r\n{pdu}".encode()
        alphabet = self._shown.alphabet()
        head = f"{name}: {sms_text.header(stored, alphabet, self._shown.details)}"
        if stored.message is None:
            return head.encode()
        return head.encode() + b"\r\n" + sms_text.shown(stored.message, alphabet)

    def _not_acknowledged(self) -> None:
        """27.005: both ways of handing over are switched off, and the network delivers again, into the store."""
        stored = self._unacknowledged
        self._acknowledged()
        mode, _, bm, _, bfr = self._modes
        self._modes = (mode, _STORE, bm, _STORE, bfr)
        store = self._receiving()
        if stored is not None and stored.message is not None and not store.full:
            store.add(stored)

    def _acknowledged(self) -> None:
        self._unacknowledged = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _announce_all(self, lines: list[str | bytes]) -> None:
        for line in lines:
            self._announce(line)

    def _announce(self, line: str | bytes) -> None:
        if self._modes[0] != 0:
            self._say(line)
        elif len(self._kept_back) < _ANNOUNCEMENTS_MAX:
            self._kept_back.append(line)
