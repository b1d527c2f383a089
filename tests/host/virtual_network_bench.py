"""The simulated network with its broker on a bench: a clock moved by hand, and what came to each side."""

from collections.abc import Sequence
from typing import Any

from hemlarm_protocol import topics
from hemlarm_simulator.chance import Chance
from hemlarm_simulator.clock import VirtualClock
from hemlarm_simulator.ledger import Ledger
from hemlarm_simulator.virtual import mqtt_packets as mqtt
from hemlarm_simulator.virtual.broker import StandInBroker
from hemlarm_simulator.virtual.disturbance import Disturbance
from hemlarm_simulator.virtual.faults import DIRECTIONS, Faults
from hemlarm_simulator.virtual.network import SimulatedNetwork

PANEL = "00112233445566aa"
DELAY_MS = 20


def run_clock(clock: VirtualClock, duration_ms: int) -> None:
    """Lets time go by, and happen what is due."""
    end_ms = clock.now_ms + duration_ms
    while (next_ms := clock.schedule.next_ms()) is not None and next_ms <= end_ms:
        clock.now_ms = next_ms
        clock.schedule.fire_next()
    clock.now_ms = end_ms


def _text(value: str) -> bytes:
    return len(value).to_bytes(2, "big") + value.encode()


def login(panel: str) -> bytes:
    """CONNECT and SUBSCRIBE without a keep-alive, as the firmware's."""
    connect = mqtt.packet(mqtt.CONNECT, _text("MQTT") + bytes([4, 2, 0, 0]) + _text(panel))
    return connect + mqtt.packet(mqtt.SUBSCRIBE, b"\x00\x07" + _text(topics.down(panel)) + b"\x00", 2)


def payload(packet: bytes) -> bytes:
    """What a PUBLISH of quality of service 0 carries."""
    fields = mqtt.Fields(mqtt.PacketReader().feed(packet)[0].body)
    fields.text()
    return fields.rest()


class NetworkBench:
    """One panel's connections; `arrived` is what came to the ingest, `frames` what came to the panel."""

    def __init__(self, seed: int = 1) -> None:
        self.clock = VirtualClock()
        self.ledger = Ledger()
        self.faults = Faults(self.clock, self.ledger)
        self.arrived: list[bytes] = []
        self.frames: list[list[Any]] = []
        self.disturbances = {
            direction: Disturbance(direction, self.clock, self.faults, Chance(seed, direction))
            for direction in DIRECTIONS
        }
        self.broker = StandInBroker(self.clock, lambda _, payload: self.arrived.append(payload), self.disturbances)
        self.network = SimulatedNetwork(
            self.clock, self.broker, self.ledger, DELAY_MS, self.faults, Chance(seed, "network")
        )

    def run(self, duration_ms: int = 1000) -> None:
        """Lets time go by."""
        run_clock(self.clock, duration_ms)

    def log_in(self, number: int = 1) -> None:
        """The panel opens a connection and subscribes; what it is answered is forgotten."""
        self.network.connect(PANEL, number, self.frames.append)
        self.network.send(PANEL, number, login(PANEL))
        self.run()
        self.frames.clear()

    def say(self, *messages: bytes, number: int = 1) -> None:
        """The panel publishes."""
        for message in messages:
            self.network.send(PANEL, number, mqtt.publish(topics.up(PANEL), message))

    def answer(self, *messages: bytes) -> None:
        """The cloud publishes."""
        for message in messages:
            self.broker.publish(topics.down(PANEL), message)

    def heard(self) -> list[bytes]:
        """The messages that came to the panel."""
        return [payload(frame[2]) for frame in self.frames if frame[0] == "data"]


def numbered(count: int) -> Sequence[bytes]:
    """Messages that can be told apart."""
    return [b"message %03d" % number for number in range(count)]
