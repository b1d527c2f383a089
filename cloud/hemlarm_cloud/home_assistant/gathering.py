"""Gathers from the store what a Home Assistant is told of a home, as far as one account may see it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.cases import meaning
from hemlarm_cloud.cases.categories import ALARMS, HOLD_UP
from hemlarm_cloud.home_assistant.house import Area, House, Panel, Zone
from hemlarm_cloud.homes import arming, naming, panels, readings
from hemlarm_cloud.homes.arming import AreaState
from hemlarm_cloud.homes.panels import HEMLARM, Home
from hemlarm_cloud.scope import expect_site
from hemlarm_cloud.sites import authority
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema import panel_health
from hemlarm_cloud.store.schema_cases import condition, signal

LOOK_BACK_MS = 7 * 86_400_000
"""How far back an alarm is looked for that has not ended."""

_SIGNALS_MAX = 500

_NOT_SHOWN = ("temperature", "hold_up")
"""Types of zones that are something else in Home Assistant, or nothing."""

_TOLD = tuple(category for category in ALARMS if category != HOLD_UP)
"""A hold-up alarm is silent, and shows nowhere in the house."""


def gather(reading: Queries, actor: Actor, site_id: int, now_ms: int, commands: bool) -> House:
    """Return a home as it is now. Raises NotFoundError or RefusedError for who may not see it."""
    authority.expect(reading, actor, site_id, "see-site", now_ms)
    site = expect_site(reading, actor, site_id)
    homes = panels.of_site(reading, actor, site_id)
    areas = arming.states(reading, actor, site_id)
    found = readings.reading(reading, actor, site_id, now_ms)
    return House(
        site_id,
        site.name,
        site.language,
        tuple(_panel(reading, home, areas, now_ms) for home in homes),
        tuple(found.items),
        commands,
    )


def _panel(reading: Queries, home: Home, areas: Sequence[AreaState], now_ms: int) -> Panel:
    alarms = _alarms(reading, home.id, now_ms)
    is_ours = home.kind == HEMLARM
    health = _health(reading, home.id) if is_ours else None
    percent = None if health is None or not 0 <= health.battery_percent <= 100 else int(health.battery_percent)
    return Panel(
        home.id,
        home.name,
        readings.contact(reading, home, now_ms) if is_ours else "",
        tuple(_area(home, each, alarms) for each in areas if each.transmitter == home.id),
        tuple(_zones(reading, home, alarms)),
        _has_fault(reading, home.id),
        percent,
        None if health is None else bool(health.mains),
        home.limit("remote_disarm"),
        home.limit("remote_unlock"),
    )


def _area(home: Home, state: AreaState, alarms: Mapping[int, int]) -> Area:
    names = {area["number"]: area.get("name") for area in home.areas}
    alarm = state.area in alarms.values()
    return Area(state.area, str(names.get(state.area) or ""), state.state, state.phase, alarm)


def _zones(reading: Queries, home: Home, alarms: Mapping[int, int]) -> list[Zone]:
    names = naming.zones(reading, home)
    told = {zone["number"]: zone for zone in home.zones}
    return [
        Zone(
            number,
            names.get(number, ""),
            str(told.get(number, {}).get("type", "")),
            str(told.get(number, {}).get("sensor", "")),
            number in alarms,
        )
        for number in sorted({*names, *told})
        if told.get(number, {}).get("type") not in _NOT_SHOWN
    ]


def _alarms(reading: Queries, transmitter: str, now_ms: int) -> dict[int, int]:
    """Return the zones whose last word was an alarm, with the area of each; 0 for an alarm without a zone."""
    columns = (signal.c.qcode, signal.c.zone, signal.c.area, signal.c.origin, signal.c.handling)
    query = (
        select(*columns)
        .where(signal.c.transmitter == transmitter, signal.c.dated_ms > now_ms - LOOK_BACK_MS)
        .where(signal.c.category.in_(_TOLD), signal.c.origin != meaning.CLOUD)
        .order_by(signal.c.dated_ms.desc(), signal.c.order_key.desc())
    )
    rows = reading.connection.execute(query.limit(_SIGNALS_MAX)).all()
    last: dict[int, tuple[str, int]] = {}
    for row in rows:
        role = meaning.role(row.qcode, row.origin)
        if role in (meaning.ALARM, meaning.ALARM_ENDED):
            last.setdefault(row.zone, (role, row.area))
    return {zone: area for zone, (role, area) in last.items() if role == meaning.ALARM and zone}


def _health(reading: Queries, panel: str) -> Any:
    query = select(panel_health.c.battery_percent, panel_health.c.mains).where(panel_health.c.panel == panel)
    return reading.connection.execute(query).one_or_none()


def _has_fault(reading: Queries, transmitter: str) -> bool:
    query = select(condition.c.id).where(condition.c.transmitter == transmitter, condition.c.ended_ms.is_(None))
    return reading.connection.scalar(query.limit(1)) is not None
