"""The network in virtual time: connections between panels and the broker, a constant delay, and outages.

In an outage bytes are held as TCP holds them, and go on their way when the network returns, unless one side has given
up by then. New connections fail.
"""

import errno
from collections.abc import Callable

from hemlarm_simulator.board_link import Frame
from hemlarm_simulator.clock import Clock
from hemlarm_simulator.ledger import Ledger
from hemlarm_simulator.virtual.broker import Session, StandInBroker

DELAY_MS = 20
"""One way between house and broker, as on a home's fixed line to the next city: our choice."""

UNREACHABLE_MS = 3_000
"""After this a connection attempt without a network fails: what Linux takes to give up asking for an address."""


class Connection:
    """One connection of a panel."""

    def __init__(self, network: "SimulatedNetwork", panel: str, number: int, post: Callable[[Frame], None]) -> None:
        self.number = number
        self.panel = panel
        self.post = post
        self.open = True
        self._network = network
        self._session: Session | None = None

    def reach(self, broker: StandInBroker) -> None:
        """The first packet arrives at the broker."""
        if self.open:
            self._session = broker.accept(self.panel, self._to_panel, self._hung_up)
            self._network.carry(lambda: self.tell(["connected", self.number]))

    def to_broker(self, data: bytes) -> None:
        """Bytes from the panel arrive at the broker."""
        if self._session is not None:
            self._network.ledger.enter(self._network.clock.now_ms, "up", self.panel, data)
            self._session.received(data)

    def closed_by_panel(self) -> None:
        """The panel's closing arrives at the broker."""
        if self._session is not None:
            self._session.gone()
            self._session = None

    def tell(self, frame: Frame) -> None:
        """A frame for the panel, unless it has closed the connection meanwhile."""
        if self.open:
            self.post(frame)

    def _to_panel(self, data: bytes) -> None:
        self._network.ledger.enter(self._network.clock.now_ms, "down", self.panel, data)
        self._network.carry(lambda: self.tell(["data", self.number, data]))

    def _hung_up(self) -> None:
        self._session = None
        self._network.carry(lambda: self._network.end(self, ["closed", self.number]))


class SimulatedNetwork:
    """All connections. `up` is the network's cable: set it to False for an outage."""

    def __init__(self, clock: Clock, broker: StandInBroker, ledger: Ledger, delay_ms: int = DELAY_MS) -> None:
        self.clock = clock
        self.ledger = ledger
        self._broker = broker
        self._delay_ms = delay_ms
        self._up = True
        self._held: list[Callable[[], None]] = []
        self._connections: dict[tuple[str, int], Connection] = {}

    @property
    def up(self) -> bool:
        """Whether anything gets through."""
        return self._up

    @up.setter
    def up(self, up: bool) -> None:
        self.ledger.enter(self.clock.now_ms, "network", up)
        self._up = up
        held, self._held = self._held, []
        for action in held:
            self.carry(action)

    def connect(self, panel: str, number: int, post: Callable[[Frame], None]) -> None:
        """A panel opens its connection `number`; `post` takes frames for it."""
        connection = Connection(self, panel, number, post)
        self._connections[panel, number] = connection
        if self._up:
            self.carry(lambda: connection.reach(self._broker))
        else:
            failed: Frame = ["failed", number, errno.EHOSTUNREACH]
            self.clock.call_in(UNREACHABLE_MS, lambda: self.end(connection, failed))

    def send(self, panel: str, number: int, data: bytes) -> None:
        """A panel sends bytes."""
        if connection := self._connections.get((panel, number)):
            self.carry(lambda: connection.to_broker(data))

    def close(self, panel: str, number: int) -> None:
        """A panel closes its connection."""
        if connection := self._connections.pop((panel, number), None):
            connection.open = False
            self.carry(connection.closed_by_panel)

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

    def carry(self, action: Callable[[], None]) -> None:
        """Makes something happen at the other side, after the delay, or after the outage."""
        if self._up:
            self.clock.call_in(self._delay_ms, action)
        else:
            self._held.append(action)
