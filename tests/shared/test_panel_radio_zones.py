"""Radio sensors: what they report of doors, tampers, batteries and themselves, and what a restart makes of it."""

from hemlarm_firmware.panel import inputs
from panel_devices import radio
from panel_house import CODE, EXIT_MS, FRONT_DOOR, HALL, SMOKE, WINDOW, House

OPEN, TAMPER, BATTERY, FAULT = (
    inputs.SENSOR_OPEN,
    inputs.SENSOR_TAMPER,
    inputs.SENSOR_BATTERY_LOW,
    inputs.SENSOR_FAULT,
)
ALARM_SMOKE = 12


def airy() -> House:
    """A door, a window and a smoke detector on the radio, all heard of and at rest."""
    house = House(
        zones=[
            radio(FRONT_DOOR, "entry"),
            radio(WINDOW),
            radio(ALARM_SMOKE, "fire"),
            {"number": 4, "type": "fire", "area": 1},
        ]
    )
    for zone in (FRONT_DOOR, WINDOW, ALARM_SMOKE):
        house.hears(zone)
    house.forget()
    return house


def test_a_radio_window_alarms_and_restores() -> None:
    house = airy()
    house.arms()
    house.hears(WINDOW, OPEN)
    house.hears(WINDOW, OPEN)
    house.hears(WINDOW)
    assert house.full_events() == [(1130, 1, WINDOW, 0, 0, 0), (3130, 1, WINDOW, 0, 0, 0)]


def test_a_radio_door_starts_the_entry_delay() -> None:
    house = airy()
    house.arms()
    house.hears(FRONT_DOOR, OPEN)
    assert house.events() == [(6134, FRONT_DOOR)]


def test_a_motion_detector_on_the_exit_route_refuses_arming_while_nothing_is_known_of_it() -> None:
    house = House(zones=[radio(FRONT_DOOR, "entry"), radio(HALL, "follower", sensor="motion")])
    house.hears(FRONT_DOOR)
    house.arms_not(HALL)
    house.hears(HALL, OPEN | FAULT)
    house.keys(CODE, "disarm")
    house.arms()
    assert house.lamp("fault"), "one that is broken but speaks, and sees the leaver, refuses nothing"


def test_radio_smoke_needs_no_arming() -> None:
    house = airy()
    house.hears(ALARM_SMOKE, OPEN)
    assert house.events() == [(1111, ALARM_SMOKE)] and house.siren() == "fire"


def test_a_low_battery_is_told_once_shown_and_told_when_it_was_changed() -> None:
    house = airy()
    house.hears(WINDOW, BATTERY)
    house.hears(WINDOW, BATTERY)
    assert house.full_events() == [(1384, 1, WINDOW, 0, 0, 0)]
    assert house.display() == ("Battery low", f"Zone {WINDOW}") and house.lamp("fault")
    house.arms()
    house.hears(WINDOW)
    assert house.events() == [(3384, WINDOW)] and not house.lamp("fault")


def test_a_sensor_that_is_broken_says_so() -> None:
    house = airy()
    house.hears(ALARM_SMOKE, FAULT)
    assert house.events() == [(1380, ALARM_SMOKE)]
    assert house.display() == ("Sensor fault", f"Zone {ALARM_SMOKE}") and house.siren() == "off"
    house.hears(ALARM_SMOKE)
    assert house.events() == [(1380, ALARM_SMOKE), (3380, ALARM_SMOKE)]


def test_a_dismounted_sensor_is_tamper_in_every_mode() -> None:
    for mode in ("", "home", "night", "away"):
        house = airy()
        if mode:
            house.arms(mode)
        house.hears(WINDOW, TAMPER)
        house.hears(WINDOW, TAMPER)
        assert house.events() == [(1144, WINDOW)], mode
        assert house.siren() == ("intrusion" if mode else "off")
        house.hears(WINDOW)
        assert house.events() == [(1144, WINDOW), (3144, WINDOW)]


def test_several_things_at_once_are_each_told() -> None:
    house = airy()
    house.arms()
    house.hears(WINDOW, OPEN | TAMPER | BATTERY | FAULT)
    assert house.events() == [(1384, WINDOW), (1380, WINDOW), (1130, WINDOW), (1144, WINDOW)]


