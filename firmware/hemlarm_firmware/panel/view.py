"""What a person at the panel hears and sees, as a function of the panel's state: siren, display and lamps."""

from hemlarm_firmware.panel import tables, texts
from hemlarm_protocol.constant import const

LAMP_READY = "ready"
LAMP_ARMED = "armed"
LAMP_OPEN = "open"
LAMP_ALARM = "alarm"

# How long the display shows an answer ("wrong code") before it goes back to the state.
NOTICE_MS = 5000

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.panel.area import Area, Zone

_LEAVING = {tables.AWAY: texts.LEAVING, tables.HOME: texts.STAYING}
_ARMED = {tables.AWAY: texts.ARMED_AWAY, tables.HOME: texts.ARMED_HOME}

# What the display shows when areas differ, or when one area has two things to say: the first of these that holds.
# A fire that sounds goes before everything, a silenced one behind what a person must act on now.
_INTRUSION_RANKS = {
    tables.ALARM: 1,
    tables.ENTRY_DELAY: 2,
    tables.EXIT_DELAY: 4,
    tables.ARMED: 5,
    tables.DISARMED: 6,
}
_FIRE_RANKS = {tables.FIRE_ALARM: 0, tables.FIRE_LATCHED: 0, tables.FIRE_SILENCED: 3}
_READY_RANK = const(7)


def siren(areas: "list[Area]") -> str:
    """The one sound for all areas; fire goes before intrusion."""
    for area in areas:
        if area.fire in tables.FIRE_SIRENS:
            return tables.FIRE_SIRENS[area.fire]
    for area in areas:
        if area.state in tables.SIRENS:
            return tables.SIRENS[area.state]
    return tables.SIREN_OFF


def text(areas: "list[Area]") -> "tuple[int, int]":
    """The display's text and the zone that it names (0: none), of whatever is most urgent in any area."""
    best, best_rank = (texts.READY, 0), _READY_RANK
    for area in areas:
        rank, said = min(_fire_text(area), _intrusion_text(area))
        if rank < best_rank:
            best, best_rank = said, rank
    return best


def lamps(areas: "list[Area]") -> "tuple[tuple[str, bool], ...]":
    """Every lamp with its state.

    The open lamp tells, while disarmed, that a zone is open; while the exit delay runs, that a follower zone is in
    force and will wait for the entry delay when a door is opened first.
    """
    return (
        (LAMP_READY, all(area.state == tables.DISARMED and not area.blocker(tables.AWAY) for area in areas)),
        (LAMP_ARMED, any(area.state != tables.DISARMED for area in areas)),
        (LAMP_OPEN, any(_open_lamp(area) for area in areas)),
        (LAMP_ALARM, any(_alarmed(area) for area in areas)),
    )


def _fire_text(area: "Area") -> "tuple[int, tuple[int, int]]":
    if area.fire == tables.FIRE_SILENCED:
        said = (texts.FIRE_SILENCED, area.burning[0])
    else:
        said = (texts.FIRE_NOW, area.fire_zone)
    return _FIRE_RANKS.get(area.fire, _READY_RANK), said


def _intrusion_text(area: "Area") -> "tuple[int, tuple[int, int]]":
    said = _text_of(area)
    return (_READY_RANK if said[0] == texts.READY else _INTRUSION_RANKS[area.state]), said


def _text_of(area: "Area") -> "tuple[int, int]":
    if area.state == tables.ALARM:
        return texts.BURGLARY, area.alarm_zone
    if area.state == tables.ENTRY_DELAY:
        return texts.ENTERING, area.entry_zone
    if area.state == tables.EXIT_DELAY:
        return _LEAVING[area.mode], 0
    if area.state == tables.ARMED:
        return (texts.ARMED_REMEMBERS, area.alarm_zone) if area.alarm_zone else (_ARMED[area.mode], 0)
    return _text_disarmed(area)


def _text_disarmed(area: "Area") -> "tuple[int, int]":
    if area.alarm_zone:
        return texts.REMEMBERS, area.alarm_zone
    if area.fire_zone:
        return texts.REMEMBERS_FIRE, area.fire_zone
    blocker = area.blocker(tables.AWAY)
    return (texts.OPEN_ZONE, blocker.number) if blocker else (texts.READY, 0)


def _open_lamp(area: "Area") -> bool:
    if area.state == tables.DISARMED:
        return area.blocker(tables.AWAY) is not None
    return area.state == tables.EXIT_DELAY and any(_follows(area, zone) for zone in area.zones)


def _follows(area: "Area", zone: "Zone") -> bool:
    return zone.type == tables.FOLLOWER and area.guards(zone)


def _alarmed(area: "Area") -> bool:
    return area.state == tables.ALARM or area.fire != tables.FIRE_QUIET or area.alarm_zone != 0
