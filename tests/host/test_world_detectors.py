"""Fire, gas and heat: when detectors trip and clear, their own sounders, and those that hold their alarm."""

import math

import pytest

from bench import Bench, sensor
from hemlarm_simulator.clock import VirtualClock
from hemlarm_simulator.plants.detectors import CarbonMonoxide, Heat, LevelDetector, Smoke
from hemlarm_simulator.plants.level import Level

MINUTE_MS = 60_000


@pytest.mark.parametrize(("ppm", "from_min", "to_min"), [(30, None, None), (50, 60, 90), (100, 10, 40), (300, 0, 3)])
def test_carbon_monoxide_trips_within_the_standards_gates(ppm: float, from_min: int | None, to_min: int) -> None:
    bench = Bench(sensor("stove", "co"))
    detector = bench.house._detectors["stove"]
    assert isinstance(detector, CarbonMonoxide)
    detector.expose(ppm)
    bench.run_until(24 * 60 * MINUTE_MS)
    if from_min is None:
        assert bench.inputs == []
    else:
        ((at_ms, values),) = bench.inputs
        assert values == ("zone", 1, True)
        assert from_min * MINUTE_MS <= at_ms <= to_min * MINUTE_MS


def test_heat_trips_at_58_degrees_and_at_no_warm_day() -> None:
    bench = Bench(sensor("boiler", "heat"))
    bench.house.heat("boiler", 57)
    bench.run_until(60 * MINUTE_MS)
    assert bench.inputs == []
    bench.house.heat("boiler", 96)
    expected_ms = Heat.time_constant_ms * math.log((96 - 57) / (96 - 58))
    bench.run_until(61 * MINUTE_MS)
    ((at_ms, _),) = bench.inputs
    assert at_ms == pytest.approx(60 * MINUTE_MS + expected_ms, abs=2)
    bench.house.heat("boiler", 20)
    bench.run_until(90 * MINUTE_MS)
    assert bench.values() == [("zone", 1, True), ("zone", 1, False)]


def test_a_level_never_tells_the_same_twice() -> None:
    clock = VirtualClock()
    told: list[bool] = []
    level = Level(clock, 1000, 10, 5, told.append)
    for at_ms, target in ((0, 20), (5000, 20), (6000, 7), (12_000, 20), (15_000, 0), (16_000, 0), (30_000, 4)):
        while (next_ms := clock.schedule.next_ms()) is not None and next_ms <= at_ms:
            clock.now_ms = next_ms
            clock.schedule.fire_next()
        clock.now_ms = at_ms
        level.towards(target)
    assert told == [True, False]
    assert level.value() == pytest.approx(0, abs=1e-3)


def test_a_detectors_own_sounder_is_hushed_by_its_button_for_ten_minutes() -> None:
    bench = Bench(sensor("kitchen", "smoke"))
    house = bench.house
    assert not house.sounding("kitchen")
    house.smoke("kitchen", True)
    bench.run_until(MINUTE_MS)
    assert house.sounding("kitchen")
    house.press("kitchen")
    assert not house.sounding("kitchen")
    bench.run_until(MINUTE_MS + LevelDetector.HUSH_MS - 1)
    assert not house.sounding("kitchen")
    bench.run_until(MINUTE_MS + LevelDetector.HUSH_MS)
    assert house.sounding("kitchen")
    house.smoke("kitchen", False)
    bench.run_until(20 * MINUTE_MS)
    assert not house.sounding("kitchen")


def test_a_button_pressed_before_the_smoke_hushes_nothing() -> None:
    bench = Bench(sensor("kitchen", "smoke"))
    bench.house.press("kitchen")
    bench.house.smoke("kitchen", True)
    bench.run_until(MINUTE_MS)
    assert bench.house.sounding("kitchen")


def test_a_second_fire_sounds_within_the_hush_of_the_first() -> None:
    bench = Bench(sensor("kitchen", "smoke"))
    bench.house.smoke("kitchen", True)
    bench.run_until(MINUTE_MS)
    bench.house.press("kitchen")
    bench.house.smoke("kitchen", False)
    bench.run_until(3 * MINUTE_MS)
    bench.house.smoke("kitchen", True)
    bench.run_until(4 * MINUTE_MS)
    assert bench.house.sounding("kitchen")


def latching() -> Bench:
    """A latching smoke detector that has tripped, and whose smoke has gone."""
    bench = Bench(sensor("kitchen", "smoke", 3, wiring="5k6", latching=True))
    bench.house.smoke("kitchen", True)
    bench.run_until(MINUTE_MS)
    bench.house.smoke("kitchen", False)
    bench.run_until(5 * MINUTE_MS)
    return bench


def test_a_latching_detector_holds_its_alarm_when_the_smoke_has_gone() -> None:
    bench = latching()
    assert len(bench.inputs) == 1
    assert bench.house.sounding("kitchen")


@pytest.mark.parametrize(("without_ms", "forgotten"), [(4_999, False), (5_000, True)])
def test_five_seconds_without_power_make_it_forget(without_ms: int, forgotten: bool) -> None:
    bench = latching()
    bench.house.show("loop", [3, False])
    assert not bench.house.sounding("kitchen")
    bench.run_until(5 * MINUTE_MS + without_ms)
    bench.house.show("loop", [3, True])
    assert bench.house.sounding("kitchen") != forgotten
    assert len(bench.inputs) == (2 if forgotten else 3)


def test_after_a_reset_smoke_that_is_still_there_trips_again_and_holds() -> None:
    bench = latching()
    bench.house.smoke("kitchen", True)
    bench.run_until(6 * MINUTE_MS)
    bench.house.show("loop", [3, False])
    bench.run_until(7 * MINUTE_MS)
    bench.house.show("loop", [3, True])
    bench.house.smoke("kitchen", False)
    bench.run_until(20 * MINUTE_MS)
    assert bench.house.sounding("kitchen")
    assert len({values[2] for values in bench.values()}) == 2


def test_smoke_that_is_nearly_gone_does_not_trip_a_detector_that_has_just_started() -> None:
    bench = Bench(sensor("kitchen", "smoke", 3, wiring="5k6", latching=True))
    bench.house.smoke("kitchen", True)
    bench.run_until(7_000)
    bench.house.smoke("kitchen", False)
    bench.house.show("loop", [3, False])
    bench.run_until(12_000)
    bench.house.show("loop", [3, True])
    bench.run_until(MINUTE_MS)
    assert not bench.house.sounding("kitchen")
    assert len(bench.inputs) == 2


def test_a_panel_without_power_gives_its_loops_none() -> None:
    bench = latching()
    bench.house.lose_power()
    assert not bench.house.sounding("kitchen")
    bench.run_until(6 * MINUTE_MS)
    bench.house.regain_power()
    assert not bench.house.sounding("kitchen")
    (_, ohms), *_ = bench.house.start_values()[1]
    assert ohms > 5_000


def test_a_detector_without_latch_needs_no_reset() -> None:
    bench = Bench(sensor("kitchen", "smoke", 3, wiring="5k6"))
    bench.house.smoke("kitchen", True)
    bench.run_until(MINUTE_MS)
    bench.house.smoke("kitchen", False)
    bench.run_until(5 * MINUTE_MS)
    assert len(bench.inputs) == 2
    assert Smoke.RESET_MS == 5_000
