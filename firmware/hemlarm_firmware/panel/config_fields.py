"""Every field of the configuration with its range and default, and the one function that reads fields by these tables.

What fields have to do with each other stands in the rules modules. docs/configuration.md says what each field means.
"""

from hemlarm_firmware.panel.codes import HASH_BYTES, SALT_BYTES
from hemlarm_firmware.panel.config import ConfigError
from hemlarm_protocol.constant import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.panel.config import Config

    Row = tuple[str, int, Any, Any, Any]

# Kinds of field.
NUMBER = const(0)  # A whole number within a range,
NUMBER_OR_ZERO = const(1)  # or 0, which lies outside of it.
FLAG = const(2)
WORD = const(3)  # One of a list.
TEXT = const(4)  # Up to so many characters that the display can show.
BYTES = const(5)
ITEMS = const(6)  # A list of so many items.
SECRET_DIGITS = const(7)  # So many digits, or none; no message repeats them.

# Defaults that are no values.
REQUIRED = object()
ABSENT = object()

# An event has room for areas up to 23 and for zones and users of three digits, as Contact ID.
AREA_MAX = 23
NUMBER_MAX = 999

NAME_LETTERS_MAX = 16
"""What one line of the display holds."""

TAG_HASH_BYTES = 16
APN_LETTERS_MAX = 63
"""A label of DNS; longer names of access points are not in use."""

NUMBER_LETTERS_MAX = 16
"""A "+" and the 15 digits that E.164 allows."""

RADIO_ID_BYTES = 4
RADIO_KEY_BYTES = 16
UNTIL_MAX = 0xFFFFFFFF
REVISION_MAX = 1 << 31

TYPES = ["entry", "follower", "instant", "always", "fire", "co", "water", "hold_up", "tamper", "temperature"]
MOTION_SENSORS = ["motion", "pet_motion", "camera", "pet_camera"]
SENSORS = ["contact", "glass", "smoke", "heat", "co", "water", "button", "tamper", "temperature"] + MOTION_SENSORS
WIRINGS = ["", "5k6", "2k2/4k7", "4k7/4k7", "1k/1k"]
LANGUAGES = ["sv", "en"]
OUTPUTS = ["plug", "lock"]
LIMITS = ["never", "code", "always"]
BATTERIES = ["lead-acid", "lifepo4", "none"]
ROLES = ["master", "user", "guest", "installer"]

# Rows: name, kind, least (the words of a WORD), most, default. The bounds of areas, zones and users keep the snapshot,
# the display's search and the time of one input within theirs. Ranges and defaults of the delays come from the
# requirements; the sirens' from what outdoor sirens may sound in Sweden; dark rooms below 5 and above 60 degrees C are
# a frozen pipe and a fire's neighbour.
PANEL: "list[Row]" = [
    ("areas", ITEMS, 1, 8, REQUIRED),
    ("zones", ITEMS, 0, 64, []),
    ("users", ITEMS, 0, 50, []),
    ("outputs", ITEMS, 0, 8, []),
    ("remote_disarm", WORD, LIMITS, None, "always"),
    ("remote_unlock", WORD, LIMITS, None, "code"),
    ("code_salt", BYTES, SALT_BYTES, SALT_BYTES, REQUIRED),
    ("siren_s", NUMBER, 10, 900, 180),
    ("outdoor_s", NUMBER, 0, 900, 180),
    ("outdoor_delay_s", NUMBER, 0, 300, 0),
    ("language", WORD, LANGUAGES, None, "sv"),
    ("chime", FLAG, None, None, True),
    ("keypad_alarms", FLAG, None, None, True),
    ("pets_kg", NUMBER, 0, 200, 0),
    ("utc_offset_min", NUMBER, -720, 840, 60),
    ("dst", WORD, ["eu", "none"], None, "eu"),
    ("battery", WORD, BATTERIES, None, "lead-acid"),
    ("battery_mah", NUMBER, 500, 50000, 7000),
    ("battery_test_h", NUMBER, 0, 720, 24),
    ("mains_delay_s", NUMBER, 0, 3600, 300),
    ("apn", TEXT, 0, APN_LETTERS_MAX, ""),
    ("sim_pin", SECRET_DIGITS, 4, 8, ""),
    ("sms_to", TEXT, 0, NUMBER_LETTERS_MAX, ""),
    ("revision", NUMBER, 0, REVISION_MAX, 0),
]
AREA: "list[Row]" = [
    ("number", NUMBER, 1, AREA_MAX, REQUIRED),
    ("exit_s", NUMBER, 0, 300, 60),
    ("entry_s", NUMBER, 0, 300, 30),
    ("confirm_s", NUMBER_OR_ZERO, 30, 7200, 0),
    ("cancel_s", NUMBER, 0, 900, 300),
]
ZONE: "list[Row]" = [
    ("number", NUMBER, 1, NUMBER_MAX, REQUIRED),
    ("type", WORD, TYPES, None, REQUIRED),
    ("area", NUMBER, 1, AREA_MAX, REQUIRED),
    ("sensor", WORD, SENSORS, None, ABSENT),
    ("name", TEXT, 0, NAME_LETTERS_MAX, ""),
    ("home", FLAG, None, None, False),
    ("night", FLAG, None, None, ABSENT),
    ("chime", FLAG, None, None, False),
    ("bypass", FLAG, None, None, ABSENT),
    ("entry_s", NUMBER, 0, 300, ABSENT),
    ("swinger", NUMBER, 0, 9, 3),
    ("group", NUMBER, 0, 9, 1),
    ("wiring", WORD, WIRINGS, None, ""),
    ("verify", FLAG, None, None, False),
    ("silent", FLAG, None, None, False),
    ("radio", BYTES, RADIO_ID_BYTES, RADIO_ID_BYTES, ABSENT),
    ("key", BYTES, RADIO_KEY_BYTES, RADIO_KEY_BYTES, ABSENT),
    ("supervise_min", NUMBER, 1, 1440, ABSENT),
    ("low_c", NUMBER, -40, 60, ABSENT),
    ("high_c", NUMBER, -40, 120, ABSENT),
]
USER: "list[Row]" = [
    ("number", NUMBER, 1, NUMBER_MAX, REQUIRED),
    ("role", WORD, ROLES, None, "user"),
    ("areas", ITEMS, 1, 8, ABSENT),
    ("hash", BYTES, HASH_BYTES, HASH_BYTES, ABSENT),
    ("duress", BYTES, HASH_BYTES, HASH_BYTES, ABSENT),
    ("tags", ITEMS, 0, 4, []),
    ("days", NUMBER, 0, 127, 127),
    ("from_min", NUMBER, 0, 1439, 0),
    ("to_min", NUMBER, 1, 1440, 1440),
    ("until_s", NUMBER, 0, UNTIL_MAX, 0),
]

