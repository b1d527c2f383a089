"""User codes at the keypad: who they are, the lock after wrong ones, how they are stored."""

from hemlarm_firmware.panel import codes, config
from hemlarm_firmware.panel.core import Panel
from panel_house import ANNA, CODE, EXIT_MS, OTHER_CODE, SALT, WINDOW, WRONG_CODE, House, plain_config, quick_hash
from support import raises

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def locked_house(locks: int = 1) -> House:
    """A house whose keypad has just been locked for the `locks`-th time in a row."""
    house = House()
    for turn in range(locks):
        for _ in range(3):
            house.keys(WRONG_CODE, "disarm")
        if turn + 1 < locks:
            house.passes(90000 << turn)
    return house


def test_a_wrong_code_has_no_effect_but_a_message() -> None:
    house = House()
    house.arms()
    house.keys(WRONG_CODE, "disarm")
    assert house.events() == [] and house.lamp("armed")
    assert house.display() == ("Wrong code", "Try again")
    house.passes(4999)
    assert house.display() == ("Wrong code", "Try again")
    house.passes(1)
    assert house.display() == ("Armed", "Away")
    house.keys(WRONG_CODE, "disarm")
    house.keys(CODE, "disarm")
    assert house.display() == ("Disarmed", "Ready"), "a right code ends the message"


def test_anything_that_is_not_four_to_six_digits_is_a_wrong_code_and_costs_no_hash() -> None:
    def never(digits: str, salt: bytes) -> bytes:
        raise AssertionError("hashed " + digits)

    for digits in ("1", "123", "1234567", "12345678901234567890"):
        panel = Panel(config.check(plain_config()), None, never)
        outputs: list[Any] = []
        for _ in range(3):
            for key in digits:
                panel.handle(("key", key), 1000)
            outputs = panel.handle(("key", "off"), 1000)
        assert outputs[0][1] == 1461, digits


def test_keys_that_are_no_digits_never_become_part_of_a_code() -> None:
    house = House()
    for key in ("1", "2", "3", "\u0664", "a", " ", "44", "4"):
        house.press(key)
    house.press("away")
    assert house.full_events() == [(3401, 1, 0, ANNA, 1, 30)]


def test_three_wrong_codes_lock_the_keypad_for_ninety_seconds_and_are_reported_once() -> None:
    house = locked_house()
    assert house.full_events() == [(1461, 0, 0, 0, 1, 1)]
    assert house.display() == ("Too many wrong", "Wait 2 min")
    house.passes(89999)
    house.keys(CODE, "away")
    assert not house.lamp("armed")
    house.passes(1)
    house.keys(CODE, "away")
    assert house.lamp("armed")


def test_a_locked_keypad_hashes_nothing() -> None:
    hashed = []

    def counting(digits: str, salt: bytes) -> bytes:
        hashed.append(digits)
        return quick_hash(digits, salt)

    house = locked_house()
    panel = Panel(config.check(house.config), house.saved, counting)
    for key in CODE:
        panel.handle(("key", key), 1000)
    panel.handle(("key", "away"), 1000)
    panel.handle(("tag", b"\x01\x02\x03\x04"), 1000)
    assert hashed == []


def test_every_further_lock_is_twice_as_long_up_to_twenty_four_minutes() -> None:
    for locks, seconds in ((2, 180), (3, 360), (4, 720), (5, 1440), (6, 1440)):
        house = House()
        for turn in range(locks):
            house.forget()
            for _ in range(3):
                house.keys(WRONG_CODE, "away")
            if turn + 1 < locks:
                house.passes(min(90000 << turn, 1440000))
        assert house.full_events() == [(1461, 0, 0, 0, 1, locks)], locks
        house.passes(seconds * 1000 - 1)
        house.keys(CODE, "away")
        assert not house.lamp("armed"), locks
        house.passes(1)
        house.keys(CODE, "away")
        assert house.lamp("armed"), locks


def test_a_right_code_forgets_the_wrong_ones() -> None:
    house = House()
    for _ in range(4):
        house.keys(WRONG_CODE, "disarm")
        house.keys(WRONG_CODE, "disarm")
        house.keys(CODE, "disarm")
    assert house.events() == []


def test_after_a_lock_there_are_three_tries_again() -> None:
    house = locked_house()
    house.passes(90000)
    house.forget()
    house.keys(WRONG_CODE, "disarm")
    house.keys(WRONG_CODE, "disarm")
    assert house.events() == []
    house.keys(WRONG_CODE, "disarm")
    assert house.events() == [(1461, 0)]


def test_a_right_code_ends_the_doubling() -> None:
    house = locked_house(2)
    house.passes(180000)
    house.keys(CODE, "disarm")
    for _ in range(3):
        house.keys(WRONG_CODE, "disarm")
    house.passes(90000)
    house.keys(CODE, "away")
    assert house.lamp("armed")


def test_a_restart_does_not_unlock_the_keypad_nor_forget_wrong_codes() -> None:
    house = House()
    house.keys(WRONG_CODE, "disarm")
    house.keys(WRONG_CODE, "disarm")
    house.restart()
    house.keys(WRONG_CODE, "disarm")
    assert house.events() == [(1461, 0)]
    house.restart()
    house.passes(89999)
    house.keys(CODE, "away")
    assert not house.lamp("armed")
    house.passes(1)
    house.keys(CODE, "away")
    assert house.lamp("armed")


def test_the_lock_does_not_hide_an_alarm_on_the_display() -> None:
    house = House()
    house.arms()
    for _ in range(3):
        house.keys(WRONG_CODE, "disarm")
    house.opens(WINDOW)
    assert house.display() == ("BURGLARY", f"Zone {WINDOW}")


def test_a_cloud_command_works_while_the_keypad_is_locked() -> None:
    house = locked_house()
    assert house.command(2)[0] == 0
    assert house.lamp("armed")


def test_every_user_has_a_code_of_their_own() -> None:
    house = House()
    house.keys(CODE, "away")
    house.passes(EXIT_MS)
    house.forget()
    house.keys(OTHER_CODE, "disarm")
    assert house.full_events() == [(1401, 1, 0, 2, 1, 0)]
    assert ANNA != 2


def test_codes_are_hashed_slowly_under_the_panels_salt() -> None:
    value = plain_config()
    value["users"] = [{"number": 7, "hash": codes.hash_code("4711", SALT)}]
    panel = Panel(config.check(value))
    for key in "4711":
        panel.handle(("key", key), 1000)
    outputs = panel.handle(("key", "away"), 1000)
    assert outputs[0] == ("event", 3401, 1, 0, 7, 1, 30)
    assert codes.hash_code("4711", b"t" * 16) != codes.hash_code("4711", SALT)


def test_the_hash_is_pbkdf2_with_hmac_sha256() -> None:
    # RFC 7914 section 11, first 32 bytes.
    assert codes.pbkdf2(b"passwd", b"salt", 1) == bytes.fromhex(
        "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
    )
    assert codes.pbkdf2(b"Password", b"NaCl", 80) != codes.pbkdf2(b"Password", b"NaCl", 79)


def test_only_a_code_can_be_hashed() -> None:
    for digits in ("123", "1234567", "abcd"):
        raises(ValueError, codes.hash_code, digits, SALT)
