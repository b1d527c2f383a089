"""The house: what people do becomes the inputs that a panel sees, filtered, and at the right moments."""

import math
from itertools import pairwise
from typing import Any

import pytest

from bench import Bench, sensor
from hemlarm_simulator.names import UnknownNameError
from hemlarm_simulator.plants.detectors import MOTION_MS, PRESS_MS, Smoke

FILTER_MS = 400
SENSORS = (sensor("front-door", "door", 1), sensor("hall", "motion", 2), sensor("kitchen", "smoke", 3))


def house(filter_ms: int = 0) -> Bench:
    return Bench(*SENSORS, filter_ms=filter_ms)


def test_a_door_counts_as_open_when_it_stayed_open_for_the_filters_time() -> None:
    bench = house(FILTER_MS)
    bench.house.open("front-door")
    bench.run_until(FILTER_MS - 1)
    assert bench.inputs == []
    bench.run_until(10_000)
    assert bench.inputs == [(FILTER_MS, ("zone", 1, True))]
    assert bench.house.start_values() == ([1], [])


def test_a_rattling_door_is_not_told() -> None:
    bench = house(FILTER_MS)
    for at_ms in range(0, 2000, 100):
        bench.run_until(at_ms)
        bench.house.open("front-door")
        bench.run_until(at_ms + 50)
        bench.house.close("front-door")
    bench.run_until(10_000)
    assert bench.inputs == []


def test_opening_an_open_door_says_nothing_new() -> None:
    bench = house(FILTER_MS)
    for at_ms in (0, 300, 2000):
        bench.run_until(at_ms)
        bench.house.open("front-door")
    bench.run_until(10_000)
    assert bench.inputs == [(300 + FILTER_MS, ("zone", 1, True))]


def test_without_a_filter_a_change_is_told_at_once() -> None:
    bench = house()
    bench.house.open("front-door")
    bench.house.close("front-door")
    assert [values for _, values in bench.inputs] == [("zone", 1, True), ("zone", 1, False)]


def test_motion_is_told_once_however_long_somebody_moves() -> None:
    bench = house()
    for at_ms in (0, 1000, 2000):
        bench.run_until(at_ms)
        bench.house.move("hall")
    bench.run_until(20_000)
    assert bench.inputs == [(0, ("zone", 2, True)), (2000 + MOTION_MS, ("zone", 2, False))]


def test_smoke_trips_when_the_chamber_has_filled_and_clears_when_it_has_emptied() -> None:
    bench = house()
    bench.house.smoke("kitchen", True)
    bench.run_until(60_000)
    bench.house.smoke("kitchen", False)
    bench.run_until(200_000)
    rise_ms = math.ceil(Smoke.time_constant_ms * math.log(1 / (1 - Smoke.trips)))
    fall_ms = Smoke.time_constant_ms * math.log(1 / Smoke.clears)
    (tripped_ms, tripped), (cleared_ms, cleared) = bench.inputs
    assert (tripped, cleared) == (("zone", 3, True), ("zone", 3, False))
    assert tripped_ms == rise_ms
    assert abs(cleared_ms - 60_000 - fall_ms) < 10


def test_a_puff_of_smoke_does_not_trip() -> None:
    bench = house()
    bench.house.smoke("kitchen", True)
    bench.run_until(1000)
    bench.house.smoke("kitchen", False)
    bench.run_until(100_000)
    assert bench.inputs == []


def test_smoke_that_comes_back_before_it_is_gone_stays_one_alarm() -> None:
    bench = house()
    for at_ms, burning in ((0, True), (20_000, False), (24_000, True), (60_000, False)):
        bench.run_until(at_ms)
        bench.house.smoke("kitchen", burning)
    bench.run_until(300_000)
    assert [values[2] for _, values in bench.inputs] == [True, False]


def test_a_quiet_house_plans_nothing() -> None:
    bench = house(FILTER_MS)
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
        act(house().house)


