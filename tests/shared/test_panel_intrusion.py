"""Intrusion: entry delay, followers, instant zones, sirens, restores, cancel, alarm memory."""

from panel_house import (
    ANNA,
    BACK_DOOR,
    BEDROOM,
    CODE,
    ENTRY_MS,
    EXIT_MS,
    FRONT_DOOR,
    HALL,
    OTHER_CODE,
    SIREN_MS,
    WINDOW,
    House,
)


def armed(**changes: object) -> House:
    house = House(**changes)
    house.arms()
    return house


def test_a_disarmed_house_may_be_lived_in() -> None:
    house = House()
    house.opens(FRONT_DOOR, HALL, WINDOW, BACK_DOOR, BEDROOM)
    house.closes(FRONT_DOOR, HALL, WINDOW, BACK_DOOR, BEDROOM)
    house.passes(10 * SIREN_MS)
    assert house.events() == [] and house.saves() == 0
    assert house.siren() == "off"


def test_the_start_of_an_entry_delay_is_told_at_once_with_its_length() -> None:
    house = armed(entry_s=45)
    house.opens(FRONT_DOOR)
    assert house.full_events() == [(6134, 1, FRONT_DOOR, 0, 0, 23)]
    assert house.siren() == "off"


def test_disarming_within_the_entry_delay_raises_no_alarm_and_no_cancel() -> None:
    house = armed()
    house.opens(FRONT_DOOR, HALL)
    house.passes(ENTRY_MS - 1)
    house.keys(CODE, "disarm")
    house.passes(SIREN_MS)
    assert house.events() == [(6134, FRONT_DOOR), (1401, 0)]


def test_the_entry_delay_runs_out_into_an_alarm() -> None:
    for entry_s in (1, 30, 300):
        house = armed(entry_s=entry_s)
        house.opens(FRONT_DOOR)
        house.passes(entry_s * 1000 - 1)
        assert house.siren() == "off", entry_s
        house.passes(1)
        assert house.siren() == "intrusion", entry_s
        assert house.events() == [(6134, FRONT_DOOR), (1134, FRONT_DOOR)]


def test_an_entry_delay_of_zero_alarms_at_once() -> None:
    house = armed(entry_s=0)
    house.opens(FRONT_DOOR)
    assert house.events() == [(6134, FRONT_DOOR), (1134, FRONT_DOOR)]


def test_a_second_door_does_not_prolong_the_entry_delay() -> None:
    house = armed()
    house.opens(FRONT_DOOR)
    house.passes(ENTRY_MS - 1)
    house.opens(BACK_DOOR)
    house.closes(FRONT_DOOR)
    house.opens(FRONT_DOOR)
    house.passes(1)
    assert house.events() == [(6134, FRONT_DOOR), (1134, FRONT_DOOR)]


def test_a_code_that_comes_after_the_delay_is_too_late_even_if_nobody_woke_the_panel() -> None:
    house = armed()
    house.opens(FRONT_DOOR)
    house.passes(ENTRY_MS - 1)
    house.press("1", "2", "3", "4")
    house.now += 1
    house.press("off")
    assert house.events() == [(6134, FRONT_DOOR), (1134, FRONT_DOOR), (1401, 0), (1406, FRONT_DOOR)]


def test_motion_waits_out_the_entry_delay_when_a_door_opened_first() -> None:
    house = armed()
    house.opens(FRONT_DOOR, HALL)
    house.closes(HALL)
    house.opens(HALL)
    assert house.events() == [(6134, FRONT_DOOR)]


def test_motion_with_no_door_opened_alarms_at_once() -> None:
    house = armed()
    house.opens(HALL)
    assert house.events() == [(1132, HALL)]
    assert house.siren() == "intrusion"


def test_an_instant_zone_alarms_at_once_even_in_the_entry_delay() -> None:
    house = armed()
    house.opens(FRONT_DOOR, WINDOW)
    assert house.events() == [(6134, FRONT_DOOR), (1130, WINDOW)]
    assert house.siren() == "intrusion"
    house.passes(ENTRY_MS)
    assert house.events() == [(6134, FRONT_DOOR), (1130, WINDOW)]


def test_home_mode_guards_only_its_own_zones() -> None:
    house = House()
    house.arms("home")
    house.opens(HALL, BEDROOM)
    assert house.events() == []
    house.opens(WINDOW)
    assert house.events() == [(1130, WINDOW)]


def test_home_mode_has_its_entry_delay() -> None:
    house = House()
    house.arms("home")
    house.opens(BACK_DOOR)
    house.passes(ENTRY_MS)
    assert house.events() == [(6134, BACK_DOOR), (1134, BACK_DOOR)]


