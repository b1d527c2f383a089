"""A house with every kind of zone, user and wiring, for the tests that leave to chance what happens in it.

The tables are the tests' own knowledge of the house; what the panel is configured with is made of them.
"""

from hemlarm_firmware.panel.codes import hash_tag
from panel_house import SALT, quick_hash

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

HOUSE, GARAGE = 1, 2
AREAS = [
    {"number": HOUSE, "exit_s": 20, "entry_s": 15, "confirm_s": 300, "cancel_s": 120},
    {"number": GARAGE, "exit_s": 10, "entry_s": 5, "cancel_s": 0},
]
SIREN_S, OUTDOOR_S, OUTDOOR_DELAY_S = 60, 90, 5
RADIO_MIN = 5

# Number, area, type, sensor, how it is connected ("", a wiring or "radio"), and whatever is not usual of it.
ZONES: "list[tuple[int, int, str, str, str, dict[str, Any]]]" = [
    (1, HOUSE, "entry", "contact", "", {"home": True, "chime": True, "name": "Ytterdörr"}),
    (2, HOUSE, "follower", "camera", "", {}),
    (3, HOUSE, "instant", "contact", "2k2/4k7", {"home": True, "swinger": 2}),
    (4, HOUSE, "instant", "motion", "", {"group": 0}),
    (5, HOUSE, "entry", "contact", "radio", {"home": True, "entry_s": 8, "swinger": 0}),
    (6, HOUSE, "instant", "glass", "radio", {"home": True, "night": False, "group": 2}),
    (7, HOUSE, "fire", "smoke", "", {}),
    (8, HOUSE, "fire", "heat", "5k6", {"verify": True}),
    (9, HOUSE, "fire", "smoke", "5k6", {"verify": True}),
    (10, GARAGE, "fire", "smoke", "radio", {"supervise_min": 12}),
    (11, HOUSE, "co", "co", "", {}),
    (12, HOUSE, "water", "water", "", {}),
    (13, HOUSE, "hold_up", "button", "", {}),
    (14, HOUSE, "hold_up", "button", "", {"silent": True}),
    (15, HOUSE, "tamper", "tamper", "", {}),
    (16, GARAGE, "always", "contact", "", {}),
    (17, HOUSE, "temperature", "temperature", "radio", {}),
    (18, HOUSE, "follower", "motion", "", {"night": True}),
    (19, HOUSE, "fire", "smoke", "5k6", {}),
    (21, GARAGE, "entry", "contact", "1k/1k", {"home": True}),
    (22, GARAGE, "instant", "contact", "", {"home": True, "bypass": False}),
    (23, GARAGE, "follower", "motion", "5k6", {}),
    (24, GARAGE, "entry", "contact", "", {"entry_s": 0}),
]

ANNA, BO, CIA, INGE, DAN = 1, 2, 3, 4, 5

# Number, role, areas, code, duress code, tags. The guest comes on weekdays from eight to five.
USERS: "list[tuple[int, str, list[int], str, str, list[bytes]]]" = [
    (ANNA, "master", [HOUSE, GARAGE], "1234", "4321", [b"anna"]),
    (BO, "user", [HOUSE, GARAGE], "567890", "", [b"bo one!", b"bo two!"]),
    (CIA, "guest", [HOUSE], "2468", "8642", [b"cia!"]),
    (INGE, "installer", [HOUSE, GARAGE], "9753", "", []),
    (DAN, "user", [GARAGE], "13579", "97531", []),
]
GUEST_DAYS, GUEST_FROM_MIN, GUEST_TO_MIN, UTC_OFFSET_MIN = 0b11111, 480, 1020, 60

# What lines measure, by what is the matter with them; the first is a line at rest.
OHMS = {
    "2k2/4k7": {"normal": 2200, "open": 6900, "cut": 1000000, "short": 20},
    "1k/1k": {"normal": 1000, "open": 2000, "cut": 1000000, "short": 20},
    "5k6": {"normal": 5600, "open": 30, "cut": 1000000, "short": 30},
}


def plan_config(zones_without: "tuple[int, ...]" = (), **changes: "Any") -> "dict[int | str, Any]":
    """The configuration, not yet checked; without some zones, and with changed fields of the panel."""
    value: dict[int | str, Any] = {
        "areas": [dict(area) for area in AREAS],
        "zones": [_zone(row) for row in ZONES if row[0] not in zones_without],
        "users": [_user(row) for row in USERS],
        "code_salt": SALT,
        "siren_s": SIREN_S,
        "outdoor_s": OUTDOOR_S,
        "outdoor_delay_s": OUTDOOR_DELAY_S,
        "utc_offset_min": UTC_OFFSET_MIN,
        "dst": "none",
    }
    value.update(changes)
    return value


def _zone(row: "tuple[int, int, str, str, str, dict[str, Any]]") -> "dict[str, Any]":
    number, area, kind, sensor, connection, unusual = row
    zone: dict[str, Any] = {"number": number, "area": area, "type": kind, "sensor": sensor}
    if connection == "radio":
        zone["radio"], zone["key"] = bytes([0, 0, 0, number]), bytes([number] * 16)
        zone["supervise_min"] = RADIO_MIN
    else:
        zone["wiring"] = connection
    zone.update(unusual)
    return zone


def _user(row: "tuple[int, str, list[int], str, str, list[bytes]]") -> "dict[str, Any]":
    number, role, areas, code, duress, tags = row
    user: dict[str, Any] = {"number": number, "role": role, "areas": areas, "hash": quick_hash(code, SALT)}
    user["tags"] = [hash_tag(uid, SALT) for uid in tags]
    if duress:
        user["duress"] = quick_hash(duress, SALT)
    if role == "guest":
        user["days"], user["from_min"], user["to_min"] = GUEST_DAYS, GUEST_FROM_MIN, GUEST_TO_MIN
    return user