def test_outputs_are_kept_and_go_dark_without_power() -> None:
    seen = house().house
    seen.show("siren", "fire")
    seen.show("outdoor", "intrusion")
    seen.show("display", ["FIRE", "Zone 3"])
    seen.show("lamp", ["armed", True])
    seen.show("buzzer", "entry")
    seen.show("a part that this house has not", 1)
    assert (seen.siren, seen.display, seen.lamps) == ("fire", ("FIRE", "Zone 3"), {"armed": True})
    assert (seen.outdoor.sound, seen.keypad.buzzer) == ("intrusion", "entry")
    seen.lose_power()
    assert (seen.siren, seen.display, seen.lamps) == ("off", ("", ""), {})
    assert (seen.outdoor.sound, seen.keypad.buzzer) == ("off", "off")


def test_a_button_is_held_for_a_moment() -> None:
    bench = Bench(sensor("desk", "button"))
    bench.house.press("desk")
    bench.run_until(10_000)
    assert bench.inputs == [(0, ("zone", 1, True)), (PRESS_MS, ("zone", 1, False))]


def test_the_button_on_a_wired_detector_is_told() -> None:
    bench = house()
    bench.house.press("kitchen")
    assert bench.values() == [("button", 3)]


def test_a_lid_is_opened_and_a_component_taken_down() -> None:
    bench = Bench(sensor("panel-lid", "tamper", 1), sensor("hall", "motion", 2))
    for off in (True, False):
        bench.house.dismount("panel-lid", off)
        bench.house.dismount("hall", off)
    bench.house.open("panel-lid")
    assert bench.values() == [
        ("zone", 1, True),
        ("zone", 2, True),
        ("zone", 1, False),
        ("zone", 2, False),
        ("zone", 1, True),
    ]


def test_water_is_told_while_it_is_there() -> None:
    bench = Bench(sensor("dishwasher", "water"))
    bench.house.water("dishwasher", True)
    bench.house.water("dishwasher", False)
    assert bench.values() == [("zone", 1, True), ("zone", 1, False)]


def test_keys_come_one_after_the_other_and_two_people_do_not_mix_them() -> None:
    bench = house()
    bench.house.enter_code("12", "away")
    bench.house.enter_code("3", "off")
    assert bench.values() == [("key", "1")]
    bench.run_until(1000)
    assert bench.values() == [("key", key) for key in ("1", "2", "away", "3", "off")]
    times = [at_ms for at_ms, _ in bench.inputs]
    assert len({later - sooner for sooner, later in pairwise(times)}) == 1


def test_a_tag_is_told_with_its_number() -> None:
    bench = house()
    bench.house.keypad.hold_tag(b"1234")
    assert bench.values() == [("tag", b"1234")]


def test_single_beeps_are_counted_and_leave_the_lasting_sound() -> None:
    bench = house()
    keypad = bench.house.keypad
    for at_ms, sound in ((0, "exit"), (100, "error"), (200, "chime"), (300, "exit-last")):
        bench.run_until(at_ms)
        bench.house.show("buzzer", sound)
    assert keypad.buzzer == "exit-last"
    assert keypad.beeps == [(100, "error"), (200, "chime")]


@pytest.mark.parametrize(("kind", "seen"), [("motion", True), ("camera", True), ("pet-motion", False)])
def test_a_cat_is_seen_by_those_that_do_not_know_of_pets(kind: str, seen: bool) -> None:
    bench = Bench(sensor("hall", kind), pets=(4.0,))
    bench.house.animal("hall")
    assert bool(bench.inputs) == seen


@pytest.mark.parametrize(("mass_kg", "seen"), [(19.9, False), (20.0, True)])
def test_a_pet_immune_detector_sees_what_is_as_heavy_as_a_child(mass_kg: float, seen: bool) -> None:
    bench = Bench(sensor("hall", "pet-camera"))
    bench.house.animal("hall", mass_kg)
    assert bool(bench.inputs) == seen


def test_the_heaviest_animal_of_the_house_walks_by() -> None:
    bench = Bench(sensor("hall", "pet-motion"), pets=(3.0, 30.0))
    bench.house.animal("hall")
    assert bench.inputs


def test_a_camera_flashes_in_the_dark_only() -> None:
    bench = Bench(sensor("hall", "camera", 4), sensor("study", "camera", 5))
    bench.house.show("camera", [4, "flash"])
    assert bench.house.flashes("hall") == 0
    bench.house.dark = True
    bench.house.show("camera", [4, "flash"])
    bench.house.show("camera", [6, "flash"])
    assert (bench.house.flashes("hall"), bench.house.flashes("study")) == (1, 0)
