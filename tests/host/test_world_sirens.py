"""Sirens: the edges of each pattern, how long they sounded, and that no pattern is taken for another."""

from itertools import pairwise

import pytest

from bench import Bench
from hemlarm_installer import firmware_code
from hemlarm_simulator.plants.sirens import Siren
from hemlarm_simulator.scenario_expectations import _HEARD, _is_pattern

PATTERNS: dict[str, tuple[int, ...]] = firmware_code.load("hemlarm_firmware.sounds").PATTERNS


def lengths(bench: Bench, since_ms: int = 0) -> list[int]:
    edges = bench.house.indoor.edges(since_ms)
    return [later - sooner for (sooner, _), (later, _) in pairwise(edges)]


def test_fire_is_temporal_3() -> None:
    bench = Bench()
    bench.run_until(1000)
    bench.house.show("siren", "fire")
    bench.run_until(9000)
    assert bench.house.indoor.edges(0)[0] == (1000, True)
    assert lengths(bench) == [500, 500, 500, 500, 500, 1500] + [500] * 5
    assert bench.clock.schedule.next_ms() is None


def test_intrusion_sounds_without_a_pause_until_it_is_off() -> None:
    bench = Bench()
    bench.house.show("siren", "intrusion")
    bench.run_until(180_000)
    bench.house.show("siren", "off")
    bench.run_until(200_000)
    assert bench.house.indoor.edges(0) == [(0, True), (180_000, False)]
    assert bench.house.indoor.sounded_ms() == 180_000


def test_no_two_sounds_can_be_mistaken() -> None:
    assert set(PATTERNS) == {"intrusion", "fire", "co", "hold-up"}
    assert len(set(PATTERNS.values())) == len(PATTERNS)
    assert all(len(pattern) % 2 == 0 and all(ms > 0 for ms in pattern) for pattern in PATTERNS.values())


def test_one_sound_taken_over_by_another_ends_in_the_middle_of_its_pattern() -> None:
    bench = Bench()
    for at_ms, sound in ((0, "fire"), (700, "intrusion"), (2000, "fire"), (2000, "off"), (2500, "off")):
        bench.run_until(at_ms)
        bench.house.show("siren", sound)
    bench.run_until(3000)
    assert bench.house.indoor.edges(0) == [(0, True), (500, False), (700, True), (2000, False)]
    assert bench.house.indoor.sounded_ms() == 2000


def test_a_siren_that_still_sounds_is_counted_until_now() -> None:
    bench = Bench()
    siren = Siren(bench.clock)
    assert (siren.sound, siren.sounded_ms(), siren.edges(0)) == ("off", 0, [])
    siren.play("co")
    bench.run_until(60_000)
    assert siren.sounded_ms() == 60_000


@pytest.mark.parametrize("begin_ms", range(0, 6000, 250))
@pytest.mark.parametrize(("sound", "signal"), [("fire", "temporal-3"), ("co", "temporal-4")])
def test_a_signal_is_known_from_wherever_one_listens(sound: str, signal: str, begin_ms: int) -> None:
    bench = Bench()
    bench.house.show("siren", sound)
    pattern = _HEARD[signal]
    bench.run_until(20_000 + begin_ms)
    edges = bench.house.indoor.edges(bench.clock.now_ms - 2 * sum(pattern))
    heard = lengths(bench, bench.clock.now_ms - 2 * sum(pattern))
    assert _is_pattern(heard, edges[0][1], pattern)
    for other in _HEARD.values():
        assert _is_pattern(heard, edges[0][1], other) == (other == pattern)


def test_what_only_resembles_a_signal_is_none() -> None:
    pattern = _HEARD["temporal-3"]
    assert _is_pattern([500, 1500, *pattern], True, pattern)
    assert not _is_pattern([500, 1500, *pattern], False, pattern)
    assert not _is_pattern([500] * 12, True, pattern)
    assert not _is_pattern([500] * 4, True, pattern)
