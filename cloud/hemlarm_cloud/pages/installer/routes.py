"""Sites, the panel's service mode, and the hand-over. The work at a panel is in `panel_routes.py`."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query
from sqlalchemy import select
from starlette.responses import Response

from hemlarm_cloud import scope
from hemlarm_cloud.actor import Role
from hemlarm_cloud.api.depends import INT32_MAX, RowId
from hemlarm_cloud.errors import CentreError, InvalidError
from hemlarm_cloud.installer import configuring, hand_over, overview
from hemlarm_cloud.pages.depends import AccountVisit, Visit
from hemlarm_cloud.pages.rendering import form_error, page, redirect
from hemlarm_cloud.service_mode import orders
from hemlarm_cloud.service_mode.lookup import kinds_of
from hemlarm_cloud.sites import authority
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import service_mode

router = APIRouter()

HOUR_MS = 3_600_000
HOURS = (1, 2, 4, 8)
"""For how long a fitter asks at a time; longer work is ordered in writing."""

KINDS = (authority.BURGLARY, authority.FIRE, authority.HOLD_UP, authority.TECHNICAL)

PanelId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")]


@router.get("/installer")
def sites(visit: Visit, q: Annotated[str, Query(max_length=80)] = "") -> Response:
    """Show the sites of the company."""
    visit.expect_role(Role.INSTALLER)
    with visit.store.read() as reading:
        found = overview.sites(reading, visit.actor, q.strip())
    return page(visit, "installer/sites.html", sites=found, q=q)


@router.get("/installer/sites/{site_id}")
def site(visit: Visit, site_id: RowId) -> Response:
    """Show a site with its panels."""
    visit.expect_role(Role.INSTALLER)
    with visit.store.read() as reading:
        return page(visit, "installer/site.html", **_of_site(reading, visit, site_id))


@router.get("/installer/sites/{site_id}/part")
def site_part(visit: Visit, site_id: RowId) -> Response:
    """Show how the panels are now."""
    visit.expect_role(Role.INSTALLER)
    with visit.store.read() as reading:
        return page(visit, "installer/site_part.html", **_of_site(reading, visit, site_id))


@router.post("/installer/sites/{site_id}/service")
def begin_service(
    visit: Visit, site_id: RowId, hours: Annotated[int, Form()] = 2, kinds: Annotated[list[str] | None, Form()] = None
) -> Response:
    """Put a site into service mode, from now on."""
    visit.expect_role(Role.INSTALLER)
    try:
        if hours not in HOURS:
            raise InvalidError(f"hours: one of {', '.join(map(str, HOURS))}")
        until_ms = visit.now_ms + hours * HOUR_MS
        with visit.store.begin() as tx:
            orders.order(tx, visit.actor, site_id, kinds or [], None, until_ms, visit.now_ms)
    except CentreError as error:
        with visit.store.read() as reading:
            values = _of_site(reading, visit, site_id)
        return form_error(visit, "installer/site.html", {"": str(error)}, **values)
    return redirect(f"/installer/sites/{site_id}")


@router.post("/installer/sites/{site_id}/service/{order_id}/end")
def end_service(
    visit: Visit, site_id: RowId, order_id: RowId, version: Annotated[int, Form(ge=0, le=INT32_MAX)]
) -> Response:
    """End service mode before its time."""
    visit.expect_role(Role.INSTALLER)
    with visit.store.begin() as tx:
        orders.end_early(tx, visit.actor, order_id, version, visit.now_ms)
    return redirect(f"/installer/sites/{site_id}")


@router.get("/installer/sites/{site_id}/panels/{panel}/hand-over.pdf")
def hand_over_paper(visit: Visit, site_id: RowId, panel: PanelId, language: str = "") -> Response:
    """Give the paper to sign."""
    visit.expect_role(Role.INSTALLER)
    chosen = language if language in ("sv", "en") else visit.language
    with visit.store.read() as reading:
        made = hand_over.make(reading, visit.actor, site_id, panel, "sv" if chosen == "sv" else "en", visit.now_ms)
    headers = {"Content-Disposition": f'attachment; filename="hand-over-{panel}-{chosen}.pdf"'}
    return Response(made, media_type="application/pdf", headers=headers)


def _of_site(reading: Queries, visit: AccountVisit, site_id: int) -> dict[str, Any]:
    row = scope.expect_site(reading, visit.actor, site_id)
    panels = overview.panels(reading, visit.actor, site_id)
    table = service_mode
    active = select(table).where(table.c.site == site_id, table.c.state == "active").order_by(table.c.until_ms)
    return {
        "site": row,
        "zone": row.time_zone,
        "panels": panels,
        "changes": {each.id: configuring.changes(reading, each.id)[:5] for each in panels},
        "services": [(each, kinds_of(each.kinds)) for each in reading.connection.execute(active)],
        "kinds": KINDS,
        "hours": HOURS,
    }
