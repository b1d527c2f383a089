"""The limits and defaults of every field of the configuration, written out here once more, and how they are told."""

from config_examples import RADIO, SALT, small, user, user_refusal, zone, zone_refusal
from hemlarm_firmware.panel import config
from support import raises

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Section, field, least, most, default (None: none of its own).
NUMBERS: "list[tuple[str, str, int, int, int | None]]" = [
    ("panel", "siren_s", 10, 900, 180),
    ("panel", "outdoor_s", 0, 900, 180),
    ("panel", "outdoor_delay_s", 0, 300, 0),
    ("panel", "pets_kg", 0, 200, 0),
    ("panel", "utc_offset_min", -720, 840, 60),
    ("panel", "battery_mah", 500, 50000, 7000),
    ("panel", "battery_test_h", 0, 720, 24),
    ("panel", "mains_delay_s", 0, 3600, 300),
    ("panel", "revision", 0, 2147483648, 0),
    ("areas", "number", 1, 23, None),
    ("areas", "exit_s", 0, 300, 60),
    ("areas", "entry_s", 0, 300, 30),
    ("areas", "cancel_s", 0, 900, 300),
    ("zones", "number", 1, 999, None),
    ("zones", "area", 1, 23, None),
    ("zones", "entry_s", 0, 300, None),
    ("zones", "swinger", 0, 9, 3),
    ("zones", "group", 0, 9, 1),
    ("zones", "supervise_min", 1, 1440, None),
    ("zones", "low_c", -40, 60, None),
    ("zones", "high_c", -40, 120, None),
    ("users", "number", 1, 999, None),
    ("users", "days", 0, 127, 127),
    ("users", "from_min", 0, 1439, 0),
    ("users", "to_min", 1, 1440, 1440),
    ("users", "until_s", 0, 4294967295, 0),
]

# What a field goes with.
COMPANIONS: "dict[str, Any]" = {
    "entry_s": {"type": "entry"},
    "supervise_min": RADIO,
    "low_c": dict(RADIO, type="temperature", high_c=120),
    "high_c": dict(RADIO, type="temperature", low_c=-40),
    "days": {"role": "guest"},
    "from_min": {"role": "guest"},
    "to_min": {"role": "guest"},
    "until_s": {"role": "guest"},
}
PLAIN: "dict[str, Any]" = {
    "areas": {"number": 1},
    "zones": {"number": 1, "type": "instant", "area": 1},
    "users": {"number": 1},
}
# Other rules forbid what the range alone would allow: a guest who may come on no day, a frost limit below the coldest.
FORBIDDEN = [("days", 0), ("high_c", -40)]


def with_field(section: str, name: str, value: "Any") -> "Any":
    """The smallest configuration that has this field; a zone's area is there with it."""
    if section == "panel":
        return dict({"areas": [{"number": 1}], "code_salt": SALT}, **{name: value})
    item = dict(PLAIN[section])
    if section != "areas":
        item.update(COMPANIONS.get(name, {}))
    item[name] = value
    areas = [{"number": value if name == "area" and value in range(1, 24) else 1}]
    return dict({"areas": areas, "code_salt": SALT}, **{section: [item]})


def without_field(section: str, name: str) -> "Any":
    """The same without the field."""
    value = with_field(section, name, 1)
    del value[section][0][name]
    return value


def refusal_of(value: "Any") -> str:
    """What the check says of this configuration."""
    return str(raises(config.ConfigError, config.check, value))


def test_every_number_is_taken_up_to_its_limits_and_not_beyond() -> None:
    for section, name, least, most, _ in NUMBERS:
        place = name if section == "panel" else f"{section}[0].{name}"
        for wrong in (least - 1, most + 1):
            said = refusal_of(with_field(section, name, wrong))
            assert said == f"{place}: {wrong} is wrong; it must be a whole number from {least} to {most}", said
        for right in (least, most):
            if (name, right) not in FORBIDDEN:
                checked: Any = config.check(with_field(section, name, right))
                assert (checked if section == "panel" else checked[section][0])[name] == right


def test_every_number_has_its_default() -> None:
    checked: Any = config.check(dict(small(), zones=[PLAIN["zones"]]))
    for section, name, _, _, default in NUMBERS:
        if default is not None:
            assert (checked if section == "panel" else checked[section][0])[name] == default, (section, name)


def test_what_must_be_given_is_asked_for_in_words() -> None:
    asked = [
        ("areas", "number", "a whole number from 1 to 23"),
        ("zones", "number", "a whole number from 1 to 999"),
        (
            "zones",
            "type",
            "one of entry, follower, instant, always, fire, co, water, hold_up, tamper, temperature",
        ),
        ("zones", "area", "a whole number from 1 to 23"),
        ("users", "number", "a whole number from 1 to 999"),
    ]
    for section, name, allowed in asked:
        said = refusal_of(without_field(section, name))
        assert said == f"{section}[0].{name}: is missing; it must be {allowed}"


def test_ids_and_keys_have_their_lengths() -> None:
    for name, length in (("radio", 4), ("key", 16)):
        for wrong in (b"x" * (length - 1), b"x" * (length + 1), "x" * length):
            fields: dict[str, Any] = dict(RADIO, type="instant")
            fields[name] = wrong
            assert zone_refusal(**fields) == f"zones[0].{name}: must be {length} bytes"
    for wrong in (b"x" * 15, b"x" * 17, "x" * 16):
        assert user_refusal(tags=[wrong]) == "users[0].tags[0]: must be 16 bytes"
    assert user(tags=[b"x" * 16])["tags"] == [b"x" * 16]


def test_a_name_has_every_character_that_the_display_has() -> None:
    for right in (" ", "~", "\xa0", "\xff", "", "x" * 16):
        assert zone(type="fire", name=right)["name"] == right
    for wrong in ("\x1f", "\x7f", "\x9f", "\u0100"):
        assert zone_refusal(type="fire", name=wrong).startswith("zones[0].name: ")


def test_an_empty_word_is_told_as_such() -> None:
    said = zone_refusal(type="entry", wiring="10k")
    assert said == "zones[0].wiring: '10k' is wrong; it must be one of \"\", 5k6, 2k2/4k7, 4k7/4k7, 1k/1k"


def test_what_was_given_is_repeated_up_to_40_characters() -> None:
    for letters, given in ((38, "'" + "x" * 38 + "'"), (39, "'" + "x" * 39 + "...")):
        value = dict(small(), language="x" * letters)
        assert refusal_of(value) == f"language: {given} is wrong; it must be one of sv, en"


def test_a_word_is_held_in_memory_once_however_many_zones_have_it() -> None:
    zones = [{"number": n, "type": "".join(["ent", "ry"]), "area": 1} for n in (1, 2)]
    first, second = config.check(dict(small(), zones=zones))["zones"]
    assert first["type"] == "entry" and first["type"] is second["type"]
