"""What a person at the panel hears and sees, as a function of the site's state: sirens, display, lamps and buzzer.

It is asked after every input. So functions are small here, and what only an alarm needs stands apart: MicroPython takes
memory for the frame of a function with more than eleven variables and places on its stack.
"""

from hemlarm_firmware.panel import informing as told
from hemlarm_firmware.panel import inputs, latch_tables, sirens, tables, texts, zone_types
from hemlarm_firmware.panel import zone as zones
from hemlarm_firmware.panel.countdown import earlier
from hemlarm_protocol.constant import const

LAST_SECONDS_MS = 10_000
"""The exit beeps change for the last 10 s, so that the leaver hurries."""

LAMPS = ["ready", "armed", "open", "alarm", "fault"]
"""In the order of their bits."""

_READY = const(1)
_ARMED = const(2)
_OPEN = const(4)
_ALARM = const(8)
_FAULT = const(16)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.panel.area import Area
    from hemlarm_firmware.panel.latch import Latch
    from hemlarm_firmware.panel.site import Site
    from hemlarm_firmware.panel.zone import Zone

    Said = tuple[int, int]

_LEAVING = {inputs.AWAY: texts.LEAVING, inputs.HOME: texts.STAYING, inputs.NIGHT: texts.NIGHT_STAYING}
_ARMED_IN = {inputs.AWAY: texts.ARMED_AWAY, inputs.HOME: texts.ARMED_HOME, inputs.NIGHT: texts.ARMED_NIGHT}

# What is wrong with a zone, the most telling first.
_TROUBLES = [
    (zones.TAMPERED, texts.TAMPERED),
    (zones.MISSING, texts.MISSING),
    (zones.FAULT, texts.FAULTY),
    (zones.HOT, texts.HOT),
    (zones.COLD, texts.COLD),
    (zones.BATTERY_LOW, texts.BATTERY),
    (zones.UNHEARD, texts.UNHEARD),
]

# What the display shows when areas differ, or when there are several things to say: the first of these that holds.
# What sounds goes before everything, what was silenced behind what a person must act on now.
_INTRUSION_RANKS = {
    tables.ALARM: 10,
    tables.ENTRY_DELAY: 11,
    tables.EXIT_DELAY: 20,
    tables.ARMED: 21,
    tables.DISARMED: 40,
}
_SOUNDING_RANK = const(12)
_SILENCED_RANK = const(13)
_WALK_RANK = const(30)
_MEMORY_RANK = const(39)
_READY_RANK = const(50)


def siren(site: "Site", now_ms: int, outdoor: bool) -> str:
    """The one sound of the indoor or outdoor siren for all areas; fire goes before everything."""
    return sirens.OFF if site.is_calm() else _siren(site, now_ms, outdoor)


def buzzer(site: "Site", now_ms: int) -> str:
    """The keypad's lasting sound. Arming for the night is quiet, and where a siren sounds it is loud enough."""
    leaving = "off"
    for area in site.areas:
        if area.state == tables.ENTRY_DELAY:
            return "entry"
        if area.state == tables.EXIT_DELAY and area.mode != inputs.NIGHT and leaving != "exit-last":
            assert area.time.deadline_ms is not None
            leaving = "exit" if area.time.deadline_ms - now_ms > LAST_SECONDS_MS else "exit-last"
    for latch in site.latches:
        if latch.sounds() and (latch.kind == latch_tables.WATER or not latch.loud):
            return "alert"
    return leaving


def deadline_ms(site: "Site", now_ms: int) -> "int | None":
    """When a sound changes by itself."""
    return None if site.is_calm() else _change_ms(site, now_ms)


def text(site: "Site") -> "Said":
    """The display's text and the zone that it names (0: none), of whatever is most urgent."""
    latch = min(site.latches, key=_latch_rank)
    area = min(site.areas, key=_area_rank)
    rank = min(_latch_rank(latch), _area_rank(area))
    if site.walk.on and rank > _WALK_RANK:
        return (texts.WALK_LEFT, len(site.walk.left)) if site.walk.left else (texts.WALK_DONE, 0)
    if rank == _READY_RANK:
        return _trouble_text(site)
    return _latch_text(site, latch) if rank == _latch_rank(latch) else _area_text(area)


def lamps(site: "Site") -> int:
    """Every lamp's state, as bits in the order of `LAMPS`.

    The open lamp tells, while disarmed, that a zone is open; while the exit delay runs, that a follower zone is in
    force and will wait for the entry delay when a door is opened first.
    """
    lit = 0
    for area in site.areas:
        lit |= _area_lamps(area)
    for latch in site.latches:
        if latch.remembers:
            lit |= _ALARM
    return (lit | _FAULT if _is_faulty(site) else lit) ^ _READY