def test_the_siren_stops_at_its_limit_and_the_area_stays_armed_and_remembers() -> None:
    house = armed()
    house.opens(WINDOW)
    house.passes(SIREN_MS - 1)
    assert house.siren() == "intrusion"
    house.passes(1)
    assert house.siren() == "off"
    assert house.display() == ("Armed, alarm in", f"Zone {WINDOW}")
    assert house.lamp("armed") and house.lamp("alarm")


def test_further_zones_do_not_prolong_the_siren() -> None:
    house = armed()
    house.opens(WINDOW)
    house.passes(SIREN_MS - 1)
    house.opens(BEDROOM)
    house.passes(1)
    assert house.siren() == "off"
    assert house.events() == [(1130, WINDOW), (1130, BEDROOM)]


def test_a_zone_left_open_does_not_alarm_again_until_it_was_closed() -> None:
    house = armed()
    house.opens(WINDOW)
    house.passes(10 * SIREN_MS)
    assert house.events() == [(1130, WINDOW)]
    house.closes(WINDOW)
    house.opens(WINDOW)
    assert house.events() == [(1130, WINDOW), (3130, WINDOW), (1130, WINDOW)]
    assert house.siren() == "intrusion"


def test_each_zone_is_told_once_in_one_alarm_and_restored_once() -> None:
    house = armed()
    house.opens(WINDOW)
    for _ in range(20):
        house.opens(HALL)
        house.closes(HALL)
    assert house.events() == [(1130, WINDOW), (1132, HALL), (3132, HALL)]


def test_every_zone_that_opens_in_an_alarm_is_told() -> None:
    house = armed()
    house.opens(WINDOW, FRONT_DOOR, HALL, BEDROOM)
    assert house.events() == [(1130, WINDOW), (1134, FRONT_DOOR), (1132, HALL), (1130, BEDROOM)]


def test_every_alarm_is_restored_when_its_zone_closes_even_after_disarming() -> None:
    house = armed()
    house.opens(FRONT_DOOR)
    house.passes(ENTRY_MS)
    house.opens(WINDOW)
    house.keys(CODE, "disarm")
    house.forget()
    house.closes(WINDOW, FRONT_DOOR)
    assert house.events() == [(3130, WINDOW), (3134, FRONT_DOOR)]


def test_a_zone_repeating_its_state_never_triggers_again() -> None:
    house = armed()
    house.opens(WINDOW)
    house.keys(CODE, "disarm")
    house.closes(WINDOW)
    house.arms()
    house.closes(WINDOW)
    assert house.heard == []


def test_disarming_stops_the_siren_and_reports_the_cancel_after_the_disarming() -> None:
    house = armed()
    house.opens(WINDOW)
    house.forget()
    house.keys(CODE, "disarm")
    assert house.full_events() == [(1401, 1, 0, ANNA, 1, 0), (1406, 1, WINDOW, ANNA, 1, 0)]
    assert house.siren() == "off"
    assert house.display() == ("Burglar alarm in", f"Zone {WINDOW}")


def test_an_alarm_is_cancelled_also_after_the_siren_limit_and_only_once() -> None:
    house = armed()
    house.opens(WINDOW)
    house.passes(SIREN_MS)
    house.forget()
    house.keys(CODE, "disarm")
    house.keys(CODE, "disarm")
    assert house.events() == [(1401, 0), (1406, WINDOW)]


def test_the_alarm_memory_is_cleared_by_disarming_again() -> None:
    house = armed()
    house.opens(WINDOW)
    house.keys(CODE, "disarm")
    house.closes(WINDOW)
    assert house.display() == ("Burglar alarm in", f"Zone {WINDOW}")
    house.keys(CODE, "disarm")
    assert house.display() == ("Disarmed", "Ready")
    assert not house.lamp("alarm")


def test_the_alarm_memory_is_cleared_by_arming_and_is_no_cancel_next_time() -> None:
    house = armed()
    house.opens(WINDOW)
    house.keys(CODE, "disarm")
    house.closes(WINDOW)
    house.arms()
    assert house.display() == ("Armed", "Away") and not house.lamp("alarm")
    house.keys(CODE, "disarm")
    assert house.events() == [(1401, 0)]


def test_a_new_entry_after_an_alarm_has_its_own_delay() -> None:
    house = armed()
    house.opens(WINDOW)
    house.passes(SIREN_MS)
    house.forget()
    house.opens(FRONT_DOOR)
    assert house.events() == [(6134, FRONT_DOOR)]
    house.passes(ENTRY_MS)
    assert house.events() == [(6134, FRONT_DOOR), (1134, FRONT_DOOR)]


