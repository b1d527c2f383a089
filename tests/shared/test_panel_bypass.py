"""Bypasses: by a person, by forcing an arming, what may never be, how they end, and that a restart keeps them."""

from panel_house import (
    ANNA,
    BACK_DOOR,
    BEDROOM,
    BO,
    CODE,
    DISARM,
    ENTRY_MS,
    EXIT_MS,
    FRONT_DOOR,
    HALL,
    OTHER_CODE,
    SIREN_MS,
    SMOKE,
    WINDOW,
    House,
)

BYPASS, UNBYPASS = 7, 8
CO, HOLD_UP, LID, CABINET, LEAK = 30, 31, 32, 33, 34
DONE, REFUSED, BAD_ARGUMENT = (0, 0), (1, 0), (3, 0)


def forced(*opened: int, mode: str = "away", **changes: object) -> House:
    """A house that Bo arms although these zones are open."""
    house = House(**changes)
    house.opens(*opened)
    house.keys(OTHER_CODE, mode)
    house.forget()
    house.press("ok")
    return house


# Forced arming.


def test_forcing_bypasses_what_is_open_and_reports_it_before_the_arming() -> None:
    house = forced(WINDOW, BEDROOM)
    assert house.full_events() == [
        (1570, 1, WINDOW, BO, 1, 0),
        (1570, 1, BEDROOM, BO, 1, 0),
        (3401, 1, 0, BO, 1, 30),
    ]
    house.passes(EXIT_MS)
    house.forget()
    house.closes(WINDOW)
    house.opens(WINDOW)
    assert house.events() == [] and house.siren() == "off"


def test_a_zone_outside_the_mode_is_not_bypassed_by_forcing() -> None:
    house = forced(WINDOW, BEDROOM, mode="home")
    assert house.events() == [(1570, WINDOW), (3441, 0)]


def test_a_zone_that_closes_during_the_exit_delay_guards_again() -> None:
    house = forced(WINDOW)
    house.passes(EXIT_MS - 1)
    house.forget()
    house.closes(WINDOW)
    assert house.full_events() == [(3570, 1, WINDOW, 0, 0, 0)]
    house.opens(WINDOW)
    assert house.events() == [(3570, WINDOW), (1130, WINDOW)]


def test_a_door_that_closes_during_the_exit_delay_starts_the_entry_delay_later() -> None:
    house = forced(FRONT_DOOR)
    house.closes(FRONT_DOOR)
    house.passes(EXIT_MS)
    house.forget()
    house.opens(FRONT_DOOR)
    assert house.events() == [(6134, FRONT_DOOR)]


def test_a_door_forced_and_left_open_is_no_exit_error() -> None:
    house = forced(FRONT_DOOR)
    house.forget()
    house.passes(EXIT_MS + ENTRY_MS)
    assert house.events() == []
    assert house.display() == ("Armed", "Away")


def test_a_zone_that_closes_after_the_exit_delay_stays_bypassed_until_disarmed() -> None:
    house = forced(WINDOW)
    house.passes(EXIT_MS)
    house.closes(WINDOW)
    house.opens(WINDOW)
    house.closes(WINDOW)
    house.forget()
    house.keys(CODE, "disarm")
    assert house.full_events() == [(1401, 1, 0, ANNA, 1, 0), (3570, 1, WINDOW, ANNA, 1, 0)]
    house.arms()
    house.opens(WINDOW)
    assert house.events() == [(1130, WINDOW)]


def test_with_no_exit_delay_a_forced_zone_stays_bypassed() -> None:
    house = forced(WINDOW, exit_s=0)
    house.forget()
    house.closes(WINDOW)
    house.opens(WINDOW)
    assert house.events() == []


def test_a_radio_sensor_that_was_missing_when_arming_was_forced_guards_again_when_it_is_heard() -> None:
    house = House()
    house.fits(CABINET, type="instant", radio=b"cabi", key=bytes(16))
    house.keys(CODE, "away")
    assert house.display() == ("Fault 1/1. OK?", f"Zone {CABINET}")
    house.press("ok")
    house.forget()
    house.says("sensor", CABINET, 1, None)
    assert house.events() == [], "heard, but open"
    house.says("sensor", CABINET, 0, None)
    assert house.events() == [(3570, CABINET)]
    house.says("sensor", CABINET, 1, None)
    assert house.events() == [(3570, CABINET), (1130, CABINET)]


def test_what_may_not_be_bypassed_has_to_be_closed_before_arming() -> None:
    house = House()
    house.fits(WINDOW, bypass=False)
    house.opens(BEDROOM, WINDOW)
    house.forget()
    house.keys(CODE, "away")
    assert house.display() == ("Close 1/2", f"Zone {WINDOW}")
    house.press("ok")
    assert house.events() == [] and house.saves() == 0, "no zone is bypassed where one refuses"
    house.closes(WINDOW)
    house.press("ok")
    assert house.events() == [(1570, BEDROOM), (3401, 0)]


