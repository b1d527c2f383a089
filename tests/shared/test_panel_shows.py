"""What the keypad shows: the display's order of urgency and the lamps."""

from panel_house import (
    BEDROOM,
    CODE,
    DISARM,
    EXIT_MS,
    FRONT_DOOR,
    HALL,
    SIREN_MS,
    SMOKE,
    WINDOW,
    House,
)

CO, HOLD_UP, LID, CABINET, LEAK, CELLAR = 30, 31, 32, 33, 34, 35
GARAGE, GARAGE_DOOR, GARAGE_MOTION = 2, 21, 22

# What can be wrong with a radio sensor, and what the display then says of it.
TAMPER, BATTERY, FAULT = 2, 4, 16


def full_house() -> House:
    """A house with one zone of every kind, and a garage of its own."""
    house = House()
    house.config["areas"].append({"number": GARAGE, "exit_s": 90})
    house.fits(GARAGE_DOOR, type="instant", area=GARAGE)
    house.fits(GARAGE_MOTION, type="follower", area=GARAGE)
    house.fits(CO, type="co")
    house.fits(HOLD_UP, type="hold_up")
    house.fits(LID, type="tamper")
    house.fits(CABINET, type="always")
    house.fits(LEAK, type="water")
    house.fits(CELLAR, type="instant", radio=b"cell", key=bytes(16), supervise_min=1440)
    house.says("sensor", CELLAR, 0, None)
    return house


def test_of_all_that_sounds_the_display_names_the_most_urgent() -> None:
    house = full_house()
    house.arms()
    for zone, shown in (
        (LEAK, "WATER"),
        (FRONT_DOOR, "Enter your code"),
        (WINDOW, "BURGLARY"),
        (CABINET, "BURGLARY"),
        (LID, "BURGLARY"),
        (HOLD_UP, "HOLD-UP"),
        (CO, "GAS! GET OUT"),
        (SMOKE, "FIRE"),
    ):
        house.opens(zone)
        assert house.display()[0] == shown, zone


def test_less_urgent_alarms_do_not_hide_the_more_urgent_ones() -> None:
    house = full_house()
    house.arms()
    house.opens(SMOKE)
    for zone in (CO, HOLD_UP, LID, CABINET, WINDOW, GARAGE_DOOR, LEAK):
        house.opens(zone)
        assert house.display() == ("FIRE", f"Zone {SMOKE}"), zone


def test_every_alarm_is_shown_while_it_sounds_when_it_was_silenced_and_when_it_is_over() -> None:
    for zone, now, silenced, over in (
        (SMOKE, "FIRE/Zone 4", "Fire silenced/Air out Zone 4", "There was a fire/Zone 4"),
        (CO, "GAS! GET OUT/Zone 30", "CO silenced/Air out Zone 30", "There was CO/Zone 30"),
        (HOLD_UP, "HOLD-UP/Zone 31", "Hold-up silenced/Zone 31", "Hold-up alarm in/Zone 31"),
        (LID, "TAMPER/Zone 32", "Tamper, silenced/Zone 32", "Tampered with/Zone 32"),
        (CABINET, "24-HOUR ALARM/Zone 33", "24 h, silenced/Zone 33", "24-hour alarm in/Zone 33"),
        (LEAK, "WATER/Zone 34", "Water, silenced/Zone 34", "There was water/Zone 34"),
    ):
        house = full_house()
        house.opens(zone)
        assert "/".join(house.display()) == now
        assert house.lamp("alarm")
        house.keys(CODE, "disarm")
        assert "/".join(house.display()) == silenced
        assert house.lamp("alarm")
        house.keys(CODE, "disarm")
        assert "/".join(house.display()) == silenced, "it is not over yet"
        house.closes(zone)
        assert "/".join(house.display()) == over
        house.opens(zone)
        house.closes(zone)
        assert "/".join(house.display()) == now, "nobody has answered yet"
        house.keys(CODE, "disarm")
        assert "/".join(house.display()) == over
        assert house.lamp("alarm")
        house.keys(CODE, "disarm")
        assert house.display() == ("Disarmed", "Ready")
        assert not house.lamp("alarm")


