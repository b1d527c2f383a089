"""Arming that is refused, forced or given up; guests' hours; installers; every role's reach."""

from hemlarm_firmware.panel import tables
from keypad_support import (
    ANNA,
    BO,
    CELLAR,
    CLEANER,
    CODE,
    FITTER,
    FRONT_DOOR,
    GUEST_DURESS,
    LISA,
    MONDAY_10,
    SMOKE,
    TAG,
    WINDOW,
    WRONG,
    Desk,
    plain_config,
)

AT_NIGHT = MONDAY_10 + 12 * 3600
DAY_MS = 24 * 3600 * 1000


def blocked_desk(*zones: int, user: int = BO) -> Desk:
    """Arming away has just been refused because of these zones."""
    desk = Desk()
    for zone in zones:
        desk.panel.zone(zone).open = True
    desk.keys(CODE[user] + " away")
    assert desk.panel.asked == [] and desk.buzzes == ["error"]
    return desk


def test_a_refused_arming_names_the_zone() -> None:
    assert blocked_desk(FRONT_DOOR).display() == ("Open 1/1. OK?", "Front door")
    assert blocked_desk(WINDOW).display() == ("Open 1/1. OK?", "Zone 3"), "which has no name"


def test_up_and_down_browse_what_is_open() -> None:
    desk = blocked_desk(FRONT_DOOR, WINDOW, CELLAR)
    shown = []
    for key in ("down", "down", "down", "up"):
        desk.keys(key)
        shown.append(desk.display())
    assert shown == [
        ("Open 2/3. OK?", "Zone 3"),
        ("Open 3/3. OK?", "Cellar"),
        ("Open 1/3. OK?", "Front door"),
        ("Open 3/3. OK?", "Cellar"),
    ]


def test_ok_forces_and_is_the_same_users_doing() -> None:
    desk = blocked_desk(FRONT_DOOR, WINDOW)
    desk.keys("ok")
    assert desk.panel.asked == [("arm", BO, 1, 1, [FRONT_DOOR, WINDOW])]
    assert desk.buzzes == ["error", "ok"] and desk.display() is None


def test_an_arming_by_tag_is_forced_as_the_tags() -> None:
    desk = Desk()
    desk.panel.zone(WINDOW).open = True
    desk.tag(TAG)
    desk.keys("ok")
    assert desk.panel.asked == [("arm", BO, 16, 1, [WINDOW])]


def test_back_gives_up() -> None:
    desk = blocked_desk(WINDOW)
    desk.keys("back")
    assert desk.display() is None
    desk.keys("ok")
    assert desk.panel.asked == []


def test_the_offer_to_force_ends_after_thirty_seconds() -> None:
    desk = blocked_desk(WINDOW)
    desk.passes(29999)
    assert desk.display() is not None
    desk.passes(1)
    assert desk.display() is None
    desk.keys("ok")
    assert desk.panel.asked == []


def test_typing_gives_the_offer_up() -> None:
    desk = blocked_desk(WINDOW)
    desk.keys("1")
    assert desk.display() == ("Code", "*")


def test_a_zone_that_opened_since_is_named_and_never_bypassed_unseen() -> None:
    desk = blocked_desk(WINDOW)
    desk.panel.zone(FRONT_DOOR).open = True
    desk.keys("ok")
    assert desk.panel.asked == [] and desk.display() == ("Open 1/2. OK?", "Front door")
    desk.keys("ok")
    assert desk.panel.asked == [("arm", BO, 1, 1, [FRONT_DOOR, WINDOW])]


def test_what_was_closed_meanwhile_is_not_bypassed() -> None:
    desk = blocked_desk(WINDOW)
    desk.panel.zone(WINDOW).open = False
    assert desk.display() == ("All closed now", "OK = arm")
    desk.keys("down ok")
    assert desk.panel.asked == [("arm", BO, 1, 1, [])]


