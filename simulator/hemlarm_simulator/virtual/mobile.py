"""The mobile network in virtual time: the cell that serves the house, the way behind it, and what breaks either.

The modem's sockets lead over it to the same broker as the fixed line. What that costs is counted here too, apart from
what the panel counts.
"""

import errno
from collections.abc import Callable, Mapping

from hemlarm_simulator.board_link import Frame
from hemlarm_simulator.clock import Clock
from hemlarm_simulator.ledger import Ledger
from hemlarm_simulator.modem.cell import MobileCell
from hemlarm_simulator.modem.internet import Event
from hemlarm_simulator.virtual.broker import StandInBroker
from hemlarm_simulator.virtual.faults import Faults
from hemlarm_simulator.virtual.network import Connection, ConnectionsOverWay
from hemlarm_simulator.virtual.tls_stand_in import ServerEnd

SPEEDS: Mapping[str, tuple[int, int, int]] = {
    "GSM": (40_000, 300, 0),
    "UMTS": (384_000, 75, 0),
    "LTE": (5_000_000, 30, 300),
}
"""Bits a second, milliseconds one way, and milliseconds until a radio wakes. Our choice, LTE being Cat-1."""

PORT = 8883
"""Where the broker listens; anywhere else nobody does."""

_NETWORK, _DATA, _JAMMED = "mobile network", "mobile data", "mobile not jammed"
_REASONS = {errno.ECONNREFUSED: "refused", errno.EHOSTUNREACH: "unreachable"}


class MobileSocket:
    """One of the modem's connections."""

    def __init__(self, network: "MobileNetwork", number: int) -> None:
        self._network = network
        self._number = number

    def send(self, data: bytes) -> None:
        """Takes bytes."""
        self._network.send(self._network.panel, self._number, data)

    def close(self) -> None:
        """Ends it, and tells the broker."""
        self._network.close(self._network.panel, self._number)

    def lose(self) -> None:
        """Ends it without a word: the modem has lost its power."""
        self._network.forget(self._number)


class MobileNetwork(ConnectionsOverWay):
    """`cell` is what the modem sees of it; `panel` is whose modem that is. Its methods and setters are the faults."""

    off_kinds: Mapping[str, str] = {_NETWORK: "mobile-outage", _DATA: "mobile-data-off", _JAMMED: "mobile-jammed"}
    black_hole_kind = "black-hole-mobile"

    def __init__(
        self,
        clock: Clock,
        broker: StandInBroker,
        ledger: Ledger,
        panel: str,
        faults: Faults,
        chance: Callable[[int], bytes],
    ) -> None:
        super().__init__(clock, broker, ledger, SPEEDS["LTE"][1], faults, chance)
        self.cell = MobileCell()
        self.panel = panel
        self._opened = 0
        self.technology = "LTE"

    @property
    def technology(self) -> str:
        """The radio's: GSM, UMTS or LTE."""
        return self.cell.technology

    @technology.setter
    def technology(self, technology: str) -> None:
        bandwidth_bps, delay_ms, wake_ms = SPEEDS[technology]
        self.delay_ms = self._usual_ms = delay_ms
        self.jitter_ms = 0
        self.shape(bandwidth_bps, wake_ms)
        self.cell.technology = technology

    @property
    def up(self) -> bool:
        """Whether there is a mobile network at all."""
        return _NETWORK not in self._off

    @up.setter
    def up(self, up: bool) -> None:
        self.switch(_NETWORK, up)
        self.cell.lets_register = "home" if up else "none"

    @property
    def data(self) -> bool:
        """Whether the network carries data; without it, SMS go on."""
        return _DATA not in self._off

    @data.setter
    def data(self, on: bool) -> None:
        self.switch(_DATA, on)
        self.cell.packet_service = on

    @property
    def jammed(self) -> bool:
        """Whether somebody jams the modem's radio."""
        return _JAMMED in self._off

    @jammed.setter
    def jammed(self, jammed: bool) -> None:
        self.switch(_JAMMED, not jammed)
        self.cell.jammed = jammed

    def calm(self) -> None:
        """There is a network that carries data, nobody jams it, and nothing vanishes."""
        if not self.up:
            self.up = True
        if not self.data:
            self.data = True
        if self.jammed:
            self.jammed = False
        super().calm()

    def open(self, host: str, port: int, on_event: Callable[[Event], None]) -> MobileSocket:
        """A connection of the modem's to the broker; to any other port there is none."""
        self._opened += 1
        number = self._opened
        connection = Connection(self, self.panel, number, _events_for(on_event), ServerEnd())
        if port == PORT:
            self.begin(connection)
        else:
            self.carry(lambda: self.refuse(connection), connection.up)
        self.ledger.enter(self.clock.now_ms, "mobile connection", number, host, port)
        return MobileSocket(self, number)

    def refuse(self, connection: Connection) -> None:
        """Nobody listens there."""
        self.end(connection, ["failed", connection.number, errno.ECONNREFUSED])

    def forget(self, number: int) -> None:
        """A connection whose end at the house is gone without a word."""
        if connection := self._connections.pop((self.panel, number), None):
            connection.open = False

    def used_by_sms(self) -> None:
        """The modem has sent or received a message."""
        self.use.sms += 1
        self.radio_used()

    def radio_used(self) -> None:
        """Something short went over the air that is neither data nor a message of ours."""
        self.use.used(self.clock.now_ms)


def _events_for(on_event: Callable[[Event], None]) -> Callable[[Frame], None]:
    """What a panel would be told by frames, told as a socket's events."""

    def post(frame: Frame) -> None:
        if frame[0] == "failed":
            on_event(("failed", _REASONS[frame[2]]))
        elif frame[0] == "data":
            on_event(("data", frame[2]))
        else:
            on_event((frame[0],))

    return post
