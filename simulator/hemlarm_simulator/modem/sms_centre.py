"""The SMS centre: stores messages and forwards them, late, sometimes never, and reports what became of them.

Phones that are off or out of reach get theirs when they come back. All its figures are ours: a delay of a few seconds
is what a network in good order needs.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from hemlarm_simulator.clock import Clock, Timer
from hemlarm_simulator.modem.tpdu import DATA_8BIT, ShortMessage, text_message

DELIVERED, EXPIRED, NO_SUCH_NUMBER = 0x00, 0x46, 0x41
"""TP-Status as 3GPP TS 23.040 numbers it."""

_STORED_MAX = 100
_LOG_MAX = 10_000
_VALID_MS = 24 * 3_600_000
_RETRY_MS = 60_000
"""A phone whose memory is full is tried again so often."""

_EARLIEST_RETRY_MS = 1_000


@dataclass(frozen=True)
class Report:
    """What became of a message that `reference` was given for as it was sent."""

    reference: int
    recipient: str
    status: int
    sent_unix_ms: int
    done_unix_ms: int


class Station(Protocol):
    """A phone or modem, as the centre meets it."""

    def take(self, message: ShortMessage, centre: str, sent_unix_ms: int) -> bool:
        """A message arrives; False where there is no room for it or it cannot be reached."""

    def take_report(self, report: Report) -> bool:
        """A status report arrives; False as above."""


class _Waiting:
    def __init__(self, send: Callable[[Station], bool], until_ms: int, expired: Callable[[], None]) -> None:
        self.send = send
        self.until_ms = until_ms
        self.expired = expired


class Subscriber:
    """A plain phone: `deliver(sender, octets)` for each message, while it is `reachable`.

    Octets are the user data of an 8-bit message, and a text's UTF-8. `reports` are the status reports that came.
    """

    def __init__(self, centre: "SmsCentre", number: str, deliver: Callable[[str, bytes], object]) -> None:
        self.number = number
        self.reachable = True
        self.reports: list[Report] = []
        self._centre = centre
        self._deliver = deliver
        self._reference = 0

    def send(self, to: str, octets: bytes, report: bool = False) -> int:
        """Sends an 8-bit message of at most 140 octets; returns its reference."""
        if len(octets) > 140:
            raise ValueError(f"an SMS carries at most 140 octets, not {len(octets)}")
        return self._submit(ShortMessage(self.number, to, 0, DATA_8BIT, False, len(octets), octets), report)

    def send_text(self, to: str, text: str, report: bool = False) -> int:
        """Sends a text in the GSM alphabet, of at most 160 characters; returns its reference."""
        return self._submit(text_message(self.number, to, text), report)

    def come_back(self) -> None:
        """Is reachable again, and gets what waited."""
        self.reachable = True
        self._centre.reachable(self.number)

    def take(self, message: ShortMessage, centre: str, sent_unix_ms: int) -> bool:  # noqa: ARG002 -- as promised
        """A message arrives."""
        if self.reachable:
            self._deliver(message.sender, message.octets())
        return self.reachable

    def take_report(self, report: Report) -> bool:
        """A status report arrives."""
        if self.reachable:
            self.reports.append(report)
        return self.reachable

    def _submit(self, message: ShortMessage, report: bool) -> int:
        self._reference = (self._reference + 1) % 256
        self._centre.submit(message, self._reference, report)
        return self._reference


class SmsCentre:
    """`delay_ms` and up to `jitter_ms` more from sender to receiver; of a thousand messages `loss_per_mille` vanish.

    While it is not `up` it takes none, and what it has waits. `log` has (time, what, message) for whoever checks the
    world; what is "taken", "lost", "delivered" or "expired".
    """

    def __init__(self, clock: Clock, chance: Callable[[int], bytes], number: str = "+46705008999") -> None:
        self.number = number
        self.delay_ms = 3_000
        self.jitter_ms = 2_000
        self.loss_per_mille = 0
        self.log: deque[tuple[int, str, ShortMessage]] = deque(maxlen=_LOG_MAX)
        self._up = True
        self._clock = clock
        self._chance = chance
        self._stations: dict[str, Station] = {}
        self._waiting: dict[str, list[_Waiting]] = {}
        self._retries: dict[str, Timer] = {}

    @property
    def up(self) -> bool:
        """Whether it works."""
        return self._up

    @up.setter
    def up(self, up: bool) -> None:
        returned = up and not self._up
        self._up = up
        if returned:
            for number in sorted(self._waiting):
                self.reachable(number)

    @property
    def numbers(self) -> list[str]:
        """Everybody's."""
        return sorted(self._stations)

    def subscriber(self, number: str, deliver: Callable[[str, bytes], object]) -> Subscriber:
        """A phone of this number, which calls `deliver(sender, octets)`."""
        phone = Subscriber(self, number, deliver)
        self.connect(number, phone)
        return phone

    def connect(self, number: str, station: Station) -> None:
        """Messages to `number` go to `station` from now on."""
        self._stations[number] = station

    def submit(self, message: ShortMessage, reference: int, report: bool) -> None:
        """Takes a message, which the sender knows by `reference`."""
        self._note("taken", message)
        if self._number(1_000) < self.loss_per_mille:
            self._note("lost", message)
            return
        sent_unix_ms = self._clock.unix_ms
        report_to = message.sender if report else ""

        def ended(status: int) -> None:
            self._note("delivered" if status == DELIVERED else "expired", message)
            if report_to in self._stations:
                told = Report(reference, message.receiver, status, sent_unix_ms, self._clock.unix_ms)
                self._forward(report_to, lambda station: station.take_report(told), lambda: None)

        def send(station: Station) -> bool:
            taken = station.take(message, self.number, sent_unix_ms)
            if taken:
                ended(DELIVERED)
            return taken

        if message.receiver not in self._stations:
            self._clock.call_in(self._delay(), lambda: ended(NO_SUCH_NUMBER))
            return
        self._forward(message.receiver, send, lambda: ended(EXPIRED))

    def reachable(self, number: str) -> None:
        """The phone of this number is back, or has room again: it gets what waited, in order."""
        if self._waiting.get(number):
            self._plan_retry(number, _EARLIEST_RETRY_MS)

    def _forward(self, number: str, send: Callable[[Station], bool], expired: Callable[[], None]) -> None:
        waiting = _Waiting(send, self._clock.now_ms + _VALID_MS, expired)
        self._clock.call_in(self._delay(), lambda: self._arrive(number, waiting))

    def _arrive(self, number: str, waiting: _Waiting) -> None:
        queue = self._waiting.setdefault(number, [])
        if len(queue) >= _STORED_MAX:
            queue.pop(0).expired()
        queue.append(waiting)
        if len(queue) == 1 or number not in self._retries:
            self._retry(number)

    def _retry(self, number: str) -> None:
        """Forwards what waits until the phone takes no more; then tries again by itself."""
        self._retries.pop(number, None)
        queue = self._waiting[number]
        while queue and self._up:
            if queue[0].until_ms <= self._clock.now_ms:
                queue.pop(0).expired()
            elif queue[0].send(self._stations[number]):
                queue.pop(0)
            else:
                break
        if queue and self._up:
            self._plan_retry(number, _RETRY_MS)

    def _plan_retry(self, number: str, in_ms: int) -> None:
        if number in self._retries:
            self._retries[number].cancel()
        self._retries[number] = self._clock.call_in(in_ms, lambda: self._retry(number))

    def _delay(self) -> int:
        return self.delay_ms + (self._number(self.jitter_ms + 1) if self.jitter_ms else 0)

    def _number(self, below: int) -> int:
        return int.from_bytes(self._chance(4), "big") % below

    def _note(self, what: str, message: ShortMessage) -> None:
        self.log.append((self._clock.now_ms, what, message))