def test_a_zone_that_cannot_be_bypassed_has_to_be_closed() -> None:
    desk = blocked_desk(SMOKE)
    assert desk.display() == ("Close 1/1", "Zone 4")
    desk.keys("ok")
    assert desk.panel.asked == [] and desk.display() == ("Close 1/1", "Zone 4")


def test_a_zone_with_a_fault_is_not_called_open() -> None:
    desk = Desk()
    desk.panel.zone(WINDOW).faulty = True
    desk.keys(CODE[BO] + " away")
    assert desk.display() == ("Fault 1/1. OK?", "Zone 3")


def test_a_guest_cannot_force() -> None:
    desk = blocked_desk(WINDOW, user=CLEANER)
    assert desk.display() == ("Close 1/1", "Zone 3")
    desk.keys("ok")
    assert desk.panel.asked == []
    desk.panel.zone(WINDOW).open = False
    desk.keys("ok")
    assert desk.panel.asked == [("arm", CLEANER, 1, 1, [])]


def test_leafing_prolongs_the_offer() -> None:
    desk = blocked_desk(WINDOW)
    desk.passes(29999)
    desk.keys("down")
    desk.passes(29999)
    assert desk.display() is not None
    desk.passes(1)
    assert desk.display() is None


def test_a_mode_key_begins_anew() -> None:
    desk = blocked_desk(WINDOW)
    desk.keys("home")
    assert desk.display() == ("Arm home: code", "")


def test_an_offer_that_can_no_longer_be_kept_says_so() -> None:
    desk = blocked_desk(WINDOW)
    desk.panel.zone(WINDOW).open = False
    desk.panel.willing = False
    desk.keys("ok")
    assert desk.display() == ("Armed already:", "disarm first")


def test_arming_anew_in_another_mode_never_disarms() -> None:
    desk = Desk()
    desk.panel.arms()
    desk.keys(CODE[BO] + " home")
    assert desk.panel.asked == [("arm", BO, 1, 2, [])]


def test_an_arming_refused_for_another_reason_says_so() -> None:
    desk = Desk()
    desk.panel.willing = False
    desk.keys(CODE[BO] + " away")
    assert desk.display() == ("Armed already:", "disarm first") and desk.buzzes == ["error"]


def test_a_guest_outside_the_agreed_hours_is_refused_with_the_reason() -> None:
    for keys in (" off", " ok", " away"):
        desk = Desk()
        desk.panel.arms()
        desk.panel.unix_s = AT_NIGHT
        desk.keys(CODE[CLEANER] + keys)
        assert desk.panel.asked == [] and desk.buzzes == ["error"]
        assert desk.display() == ("Not at this time", "Ask the owner"), keys


def test_a_guest_outside_the_agreed_hours_cannot_arm_either() -> None:
    desk = Desk()
    desk.panel.unix_s = AT_NIGHT
    desk.keys(CODE[CLEANER] + " away")
    assert desk.panel.asked == [] and desk.display() == ("Not at this time", "Ask the owner")


def test_a_guest_is_refused_while_the_clock_is_unknown_even_in_the_entry_delay() -> None:
    for state in (tables.ARMED, tables.ENTRY_DELAY, tables.ALARM):
        desk = Desk()
        desk.panel.areas[0].state = state
        desk.panel.unix_s = None
        desk.keys(CODE[CLEANER] + " off")
        assert desk.panel.asked == []
        assert desk.display() == ("Clock not set", "Guest refused")


def test_a_guest_may_always_silence_what_sounds_while_nothing_is_armed() -> None:
    for unix_s in (None, AT_NIGHT):
        value = plain_config()
        value["users"][2]["areas"] = [2]
        desk = Desk(value)
        desk.panel.areas[0].state = tables.ARMED  # Which is not the guest's.
        desk.panel.unix_s = unix_s
        desk.panel.sounds = True
        desk.keys(CODE[CLEANER] + " ok")
        assert desk.panel.asked == [("disarm", CLEANER, 1, False)]


