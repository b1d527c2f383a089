"""Sequences that the property test found to go wrong once, each as short as it can be told."""

from hemlarm_firmware.panel import inputs
from panel_house import BEDROOM, CODE, ENTRY_MS, FRONT_DOOR, HALL, HEAT, WINDOW, House

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

REST, OPEN, CUT = 2200, 6900, inputs.OPEN_OHMS
LOOP_REST, LOOP_LATCHED = 5600, 30
ALARMS = (1130, 1132, 1134, 1139)


def house_with(zone: int, **fields: "Any") -> House:
    """A house in which one zone has these fields too."""
    house = House()
    for item in house.config["zones"]:
        if item["number"] == zone:
            item.update(fields)
    house.start()
    return house


def alarms(house: House) -> "list[tuple[int, int]]":
    """The burglary alarms and their confirmations, with their zones."""
    return [event for event in house.events() if event[0] in ALARMS]


def test_a_door_open_since_the_entry_does_not_confirm_its_own_alarm_at_a_restart() -> None:
    house = House()
    house.config["areas"][0]["confirm_s"] = 300
    house.start()
    house.arms()
    house.opens(FRONT_DOOR)
    house.passes(ENTRY_MS - 1)
    house.forget()
    house.restart()
    assert alarms(house) == [(1134, FRONT_DOOR)]


def test_motion_that_lasts_since_the_entry_is_no_trip_at_a_restart() -> None:
    house = House()
    house.arms()
    house.opens(FRONT_DOOR, HALL)
    house.passes(ENTRY_MS - 1)
    house.forget()
    house.restart()
    assert alarms(house) == [(1134, FRONT_DOOR)]


def test_a_window_opened_while_the_panel_was_down_takes_no_leaver_for_a_burglar() -> None:
    house = house_with(BEDROOM, type="follower", sensor="motion")
    house.opens(BEDROOM)
    house.keys(CODE, "away")
    house.forget()
    house.restart(WINDOW)
    assert alarms(house) == [(1130, WINDOW)]


def test_a_forced_sensor_that_is_whole_again_but_open_stays_bypassed() -> None:
    house = house_with(WINDOW, radio=b"wind", key=b"k" * 16)
    house.says("sensor", WINDOW, inputs.SENSOR_TAMPER, None)
    house.keys(CODE, "away")
    house.press("ok")
    house.forget()
    house.says("sensor", WINDOW, inputs.SENSOR_OPEN, None)
    assert house.events() == [(3144, WINDOW)]
    house.says("sensor", WINDOW, 0, None)
    assert house.events() == [(3144, WINDOW), (3570, WINDOW)]


def test_a_forced_line_that_is_mended_but_open_stays_bypassed() -> None:
    house = house_with(WINDOW, wiring="2k2/4k7")
    house.says("line", WINDOW, CUT)
    house.passes(1000)
    house.keys(CODE, "away")
    house.press("ok")
    house.forget()
    house.says("line", WINDOW, OPEN)
    house.passes(1000)
    assert house.events() == [(3144, WINDOW)]


def test_a_loop_mended_while_it_is_reset_is_no_longer_reported_as_broken() -> None:
    house = house_with(HEAT, wiring="5k6")
    house.says("line", HEAT, LOOP_LATCHED)
    house.passes(1000)
    house.says("line", HEAT, CUT)
    house.passes(1000)
    house.keys(CODE, "off")
    house.passes(5000)
    house.says("line", HEAT, LOOP_REST)
    house.passes(1000)
    assert (3373, HEAT) in house.events()
