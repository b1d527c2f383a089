"""The network in virtual time: connections between panels and the broker, delays, outages, and connections that break.

In an outage bytes are held as TCP holds them, and go on their way when the network returns, unless one side has given
up by then. New connections fail. The bytes of one direction of a connection never overtake each other.
"""

import errno
from collections.abc import Callable

from hemlarm_simulator.board_link import Frame
from hemlarm_simulator.chance import Chance
from hemlarm_simulator.clock import Clock
from hemlarm_simulator.ledger import Ledger
from hemlarm_simulator.virtual.broker import Session, StandInBroker
from hemlarm_simulator.virtual.faults import Faults

DELAY_MS = 20
"""One way between house and broker, as on a home's fixed line to the next city: our choice."""

UNREACHABLE_MS = 3_000
"""After this a connection attempt without a network fails: what Linux takes to give up asking for an address."""

_OFF = {"network": "outage", "router": "router-off", "port": "port-off"}
"""What the way consists of, and the fault that it is when a part of it is off."""


class Lane:
    """One direction of a connection: nothing arrives before `free_ms`, when the last bytes before it arrive."""

    def __init__(self) -> None:
        self.free_ms = 0


class Connection:
    """One connection of a panel."""

    def __init__(self, network: "SimulatedNetwork", panel: str, number: int, post: Callable[[Frame], None]) -> None:
        self.number = number
        self.panel = panel
        self.post = post
        self.open = True
        self.up = Lane()
        self.down = Lane()
        self.broken = False
        self._network = network
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
        if self._session is not None:
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
        self._tell_later(["data", self.number, data])

    def _hung_up(self) -> None:
        self._session = None
        self._end_later(["closed", self.number])

    def _tell_later(self, frame: Frame) -> None:
        self._network.carry(lambda: None if self.broken else self.tell(frame), self.down)

    def _end_later(self, frame: Frame) -> None:
        self._network.carry(lambda: self._network.end(self, frame), self.down)


class SimulatedNetwork:
    """All connections. `delay_ms` and up to `jitter_ms` more, decided by `chance`, is the time of one way.

    It takes `up`, the line to the house, `router_on`, the power of the house's router, and `port_on`, the power of the
    panel's own port: what is off lets nothing through.
    """

    def __init__(
        self,
        clock: Clock,
        broker: StandInBroker,
        ledger: Ledger,
        delay_ms: int = DELAY_MS,
        faults: Faults | None = None,
        chance: Callable[[int], bytes] | None = None,
    ) -> None:
        self.clock = clock
        self.ledger = ledger
        self.delay_ms = delay_ms
        self.jitter_ms = 0
        self._broker = broker
        self._faults = faults or Faults(clock, ledger)
        self._chance = chance or Chance(0, "network")
        self._usual_ms = delay_ms
        self._speed = (delay_ms, 0)
        self._off: set[str] = set()
        self._held: list[tuple[Callable[[], None], Lane]] = []
        self._connections: dict[tuple[str, int], Connection] = {}

    @property
    def up(self) -> bool:
        """Whether the line to the house is whole."""
        return "network" not in self._off

    @up.setter
    def up(self, up: bool) -> None:
        self._switch("network", up)

    @property
    def router_on(self) -> bool:
        """Whether the house's router has power."""
        return "router" not in self._off

    @router_on.setter
    def router_on(self, on: bool) -> None:
        self._switch("router", on)

    @property
    def port_on(self) -> bool:
        """Whether the panel's Ethernet has power."""
        return "port" not in self._off

    @port_on.setter
    def port_on(self, on: bool) -> None:
        self._switch("port", on)

    @property
    def passing(self) -> bool:
        """Whether anything gets through."""
        return not self._off

    def calm(self) -> None:
        """The line is whole again and as quick as it was at first."""
        if not self.up:
            self.up = True
        self.delay_ms, self.jitter_ms = self._usual_ms, 0

    def drop_connection(self) -> None:
        """A router on the way resets every connection: what is on its way is lost, and both ends are told."""
        for connection in list(self._connections.values()):
            self._faults.happened("connection-reset", connection.number)
            connection.break_off(told=True)

    def half_open(self) -> None:
        """The broker's side of every connection vanishes, and the panels are not told."""
        for connection in [each for each in self._connections.values() if not each.broken]:
            self._faults.happened("half-open", connection.number)
            connection.break_off(told=False)

    def connect(self, panel: str, number: int, post: Callable[[Frame], None]) -> None:
        """A panel opens its connection `number`; `post` takes frames for it."""
        connection = Connection(self, panel, number, post)
        self._connections[panel, number] = connection
        if self.passing:
            self.carry(lambda: connection.reach(self._broker), connection.up)
        else:
            failed: Frame = ["failed", number, errno.EHOSTUNREACH]
            self.clock.call_in(UNREACHABLE_MS, lambda: self.end(connection, failed))

    def send(self, panel: str, number: int, data: bytes) -> None:
        """A panel sends bytes."""
        if connection := self._connections.get((panel, number)):
            self.carry(lambda: connection.to_broker(data), connection.up)

    def close(self, panel: str, number: int) -> None:
        """A panel closes its connection."""
        if connection := self._connections.pop((panel, number), None):
            connection.open = False
            self.carry(connection.closed_by_panel, connection.up)

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

    def carry(self, action: Callable[[], None], lane: Lane) -> None:
        """Makes something happen at the other side, after the delay, or after the outage."""
        if self._off:
            self._held.append((action, lane))
            return
        lane.free_ms = max(lane.free_ms, self.clock.now_ms + self._way_ms())
        self.clock.call_in(lane.free_ms - self.clock.now_ms, action)

    def _way_ms(self) -> int:
        speed = (self.delay_ms, self.jitter_ms)
        if speed != self._speed:
            self._speed = speed
            if self.delay_ms + self.jitter_ms > self._usual_ms:
                self._faults.happened("slow-network", *speed)
        if not self.jitter_ms:
            return self.delay_ms
        return self.delay_ms + int.from_bytes(self._chance(4), "big") % (self.jitter_ms + 1)

    def _switch(self, part: str, on: bool) -> None:
        self.ledger.enter(self.clock.now_ms, part, on)
        if not on and part not in self._off:
            self._faults.happened(_OFF[part])
            self._off.add(part)
        elif on:
            self._off.discard(part)
        held, self._held = self._held, []
        for action, lane in held:
            self.carry(action, lane)
