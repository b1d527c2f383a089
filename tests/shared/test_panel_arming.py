"""Arming and disarming: modes, exit delay, refusals, attribution."""

from panel_house import (
    ANNA,
    ARM_HOME,
    BACK_DOOR,
    BEDROOM,
    BO,
    CODE,
    ENTRY_MS,
    EXIT_MS,
    FRONT_DOOR,
    HALL,
    OTHER_CODE,
    SMOKE,
    WINDOW,
    House,
)

ARM_NIGHT = 6


def test_arming_away_is_told_at_once_with_user_source_and_exit_delay() -> None:
    house = House()
    house.keys(OTHER_CODE, "away")
    assert house.full_events() == [(3401, 1, 0, BO, 1, 30)]
    assert house.display() == ("Arming", "Leave now")


def test_arming_home_has_a_code_of_its_own() -> None:
    house = House()
    house.keys(CODE, "home")
    assert house.full_events() == [(3441, 1, 0, ANNA, 1, 30)]


def test_disarming_is_told_with_the_user_and_only_when_armed() -> None:
    house = House()
    house.arms()
    house.keys(CODE, "disarm")
    house.keys(CODE, "disarm")
    assert house.full_events() == [(1401, 1, 0, ANNA, 1, 0)]
    assert house.display() == ("Disarmed", "Ready")


