"""Commands to the site as a whole (bypass, walk test, chime), the night mode's, and the clock."""

from hemlarm_firmware.panel import config, inputs
from hemlarm_firmware.panel.core import Panel
from panel_house import (
    ANNA,
    ARM_AWAY,
    BO,
    CODE,
    EXIT_MS,
    FRONT_DOOR,
    HALL,
    OTHER_CODE,
    SILENCE,
    SMOKE,
    WINDOW,
    House,
    quick_hash,
)

NIGHT, BYPASS, UNBYPASS, WALK_TEST, CHIME = 6, 7, 8, 9, 10
DONE, REFUSED, UNKNOWN_VERB, BAD_ARGUMENT = 0, 1, 2, 3
WATER = 21
NOON_S = 1_800_000_000


def test_a_night_is_armed_by_command() -> None:
    house = House()
    assert house.command(NIGHT) == (DONE, 16 * inputs.NIGHT + 1)
    assert house.full_events() == [(3456, 1, 0, ANNA, 2, 30)]
    house.passes(EXIT_MS)
    assert house.display() == ("Armed", "Night")
    assert house.command(NIGHT) == (DONE, 16 * inputs.NIGHT + 2)
    assert house.command(ARM_AWAY) == (REFUSED, 0)


def test_a_zone_is_bypassed_and_taken_in_again_and_both_are_told() -> None:
    house = House()
    assert house.command(BYPASS, WINDOW, user=BO) == (DONE, 0)
    assert house.panel.site.zone_of[WINDOW].bypassed
    assert house.command(UNBYPASS, WINDOW) == (DONE, 0)
    assert not house.panel.site.zone_of[WINDOW].bypassed
    assert house.full_events() == [(1570, 1, WINDOW, BO, 2, 0), (3570, 1, WINDOW, ANNA, 2, 0)]


def test_a_bypass_is_told_once() -> None:
    house = House()
    house.command(BYPASS, WINDOW)
    assert house.command(BYPASS, WINDOW) == (DONE, 0)
    house.command(UNBYPASS, WINDOW)
    assert house.command(UNBYPASS, WINDOW) == (DONE, 0)
    assert house.events() == [(1570, WINDOW), (3570, WINDOW)]


def test_a_bypass_is_saved() -> None:
    house = House()
    house.command(BYPASS, WINDOW)
    assert house.saves() == 1
    house.restart()
    house.arms()
    house.opens(WINDOW)
    assert house.events() == []


def test_a_zone_that_may_not_be_bypassed_is_refused() -> None:
    house = House()
    assert house.command(BYPASS, SMOKE) == (REFUSED, 0)
    assert house.command(UNBYPASS, SMOKE) == (REFUSED, 0)
    assert house.events() == [] and house.saves() == 0


def test_an_unknown_zone_is_a_bad_argument() -> None:
    for verb in (BYPASS, UNBYPASS):
        assert House().command(verb, 99) == (BAD_ARGUMENT, 0)


def test_no_bypass_while_the_entry_delay_or_an_alarm_runs() -> None:
    house = House()
    house.arms()
    assert house.command(BYPASS, HALL) == (DONE, 0)
    house.opens(FRONT_DOOR)
    assert house.command(BYPASS, WINDOW) == (REFUSED, 0)
    assert house.command(UNBYPASS, HALL) == (REFUSED, 0)
    house.opens(WINDOW)
    assert house.siren() == "intrusion"
    assert house.command(BYPASS, FRONT_DOOR) == (REFUSED, 0)


def test_an_alarm_in_one_area_hinders_no_bypass_in_another() -> None:
    zones = [{"number": 1, "type": "instant", "area": 1}, {"number": 2, "type": "instant", "area": 2}]
    house = House(areas=[{"number": 1}, {"number": 2}], zones=zones)
    house.command(ARM_AWAY, 1)
    house.opens(1)
    assert house.command(BYPASS, 2) == (DONE, 0)
    assert house.full_events()[-1] == (1570, 2, 2, ANNA, 2, 0)


def test_the_chime_is_switched_and_stays_so_over_a_restart() -> None:
    house = House()
    house.config["zones"][0]["chime"] = True
    house.start()
    for on in (0, 1):
        assert house.command(CHIME, on) == (DONE, 0)
        house.restart()
        house.forget()
        house.opens(FRONT_DOOR)
        house.closes(FRONT_DOOR)
        assert (("show", "buzzer", "chime") in house.heard) == bool(on)


def test_chime_and_walk_test_are_on_or_off() -> None:
    for verb in (CHIME, WALK_TEST):
        for argument in (2, 255):
            house = House()
            assert house.command(verb, argument) == (BAD_ARGUMENT, 0)
            assert house.events() == [] and house.saves() == 0


def test_verbs_beyond_the_last_are_unknown() -> None:
    assert House().command(inputs.VERB_RESTART + 1, 1) == (UNKNOWN_VERB, 0)
    assert House().command(0, 1) == (UNKNOWN_VERB, 0)


def test_what_happens_after_a_command_is_the_panels_own() -> None:
    for verb, argument in ((BYPASS, HALL), (BYPASS, 99), (CHIME, 0), (ARM_AWAY, 1), (ARM_AWAY, 99)):
        house = House()
        house.command(verb, argument)
        house.forget()
        house.opens(SMOKE)
        assert house.full_events() == [(1111, 1, SMOKE, 0, 0, 0)]


