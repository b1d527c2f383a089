"""How panels are: when they were heard, over which paths, and how their power and memory stand."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel
from sqlalchemy import select

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.api.depends import ERRORS, Ctx, Limit, RowId
from hemlarm_cloud.errors import NotFoundError
from hemlarm_cloud.scope import expect_site, visible
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema import line_fault, panel, panel_health, path_heard
from hemlarm_cloud.store.schema_sites import site, transmitter

router = APIRouter()

PanelId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", description="16 hexadecimal digits.")]

AfterPanel = Annotated[str, Query(pattern=r"^([0-9a-f]{16})?$", description="Only panels behind this one.")]


class PanelShown(BaseModel):
    """A panel and where it stands."""

    id: str
    site: int
    name: str
    provisioned_ms: int
    revoked_ms: int | None
    link_level_s: int
    standby_level_s: int


class Heard(BaseModel):
    """A path, 1 IP or 2 mobile, and when it was last heard, to within some minutes."""

    path: int
    heard_ms: int


class Fault(BaseModel):
    """A line fault that lasts; path 0 means all of them."""

    kind: str
    path: int
    began_ms: int


class Health(BaseModel):
    """How a panel is, as it last told."""

    received_ms: int
    heap_free: int
    journal_pending: int
    journal_capacity: int
    flash_faults: int
    mains: int
    battery_mv: int
    battery_percent: int
    hours_left: int


class PanelWhole(PanelShown):
    """A panel, where it stands and how it is."""

    paths: list[Heard]
    faults: list[Fault]
    health: Health | None


_joined = panel.join(transmitter, transmitter.c.id == panel.c.id).join(site, transmitter.c.site == site.c.id)
_shown = select(panel, transmitter.c.site, transmitter.c.name).select_from(_joined)


@router.get("/panels", responses=ERRORS)
def list_panels(
    ctx: Ctx,
    site: Annotated[RowId | None, Query(description="Only this site's.")] = None,
    after: AfterPanel = "",
    limit: Limit = 100,
) -> list[PanelShown]:
    """List panels in the order of their ids."""
    query = _shown.where(visible(ctx.actor), panel.c.id > after).order_by(panel.c.id).limit(limit)
    with ctx.store.read() as reading:
        if site is not None:
            expect_site(reading, ctx.actor, site)
            query = query.where(transmitter.c.site == site)
        return [PanelShown(**_fields(PanelShown, row)) for row in reading.connection.execute(query)]


@router.get("/panels/{panel_id}", responses=ERRORS)
def show_panel(ctx: Ctx, panel_id: PanelId) -> PanelWhole:
    """Show a panel and how it is."""
    with ctx.store.read() as reading:
        return _whole(reading, ctx.actor, panel_id)


def _whole(reading: Queries, actor: Actor, panel_id: str) -> PanelWhole:
    found = reading.connection.execute(_shown.where(visible(actor), panel.c.id == panel_id)).one_or_none()
    if found is None:
        raise NotFoundError(f"no panel {panel_id} here")
    paths = reading.connection.execute(
        select(path_heard).where(path_heard.c.panel == panel_id).order_by(path_heard.c.path)
    )
    lasting = (line_fault.c.panel == panel_id, line_fault.c.ended_ms.is_(None))
    faults = reading.connection.execute(select(line_fault).where(*lasting).order_by(line_fault.c.began_ms))
    health = reading.connection.execute(select(panel_health).where(panel_health.c.panel == panel_id)).one_or_none()
    return PanelWhole(
        **_fields(PanelShown, found),
        paths=[Heard(**_fields(Heard, row)) for row in paths],
        faults=[Fault(**_fields(Fault, row)) for row in faults],
        health=Health(**_fields(Health, health)) if health is not None else None,
    )


def _fields(model: type[BaseModel], row: Any) -> dict[str, Any]:
    return {name: row._mapping[name] for name in model.model_fields}