def test_what_was_told_before_a_restart_is_not_told_again() -> None:
    house = airy()
    house.hears(WINDOW, BATTERY | FAULT | TAMPER)
    house.forget()
    house.restart()
    house.hears(WINDOW, BATTERY | FAULT | TAMPER)
    assert house.events() == []
    house.hears(WINDOW)
    assert house.events() == [(3384, WINDOW), (3380, WINDOW), (3144, WINDOW)]


def test_a_sensor_not_heard_since_the_start_refuses_arming_and_is_shown() -> None:
    house = airy()
    house.restart()
    house.hears(WINDOW)
    assert house.display() == ("Waiting for", f"Zone {FRONT_DOOR}")
    assert not house.lamp("ready") and not house.lamp("fault"), "it is early to call it a fault"
    house.arms_not(FRONT_DOOR)
    house.press("back")
    house.hears(FRONT_DOOR)
    assert house.lamp("ready")
    assert house.display() == ("Waiting for", f"Zone {ALARM_SMOKE}"), "which refuses nothing"
    house.arms()


def test_a_sensor_not_heard_since_the_start_may_be_forced_and_rejoins_when_it_speaks() -> None:
    house = airy()
    house.restart()
    house.hears(FRONT_DOOR)
    house.arms_not(WINDOW)
    house.press("ok")
    house.forget()
    house.hears(WINDOW)
    assert house.events() == [(3570, WINDOW)]
    house.passes(EXIT_MS)
    house.hears(WINDOW, OPEN)
    assert house.events() == [(3570, WINDOW), (1130, WINDOW)]


def test_one_that_speaks_and_is_open_does_not_rejoin() -> None:
    house = airy()
    house.restart()
    house.hears(FRONT_DOOR)
    house.arms_not(WINDOW)
    house.press("ok")
    house.forget()
    house.hears(WINDOW, OPEN)
    house.hears(FRONT_DOOR)
    assert house.events() == []


def test_a_window_opened_while_the_panel_was_down_alarms_as_soon_as_its_sensor_speaks() -> None:
    house = airy()
    house.arms()
    house.restart()
    assert house.display() == ("Armed", "Away")
    house.hears(WINDOW, OPEN)
    assert house.events() == [(1130, WINDOW)]


def test_a_window_that_alarmed_before_a_restart_does_not_alarm_again() -> None:
    house = airy()
    house.arms()
    house.hears(WINDOW, OPEN)
    house.forget()
    house.restart()
    house.hears(WINDOW, OPEN)
    assert house.events() == []
    house.hears(WINDOW)
    assert house.events() == [(3130, WINDOW)]


def test_a_wired_input_of_the_same_number_says_nothing_about_a_radio_zone() -> None:
    house = airy()
    house.arms()
    house.opens(WINDOW)
    house.measures(WINDOW, 6900)
    house.restart(WINDOW)
    assert house.events() == []


def test_what_is_no_radio_zone_is_not_heard() -> None:
    house = airy()
    house.hears(SMOKE, OPEN)
    house.hears(99, OPEN)
    assert house.events() == []


def test_a_button_on_a_sensor_does_nothing_outside_a_walk_test() -> None:
    house = airy()
    house.hears(ALARM_SMOKE, inputs.SENSOR_BUTTON)
    house.says("button", SMOKE)
    house.says("button", 99)
    assert house.events() == [] and house.siren() == "off"


def test_a_sensor_that_comes_back_to_a_disarmed_house_opens_nothing() -> None:
    house = airy()
    house.hears(WINDOW, OPEN)
    house.keys(CODE, "away")
    assert f"Zone {WINDOW}" in house.display()[1]
    assert house.events() == []


def test_a_forced_sensor_rejoins_only_when_it_is_closed_and_whole() -> None:
    house = airy()
    house.hears(WINDOW, OPEN | TAMPER)
    house.keys(CODE, "disarm")
    house.arms_not(WINDOW)
    house.press("ok")
    house.forget()
    house.hears(WINDOW, TAMPER)
    house.hears(FRONT_DOOR)
    assert house.events() == []
    house.hears(WINDOW, OPEN)
    assert house.events() == [(3144, WINDOW)] and house.siren() == "off"
    house.hears(WINDOW)
    assert house.events()[1:] == [(3570, WINDOW)]