def test_a_silenced_fire_is_shown_behind_an_entry_delay_and_before_the_state() -> None:
    house = full_house()
    house.opens(SMOKE)
    house.keys(CODE, "disarm")
    house.arms()
    assert house.display() == ("Fire silenced", f"Air out Zone {SMOKE}")
    house.opens(FRONT_DOOR)
    assert house.display() == ("Enter your code", f"Zone {FRONT_DOOR}")


def test_a_memory_is_shown_behind_the_state_of_an_armed_house() -> None:
    house = full_house()
    house.opens(SMOKE)
    house.closes(SMOKE)
    house.keys(CODE, "disarm")
    assert house.display() == ("There was a fire", f"Zone {SMOKE}")
    house.keys(CODE, "away")
    assert house.display() == ("Arming", "Leave now")
    house.passes(90_000)
    assert house.display() == ("Armed", "Away")


def test_every_mode_has_its_words_while_arming_and_when_armed() -> None:
    for mode, leaving, armed in (("away", "Leave now", "Away"), ("home", "Home", "Home"), ("night", "Night", "Night")):
        house = House()
        house.keys(CODE, mode)
        assert house.display() == ("Arming", leaving)
        house.passes(EXIT_MS)
        assert house.display() == ("Armed", armed)


def test_where_areas_differ_the_display_shows_what_a_person_must_act_on() -> None:
    house = full_house()
    house.command(2, GARAGE)
    assert house.display() == ("Arming", "Leave now")
    house.passes(90_000)
    assert house.display() == ("Armed", "Away")
    house.command(3, 1)
    assert house.display() == ("Arming", "Home")
    house.passes(EXIT_MS)
    house.opens(GARAGE_DOOR)
    house.command(DISARM, GARAGE)
    assert house.display() == ("Armed", "Home")
    house.command(DISARM, 1)
    assert house.display() == ("Burglar alarm in", f"Zone {GARAGE_DOOR}")


def test_what_is_wrong_with_a_zone_is_shown_the_most_telling_first_and_lights_the_fault_lamp() -> None:
    for flags, shown in (
        (TAMPER + FAULT + BATTERY, "TAMPER"),
        (FAULT + BATTERY, "Sensor fault"),
        (BATTERY, "Battery low"),
        (0, "Disarmed"),
    ):
        house = full_house()
        house.says("sensor", CELLAR, flags, None)
        assert house.display()[0] == shown
        assert house.lamp("fault") == bool(flags)
    house = full_house()
    house.says("sensor", CELLAR, TAMPER, None)
    house.keys(CODE, "disarm")
    assert house.display() == ("Tamper, silenced", f"Zone {CELLAR}")


def test_a_radio_sensor_not_heard_since_the_start_is_no_fault_but_keeps_the_panel_from_being_ready() -> None:
    house = full_house()
    house.restart()
    assert house.display() == ("Waiting for", f"Zone {CELLAR}")
    assert not house.lamp("fault") and not house.lamp("ready") and not house.lamp("open")
    house.says("sensor", CELLAR, 0, None)
    assert house.display() == ("Disarmed", "Ready") and house.lamp("ready")


def test_what_is_open_is_shown_before_what_is_broken() -> None:
    house = full_house()
    house.says("sensor", CELLAR, BATTERY, None)
    assert house.display() == ("Battery low", f"Zone {CELLAR}")
    assert house.lamp("ready"), "a low battery keeps nobody from arming"
    house.opens(WINDOW)
    assert house.display() == ("Disarmed", f"Zone {WINDOW} open")


def test_a_temperature_outside_of_its_limits_is_shown() -> None:
    house = House()
    house.fits(CELLAR, type="temperature", radio=b"cell", key=bytes(16), low_c=5, high_c=40)
    for value, shown in ((20 * 10, "Disarmed"), (41 * 10, "Too hot"), (2 * 10, "Too cold"), (20 * 10, "Disarmed")):
        house.says("sensor", CELLAR, 0, value)
        assert house.display()[0] == shown, value
        assert house.lamp("fault") == (shown != "Disarmed")
        assert house.lamp("ready")


