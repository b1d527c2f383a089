"""The simulated network and its stand-in broker: what they let through, when, and what they refuse."""

from typing import Any

import pytest

from hemlarm_protocol import topics
from hemlarm_simulator.clock import VirtualClock
from hemlarm_simulator.ledger import Ledger
from hemlarm_simulator.virtual import mqtt_packets as mqtt
from hemlarm_simulator.virtual.broker import StandInBroker
from hemlarm_simulator.virtual.network import UNREACHABLE_MS, SimulatedNetwork

PANEL, OTHER = "00112233445566aa", "ff112233445566aa"
DELAY_MS = 20


def text(value: str) -> bytes:
    return len(value).to_bytes(2, "big") + value.encode()


def connect(client: str = PANEL, keep_alive_s: int = 60) -> bytes:
    return mqtt.packet(mqtt.CONNECT, text("MQTT") + bytes([4, 2]) + keep_alive_s.to_bytes(2, "big") + text(client))


def subscribe(topic: str) -> bytes:
    return mqtt.packet(mqtt.SUBSCRIBE, b"\x00\x07" + text(topic) + b"\x00", 2)


CONNACK = mqtt.packet(mqtt.CONNACK, b"\0\0")
PINGREQ, PINGRESP = mqtt.packet(mqtt.PINGREQ, b""), mqtt.packet(mqtt.PINGRESP, b"")


