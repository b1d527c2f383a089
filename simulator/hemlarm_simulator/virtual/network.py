"""The network in virtual time: connections between panels and the broker, and what breaks them.

How long bytes take, and what stops them, is the way's (`way.py`).
"""

import errno
from collections.abc import Callable, Mapping

from hemlarm_simulator.board_link import Frame
from hemlarm_simulator.clock import Clock
from hemlarm_simulator.ledger import Ledger
from hemlarm_simulator.virtual.broker import Session, StandInBroker
from hemlarm_simulator.virtual.faults import Faults
from hemlarm_simulator.virtual.tls_stand_in import HANDSHAKE, RECORD, NotTlsError, ServerEnd
from hemlarm_simulator.virtual.way import Lane, Way

DELAY_MS = 20
"""One way between house and broker, as on a home's fixed line to the next city: our choice."""

UNREACHABLE_MS = 3_000
"""After this a connection attempt without a network fails: what Linux takes to give up asking for an address."""


class Connection:
    """One connection of a panel. With `tls` the bytes on it are those of the stand-in for TLS."""

    def __init__(
        self,
        network: "ConnectionsOverWay",
        panel: str,
        number: int,
        post: Callable[[Frame], None],
        tls: ServerEnd | None = None,
    ) -> None:
        self.number = number
        self.panel = panel
        self.post = post
        self.open = True
        self.up = Lane(down=False)
        self.down = Lane(down=True)
        self.broken = False
        self._network = network
        self._tls = tls
        self._session: Session | None = None

    def reach(self, broker: StandInBroker) -> None:
        """The first packet arrives at the broker."""
        if not self.open or self.broken:
            return
        if broker.up:
            self._session = broker.accept(self.panel, self._to_panel, self._hung_up)
            self._tell_later(["connected", self.number])
        else:
            self._end_later(["failed", self.number, errno.ECONNREFUSED])

    def to_broker(self, data: bytes) -> None:
        """Bytes from the panel arrive at the broker."""
        if self._session is None:
            return
        if self._tls is not None:
            try:
                answer, data = self._tls.received(data)
            except NotTlsError:
                self._session.end()
                return
            if answer:
                self._send_down(answer)
        if data:
            self._network.ledger.enter(self._network.clock.now_ms, "up", self.panel, data)
            self._session.received(data)

    def closed_by_panel(self) -> None:
        """The panel's closing arrives at the broker."""
        if self._session is not None:
            self._session.gone()
            self._session = None

    def break_off(self, told: bool) -> None:
        """Loses what is on its way in both directions, and the broker's side; the panel is `told`, or never hears."""
        self.broken = True
        self.closed_by_panel()
        if told:
            self._end_later(["closed", self.number])

    def tell(self, frame: Frame) -> None:
        """A frame for the panel, unless it has closed the connection meanwhile."""
        if self.open:
            self.post(frame)

    def _to_panel(self, data: bytes) -> None:
        self._network.ledger.enter(self._network.clock.now_ms, "down", self.panel, data)
        self._send_down(data if self._tls is None else self._tls.wrapped(data))

    def _send_down(self, data: bytes) -> None:
        self._tell_later(["data", self.number, data], len(data))

    def _hung_up(self) -> None:
        self._session = None
        self._end_later(["closed", self.number])

    def _tell_later(self, frame: Frame, size: int = 0) -> None:
        def arrives() -> None:
            if self.broken:
                return
            if size:
                self._network.came_down(size)
            self.tell(frame)

        self._network.carry(arrives, self.down, size)

    def _end_later(self, frame: Frame) -> None:
        self._network.carry(lambda: self._network.end(self, frame), self.down)


