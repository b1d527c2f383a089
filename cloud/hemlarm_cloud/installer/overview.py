"""The sites that an installer serves, and how each of them stands."""

from typing import Any, NamedTuple

from sqlalchemy import Row, func, or_, select

from hemlarm_cloud import scope
from hemlarm_cloud.actor import Actor
from hemlarm_cloud.installer import configuring
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema import line_fault, panel_health, path_report
from hemlarm_cloud.store.schema_cases import condition, service_mode
from hemlarm_cloud.store.schema_sites import site, transmitter

SITES_MAX = 200


class SiteSeen(NamedTuple):
    """A site in the list. `faults` last now; `service` is until when it is in service mode, None when it is not."""

    id: int
    number: str
    name: str
    address: str
    town: str
    panels: int
    faults: int
    service_ms: int | None


class PanelSeen(NamedTuple):
    """A panel: its paths as it told of them, its silence if it is out of contact, and its health if it told."""

    id: str
    name: str
    paths: list[Row[Any]]
    silent_ms: int | None
    health: Row[Any] | None


def sites(reading: Queries, actor: Actor, wanted: str = "") -> list[SiteSeen]:
    """Return the sites that this actor serves, by name: those whose number, name or address holds `wanted`."""
    panels = select(func.count()).where(transmitter.c.site == site.c.id, transmitter.c.ended_ms.is_(None))
    faults = select(func.count()).where(condition.c.site == site.c.id, condition.c.ended_ms.is_(None))
    serving = select(func.max(service_mode.c.until_ms)).where(
        service_mode.c.site == site.c.id, service_mode.c.state == "active"
    )
    shown = (site.c.id, site.c.number, site.c.name, site.c.address, site.c.town)
    inner = (each.scalar_subquery() for each in (panels, faults, serving))
    query = select(*shown, *inner).where(scope.visible(actor), site.c.ended_ms.is_(None))
    if wanted:
        names = (site.c.number, site.c.name, site.c.address, site.c.town)
        query = query.where(or_(*(each.icontains(wanted, autoescape=True) for each in names)))
    found = reading.connection.execute(query.order_by(site.c.name, site.c.id).limit(SITES_MAX))
    return [SiteSeen(*row) for row in found]


def panels(reading: Queries, actor: Actor, site_id: int) -> list[PanelSeen]:
    """Return the panels of a site with how they are. Raises NotFoundError."""
    return [_panel(reading, row.id, row.name) for row in configuring.panels(reading, actor, site_id)]


def _panel(reading: Queries, panel: str, name: str) -> PanelSeen:
    connection = reading.connection
    reports = select(path_report).where(path_report.c.panel == panel).order_by(path_report.c.path)
    silent = select(func.min(line_fault.c.began_ms)).where(
        line_fault.c.panel == panel, line_fault.c.kind == "line-fault", line_fault.c.ended_ms.is_(None)
    )
    health = connection.execute(select(panel_health).where(panel_health.c.panel == panel)).one_or_none()
    return PanelSeen(panel, name, list(connection.execute(reports)), connection.scalar(silent), health)
