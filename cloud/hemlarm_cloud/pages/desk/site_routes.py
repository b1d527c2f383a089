"""Search, and the page of one site with its service mode."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query
from sqlalchemy import select
from starlette.responses import Response

from hemlarm_cloud.actor import Role
from hemlarm_cloud.cases.categories import SERVICE_KINDS
from hemlarm_cloud.errors import CentreError, InvalidError, NotFoundError
from hemlarm_cloud.notices import names
from hemlarm_cloud.pages.depends import AccountVisit
from hemlarm_cloud.pages.desk import moments, plan_view, searching, signals_view, site_view, trouble
from hemlarm_cloud.pages.desk.case_view import case_line
from hemlarm_cloud.pages.desk.naming import words_of
from hemlarm_cloud.pages.desk.staff import Id, Seen, Staff, Text
from hemlarm_cloud.pages.rendering import page, redirect
from hemlarm_cloud.service_mode import orders
from hemlarm_cloud.sites import contacts, levels, people
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import alarm_case

router = APIRouter()

HISTORY_MAX = 60
_CASES_MAX = 20
_HOUR_MS = 3_600_000

HOURS = (1, 2, 4, 8, 24)
"""Offered for work that begins now."""


@router.get("/search")
def search(visit: Staff, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Find sites."""
    try:
        with visit.store.read() as reading:
            found = searching.search(reading, visit.actor, q)
    except InvalidError as error:
        nothing = searching.Results([], None, False)
        return page(visit, "desk/search.html", 422, q=q, found=nothing, told=trouble.explain(visit, error))
    if not found.more and len(found.sites) == 1 and found.case is None:
        return redirect(f"/desk/sites/{found.sites[0].id}")
    return page(visit, "desk/search.html", q=q, found=found, told=None)


@router.get("/sites/{site_id}")
def show_site(visit: Staff, site_id: Id, before: Annotated[int, Query(ge=0, le=(1 << 63) - 1)] = 0) -> Response:
    """Show a site."""
    return _site(visit, site_id, before)


@router.post("/sites/{site_id}/service-modes")
def order_service_mode(
    visit: Staff,
    site_id: Id,
    kinds: Annotated[list[str], Form()],
    hours: Annotated[int, Form(ge=0, le=24)] = 0,
    from_at: Annotated[str, Form(alias="from", max_length=30)] = "",
    until_at: Annotated[str, Form(alias="until", max_length=30)] = "",
    on_behalf_of: Annotated[str, Form(max_length=20)] = "",
    reason: Text = "",
) -> Response:
    """Put a site into service mode: now for some hours, or between two moments."""
    with visit.store.read() as reading:
        place = site_view.place(reading, visit.actor, site_id)
    assert place is not None
    zone = words_of(visit.language, place["time_zone"]).zone
    try:
        from_ms = moments.parse(from_at, zone, "from") if from_at else None
        until_ms = visit.now_ms + hours * _HOUR_MS if hours else moments.parse(until_at, zone, "until")
        actor = _acting(visit, on_behalf_of)
        with visit.store.begin() as tx:
            orders.order(tx, actor, site_id, kinds[:10], from_ms, until_ms, visit.now_ms, None, reason)
    except CentreError as error:
        return _site(visit, site_id, 0, error)
    return redirect(f"/desk/sites/{site_id}#service")


@router.post("/sites/{site_id}/service-modes/{order_id}/end")
def end_service_mode(
    visit: Staff, site_id: Id, order_id: Id, version: Seen, on_behalf_of: Annotated[str, Form(max_length=20)] = ""
) -> Response:
    """End service mode, or take back what has not begun."""
    try:
        actor = _acting(visit, on_behalf_of)
        with visit.store.begin() as tx:
            begun = orders.expect_order(tx, actor, order_id).from_ms <= visit.now_ms
            do = orders.end_early if begun else orders.withdraw
            do(tx, actor, order_id, version, visit.now_ms)
    except NotFoundError:
        raise
    except CentreError as error:
        return _site(visit, site_id, 0, error)
    return redirect(f"/desk/sites/{site_id}#service")


def _acting(visit: AccountVisit, on_behalf_of: str) -> Any:
    """Who acts: the operator for a person with authority, or a supervisor for the centre itself."""
    if not on_behalf_of:
        return visit.actor
    if not (on_behalf_of.isascii() and on_behalf_of.isdecimal()):
        raise InvalidError("on_behalf_of: choose a person from the list")
    with visit.store.read() as reading:
        people.expect(reading, visit.actor, int(on_behalf_of))
    return visit.actor.on_behalf_of(int(on_behalf_of))


def _site(visit: AccountVisit, site_id: int, before: int, error: CentreError | None = None) -> Response:
    with visit.store.read() as reading:
        values = _values(reading, visit, site_id, before)
    told = trouble.explain(visit, error) if error else None
    return page(visit, "desk/site.html", trouble.status_of(error) if error else 200, told=told, **values)


def _values(reading: Queries, visit: AccountVisit, site_id: int, before: int) -> dict[str, Any]:
    actor = visit.actor
    place = site_view.place(reading, actor, site_id)
    assert place is not None
    words = words_of(visit.language, place["time_zone"])
    listed = levels.levels_at(reading, actor, site_id)
    history = signals_view.of_site(reading, site_id, words, before, HISTORY_MAX)
    return {
        "place": place,
        "words": words,
        "zone": words.zone.key,
        "supervisor": actor.role is Role.SUPERVISOR,
        "contacts": contacts.contacts(reading, actor, site_id),
        "people": listed,
        "asking": site_view.lists_of(listed),
        "plans": plan_view.plans(reading, site_id, words),
        "conditions": site_view.conditions(reading, actor, site_id, words),
        "panels": site_view.panels(reading, actor, site_id),
        "services": site_view.service_modes(reading, actor, site_id, words),
        "service_kinds": [(kind, names.service_kinds((kind,), visit.language).capitalize()) for kind in SERVICE_KINDS],
        "hours": HOURS,
        "history": history,
        "older": history[-1].id if len(history) == HISTORY_MAX else 0,
        "before": before,
        "cases": _cases(reading, site_id, words),
        "map": site_view.drawing(reading, actor, site_id, ()),
    }


def _cases(reading: Queries, site_id: int, words: Any) -> list[dict[str, Any]]:
    table = alarm_case
    query = select(table.c.id, table.c.category, table.c.opened_ms, table.c.state, table.c.outcome)
    query = query.where(table.c.site == site_id).order_by(table.c.opened_ms.desc()).limit(_CASES_MAX)
    return [case_line(row, words) for row in reading.connection.execute(query)]
