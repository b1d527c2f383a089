"""The rules for zones: which sensor goes with which type, and which fields go with which."""

from hemlarm_firmware.panel.config import ConfigError
from hemlarm_firmware.panel.config_fields import MOTION_SENSORS, ZONE, read_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.panel.config import Config

# What each type can react to; the first is the default. A button beside a fire zone's detectors calls for help by hand.
SENSORS_OF = {
    "entry": ["contact"] + MOTION_SENSORS,
    "follower": MOTION_SENSORS + ["contact"],
    "instant": ["contact", "glass"] + MOTION_SENSORS,
    "always": ["contact", "glass"] + MOTION_SENSORS,
    "fire": ["smoke", "heat", "button"],
    "co": ["co"],
    "water": ["water"],
    "hold_up": ["button"],
    "tamper": ["tamper", "contact"],
    "temperature": ["temperature"],
}

NEVER_BYPASSED = ["fire", "co", "hold_up"]

SUPERVISE_MIN = 60
LOW_C, HIGH_C = 5, 60

PETS_KG_INDOORS_MAX = 20
"""What pet-immune detectors are made to overlook; with heavier pets only the shell is guarded."""


def check(items: "Any", areas: "list[int]", pets_kg: int) -> "list[Config]":
    """The zones with what follows from their type and sensor filled in. Raises ConfigError."""
    zones = read_all(items, ZONE, "zones")
    radios: dict[bytes, int] = {}
    for i, zone in enumerate(zones):
        where = f"zones[{i}]"
        if zone["area"] not in areas:
            raise ConfigError(f"{where}.area: {zone['area']} is not one of the areas {sorted(areas)}")
        zone.setdefault("night", zone["home"])
        _sensor(zone, where)
        _bypass(zone, where)
        _pets(zone, where, pets_kg)
        _wiring(zone, where)
        _radio(zone, where, radios)
        _extras(zone, where)
    return zones


def _sensor(zone: "Config", where: str) -> None:
    allowed = SENSORS_OF[zone["type"]]
    if zone.setdefault("sensor", allowed[0]) not in allowed:
        raise ConfigError(
            f"{where}.sensor: {zone['sensor']!r} does not fit the type {zone['type']}, "
            f"which goes with {', '.join(allowed)}"
        )


def _bypass(zone: "Config", where: str) -> None:
    never = zone["type"] in NEVER_BYPASSED
    if zone.setdefault("bypass", not never) and never:
        raise ConfigError(f"{where}.bypass: must be false: a {zone['type']} zone cannot be bypassed")


def _pets(zone: "Config", where: str, pets_kg: int) -> None:
    """Only intrusion zones have sensors of motion."""
    if not pets_kg or zone["sensor"] not in MOTION_SENSORS:
        return
    if pets_kg > PETS_KG_INDOORS_MAX:
        raise ConfigError(
            f"{where}.sensor: with {pets_kg} kg of pets (more than {PETS_KG_INDOORS_MAX}) only the shell is guarded; "
            "take this detector away and put contacts or glass-break detectors on doors and windows"
        )
    if not zone["sensor"].startswith("pet_"):
        raise ConfigError(
            f"{where}.sensor: with pets (pets_kg {pets_kg}) it must be pet_{zone['sensor']}: "
            "install a pet-immune detector"
        )


def _wiring(zone: "Config", where: str) -> None:
    wiring = zone["wiring"]
    if zone["type"] == "fire" and wiring not in ("", "5k6"):
        raise ConfigError(
            f"{where}.wiring: {wiring!r} is a double end-of-line; "
            'a fire zone must be "" or 5k6, since smoke must never read as tamper'
        )
    if zone["verify"] and not (zone["type"] == "fire" and wiring and zone["sensor"] != "button"):
        raise ConfigError(f"{where}.verify: must be false but for a fire zone's smoke or heat detectors on wiring 5k6")


def _radio(zone: "Config", where: str, radios: "dict[bytes, int]") -> None:
    if "radio" not in zone:
        for name in ("key", "supervise_min"):
            if name in zone:
                raise ConfigError(f"{where}.{name}: goes only with a radio sensor; give radio too, or leave it out")
        if zone["type"] == "temperature":
            raise ConfigError(f"{where}.radio: is missing; a temperature zone must have a radio sensor, 4 bytes")
        return
    if "key" not in zone:
        raise ConfigError(f"{where}.key: is missing; a radio sensor must have its 16 bytes")
    if zone["wiring"]:
        raise ConfigError(f'{where}.wiring: must be "" for a radio sensor; wire the zone or give it radio, not both')
    other = radios.setdefault(zone["radio"], zone["number"])
    if other != zone["number"]:
        raise ConfigError(f"{where}.radio: is the sensor of zone {other} already; every sensor has one zone")
    zone.setdefault("supervise_min", SUPERVISE_MIN)


def _extras(zone: "Config", where: str) -> None:
    """What belongs to one type only."""
    if zone["silent"] and zone["type"] != "hold_up":
        raise ConfigError(f"{where}.silent: must be false but for a hold_up zone")
    if "entry_s" in zone and zone["type"] != "entry":
        raise ConfigError(f"{where}.entry_s: goes only with an entry zone; leave it out")
    if zone["type"] != "temperature":
        for name in ("low_c", "high_c"):
            if name in zone:
                raise ConfigError(f"{where}.{name}: goes only with a temperature zone; leave it out")
        return
    low_c, high_c = zone.setdefault("low_c", LOW_C), zone.setdefault("high_c", HIGH_C)
    if low_c >= high_c:
        raise ConfigError(f"{where}.low_c: {low_c} is not below high_c, {high_c}; it must be from -40 to {high_c - 1}")
