"""A simulated modem in virtual time, and somebody who types commands at it."""

from hemlarm_simulator.chance import Chance
from hemlarm_simulator.clock import VirtualClock
from hemlarm_simulator.modem.cell import MobileCell
from hemlarm_simulator.modem.internet import Event
from hemlarm_simulator.modem.sim_card import SimCard
from hemlarm_simulator.modem.simulated_modem import SimulatedModem
from hemlarm_simulator.modem.sms_centre import SmsCentre

NUMBER, OTHER = "+46700000001", "+46701111111"
ON_MS = 25_000
"""Long enough for any family to start and to register."""

FAMILIES = ("quectel", "simcom")


class Far:
    """The other side of one connection."""

    def __init__(self, host: str, port: int, tell) -> None:  # type: ignore[no-untyped-def]
        self.where = (host, port)
        self.tell = tell
        self.received = b""
        self.end = ""

    def send(self, data: bytes) -> None:
        self.received += data

    def close(self) -> None:
        self.end = "closed"

    def lose(self) -> None:
        self.end = "lost"


class SmallInternet:
    """Connects everything within 50 ms, unless `answer` says how it fails; "" is a black hole."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.answer: Event | None = ("connected",)
        self.connections: list[Far] = []

    def open(self, host: str, port: int, on_event) -> Far:  # type: ignore[no-untyped-def]
        far = Far(host, port, on_event)
        self.connections.append(far)
        if (answer := self.answer) is not None:
            self.clock.call_in(50, lambda: on_event(answer))
        return far


class Dialogue:
    """A modem that has started and registered, unless it is not `on`, and everything around it."""

    def __init__(self, family: str = "quectel", on: bool = True, seed: int = 1, pin: str = "") -> None:
        self.clock = VirtualClock()
        self.cell = MobileCell()
        self.sim = SimCard(NUMBER, pin)
        self.internet = SmallInternet(self.clock)
        self.centre = SmsCentre(self.clock, Chance(seed, "sms"))
        self.output = bytearray()
        self.pieces: list[tuple[int, bytes]] = []
        self.modem = SimulatedModem(
            self.clock, family, self.sim, self.cell, self.internet, self.centre, self._take, Chance(seed, "modem")
        )
        if on:
            self.modem.start()
            self.wait(ON_MS)
            self.say("ATE0;+CMEE=1")

    def wait(self, ms: int) -> None:
        end_ms = self.clock.now_ms + ms
        while (next_ms := self.clock.schedule.next_ms()) is not None and next_ms <= end_ms:
            self.clock.now_ms = next_ms
            self.clock.schedule.fire_next()
        self.clock.now_ms = end_ms

    def type(self, data: bytes, wait_ms: int = 200) -> bytes:
        """Sends bytes and returns all that comes within the time."""
        self.output.clear()
        self.modem.receive(data)
        self.wait(wait_ms)
        return bytes(self.output)

    def say(self, line: str, wait_ms: int = 200) -> list[str]:
        """Sends a command line and returns the lines that come within the time, without empty ones."""
        return lines(self.type(line.encode() + b"\r", wait_ms))

    def heard(self, wait_ms: int) -> list[str]:
        """The lines that come by themselves within the time."""
        return lines(self.type(b"", wait_ms))

    def _take(self, data: bytes) -> None:
        self.output += data
        self.pieces.append((self.clock.now_ms, data))


def lines(data: bytes) -> list[str]:
    return [line for line in data.decode("latin-1").split("\r\n") if line]
