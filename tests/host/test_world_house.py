"""The house: what people do becomes the inputs that a panel sees, filtered, and at the right moments."""

import math
from typing import Any

import pytest

from hemlarm_simulator import house as plant
from hemlarm_simulator.clock import VirtualClock
from hemlarm_simulator.description import HouseDescription, SensorDescription
from hemlarm_simulator.house import House, UnknownNameError

FILTER_MS = 400
SENSORS = (
    SensorDescription("front-door", "door", zone=1, type="entry", area=1, home=True),
    SensorDescription("hall", "motion", zone=2, type="follower", area=1, home=False),
    SensorDescription("kitchen", "smoke", zone=3, type="fire", area=1, home=False),
)


class Bench:
    """A house on a clock moved by hand, and what it told its panel."""

    def __init__(self, filter_ms: int = FILTER_MS) -> None:
        self.clock = VirtualClock()
        self.inputs: list[tuple[int, tuple[Any, ...]]] = []
        description = HouseDescription("test", "en", 180, filter_ms, (), SENSORS, ())
        self.house = House(description, self.clock, self._take)

    def _take(self, *values: Any) -> None:
        self.inputs.append((self.clock.now_ms, values))

    def run_until(self, at_ms: int) -> None:
        while (next_ms := self.clock.schedule.next_ms()) is not None and next_ms <= at_ms:
            self.clock.now_ms = next_ms
            self.clock.schedule.fire_next()
        self.clock.now_ms = at_ms


def test_a_door_counts_as_open_when_it_stayed_open_for_the_filters_time() -> None:
    bench = Bench()
    bench.house.open("front-door")
    bench.run_until(FILTER_MS - 1)
    assert bench.inputs == []
    bench.run_until(10_000)
    assert bench.inputs == [(FILTER_MS, ("zone", 1, True))]
    assert bench.house.zones_open() == [1]


def test_a_rattling_door_is_not_told() -> None:
    bench = Bench()
    for at_ms in range(0, 2000, 100):
        bench.run_until(at_ms)
        bench.house.open("front-door")
        bench.run_until(at_ms + 50)
        bench.house.close("front-door")
    bench.run_until(10_000)
    assert bench.inputs == []


def test_opening_an_open_door_says_nothing_new() -> None:
    bench = Bench()
    for at_ms in (0, 300, 2000):
        bench.run_until(at_ms)
        bench.house.open("front-door")
    bench.run_until(10_000)
    assert bench.inputs == [(300 + FILTER_MS, ("zone", 1, True))]


def test_without_a_filter_a_change_is_told_at_once() -> None:
    bench = Bench(filter_ms=0)
    bench.house.open("front-door")
    bench.house.close("front-door")
    assert [values for _, values in bench.inputs] == [("zone", 1, True), ("zone", 1, False)]


def test_motion_is_told_once_however_long_somebody_moves() -> None:
    bench = Bench(filter_ms=0)
    for at_ms in (0, 1000, 2000):
        bench.run_until(at_ms)
        bench.house.move("hall")
    bench.run_until(20_000)
    assert bench.inputs == [(0, ("zone", 2, True)), (2000 + plant.MOTION_MS, ("zone", 2, False))]


def test_smoke_trips_when_the_chamber_has_filled_and_clears_when_it_has_emptied() -> None:
    bench = Bench(filter_ms=0)
    bench.house.smoke("kitchen", True)
    bench.run_until(60_000)
    bench.house.smoke("kitchen", False)
    bench.run_until(200_000)
    rise_ms = math.ceil(plant.SMOKE_TIME_CONSTANT_MS * math.log(1 / (1 - plant.SMOKE_TRIPS)))
    fall_ms = plant.SMOKE_TIME_CONSTANT_MS * math.log(1 / plant.SMOKE_CLEARS)
    (tripped_ms, tripped), (cleared_ms, cleared) = bench.inputs
    assert (tripped, cleared) == (("zone", 3, True), ("zone", 3, False))
    assert tripped_ms == rise_ms
    assert abs(cleared_ms - 60_000 - fall_ms) < 10


def test_a_puff_of_smoke_does_not_trip() -> None:
    bench = Bench(filter_ms=0)
    bench.house.smoke("kitchen", True)
    bench.run_until(1000)
    bench.house.smoke("kitchen", False)
    bench.run_until(100_000)
    assert bench.inputs == []


def test_smoke_that_comes_back_before_it_is_gone_stays_one_alarm() -> None:
    bench = Bench(filter_ms=0)
    for at_ms, burning in ((0, True), (20_000, False), (24_000, True), (60_000, False)):
        bench.run_until(at_ms)
        bench.house.smoke("kitchen", burning)
    bench.run_until(300_000)
    assert [values[2] for _, values in bench.inputs] == [True, False]


def test_a_quiet_house_plans_nothing() -> None:
    bench = Bench()
    bench.house.open("front-door")
    bench.house.move("hall")
    bench.house.smoke("kitchen", True)
    bench.run_until(100_000)
    assert bench.clock.schedule.next_ms() is None


@pytest.mark.parametrize(
    ("act", "complaint"),
    [
        (lambda house: house.open("frontdoor"), "'frontdoor' is no door or window here; .* did you mean front-door"),
        (lambda house: house.open("hall"), "'hall' is no door or window here"),
        (lambda house: house.move("kitchen"), "'kitchen' is no motion detector here; there are hall"),
        (lambda house: house.smoke("front-door", True), "'front-door' is no smoke detector here; there are kitchen"),
    ],
)
def test_a_name_that_is_not_in_the_house_is_told_with_those_that_are(act: Any, complaint: str) -> None:
    with pytest.raises(UnknownNameError, match=complaint):
        act(Bench().house)


def test_outputs_are_kept_and_go_dark_without_power() -> None:
    house = Bench().house
    house.show("siren", "fire")
    house.show("display", ["FIRE", "Zone 3"])
    house.show("lamp", ["armed", True])
    house.show("a part that this house has not", 1)
    assert (house.siren, house.display, house.lamps) == ("fire", ("FIRE", "Zone 3"), {"armed": True})
    house.dark()
    assert (house.siren, house.display, house.lamps) == ("off", ("", ""), {})
