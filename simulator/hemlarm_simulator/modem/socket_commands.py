"""What the socket commands of both families share: their connections, and what becomes of those without service."""

from collections.abc import Callable

from hemlarm_simulator.modem.command import Speaker
from hemlarm_simulator.modem.internet import Internet
from hemlarm_simulator.modem.link import Link
from hemlarm_simulator.modem.packet_service import PacketService
from hemlarm_simulator.modem.powered_clock import PoweredClock


class SocketCommands:
    """`at_moment` is told of moments in which a modem may fail; `prompt` asks for data."""

    def __init__(
        self,
        clock: PoweredClock,
        internet: Internet,
        packet: PacketService,
        speaker: Speaker,
        at_moment: Callable[[str], None],
        prompt: bytes,
    ) -> None:
        self._clock = clock
        self._internet = internet
        self._packet = packet
        self._speaker = speaker
        self._at_moment = at_moment
        self._prompt = prompt
        self._links: dict[int, Link] = {}
        self._told: set[int] = set()
        self._begin()

    def _begin(self) -> None:
        """What a family has besides, at the beginning."""

    def service_moved(self) -> None:
        """Service has come or gone."""
        for link in list(self._links.values()):
            link.service_moved()

    def lost_power(self) -> None:
        """All connections vanish."""
        for link in self._links.values():
            link.lose()
