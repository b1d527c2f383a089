"""The mobile network in real time: a cell that the simulated modem sees, and real connections behind it.

What `virtual/mobile.py` is in virtual time, without delays and counts. In a black hole nothing is read or written.
"""

from collections.abc import Callable
from typing import Any

from hemlarm_simulator.board_link import Frame
from hemlarm_simulator.clock import Clock
from hemlarm_simulator.modem.cell import MobileCell
from hemlarm_simulator.modem.sim_card import SimCard
from hemlarm_simulator.modem.simulated_modem import SimulatedModem
from hemlarm_simulator.modem.sms_centre import SmsCentre
from hemlarm_simulator.modem_description import ModemDescription
from hemlarm_simulator.real_internet import RealInternet


class RealMobile:
    """The network that serves a house; its modem's connections lead to the broker at `broker`, host and port."""

    def __init__(self, broker: tuple[str, int]) -> None:
        self.cell = MobileCell()
        self.internet = RealInternet(broker)

    @property
    def up(self) -> bool:
        """Whether there is a mobile network at all."""
        return self.cell.lets_register != "none"

    @up.setter
    def up(self, up: bool) -> None:
        self.cell.lets_register = "home" if up else "none"

    @property
    def data(self) -> bool:
        """Whether the network carries data; without it, SMS go on."""
        return self.cell.packet_service

    @data.setter
    def data(self, on: bool) -> None:
        self.cell.packet_service = on

    @property
    def jammed(self) -> bool:
        """Whether somebody jams the modem's radio."""
        return self.cell.jammed

    @jammed.setter
    def jammed(self, jammed: bool) -> None:
        self.cell.jammed = jammed

    @property
    def black_hole(self) -> bool:
        """Whether packets vanish on it, and nobody is told."""
        return not self.internet.passing

    @black_hole.setter
    def black_hole(self, open_: bool) -> None:
        self.internet.passing = not open_


class RealSmsCentre(SmsCentre):
    """The centre of `simulator/modem/`, with the switch that stories use."""

    def switch(self, on: bool) -> None:
        """It stands still, or works again."""
        self.up = on


class RealHouseModem(SimulatedModem):
    """`post` takes frames for the panel; `handlers` are for the panel's frames."""

    def __init__(
        self,
        description: ModemDescription,
        clock: Clock,
        mobile: RealMobile,
        sms: SmsCentre,
        post: Callable[[Frame], None],
        chance: Callable[[int], bytes],
    ) -> None:
        sim = SimCard(description.number, description.pin)

        def say(data: bytes) -> None:
            post(["modem-data", data])

        super().__init__(clock, description.family, sim, mobile.cell, mobile.internet, sms, say, chance)
        self.handlers: dict[str, Callable[[Frame], Any]] = {
            "modem-write": lambda frame: self.receive(frame[1]),
            "modem-key": lambda frame: self.power_key(bool(frame[1])),
            "modem-supply": lambda frame: self.supply(bool(frame[1])),
        }
