"""A house as full as a panel may be: 64 zones of all connections, eight areas, fifty users."""

from hemlarm_simulator.description import AreaDescription, HouseDescription, SensorDescription, UserDescription

AREAS, ZONES, USERS = 8, 64, 50
"""The configuration's limits: see docs/configuration.md."""

_EXIT_S, _ENTRY_S = 60, 30
_FIRST_CODE = 1000
_TAG = bytes.fromhex("04a1b2c3")

# One area's zones over and over: kind, type, wiring, and whether it is a radio sensor.
_PATTERN = (
    ("door", "entry", "2k2/4k7", False),
    ("pet-motion", "follower", "4k7/4k7", False),
    ("window", "instant", "", False),
    ("window", "instant", "", True),
    ("smoke", "fire", "5k6", False),
    ("glass", "instant", "", False),
    ("water", "water", "", True),
    ("temperature", "temperature", "", True),
)


def crowded_house() -> HouseDescription:
    """The house. Its first user is its master, whose code is "1000"."""
    areas = tuple(AreaDescription(number, _EXIT_S, _ENTRY_S) for number in range(1, AREAS + 1))
    sensors = tuple(_sensor(number) for number in range(1, ZONES + 1))
    users = tuple(_user(number) for number in range(1, USERS + 1))
    return HouseDescription("As full as can be", "en", 180, 0, areas, sensors, users)


def _sensor(number: int) -> SensorDescription:
    kind, zone_type, wiring, radio = _PATTERN[number % len(_PATTERN)]
    area = number % AREAS + 1
    return SensorDescription(
        f"sensor-{number}", kind, number, zone_type, area, False, f"Sensor {number}", wiring, radio
    )


def _user(number: int) -> UserDescription:
    master = number == 1
    code = str(_FIRST_CODE + number - 1)
    return UserDescription(
        f"user-{number}", number, code, tags=(_TAG,) if master else (), fields={"role": "master" if master else "user"}
    )
