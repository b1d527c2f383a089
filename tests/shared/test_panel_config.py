"""The configuration's check: defaults, and refusals that name the field and the range."""

from hemlarm_firmware.panel import config
from hemlarm_protocol import cbor
from panel_house import plain_config
from support import raises

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def refusal(**changes: "Any") -> str:
    """What the check says of the plain configuration with these fields changed."""
    value = plain_config()
    value.update(changes)
    return str(raises(config.ConfigError, config.check, value))


def test_defaults_are_filled_in_and_the_value_given_is_left_alone() -> None:
    value: Any = {
        "areas": [{"number": 1}],
        "zones": [{"number": 4, "type": "fire", "area": 1}],
        "code_salt": b"s" * 16,
    }
    before = cbor.encode(value)
    assert config.check(value) == {
        "areas": [{"number": 1, "exit_s": 60, "entry_s": 30}],
        "zones": [{"number": 4, "type": "fire", "area": 1, "home": False}],
        "users": [],
        "code_salt": b"s" * 16,
        "siren_s": 180,
        "language": "sv",
    }
    assert cbor.encode(value) == before


def test_what_was_checked_passes_again_and_fits_cbor() -> None:
    checked: Any = config.check(plain_config())
    assert config.check(cbor.decode(cbor.encode(checked))) == checked


def test_a_delay_outside_its_range_is_refused_by_name_and_range() -> None:
    for field in ("entry_s", "exit_s"):
        for wrong in (-1, 301, 400, "30", None, 3.5, True):
            said = refusal(areas=[{"number": 1, field: wrong}])
            assert said.startswith(f"areas[0].{field}: "), said
            assert "0 to 300" in said, said
        for right in (0, 300):
            value = plain_config()
            value["areas"][0][field] = right
            assert config.check(value)["areas"][0][field] == right


def test_a_siren_limit_outside_its_range_is_refused() -> None:
    for wrong in (9, 901, None):
        said = refusal(siren_s=wrong)
        assert said.startswith("siren_s: ") and "10 to 900" in said, said


def test_a_zone_of_an_unknown_type_or_area_is_refused() -> None:
    said = refusal(zones=[{"number": 1, "type": "laser", "area": 1}])
    assert said.startswith("zones[0].type: ") and "entry, fire, follower, instant" in said
    said = refusal(zones=[{"number": 1, "type": "fire", "area": 3}])
    assert said == "zones[0].area: 3 is not one of the areas [1]"
    said = refusal(zones=[{"number": 1, "type": "fire", "area": 1, "home": 1}])
    assert said == "zones[0].home: must be true or false"


def test_numbers_used_twice_or_out_of_range_are_refused() -> None:
    zone = {"number": 5, "type": "fire", "area": 1}
    assert refusal(zones=[zone, zone]).startswith("zones[1].number: 5 is used twice")
    assert "1 to 999" in refusal(zones=[{"number": 1000, "type": "fire", "area": 1}])
    assert refusal(areas=[{"number": 1}, {"number": 1}]).startswith("areas[1].number: 1 is used twice")
    assert "1 to 23" in refusal(areas=[{"number": 24}])
    user = plain_config()["users"][0]
    assert refusal(users=[user, {"number": 1, "hash": b"x" * 32}]).startswith("users[1].number: 1 is used twice")


def test_two_users_with_one_code_are_refused() -> None:
    user = plain_config()["users"][0]
    said = refusal(users=[user, {"number": 9, "hash": user["hash"]}])
    assert said.startswith("users[1].hash: user 9 has the code of user 1")


def test_missing_and_unknown_fields_are_refused_by_name() -> None:
    for field in ("areas", "code_salt"):
        value = plain_config()
        del value[field]
        assert str(raises(config.ConfigError, config.check, value)).startswith(field + ": ")
    assert refusal(colour="red").startswith("colour: unknown field")
    assert refusal(zones=[{"number": 1, "type": "fire", "area": 1, "bypass": True}]).startswith("zones[0].bypass: ")
    assert refusal(areas=[{"number": 1, "name": "home"}]).startswith("areas[0].name: ")
    assert refusal(users=[{"number": 1, "hash": b"x" * 32, "name": "Anna"}]).startswith("users[0].name: ")
    assert refusal(zones=[{"type": "fire", "area": 1}]).startswith("zones[0].number: ")
    assert refusal(zones=[7]).startswith("zones[0]: must be a map")
    assert str(raises(config.ConfigError, config.check, [])).startswith("configuration: must be a map")


def test_too_many_or_too_few_are_refused() -> None:
    assert refusal(areas=[]) == "areas: must be a list of 1 to 8 items"
    assert refusal(areas=[{"number": n} for n in range(1, 10)]) == "areas: must be a list of 1 to 8 items"
    zones = [{"number": n, "type": "fire", "area": 1} for n in range(1, 66)]
    assert refusal(zones=zones) == "zones: must be a list of 0 to 64 items"
    users = [{"number": n, "hash": bytes([n]) * 32} for n in range(1, 52)]
    assert refusal(users=users) == "users: must be a list of 0 to 50 items"


def test_salt_and_hash_have_their_lengths() -> None:
    assert refusal(code_salt=b"short") == "code_salt: must be 16 bytes"
    assert refusal(code_salt="s" * 16) == "code_salt: must be 16 bytes"
    assert refusal(users=[{"number": 1, "hash": b"x" * 31}]) == "users[0].hash: must be 32 bytes"


def test_an_unknown_language_is_refused() -> None:
    assert refusal(language="fi") == "language: 'fi' is not one of en, sv"