def test_disarming_in_the_exit_delay_is_no_cancel() -> None:
    house = House()
    house.keys(CODE, "away")
    house.passes(EXIT_MS // 2)
    house.forget()
    house.keys(CODE, "disarm")
    assert house.events() == [(1401, 0)]
    house.passes(10 * EXIT_MS)
    assert house.events() == [(1401, 0)]


def test_the_exit_delay_lasts_as_long_as_configured() -> None:
    for exit_s in (1, 60, 300):
        house = House(exit_s=exit_s)
        house.keys(CODE, "away")
        house.passes(exit_s * 1000 - 1)
        assert house.display() == ("Arming", "Leave now"), exit_s
        house.passes(1)
        assert house.display() == ("Armed", "Away"), exit_s


def test_an_exit_delay_of_zero_arms_at_once() -> None:
    house = House(exit_s=0)
    house.keys(CODE, "away")
    assert house.display() == ("Armed", "Away")


def test_arming_with_an_open_zone_is_refused_and_the_zone_named() -> None:
    for zone in (FRONT_DOOR, WINDOW, BACK_DOOR, BEDROOM):
        house = House()
        house.opens(zone)
        house.keys(CODE, "away")
        assert house.events() == [] and house.saves() == 0
        assert house.display() == ("Open 1/1. OK?", f"Zone {zone}")
        house.press("back")
        assert house.display() == ("Disarmed", f"Zone {zone} open")


def test_a_zone_outside_home_mode_does_not_refuse_home_mode() -> None:
    house = House()
    house.opens(BEDROOM)
    house.keys(CODE, "home")
    assert house.events() == [(3441, 0)]


def test_motion_at_the_keypad_does_not_refuse_arming_with_an_exit_delay() -> None:
    for sensor in ("motion", "pet_motion", "camera", "pet_camera"):
        house = House()
        house.fits(HALL, sensor=sensor)
        house.opens(HALL)
        house.keys(CODE, "away")
        house.closes(HALL)
        house.passes(EXIT_MS)
        assert house.events() == [(3401, 0)], sensor
        assert house.display() == ("Armed", "Away")


def test_motion_where_nobody_leaves_by_refuses_arming_whatever_the_exit_delay() -> None:
    house = House()
    house.fits(BEDROOM, sensor="motion")
    house.opens(BEDROOM)
    house.arms_not(BEDROOM)


def test_motion_refuses_arming_where_there_is_no_exit_delay() -> None:
    house = House(exit_s=0)
    house.opens(HALL)
    house.keys(CODE, "away")
    assert house.events() == []
    assert house.display() == ("Open 1/1. OK?", f"Zone {HALL}")


def test_a_detector_stuck_in_alarm_does_not_leave_the_house_unarmed() -> None:
    house = House()
    house.opens(SMOKE)
    house.keys(CODE, "disarm")
    house.forget()
    house.keys(CODE, "away")
    assert house.events() == [(3401, 0)]


def test_a_door_opened_in_the_exit_delay_never_aborts_arming() -> None:
    house = House()
    house.keys(CODE, "away")
    house.opens(HALL, FRONT_DOOR)
    house.passes(EXIT_MS // 2)
    house.closes(FRONT_DOOR)
    house.opens(FRONT_DOOR)
    house.closes(FRONT_DOOR, HALL)
    house.passes(EXIT_MS)
    assert house.events() == [(3401, 0)]
    assert house.display() == ("Armed", "Away")


def test_a_zone_closed_during_the_exit_delay_is_armed_again() -> None:
    house = House()
    house.keys(CODE, "away")
    house.opens(FRONT_DOOR, HALL)
    house.closes(FRONT_DOOR, HALL)
    house.passes(EXIT_MS)
    house.forget()
    house.opens(HALL)
    assert house.events() == [(1132, HALL)]


def test_an_instant_zone_is_armed_during_the_exit_delay() -> None:
    house = House()
    house.keys(CODE, "away")
    house.opens(WINDOW)
    assert house.events() == [(3401, 0), (1130, WINDOW)]
    assert house.siren() == "intrusion"


def test_a_door_open_when_the_exit_delay_ends_starts_the_entry_delay_and_is_an_exit_error() -> None:
    house = House()
    house.keys(CODE, "away")
    house.opens(FRONT_DOOR)
    house.forget()
    house.passes(EXIT_MS)
    assert house.events() == [(6134, FRONT_DOOR)]
    assert house.display() == ("Enter your code", "Zone 1")
    house.passes(ENTRY_MS)
    assert house.events() == [(6134, FRONT_DOOR), (1134, FRONT_DOOR), (1374, FRONT_DOOR)]
    assert house.siren() == "intrusion"


def test_closing_the_door_late_does_not_end_the_exit_error() -> None:
    house = House()
    house.keys(CODE, "away")
    house.opens(FRONT_DOOR)
    house.passes(EXIT_MS)
    house.closes(FRONT_DOOR)
    house.forget()
    house.passes(ENTRY_MS)
    assert house.events() == [(1134, FRONT_DOOR), (3134, FRONT_DOOR), (1374, FRONT_DOOR)]


def test_motion_that_saw_the_leaver_when_the_exit_delay_ended_counts_only_when_it_begins_anew() -> None:
    house = House()
    house.keys(CODE, "away")
    house.opens(HALL)
    house.forget()
    house.passes(EXIT_MS + ENTRY_MS)
    assert house.events() == []
    house.closes(HALL)
    house.opens(HALL)
    assert house.events() == [(1132, HALL)]


def test_an_inner_door_left_open_refuses_arming_and_is_an_exit_error_as_any_door() -> None:
    house = House()
    house.fits(HALL, sensor="contact")
    house.opens(HALL)
    house.arms_not(HALL)
    house.closes(HALL)
    house.keys(CODE, "away")
    house.opens(HALL)
    house.forget()
    house.passes(EXIT_MS + ENTRY_MS)
    assert house.events() == [(6134, HALL), (1132, HALL), (1374, HALL)]


def test_an_exit_error_is_ended_by_disarming_and_not_repeated_at_the_next_entry() -> None:
    house = House()
    house.keys(CODE, "away")
    house.opens(FRONT_DOOR)
    house.passes(EXIT_MS)
    house.keys(CODE, "disarm")
    house.closes(FRONT_DOOR)
    house.arms()
    house.opens(FRONT_DOOR)
    house.passes(ENTRY_MS)
    assert house.events() == [(6134, FRONT_DOOR), (1134, FRONT_DOOR)]


def test_the_open_lamp_shows_on_arming_that_the_follower_setting_is_in_force() -> None:
    house = House()
    assert not house.lamp("open")
    house.keys(CODE, "away")
    assert house.lamp("open") and house.lamp("armed") and not house.lamp("ready")
    house.passes(EXIT_MS)
    assert not house.lamp("open")
    house.keys(CODE, "disarm")
    house.keys(CODE, "home")
    assert not house.lamp("open"), "the follower is not part of home mode"


def test_the_ready_lamp_goes_out_while_a_zone_is_open() -> None:
    house = House()
    assert house.lamp("ready")
    house.opens(WINDOW)
    assert not house.lamp("ready") and house.lamp("open")
    house.closes(WINDOW)
    assert house.lamp("ready") and not house.lamp("open")


def test_an_unknown_mode_zone_or_input_has_no_effect() -> None:
    house = House()
    house.forget()
    house.press("vacation", "10", "x", "")
    house.opens(99)
    house.closes(99)
    house.says("sensor", 99, 31, None)
    house.says("line", 99, 5600)
    house.says("button", 99)
    house.says("lightning")
    assert house.heard == []


def test_arming_again_while_armed_changes_nothing() -> None:
    house = House()
    house.arms()
    house.keys(CODE, "away")
    assert house.events() == [] and house.saves() == 0
    assert house.shown["buzzer"] == "ok" and house.display() == ("Armed", "Away")


def test_arming_in_another_mode_while_armed_is_refused_and_heard_to_be() -> None:
    house = House()
    house.arms("home")
    house.keys(CODE, "away")
    assert house.events() == [] and house.saves() == 0
    assert house.shown["buzzer"] == "error"
    house.passes(5000)
    assert house.display() == ("Armed", "Home")


def test_arming_for_the_night_has_a_code_and_an_exit_delay_of_its_own() -> None:
    house = House()
    house.keys(OTHER_CODE, "night")
    assert house.full_events() == [(3456, 1, 0, BO, 1, 30)]
    house.passes(EXIT_MS - 1)
    assert house.display() == ("Arming", "Night")
    house.passes(1)
    assert house.display() == ("Armed", "Night")
    house.keys(CODE, "disarm")
    assert house.command(ARM_NIGHT) == (0, 16 * 3 + 1)


def test_the_night_guards_what_is_told_to_and_else_what_home_guards() -> None:
    house = House()
    house.fits(HALL, night=True)
    house.fits(BACK_DOOR, night=False)
    house.arms("night")
    house.opens(BEDROOM, BACK_DOOR)
    assert house.events() == []
    house.opens(FRONT_DOOR)
    assert house.events() == [(6134, FRONT_DOOR)]
    house.keys(CODE, "disarm")
    house.closes(FRONT_DOOR, BACK_DOOR, BEDROOM)
    house.arms("night")
    house.opens(HALL)
    assert house.events() == [(1132, HALL)]


def test_a_zone_guards_in_the_modes_that_it_is_told_to_and_always_in_away() -> None:
    for home in (False, True):
        for night in (False, True):
            for mode, guards in (("away", True), ("home", home), ("night", night)):
                house = House()
                house.fits(WINDOW, home=home, night=night)
                house.opens(WINDOW)
                house.keys(CODE, mode)
                assert (house.events() == []) == guards, "it refuses only the modes in which it guards"
                house.press("back")
                house.closes(WINDOW)
                house.keys(CODE, "disarm")
                house.arms(mode)
                house.opens(WINDOW)
                assert (house.siren() == "intrusion") == guards, (home, night, mode)


def test_arming_is_refused_by_every_open_zone_of_the_mode_and_each_is_named() -> None:
    house = House()
    house.fits(WINDOW, name="Kitchen")
    house.opens(WINDOW, BEDROOM)
    house.keys(CODE, "away")
    assert house.display() == ("Open 1/2. OK?", "Kitchen")
    house.press("down")
    assert house.display() == ("Open 2/2. OK?", f"Zone {BEDROOM}")
    house.passes(30_000)
    house.press("ok")
    assert house.events() == [], "the offer has ended"


def test_arming_shows_whoever_leaves_that_the_follower_waits_only_while_they_leave() -> None:
    house = House()
    house.fits(HALL, home=True)
    house.keys(CODE, "home")
    assert house.lamp("open")
    house.opens(WINDOW)
    assert not house.lamp("open"), "a burglary has ended the exit delay"


def test_the_exit_delay_is_the_areas_own() -> None:
    house = House(exit_s=20)
    house.config["areas"].append({"number": 2, "exit_s": 40})
    house.fits(21, type="instant", area=2)
    house.keys(CODE, "away")
    assert [event[5] for event in house.full_events()] == [10, 20]
    house.passes(20_000)
    assert (house.panel.area_status(1) % 16, house.panel.area_status(2) % 16) == (2, 1)
    house.passes(20_000)
    assert (house.panel.area_status(1) % 16, house.panel.area_status(2) % 16) == (2, 2)


def test_a_user_arms_and_disarms_only_the_areas_that_are_theirs() -> None:
    house = House(exit_s=0)
    house.config["areas"].append({"number": 2, "exit_s": 0})
    house.config["users"][1]["areas"] = [2]
    house.fits(21, type="instant", area=2)
    house.opens(WINDOW)
    house.keys(OTHER_CODE, "away")
    assert house.full_events() == [(3401, 2, 0, BO, 1, 0)], "another area's window is none of Bo's business"
    house.closes(WINDOW)
    house.keys(CODE, "away")
    house.forget()
    house.keys(OTHER_CODE, "disarm")
    assert house.full_events() == [(1401, 2, 0, BO, 1, 0)]
    assert house.lamp("armed")


def test_arming_an_area_leaves_one_that_is_armed_otherwise_as_it_is() -> None:
    house = House(exit_s=0)
    house.config["areas"].append({"number": 2, "exit_s": 0})
    house.fits(21, type="instant", area=2)
    house.command(ARM_HOME, 2)
    house.forget()
    house.keys(CODE, "away")
    assert house.full_events() == [(3401, 1, 0, ANNA, 1, 0)]
    assert house.panel.area_status(2) == 16 * 2 + 2
    house.keys(CODE, "away")
    assert house.shown["buzzer"] == "error", "one of them is not armed away"