def test_silencing_leaves_a_silenced_water_alarm_remembered() -> None:
    house = House(zones=[{"number": WATER, "type": "water", "area": 1}])
    house.opens(WATER)
    assert house.shown["buzzer"] == "alert"
    house.forget()
    house.command(SILENCE)
    assert house.full_events() == [(6154, 1, WATER, ANNA, 2, 0)]
    assert house.shown["buzzer"] == "off" and house.lamp("alarm")


def test_a_new_user_of_the_command_is_named_each_time() -> None:
    house = House()
    house.command(ARM_AWAY, user=ANNA)
    house.command(1, user=BO)
    assert [(event[0], event[3]) for event in house.full_events()] == [(3401, ANNA), (1401, BO)]


def test_the_clock_is_unknown_until_it_is_told_and_goes_on_from_there() -> None:
    house = House()
    assert house.panel.time_s(house.now) is None
    house.says("clock", NOON_S)
    assert house.panel.time_s(house.now) == NOON_S
    assert house.panel.time_s(house.now + 1999) == NOON_S + 1
    house.passes(60_000)
    house.says("clock", NOON_S)
    assert house.panel.time_s(house.now) == NOON_S, "set back"
    assert house.events() == [] and house.saves() == 0


def test_the_clock_goes_on_under_a_new_configuration_and_is_lost_in_a_restart() -> None:
    house = House()
    house.says("clock", NOON_S)
    house.passes(5000)
    house.takes_over(siren_s=200)
    assert house.panel.time_s(house.now) == NOON_S + 5
    house.restart()
    assert house.panel.time_s(house.now) is None


def test_a_panel_at_rest_or_armed_is_settled_and_no_other() -> None:
    house = House()
    settled = house.panel.site.is_settled
    assert settled()
    house.keys(CODE, "away")
    assert not settled()
    house.passes(EXIT_MS)
    assert settled()
    house.opens(FRONT_DOOR)
    assert not settled()
    house.opens(WINDOW)
    assert not settled()
    house.keys(CODE, "disarm")
    assert settled()
    house.opens(SMOKE)
    assert not settled()
    house.keys(CODE, "disarm")
    assert settled(), "a silenced fire may last for days"
    house.closes(SMOKE)
    house.command(WALK_TEST, 1)
    assert not settled()


def test_the_alarm_of_one_area_unsettles_the_site() -> None:
    zones = [{"number": 1, "type": "instant", "area": 2}]
    house = House(areas=[{"number": 1}, {"number": 2}], zones=zones)
    house.command(ARM_AWAY, 2)
    assert not house.panel.site.is_settled()


def test_the_first_input_of_all_starts_the_clocks() -> None:
    house = House()
    house.keys(CODE, "away")
    panel = Panel(config.check(house.config), house.saved, quick_hash)
    assert panel.handle(("zone", FRONT_DOOR, False), 0) != []
    deadline_ms = panel.deadline_ms()
    assert deadline_ms is not None and deadline_ms <= EXIT_MS


def test_the_log_of_the_keypad_asks_for_events_and_shows_them() -> None:
    house = House()
    house.keys(CODE, "ok")
    house.press("down", "down", "ok")
    assert house.heard[-1] == ("recall", 0)
    house.says("recalled", (1401, 0, BO, None))
    assert house.display() == ("Disarmed", f"No date U{BO}")


def test_a_wrong_code_during_an_alarm_is_told_on_the_display() -> None:
    house = House()
    house.opens(SMOKE)
    house.press("ok")
    house.keys("9999", "disarm")
    assert house.display()[0] == "Wrong code"


def two_areas() -> House:
    """A window in each area; Anna has both, Bo the second one only."""
    zones = [{"number": 1, "type": "instant", "area": 1}, {"number": 2, "type": "instant", "area": 2}]
    house = House(areas=[{"number": 1}, {"number": 2}], zones=zones)
    house.config["users"][1]["areas"] = [2]
    house.start()
    return house


def test_what_is_open_in_any_area_is_named_and_forced() -> None:
    house = two_areas()
    house.opens(1, 2)
    house.arms_not(1)
    house.press("down")
    assert "Zone 2" in house.display()[1]
    house.forget()
    house.press("ok")
    assert house.events() == [(1570, 1), (1570, 2), (3401, 0), (3401, 0)]


def test_a_code_and_ok_disarms_where_any_area_is_armed() -> None:
    house = two_areas()
    house.command(ARM_AWAY, 2)
    house.forget()
    house.keys(CODE, "ok")
    assert (1401, 0) in house.events()


def test_a_code_and_ok_silences_what_sounds() -> None:
    house = House()
    house.opens(SMOKE)
    house.keys(CODE, "ok")
    assert house.siren() == "off"


def test_the_menu_of_one_area_announces_no_yearly_test_while_another_is_armed() -> None:
    house = two_areas()
    house.command(ARM_AWAY, 1)
    house.forget()
    house.keys(OTHER_CODE, "ok")
    house.press("down", "down", "down", "down", "ok", "ok", "ok", "ok", "ok", "ok")
    assert house.events() == []
    assert house.heard[-1] == ("show", "buzzer", "error")
