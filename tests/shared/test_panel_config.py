"""The configuration's check as a whole: defaults, and refusals that name the field and the range."""

import sys

from config_examples import largest, radio_house, refusal, small, wired_building
from hemlarm_firmware.panel import config, config_fields, texts
from hemlarm_protocol import cbor
from support import raises

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

AREA_DEFAULTS = {"exit_s": 60, "entry_s": 30, "confirm_s": 0, "cancel_s": 300}


def test_defaults_are_filled_in_and_the_value_given_is_left_alone() -> None:
    value: Any = {"areas": [{"number": 1}], "code_salt": b"s" * 16}
    before = cbor.encode(value)
    assert config.check(value) == {
        "areas": [dict(AREA_DEFAULTS, number=1)],
        "zones": [],
        "users": [],
        "code_salt": b"s" * 16,
        "siren_s": 180,
        "outdoor_s": 180,
        "outdoor_delay_s": 0,
        "language": "sv",
        "chime": True,
        "keypad_alarms": True,
        "pets_kg": 0,
        "utc_offset_min": 60,
        "dst": "eu",
        "battery": "lead-acid",
        "battery_mah": 7000,
        "battery_test_h": 24,
        "mains_delay_s": 300,
        "apn": "",
        "sim_pin": "",
        "sms_to": "",
        "revision": 0,
        "outputs": [],
        "remote_disarm": "always",
        "remote_unlock": "code",
    }
    assert cbor.encode(value) == before


def test_what_was_checked_passes_again_and_fits_cbor() -> None:
    for value in (small(), radio_house(), wired_building(), largest()):
        checked: Any = config.check(value)
        assert config.check(cbor.decode(cbor.encode(checked))) == checked


def test_the_largest_configuration_passes_as_it_is() -> None:
    assert config.check(largest()) == dict(
        largest(), zones=[dict(zone, wiring="", verify=False, silent=False) for zone in largest()["zones"]]
    )


def test_neither_users_nor_checks_share_what_one_could_change_for_the_other() -> None:
    value: Any = small()
    first = config.check(value)
    first["users"][0]["tags"].append(b"t" * 16)
    first["users"][0]["areas"].append(9)
    assert (first["users"][1]["tags"], first["users"][1]["areas"]) == ([], [1])
    first["zones"].clear()
    second = config.check(value)
    assert [user["tags"] for user in second["users"]] == [[], []]
    assert [user["areas"] for user in second["users"]] == [[1], [1]]
    assert len(second["zones"]) == 2


def test_the_rules_are_forgotten_after_a_check_however_it_ends() -> None:
    value: Any
    for value in (small(), {}):
        try:
            config.check(value)
        except config.ConfigError:
            assert value == {}
        loaded = [name for name in sys.modules if name.startswith("hemlarm_firmware.panel.config_")]
        assert [name for name in loaded if name != "hemlarm_firmware.panel.config_edit"] == []


def test_the_panel_speaks_every_language_and_shows_names_on_one_line() -> None:
    for language in config_fields.LANGUAGES:
        assert texts.load(language)[texts.READY]
    assert config_fields.NAME_LETTERS_MAX == texts.COLUMNS


def test_a_delay_outside_its_range_is_refused_by_name_and_range() -> None:
    wrong: Any
    for field, most in (("entry_s", 300), ("exit_s", 300), ("cancel_s", 900)):
        for wrong in (-1, most + 1, "30", None, 3.5, True, [], 1 << 70):
            said = refusal(areas=[{"number": 1, field: wrong}])
            assert said.startswith(f"areas[0].{field}: "), said
            assert f"a whole number from 0 to {most}" in said, said
        for right in (0, most):
            assert config.check(dict(small(), areas=[{"number": 1, field: right}]))["areas"][0][field] == right


def test_an_entry_delay_of_400_seconds_is_refused_in_words() -> None:
    said = refusal(areas=[{"number": 1, "entry_s": 400}])
    assert said == "areas[0].entry_s: 400 is wrong; it must be a whole number from 0 to 300"


