"""What a way does to bytes: bandwidth, loss, waking, black holes, and what it counts by itself."""

import pytest

from hemlarm_protocol import path_names, topics
from hemlarm_simulator.chance import Chance
from hemlarm_simulator.modem.internet import Event
from hemlarm_simulator.virtual import mqtt_packets as mqtt
from hemlarm_simulator.virtual.mobile import PORT, SPEEDS, MobileNetwork, MobileSocket
from hemlarm_simulator.virtual.tls_stand_in import HANDSHAKE, RECORD, record
from hemlarm_simulator.virtual.way import HEADERS, RESENT_AFTER_MS, TAIL_MS
from virtual_network_bench import DELAY_MS, PANEL, NetworkBench, login, payload

HANDSHAKE_UP, HANDSHAKE_DOWN = HANDSHAKE[0] + HANDSHAKE[2], HANDSHAKE[1] + HANDSHAKE[3]


def logged_in() -> NetworkBench:
    bench = NetworkBench()
    bench.log_in()
    return bench


def took_ms(bench: NetworkBench, message: bytes) -> int:
    """How long a message is on its way up."""
    began_ms = bench.clock.now_ms
    bench.say(message)
    while message not in bench.arrived:
        bench.run(1)
        assert bench.clock.now_ms - began_ms < 600_000
    return bench.clock.now_ms - began_ms


# Black holes.


def test_a_black_hole_holds_everything_and_tells_nobody() -> None:
    bench = logged_in()
    bench.network.black_hole = True
    bench.say(b"held")
    bench.answer(b"held too")
    bench.run(3_600_000)
    assert (bench.arrived, bench.frames) == ([], [])
    assert bench.faults.counts == {"black-hole-ip": 1}
    bench.network.black_hole = False
    bench.run()
    assert (bench.arrived, bench.heard()) == ([b"held"], [b"held too"])


def test_a_connection_into_a_black_hole_hangs_and_opens_when_it_is_over() -> None:
    bench = NetworkBench()
    bench.network.black_hole = True
    bench.network.connect(PANEL, 1, bench.frames.append)
    bench.run(3_600_000)
    assert bench.frames == []
    bench.network.black_hole = False
    bench.run()
    assert bench.frames == [["connected", 1]]


def test_in_a_black_hole_and_an_outage_the_outage_is_told() -> None:
    bench = NetworkBench()
    bench.network.black_hole = True
    bench.network.up = False
    bench.network.connect(PANEL, 1, bench.frames.append)
    bench.run(10_000)
    assert bench.frames[0][:2] == ["failed", 1]


def test_calm_closes_a_black_hole_and_loses_nothing_more() -> None:
    bench = logged_in()
    bench.network.black_hole = True
    bench.network.loss_per_mille = 1_000
    bench.network.calm()
    assert took_ms(bench, b"through") == DELAY_MS


# Speed and loss.


