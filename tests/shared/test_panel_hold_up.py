"""Hold-up, aloud and silent, the keypad's emergency keys, and what the display says of the centre."""

from hemlarm_firmware.panel import informing
from panel_house import ANNA, BO, CODE, EXIT_MS, FRONT_DOOR, SIREN_MS, SMOKE, WINDOW, WRONG_CODE, House

BUTTON, SILENT_BUTTON, CO, LID, LEAK = 31, 36, 30, 32, 33
INFORMED_MS = 100_000


def shop(**changes: object) -> House:
    """A house with a hold-up button and a silent one."""
    house = House(**changes)
    house.fits(BUTTON, type="hold_up")
    house.fits(SILENT_BUTTON, type="hold_up", silent=True)
    return house


def test_a_hold_up_needs_no_arming_and_has_a_siren_of_its_own() -> None:
    for mode in ("", "away", "home", "night"):
        house = shop()
        if mode:
            house.arms(mode)
        house.opens(BUTTON)
        assert house.full_events() == [(1120, 1, BUTTON, 0, 0, 0)]
        assert house.siren() == "hold-up" and house.shown["outdoor"] == "hold-up"
        assert house.display() == ("HOLD-UP", f"Zone {BUTTON}") and house.lamp("alarm")


def test_a_hold_up_is_silenced_by_a_code_and_over_when_the_button_is_reset() -> None:
    house = shop()
    house.opens(BUTTON)
    house.forget()
    house.keys(CODE, "disarm")
    assert house.full_events() == [(6120, 1, BUTTON, ANNA, 1, 0)]
    assert house.siren() == "off" and house.shown["outdoor"] == "off"
    house.closes(BUTTON)
    assert house.events() == [(6120, BUTTON), (3120, BUTTON)]


def test_the_hold_up_siren_has_the_ordinary_limit() -> None:
    house = shop(siren_s=20, outdoor_s=0)
    house.opens(BUTTON)
    house.passes(19_999)
    assert house.siren() == "hold-up"
    house.passes(1)
    assert house.siren() == "off" and house.lamp("alarm")


def test_fire_and_carbon_monoxide_are_heard_over_a_hold_up_and_it_over_a_burglary() -> None:
    house = shop()
    house.fits(CO, type="co")
    house.arms()
    for zone, sound in ((WINDOW, "intrusion"), (BUTTON, "hold-up"), (CO, "co"), (SMOKE, "fire")):
        house.opens(zone)
        assert house.siren() == sound


def test_a_silent_hold_up_is_reported_and_nothing_in_the_house_shows_or_sounds_it() -> None:
    for mode in ("", "away"):
        house = shop()
        if mode:
            house.arms(mode)
        house.forget()
        house.opens(SILENT_BUTTON)
        house.closes(SILENT_BUTTON)
        assert house.heard == [
            ("event", 1122, 1, SILENT_BUTTON, 0, 0, 0),
            ("event", 3122, 1, SILENT_BUTTON, 0, 0, 0),
        ]
        assert not house.panel.waits_for_centre
        house.passes(2 * INFORMED_MS)
        house.says("informed")
        assert [item for item in house.heard if item[0] != "event"] == []


def test_a_silent_hold_up_leaves_no_trace_for_whoever_disarms_afterwards() -> None:
    house = shop()
    house.opens(SILENT_BUTTON)
    house.forget()
    house.keys(CODE, "disarm")
    assert house.events() == [] and house.display() == ("Disarmed", "Ready") and not house.lamp("alarm")


# The keypad's keys.


def test_the_keypads_hold_up_key_needs_no_code() -> None:
    house = shop()
    house.press("hold-up")
    assert house.full_events() == [(1120, 1, 0, 0, 1, 0), (3120, 1, 0, 0, 1, 0)]
    assert house.siren() == "hold-up" and house.display() == ("HOLD-UP", "Keypad")
    house.forget()
    house.passes(SIREN_MS - 1)
    assert house.siren() == "hold-up", "letting the key go ends nothing"
    house.keys(CODE, "disarm")
    assert house.full_events() == [(6120, 1, 0, ANNA, 1, 0)]
    assert house.siren() == "off"