def test_a_refused_guest_neither_locks_the_keypad_nor_clears_the_way_for_guessing() -> None:
    desk = Desk()
    desk.panel.arms()
    desk.panel.unix_s = AT_NIGHT
    for _ in range(4):
        desk.keys(CODE[CLEANER] + " off")
    assert desk.events == []
    desk.keys(WRONG + " off " + WRONG + " off " + CODE[CLEANER] + " off " + WRONG + " off")
    assert [event[0] for event in desk.events] == [1461]


def test_a_refused_guest_under_duress_is_reported_all_the_same() -> None:
    desk = Desk()
    desk.panel.arms()
    desk.panel.unix_s = AT_NIGHT
    desk.keys(GUEST_DURESS + " off")
    assert desk.events == [(1121, 1, 0, CLEANER, 1, 0)]
    assert desk.display() == ("Not at this time", "Ask the owner") and desk.panel.asked == []


def test_an_installer_is_refused_unless_a_master_has_opened() -> None:
    desk = Desk()
    for keys in (" ok", " off", " away"):
        desk.keys(CODE[FITTER] + keys)
        assert desk.display() == ("No access", "Ask the owner"), keys
    assert desk.panel.asked == []
    desk.opens_menu(ANNA, "Installer access")
    assert desk.display() == ("Installer: no", "OK = 24 h access")
    desk.keys("ok")
    assert desk.display() == ("Installer: yes", "OK = end access") and desk.buzzes[-2:] == ["ok", "ok"]
    desk.keys("off " + CODE[FITTER] + " ok")
    assert desk.display() == ("Menu 1/10", "Bypass zones")


def test_an_installers_access_ends_after_a_day_and_by_hand() -> None:
    desk = Desk()
    desk.keypad.let_installer_in(True, desk.now)
    desk.passes(DAY_MS - 1)
    assert desk.keypad.let_in
    desk.passes(1)
    assert not desk.keypad.let_in and desk.keypad.deadline_ms() is None
    desk.keypad.let_installer_in(True, desk.now)
    desk.opens_menu(ANNA, "Installer access")
    desk.keys("ok")
    assert not desk.keypad.let_in


def test_an_installers_access_ends_when_the_panel_is_armed() -> None:
    desk = Desk()
    desk.keypad.let_installer_in(True, desk.now)
    desk.panel.areas[1].state = tables.EXIT_DELAY
    desk.keypad.run_due(desk.now)
    desk.panel.areas[1].state = tables.DISARMED
    desk.keys(CODE[FITTER] + " ok")
    assert desk.display() == ("No access", "Ask the owner")


def test_an_installers_access_outlives_a_restart_and_is_never_longer_for_it() -> None:
    desk = Desk()
    desk.keypad.let_installer_in(True, desk.now)
    spent = 0
    while desk.keypad.let_in and spent <= DAY_MS:
        desk.restart()
        desk.passes(DAY_MS // 4)
        spent += DAY_MS // 4
    assert DAY_MS // 2 < spent <= DAY_MS, "a restart costs a third at most"


def test_an_installer_needs_nobodys_leave_where_there_is_no_master_yet() -> None:
    value = plain_config()
    value["users"] = [item for item in value["users"] if item["number"] == FITTER]
    desk = Desk(value)
    desk.keys(CODE[FITTER] + " ok")
    assert desk.display() == ("Menu 1/10", "Bypass zones")


def test_a_guest_has_no_menu() -> None:
    desk = Desk()
    desk.keys(CODE[CLEANER] + " ok")
    assert desk.display() == ("Not permitted", "for this user")


def test_a_user_of_one_area_is_not_stopped_by_another_areas_door() -> None:
    desk = Desk()
    desk.panel.zone(FRONT_DOOR).open = True
    desk.keys(CODE[LISA] + " away")
    assert desk.panel.asked == [("arm", LISA, 1, 1, [])]
