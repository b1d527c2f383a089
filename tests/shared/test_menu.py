"""The keypad's menu: who gets which items, and the pages for bypass, chime, log, tests and settings."""

import sys

from hemlarm_firmware.panel import tables
from keypad_support import (
    ANNA,
    BO,
    CELLAR,
    CODE,
    FITTER,
    FRONT_DOOR,
    LISA,
    MONDAY_10,
    SMOKE,
    STRANGE_TAG,
    TAG,
    WINDOW,
    Desk,
    plain_config,
)

EVERYDAY = [
    "Bypass zones",
    "Door chime",
    "Event log",
    "Walk test",
    "Yearly test",
    "My code",
    "My duress code",
]


def test_every_role_finds_its_items_and_no_others() -> None:
    for user, items in (
        (
            ANNA,
            EVERYDAY + ["Users", "Installer access", "Remote control", "Exit and entry", "Language", "Factory reset"],
        ),
        (BO, EVERYDAY),
        (FITTER, EVERYDAY + ["Exit and entry", "Language", "Factory reset"]),
    ):
        desk = Desk()
        desk.keypad.let_installer_in(True, desk.now)
        desk.opens_menu(user)
        assert desk.display() == (f"Menu 1/{len(items)}", "Bypass zones")
        assert desk.titles() == items


def test_opening_the_menu_forgives_wrong_codes_and_says_ok() -> None:
    desk = Desk()
    desk.keys("9999 off 9999 off " + CODE[BO] + " ok")
    assert desk.buzzes == ["error", "error", "ok"]
    assert desk.keypad.snapshot()["wrong"] == 0


def test_back_leaves_page_by_page() -> None:
    desk = Desk()
    desk.opens_menu(ANNA, "Door chime")
    desk.keys("back")
    assert desk.display() == ("Menu 2/13", "Door chime")
    desk.keys("back")
    assert desk.display() is None and desk.keypad.deadline_ms() is None


def test_mode_keys_leave_the_menu() -> None:
    for key in ("off", "away", "home", "night"):
        desk = Desk()
        desk.opens_menu(BO, "Door chime")
        desk.keys(key)
        assert desk.display() is None, key


def test_a_menu_closes_after_a_minute_without_a_key() -> None:
    desk = Desk()
    desk.opens_menu(BO)
    desk.passes(59999)
    assert desk.display() == ("Menu 1/7", "Bypass zones")
    desk.passes(1)
    assert desk.display() is None
    desk.opens_menu(BO)
    desk.passes(59999)
    desk.keys("down")
    desk.passes(59999)
    assert desk.display() == ("Menu 2/7", "Door chime")
    desk.passes(1)
    assert desk.display() is None


def test_a_menu_closes_when_the_panel_is_armed_from_afar() -> None:
    desk = Desk()
    desk.opens_menu(BO, "Bypass zones")
    desk.panel.areas[0].state = tables.EXIT_DELAY
    assert desk.display() is None
    desk.keys("ok")
    assert desk.panel.asked == []


def test_a_tag_ends_a_menu_that_waits_for_none() -> None:
    desk = Desk()
    desk.opens_menu(ANNA, "Door chime")
    desk.tag(TAG)
    assert desk.panel.asked == [("arm", BO, 16, 1, [])] and desk.display() is None
    desk = Desk()
    desk.opens_menu(ANNA, "Door chime")
    desk.tag(STRANGE_TAG)
    assert desk.display() == ("Unknown tag", "Try again")


def test_a_closed_menu_leaves_nothing_in_memory() -> None:
    desk = Desk()
    for ending in ("back back", "off", ""):
        desk.opens_menu(ANNA, "Users")
        assert "hemlarm_firmware.panel.menu" in sys.modules
        desk.keys(ending)
        desk.passes(60000)
        assert [name for name in sys.modules if name.startswith("hemlarm_firmware.panel.menu")] == []
        assert "hemlarm_firmware.panel.keypad" in sys.modules


def test_a_menu_that_a_new_configuration_closes_leaves_nothing_in_memory() -> None:
    desk = Desk()
    desk.opens_menu(ANNA, "Users")
    desk.changes()
    assert [name for name in sys.modules if name.startswith("hemlarm_firmware.panel.menu")] == []
    assert desk.display() is None


def test_one_items_pages_are_loaded_at_a_time() -> None:
    desk = Desk()
    desk.opens_menu(ANNA, "Users")
    desk.keys("back up up up up up up ok")
    assert desk.display() == ("Door chime: on", "OK = turn off")
    names = [name for name in sys.modules if "panel.menu" in name]
    assert not [name for name in names if "users" in name] and len(names) == 4, names


def test_an_unknown_key_leaves_the_menu() -> None:
    for key in ("x", "1x", "/", ":", "hold-up"):
        desk = Desk()
        desk.opens_menu(BO, "My code")
        desk.keys(key)
        assert desk.display() is None, key