def test_an_alarm_during_the_exit_delay_ends_it() -> None:
    house = House()
    house.keys(CODE, "away")
    house.opens(WINDOW)
    house.passes(EXIT_MS)
    assert house.siren() == "intrusion"
    house.passes(SIREN_MS - EXIT_MS)
    assert house.siren() == "off"
    assert house.lamp("armed")


def test_a_door_may_have_an_entry_delay_of_its_own() -> None:
    house = House()
    house.fits(BACK_DOOR, entry_s=75)
    house.arms()
    house.opens(BACK_DOOR, FRONT_DOOR)
    assert house.full_events() == [(6134, 1, BACK_DOOR, 0, 0, 38)]
    house.passes(74_999)
    assert house.siren() == "off"
    house.passes(1)
    assert house.events() == [(6134, BACK_DOOR), (1134, BACK_DOOR)]


def test_the_door_that_opens_first_sets_the_entry_delay_also_over_a_restart() -> None:
    house = House()
    house.fits(BACK_DOOR, entry_s=300)
    house.arms()
    house.opens(FRONT_DOOR, BACK_DOOR)
    house.passes(ENTRY_MS)
    assert house.siren() == "intrusion"
    house.keys(CODE, "disarm")
    house.closes(FRONT_DOOR, BACK_DOOR)
    house.arms()
    house.opens(BACK_DOOR)
    house.restart()
    house.passes(ENTRY_MS)
    assert house.siren() == "off"
    house.passes(300_000)
    assert house.siren() == "intrusion"


def test_a_door_without_any_delay_of_its_own_alarms_at_once() -> None:
    house = House()
    house.fits(BACK_DOOR, entry_s=0)
    house.arms()
    house.opens(BACK_DOOR)
    assert house.events() == [(6134, BACK_DOOR), (1134, BACK_DOOR)]


def flashes(house: House) -> "list[object]":
    """What cameras were told since `forget`."""
    return [item[2] for item in house.heard if item[0] == "show" and item[1] == "camera"]


def test_a_camera_that_waits_out_the_entry_delay_flashes_to_show_that_it_is_awake() -> None:
    for sensor in ("camera", "pet_camera"):
        house = House()
        house.fits(HALL, sensor=sensor)
        house.arms()
        house.opens(FRONT_DOOR, HALL)
        assert flashes(house) == [(HALL, "flash")]
        house.closes(HALL)
        house.opens(HALL)
        assert flashes(house) == [(HALL, "flash"), (HALL, "flash")]
        assert house.siren() == "off" and house.events() == [(6134, FRONT_DOOR)]


def test_a_camera_flashes_at_nothing_but_an_entry() -> None:
    house = House()
    house.fits(HALL, sensor="camera")
    house.opens(HALL)
    house.closes(HALL)
    house.keys(CODE, "away")
    house.opens(HALL)
    house.closes(HALL)
    house.passes(EXIT_MS)
    house.opens(HALL)
    house.closes(HALL)
    house.opens(HALL)
    assert (1132, HALL) in house.events() and flashes(house) == []


def test_a_detector_that_is_no_camera_has_nothing_to_flash() -> None:
    house = armed()
    house.opens(FRONT_DOOR, HALL)
    assert flashes(house) == []


def test_a_camera_outside_the_mode_does_not_flash() -> None:
    house = House()
    house.fits(HALL, sensor="camera")
    house.arms("home")
    house.opens(FRONT_DOOR, HALL)
    assert flashes(house) == []


def test_an_entry_in_one_area_does_not_let_motion_in_another_wait() -> None:
    house = House()
    house.config["areas"].append({"number": 2, "exit_s": 0})
    house.fits(21, type="follower", area=2)
    house.arms()
    house.opens(FRONT_DOOR, 21)
    assert house.full_events() == [(6134, 1, FRONT_DOOR, 0, 0, 15), (1132, 2, 21, 0, 0, 0)]


def test_disarming_during_the_entry_delay_of_one_area_leaves_anothers_alarm_alone() -> None:
    house = House()
    house.config["areas"].append({"number": 2, "exit_s": 0})
    house.config["users"][1]["areas"] = [1]
    house.fits(21, type="instant", area=2)
    house.arms()
    house.opens(FRONT_DOOR, 21)
    house.keys(OTHER_CODE, "disarm")
    assert house.siren() == "intrusion"
    house.keys(CODE, "disarm")
    assert house.siren() == "off"
