"""Faults of the network and the broker: what they stop, what they lose, and that each is counted."""

import errno

from hemlarm_simulator.virtual.network import UNREACHABLE_MS
from virtual_network_bench import DELAY_MS, PANEL, NetworkBench, login, numbered


def logged_in() -> NetworkBench:
    bench = NetworkBench()
    bench.log_in()
    return bench


def test_all_three_parts_of_the_way_are_needed() -> None:
    for part in ("up", "router_on", "port_on"):
        bench = logged_in()
        setattr(bench.network, part, False)
        assert not bench.network.passing
        bench.say(b"held")
        bench.run()
        assert bench.arrived == []
        setattr(bench.network, part, True)
        bench.run()
        assert bench.arrived == [b"held"]


def test_one_part_that_returns_does_not_mend_another() -> None:
    bench = logged_in()
    bench.network.up = bench.network.router_on = False
    bench.say(b"held")
    bench.network.up = True
    bench.run()
    assert bench.arrived == []
    bench.network.router_on = True
    bench.run()
    assert bench.arrived == [b"held"]


def test_each_part_counts_when_it_goes_and_not_when_it_is_gone() -> None:
    bench = logged_in()
    for _ in range(2):
        bench.network.up = False
        bench.network.router_on = False
        bench.network.port_on = False
    bench.network.up = True
    bench.network.up = False
    assert bench.faults.counts == {"outage": 2, "router-off": 1, "port-off": 1}


def test_without_the_routers_power_a_new_connection_fails() -> None:
    bench = NetworkBench()
    bench.network.router_on = False
    bench.network.connect(PANEL, 1, bench.frames.append)
    bench.run(UNREACHABLE_MS)
    assert bench.frames == [["failed", 1, errno.EHOSTUNREACH]]


def test_a_reset_tells_both_ends_and_loses_what_is_on_its_way() -> None:
    bench = logged_in()
    bench.say(b"up")
    bench.answer(b"down")
    bench.network.drop_connection()
    bench.run()
    assert bench.arrived == []
    assert bench.frames == [["closed", 1]]
    assert bench.faults.counts == {"connection-reset": 1}
    bench.answer(b"nobody is there")
    bench.say(b"nobody is there")
    bench.run()
    assert (bench.arrived, bench.frames) == ([], [["closed", 1]])


def test_a_reset_without_a_connection_is_none() -> None:
    bench = NetworkBench()
    bench.network.drop_connection()
    bench.network.half_open()
    assert bench.faults.counts == {}


def test_a_connection_that_is_reset_while_it_opens_never_opens() -> None:
    bench = NetworkBench()
    bench.network.connect(PANEL, 1, bench.frames.append)
    bench.network.drop_connection()
    bench.run()
    assert bench.frames == [["closed", 1]]


def test_a_connection_whose_first_packet_vanishes_never_opens() -> None:
    bench = NetworkBench()
    bench.network.connect(PANEL, 1, bench.frames.append)
    bench.network.half_open()
    bench.network.send(PANEL, 1, login(PANEL))
    bench.say(b"into the void")
    bench.run()
    assert (bench.arrived, bench.frames) == ([], [])


def test_after_a_reset_the_next_connection_works() -> None:
    bench = logged_in()
    bench.network.drop_connection()
    bench.log_in(number=2)
    bench.say(b"again", number=2)
    bench.answer(b"welcome")
    bench.run()
    assert (bench.arrived, bench.heard()) == ([b"again"], [b"welcome"])


def test_a_half_open_connection_takes_everything_and_answers_nothing() -> None:
    bench = logged_in()
    bench.network.half_open()
    bench.network.half_open()
    bench.say(b"into the void")
    bench.answer(b"nobody is there")
    bench.run(3_600_000)
    assert (bench.arrived, bench.frames) == ([], [])
    assert bench.faults.counts == {"half-open": 1}
    bench.network.close(PANEL, 1)
    bench.log_in(number=2)
    bench.say(b"again", number=2)
    bench.run()
    assert bench.arrived == [b"again"]


def test_a_slower_network_takes_longer_and_keeps_the_order() -> None:
    bench = logged_in()
    bench.network.delay_ms = 5_000
    bench.say(b"first")
    bench.run(100)
    bench.network.delay_ms = DELAY_MS
    bench.say(b"second")
    bench.run(4_899)
    assert bench.arrived == []
    bench.run(1)
    assert bench.arrived == [b"first", b"second"]
    assert bench.faults.counts == {"slow-network": 1}


def test_jitter_scatters_arrivals_within_its_bound_and_never_reorders() -> None:
    bench = logged_in()
    bench.network.jitter_ms = 300
    arrivals = set()
    messages = numbered(30)
    for message in messages:
        began_ms = bench.clock.now_ms
        bench.say(message)
        while message not in bench.arrived:
            bench.run(1)
        arrivals.add(bench.clock.now_ms - began_ms)
    assert DELAY_MS <= min(arrivals) < max(arrivals) <= DELAY_MS + 300
    assert len(arrivals) > 20
    bench.say(*messages)
    bench.run()
    assert bench.arrived == [*messages, *messages]


def test_a_speed_that_nothing_travelled_at_was_no_fault() -> None:
    bench = logged_in()
    bench.network.delay_ms = 5_000
    bench.network.calm()
    bench.say(b"quick")
    bench.run(DELAY_MS)
    assert bench.arrived == [b"quick"]
    assert bench.faults.counts == {}


def test_calm_mends_the_line_and_leaves_the_power_of_router_and_port() -> None:
    bench = logged_in()
    bench.network.up = bench.network.router_on = bench.network.port_on = False
    bench.network.calm()
    assert (bench.network.up, bench.network.router_on, bench.network.port_on) == (True, False, False)


def test_a_wiped_broker_ends_sessions_and_refuses_until_it_is_back() -> None:
    bench = logged_in()
    bench.broker.wipe(10_000)
    bench.run()
    assert bench.frames == [["closed", 1]]
    bench.network.connect(PANEL, 2, bench.frames.append)
    bench.run()
    assert bench.frames[1:] == [["failed", 2, errno.ECONNREFUSED]]
    bench.run(8_000)
    bench.broker.listen(True)
    bench.log_in(number=3)
    bench.say(b"back", number=3)
    bench.run()
    assert bench.arrived == [b"back"]


def test_wipes_that_overlap_end_with_the_last_to_end() -> None:
    bench = NetworkBench()
    bench.broker.wipe(10_000)
    bench.broker.wipe(1_000)
    bench.run(9_999)
    assert not bench.broker.up
    bench.run(1)
    assert bench.broker.up


def test_nobody_hears_what_is_said_while_the_ingest_is_away() -> None:
    bench = logged_in()
    bench.broker.listen(False)
    bench.say(b"lost")
    bench.run()
    bench.broker.listen(True)
    bench.say(b"heard")
    bench.run()
    assert bench.arrived == [b"heard"]
    bench.broker.listen(False)
    bench.answer(b"from nobody")
    bench.run()
    assert bench.heard() == []