OUTPUT: "list[Row]" = [
    ("number", NUMBER, 1, NUMBER_MAX, REQUIRED),
    ("kind", WORD, OUTPUTS, None, REQUIRED),
    ("name", TEXT, 0, NAME_LETTERS_MAX, ""),
]

_SHOWN_MAX = const(40)


def read(item: "Any", rows: "list[Row]", where: str) -> "Config":
    """The fields of one map, those with defaults filled in. Raises ConfigError for the first that breaks its row."""
    names = [row[0] for row in rows]
    if not isinstance(item, dict):
        raise ConfigError(f"{where or 'configuration'}: must be a map of {', '.join(names)}")
    for name in item:
        if name not in names:
            raise ConfigError(f"{field(where, shortened(str(name)))}: unknown field; allowed are {', '.join(names)}")
    checked: Config = {}
    for row in rows:
        if row[0] in item:
            value = item[row[0]]
            _check(value, row, where)
            # The table's own word instead of the one decoded: a panel holds it once, however many zones use it.
            checked[row[0]] = row[2][row[2].index(value)] if row[1] == WORD else value
        elif row[4] is REQUIRED:
            raise ConfigError(f"{field(where, row[0])}: is missing; it {must(row)}")
        elif row[4] is not ABSENT:
            checked[row[0]] = row[4]
    return checked


def read_all(items: "Any", rows: "list[Row]", section: str) -> "list[Config]":
    """The maps of one section, each with a number of its own."""
    checked: list[Config] = []
    numbers: dict[int, bool] = {}
    for i, item in enumerate(items):
        one = read(item, rows, f"{section}[{i}]")
        if one["number"] in numbers:
            raise ConfigError(f"{section}[{i}].number: {one['number']} is used twice; every number once")
        numbers[one["number"]] = True
        checked.append(one)
    return checked


def _check(value: "Any", row: "Row", where: str) -> None:
    if fits(value, row):
        return
    # What was given helps whoever typed a number or a word, and a secret must not get into a message.
    given = f"{shortened(repr(value))} is wrong; it " if row[1] in (NUMBER, NUMBER_OR_ZERO, WORD, TEXT) else ""
    raise ConfigError(f"{field(where, row[0])}: {given}{must(row)}")


def fits(value: "Any", row: "Row") -> bool:
    """Whether the value is what the row allows."""
    kind, least, most = row[1:4]
    if kind == FLAG:
        return isinstance(value, bool)
    if kind == WORD:
        return isinstance(value, str) and value in least
    if kind == BYTES:
        return isinstance(value, bytes) and len(value) == least
    if kind == ITEMS:
        return isinstance(value, (list, tuple)) and least <= len(value) <= most
    if kind == TEXT:
        return isinstance(value, str) and len(value) <= most and _is_shown(value)
    if kind == SECRET_DIGITS:
        return isinstance(value, str) and (not value or (least <= len(value) <= most and is_digits(value)))
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    return least <= value <= most or (kind == NUMBER_OR_ZERO and value == 0)


def must(row: "Row") -> str:
    """What the row allows, in words."""
    kind, least, most = row[1:4]
    if kind == FLAG:
        return "must be true or false"
    if kind == WORD:
        return "must be one of " + ", ".join([word or '""' for word in least])
    if kind == BYTES:
        return f"must be {least} bytes"
    if kind == ITEMS:
        return f"must be a list of {least} to {most} items"
    if kind == TEXT:
        return f"must be a text of up to {most} Latin-1 characters"
    if kind == SECRET_DIGITS:
        return f"must be {least} to {most} digits, or empty"
    return f"must be {'0 or ' if kind == NUMBER_OR_ZERO else ''}a whole number from {least} to {most}"


def field(where: str, name: str) -> str:
    """The field's name with the place where it stands."""
    return f"{where}.{name}" if where else name


def shortened(text: str) -> str:
    """The text for a message, which stays short whatever was given."""
    return text if len(text) <= _SHOWN_MAX else text[:_SHOWN_MAX] + "..."


def is_digits(text: str) -> bool:
    """Whether there is nothing but the digits 0 to 9 in it."""
    return all("0" <= letter <= "9" for letter in text)


def _is_shown(text: str) -> bool:
    """Whether a display can show it: the letters of western Europe, no control characters."""
    return all(0x20 <= ord(letter) < 0x7F or 0xA0 <= ord(letter) <= 0xFF for letter in text)
