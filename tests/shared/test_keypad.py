"""The keypad: codes and tags, what the display says meanwhile, the lock after wrong codes, and time-outs."""

from hemlarm_firmware.panel import keypad_texts, keypad_texts_en, keypad_texts_sv, tables
from keypad_support import (
    ANNA,
    BO,
    CODE,
    LISA,
    SECOND_TAG,
    STRANGE_TAG,
    TAG,
    WRONG,
    Desk,
)


def locked_desk(locks: int = 1) -> Desk:
    """A keypad that has just been locked for the `locks`-th time in a row."""
    desk = Desk()
    for turn in range(locks):
        for _ in range(3):
            desk.keys(WRONG + " off")
        if turn + 1 < locks:
            desk.passes(min(90000 << turn, 1440000))
    return desk


def test_a_code_and_a_mode_key_arm() -> None:
    for key, mode in (("away", 1), ("home", 2), ("night", 3)):
        desk = Desk()
        desk.keys(CODE[ANNA] + " " + key)
        assert desk.panel.asked == [("arm", ANNA, 1, mode, [])]
        assert desk.buzzes == ["ok"] and desk.display() is None


def test_a_mode_key_first_asks_for_the_code() -> None:
    for key, mode in (("away", 1), ("home", 2), ("night", 3)):
        desk = Desk()
        desk.keys(key)
        assert desk.display() == ("Arm " + key + ": code", "")
        desk.keys("567")
        assert desk.display() == ("Arm " + key + ": code", "***")
        desk.keys("890 ok")
        assert desk.panel.asked == [("arm", BO, 1, mode, [])]


def test_a_mode_key_after_the_code_goes_before_one_pressed_first() -> None:
    desk = Desk()
    desk.keys("away " + CODE[BO] + " home")
    assert desk.panel.asked == [("arm", BO, 1, 2, [])]


def test_a_code_and_ok_disarm_whatever_is_armed_or_sounds() -> None:
    for state in (tables.EXIT_DELAY, tables.ARMED, tables.ENTRY_DELAY, tables.ALARM):
        desk = Desk()
        desk.panel.areas[0].state = state
        desk.keys(CODE[BO] + " ok")
        assert desk.panel.asked == [("disarm", BO, 1, False)], state
    desk = Desk()
    desk.panel.sounds = True
    desk.keys(CODE[BO] + " ok")
    assert desk.panel.asked == [("disarm", BO, 1, False)] and desk.display() is None


def test_a_code_and_off_disarm_always_so_that_the_memory_can_be_cleared() -> None:
    for keys in (CODE[BO] + " off", "off " + CODE[BO] + " ok"):
        desk = Desk()
        desk.keys(keys)
        assert desk.panel.asked == [("disarm", BO, 1, False)]
        assert desk.buzzes == ["ok"]


def test_another_area_that_is_armed_does_not_keep_a_user_from_the_menu() -> None:
    desk = Desk()
    desk.panel.areas[0].state = tables.ARMED
    desk.keys(CODE[LISA] + " ok")
    assert desk.panel.asked == []
    assert desk.display() is not None


def test_digits_are_never_on_the_display() -> None:
    desk = Desk()
    for count in range(1, 9):
        desk.keys("7")
        display = desk.display()
        assert display is not None
        assert display == ("Code", "*" * min(count, 7))


def test_an_entry_longer_than_a_code_is_a_wrong_one() -> None:
    desk = Desk()
    desk.keys(CODE[BO] + "1 off")
    desk.keys("9" + CODE[BO] + " off")
    assert desk.panel.asked == [] and desk.buzzes == ["error", "error"]


def test_digits_are_forgotten_ten_seconds_after_the_last() -> None:
    desk = Desk()
    desk.keys("12")
    desk.passes(9999)
    desk.keys("3")
    desk.passes(9999)
    assert desk.display() == ("Code", "***")
    desk.passes(1)
    assert desk.display() is None
    desk.keys("4 off")
    assert desk.panel.asked == []


def test_a_mode_key_is_forgotten_after_ten_seconds() -> None:
    desk = Desk()
    desk.keys("home")
    desk.passes(9999)
    assert desk.display() is not None
    desk.passes(1)
    assert desk.display() is None
    desk.tag(TAG)
    assert desk.panel.asked == [("arm", BO, 16, 1, [])]


