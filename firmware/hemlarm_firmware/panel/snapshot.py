"""What of the panel must outlive a restart, and how it is taken up again.

Only what differs from a panel at rest is written for zones and always-on alarms, so that the record stays small.
"""

from hemlarm_firmware.panel import config, contact, latch_tables
from hemlarm_firmware.panel.zone import NOT_BYPASSED, SWINGER, TAMPERED, UNHEARD

VERSION = 2

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.panel.site import Site


class SnapshotError(ValueError):
    """A snapshot that this firmware cannot read; the text names its version. Start without one and report that."""


def take(site: "Site", keypad: "Any") -> "dict[int | str, Any]":
    """The site as a value for CBOR."""
    state: dict[int | str, Any] = {
        "version": VERSION,
        "areas": [area.snapshot() for area in site.areas],
        "zones": _zones(site),
        "latches": _latches(site),
        "informing": [site.informing.state, site.informing.time.left_ms],
        "yearly_ms": site.yearly.time.left_ms,
        "walking": site.walk.on,
        "chime": site.chime,
        "keypad": keypad,
    }
    power = site.power.snapshot()
    if power:
        state["power"] = power
    if site.contact.told:
        state["contact"] = site.contact.told
    if site.outputs is not None:
        state["outputs"] = site.outputs.snapshot()
    return state


def is_current(state: "Any", site: "Site", keypad: "Any") -> bool:
    """Whether `take` would give this state again; asked after every input, it costs hardly any memory."""
    if state["version"] != VERSION or len(state["areas"]) != len(site.areas):
        return False
    for index in range(len(site.areas)):
        if not site.areas[index].is_as_in(state["areas"][index]):
            return False
    return bool(
        state["zones"] == _zones(site)
        and state["latches"] == _latches(site)
        and state["informing"][0] == site.informing.state
        and state["informing"][1] == site.informing.time.left_ms
        and state["yearly_ms"] == site.yearly.time.left_ms
        and state["walking"] == site.walk.on
        and state["chime"] == site.chime
        and state["keypad"] == keypad
        and state.get("power") == site.power.snapshot()
        and state.get("contact", 0) == site.contact.told
        and state.get("outputs") == (None if site.outputs is None else site.outputs.snapshot())
    )


def _zones(site: "Site") -> "list[Any]":
    kept = []
    for zone in site.zones:
        if zone.troubles & ~UNHEARD or zone.bypass or zone.trips:
            kept.append(zone.snapshot())
    return kept


def _latches(site: "Site") -> "list[Any]":
    kept = []
    for latch in site.latches:
        if latch.remembers:
            kept.append(latch.snapshot())
    return kept


def restore(site: "Site", state: "Any") -> None:
    """Takes up where a snapshot, as `readable` gives it, left off; what is no longer configured is forgotten."""
    for item in state["areas"]:
        if item["number"] in site.area_of:
            site.area_of[item["number"]].restore_from(item)
    for number, troubles, bypass, trips in state["zones"]:
        zone = site.zone_of.get(number)
        if zone is not None:
            zone.troubles |= troubles & zone.possible
            kept = zone.may_bypass() or (bypass == SWINGER and zone.is_intrusion())
            zone.bypass = bypass if kept else NOT_BYPASSED
            zone.trips = trips
    for item in state["latches"]:
        _restore_latch(site, item)
    for zone in site.zones:
        zone.preset_line()
    site.informing.state, site.informing.time.left_ms = state["informing"]
    site.yearly.time.left_ms = state["yearly_ms"]
    site.walk.on = state["walking"]
    site.chime = state["chime"]
    if "power" in state:
        site.power.restore(state["power"])
    site.contact.told = state.get("contact", 0) & contact.ALL
    if site.outputs is not None:
        site.outputs.restore(state.get("outputs", ()))


def _restore_latch(site: "Site", item: "Any") -> None:
    """A zone still trips its alarm if the configuration still says so, or if it is tampered with."""
    kind = item[0]
    known = []
    for zone in site.zones:
        if zone.latch() == kind:
            zone.open = zone.number in item[7]
            known.append(zone.number)
        elif kind == latch_tables.TAMPER and zone.troubles & TAMPERED:
            known.append(zone.number)
    site.latches[kind].restore_from(item, known)


def readable(state: "Any") -> "Any":
    """A snapshot, or None, as this firmware's own. Raises SnapshotError."""
    if state is None:
        return None
    version = state.get("version") if isinstance(state, dict) else None
    if version == VERSION:
        return state
    if version == 1:
        module = __import__("hemlarm_firmware.panel.snapshot_1", None, None, ("upgrade",))
        try:
            return module.upgrade(state)
        finally:
            config.forget(["snapshot_1"])
    raise SnapshotError(f"snapshot version {version} cannot be read, only {VERSION} and 1")
