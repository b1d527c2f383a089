"""Wired zones at a start: what is found open or cut, and what is not measured."""

from hemlarm_firmware.panel import config
from hemlarm_firmware.panel.core import Panel
from panel_devices import CLOSED, CUT, DOOR, MOTION, TRIPPED, WINDOW, wired
from panel_house import House, plain_config, quick_hash


def test_what_is_open_at_a_start_is_known_without_the_filter() -> None:
    house = wired()
    house.arms()
    house.lines[WINDOW] = TRIPPED
    house.restart()
    assert house.events() == [(1130, WINDOW)]


def test_what_a_start_finds_open_has_to_close_before_it_alarms_again() -> None:
    house = wired()
    house.lines[WINDOW] = TRIPPED
    house.restart()
    house.arms_not(WINDOW)
    house.measures(WINDOW, CLOSED)
    house.arms()
    house.measures(WINDOW, TRIPPED)
    assert house.events() == [(1130, WINDOW)]


def test_a_door_and_motion_found_at_a_start_are_an_entry() -> None:
    house = wired()
    house.arms()
    house.lines.update({DOOR: TRIPPED, MOTION: TRIPPED})
    house.restart()
    assert house.events() == [(6134, DOOR)]


def test_a_line_cut_while_the_panel_was_down_is_tamper() -> None:
    house = wired()
    house.arms()
    house.lines[WINDOW] = CUT
    house.restart()
    assert house.events() == [(1144, WINDOW)]
    house.restart()
    assert house.events() == [(1144, WINDOW)], "told once"


def test_a_line_mended_while_the_panel_was_down_is_told() -> None:
    house = wired()
    house.measures(WINDOW, CUT)
    house.forget()
    house.lines[WINDOW] = CLOSED
    house.restart()
    assert house.events() == [(3144, WINDOW)]


def test_a_line_that_a_start_does_not_measure_is_what_it_was() -> None:
    house = wired()
    house.measures(WINDOW, CUT)
    house.forget()
    del house.lines[WINDOW]
    house.restart()
    assert house.events() == []
    house.measures(WINDOW, CLOSED)
    assert house.events() == [(3144, WINDOW)]


def test_an_alarmed_window_that_a_start_does_not_measure_is_still_open() -> None:
    house = wired()
    house.arms()
    house.measures(WINDOW, TRIPPED)
    house.forget()
    del house.lines[WINDOW]
    house.restart()
    house.measures(WINDOW, CLOSED)
    assert house.events() == [(3130, WINDOW)]


def test_a_start_that_measures_an_unknown_or_digital_zone_leaves_it_alone() -> None:
    house = House()
    house.arms()
    house.lines.update({3: TRIPPED, 99: TRIPPED})
    house.restart()
    assert house.events() == []


def test_before_the_start_unknown_zones_say_nothing_either() -> None:
    house = wired()
    for early in (("line", 99, CUT), ("zone", 99, True), ("sensor", 99, 1, None), ("button", 99), ("zone", DOOR, True)):
        panel = Panel(config.check(house.config), None, quick_hash)
        assert [item for item in panel.handle(early, 0) if item[0] == "event"] == []
    panel = Panel(config.check(plain_config()), None, quick_hash)
    assert [item for item in panel.handle(("line", WINDOW, TRIPPED), 0) if item[0] == "event"] == []


def test_a_line_first_measured_after_the_start_is_taken_for_closed_until_then() -> None:
    house = wired()
    house.arms()
    house.lines = {}
    house.restart()
    house.measures(WINDOW, TRIPPED)
    assert house.events() == [(1130, WINDOW)]
