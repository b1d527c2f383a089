"""Zones that need no arming: carbon monoxide, water, 24-hour zones, tamper; loud or only at the keypad."""

from panel_house import ANNA, CODE, ENTRY_MS, EXIT_MS, FRONT_DOOR, HALL, HEAT, SILENCE, SIREN_MS, SMOKE, WINDOW, House

CO, SECOND_CO, LID, CABINET, LEAK, SECOND_LEAK, FIRE_BUTTON = 30, 37, 32, 33, 34, 38, 39
GARAGE, GARAGE_LID = 2, 21
TAMPERED = 2


def house_with_everything() -> House:
    """A house with a zone of each of these kinds, and a garage with a lid of its own."""
    house = House()
    house.config["areas"].append({"number": GARAGE, "exit_s": 0})
    house.fits(CO, type="co")
    house.fits(LID, type="tamper")
    house.fits(CABINET, type="always")
    house.fits(LEAK, type="water")
    house.fits(FIRE_BUTTON, type="fire", sensor="button")
    house.fits(HEAT, sensor="heat")
    house.fits(GARAGE_LID, type="tamper", area=GARAGE)
    return house


def test_every_kind_has_its_code_and_its_restore_in_every_state() -> None:
    for zone, code in ((CO, 162), (LID, 137), (CABINET, 133), (LEAK, 154), (HEAT, 114), (FIRE_BUTTON, 115)):
        for state in range(5):
            house = house_with_everything()
            if state:
                house.keys(CODE, "night" if state == 1 else "away")
            if state > 2:
                house.passes(EXIT_MS)
            if state > 3:
                house.opens(FRONT_DOOR)
            house.forget()
            house.opens(zone)
            house.closes(zone)
            assert house.full_events() == [(1000 + code, 1, zone, 0, 0, 0), (3000 + code, 1, zone, 0, 0, 0)]


def test_every_kind_is_silenced_by_a_person_whose_name_is_told() -> None:
    for zone, code in ((CO, 162), (LID, 137), (CABINET, 133), (LEAK, 154), (HEAT, 111), (FIRE_BUTTON, 111)):
        house = house_with_everything()
        house.opens(zone)
        house.forget()
        house.keys(CODE, "disarm")
        assert house.full_events() == [(6000 + code, 1, zone, ANNA, 1, 0)]
        house.opens(zone)
        house.keys(CODE, "disarm")
        assert len(house.events()) == 1, "it is silent already"


def test_cabinets_and_lids_are_loud_only_where_their_area_is_armed() -> None:
    for zone in (LID, CABINET):
        house = house_with_everything()
        house.opens(zone)
        assert house.siren() == "off" and house.shown["outdoor"] == "off" and house.shown["buzzer"] == "alert"
        house = house_with_everything()
        house.keys(CODE, "away")
        house.opens(zone)
        assert house.siren() == "intrusion" and house.shown["outdoor"] == "intrusion"
        assert ("show", "buzzer", "alert") not in house.heard
    house = house_with_everything()
    house.command(2, GARAGE)
    house.opens(LID)
    assert house.siren() == "off", "the house is disarmed, whatever the garage is"
    house.opens(GARAGE_LID)
    assert house.siren() == "intrusion" and house.shown["buzzer"] == "off"


def test_a_loud_tamper_is_not_made_quiet_by_a_second_one() -> None:
    house = house_with_everything()
    house.command(2, GARAGE)
    house.opens(GARAGE_LID, LID)
    assert house.siren() == "intrusion"


def test_a_tamper_after_the_alarm_is_as_loud_as_the_house_is_armed_then() -> None:
    house = house_with_everything()
    house.arms()
    house.opens(LID)
    assert house.siren() == "intrusion"
    house.keys(CODE, "disarm")
    house.closes(LID)
    house.opens(LID)
    assert house.siren() == "off" and house.shown["buzzer"] == "alert"


def test_a_quiet_tamper_stays_one_over_a_restart_and_a_loud_one_loud() -> None:
    house = house_with_everything()
    house.opens(LID)
    house.restart()
    assert house.siren() == "off" and house.shown["buzzer"] == "alert"
    house = house_with_everything()
    house.arms()
    house.opens(LID)
    house.restart()
    assert house.siren() == "intrusion" and house.shown["buzzer"] == "off"


def test_the_burglar_alarm_of_a_lid_does_not_change_what_the_area_does() -> None:
    house = house_with_everything()
    house.arms()
    house.opens(LID)
    assert house.panel.area_status(1) % 16 == 2
    house.opens(FRONT_DOOR)
    house.passes(ENTRY_MS)
    assert house.events() == [(1137, LID), (6134, FRONT_DOOR), (1134, FRONT_DOOR)]


def test_a_tampered_sensor_alarms_in_every_mode_and_is_loud_where_armed() -> None:
    for mode in ("", "away"):
        house = house_with_everything()
        house.fits(WINDOW, radio=b"wind", key=bytes(16))
        house.says("sensor", WINDOW, 0, None)
        if mode:
            house.arms(mode)
        house.says("sensor", WINDOW, TAMPERED, None)
        assert house.full_events() == [(1144, 1, WINDOW, 0, 0, 0)]
        assert house.siren() == ("intrusion" if mode else "off")
        house.says("sensor", WINDOW, 0, None)
        assert house.events() == [(1144, WINDOW), (3144, WINDOW)]


