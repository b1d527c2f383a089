"""The rules that a configuration must keep: every field with its range. `config.check` applies them."""

from hemlarm_firmware.panel.codes import HASH_BYTES, SALT_BYTES
from hemlarm_firmware.panel.config import ConfigError
from hemlarm_firmware.panel.tables import ZONE_TYPES
from hemlarm_firmware.panel.texts import LANGUAGES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.panel.config import Config

# An event has room for areas up to 23 and for zones and users of three digits, as Contact ID.
AREA_MAX = 23
NUMBER_MAX = 999

# How many of each there may be: they bound the snapshot, the display's search and the time of one input.
AREAS_MAX = 8
ZONES_MAX = 64
USERS_MAX = 50

DELAY_S_MAX = 300
EXIT_S = 60
ENTRY_S = 30
SIREN_S = 180
SIREN_S_MIN, SIREN_S_MAX = 10, 900
LANGUAGE = "sv"

_TOP = ["areas", "zones", "users", "code_salt", "siren_s", "language"]
_AREA = ["number", "exit_s", "entry_s"]
_ZONE = ["number", "type", "area", "home"]
_USER = ["number", "hash"]


def check(value: "Any") -> "Config":
    """See `config.check`."""
    _fields(value, _TOP, "")
    areas = [_area(item, f"areas[{i}]") for i, item in _items(value, "areas", 1, AREAS_MAX)]
    numbers = _unique(areas, "areas")
    zones = [_zone(item, f"zones[{i}]", numbers) for i, item in _items(value, "zones", 0, ZONES_MAX)]
    _unique(zones, "zones")
    users = [_user(item, f"users[{i}]") for i, item in _items(value, "users", 0, USERS_MAX)]
    _unique(users, "users")
    _distinct_codes(users)
    return {
        "areas": areas,
        "zones": zones,
        "users": users,
        "code_salt": _bytes(value, "code_salt", "", SALT_BYTES),
        "siren_s": _number(value, "siren_s", "", SIREN_S_MIN, SIREN_S_MAX, SIREN_S),
        "language": _word(value, "language", "", LANGUAGES, LANGUAGE),
    }


def _area(item: "Any", where: str) -> "Config":
    _fields(item, _AREA, where)
    return {
        "number": _number(item, "number", where, 1, AREA_MAX),
        "exit_s": _number(item, "exit_s", where, 0, DELAY_S_MAX, EXIT_S),
        "entry_s": _number(item, "entry_s", where, 0, DELAY_S_MAX, ENTRY_S),
    }


def _zone(item: "Any", where: str, areas: "list[int]") -> "Config":
    _fields(item, _ZONE, where)
    area = _number(item, "area", where, 1, AREA_MAX)
    if area not in areas:
        raise ConfigError(f"{where}.area: {area} is not one of the areas {sorted(areas)}")
    home = item.get("home", False)
    if not isinstance(home, bool):
        raise ConfigError(f"{where}.home: must be true or false")
    return {
        "number": _number(item, "number", where, 1, NUMBER_MAX),
        "type": _word(item, "type", where, ZONE_TYPES, None),
        "area": area,
        "home": home,
    }


def _user(item: "Any", where: str) -> "Config":
    _fields(item, _USER, where)
    return {
        "number": _number(item, "number", where, 1, NUMBER_MAX),
        "hash": _bytes(item, "hash", where, HASH_BYTES),
    }


def _name(where: str, field: str) -> str:
    return f"{where}.{field}" if where else field


def _fields(value: "Any", allowed: "list[str]", where: str) -> None:
    if not isinstance(value, dict):
        raise ConfigError(f"{where or 'configuration'}: must be a map of {', '.join(allowed)}")
    for key in value:
        if key not in allowed:
            raise ConfigError(f"{_name(where, str(key))}: unknown field; allowed are {', '.join(allowed)}")


def _items(value: "Any", field: str, least: int, most: int) -> "list[tuple[int, Any]]":
    items = value.get(field, [])
    if not isinstance(items, (list, tuple)) or not least <= len(items) <= most:
        raise ConfigError(f"{field}: must be a list of {least} to {most} items")
    return list(enumerate(items))


def _number(value: "Any", field: str, where: str, least: int, most: int, default: "int | None" = None) -> int:
    number = value.get(field, default)
    if not isinstance(number, int) or isinstance(number, bool) or not least <= number <= most:
        raise ConfigError(f"{_name(where, field)}: {number!r} is not a whole number from {least} to {most}")
    return number


def _word(value: "Any", field: str, where: str, allowed: "Any", default: "str | None") -> str:
    word = value.get(field, default)
    if not isinstance(word, str) or word not in allowed:
        raise ConfigError(f"{_name(where, field)}: {word!r} is not one of {', '.join(sorted(allowed))}")
    return word


def _bytes(value: "Any", field: str, where: str, length: int) -> bytes:
    data = value.get(field)
    if not isinstance(data, bytes) or len(data) != length:
        raise ConfigError(f"{_name(where, field)}: must be {length} bytes")
    return data


def _unique(items: "list[Config]", field: str) -> "list[int]":
    numbers: list[int] = []
    for i, item in enumerate(items):
        if item["number"] in numbers:
            raise ConfigError(f"{field}[{i}].number: {item['number']} is used twice; every number once")
        numbers.append(item["number"])
    return numbers


def _distinct_codes(users: "list[Config]") -> None:
    """One code must tell who entered it."""
    for i, user in enumerate(users):
        for other in users[:i]:
            if other["hash"] == user["hash"]:
                raise ConfigError(
                    f"users[{i}].hash: user {user['number']} has the code of user {other['number']}; "
                    "every user needs a code of their own"
                )