class Bench:
    """A network whose clock is moved by hand, and what came to the panel and to the cloud."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.published: list[tuple[str, bytes]] = []
        self.frames: list[tuple[int, list[Any]]] = []
        self.broker = StandInBroker(self.clock, lambda topic, payload: self.published.append((topic, payload)))
        self.network = SimulatedNetwork(self.clock, self.broker, Ledger(), DELAY_MS)

    def run(self, duration_ms: int = 1000) -> None:
        end_ms = self.clock.now_ms + duration_ms
        while (next_ms := self.clock.schedule.next_ms()) is not None and next_ms <= end_ms:
            self.clock.now_ms = next_ms
            self.clock.schedule.fire_next()
        self.clock.now_ms = end_ms

    def open(self, number: int = 1, panel: str = PANEL) -> None:
        self.network.connect(panel, number, lambda frame: self.frames.append((self.clock.now_ms, frame)))

    def say(self, data: bytes, number: int = 1, panel: str = PANEL) -> None:
        self.network.send(panel, number, data)

    def heard(self) -> list[list[Any]]:
        """Runs a second and returns the frames that came to panels since the last call."""
        self.run()
        frames, self.frames = [frame for _, frame in self.frames], []
        return frames


def logged_in(keep_alive_s: int = 60) -> Bench:
    bench = Bench()
    bench.open()
    bench.say(connect(keep_alive_s=keep_alive_s))
    bench.say(subscribe(topics.down(PANEL)))
    assert bench.heard() == [["connected", 1], ["data", 1, CONNACK], ["data", 1, b"\x90\x03\x00\x07\x00"]]
    return bench


def test_a_message_reaches_the_cloud_once_and_the_answer_its_panel() -> None:
    bench = logged_in()
    bench.say(mqtt.publish(topics.up(PANEL), b"sealed"))
    bench.run()
    assert bench.published == [(topics.up(PANEL), b"sealed")]
    bench.broker.publish(topics.down(PANEL), b"answer")
    bench.broker.publish(topics.down(OTHER), b"not for us")
    assert bench.heard() == [["data", 1, mqtt.publish(topics.down(PANEL), b"answer")]]


def test_a_message_of_quality_one_is_answered() -> None:
    bench = logged_in()
    bench.say(mqtt.packet(mqtt.PUBLISH, text(topics.up(PANEL)) + b"\x12\x34sealed", 2))
    assert bench.heard() == [["data", 1, mqtt.packet(mqtt.PUBACK, b"\x12\x34")]]
    assert bench.published == [(topics.up(PANEL), b"sealed")]


def test_packets_are_understood_however_they_are_cut() -> None:
    bench = Bench()
    bench.open()
    for byte in connect() + subscribe(topics.down(PANEL)) + PINGREQ + mqtt.publish(topics.up(PANEL), bytes(300)):
        bench.say(bytes([byte]))
    assert [frame[2][0] >> 4 for frame in bench.heard()[1:]] == [mqtt.CONNACK, mqtt.SUBACK, mqtt.PINGRESP]
    assert bench.published == [(topics.up(PANEL), bytes(300))]


def test_another_panels_topic_can_be_neither_written_nor_read() -> None:
    bench = logged_in()
    bench.say(subscribe(topics.down(OTHER)))
    assert bench.heard() == [["data", 1, b"\x90\x03\x00\x07\x80"]]
    bench.broker.publish(topics.down(OTHER), b"secret")
    assert bench.heard() == []
    bench.say(mqtt.publish(topics.up(OTHER), b"forged"))
    assert bench.heard() == [["closed", 1]]
    assert bench.published == []


def test_another_panels_client_id_is_refused() -> None:
    bench = Bench()
    bench.open()
    bench.say(connect(client=OTHER))
    assert bench.heard() == [["connected", 1], ["data", 1, mqtt.packet(mqtt.CONNACK, b"\0\5")], ["closed", 1]]


@pytest.mark.parametrize(
    "data",
    [
        PINGREQ,
        connect() + connect(),
        mqtt.packet(mqtt.CONNECT, text("MQIsdp") + bytes([3, 2, 0, 60]) + text(PANEL)),
        connect() + b"\x30\xff\xff\xff\xff\x01",
        connect() + b"\x30\xff\xff\x03",
        connect() + mqtt.packet(mqtt.PUBLISH, b"\x00\x50short"),
        connect() + mqtt.packet(mqtt.PUBLISH, b"\x00\x02\xff\xff"),
        connect() + mqtt.packet(7, b""),
    ],
)
def test_a_client_that_breaks_the_protocol_is_cut_off(data: bytes) -> None:
    bench = Bench()
    bench.open()
    bench.say(data)
    assert bench.heard()[-1] == ["closed", 1]


def test_a_second_connection_takes_over() -> None:
    bench = logged_in()
    bench.open(number=2)
    bench.say(connect(), number=2)
    assert bench.heard() == [["connected", 2], ["closed", 1], ["data", 2, CONNACK]]


def test_a_silent_client_is_cut_off_after_one_and_a_half_keep_alives() -> None:
    bench = logged_in(keep_alive_s=10)
    bench.run(8000)
    bench.say(PINGREQ)
    bench.run(14_999)
    assert [frame for _, frame in bench.frames] == [["data", 1, PINGRESP]]
    bench.run(3 * DELAY_MS)
    assert bench.frames[-1][1] == ["closed", 1]


def test_an_outage_holds_what_is_on_its_way() -> None:
    bench = logged_in()
    bench.network.up = False
    bench.say(mqtt.publish(topics.up(PANEL), b"one"))
    bench.say(mqtt.publish(topics.up(PANEL), b"two"))
    bench.broker.publish(topics.down(PANEL), b"answer")
    assert bench.heard() == []
    assert bench.published == []
    bench.network.up = True
    assert bench.heard() == [["data", 1, mqtt.publish(topics.down(PANEL), b"answer")]]
    assert [payload for _, payload in bench.published] == [b"one", b"two"]


def test_what_a_closed_connection_had_on_its_way_arrives_before_its_end() -> None:
    bench = logged_in()
    bench.network.up = False
    bench.say(mqtt.publish(topics.up(PANEL), b"last words"))
    bench.network.close(PANEL, 1)
    bench.network.up = True
    assert bench.heard() == []
    assert bench.published == [(topics.up(PANEL), b"last words")]


def test_connecting_in_an_outage_fails_after_a_while() -> None:
    bench = Bench()
    bench.network.up = False
    bench.open()
    bench.run(UNREACHABLE_MS - 1)
    assert bench.frames == []
    bench.run(1)
    assert bench.frames[0][1][:2] == ["failed", 1]


def test_a_panel_without_power_hears_nothing_more() -> None:
    bench = logged_in(keep_alive_s=10)
    bench.broker.publish(topics.down(PANEL), b"too late")
    bench.network.lose(PANEL)
    bench.run(60_000)
    assert bench.heard() == []


def test_the_end_of_a_connection_from_before_a_power_cut_leaves_the_new_one_of_the_same_number_alone() -> None:
    bench = logged_in()
    bench.network.lose(PANEL)
    bench.open()
    bench.say(connect())
    assert bench.heard() == [["connected", 1], ["data", 1, CONNACK]]
    bench.say(PINGREQ)
    assert bench.heard() == [["data", 1, PINGRESP]]
