"""Tells the cloud how warm it is, what is switched and what is armed, while the session runs over IP.

Loaded only where the configuration has temperature sensors or outputs. Over mobile nothing is told: it would cost the
contract's bytes, and whoever looks is told honestly that nothing is known.
"""

from hemlarm_firmware.panel import tables
from hemlarm_firmware.panel.zone import MISSING, UNHEARD
from hemlarm_protocol.constant import const
from hemlarm_protocol.household import (
    AREA,
    IN_ALARM,
    IN_ENTRY,
    IN_EXIT,
    READINGS_MAX,
    TEMPERATURE,
    TEMPERATURE_ZERO,
    Readings,
)
from hemlarm_protocol.panel_end import OPEN
from hemlarm_protocol.path_names import IP

MOVED = 5
"""Tenths of a degree that a temperature must have moved to be told again."""

EVERY_MS = 60_000
"""At most once in this time because of a temperature."""

AGAIN_MS = 3_600_000
"""Once in this time even if nothing moved: a message that was lost is then made good."""

_GROUP = const(3)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.link.uplink import Uplink
    from hemlarm_firmware.panel.core import Panel
    from hemlarm_firmware.panel.site import Site
    from hemlarm_protocol.panel_end import PanelEnd

_ADDED = {
    tables.DISARMED: 0,
    tables.EXIT_DELAY: IN_EXIT,
    tables.ARMED: 0,
    tables.ENTRY_DELAY: IN_ENTRY,
    tables.ALARM: IN_ALARM,
}


class Reader:
    """What the cloud was told last, in the present session over IP."""

    def __init__(self, uplink: "Uplink", end: "PanelEnd") -> None:
        self._uplink = uplink
        self._end = end
        self._session_ms = 0
        self._told_ms: int | None = None
        self._switched: list[int] = []
        self._warm: dict[int, int] = {}

    def look(self, core: "Panel", now_ms: int) -> "int | None":
        """Tell how all stands, if that is news and the cloud hears it. Returns when to look again, or None."""
        if self._end.state != OPEN or self._uplink.paths.used.number != IP:
            self._told_ms = None
            return None
        switched, warm = _switched(core.site), _warm(core.site)
        is_session = self._session_ms == self._end.opened_ms
        if self._told_ms is not None and is_session and switched == self._switched:
            again_ms = self._told_ms + (EVERY_MS if self._has_moved(warm) else AGAIN_MS)
            if now_ms < again_ms:
                return again_ms
        self._told_ms, self._session_ms, self._switched, self._warm = now_ms, self._end.opened_ms, switched, warm
        items = list(switched)
        for number, value in warm.items():
            items += [TEMPERATURE, number, max(0, value + TEMPERATURE_ZERO)]
        if items:
            self._uplink.tell(Readings(items[: _GROUP * READINGS_MAX]))
        return now_ms + AGAIN_MS

    def _has_moved(self, warm: "dict[int, int]") -> bool:
        if len(warm) != len(self._warm):
            return True
        return any(abs(value - self._warm.get(number, value + MOVED)) >= MOVED for number, value in warm.items())


def _switched(site: "Site") -> "list[int]":
    items = []
    for area in site.areas:
        items += [AREA, area.number, _ADDED[area.state] + (0 if area.state == tables.DISARMED else area.mode)]
    return items + (site.outputs.readings() if site.outputs is not None else [])


def _warm(site: "Site") -> "dict[int, int]":
    """Of the sensors that are heard."""
    known: dict[int, int] = {}
    for number, value in (site.temperatures or {}).items():
        zone = site.zone_of.get(number)
        if zone is not None and zone.range is not None and not zone.troubles & (MISSING | UNHEARD):
            known[number] = value
    return known