def test_a_second_detector_sounds_a_silenced_alarm_again() -> None:
    for first, second, zone_type in ((CO, SECOND_CO, "co"), (LEAK, SECOND_LEAK, "water")):
        house = house_with_everything()
        house.fits(second, type=zone_type)
        house.opens(first)
        house.keys(CODE, "disarm")
        quiet = (house.siren(), house.shown["buzzer"])
        house.opens(second)
        assert (house.siren(), house.shown["buzzer"]) != quiet
        house.keys(CODE, "disarm")
        house.closes(first)
        assert house.lamp("alarm")
        assert str(second) in house.display()[1], "the one that is not clear yet is named"


def test_kinds_do_not_silence_or_clear_each_other() -> None:
    house = house_with_everything()
    house.opens(CO, LEAK, SMOKE)
    house.closes(SMOKE, LEAK)
    assert house.siren() == "fire"
    house.forget()
    house.keys(CODE, "disarm")
    assert house.events() == [(6111, SMOKE), (6162, CO), (6154, LEAK)]
    house.closes(CO)
    assert house.events()[3:] == [(3162, CO)]


def test_what_is_always_on_is_remembered_until_a_person_has_read_it() -> None:
    house = house_with_everything()
    house.opens(LEAK)
    house.closes(LEAK)
    house.passes(SIREN_MS)
    assert house.display() == ("There was water", f"Zone {LEAK}") and house.lamp("alarm")
    house.restart()
    assert house.display() == ("There was water", f"Zone {LEAK}") and house.lamp("alarm")
    house.keys(CODE, "disarm")
    assert house.display() == ("Disarmed", "Ready") and not house.lamp("alarm")


def test_the_memory_names_the_first_zone_of_the_last_alarm() -> None:
    house = house_with_everything()
    house.fits(SECOND_LEAK, type="water")
    house.opens(LEAK, SECOND_LEAK)
    assert house.display() == ("WATER", f"Zone {LEAK}")
    house.closes(LEAK, SECOND_LEAK)
    house.keys(CODE, "disarm")
    house.keys(CODE, "disarm")
    house.opens(SECOND_LEAK)
    assert house.display() == ("WATER", f"Zone {SECOND_LEAK}")


def test_silencing_by_command_stops_what_is_always_on_in_every_area() -> None:
    house = house_with_everything()
    house.opens(CO, GARAGE_LID)
    house.forget()
    house.command(SILENCE, 1)
    assert house.siren() == "off" and house.shown["buzzer"] == "off"
    assert house.full_events() == [(6162, 1, CO, ANNA, 2, 0), (6137, GARAGE, GARAGE_LID, ANNA, 2, 0)]


def test_every_kind_goes_on_after_a_restart_and_ends_as_before() -> None:
    for zone, code in ((CO, 162), (LID, 137), (CABINET, 133), (LEAK, 154)):
        house = house_with_everything()
        house.opens(zone)
        shown = dict(house.shown)
        house.restart()
        assert house.shown == shown
        house.forget()
        house.restart(closed=(zone,))
        assert house.events() == [(3000 + code, zone)]
        for output in ("siren", "buzzer", "display"):
            assert house.shown[output] == shown[output], "a person ends it, or its time"
        house.passes(SIREN_MS)
        assert house.siren() == "off" and house.shown["buzzer"] == "off"


def test_what_a_restart_finds_open_alarms() -> None:
    for zone, code in ((CO, 162), (LID, 137), (CABINET, 133), (LEAK, 154)):
        house = house_with_everything()
        house.restart(zone)
        assert house.events() == [(1000 + code, zone)]


def test_a_silenced_alarm_is_not_sounded_again_by_a_restart() -> None:
    house = house_with_everything()
    house.opens(CO)
    house.keys(CODE, "disarm")
    house.forget()
    house.restart()
    assert house.siren() == "off" and house.events() == []
    assert house.display() == ("CO silenced", f"Air out Zone {CO}")


def test_motion_in_a_disarmed_house_is_no_alarm_beside_one_that_is_always_on() -> None:
    house = house_with_everything()
    house.opens(LEAK)
    house.forget()
    house.opens(HALL, WINDOW)
    assert house.events() == [] and house.siren() == "off"


def test_after_a_restart_it_is_still_known_whose_alarm_it_was() -> None:
    house = house_with_everything()
    house.opens(GARAGE_LID)
    house.restart()
    house.forget()
    house.keys(CODE, "disarm")
    assert house.full_events() == [(6137, GARAGE, GARAGE_LID, ANNA, 1, 0)]


def test_a_zone_that_left_the_configuration_no_longer_keeps_its_alarm_going() -> None:
    for silenced, shown in ((False, "WATER"), (True, "There was water")):
        house = house_with_everything()
        house.opens(LEAK)
        if silenced:
            house.keys(CODE, "disarm")
        house.config["zones"] = [zone for zone in house.config["zones"] if zone["number"] != LEAK]
        house.restart()
        assert house.display() == (shown, f"Zone {LEAK}")
        house.passes(SIREN_MS)
        assert house.display() == ("There was water", f"Zone {LEAK}")
        house.keys(CODE, "disarm")
        assert house.display() == ("Disarmed", "Ready")