def test_back_forgets_what_was_typed() -> None:
    desk = Desk()
    desk.keys("99 back")
    assert desk.display() is None
    desk.keys(CODE[BO] + " off")
    assert desk.panel.asked == [("disarm", BO, 1, False)]


def test_keys_that_mean_nothing_do_nothing() -> None:
    desk = Desk()
    desk.keys("ok up down back fire hold-up what x 1x / :")
    assert desk.display() is None and desk.buzzes == [] and desk.panel.asked == []
    desk.keys(CODE[BO] + " up down x off")
    assert desk.panel.asked == [("disarm", BO, 1, False)]


def test_an_alarm_clears_the_keypads_display() -> None:
    for keys in ("12", "away", WRONG + " off", CODE[ANNA] + " ok"):
        desk = Desk()
        desk.keys(keys)
        assert desk.display() is not None
        desk.keypad.close()
        assert desk.display() is None and desk.keypad.deadline_ms() is None


def test_a_tag_disarms_what_is_armed_and_arms_what_is_not() -> None:
    desk = Desk()
    desk.tag(TAG)
    desk.tag(SECOND_TAG)
    desk.panel.sounds = True
    desk.tag(TAG)
    assert desk.panel.asked == [
        ("arm", BO, 16, 1, []),
        ("disarm", BO, 17, False),
        ("disarm", BO, 16, False),
    ]


def test_a_tag_arms_in_the_mode_whose_key_was_pressed_before() -> None:
    desk = Desk()
    desk.keys("night")
    desk.passes(9999)
    desk.tag(SECOND_TAG)
    assert desk.panel.asked == [("arm", BO, 17, 3, [])] and desk.display() is None
    desk.keys("night")
    desk.tag(TAG)
    assert desk.panel.asked[1:] == [("disarm", BO, 16, False)], "what is armed a tag disarms"


def test_a_wrong_code_is_told_for_five_seconds() -> None:
    desk = Desk()
    desk.keys(WRONG + " off")
    assert desk.display() == ("Wrong code", "Try again") and desk.buzzes == ["error"]
    desk.passes(4999)
    assert desk.display() == ("Wrong code", "Try again")
    desk.passes(1)
    assert desk.display() is None


def test_typing_again_ends_the_message() -> None:
    desk = Desk()
    desk.keys(WRONG + " off 1")
    assert desk.display() == ("Code", "*")


def test_three_wrong_codes_or_tags_lock_the_keypad_for_ninety_seconds_and_are_reported_once() -> None:
    desk = Desk()
    desk.keys(WRONG + " off")
    desk.tag(STRANGE_TAG)
    assert desk.display() == ("Unknown tag", "Try again")
    assert desk.events == []
    desk.keys(WRONG + " away")
    assert desk.events == [(1461, 0, 0, 0, 1, 1)]
    assert desk.display() == ("Too many wrong", "Wait 2 min")
    assert desk.keypad.deadline_ms() == desk.now + 5000, "when the message ends"
    desk.passes(5000)
    assert desk.display() is None, "whoever passes by sees whether it is armed"
    desk.keys("1")
    assert desk.display() == ("Too many wrong", "Wait 2 min")
    desk.passes(84999)
    assert desk.display() is None
    desk.tag(TAG)
    assert desk.display() == ("Too many wrong", "Wait 1 min")
    desk.keys(CODE[BO] + " off")
    assert desk.panel.asked == []
    desk.passes(1)
    assert desk.display() == ("Too many wrong", "Wait 1 min")
    desk.keys(CODE[BO] + " off")
    assert desk.panel.asked == [("disarm", BO, 1, False)]


def test_a_locked_keypad_hashes_nothing_and_counts_nothing() -> None:
    desk = locked_desk()
    desk.forget()
    before = desk.hashes
    for _ in range(4):
        desk.keys(WRONG + " off")
        desk.tag(STRANGE_TAG)
    assert desk.hashes == before and desk.events == [] and desk.buzzes == []


