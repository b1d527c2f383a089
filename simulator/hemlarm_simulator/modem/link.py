"""One TCP connection of the modem, between its AT commands and the world's Internet.

While the radio is without service nothing passes in either direction: TCP at both ends keeps it and tries on.
"""

from collections.abc import Callable

from hemlarm_simulator.modem.internet import Event, Internet, Socket
from hemlarm_simulator.modem.packet_service import PacketService
from hemlarm_simulator.modem.powered_clock import PoweredClock

CONNECT_MS = 120_000
"""How long the modem tries to connect: between Quectel's 150 s and SIMCom's 120 s."""

UNSENT_MAX = 10_240
_UNREAD_MAX = 65_536
"""Quectel's manual names 10,240 octets for what is not sent; a real modem stops the sender when the other is full, ours
breaks the connection."""


class Link:
    """A connection that was asked for. `tell` hears its events, the first once it was open or failed."""

    def __init__(
        self, clock: PoweredClock, internet: Internet, packet: PacketService, tell: Callable[["Link", Event], None]
    ) -> None:
        self.host = ""
        self.port = 0
        self.state = "opening"
        self.unread = bytearray()
        self.sent = self.read = 0
        self._clock = clock
        self._internet = internet
        self._packet = packet
        self._tell = tell
        self._socket: Socket | None = None
        self._held_up: list[bytes] = []
        self._held_down: list[Event] = []
        self._over = False

    def open(self, host: str, port: int) -> None:
        """Begins to connect."""
        self.host, self.port = host, port
        self._socket = self._internet.open(host, port, self._event)
        self._clock.call_in(CONNECT_MS, self._connect_timeout)

    @property
    def unsent(self) -> int:
        """Octets that have not left the modem."""
        return sum(len(each) for each in self._held_up)

    def send(self, data: bytes) -> bool:
        """Takes octets to send; False where there is no room or no connection."""
        if self.state != "open" or self.unsent + len(data) > UNSENT_MAX:
            return False
        self.sent += len(data)
        self._held_up.append(data)
        self.service_moved()
        return True

    def take(self, most: int) -> bytes:
        """Octets that came, at most so many."""
        data = bytes(self.unread[:most])
        del self.unread[:most]
        self.read += len(data)
        return data

    def close(self) -> None:
        """Ends the connection, and tells the other side."""
        self._end()
        if self._socket is not None:
            self._socket.close()

    def lose(self) -> None:
        """The modem is gone: the other side is not told, if the Internet can do that."""
        self._end()
        if self._socket is not None:
            getattr(self._socket, "lose", self._socket.close)()

    def service_moved(self) -> None:
        """Service may be back: what waited goes on its way."""
        while self._packet.in_service and self._held_up and self._socket is not None and not self._over:
            self._socket.send(self._held_up.pop(0))
        while self._packet.in_service and self._held_down and not self._over:
            self._take_event(self._held_down.pop(0))

    def _end(self) -> None:
        self._over = True
        self.state = "closed"
        self._held_up.clear()
        self._held_down.clear()

    def _event(self, event: Event) -> None:
        if not self._over:
            self._held_down.append(event)
            self.service_moved()

    def _take_event(self, event: Event) -> None:
        kind = event[0]
        if kind == "connected":
            self.state = "open"
        elif kind == "data":
            self.unread += event[1]
            if len(self.unread) > _UNREAD_MAX:
                event = ("closed",)
                self.close()
        if kind in ("failed", "closed"):
            self._end()
        self._tell(self, event)

    def _connect_timeout(self) -> None:
        if self.state == "opening" and not self._over:
            self.close()
            self._tell(self, ("failed", "timeout"))
