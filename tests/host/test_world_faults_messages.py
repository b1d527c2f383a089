"""Messages that are lost, repeated, held up and damaged: as many as were ordered, for as long, and each counted."""

import pytest

from hemlarm_simulator.virtual.disturbance import LATE_MS_MAX, UnknownDisturbanceError
from hemlarm_simulator.virtual.faults import MESSAGE_KINDS
from virtual_network_bench import PANEL, NetworkBench, numbered

HOUR_MS = 3_600_000
MESSAGES = numbered(200)


def said(kind: str, per_mille: int = 1000, seed: int = 1, direction: str = "up") -> tuple[NetworkBench, list[bytes]]:
    """What arrives of MESSAGES, said one a second under an order of an hour."""
    bench = NetworkBench(seed)
    bench.log_in()
    bench.disturbances[direction].order(kind, HOUR_MS, per_mille)
    for message in MESSAGES:
        bench.say(message) if direction == "up" else bench.answer(message)
        bench.run(1_000)
    bench.run(LATE_MS_MAX)
    return bench, bench.arrived if direction == "up" else bench.heard()


@pytest.mark.parametrize("direction", ["up", "down"])
@pytest.mark.parametrize("kind", MESSAGE_KINDS)
def test_only_the_kind_and_the_direction_that_were_ordered_happen(kind: str, direction: str) -> None:
    bench, arrived = said(kind, 500, direction=direction)
    assert list(bench.faults.counts) == [f"{kind}-{direction}"]
    assert 70 < bench.faults.counts[f"{kind}-{direction}"] < 130
    assert arrived != MESSAGES
    bench.say(b"the other way")
    bench.answer(b"the other way")
    bench.run(1_000)
    assert b"the other way" in (bench.heard() if direction == "up" else bench.arrived)


def test_what_is_lost_does_not_arrive_and_all_else_does() -> None:
    bench, arrived = said("lose", 300)
    assert len(arrived) == len(MESSAGES) - bench.faults.counts["lose-up"]
    assert arrived == [message for message in MESSAGES if message in arrived]


def test_what_is_repeated_arrives_twice_the_second_time_later() -> None:
    _, arrived = said("duplicate")
    assert sorted(arrived) == sorted([*MESSAGES, *MESSAGES])
    assert [message for at, message in enumerate(arrived) if message not in arrived[:at]] == MESSAGES


def test_what_is_held_up_arrives_late_and_is_overtaken() -> None:
    _, arrived = said("delay")
    assert sorted(arrived) == MESSAGES
    assert arrived != MESSAGES


def test_damage_turns_a_bit_cuts_the_end_off_or_adds_to_it() -> None:
    _, arrived = said("corrupt")
    assert len(arrived) == len(MESSAGES)
    turned = [(a, b) for a, b in zip(arrived, MESSAGES, strict=True) if len(a) == len(b)]
    cut = [(a, b) for a, b in zip(arrived, MESSAGES, strict=True) if len(a) < len(b)]
    grown = [(a, b) for a, b in zip(arrived, MESSAGES, strict=True) if len(a) > len(b)]
    assert min(len(turned), len(cut), len(grown)) > 40
    bits = [int.from_bytes(a, "big") ^ int.from_bytes(b, "big") for a, b in turned]
    assert {bit.bit_count() for bit in bits} == {1}
    assert all(whole.startswith(part) for part, whole in cut)
    assert all(part.startswith(whole) for part, whole in grown)


def test_an_order_ends_with_its_time() -> None:
    bench = NetworkBench()
    bench.log_in()
    bench.disturbances["up"].order("lose", 1_000, 1000)
    bench.say(b"lost")
    bench.run(1_000)
    bench.say(b"heard")
    bench.run(1_000)
    assert bench.arrived == [b"heard"]
    assert bench.faults.counts == {"lose-up": 1}


def test_orders_of_several_kinds_go_together() -> None:
    bench = NetworkBench()
    bench.log_in()
    for kind in ("corrupt", "duplicate", "delay"):
        bench.disturbances["up"].order(kind, HOUR_MS, 1000)
    bench.say(b"message")
    bench.run(LATE_MS_MAX + 1_000)
    assert len(bench.arrived) == 2
    assert bench.arrived[0] == bench.arrived[1] != b"message"
    assert bench.faults.counts == {"corrupt-up": 1, "duplicate-up": 1, "delay-up": 1}


def test_an_order_of_nothing_does_nothing() -> None:
    bench, arrived = said("lose", 0)
    assert arrived == MESSAGES
    assert bench.faults.counts == {}


def test_what_was_held_up_for_a_connection_that_is_gone_is_lost() -> None:
    bench = NetworkBench()
    bench.log_in()
    bench.disturbances["down"].order("delay", HOUR_MS, 1000)
    bench.answer(b"for the old session")
    bench.log_in(number=2)
    told: list[str] = []
    bench.ledger.watch(lambda at_ms, kind, values: told.append(kind))
    bench.run(LATE_MS_MAX + 1_000)
    assert bench.heard() == []
    assert told == []


def test_what_nobody_would_have_heard_is_not_lost() -> None:
    bench = NetworkBench()
    for direction in ("up", "down"):
        bench.disturbances[direction].order("lose", HOUR_MS, 1000)
    bench.network.connect(PANEL, 1, bench.frames.append)
    bench.run()
    bench.answer(b"before it has subscribed")
    bench.broker.listen(False)
    bench.log_in(number=2)
    bench.say(b"while the ingest is away", number=2)
    bench.run()
    assert bench.faults.counts == {}


def test_what_was_held_up_for_an_ingest_that_died_is_lost() -> None:
    bench = NetworkBench()
    bench.log_in()
    bench.disturbances["up"].order("delay", HOUR_MS, 1000)
    bench.say(b"for the old subscription")
    bench.run(30)
    bench.broker.listen(False)
    bench.broker.listen(True)
    bench.run(LATE_MS_MAX)
    assert bench.arrived == []


def test_one_seed_disturbs_the_same_messages() -> None:
    assert said("lose", 300, seed=5)[1] == said("lose", 300, seed=5)[1] != said("lose", 300, seed=6)[1]


def test_damage_is_told_with_what_was_said_and_what_became_of_it() -> None:
    bench = NetworkBench()
    bench.log_in()
    told: list[tuple[object, ...]] = []
    bench.ledger.watch(lambda at_ms, kind, values: told.append(values) if kind == "fault" else None)
    bench.disturbances["up"].order("corrupt", HOUR_MS, 1000)
    bench.say(b"message")
    bench.run()
    assert told == [("corrupt-up", b"message", bench.arrived[0])]


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UnknownDisturbanceError, match="'eat' is none of lose, duplicate, delay, corrupt"):
        NetworkBench().disturbances["up"].order("eat", 1, 1)