def test_the_keypads_fire_key_calls_as_a_fire_button() -> None:
    house = shop()
    house.press("fire")
    assert house.full_events() == [(1115, 1, 0, 0, 1, 0), (3115, 1, 0, 0, 1, 0)]
    assert house.siren() == "fire" and house.display() == ("FIRE", "Keypad")
    house.passes(SIREN_MS)
    assert house.siren() == "off" and house.lamp("alarm")


def test_what_follows_an_emergency_key_is_not_the_keypads_doing() -> None:
    house = shop()
    house.press("fire")
    house.forget()
    house.opens(SMOKE)
    assert house.full_events() == [(1111, 1, SMOKE, 0, 0, 0)]


def test_the_emergency_keys_work_on_a_locked_keypad() -> None:
    house = shop()
    for _ in range(3):
        house.keys(WRONG_CODE, "disarm")
    house.press("hold-up")
    assert house.siren() == "hold-up"
    assert house.display() == ("HOLD-UP", "Keypad")


def test_a_site_may_have_no_emergency_keys() -> None:
    house = shop(keypad_alarms=False)
    house.forget()
    house.press("fire", "hold-up")
    assert house.heard == []


def test_the_emergency_keys_are_no_part_of_a_code() -> None:
    house = shop(keypad_alarms=False)
    house.press("1", "2", "fire", "3", "hold-up", "4", "away")
    assert house.events() == [(3401, 0)]


def test_an_alarm_takes_the_display_from_whatever_the_keypad_was_saying() -> None:
    house = shop()
    for keys, said in (("9999o", "Wrong code"), ("a", "Arm away: code")):
        for key in keys:
            house.press({"o": "off", "a": "away"}.get(key, key))
        assert house.display()[0] == said
        house.opens(SMOKE)
        assert house.display() == ("FIRE", f"Zone {SMOKE}")
        house.keys(CODE, "disarm")
        house.closes(SMOKE)
        house.keys(CODE, "disarm")


def test_an_alarm_does_not_disturb_whoever_is_typing_the_code() -> None:
    house = shop()
    house.press("1", "2")
    house.opens(BUTTON)
    house.press("3")
    house.opens(SMOKE)
    house.press("4", "off")
    assert house.siren() == "off" and house.events()[-2:] == [(6111, SMOKE), (6120, BUTTON)]


# Whether the centre knows.


def test_the_display_tells_when_the_centre_knows() -> None:
    for zone, shown in ((SMOKE, "FIRE Zone 4"), (CO, "GAS Zone 30"), (BUTTON, "Hold-up Zone 31")):
        house = shop()
        house.fits(CO, type="co")
        assert not house.panel.waits_for_centre
        house.opens(zone)
        assert house.panel.waits_for_centre
        house.passes(INFORMED_MS - 1)
        house.says("informed")
        assert house.display() == (shown, "Centre informed")
        assert not house.panel.waits_for_centre
        house.passes(1)
        assert house.display() == (shown, "Centre informed")


def test_after_a_hundred_seconds_without_an_answer_the_display_says_that_the_centre_does_not_know() -> None:
    for zone, shown in (
        (SMOKE, ("FIRE: centre", "not informed 112")),
        (CO, ("GAS: centre", "not informed 112")),
        (BUTTON, ("Hold-up: centre", "not informed 112")),
    ):
        house = shop()
        house.fits(CO, type="co")
        house.opens(zone)
        house.passes(INFORMED_MS - 1)
        assert "centre" not in house.display()[0]
        house.passes(1)
        assert house.display() == shown
        assert house.panel.waits_for_centre, "a late answer is still news"
        house.says("informed")
        assert house.display()[1] == "Centre informed"


def test_the_keypads_keys_are_answered_too() -> None:
    for key, shown in (("fire", "FIRE Keypad"), ("hold-up", "Hold-up Keypad")):
        house = shop()
        house.press(key)
        house.says("informed")
        assert house.display() == (shown, "Centre informed")


def test_a_further_alarm_waits_for_an_answer_of_its_own() -> None:
    house = shop()
    house.opens(SMOKE)
    house.says("informed")
    house.opens(BUTTON)
    assert house.panel.waits_for_centre
    assert house.display() == ("FIRE", f"Zone {SMOKE}")
    house.passes(INFORMED_MS)
    assert house.display() == ("FIRE: centre", "not informed 112")