def test_an_open_cabinet_or_lid_refuses_arming_and_can_be_forced() -> None:
    for zone_type, code in (("always", 1133), ("tamper", 1137)):
        house = House()
        house.fits(CABINET, type=zone_type)
        house.opens(CABINET)
        house.keys(CODE, "disarm")
        assert not house.lamp("ready")
        house.forget()
        house.keys(CODE, "away")
        house.press("ok")
        house.passes(EXIT_MS)
        assert house.events() == [(1570, CABINET), (3401, 0)]
        house.closes(CABINET)
        house.opens(CABINET)
        assert (code, CABINET) not in house.events()


def test_an_open_leak_or_hold_up_button_does_not_refuse_arming() -> None:
    house = House()
    house.fits(LEAK, type="water")
    house.fits(HOLD_UP, type="hold_up")
    house.fits(CO, type="co")
    house.opens(LEAK, HOLD_UP, CO)
    house.keys(CODE, "disarm")
    assert house.lamp("ready")
    house.forget()
    house.keys(CODE, "away")
    assert house.events() == [(3401, 0)]


# By a person.


def test_a_command_bypasses_a_zone_until_the_next_disarming() -> None:
    house = House()
    assert house.command(BYPASS, HALL, user=BO) == DONE
    assert house.full_events() == [(1570, 1, HALL, BO, 2, 0)]
    house.arms()
    house.opens(HALL)
    house.closes(HALL)
    assert house.events() == []
    house.command(DISARM, 1, user=ANNA)
    assert house.full_events() == [(1401, 1, 0, ANNA, 2, 0), (3570, 1, HALL, ANNA, 2, 0)]


def test_bypassing_twice_is_told_once() -> None:
    house = House()
    assert house.command(BYPASS, HALL) == DONE and house.command(BYPASS, HALL) == DONE
    assert house.command(UNBYPASS, HALL) == DONE and house.command(UNBYPASS, HALL) == DONE
    assert house.events() == [(1570, HALL), (3570, HALL)]


def test_disarming_again_while_disarmed_ends_no_bypass() -> None:
    house = House()
    house.command(BYPASS, HALL)
    house.forget()
    house.keys(CODE, "disarm")
    assert house.events() == []


def test_a_zone_bypassed_by_a_person_does_not_guard_again_by_closing() -> None:
    house = House()
    house.opens(WINDOW)
    house.command(BYPASS, WINDOW)
    assert house.lamp("ready") and not house.lamp("open")
    house.keys(CODE, "away")
    house.closes(WINDOW)
    house.opens(WINDOW)
    assert house.events() == [(1570, WINDOW), (3401, 0)]


def test_a_person_who_bypasses_a_forced_zone_means_it_to_stay_so() -> None:
    house = forced(WINDOW)
    house.forget()
    house.command(BYPASS, WINDOW)
    house.closes(WINDOW)
    assert house.events() == []


def test_a_bypass_ended_while_armed_makes_the_zone_guard_from_its_next_opening() -> None:
    house = House()
    house.opens(WINDOW)
    house.command(BYPASS, WINDOW)
    house.arms()
    assert house.command(UNBYPASS, WINDOW) == DONE
    assert house.events() == [(3570, WINDOW)] and house.siren() == "off"
    house.restart()
    assert house.siren() == "off", "it was open all the time"
    house.closes(WINDOW)
    house.opens(WINDOW)
    assert house.events() == [(3570, WINDOW), (1130, WINDOW)]


def test_fire_carbon_monoxide_and_hold_up_are_never_bypassed() -> None:
    house = House()
    house.fits(CO, type="co")
    house.fits(HOLD_UP, type="hold_up")
    for zone, code in ((SMOKE, 1111), (CO, 1162), (HOLD_UP, 1120)):
        assert house.command(BYPASS, zone) == REFUSED
        assert house.events() == []
        house.opens(zone)
        assert house.events() == [(code, zone)]
        house.forget()


def test_an_unknown_zone_is_answered_and_one_that_the_installer_protects_is_refused() -> None:
    house = House()
    house.fits(WINDOW, bypass=False)
    assert house.command(BYPASS, 99) == BAD_ARGUMENT and house.command(UNBYPASS, 99) == BAD_ARGUMENT
    assert house.command(BYPASS, WINDOW) == REFUSED and house.command(UNBYPASS, WINDOW) == REFUSED
    assert house.events() == [] and house.saves() == 0


