"""Menus for codes, tags and users: the changes that they ask for, and what they refuse."""

from hemlarm_firmware.panel.codes import hash_tag
from keypad_support import (
    ANNA,
    BO,
    CLEANER,
    CODE,
    DURESS,
    FITTER,
    LISA,
    SALT,
    SECOND_TAG,
    STRANGE_TAG,
    TAG,
    Desk,
    hashed,
    plain_config,
)


def at_user(user: int, *items: str) -> Desk:
    """Anna at one user's page, having gone to these items."""
    desk = Desk()
    desk.opens_menu(ANNA, "Users")
    go(desk, 0, f"User {user}")
    desk.keys("ok")
    for item in items:
        go(desk, 1, item)
        desk.keys("ok")
    return desk


def go(desk: Desk, line: int, text: str) -> None:
    """Leafs down to where a line says this."""
    for _ in range(60):
        display = desk.display()
        assert display is not None
        if display[line] == text:
            return
        desk.keys("down")
    raise AssertionError(text + " is not in the menu")


def test_a_new_code_is_typed_twice_and_never_shown() -> None:
    desk = Desk()
    desk.opens_menu(BO, "My code")
    assert desk.display() == ("New code (4-6):", "")
    desk.keys("2468")
    assert desk.display() == ("New code (4-6):", "****")
    desk.keys("13579")
    assert desk.display() == ("New code (4-6):", "*******")
    desk.keys("back ok 2468")
    desk.keys("ok")
    assert desk.display() == ("Same code again:", "")
    desk.keys("2468 ok")
    assert desk.requests == [("configure", [["users", BO, {"hash": hashed("2468")}]], BO)]
    assert desk.display() == ("Saving", "the change") and desk.buzzes == ["ok", "ok"]
    desk.passes(5000)
    assert desk.display() is None


def test_an_own_duress_code_is_set_in_the_same_way() -> None:
    desk = Desk()
    desk.opens_menu(BO, "My duress code")
    desk.keys("2468 ok 2468 ok")
    assert desk.requests == [("configure", [["users", BO, {"duress": hashed("2468")}]], BO)]


def test_two_different_entries_change_nothing() -> None:
    desk = Desk()
    desk.opens_menu(BO, "My code")
    desk.keys("2468 ok 2469 ok")
    assert desk.display() == ("Codes differ", "Try again") and desk.requests == []
    desk.keys("2469 ok")
    assert desk.display() == ("Same code again:", ""), "both have to be typed again"


def test_a_code_has_four_to_six_digits() -> None:
    for digits in ("", "123", "1234567", "12345678"):
        desk = Desk()
        desk.opens_menu(BO, "My code")
        desk.keys(digits + " ok")
        assert desk.display() == ("Four to six", "digits needed"), digits
        assert desk.buzzes == ["ok", "error"]


def test_a_code_in_use_is_refused_without_telling_whose() -> None:
    shown = []
    for digits in (CODE[ANNA], CODE[BO], CODE[CLEANER], CODE[FITTER], DURESS):
        desk = Desk()
        desk.opens_menu(BO, "My code")
        desk.keys(f"{digits} ok {digits} ok")
        assert desk.requests == []
        shown.append(desk.display())
    assert shown == [("Cannot be used", "Choose another")] * 5


def test_leaving_half_way_changes_nothing() -> None:
    desk = Desk()
    desk.opens_menu(BO, "My code")
    desk.keys("2468 ok 24 back back")
    desk.opens_menu(BO, "My code")
    assert desk.display() == ("New code (4-6):", "") and desk.requests == []


def test_a_master_sees_all_users_by_number_with_their_roles() -> None:
    value = plain_config()
    value["users"].reverse()
    desk = Desk(value)
    desk.opens_menu(ANNA, "Users")
    seen = []
    for _ in range(7):
        seen.append(desk.display())
        desk.keys("down")
    assert seen == [
        ("User 1", "Master"),
        ("User 2", "User"),
        ("User 3", "Guest"),
        ("User 4", "Installer"),
        ("User 5", "User"),
        ("New user", "OK = add"),
        ("User 1", "Master"),
    ]


