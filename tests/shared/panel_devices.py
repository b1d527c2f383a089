"""Detectors for the panel's tests: wired lines with what they measure, and radio sensors."""

from panel_house import House

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# What a 2k2/4k7 double end-of-line measures, and what a single 5k6 does.
CLOSED, TRIPPED, CUT, SHORT = 2200, 6900, 1_000_000, 0
QUIET, SMOKY = 5600, 900

FILTER_MS = 400

# The zones of `wired`.
DOOR, MOTION, WINDOW, LID, CABINET = 1, 2, 3, 8, 9


def line(number: int, zone_type: str = "instant", **fields: "Any") -> "dict[int | str, Any]":
    """A zone on a double end-of-line, in area 1."""
    zone: dict[int | str, Any] = {"number": number, "type": zone_type, "area": 1, "wiring": "2k2/4k7"}
    zone.update(fields)
    return zone


def loop(number: int, **fields: "Any") -> "dict[int | str, Any]":
    """A fire loop, which always has a single resistor, in area 1."""
    return line(number, "fire", wiring="5k6", **fields)


def radio(number: int, zone_type: str = "instant", **fields: "Any") -> "dict[int | str, Any]":
    """A radio sensor in area 1, that must check in once an hour."""
    zone: dict[int | str, Any] = {"number": number, "type": zone_type, "area": 1, "supervise_min": 60}
    zone["radio"] = bytes([0, 0, 0, number])
    zone["key"] = bytes([number]) * 16
    zone.update(fields)
    return zone


def wired(**changes: "Any") -> House:
    """A door, a motion detector, a window, a lid and a gun cabinet, each on a line that is in order."""
    house = House(
        zones=[
            line(DOOR, "entry", home=True),
            line(MOTION, "follower"),
            line(WINDOW),
            line(LID, "tamper", wiring="5k6"),
            line(CABINET, "always"),
        ],
        **changes,
    )
    for zone in (DOOR, MOTION, WINDOW, CABINET):
        house.measures(zone, CLOSED)
    house.measures(LID, QUIET)
    house.forget()
    return house