def test_nothing_is_bypassed_while_somebody_enters_or_an_alarm_sounds() -> None:
    for opened in (FRONT_DOOR, WINDOW):
        house = House()
        house.command(BYPASS, BACK_DOOR)
        house.arms()
        house.opens(opened)
        house.forget()
        assert house.command(BYPASS, BEDROOM) == REFUSED
        assert house.command(UNBYPASS, BACK_DOOR) == REFUSED
        house.opens(BEDROOM, BACK_DOOR)
        assert house.events() == [(1130, BEDROOM)]
        house.passes(SIREN_MS)
        assert house.command(BYPASS, WINDOW) == DONE


def test_water_cabinets_and_lids_that_are_bypassed_do_not_alarm() -> None:
    for zone_type in ("water", "always", "tamper"):
        house = House()
        house.fits(CABINET, type=zone_type)
        house.command(BYPASS, CABINET)
        house.opens(CABINET)
        assert house.events() == [(1570, CABINET)], zone_type
        assert house.shown["buzzer"] == "off" and not house.lamp("alarm")
        house.arms()
        house.closes(CABINET)
        house.opens(CABINET)
        assert house.events() == [] and house.siren() == "off"


def test_an_alarm_of_a_zone_that_is_bypassed_afterwards_still_ends() -> None:
    house = House()
    house.fits(LEAK, type="water")
    house.opens(LEAK)
    assert house.command(BYPASS, LEAK) == DONE
    house.forget()
    house.closes(LEAK)
    assert house.events() == [(3154, LEAK)]


def test_a_tampered_zone_that_is_bypassed_is_only_reported() -> None:
    house = House()
    house.fits(CABINET, type="instant", radio=b"cabi", key=bytes(16))
    house.says("sensor", CABINET, 0, None)
    house.command(BYPASS, CABINET)
    house.arms()
    house.says("sensor", CABINET, 2, None)
    assert house.events() == [(1144, CABINET)] and house.siren() == "off" and house.lamp("fault")
    house.keys(CODE, "disarm")
    assert house.display() == ("Tampered with", f"Zone {CABINET}")
    house.forget()
    house.says("sensor", CABINET, 0, None)
    assert house.events() == [(3144, CABINET)] and not house.lamp("alarm")


def test_a_tamper_alarm_whose_zone_is_bypassed_meanwhile_still_ends() -> None:
    house = House()
    house.fits(CABINET, type="instant", radio=b"cabi", key=bytes(16))
    house.says("sensor", CABINET, 2, None)
    house.command(BYPASS, CABINET)
    house.forget()
    house.says("sensor", CABINET, 0, None)
    assert house.events() == [(3144, CABINET)]
    house.keys(CODE, "disarm")
    house.keys(CODE, "disarm")
    assert not house.lamp("alarm")


# Over a restart.


def test_every_bypass_survives_a_restart() -> None:
    house = House()
    house.opens(BEDROOM)
    house.command(BYPASS, WINDOW)
    house.keys(CODE, "away")
    house.press("ok")
    house.passes(EXIT_MS)
    house.forget()
    house.restart(closed=(BEDROOM,))
    house.opens(WINDOW, BEDROOM)
    assert house.events() == [] and house.siren() == "off"
    house.restart(closed=(BEDROOM, WINDOW))
    house.restart(BEDROOM, WINDOW)
    assert house.events() == [] and house.siren() == "off"
    house.keys(CODE, "disarm")
    assert house.events() == [(1401, 0), (3570, WINDOW), (3570, BEDROOM)]


def test_a_zone_forced_before_a_restart_in_the_exit_delay_guards_again_when_it_closes_after_it() -> None:
    house = forced(WINDOW)
    house.restart()
    house.forget()
    house.closes(WINDOW)
    assert house.events() == [(3570, WINDOW)]


def test_a_forced_zone_that_closes_while_the_panel_is_down_in_the_exit_delay_guards_again() -> None:
    house = forced(WINDOW)
    house.forget()
    house.restart(closed=(WINDOW,))
    assert house.full_events() == [(3570, 1, WINDOW, 0, 0, 0)]
    house.opens(WINDOW)
    assert house.events() == [(3570, WINDOW), (1130, WINDOW)]
    house = forced(WINDOW)
    house.passes(EXIT_MS)
    house.forget()
    house.restart(closed=(WINDOW,))
    house.opens(WINDOW)
    assert house.events() == [], "after the exit delay it stays bypassed"


def test_a_zone_that_becomes_a_detector_of_fire_loses_the_bypass_that_it_had() -> None:
    house = House()
    house.command(BYPASS, BEDROOM)
    house.fits(BEDROOM, type="fire")
    house.opens(BEDROOM)
    assert house.events() == [(1111, BEDROOM)]
