"""On-call services: who is on duty now and this week, and the calls that the centre takes for them."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from sqlalchemy import select
from starlette.responses import Response

from hemlarm_cloud.duty import calls, rosters, services
from hemlarm_cloud.errors import CentreError
from hemlarm_cloud.pages.depends import AccountVisit
from hemlarm_cloud.pages.desk import trouble
from hemlarm_cloud.pages.desk.naming import operator_name
from hemlarm_cloud.pages.desk.staff import Id, Short, Staff, Text
from hemlarm_cloud.pages.rendering import page, redirect
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_centre import duty_call
from hemlarm_cloud.store.schema_sites import customer, person

router = APIRouter()

_SERVICES_MAX = 100
_CALLS_MAX = 30
_DAY_MS = 86_400_000
_WEEK_MS = 7 * _DAY_MS


@router.get("/duty")
def show_services(visit: Staff) -> Response:
    """Show each service and who is on duty there now."""
    with visit.store.read() as reading:
        found = services.services(reading, visit.actor, 0, _SERVICES_MAX)
        owners = _owners(reading, [row.customer for row in found])
        shown = [_now(reading, visit, row) | {"customer": owners.get(row.customer, "")} for row in found]
    return page(visit, "desk/duty.html", services=shown)


@router.get("/duty/{service_id}")
def show_service(visit: Staff, service_id: Id) -> Response:
    """Show one service: who is called, what to write down, the coming week."""
    return _service(visit, service_id)


@router.post("/duty/{service_id}/calls")
def record_call(
    visit: Staff, service_id: Id, caller: Short = "", answered: Annotated[str, Form(max_length=3)] = "", note: Text = ""
) -> Response:
    """Write down a call that came in now."""
    answered_ms = visit.now_ms if answered == "yes" else None
    try:
        with visit.store.begin() as tx:
            told = (visit.now_ms, visit.now_ms, answered_ms, None, caller, None, note)
            calls.record(tx, visit.actor, service_id, *told)
    except CentreError as error:
        return _service(visit, service_id, error)
    return redirect(f"/desk/duty/{service_id}")


@router.post("/duty/{service_id}/calls/{call_id}/finish")
def finish_call(visit: Staff, service_id: Id, call_id: Id, note: Text = "") -> Response:
    """Write down that a call is over."""
    try:
        with visit.store.begin() as tx:
            calls.finish(tx, visit.actor, call_id, visit.now_ms, note, visit.now_ms)
    except CentreError as error:
        return _service(visit, service_id, error)
    return redirect(f"/desk/duty/{service_id}")


def _service(visit: AccountVisit, service_id: int, error: CentreError | None = None) -> Response:
    with visit.store.read() as reading:
        row = services.expect_reader(reading, visit.actor, service_id)
        until_ms = visit.now_ms + _WEEK_MS
        week = rosters.roster(reading, visit.actor, service_id, visit.now_ms, until_ms)
        wrong = rosters.roster_troubles(reading, visit.actor, service_id, visit.now_ms, until_ms)
        values = {
            "service": _now(reading, visit, row) | {"customer": _owners(reading, [row.customer]).get(row.customer, "")},
            "week": week,
            "troubles": wrong,
            "calls": _calls(reading, service_id),
            "zone": row.time_zone,
        }
    told = trouble.explain(visit, error) if error else None
    return page(visit, "desk/duty_service.html", trouble.status_of(error) if error else 200, told=told, **values)


def _now(reading: Queries, visit: AccountVisit, row: Any) -> dict[str, Any]:
    return {**row._asdict(), "present": rosters.on_duty(reading, visit.actor, row.id, visit.now_ms)}


def _owners(reading: Queries, ids: list[int]) -> dict[int, str]:
    query = select(customer.c.id, customer.c.name).where(customer.c.id.in_(ids))
    return {row.id: row.name for row in reading.connection.execute(query)}


def _calls(reading: Queries, service_id: int) -> list[dict[str, Any]]:
    """The newest calls, which is what somebody who has just taken one looks for."""
    table = duty_call
    query = select(table, person.c.name.label("person_name")).outerjoin(person, person.c.id == table.c.person)
    query = query.where(table.c.service == service_id).order_by(table.c.id.desc()).limit(_CALLS_MAX)
    return [row._asdict() | {"taken": operator_name(row.taken_by)} for row in reading.connection.execute(query)]
