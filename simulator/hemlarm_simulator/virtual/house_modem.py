"""The house's modem and the SMS centre in virtual time: what they are in every world, with each fault counted."""

from collections.abc import Callable, Mapping

from hemlarm_simulator.board_link import Frame
from hemlarm_simulator.clock import Clock
from hemlarm_simulator.ledger import Ledger
from hemlarm_simulator.modem.sim_card import SimCard
from hemlarm_simulator.modem.simulated_modem import SimulatedModem
from hemlarm_simulator.modem.sms_centre import Report, SmsCentre, Station
from hemlarm_simulator.modem.tpdu import ShortMessage
from hemlarm_simulator.modem_description import ModemDescription
from hemlarm_simulator.virtual.faults import Faults
from hemlarm_simulator.virtual.mobile import MobileNetwork

_FIFO_MS = 2
"""A board's serial driver hands over what has come when the line rests. It saves the panel half of its turns, too."""

_AT_MOMENT = "at "


class CountedSmsCentre(SmsCentre):
    """`mobile` is the network whose radio messages to and from `modem_number` use."""

    def __init__(
        self,
        clock: Clock,
        chance: Callable[[int], bytes],
        faults: Faults,
        ledger: Ledger,
        mobile: MobileNetwork,
        modem_number: str = "",
    ) -> None:
        super().__init__(clock, chance)
        self._usual_ms = (self.delay_ms, self.jitter_ms)
        self._faults = faults
        self._ledger = ledger
        self._mobile = mobile
        self._modem_number = modem_number

    def switch(self, on: bool) -> None:
        """It stands still, or works again."""
        if not on and self.up:
            self._faults.happened("sms-outage")
        self._ledger.enter(self._clock.now_ms, "sms centre", on)
        self.up = on

    def calm(self) -> None:
        """It works, and is as quick as it was at first."""
        if not self.up:
            self.switch(True)
        self.delay_ms, self.jitter_ms = self._usual_ms
        self.loss_per_mille = 0

    def submit(self, message: ShortMessage, reference: int, report: bool) -> None:
        """Takes a message, as every centre does."""
        self._ledger.enter(self._clock.now_ms, "sms", message.sender, message.receiver, message.octets())
        if message.sender == self._modem_number:
            self._mobile.used_by_sms()
        if self.delay_ms > self._usual_ms[0]:
            self._faults.happened("sms-delayed", self.delay_ms)
        super().submit(message, reference, report)
        if self.log[-1][1] == "lost":
            self._faults.happened("sms-lost")

    def connect(self, number: str, station: Station) -> None:
        """Messages to `number` go to `station` from now on."""
        super().connect(number, _OnAir(station, self._mobile) if number == self._modem_number else station)


class _OnAir:
    """The modem as the centre meets it, with what that costs on the air."""

    def __init__(self, station: Station, mobile: MobileNetwork) -> None:
        self._station = station
        self._mobile = mobile

    def take(self, message: ShortMessage, centre: str, sent_unix_ms: int) -> bool:
        taken = self._station.take(message, centre, sent_unix_ms)
        if taken:
            self._mobile.used_by_sms()
        return taken

    def take_report(self, report: Report) -> bool:
        taken = self._station.take_report(report)
        if taken:
            self._mobile.radio_used()
        return taken


class HouseModem(SimulatedModem):
    """`post` takes frames for the panel; `handlers` are for the panel's frames."""

    def __init__(
        self,
        description: ModemDescription,
        clock: Clock,
        mobile: MobileNetwork,
        sms: CountedSmsCentre,
        post: Callable[[Frame], None],
        chance: Callable[[int], bytes],
        faults: Faults,
        ledger: Ledger,
    ) -> None:
        self._counted = faults
        self._ledger = ledger
        self._post = post
        self._said = b""
        sim = SimCard(description.number, description.pin)
        super().__init__(clock, description.family, sim, mobile.cell, mobile, sms, self._say, chance)
        self.handlers: Mapping[str, Callable[[Frame], None]] = {
            "modem-write": self._written,
            "modem-key": lambda frame: self.power_key(bool(frame[1])),
            "modem-supply": lambda frame: self.supply(bool(frame[1])),
        }

    def reset(self, cause: str = "brown-out") -> None:
        """It restarts by itself; one that is off does not."""
        if self.running:
            moment = cause.startswith(_AT_MOMENT)
            self._counted.happened("modem-moment" if moment else "modem-reset", cause)
        super().reset(cause)

    def hang(self) -> None:
        """It neither hears nor says anything until its supply is cut."""
        if self.running:
            self._counted.happened("modem-hang")
        super().hang()

    def garble(self, per_mille: int) -> None:
        """So many bytes in a thousand of what it says become others; 0 ends it."""
        if per_mille:
            self._counted.happened("modem-garbled", per_mille)
        self.garble_per_mille = per_mille

    def calm(self) -> None:
        """Its line is good again. What was ordered for a moment that has not come stays ordered."""
        self.garble_per_mille = 0
        self.split_lines = self.urc_flood = False

    def _written(self, frame: Frame) -> None:
        self._ledger.enter(self._clock.now_ms, *frame)
        self.receive(frame[1])

    def _say(self, data: bytes) -> None:
        if not self._said:
            self._clock.call_in(_FIFO_MS, self._hand_over)
        self._said += data

    def _hand_over(self) -> None:
        frame: Frame = ["modem-data", self._said]
        self._said = b""
        self._ledger.enter(self._clock.now_ms, *frame)
        self._post(frame)
