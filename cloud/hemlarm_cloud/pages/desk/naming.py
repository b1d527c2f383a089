"""The words of the desk: those of the reports, so that a thing is called the same on the screen and on paper."""

from typing import cast

from hemlarm_cloud.errors import InvalidError
from hemlarm_cloud.reports.model import Language
from hemlarm_cloud.reports.periods import zone_of
from hemlarm_cloud.reports.words import Words
from hemlarm_cloud.sites.contract_dates import CALENDAR

ICONS = {
    "fire": "flame",
    "gas": "flame",
    "hold-up": "person",
    "intrusion": "motion",
    "tamper": "warning",
    "water": "water",
    "line": "wifi",
    "power": "plug",
    "fault": "warning",
    "service": "clock",
}
"""The drawing beside each category: it is told by more than a colour."""


def words_of(language: str, time_zone: str = "") -> Words:
    """Return the words of a language with the clocks of a time zone, those of the centre without one."""
    try:
        zone = zone_of(time_zone) if time_zone else CALENDAR
    except InvalidError:
        zone = CALENDAR
    return Words(cast(Language, language), zone)


def operator_name(name: str | None) -> str:
    """Return of "operator:anna" anna, and of "system:cases" system."""
    role, _, own = (name or "").partition(":")
    return role if role == "system" or not own else own
