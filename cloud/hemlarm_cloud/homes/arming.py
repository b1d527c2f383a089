"""Which areas are armed, in which mode and by whom: kept as signals come, and never turned back by what comes late."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import insert, or_, select, update

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.homes import naming, panels
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_homes import arming, panel_reading
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_protocol import household

DISARMED, AWAY, HOME, NIGHT = "disarmed", "away", "home", "night"

STATES = {
    **dict.fromkeys((1400, 1401, 1402, 1403, 1404, 1407, 1409, 1441, 1456), DISARMED),
    **dict.fromkeys((3400, 3401, 3402, 3403, 3404, 3407, 3408, 3409), AWAY),
    **{3441: HOME, 3456: NIGHT},
}
"""What each code leaves an area in. A Hemlarm panel uses 1401, 3401, 3441 and 3456; the others are the trade's (SIA
DC-05), as foreign transmitters tell: by user, group, clock, remotely, by key switch, and without a code."""

MODES = (DISARMED, AWAY, HOME, NIGHT)
"""By the panel's number of each, as in an area's reading."""

_PHASES = {household.IN_EXIT: "exit", household.IN_ENTRY: "entry", household.IN_ALARM: "alarm"}

_KEYS_AT_ONCE = 100


class AreaState(NamedTuple):
    """One area of one transmitter. `state` is None where nothing has told it yet.

    `person` is the name behind the panel's user who brought it there, "" where nobody knows. `phase` is "exit", "entry"
    or "alarm" while the panel says that such a time runs, else "".
    """

    transmitter: str
    area: int
    state: str | None
    user: int = 0
    person: str = ""
    dated_ms: int | None = None
    phase: str = ""


def follow(tx: Transaction, signals: Iterable[Mapping[str, Any]]) -> None:
    """Take note of new signals, given as rows of the table, in the transaction that stores them."""
    newest: dict[tuple[str, int], dict[str, Any]] = {}
    for each in signals:
        state = STATES.get(each["qcode"])
        if state is None or each["origin"] == "cloud":
            continue
        told = {name: each[name] for name in ("transmitter", "area", "user", "dated_ms", "order_key")}
        key = told["transmitter"], told["area"]
        if key not in newest or _is_later(told, newest[key]):
            newest[key] = told | {"state": state}
    if newest:
        _keep(tx, newest)


def states(reading: Queries, actor: Actor, site_id: int) -> list[AreaState]:
    """Return every area of a site that is known of, in the order of its transmitters. Raises NotFoundError."""
    found = []
    for panel in panels.of_site(reading, actor, site_id):
        known = {row.area: row for row in _stored(reading, panel.id)}
        told = _told(reading, panel.id)
        numbers = sorted({*known, *(area["number"] for area in panel.areas)})
        people = naming.people(reading, panel.id) if known else {}
        found += [_state(panel.id, number, known.get(number), told.get(number), people) for number in numbers]
    return found


def is_armed(states_: Iterable[AreaState]) -> bool:
    """Tell whether any area is known to be armed."""
    return any(each.state not in (None, DISARMED) for each in states_)


def _state(panel: str, number: int, row: Any, told: Any, people: Mapping[int, str]) -> AreaState:
    mode, phase = _split(told.value) if told else (None, "")
    if row is None:
        return AreaState(panel, number, mode, phase=phase, dated_ms=told.told_ms if told else None)
    # A reading tells how things are, an event what happened: where they differ, one of them is on its way.
    phase = phase if mode == row.state else ""
    return AreaState(panel, number, row.state, row.user, people.get(row.user, ""), row.dated_ms, phase)


def _split(value: int) -> tuple[str | None, str]:
    mode = value % 10
    return MODES[mode] if mode < len(MODES) else None, _PHASES.get(value - mode, "")


def _keep(tx: Transaction, newest: Mapping[tuple[str, int], dict[str, Any]]) -> None:
    keys = sorted(newest)
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        some = keys[start : start + _KEYS_AT_ONCE]
        these = or_(*((arming.c.transmitter == name) & (arming.c.area == area) for name, area in some))
        known = {
            (row.transmitter, row.area): row._asdict() for row in tx.connection.execute(select(arming).where(these))
        }
        new = [newest[key] for key in some if key not in known]
        if new:
            tx.connection.execute(insert(arming), new)
        for key in some:
            if key in known and _is_later(newest[key], known[key]):
                this = update(arming).where(arming.c.transmitter == key[0], arming.c.area == key[1])
                tx.connection.execute(this.values(**newest[key]))


def _is_later(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Within one life of a journal its numbers decide, for a date may be an estimate; else the dates."""
    life, other_life = one["order_key"].partition("-")[0], other["order_key"].partition("-")[0]
    if life == other_life:
        return bool(one["order_key"] > other["order_key"])
    return bool((one["dated_ms"], one["order_key"]) > (other["dated_ms"], other["order_key"]))


def _stored(reading: Queries, panel: str) -> list[Any]:
    return list(reading.connection.execute(select(arming).where(arming.c.transmitter == panel)))


def _told(reading: Queries, panel: str) -> dict[int, Any]:
    table = panel_reading
    query = select(table).where(table.c.panel == panel, table.c.kind == household.AREA)
    return {row.number: row for row in reading.connection.execute(query)}
