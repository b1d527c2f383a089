"""A site as operators look it up: where it is, who decides there, what is in fault, what its panels last told."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from hemlarm_cloud import scope
from hemlarm_cloud.actor import Actor
from hemlarm_cloud.notices import names
from hemlarm_cloud.pages.desk import map_view
from hemlarm_cloud.pages.desk.signals_view import Shown
from hemlarm_cloud.reports.words import Words
from hemlarm_cloud.service_mode.lookup import kinds_of
from hemlarm_cloud.sites import maps, sites
from hemlarm_cloud.store import PanelHealth
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import PENDING, condition, service_mode
from hemlarm_cloud.store.schema_sites import customer, transmitter, zone_name
from hemlarm_protocol import message_names

_CONDITIONS_MAX = 50
_TRANSMITTERS_MAX = 20
_ORDERS_MAX = 20
_ZONES_MAX = 500

_NEW = 1000
"""Contact ID's qualifier of what is new, before its code."""

_NOT_KNOWN = 255
"""Of a battery's charge and the hours left, as panels tell it."""


def place(reading: Queries, actor: Actor, site_id: int | None) -> dict[str, Any] | None:
    """Return a site with its customer's name; None for none, as of a regional incident. Raises NotFoundError."""
    if site_id is None:
        return None
    found = sites.shown(scope.expect_site(reading, actor, site_id))
    query = select(customer.c.name, customer.c.number).where(customer.c.id == found["customer"])
    owner = reading.connection.execute(query).one_or_none()
    found["customer_name"] = owner.name if owner else ""
    found["customer_number"] = owner.number if owner else ""
    found["where"] = ", ".join(part for part in (found["address"], found["town"]) if part)
    return found


def service_modes(reading: Queries, actor: Actor, site_id: int, words: Words) -> list[dict[str, Any]]:
    """Return a site's service mode that lasts or is to come. Raises NotFoundError."""
    scope.expect_site(reading, actor, site_id)
    query = select(service_mode).where(service_mode.c.site == site_id, PENDING)
    rows = reading.connection.execute(query.order_by(service_mode.c.from_ms).limit(_ORDERS_MAX))
    return [row._asdict() | {"names": names.service_kinds(kinds_of(row.kinds), words.language)} for row in rows]


def conditions(reading: Queries, actor: Actor, site_id: int, words: Words) -> list[dict[str, Any]]:
    """Return what is in fault at a site, the newest first. Raises NotFoundError."""
    scope.expect_site(reading, actor, site_id)
    table = condition
    query = select(table).where(table.c.site == site_id, table.c.ended_ms.is_(None))
    rows = reading.connection.execute(query.order_by(table.c.began_ms.desc()).limit(_CONDITIONS_MAX))
    return [
        {"name": names.condition(row.kind, row.zone, words.language), "began_ms": row.began_ms, "case": row.case}
        for row in rows
    ]


def panels(reading: Queries, actor: Actor, site_id: int) -> list[dict[str, Any]]:
    """Return a site's transmitters, and of panels when they were heard and how they are. Raises NotFoundError."""
    scope.expect_site(reading, actor, site_id)
    table = transmitter
    query = select(table).where(table.c.site == site_id).order_by(table.c.id).limit(_TRANSMITTERS_MAX)
    return [_panel(reading, row) for row in reading.connection.execute(query).all()]


def _panel(reading: Queries, row: Row[Any]) -> dict[str, Any]:
    shown = row._asdict() | {"heard": [], "silent": False, "health": None}
    if row.kind != "hemlarm":
        return shown
    heard = reading.heard_paths(row.id)
    shown["heard"] = [{"name": message_names.PATHS.get(each.path, ""), "at_ms": each.heard_ms} for each in heard]
    shown["silent"] = any(fault.kind == "line-fault" for fault in reading.open_line_faults(row.id))
    health = reading.health(row.id)
    return shown | {"health": _health(health) if health else None}


def _health(health: PanelHealth) -> dict[str, Any]:
    """How a panel is, with None for what it could not measure."""
    return {
        "told_ms": health.received_ms,
        "mains": {0: "off", 1: "on"}.get(health.mains, ""),
        "battery_mv": health.battery_mv or None,
        "battery_percent": None if health.battery_percent == _NOT_KNOWN else health.battery_percent,
        "hours_left": None if health.hours_left == _NOT_KNOWN else health.hours_left,
        "pending": health.journal_pending,
    }


def lists_of(people: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each person with a level at a site once, on whose behalf an operator may act, by name."""
    found: dict[int, dict[str, Any]] = {}
    for one in people:
        found.setdefault(one["person"], {"person": one["person"], "name": one["name"], "level": one["level"]})
    return sorted(found.values(), key=lambda one: (one["level"], one["name"]))


def drawing(reading: Queries, actor: Actor, site_id: int, signals: Sequence[Shown]) -> map_view.Drawing | None:
    """Return a site's map with the zones marked that these signals came from, None without a map.

    Raises NotFoundError.
    """
    found = maps.find(reading, actor, site_id)
    if found is None:
        return None
    table = transmitter
    senders = list(reading.connection.scalars(select(table.c.id).where(table.c.site == site_id).order_by(table.c.id)))
    query = select(zone_name).where(zone_name.c.transmitter.in_(senders)).limit(_ZONES_MAX)
    called = {(row.transmitter, row.zone): row.name for row in reading.connection.execute(query)}
    struck = {(each.transmitter, each.zone) for each in signals if each.zone and _NEW <= each.code < 2 * _NEW}
    return map_view.drawn(found, called, struck, senders[0] if senders else "")