def test_bytes_take_the_time_of_the_bandwidth_one_behind_the_other() -> None:
    bench = logged_in()
    bench.network.shape(bandwidth_bps=40_000, wake_ms=0)
    message = bytes(460)
    sent = len(mqtt.publish(topics.up(PANEL), message)) + HEADERS
    each_ms = -(-sent * 8_000 // 40_000)
    assert took_ms(bench, message) == DELAY_MS + each_ms
    bench.arrived.clear()
    bench.say(message, message, message)
    bench.run(DELAY_MS + 3 * each_ms - 1)
    assert len(bench.arrived) == 2
    bench.run(1)
    assert len(bench.arrived) == 3


def test_both_directions_have_the_bandwidth_to_themselves() -> None:
    bench = logged_in()
    bench.network.shape(bandwidth_bps=8_000, wake_ms=0)
    bench.say(bytes(1_000))
    bench.answer(b"short")
    bench.run(DELAY_MS + 150)
    assert bench.heard() == [b"short"]
    assert bench.arrived == []


def test_a_radio_that_sleeps_wakes_first() -> None:
    bench = logged_in()
    bench.network.shape(bandwidth_bps=0, wake_ms=300)
    assert took_ms(bench, b"soon after the login") == DELAY_MS
    bench.run(TAIL_MS - DELAY_MS - 1)
    assert took_ms(bench, b"in time") == DELAY_MS
    bench.run(TAIL_MS)
    assert took_ms(bench, b"too late") == DELAY_MS + 300


def test_what_is_lost_comes_later_and_in_order() -> None:
    bench = logged_in()
    bench.network.loss_per_mille = 500
    messages = [b"message %03d" % number for number in range(100)]
    times = [took_ms(bench, message) for message in messages]
    assert bench.arrived == messages
    assert times.count(DELAY_MS) in range(30, 70)
    assert times.count(DELAY_MS + RESENT_AFTER_MS) in range(10, 40)
    assert times.count(DELAY_MS + 3 * RESENT_AFTER_MS) in range(4, 30)
    assert bench.faults.counts["packet-lost"] >= 50


# What it counts.


def test_it_counts_what_went_each_way_and_how_long_a_radio_would_be_on() -> None:
    bench = NetworkBench()
    bench.log_in()
    up, down = len(login(PANEL)), 4 + 5
    assert (bench.network.use.bytes_up, bench.network.use.bytes_down) == (up, down)
    assert bench.network.use.connections == 1
    connected_ms = bench.network.use.air_ms(bench.clock.now_ms)
    assert connected_ms == bench.clock.now_ms
    bench.run(60_000)
    used_ms = bench.network.use.air_ms(bench.clock.now_ms)
    assert used_ms in range(TAIL_MS, TAIL_MS + 4 * DELAY_MS + 1)
    bench.say(b"x")
    bench.run(60_000)
    assert bench.network.use.air_ms(bench.clock.now_ms) == used_ms + TAIL_MS


def test_with_tls_the_fixed_line_counts_its_bytes_and_takes_its_round_trips() -> None:
    bench = NetworkBench()
    bench.network.use_tls()
    bench.network.connect(PANEL, 1, bench.frames.append)
    bench.run(6 * DELAY_MS - 1)
    assert bench.frames == []
    bench.run(1)
    assert bench.frames == [["connected", 1]]
    use = bench.network.use
    assert (use.bytes_up, use.bytes_down) == (HANDSHAKE_UP, HANDSHAKE_DOWN)
    bench.network.send(PANEL, 1, login(PANEL))
    bench.run()
    assert use.bytes_up == HANDSHAKE_UP + len(login(PANEL)) + RECORD
    assert use.bytes_down == HANDSHAKE_DOWN + 4 + RECORD + 5 + RECORD


def test_with_tls_a_broker_that_is_away_refuses_as_ever() -> None:
    bench = NetworkBench()
    bench.network.use_tls()
    bench.broker.wipe(10_000)
    bench.network.connect(PANEL, 1, bench.frames.append)
    bench.run(2 * DELAY_MS)
    assert bench.frames[0][:2] == ["failed", 1]


# The modem's way.


class MobileBench(NetworkBench):
    """The mobile network to the same broker, and what came to the modem's sockets."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Event] = []
        self.mobile = MobileNetwork(
            self.clock, self.broker, self.ledger, PANEL, self.faults, Chance(1, "mobile network")
        )

    def open(self, port: int = PORT) -> MobileSocket:
        return self.mobile.open("broker", port, self.events.append)

    def shake_hands(self) -> MobileSocket:
        """A connection that is ready for records."""
        socket = self.open()
        self.run(5_000)
        socket.send(bytes(HANDSHAKE[0]))
        self.run(5_000)
        socket.send(bytes(HANDSHAKE[2]))
        self.run(5_000)
        assert self.events == [("connected",), ("data", bytes(HANDSHAKE[1])), ("data", bytes(HANDSHAKE[3]))]
        self.events.clear()
        return socket


def test_the_modems_connection_shakes_hands_logs_in_by_its_own_name_and_carries_messages() -> None:
    bench = MobileBench()
    bench.log_in()
    socket = bench.shake_hands()
    name = path_names.client_id(PANEL, path_names.MOBILE).encode()
    hello = login(PANEL).replace(PANEL.encode(), name, 1)
    hello = bytes([hello[0], hello[1] + 2]) + hello[2:12] + bytes([0, len(name)]) + hello[14:]
    socket.send(record(0, hello))
    bench.run()
    bench.events.clear()
    bench.answer(b"to both")
    socket.send(record(1, mqtt.publish(topics.up(PANEL), b"over the air")))
    bench.run()
    assert bench.arrived == [b"over the air"]
    assert [payload(event[1][RECORD:]) for event in bench.events] == [b"to both"]
    assert bench.heard() == [b"to both"]


@pytest.mark.parametrize("changed", [record(1, b"x"), record(0, b"x")[:-1] + b"y", b"\x17\x03\x03\x00\x00"])
def test_the_stand_in_for_tls_notices_whatever_happens_to_its_records(changed: bytes) -> None:
    bench = MobileBench()
    bench.shake_hands().send(changed)
    bench.run()
    assert bench.events == [("closed",)]


def test_on_a_wrong_port_nobody_answers() -> None:
    bench = MobileBench()
    bench.open(port=1883)
    bench.run()
    assert bench.events == [("failed", "refused")]


@pytest.mark.parametrize("technology", SPEEDS)
def test_each_technology_has_its_speed(technology: str) -> None:
    bench = MobileBench()
    bench.mobile.technology = technology
    bandwidth_bps, delay_ms, wake_ms = SPEEDS[technology]
    bench.open()
    packet_ms = -(-HEADERS * 8_000 // bandwidth_bps)
    bench.run(wake_ms + 2 * (delay_ms + packet_ms) - 1)
    assert bench.events == []
    bench.run(1)
    assert bench.events == [("connected",)]


def test_what_befalls_the_mobile_network_shows_in_its_cell_and_is_counted() -> None:
    bench = MobileBench()
    mobile = bench.mobile
    mobile.up = False
    assert mobile.cell.lets_register == "none"
    mobile.data = False
    assert not mobile.cell.packet_service
    mobile.jammed = True
    assert mobile.cell.jammed
    mobile.black_hole = True
    mobile.calm()
    assert (mobile.up, mobile.data, mobile.jammed, mobile.black_hole, mobile.passing) == (
        True,
        True,
        False,
        False,
        True,
    )
    assert (mobile.cell.lets_register, mobile.cell.packet_service, mobile.cell.jammed) == ("home", True, False)
    counted = ("mobile-outage", "mobile-data-off", "mobile-jammed", "black-hole-mobile")
    assert bench.faults.counts == dict.fromkeys(counted, 1)


def test_a_modem_that_lost_its_power_leaves_the_broker_to_find_out() -> None:
    bench = MobileBench()
    socket = bench.shake_hands()
    socket.lose()
    socket.send(record(0, b"nobody is there"))
    bench.run()
    assert bench.events == []
