"""The modem while it runs: everything that a restart forgets, put together."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from hemlarm_simulator.modem.at_machine import AtMachine
from hemlarm_simulator.modem.card_commands import CardReader
from hemlarm_simulator.modem.cell import MobileCell
from hemlarm_simulator.modem.command import Command, Handler
from hemlarm_simulator.modem.family import Family
from hemlarm_simulator.modem.general_commands import GeneralCommands
from hemlarm_simulator.modem.internet import Internet
from hemlarm_simulator.modem.message_store import MessageStore
from hemlarm_simulator.modem.network_commands import NetworkCommands
from hemlarm_simulator.modem.packet_service import PacketService
from hemlarm_simulator.modem.powered_clock import PoweredClock
from hemlarm_simulator.modem.quectel_sockets import QuectelSockets
from hemlarm_simulator.modem.registration import Registration
from hemlarm_simulator.modem.serial_line import SerialLine
from hemlarm_simulator.modem.sim_card import SimCard
from hemlarm_simulator.modem.simcom_sockets import SimcomSockets
from hemlarm_simulator.modem.sms_centre import SmsCentre
from hemlarm_simulator.modem.sms_commands import SmsService

_FLOOD = {
    "quectel": ('+CMTI: "ME",49', "RING", "+CGEV: ME PDN ACT 1", '+QIND: "csq",14,99', '+CTZE: "+04",0'),
    "simcom": ('+CMTI: "SM",49', "RING", "+CGEV: ME PDN ACT 1", '*PSNWID: "240","99"', "SMS DONE"),
}
"""What a flood consists of: lines that real modems say by themselves and that a driver need not understand."""


@dataclass(frozen=True)
class Attached:
    """What the modem is connected to."""

    family: Family
    card: SimCard
    cell: MobileCell
    internet: Internet
    centre: SmsCentre
    chance: Callable[[int], bytes]


class Case(Protocol):
    """What the running modem asks of the case around it."""

    def at_moment(self, moment: str) -> None:
        """It is at this moment; the power may be gone behind this."""

    def is_flooded(self) -> bool:
        """Whether unsolicited lines come in the worst places."""

    def switch_off(self) -> None:
        """Switches off in due time."""

    def restart(self) -> None:
        """Restarts."""


class RunningModem:
    """From the first line after the start until the power ends."""

    def __init__(
        self,
        power: PoweredClock,
        line: SerialLine,
        around: Attached,
        stores: dict[str, MessageStore],
        case: Case,
    ) -> None:
        family, cell = around.family, around.cell
        self._power = power
        self._around = around
        self._case = case
        machine = self.machine = AtMachine(power, line, self._find, case.at_moment, self._chatter)
        self._registration = Registration(power, cell, self._moved, case.at_moment)
        self._packet = PacketService(power, cell, self._registration)
        self._card = CardReader(power, family, around.card, machine, self._card_ready)
        self._general = GeneralCommands(
            power, family, machine.manners, self._set_function, self.switch_off, case.restart, lambda: self._names
        )
        self._network = NetworkCommands(power, family, cell, self._registration, self._packet, self._card, machine)
        self.sms = SmsService(
            power,
            self._card,
            around.card,
            around.centre,
            self._registration,
            stores,
            "ME" if family.quectel else "SM",
            lambda: self._general.alphabet,
            machine,
            case.at_moment,
        )
        sockets = QuectelSockets if family.quectel else SimcomSockets
        self._sockets: QuectelSockets | SimcomSockets = sockets(
            power, around.internet, self._packet, machine, case.at_moment, family.data_prompt
        )
        self._packet.moved = self._sockets.service_moved
        self._packet.dropped = self._sockets.contexts_dropped
        self._handlers: dict[str, Handler] = {}
        for part in (self._general, self._card, self._network, self.sms, self._sockets):
            self._handlers |= part.handlers()
        self._names = [name for name in self._handlers if name.startswith("+")]

    def begin(self) -> None:
        """Says that it is there, and begins to read its card."""
        family = self._around.family
        self.machine.say(family.ready_line)
        if family.quectel:
            self.machine.say("+CFUN: 1")
        self._card.begin()
        if self._around.card.inserted:
            for after_ms, line in family.start_lines:
                self._power.call_in(after_ms, lambda line=line: self.machine.say(line))  # type: ignore[misc]

    def cell_changed(self) -> None:
        """Something about the cell is different."""
        self._registration.update()
        self._packet.update()
        self._network.update()

    def switch_off(self) -> None:
        """Says good-bye and leaves."""
        self._registration.enable(False)
        self.machine.say(self._around.family.off_line)
        self._case.switch_off()

    def lost_power(self) -> None:
        """The power has ended."""
        self._sockets.lost_power()

    def _find(self, command: Command) -> Handler | None:
        return self._handlers.get(command.name)

    def _chatter(self) -> list[str]:
        if not self._case.is_flooded():
            return []
        lines = _FLOOD[self._around.family.name]
        return [lines[self._around.chance(1)[0] % len(lines)]]

    def _card_ready(self) -> None:
        self._registration.enable(self._general.function == 1)

    def _set_function(self, level: int) -> None:
        self._registration.enable(level == 1 and self._card.usable)
        if level == 1 and self._card.usable:
            self.machine.say("+CPIN: READY")

    def _moved(self) -> None:
        self._packet.update()
        self._network.update()
        self.sms.update()
