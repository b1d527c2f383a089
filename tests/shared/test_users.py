"""Users: who owns a code or a tag, what each role may, and when a guest may come."""

from hemlarm_firmware.panel import config, users
from hemlarm_firmware.panel.users import Users
from keypad_support import (
    ANNA,
    BO,
    CLEANER,
    CODE,
    DURESS,
    FITTER,
    MONDAY_10,
    SECOND_TAG,
    STRANGE_TAG,
    TAG,
    WRONG,
    Desk,
    plain_config,
    quick_hash,
)

HOUR, DAY = 3600, 86400


def people(**changes: object) -> Users:
    """The plain users, with changes to the guest."""
    value = plain_config()
    value["users"][2].update(changes)
    return Users(config.check(value), quick_hash)


def hours_of(at: "int | None", **changes: object) -> int:
    """Whether the guest may come at this time."""
    found = people(**changes)
    guest, _ = found.find_code(CODE[CLEANER])
    assert guest is not None
    return found.hours(guest, at)


def test_a_code_tells_its_user_and_whether_it_is_the_duress_code() -> None:
    found = people()
    for number, digits in CODE.items():
        user, duress = found.find_code(digits)
        assert user is not None and user["number"] == number and not duress
    user, duress = found.find_code(DURESS)
    assert user is not None and user["number"] == ANNA and duress
    assert found.find_code(WRONG) == (None, False)


def test_an_entry_costs_one_slow_hash_whoever_it_is() -> None:
    desk = Desk()
    for digits in (CODE[ANNA], DURESS, CODE[FITTER], WRONG):
        before = desk.hashes
        desk.keys(digits + " off")
        assert desk.hashes == before + 1, digits


def test_what_is_no_code_costs_no_hash() -> None:
    def never(digits: str, salt: bytes) -> bytes:
        raise AssertionError("hashed " + digits)

    found = Users(config.check(plain_config()), never)
    for digits in ("", "123", "1234567", "12a4"):
        assert found.find_code(digits) == (None, False)


def test_a_user_without_a_code_is_found_by_none() -> None:
    value = plain_config()
    del value["users"][3]["hash"]
    found = Users(config.check(value), quick_hash)
    assert found.find_code(CODE[FITTER]) == (None, False)
    assert found.find_code(CODE[ANNA])[0] is not None


def test_a_tag_tells_its_user_and_which_of_the_users_tags_it_is() -> None:
    found = people()
    for index, uid in enumerate((TAG, SECOND_TAG)):
        user, which = found.find_tag(uid)
        assert user is not None and (user["number"], which) == (BO, index)
    assert found.find_tag(STRANGE_TAG) == (None, 0)
    assert found.find_tag(b"") == (None, 0)
    assert found.find_tag(b"\x01" * 40) == (None, 0)


def test_each_role_may_what_its_people_need_and_no_more() -> None:
    for role, everyday, settings, people_too in (
        ("master", True, True, True),
        ("user", True, False, False),
        ("guest", False, False, False),
        ("installer", True, True, False),
    ):
        may = [users.may({"role": role}, bit) for bit in (users.EVERYDAY, users.SETTINGS, users.USERS)]
        assert may == [everyday, settings, people_too], role


def test_a_guest_may_come_in_the_agreed_hours_only() -> None:
    for at, expected in (
        (MONDAY_10, users.WITHIN),
        (MONDAY_10 - 2 * HOUR, users.WITHIN),
        (MONDAY_10 - 2 * HOUR - 1, users.OUTSIDE),
        (MONDAY_10 + 6 * HOUR - 1, users.WITHIN),
        (MONDAY_10 + 6 * HOUR, users.OUTSIDE),
        (MONDAY_10 + 4 * DAY, users.WITHIN),
        (MONDAY_10 + 5 * DAY, users.OUTSIDE),
        (MONDAY_10 + 6 * DAY, users.OUTSIDE),
        (MONDAY_10 + 7 * DAY, users.WITHIN),
    ):
        assert hours_of(at) == expected, at


def test_the_agreed_hours_follow_the_clock_on_the_wall_in_winter_too() -> None:
    winter = MONDAY_10 + 182 * DAY  # 09:00 on the wall.
    assert hours_of(winter - HOUR) == users.WITHIN
    assert hours_of(winter - HOUR - 1) == users.OUTSIDE


def test_a_guest_may_come_until_the_last_day() -> None:
    assert hours_of(MONDAY_10, until_s=MONDAY_10 + 1) == users.WITHIN
    assert hours_of(MONDAY_10, until_s=MONDAY_10) == users.OUTSIDE


def test_hours_cannot_be_checked_without_a_clock() -> None:
    assert hours_of(None) == users.CLOCK_UNKNOWN
    always: dict[str, object] = {"days": 127, "from_min": 0, "to_min": 1440}
    assert hours_of(None, until_s=MONDAY_10, **always) == users.CLOCK_UNKNOWN
    assert hours_of(None, **always) == users.WITHIN, "nothing needs checking"
    for limit in ({"days": 63}, {"from_min": 1}, {"to_min": 1439}):
        window = dict(always)
        window.update(limit)
        assert hours_of(None, **window) == users.CLOCK_UNKNOWN, limit


def test_residents_have_no_hours() -> None:
    found = people()
    for number in (ANNA, BO, FITTER):
        user, _ = found.find_code(CODE[number])
        assert user is not None
        assert found.hours(user, None) == users.WITHIN