def test_a_fault_is_not_shown_over_an_armed_house() -> None:
    house = full_house()
    house.arms()
    house.says("sensor", CELLAR, BATTERY, None)
    assert house.display() == ("Arming", "Leave now"), "the garage takes longer"
    house.passes(30_000)
    assert house.display() == ("Armed", "Away")
    assert house.lamp("fault")


def test_lamps_of_an_armed_house_are_not_those_of_a_ready_one() -> None:
    house = House()
    house.arms()
    assert house.lamp("armed") and not house.lamp("ready") and not house.lamp("alarm")
    house.opens(HALL)
    assert house.lamp("alarm") and not house.lamp("open")
    house.passes(SIREN_MS)
    assert house.lamp("alarm"), "until somebody has read it"


def test_the_open_lamp_says_that_the_follower_waits_only_where_it_guards() -> None:
    house = House()
    house.command(7, HALL)
    house.keys(CODE, "away")
    assert not house.lamp("open"), "the hall is bypassed"


def test_of_two_alarms_of_one_urgency_the_display_names_the_first() -> None:
    house = full_house()
    house.keys(CODE, "away")
    house.passes(90_000)
    house.opens(GARAGE_DOOR, WINDOW)
    assert house.display() == ("BURGLARY", f"Zone {WINDOW}")
    house = full_house()
    house.opens(LEAK, LID)
    assert house.display() == ("TAMPER", f"Zone {LID}")


def test_a_burglary_in_one_area_is_shown_before_an_entry_in_another() -> None:
    house = full_house()
    house.keys(CODE, "away")
    house.passes(90_000)
    house.opens(FRONT_DOOR, GARAGE_DOOR)
    assert house.display() == ("BURGLARY", f"Zone {GARAGE_DOOR}")


def test_an_alarm_that_sounds_is_shown_before_one_that_was_silenced() -> None:
    house = full_house()
    house.opens(SMOKE)
    house.keys(CODE, "disarm")
    house.opens(LEAK)
    assert house.display() == ("WATER", f"Zone {LEAK}")


def test_what_the_centre_knows_of_a_fire_is_said_of_no_other_alarm() -> None:
    for answered in (False, True):
        house = full_house()
        house.opens(SMOKE)
        if answered:
            house.says("informed")
        house.passes(SIREN_MS)
        house.closes(SMOKE)
        house.opens(LID)
        assert house.display() == ("TAMPER", f"Zone {LID}")


def test_a_walk_test_is_shown_before_a_memory() -> None:
    house = House()
    house.opens(SMOKE)
    house.closes(SMOKE)
    house.keys(CODE, "disarm")
    house.command(9, 1)
    assert house.display() == ("Walk test", "7 zones left")


def test_the_lamps_are_those_of_all_areas() -> None:
    house = full_house()
    house.opens(WINDOW)
    assert house.lamp("open")
    house.closes(WINDOW)
    house.opens(BEDROOM)
    assert house.lamp("open"), "also of zones that guard in one mode only"
    house.closes(BEDROOM)
    house.opens(GARAGE_DOOR)
    assert house.lamp("open") and not house.lamp("ready")
    house.closes(GARAGE_DOOR)
    house.arms()
    house.opens(WINDOW)
    house.keys(CODE, "disarm")
    assert house.lamp("alarm"), "the garage has seen nothing, but the house has"


def test_a_missing_sensor_is_shown() -> None:
    house = full_house()
    house.passes(24 * 3_600_000)
    assert house.display() == ("Sensor missing", f"Zone {CELLAR}") and house.lamp("fault")
    assert not house.lamp("ready")


def test_a_fire_during_a_walk_test_is_shown() -> None:
    house = House()
    house.command(9, 1)
    house.opens(SMOKE)
    assert house.display() == ("FIRE", f"Zone {SMOKE}")