def test_whether_the_centre_knows_is_shown_until_a_person_has_read_it() -> None:
    house = shop()
    house.opens(BUTTON)
    house.says("informed")
    house.keys(CODE, "disarm")
    assert house.display() == ("Hold-up Zone 31", "Centre informed")
    house.closes(BUTTON)
    assert house.display() == ("Zone 31 alarmed", "Centre informed")
    house.keys(CODE, "disarm")
    assert house.display() == ("Disarmed", "Ready")
    house.opens(BUTTON)
    assert house.display() == ("HOLD-UP", "Zone 31"), "the next alarm is told on its own"


def test_an_answer_that_nobody_waits_for_says_nothing() -> None:
    house = shop()
    house.fits(LEAK, type="water")
    house.fits(LID, type="tamper")
    house.arms()
    house.opens(LEAK, LID, WINDOW)
    house.forget()
    assert not house.panel.waits_for_centre
    house.says("informed")
    house.passes(INFORMED_MS)
    assert [item for item in house.heard if item[0] == "show"] == [], (
        "of these the display does not tell what the centre knows"
    )


def test_a_restart_waits_anew_and_forgets_neither_answer() -> None:
    house = shop(siren_s=900)
    house.opens(BUTTON)
    house.passes(INFORMED_MS - 1)
    house.restart()
    house.passes(INFORMED_MS - 1)
    assert house.display() == ("HOLD-UP", "Zone 31")
    house.passes(1)
    assert house.display() == ("Hold-up: centre", "not informed 112")
    house.restart()
    assert house.display() == ("Hold-up: centre", "not informed 112")
    house.says("informed")
    house.restart()
    house.passes(INFORMED_MS)
    assert house.display() == ("Hold-up Zone 31", "Centre informed")
    assert not house.panel.waits_for_centre


def test_a_hold_up_while_somebody_leaves_neither_ends_the_arming_nor_is_ended_by_it() -> None:
    house = shop()
    house.keys(CODE, "away")
    house.opens(BUTTON)
    house.passes(EXIT_MS)
    assert house.lamp("armed") and house.siren() == "hold-up"
    house.opens(FRONT_DOOR)
    assert (6134, FRONT_DOOR) in house.events()
    house.command(1, 1, user=BO)
    assert house.siren() == "off"
    assert house.full_events()[-1] == (6120, 1, BUTTON, BO, 2, 0)


def test_once_read_nothing_waits_for_the_centre_any_more() -> None:
    for answered in (False, True):
        house = shop()
        fresh = house.panel.snapshot()
        house.opens(BUTTON)
        house.closes(BUTTON)
        if answered:
            house.says("informed")
        house.keys(CODE, "disarm")
        assert house.panel.waits_for_centre == (not answered), "whoever silenced it still wants to know"
        house.keys(CODE, "disarm")
        assert not house.panel.waits_for_centre
        assert house.panel.snapshot() == fresh and house.panel.deadline_ms() is None
        house.passes(INFORMED_MS)
        assert not house.panel.waits_for_centre


def test_the_stored_numbers_of_the_answer_never_change() -> None:
    states = [informing.NOTHING, informing.WAITING, informing.INFORMED, informing.NOT_INFORMED]
    assert states == list(range(4))


def test_a_restart_forgets_no_alarm_of_the_keypads_keys() -> None:
    house = shop()
    house.press("hold-up")
    house.says("informed")
    house.keys(CODE, "disarm")
    house.restart()
    assert house.display() == ("Keypad alarmed", "Centre informed") and house.lamp("alarm")


def test_a_silenced_fire_of_which_the_centre_knows_says_to_air_out() -> None:
    house = House()
    house.opens(SMOKE)
    house.says("informed")
    assert house.display() == ("FIRE Zone 4", "Centre informed")
    house.keys(CODE, "disarm")
    assert house.display() == ("Air out Zone 4", "Centre informed")
    house.closes(SMOKE)
    assert house.display() == ("Zone 4 alarmed", "Centre informed")