def test_zones_are_bypassed_and_taken_in_again_as_the_users_doing() -> None:
    desk = Desk()
    desk.opens_menu(BO, "Bypass zones")
    assert desk.display() == ("Front door", "Not bypassed")
    desk.keys("down ok")
    assert desk.display() == ("Zone 3", "Bypassed")
    desk.keys("ok")
    assert desk.display() == ("Zone 3", "Not bypassed")
    assert desk.panel.asked == [("bypass", BO, 1, WINDOW, True), ("bypass", BO, 1, WINDOW, False)]
    assert desk.buzzes == ["ok"] * 3


def test_only_zones_that_may_be_bypassed_are_offered_and_only_the_users_own() -> None:
    for user, zones in ((BO, [FRONT_DOOR, WINDOW, CELLAR]), (LISA, [CELLAR])):
        desk = Desk()
        desk.opens_menu(user, "Bypass zones")
        for _ in range(5):
            desk.keys("ok down")
        assert sorted({item[3] for item in desk.panel.asked}) == zones
        assert SMOKE not in zones


def test_a_house_without_such_zones_says_so() -> None:
    desk = Desk(zones=[])
    desk.opens_menu(BO, "Bypass zones")
    assert desk.display() == ("No zone", "may be bypassed")
    desk.keys("ok down")
    assert desk.panel.asked == []


def test_what_is_not_possible_now_is_told_until_the_next_key() -> None:
    for item, keys in (("Bypass zones", "ok"), ("Walk test", "ok"), ("Yearly test", "ok ok ok ok ok")):
        desk = Desk()
        desk.panel.willing = False
        desk.opens_menu(BO, item)
        before = desk.display()
        desk.keys(keys)
        assert desk.display() == ("Not possible", "right now"), item
        assert desk.buzzes == ["ok", "error"]
        desk.keys("down")
        assert before is not None and desk.display() != ("Not possible", "right now")


def test_the_chime_is_turned_off_and_on() -> None:
    desk = Desk()
    desk.opens_menu(BO, "Door chime")
    assert desk.display() == ("Door chime: on", "OK = turn off")
    desk.keys("ok")
    assert desk.display() == ("Door chime: off", "OK = turn on")
    desk.keys("ok")
    assert desk.panel.asked == [("chime", False), ("chime", True)]
    assert desk.buzzes == ["ok"] * 3


def test_a_walk_test_begins_and_ends_and_leaves_the_display_to_its_progress() -> None:
    desk = Desk()
    desk.opens_menu(BO, "Walk test")
    assert desk.display() == ("Walk test", "OK = start")
    desk.keys("ok")
    assert desk.display() is None and desk.panel.walking
    desk.opens_menu(BO, "Walk test")
    assert desk.display() == ("Walk test", "OK = end")
    desk.keys("ok")
    assert desk.display() is None
    assert desk.panel.asked == [("walk", BO, 1, True), ("walk", BO, 1, False)]


def test_the_yearly_test_is_explained_before_it_begins() -> None:
    desk = Desk()
    desk.opens_menu(BO, "Yearly test")
    pages = [desk.display()]
    for _ in range(4):
        desk.keys("ok")
        pages.append(desk.display())
    assert len({str(page) for page in pages}) == 5
    assert pages[-1] == ("Yearly test", "OK = start") and desk.panel.asked == []
    desk.keys("up")
    assert desk.display() == pages[3]
    desk.keys("down ok")
    assert desk.panel.asked == [("yearly", BO, 1, True)] and desk.display() is None


def test_the_log_goes_from_the_newest_to_the_oldest_and_stays_there() -> None:
    desk = Desk()
    desk.log = [
        (3401, 0, BO, MONDAY_10 - 3600),
        (3130, WINDOW, 0, MONDAY_10 - 200 * 86400),
        (1305, 0, 0, None),
        (6999, 999, 999, MONDAY_10),
    ]
    desk.opens_menu(ANNA, "Event log")
    shown = [desk.display()]
    for _ in range(4):
        desk.keys("down")
        shown.append(desk.display())
    assert shown == [
        ("Armed away", "7/6 09:00 U2"),
        ("Intrusion ok", "19/11 09:00 Z3"),
        ("Restart", "No date"),
        ("Event 6999", "7/6 10:00 Z999"),
        ("Event 6999", "7/6 10:00 Z999"),
    ]
    desk.keys("ok")
    assert desk.display() == ("Event 6999", "Zone 999 Us. 999")
    desk.keys("ok up up up up")
    assert desk.display() == shown[0]
    assert {request[1] for request in desk.requests} == {0, 1, 2, 3, 4}


