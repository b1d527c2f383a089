"""What can go wrong with a panel's contact to the world, and what is told of it."""

from panel_house import House

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
IP, MOBILE = 1, 2

# What is said when it begins and when it is over, the events (code, zone, detail), and the display's first line.
TROUBLES: "list[Any]" = [
    (("path", IP, False), ("path", IP, True), (1351, 1, 0), (3351, 1, 0), "Broadband fault"),
    (("path", MOBILE, False), ("path", MOBILE, True), (1352, 2, 0), (3352, 2, 0), "Mobile fault"),
    (("path-used", MOBILE), ("path-used", IP), (1350, 2, 0), (3350, 1, 0), "Connected by"),
    (("jammed", 2, True), ("jammed", 2, False), (1344, 0, 2), (3344, 0, 2), "Radio jammed"),
    (("no-contact", True), ("no-contact", False), (1354, 0, 0), (3354, 0, 0), "No contact with"),
]


def told(house: House) -> "list[tuple[int, int, int]]":
    """(code, zone, detail) of the events since `forget`."""
    assert all(event[1] == 0 and event[3:5] == (0, 0) for event in house.full_events()), "of no area, by nobody"
    return [(event[0], event[2], event[5]) for event in house.full_events()]


def codes(house: House) -> "list[int]":
    """Their codes."""
    return [event[0] for event in told(house)]


def flaps(house: House, minutes: int, *said: "Any") -> None:
    """A trouble comes and goes every minute."""
    for _ in range(minutes):
        for event in said:
            house.says(*event)
            house.passes(MINUTE_MS // 2)