class ConnectionsOverWay(Way):
    """All connections over one way."""

    record = 0
    """Bytes that are counted on top of each message, and are not among those that are carried."""

    def __init__(
        self,
        clock: Clock,
        broker: StandInBroker,
        ledger: Ledger,
        delay_ms: int = DELAY_MS,
        faults: Faults | None = None,
        chance: Callable[[int], bytes] | None = None,
    ) -> None:
        super().__init__(clock, ledger, delay_ms, faults, chance)
        self._broker = broker
        self._connections: dict[tuple[str, int], Connection] = {}

    def drop_connection(self) -> None:
        """A router on the way resets every connection: what is on its way is lost, and both ends are told."""
        for connection in list(self._connections.values()):
            self.faults.happened("connection-reset", connection.number)
            connection.break_off(told=True)

    def half_open(self) -> None:
        """The broker's side of every connection vanishes, and the panels are not told."""
        for connection in [each for each in self._connections.values() if not each.broken]:
            self.faults.happened("half-open", connection.number)
            connection.break_off(told=False)

    def begin(self, connection: Connection) -> None:
        """A panel opens a connection; one that bears the number of another takes its place."""
        self._connections[connection.panel, connection.number] = connection
        if self.dead:
            failed: Frame = ["failed", connection.number, errno.EHOSTUNREACH]
            self.clock.call_in(UNREACHABLE_MS, lambda: self.end(connection, failed))
        else:
            self.carry(lambda: self.arrived(connection), connection.up)
            self.use.connections += 1
            self.use.used(self.clock.now_ms)

    def send(self, panel: str, number: int, data: bytes) -> None:
        """A panel sends bytes."""
        if connection := self._connections.get((panel, number)):
            self.carry(lambda: connection.to_broker(data), connection.up, len(data))
            self.use.went_up(len(data) + self.record, self.clock.now_ms)
            self.use.carried_up += len(data)

    def close(self, panel: str, number: int) -> None:
        """A panel closes its connection."""
        if connection := self._connections.pop((panel, number), None):
            connection.open = False
            self.carry(connection.closed_by_panel, connection.up)
            self.use.used(self.clock.now_ms)

    def lose(self, panel: str) -> None:
        """A panel lost its power: its connections end without a word, and the broker finds out by their silence."""
        for key in [key for key in self._connections if key[0] == panel]:
            self._connections.pop(key).open = False

    def end(self, connection: Connection, frame: Frame) -> None:
        """A connection ended from the other side, or never came to be: tells the panel by `frame`."""
        # After a power cut a new connection may bear the number of the one that the broker finds dead.
        if self._connections.get((connection.panel, connection.number)) is connection:
            del self._connections[connection.panel, connection.number]
        connection.tell(frame)
        connection.open = False

    def arrived(self, connection: Connection) -> None:
        """The first packet of a connection has arrived at the broker."""
        connection.reach(self._broker)

    def came_down(self, size: int) -> None:
        """A message of so many bytes has reached the house."""
        self.use.came_down(size + self.record, self.clock.now_ms)
        self.use.carried_down += size


class SimulatedNetwork(ConnectionsOverWay):
    """The fixed line.

    It takes `up`, the line to the house, `router_on`, the power of the house's router, and `port_on`, the power of the
    panel's own port. After `use_tls` each connection takes the time of a handshake to open, and all bytes of TLS are
    counted. They are not carried: what they would be is known, and it would only cost time.
    """

    off_kinds: Mapping[str, str] = {"network": "outage", "router": "router-off", "port": "port-off"}
    black_hole_kind = "black-hole-ip"
    _flights: tuple[tuple[bool, int], ...] = ()

    @property
    def up(self) -> bool:
        """Whether the line to the house is whole."""
        return "network" not in self._off

    @up.setter
    def up(self, up: bool) -> None:
        self.switch("network", up)

    @property
    def router_on(self) -> bool:
        """Whether the house's router has power."""
        return "router" not in self._off

    @router_on.setter
    def router_on(self, on: bool) -> None:
        self.switch("router", on)

    @property
    def port_on(self) -> bool:
        """Whether the panel's Ethernet has power."""
        return "port" not in self._off

    @port_on.setter
    def port_on(self, on: bool) -> None:
        self.switch("port", on)

    def calm(self) -> None:
        """The line is whole again and as quick as it was at first."""
        if not self.up:
            self.up = True
        super().calm()

    def connect(self, panel: str, number: int, post: Callable[[Frame], None]) -> None:
        """A panel opens its connection `number`; `post` takes frames for it."""
        self.begin(Connection(self, panel, number, post))

    def use_tls(self) -> None:
        """From now on connections are made as with TLS."""
        self.record = RECORD
        # The answer to the first packet, then all of the handshake but its last flight, which tells the panel.
        self._flights = ((True, 0), *((number % 2 == 1, size) for number, size in enumerate(HANDSHAKE[:-1])))

    def arrived(self, connection: Connection) -> None:
        """The first packet of a connection has arrived at the broker, and the handshake begins."""
        self._shake_hands(connection, self._flights if self._broker.up else ())

    def _shake_hands(self, connection: Connection, flights: tuple[tuple[bool, int], ...]) -> None:
        if not connection.open or connection.broken:
            return
        if not flights:
            if self._flights:
                self.use.came_down(HANDSHAKE[-1], self.clock.now_ms)
            super().arrived(connection)
            return
        down, size = flights[0]
        (self.use.came_down if down else self.use.went_up)(size, self.clock.now_ms)
        lane = connection.down if down else connection.up
        self.carry(lambda: self._shake_hands(connection, flights[1:]), lane, size)