def test_a_journal_that_takes_its_time_is_waited_for_and_asked_once() -> None:
    desk = Desk()
    desk.log = [(1401, 0, BO, None), (3401, 0, BO, None), (1305, 0, 0, None)]
    desk.answers = False
    desk.opens_menu(BO, "Event log")
    for keys in ("", "down", "up", "ok ok"):
        desk.keys(keys)
        assert desk.display() == ("Event log", ""), "not that it is empty"
    assert desk.requests == [("recall", 0)]
    desk.recall(0)
    assert desk.display() == ("Disarmed", "No date U2")
    desk.keys("down down up")
    assert desk.requests == [("recall", 0), ("recall", 1)] and desk.display() == ("Disarmed", "No date U2")
    desk.recall(1)
    desk.recall(2)
    assert desk.display() == ("Armed away", "No date U2"), "nobody asked for the next"


def test_each_event_begins_with_its_time() -> None:
    desk = Desk()
    desk.log = [(1401, 0, BO, None), (3401, 0, BO, None)]
    desk.opens_menu(BO, "Event log")
    desk.keys("ok")
    assert desk.display() == ("Disarmed", "Zone 0 Us. 2")
    desk.keys("down")
    assert desk.display() == ("Armed away", "No date U2")


def test_an_empty_log_says_so() -> None:
    desk = Desk()
    desk.opens_menu(ANNA, "Event log")
    assert desk.display() == ("Event log", "No events")
    desk.keys("down up ok")
    assert desk.display() == ("Event log", "No events")


def test_an_answer_that_comes_after_the_log_was_left_is_nobodys() -> None:
    desk = Desk()
    desk.log = [(1401, 0, BO, MONDAY_10)]
    desk.opens_menu(ANNA, "Event log")
    desk.keys("back")
    desk.recall(0)
    assert desk.display() == ("Menu 3/13", "Event log")
    desk.keys("back")
    desk.recall(0)
    assert desk.display() is None


def test_delays_are_changed_within_their_range() -> None:
    desk = Desk()
    desk.opens_menu(ANNA, "Exit and entry")
    assert desk.display() == ("Area 1 exit", "60 s, new: ")
    desk.keys("down down down")
    assert desk.display() == ("Area 2 entry", "30 s, new: ")
    for typed in ("301", "999", ""):
        desk.keys(typed + " ok")
        assert desk.display() == ("From 0 to 300 s", "Try again") and desk.requests == []
    desk.keys("4 up down 4567 down up 45")
    assert desk.display() == ("Area 2 entry", "30 s, new: 45")
    desk.keys("ok")
    assert desk.requests == [("configure", [["areas", 2, {"entry_s": 45}]], ANNA)]
    assert desk.display() == ("Saving", "the change")


def test_a_user_finds_the_delays_of_their_own_areas() -> None:
    desk = Desk()
    desk.opens_menu(ANNA, "Exit and entry")
    seen = []
    for _ in range(5):
        seen.append(desk.display()[0])  # type: ignore[index]
        desk.keys("down 1234")
        assert str(desk.display()[1]).endswith("new: 123")  # type: ignore[index]
    assert seen == ["Area 1 exit", "Area 1 entry", "Area 2 exit", "Area 2 entry", "Area 1 exit"]
    value = plain_config()
    value["users"][0]["areas"] = [2]
    desk = Desk(value)
    desk.opens_menu(ANNA, "Exit and entry")
    assert desk.display() == ("Area 2 exit", "60 s, new: ")
    desk.keys("down 7 ok")
    assert desk.requests == [("configure", [["areas", 2, {"entry_s": 7}]], ANNA)]


def test_every_delay_is_changed_in_its_place() -> None:
    for downs, number, field in ((0, 1, "exit_s"), (1, 1, "entry_s"), (2, 2, "exit_s"), (3, 2, "entry_s")):
        desk = Desk()
        desk.opens_menu(ANNA, "Exit and entry")
        desk.keys("down " * downs + "9 ok")
        assert desk.requests == [("configure", [["areas", number, {field: 9}]], ANNA)]


def test_both_ends_of_the_delays_range_are_taken() -> None:
    for typed in ("0", "300", "000"):
        desk = Desk()
        desk.opens_menu(ANNA, "Exit and entry")
        desk.keys(typed + " ok")
        assert desk.requests == [("configure", [["areas", 1, {"exit_s": int(typed)}]], ANNA)]


def test_the_language_is_changed_to_the_other() -> None:
    desk = Desk()
    desk.opens_menu(ANNA, "Language")
    desk.keys("ok")
    assert desk.requests == [("configure", [["panel", 0, {"language": "sv"}]], ANNA)]
    desk = Desk(language="sv")
    desk.opens_menu(ANNA, "Språk")
    assert desk.display() == ("Svenska", "OK = English")
    desk.keys("ok")
    assert desk.requests == [("configure", [["panel", 0, {"language": "en"}]], ANNA)]