def test_every_further_lock_is_twice_as_long_up_to_twenty_four_minutes() -> None:
    for locks, seconds in ((2, 180), (3, 360), (4, 720), (5, 1440), (6, 1440)):
        desk = locked_desk(locks)
        assert desk.events[-1] == (1461, 0, 0, 0, 1, locks)
        desk.passes(seconds * 1000 - 1)
        desk.keys(CODE[BO] + " off")
        assert desk.panel.asked == [], locks
        desk.passes(1)
        desk.keys(CODE[BO] + " off")
        assert len(desk.panel.asked) == 1, locks


def test_a_right_code_forgets_the_wrong_ones_and_the_doubling() -> None:
    desk = locked_desk(2)
    desk.passes(180000)
    desk.keys(CODE[BO] + " off")
    desk.forget()
    for _ in range(3):
        desk.keys(WRONG + " off " + WRONG + " off " + CODE[BO] + " off")
    assert desk.events == []
    for _ in range(3):
        desk.keys(WRONG + " off")
    assert desk.events == [(1461, 0, 0, 0, 1, 1)]


def test_a_restart_does_not_unlock_the_keypad_nor_forget_wrong_codes() -> None:
    desk = Desk()
    desk.keys(WRONG + " off " + WRONG + " off")
    desk.restart()
    desk.keys(WRONG + " off")
    assert len(desk.events) == 1
    desk.restart()
    desk.passes(89999)
    desk.keys(CODE[BO] + " off")
    assert desk.panel.asked == []
    desk.passes(1)
    desk.keys(CODE[BO] + " off")
    assert len(desk.panel.asked) == 1


def test_a_changed_configuration_leaves_entries_messages_and_clocks_alone() -> None:
    desk = locked_desk()
    desk.keypad.let_installer_in(True, desk.now)
    desk.passes(1000)
    desk.changes()
    assert desk.display() == ("Too many wrong", "Wait 2 min") and desk.keypad.let_in
    desk.passes(4000)
    assert desk.display() is None
    desk.passes(85000)
    desk.keys("night 56")
    desk.changes()
    desk.keys("7890 ok")
    assert desk.panel.asked == [("arm", BO, 1, 3, [])]


def test_a_changed_configuration_closes_the_menu_that_shows_the_former() -> None:
    desk = Desk()
    desk.opens_menu(ANNA, "Users")
    desk.changes()
    assert desk.display() is None
    desk.opens_menu(ANNA, "Users")
    assert desk.display() == ("User 1", "Master")


def test_a_quiet_keypad_asks_for_no_wake_and_keeps_its_snapshot() -> None:
    desk = Desk()
    before = desk.keypad.snapshot()
    desk.keys(CODE[BO] + " off")
    assert desk.keypad.deadline_ms() is None
    assert desk.keypad.snapshot() == before
    assert before == {"wrong": 0, "locks": 0, "locked": False, "let_in": False, "let_in_ms": 0}


def test_the_number_of_locks_is_told_as_far_as_an_event_has_room() -> None:
    for locks, detail in ((253, 254), (254, 255), (255, 255), (1000, 255)):
        desk = Desk()
        desk.start({"locks": locks})
        desk.keys(WRONG + " off " + WRONG + " off " + WRONG + " off")
        assert desk.events == [(1461, 0, 0, 0, 1, detail)]


def test_every_text_of_the_keypad_fits_in_every_language() -> None:
    for language, written in (("sv", keypad_texts_sv.TEXTS), ("en", keypad_texts_en.TEXTS)):
        said = keypad_texts.load(language)
        assert sorted(written) == list(range(keypad_texts.COUNT)), language
        for text in written:
            assert said[text] == written[text]
            if text == keypad_texts.ZONE:
                assert len(said[text].format(999)) <= 16
                continue
            first: int | str = "*" * 7 if text < keypad_texts.WRONG_CODE else 64
            for line in keypad_texts.lines(said[text], first, 64, "W" * 16):
                assert len(line) <= 16, (language, line)
        assert keypad_texts.lines(said[keypad_texts.LOCKED], 24)[1].count("24") == 1


def test_a_name_is_shown_as_it_is_whatever_its_characters() -> None:
    assert keypad_texts.lines("{0}|{1}", "a|b{0}", "/") == ("a|b{0}", "/")