def test_the_confirmation_time_is_none_or_at_least_half_a_minute() -> None:
    for wrong in (-1, 1, 29, 7201, False):
        said = refusal(areas=[{"number": 1, "confirm_s": wrong}])
        assert said.startswith("areas[0].confirm_s: ") and "0 or a whole number from 30 to 7200" in said, said
    for right in (0, 30, 7200):
        assert config.check(dict(small(), areas=[{"number": 1, "confirm_s": right}]))["areas"][0]["confirm_s"] == right


def test_a_panel_field_outside_its_range_is_refused() -> None:
    ranges = [
        ("siren_s", 10, 900),
        ("outdoor_s", 0, 900),
        ("outdoor_delay_s", 0, 300),
        ("pets_kg", 0, 200),
        ("utc_offset_min", -720, 840),
        ("revision", 0, 1 << 31),
    ]
    for field, least, most in ranges:
        for wrong in (least - 1, most + 1, None):
            said = refusal(**{field: wrong})
            assert said.startswith(field + ": ") and f"{least} to {most}" in said, said
        for right in (least, most):
            assert config.check(dict(small(), **{field: right}))[field] == right
    for field in ("chime", "keypad_alarms"):
        assert refusal(**{field: 1}) == f"{field}: must be true or false"
    assert refusal(dst="us") == "dst: 'us' is wrong; it must be one of eu, none"
    assert refusal(language="fi") == "language: 'fi' is wrong; it must be one of sv, en"


def test_numbers_used_twice_or_out_of_range_are_refused() -> None:
    zone = {"number": 5, "type": "fire", "area": 1}
    assert refusal(zones=[zone, zone]).startswith("zones[1].number: 5 is used twice")
    assert "1 to 999" in refusal(zones=[{"number": 1000, "type": "fire", "area": 1}])
    assert refusal(areas=[{"number": 1}, {"number": 1}]).startswith("areas[1].number: 1 is used twice")
    assert "1 to 23" in refusal(areas=[{"number": 24}])
    assert refusal(users=[{"number": 1}, {"number": 1}]).startswith("users[1].number: 1 is used twice")


def test_missing_and_unknown_fields_are_refused_by_name() -> None:
    for field in ("areas", "code_salt"):
        value = small()
        del value[field]
        assert str(raises(config.ConfigError, config.check, value)).startswith(field + ": is missing; it must be ")
    assert refusal(colour="red").startswith("colour: unknown field; allowed are areas, zones, ")
    assert refusal(zones=[{"number": 1, "type": "fire", "area": 1, "loud": True}]).startswith("zones[0].loud: ")
    assert refusal(areas=[{"number": 1, "name": "home"}]).startswith("areas[0].name: ")
    assert refusal(users=[{"number": 1, "name": "Anna"}]).startswith("users[0].name: ")
    assert refusal(zones=[{"type": "fire", "area": 1}]).startswith("zones[0].number: is missing")
    assert refusal(zones=[7]).startswith("zones[0]: must be a map of number, type, area, ")
    assert str(raises(config.ConfigError, config.check, [])).startswith("configuration: must be a map")
    assert str(raises(config.ConfigError, config.check, dict(small(), **{"x" * 200: 1}))).startswith("x" * 40 + "...: ")


def test_too_many_or_too_few_are_refused() -> None:
    assert refusal(areas=[]) == "areas: must be a list of 1 to 8 items"
    assert refusal(areas=[{"number": n} for n in range(1, 10)]) == "areas: must be a list of 1 to 8 items"
    zones = [{"number": n, "type": "fire", "area": 1} for n in range(1, 66)]
    assert refusal(zones=zones) == "zones: must be a list of 0 to 64 items"
    users = [{"number": n, "hash": bytes([n]) * 32} for n in range(1, 52)]
    assert refusal(users=users) == "users: must be a list of 0 to 50 items"
    assert refusal(users={"number": 1}) == "users: must be a list of 0 to 50 items"


def test_the_salt_has_its_length_and_is_never_repeated_in_a_message() -> None:
    assert refusal(code_salt=b"short") == "code_salt: must be 16 bytes"
    assert refusal(code_salt="s" * 16) == "code_salt: must be 16 bytes"


def test_a_message_stays_short_whatever_was_given() -> None:
    assert len(refusal(language="x" * 10_000)) < 120