def _siren(site: "Site", now_ms: int, outdoor: bool) -> str:
    for latch in site.latches:
        _, sound, has_outdoor, _ = latch_tables.KINDS[latch.kind]
        if sound == sirens.OFF or not latch.loud or latch.time.deadline_ms is None:
            continue
        if (has_outdoor or not outdoor) and latch.limits.allow(latch.time, now_ms, outdoor):
            return sound
    for area in site.areas:
        if area.state == tables.ALARM and area.limits.allow(area.time, now_ms, outdoor):
            return latch_tables.KINDS[latch_tables.TAMPER][1]
    return sirens.OFF


def _change_ms(site: "Site", now_ms: int) -> "int | None":
    at_ms: int | None = None
    for latch in site.latches:
        at_ms = earlier(at_ms, latch.limits.next_ms(latch.time, now_ms))
    for area in site.areas:
        if area.state == tables.ALARM:
            at_ms = earlier(at_ms, area.limits.next_ms(area.time, now_ms))
        elif area.state == tables.EXIT_DELAY:
            assert area.time.deadline_ms is not None
            last_ms = area.time.deadline_ms - LAST_SECONDS_MS
            at_ms = earlier(at_ms, last_ms if last_ms > now_ms else None)
    return at_ms


def _latch_rank(latch: "Latch") -> int:
    """A sounding alarm by its kind's urgency, a silenced one behind the entry delay, a memory behind everything."""
    if latch.sounds():
        return latch.kind if latch.kind <= latch_tables.HOLD_UP else _SOUNDING_RANK
    if latch.state == latch_tables.SILENCED:
        return _SILENCED_RANK
    return _MEMORY_RANK if latch.remembers else _READY_RANK


def _latch_text(site: "Site", latch: "Latch") -> "Said":
    """Of one that does not rank as ready."""
    said, zone = texts.REMEMBERED, latch.zone
    if latch.sounds():
        said = texts.NOW
    elif latch.state == latch_tables.SILENCED:
        said, zone = texts.SILENCED, latch.active[0]
    if latch_tables.KINDS[latch.kind][3]:
        if site.informing.state == told.NOT_INFORMED:
            said = texts.NOT_TOLD
        elif site.informing.state == told.INFORMED:
            if said == texts.REMEMBERED:
                return texts.OVER_TOLD, zone
            said = texts.TOLD if said == texts.NOW else texts.SILENCED_TOLD
    return texts.LATCHES + texts.PER_LATCH * latch.kind + said, zone


def _area_rank(area: "Area") -> int:
    return _READY_RANK if area.state == tables.DISARMED and not area.alarm_zone else _INTRUSION_RANKS[area.state]


def _area_text(area: "Area") -> "Said":
    """Of one that does not rank as ready."""
    if area.state == tables.ALARM:
        return texts.BURGLARY, area.alarm_zone
    if area.state == tables.ENTRY_DELAY:
        return texts.ENTERING, area.entry_zone
    if area.state == tables.EXIT_DELAY:
        return _LEAVING[area.mode], 0
    if area.state == tables.ARMED:
        return (texts.ARMED_REMEMBERS, area.alarm_zone) if area.alarm_zone else (_ARMED_IN[area.mode], 0)
    return texts.REMEMBERS, area.alarm_zone


def _trouble_text(site: "Site") -> "Said":
    """Nothing happens: what is open goes before what is broken, power before contact before zones, all before ready."""
    for area in site.areas:
        zone = area.blocker(True)
        if zone is not None:
            return texts.OPEN_ZONE, zone.number
    said = site.power.text()
    if said is not None:
        return said
    told = site.contact.told
    if told:
        text = texts.CONTACT
        while not told & 1:
            told >>= 1
            text += 1
        return text, 0
    for zone in site.zones:
        if zone.troubles:
            return _trouble_of(zone), zone.number
    return texts.READY, 0


def _trouble_of(zone: "Zone") -> int:
    """The text of the worst that is wrong with a zone."""
    for bit, said in _TROUBLES:
        if zone.troubles & bit:
            return said
    raise AssertionError("every trouble has its text")


def _is_faulty(site: "Site") -> bool:
    """Whether anything is broken. That a sensor has not spoken yet is no fault."""
    for zone in site.zones:
        if zone.troubles & ~zones.UNHEARD:
            return True
    return bool(site.contact.told) or site.power.text() is not None


def _area_lamps(area: "Area") -> int:
    """The lamps that it lights, but of the ready lamp that it is kept dark."""
    lit = _ALARM if area.alarm_zone else 0
    if area.state != tables.DISARMED:
        lit |= _READY | _ARMED
    elif area.blocker(False) is not None:
        lit |= _READY
    return lit | _OPEN if _open_lamp(area) else lit


def _open_lamp(area: "Area") -> bool:
    if area.state == tables.DISARMED:
        return area.blocker(True) is not None
    if area.state == tables.EXIT_DELAY:
        for zone in area.zones:
            if zone.type == zone_types.FOLLOWER and zone.guards(area.mode):
                return True
    return False