def test_a_new_user_gets_the_lowest_free_number_a_role_and_a_code() -> None:
    for role, name in (("user", "User"), ("guest", "Guest"), ("master", "Master"), ("installer", "Installer")):
        value = plain_config()
        value["users"] = [item for item in value["users"] if item["number"] != CLEANER]
        desk = Desk(value)
        desk.opens_menu(ANNA, "Users")
        desk.keys("up ok")
        assert desk.display() == ("User 3, role:", "User")
        go(desk, 1, name)
        desk.keys("ok 8642 ok 8642 ok")
        assert desk.requests == [("configure", [["users", 3, {"role": role, "hash": hashed("8642")}]], ANNA)]


def test_the_lowest_free_number_may_be_any() -> None:
    for numbers, free in (([2, 3], 1), ([1, 3], 2), ([1, 2, 3, 5], 4), ([1, 2, 3], 4)):
        value = plain_config()
        value["users"] = [{"number": number} for number in numbers[1:]]
        value["users"].append({"number": numbers[0], "role": "master", "hash": hashed(CODE[ANNA])})
        desk = Desk(value)
        desk.opens_menu(ANNA, "Users")
        desk.keys("up ok")
        assert desk.display() == (f"User {free}, role:", "User"), numbers


def test_a_full_panel_takes_no_further_user() -> None:
    value = plain_config()
    value["users"] += [{"number": number} for number in range(6, 50)]
    desk = Desk(value)
    desk.opens_menu(ANNA, "Users")
    desk.keys("up ok")
    assert desk.display() == ("User 50, role:", "User")
    value["users"].append({"number": 50})
    desk = Desk(value)
    desk.opens_menu(ANNA, "Users")
    desk.keys("up ok")
    assert desk.display() == ("No room for", "more users") and desk.requests == []


def test_a_master_gives_another_a_new_code_or_duress_code() -> None:
    for item, field in (("New code", "hash"), ("New duress code", "duress")):
        desk = at_user(LISA, item)
        desk.keys("8642 ok 8642 ok")
        assert desk.requests == [("configure", [["users", LISA, {field: hashed("8642")}]], ANNA)]


def test_a_tag_is_added_by_holding_it_to_the_keypad() -> None:
    desk = at_user(BO, "Add tag")
    assert desk.display() == ("Hold the tag to", "the keypad")
    desk.keys("ok 5")
    desk.tag(STRANGE_TAG)
    tags = [hash_tag(uid, SALT) for uid in (TAG, SECOND_TAG, STRANGE_TAG)]
    assert desk.requests == [("configure", [["users", BO, {"tags": tags}]], ANNA)]
    assert desk.panel.asked == [], "and it arms nothing"
    assert desk.display() == ("Saving", "the change")


def test_a_tag_that_is_somebodys_or_no_tag_is_refused() -> None:
    for uid in (TAG, b"", b"\x01" * 5):
        desk = at_user(LISA, "Add tag")
        desk.tag(uid)
        assert desk.display() == ("Cannot be used", "Choose another") and desk.requests == []
        assert desk.events == [] and desk.keypad.snapshot()["wrong"] == 0


def test_a_user_has_four_tags_at_most() -> None:
    for count, display in ((3, ("Hold the tag to", "the keypad")), (4, ("Four tags each", "at most"))):
        value = plain_config()
        value["users"][0]["tags"] = [bytes([number]) * 16 for number in range(count)]
        desk = Desk(value)
        desk.opens_menu(ANNA, "Users")
        desk.keys("ok down down ok")
        assert desk.display() == display
        desk.keys("ok")
        assert desk.display() == display, "and goes no further"


def test_lost_tags_are_removed_after_asking_once_more() -> None:
    desk = at_user(BO, "Remove all tags")
    assert desk.display() == ("All tags of 2?", "OK = remove") and desk.requests == []
    desk.keys("ok")
    assert desk.requests == [("configure", [["users", BO, {"tags": None}]], ANNA)]
    assert "Remove all tags" not in at_user(LISA).titles(), "who has none"


def test_a_user_is_removed_after_asking_once_more() -> None:
    desk = at_user(BO, "Remove user")
    assert desk.display() == ("Remove user 2?", "OK = yes") and desk.requests == []
    desk.keys("back back back back")
    assert desk.requests == []
    desk = at_user(BO, "Remove user")
    desk.keys("ok")
    assert desk.requests == [("configure", [["users", BO, None]], ANNA)]


def test_nobody_removes_themselves_so_a_master_always_remains() -> None:
    assert "Remove user" not in at_user(ANNA).titles()
    assert "Remove user" in at_user(BO).titles()
