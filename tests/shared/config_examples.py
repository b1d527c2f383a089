"""Configurations for the tests of the configuration, from a small one to the largest there can be."""

from hemlarm_firmware.panel import config
from support import raises

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SALT = b"s" * 16
RADIO: "dict[str, Any]" = {"radio": b"id-7", "key": b"k" * 16}


def small() -> "Any":
    """One area with a door and a smoke detector, and two users."""
    return {
        "areas": [{"number": 1}],
        "zones": [{"number": 1, "type": "entry", "area": 1}, {"number": 4, "type": "fire", "area": 1}],
        "users": [{"number": 1, "hash": b"a" * 32}, {"number": 2, "hash": b"b" * 32}],
        "code_salt": SALT,
    }


def radio_house() -> "Any":
    """12 radio zones, and 5 users with a code and a tag."""
    return dict(small(), zones=[_named_zone(n, _radio_of(n)) for n in range(1, 13)], users=_tagged_users(5))


def wired_building() -> "Any":
    """As many zones and users as there may be, with names, wires, codes and tags."""
    wired = {"home": True, "wiring": "4k7/4k7"}
    return dict(small(), zones=[_named_zone(n, wired) for n in range(1, 65)], users=_tagged_users(50))


def largest() -> "Any":
    """As much of everything as the rules allow, each field given."""
    areas = list(range(1, 9))
    return {
        "areas": [{"number": n, "exit_s": 300, "entry_s": 300, "confirm_s": 7200, "cancel_s": 900} for n in areas],
        "zones": [_large_zone(number) for number in range(936, 1000)],
        "users": [_large_user(number, areas) for number in range(950, 1000)],
        "code_salt": SALT,
        "siren_s": 900,
        "outdoor_s": 900,
        "outdoor_delay_s": 300,
        "language": "en",
        "chime": False,
        "keypad_alarms": False,
        "pets_kg": 20,
        "utc_offset_min": 840,
        "dst": "none",
        "battery": "lead-acid",
        "battery_mah": 50000,
        "battery_test_h": 720,
        "mains_delay_s": 3600,
        "apn": "a" * 63,
        "sim_pin": "12345678",
        "sms_to": "+123456789012345",
        "revision": 1 << 31,
        "outputs": [{"number": number, "kind": "plug", "name": "L" * 16} for number in range(992, 1000)],
        "remote_disarm": "always",
        "remote_unlock": "always",
    }


def _named_zone(number: int, fields: "dict[str, Any]") -> "dict[str, Any]":
    return dict({"number": number, "type": "instant", "area": 1, "name": f"Sovrummet {number}"}, **fields)


def _radio_of(number: int) -> "dict[str, Any]":
    return {"radio": bytes([number]) * 4, "key": bytes([number]) * 16}


def _tagged_users(count: int) -> "list[dict[str, Any]]":
    return [{"number": n, "hash": bytes([n]) * 32, "tags": [bytes([n]) * 16]} for n in range(1, count + 1)]


def _large_zone(number: int) -> "dict[int | str, Any]":
    return {
        "number": number,
        "type": "follower",
        "area": number % 8 + 1,
        "sensor": "pet_camera",
        "name": "Övre hallen åäö" + chr(0xE5),
        "home": True,
        "night": True,
        "chime": True,
        "bypass": True,
        "swinger": 9,
        "group": 9,
        "radio": number.to_bytes(4, "big"),
        "key": bytes([number % 256]) * 16,
        "supervise_min": 1440,
    }


def _large_user(number: int, areas: "list[int]") -> "dict[int | str, Any]":
    return {
        "number": number,
        "role": "guest",
        "areas": areas,
        "hash": number.to_bytes(2, "big") * 16,
        "duress": number.to_bytes(4, "big") * 8,
        "tags": [bytes([number % 256, tag]) * 8 for tag in range(4)],
        "days": 127,
        "from_min": 300,
        "to_min": 1440,
        "until_s": 0xFFFFFFFF,
    }


def zone(**fields: "Any") -> "Any":
    """The checked zone of a small configuration that has one zone, number 1 in area 1, with these fields."""
    return config.check(dict(small(), zones=[_numbered(fields)]))["zones"][0]


def zone_refusal(**fields: "Any") -> str:
    """What the check says of such a zone."""
    return refusal(zones=[_numbered(fields)])


def user(**fields: "Any") -> "Any":
    """The checked user of a small configuration that has one user, number 1, with these fields."""
    return config.check(dict(small(), users=[dict({"number": 1}, **fields)]))["users"][0]


def user_refusal(**fields: "Any") -> str:
    """What the check says of such a user."""
    return refusal(users=[dict({"number": 1}, **fields)])


def refusal(**changes: "Any") -> str:
    """What the check says of the small configuration with these fields changed."""
    value = small()
    value.update(changes)
    return str(raises(config.ConfigError, config.check, value))


def _numbered(fields: "dict[str, Any]") -> "dict[str, Any]":
    return dict({"number": 1, "area": 1}, **fields)
