"""What things are called in texts to customers, in each language."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LANGUAGES = ("sv", "en")

CATEGORIES = {
    "sv": {
        "fire": "brand", "gas": "gas", "hold-up": "överfall", "intrusion": "inbrott", "tamper": "sabotage",
        "water": "vatten", "line": "linjefel", "power": "strömförsörjning", "fault": "tekniskt fel",
        "service": "service",
    },
    "en": {
        "fire": "fire", "gas": "gas", "hold-up": "hold-up", "intrusion": "intrusion", "tamper": "tamper",
        "water": "water", "line": "line fault", "power": "power supply", "fault": "technical fault",
        "service": "service",
    },
}  # fmt: skip

SERVICE_KINDS = {
    "sv": {
        "burglary": "inbrottslarm",
        "hold-up": "överfallslarm",
        "fire": "brandlarm",
        "technical": "tekniska larm",
    },
    "en": {
        "burglary": "burglar alarm",
        "hold-up": "hold-up alarm",
        "fire": "fire alarm",
        "technical": "technical alarms",
    },
}

CONDITIONS = {
    "sv": {
        "mains": "nätspänningen borta", "line": "ingen kontakt", "path": "en väg till centralen ur funktion",
        "path-silent": "en väg till centralen tyst", "battery": "lågt batteri", "battery-missing": "batteri saknas",
        "reset": "fabriksåterställd",
        "battery-test": "batteriprovet underkänt", "charger": "laddaren ur funktion",
        "parked": "avstängt, batteriet tomt",
        "sensor-lost": "detektor ur kontakt", "sensor-battery": "lågt batteri i detektor", "sensor": "fel i detektor",
        "sensor-radio": "detektorns radio störd", "too-hot": "för varmt", "too-cold": "för kallt",
        "fire-loop": "fel i brandslinga", "zone-shut-out": "zon urkopplad", "lock": "låset ur funktion",
        "self-test": "självprovet underkänt",
    },
    "en": {
        "mains": "mains out", "line": "no contact", "path": "a way to the centre out of order",
        "path-silent": "a way to the centre silent", "battery": "low battery", "battery-missing": "battery missing",
        "reset": "reset to factory state",
        "battery-test": "battery test failed", "charger": "charger out of order", "parked": "shut down, battery empty",
        "sensor-lost": "detector lost", "sensor-battery": "low battery of detector", "sensor": "detector fault",
        "sensor-radio": "radio of detector disturbed", "too-hot": "too hot", "too-cold": "too cold",
        "fire-loop": "fire loop fault", "zone-shut-out": "zone shut out", "lock": "lock out of order",
        "self-test": "self-test failed",
    },
}  # fmt: skip
"""Kinds of faults that last; others are called a technical fault."""

_ZONE = {"sv": "zon", "en": "zone"}


def category(name: str, language: str) -> str:
    """A category of signals, such as "fire"."""
    return CATEGORIES[language].get(name, name)


def service_kinds(kinds: "tuple[str, ...]", language: str) -> str:
    """What service mode was ordered for, with commas between."""
    return ", ".join(SERVICE_KINDS[language][kind] for kind in kinds)


def condition(kind: str, zone: int, language: str) -> str:
    """A fault that lasts."""
    return CONDITIONS[language].get(kind, CATEGORIES[language]["fault"]) + _zone(zone, language)


def happening(category_name: str, qcode: int, zone: int, language: str) -> str:
    """One event: its category, its Contact ID, and the zone if there is one."""
    return f"{category(category_name, language)} {qcode}{_zone(zone, language)}"


def when(at_ms: int, time_zone: str) -> str:
    """A moment as the site's clocks show it, such as "2026-11-22 14:30"; in UTC, and saying so, in an unknown zone."""
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    try:
        return f"{at.astimezone(ZoneInfo(time_zone)):%Y-%m-%d %H:%M}"
    except (ZoneInfoNotFoundError, ValueError):
        return f"{at:%Y-%m-%d %H:%M} UTC"


def day(at_ms: int, time_zone: str) -> str:
    """The day of a moment at the site."""
    return when(at_ms, time_zone)[:10]


def _zone(zone: int, language: str) -> str:
    return f", {_ZONE[language]} {zone}" if zone else ""
