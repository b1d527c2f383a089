"""The rules for users: their areas, their times, and codes and tags that tell who used them."""

from config_examples import refusal, small, user, user_refusal
from hemlarm_firmware.panel import config

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ANNAS, BOS = b"a" * 32, b"b" * 32
TAG, OTHER_TAG = b"t" * 16, b"u" * 16
TWO_AREAS = [{"number": 1}, {"number": 2}]


def two_users_refusal(first: "dict[str, Any]", second: "dict[str, Any]") -> str:
    """What the check says of users 1 and 9."""
    return refusal(users=[dict({"number": 1}, **first), dict({"number": 9}, **second)])


def test_a_user_is_by_default_at_home_everywhere_and_always() -> None:
    plain = {"role": "user", "areas": [1], "tags": [], "days": 127, "from_min": 0, "to_min": 1440, "until_s": 0}
    assert user() == dict(plain, number=1)
    assert user(hash=ANNAS) == dict(plain, number=1, hash=ANNAS)
    everywhere = config.check(dict(small(), areas=TWO_AREAS))["users"]
    assert [item["areas"] for item in everywhere] == [[1, 2], [1, 2]]


def test_roles_are_master_user_guest_and_installer() -> None:
    for role in ("master", "user", "guest", "installer"):
        assert user(role=role)["role"] == role
    assert (
        user_refusal(role="king") == "users[0].role: 'king' is wrong; it must be one of master, user, guest, installer"
    )


def test_a_users_areas_are_areas_that_exist() -> None:
    for wrong in ([2], [1, 3], ["1"], [True], [[1]], [None]):
        assert user_refusal(areas=wrong) == "users[0].areas: must name areas of [1] only", wrong
    assert user_refusal(areas=[]).startswith("users[0].areas: must be a list of 1 to 8 items")
    assert user_refusal(areas=1).startswith("users[0].areas: must be a list of 1 to 8 items")
    assert user_refusal(areas=[1, 1]) == "users[0].areas: names area 1 twice; every area once"
    value = dict(small(), areas=TWO_AREAS, users=[{"number": 1, "areas": [2]}])
    assert config.check(value)["users"][0]["areas"] == [2]


def test_two_users_with_one_code_are_refused() -> None:
    said = two_users_refusal({"hash": ANNAS}, {"hash": ANNAS})
    assert said == "users[1].hash: user 9 has the code of user 1; every code must be one of its own"


def test_a_duress_code_is_nobodys_code() -> None:
    for first, second in (
        ({"hash": ANNAS}, {"duress": ANNAS}),
        ({"duress": ANNAS}, {"hash": ANNAS}),
        ({"duress": ANNAS}, {"duress": ANNAS}),
    ):
        assert " has the code of user 1; " in two_users_refusal(first, second)
    said = user_refusal(hash=ANNAS, duress=ANNAS)
    assert said == "users[0].duress: user 1 has the code of user 1; every code must be one of its own"
    assert user(hash=ANNAS, duress=BOS)["duress"] == BOS


def test_a_tag_opens_for_one_user_and_once() -> None:
    said = two_users_refusal({"tags": [TAG]}, {"tags": [OTHER_TAG, TAG]})
    assert said == "users[1].tags[1]: user 9 has the tag of user 1; every tag must be one of its own"
    assert user_refusal(tags=[TAG, TAG]).startswith("users[0].tags[1]: ")
    assert user(tags=[TAG, OTHER_TAG])["tags"] == [TAG, OTHER_TAG]


def test_codes_and_tags_have_their_lengths_and_are_never_repeated_in_a_message() -> None:
    for field in ("hash", "duress"):
        for wrong in (b"x" * 31, b"x" * 33, "x" * 32, None, 7):
            assert user_refusal(**{field: wrong}) == f"users[0].{field}: must be 32 bytes"
    assert user_refusal(tags=[TAG, b"short"]) == "users[0].tags[1]: must be 16 bytes"
    assert user_refusal(tags=[bytes([n]) * 16 for n in range(5)]) == "users[0].tags: must be a list of 0 to 4 items"
    assert user_refusal(tags=2) == "users[0].tags: must be a list of 0 to 4 items"


def test_a_guest_has_a_window_on_at_least_one_day() -> None:
    guest: Any = {"role": "guest", "days": 1, "from_min": 480, "to_min": 481, "until_s": 0xFFFFFFFF}
    assert dict(user(**guest), **guest) == user(**guest)
    assert user_refusal(role="guest", days=0).startswith("users[0].days: must be from 1 to 127 for a guest")
    assert "0 to 127" in user_refusal(role="guest", days=128)
    said = user_refusal(role="guest", from_min=480, to_min=480)
    assert said == "users[0].from_min: 480 is not before to_min, 480; it must be from 0 to 479"
    assert "0 to 1439" in user_refusal(role="guest", from_min=1440)
    assert "1 to 1440" in user_refusal(role="guest", to_min=1441)
    assert "0 to 4294967295" in user_refusal(role="guest", until_s=1 << 32)


def test_nobody_but_a_guest_has_a_window() -> None:
    for role in ("master", "user", "installer"):
        for field, value, always in (("days", 31, 127), ("from_min", 1, 0), ("to_min", 600, 1440), ("until_s", 9, 0)):
            said = user_refusal(role=role, **{field: value})
            assert said == f"users[0].{field}: must be {always} for a {role}; only a guest has a window"
