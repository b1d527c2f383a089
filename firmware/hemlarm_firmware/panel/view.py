"""What a person at the panel hears and sees, as a function of the site's state: sirens, display, lamps and buzzer."""

from hemlarm_firmware.panel import informing as told
from hemlarm_firmware.panel import inputs, latch_tables, sirens, tables, texts, zone_types
from hemlarm_firmware.panel import zone as zones
from hemlarm_protocol.constant import const

LAST_SECONDS_MS = 10_000
"""The exit beeps change for the last 10 s, so that the leaver hurries."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.panel.area import Area
    from hemlarm_firmware.panel.latch import Latch
    from hemlarm_firmware.panel.site import Site

    Said = tuple[int, int]

_LEAVING = {inputs.AWAY: texts.LEAVING, inputs.HOME: texts.STAYING, inputs.NIGHT: texts.NIGHT_STAYING}
_ARMED = {inputs.AWAY: texts.ARMED_AWAY, inputs.HOME: texts.ARMED_HOME, inputs.NIGHT: texts.ARMED_NIGHT}

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
_SILENCED_RANK = const(13)
_WALK_RANK = const(30)
_MEMORY_RANK = const(39)
_READY_RANK = const(50)


def siren(site: "Site", now_ms: int, outdoor: bool) -> str:
    """The one sound of the indoor or outdoor siren for all areas; fire goes before everything."""
    for latch in site.latches:
        _, sound, has_outdoor, _ = latch_tables.KINDS[latch.kind]
        if sound == sirens.OFF or not latch.loud:
            continue
        if (has_outdoor or not outdoor) and _is_on(latch, now_ms, outdoor):
            return sound
    for area in site.areas:
        if area.state == tables.ALARM and _is_on(area, now_ms, outdoor):
            return latch_tables.KINDS[latch_tables.TAMPER][1]
    return sirens.OFF


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


def deadlines(site: "Site", now_ms: int) -> "list[int | None]":
    """When a sound changes by itself."""
    times = [latch.limits.next_ms(latch.time, now_ms) for latch in site.latches]
    for area in site.areas:
        if area.state == tables.ALARM:
            times.append(area.limits.next_ms(area.time, now_ms))
        elif area.state == tables.EXIT_DELAY:
            assert area.time.deadline_ms is not None
            last_ms = area.time.deadline_ms - LAST_SECONDS_MS
            times.append(last_ms if last_ms > now_ms else None)
    return times


def text(site: "Site") -> "Said":
    """The display's text and the zone that it names (0: none), of whatever is most urgent."""
    best, best_rank = (texts.READY, 0), _READY_RANK
    for latch in site.latches:
        rank, said = _latch_text(site, latch)
        if rank < best_rank:
            best, best_rank = said, rank
    for area in site.areas:
        rank, said = _area_text(area)
        if rank < best_rank:
            best, best_rank = said, rank
    if site.walk.on and best_rank > _WALK_RANK:
        best = (texts.WALK_LEFT, len(site.walk.left)) if site.walk.left else (texts.WALK_DONE, 0)
    elif best_rank == _READY_RANK:
        best = _trouble_text(site)
    return best


def lamps(site: "Site") -> "tuple[tuple[str, bool], ...]":
    """Every lamp with its state.

    The open lamp tells, while disarmed, that a zone is open; while the exit delay runs, that a follower zone is in
    force and will wait for the entry delay when a door is opened first.
    """
    ready = armed = alarm = False
    opened = False
    if site.is_disarmed():
        ready = not any(area.blockers(inputs.AWAY) for area in site.areas)
    else:
        armed = True
    for area in site.areas:
        opened = opened or _open_lamp(area)
        alarm = alarm or area.alarm_zone != 0
    for latch in site.latches:
        alarm = alarm or latch.remembers
    fault = any(zone.troubles & ~zones.UNHEARD for zone in site.zones)
    return (("ready", ready), ("armed", armed), ("open", opened), ("alarm", alarm), ("fault", fault))


def _is_on(alarm: "Area | Latch", now_ms: int, outdoor: bool) -> bool:
    elapsed_ms = alarm.limits.elapsed_ms(alarm.time, now_ms)
    return alarm.limits.outdoor(elapsed_ms) if outdoor else alarm.limits.indoor(elapsed_ms)


def _latch_text(site: "Site", latch: "Latch") -> "tuple[int, Said]":
    """A sounding alarm by its kind's urgency, a silenced one behind the entry delay, a memory behind everything."""
    _, _, _, tells = latch_tables.KINDS[latch.kind]
    base = texts.LATCHES + texts.PER_LATCH * latch.kind
    zone = latch.zone
    if latch.sounds():
        rank, said = latch.kind if latch.kind <= latch_tables.HOLD_UP else 12, texts.NOW
    elif latch.state == latch_tables.SILENCED:
        rank, said, zone = _SILENCED_RANK, texts.SILENCED, latch.active[0]
    elif latch.remembers:
        rank, said = _MEMORY_RANK, texts.REMEMBERED
    else:
        return _READY_RANK, (base, 0)
    if tells and site.informing.state == told.NOT_INFORMED:
        said = texts.NOT_TOLD
    elif tells and site.informing.state == told.INFORMED:
        if said == texts.REMEMBERED:
            return rank, (texts.OVER_TOLD, zone)
        said = texts.TOLD if said == texts.NOW else texts.SILENCED_TOLD
    return rank, (base + said, zone)


def _area_text(area: "Area") -> "tuple[int, Said]":
    said = _text_of(area)
    return (_READY_RANK if said[0] == texts.READY else _INTRUSION_RANKS[area.state]), said


def _text_of(area: "Area") -> "Said":
    if area.state == tables.ALARM:
        return texts.BURGLARY, area.alarm_zone
    if area.state == tables.ENTRY_DELAY:
        return texts.ENTERING, area.entry_zone
    if area.state == tables.EXIT_DELAY:
        return _LEAVING[area.mode], 0
    if area.state == tables.ARMED:
        return (texts.ARMED_REMEMBERS, area.alarm_zone) if area.alarm_zone else (_ARMED[area.mode], 0)
    return (texts.REMEMBERS, area.alarm_zone) if area.alarm_zone else (texts.READY, 0)


def _trouble_text(site: "Site") -> "Said":
    """Nothing happens: what is open goes before what is broken, and both before being ready."""
    for area in site.areas:
        for zone in area.blockers(inputs.AWAY):
            if zone.open:
                return texts.OPEN_ZONE, zone.number
    for zone in site.zones:
        for bit, said in _TROUBLES:
            if zone.troubles & bit:
                return said, zone.number
    return texts.READY, 0


def _open_lamp(area: "Area") -> bool:
    if area.state == tables.DISARMED:
        return any(zone.open for zone in area.blockers(inputs.AWAY))
    if area.state == tables.EXIT_DELAY:
        return any(zone.type == zone_types.FOLLOWER and zone.guards(area.mode) for zone in area.zones)
    return False
