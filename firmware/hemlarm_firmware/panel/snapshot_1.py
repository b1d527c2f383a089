"""Reads what firmware 1.0 left of itself, for the first start after the update.

Loaded for that one start only. Firmware 1.0 had the states of a fire in every area; now the site has them once. What it
did not know begins as on a new panel.
"""

from hemlarm_firmware.panel import latch_tables, tables

CANCEL_MS_MAX = 900_000
"""The longest time in which disarming cancels an alarm; firmware 1.0 knew no limit, and the configuration's holds."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Fields of an area that mean what they meant.
_KEPT = ["number", "state", "mode", "left_ms", "alarm_zone", "entry_zone", "exit_error", "reported", "unrestored"]
_KEPT += ["open"]


def upgrade(state: "Any") -> "dict[int | str, Any]":
    """The snapshot of version 1 as `snapshot.restore` and the keypad take it."""
    return {
        "areas": [_area(item) for item in state["areas"]],
        "zones": [],
        "latches": _fires(state["areas"]),
        "informing": [0, 0],
        "yearly_ms": 0,
        "walking": False,
        "chime": True,
        "keypad": {name: state[name] for name in ["wrong", "locks", "locked"]},
    }


def _area(old: "Any") -> "dict[int | str, Any]":
    new: dict[int | str, Any] = {name: old[name] for name in _KEPT}
    new["cancel_ms"] = CANCEL_MS_MAX if old["state"] == tables.ALARM else 0
    new["confirm"] = [0, 0, []]
    return new


def _fires(areas: "Any") -> "list[Any]":
    """The one fire that the areas' fires are together, as `Latch.snapshot` has it, or nothing.

    The zone and area that it names are those of the area where it is loudest.
    """
    loudest = areas[0]
    burning: list[int] = []
    for area in areas:
        burning += area["burning"]
        if _loudness(area) > _loudness(loudest):
            loudest = area
    state = loudest["fire"]
    if state == latch_tables.QUIET and not loudest["fire_zone"]:
        return []
    if state == latch_tables.LATCHED:
        state = latch_tables.ALARM  # With no detector left that burns, it is latched again when it is taken up.
    # Whoever armed a house with a silenced fire had cleared the zone that it named.
    zone = loudest["fire_zone"] or burning[0]
    # The siren of a fire has its whole time again after every restart: what was left of it does not matter.
    return [[latch_tables.FIRE, state, True, zone, loudest["number"], True, 0, burning]]


def _loudness(area: "Any") -> "tuple[bool, bool, bool]":
    """For comparing: what sounds goes before what was silenced, and that before what is only remembered."""
    fire = area["fire"]
    return fire in latch_tables.SOUNDING, fire == latch_tables.SILENCED, bool(area["fire_zone"])
