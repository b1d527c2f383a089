"""On-call services: rosters, who is on duty, and the calls taken."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from hemlarm_cloud.api.bodies import Change, Made, Name, Text20, Text40
from hemlarm_cloud.api.depends import ERRORS, After, Ctx, Limit, Line, Ms, RowId, Wanted
from hemlarm_cloud.duty import calls, rosters, services
from hemlarm_cloud.duty.gaps import Duty as DutyTime
from hemlarm_cloud.duty.gaps import Trouble as RosterTrouble

router = APIRouter()

Note = Annotated[Line, Field(max_length=calls.NOTE_MAX)]
FromMs = Annotated[Ms, Query()]
UntilMs = Annotated[Ms, Query()]


class NewService(Wanted):
    """An on-call service that a customer has ordered; `number` is what people call."""

    customer: RowId
    name: Name
    number: Text20 = ""
    time_zone: Text40 = "Europe/Stockholm"


class Service(BaseModel):
    """An on-call service. `version` counts the changes of its roster."""

    id: int
    customer: int
    name: str
    number: str
    time_zone: str
    version: int


class Duty(Wanted):
    """Somebody's time on duty; position 1 is called first."""

    person: RowId
    from_ms: Ms
    until_ms: Ms
    position: Annotated[int, Field(ge=1, le=rosters.POSITIONS)] = 1


class Roster(Change):
    """Who is on duty between two moments, in the place of what the roster said of that time."""

    from_ms: Ms
    until_ms: Ms
    duties: Annotated[list[Duty], Field(max_length=rosters.DUTIES_MAX)]


class Trouble(BaseModel):
    """A time in which nobody is on duty, or several in one position."""

    kind: Literal["gap", "overlap"]
    from_ms: int
    until_ms: int
    position: int


class OnDuty(BaseModel):
    """Somebody on duty, and how to reach them."""

    person: int
    name: str
    phone: str
    other_phone: str
    from_ms: int
    until_ms: int
    position: int


class RosterShown(BaseModel):
    """A part of a roster and what is wrong with it."""

    duties: list[OnDuty]
    troubles: list[Trouble]


class NewCall(Wanted):
    """A call. Without `person`, an answered one was passed to whoever is called first at that moment."""

    at_ms: Ms
    answered_ms: Ms | None = None
    ended_ms: Ms | None = None
    caller: Text40 = ""
    person: RowId | None = None
    note: Note = ""


class CallEnd(Wanted):
    """When a call ended and what it was about."""

    ended_ms: Ms
    note: Note = ""


class Call(BaseModel):
    """A call that was taken."""

    id: int
    service: int
    at_ms: int
    answered_ms: int | None
    ended_ms: int | None
    caller: str
    person: int | None
    taken_by: str
    note: str


@router.get("/duty-services", responses=ERRORS)
def list_duty_services(ctx: Ctx, after: After = 0, limit: Limit = 100) -> list[Service]:
    """List on-call services, oldest first."""
    with ctx.store.read() as reading:
        return [Service(**_fields(Service, row)) for row in services.services(reading, ctx.actor, after, limit)]


@router.post("/duty-services", status_code=201, responses=ERRORS)
def add_duty_service(ctx: Ctx, wanted: NewService) -> Made:
    """Add an on-call service; for supervisors."""
    told = (wanted.customer, wanted.name, wanted.number, wanted.time_zone)
    with ctx.store.begin() as tx:
        return Made(id=services.add(tx, ctx.actor, *told, ctx.now_ms))


@router.get("/duty-services/{service_id}/on-duty", responses=ERRORS)
def who_is_on_duty(
    ctx: Ctx, service_id: RowId, at_ms: Annotated[Ms | None, Query(description="Now if left out.")] = None
) -> list[OnDuty]:
    """Tell who is on duty, in the order in which they are called."""
    with ctx.store.read() as reading:
        found = rosters.on_duty(reading, ctx.actor, service_id, ctx.now_ms if at_ms is None else at_ms)
    return [OnDuty(**_fields(OnDuty, row)) for row in found]


@router.get("/duty-services/{service_id}/roster", responses=ERRORS)
def show_roster(ctx: Ctx, service_id: RowId, from_ms: FromMs, until_ms: UntilMs) -> RosterShown:
    """Show a part of a roster, with its gaps and overlaps."""
    with ctx.store.read() as reading:
        found = rosters.roster(reading, ctx.actor, service_id, from_ms, until_ms)
        wrong = rosters.roster_troubles(reading, ctx.actor, service_id, from_ms, until_ms)
    return RosterShown(duties=[OnDuty(**_fields(OnDuty, row)) for row in found], troubles=_troubles(wrong))


@router.put("/duty-services/{service_id}/roster", responses=ERRORS)
def replace_roster(ctx: Ctx, service_id: RowId, wanted: Roster) -> list[Trouble]:
    """Replace a part of a roster, and tell its gaps and overlaps. By the customer, or on behalf of its people."""
    duties = [DutyTime(each.person, each.from_ms, each.until_ms, each.position) for each in wanted.duties]
    span = (wanted.from_ms, wanted.until_ms)
    actor = ctx.acting(wanted.on_behalf_of)
    with ctx.store.begin() as tx:
        return _troubles(
            rosters.replace(tx, actor, service_id, *span, duties, wanted.version, ctx.now_ms, wanted.reason)
        )


@router.get("/duty-services/{service_id}/calls", responses=ERRORS)
def list_calls(
    ctx: Ctx, service_id: RowId, from_ms: FromMs, until_ms: UntilMs, after: After = 0, limit: Limit = 100
) -> list[Call]:
    """List the calls of a service between two moments."""
    with ctx.store.read() as reading:
        found = calls.calls(reading, ctx.actor, service_id, from_ms, until_ms, after, limit)
    return [Call(**_fields(Call, row)) for row in found]


@router.post("/duty-services/{service_id}/calls", status_code=201, responses=ERRORS)
def record_call(ctx: Ctx, service_id: RowId, wanted: NewCall) -> Made:
    """Record a call that was taken, or that nobody answered."""
    with ctx.store.begin() as tx:
        call_id = calls.record(
            tx,
            ctx.actor,
            service_id,
            wanted.at_ms,
            ctx.now_ms,
            wanted.answered_ms,
            wanted.ended_ms,
            wanted.caller,
            wanted.person,
            wanted.note,
        )
    return Made(id=call_id)


@router.post("/duty-calls/{call_id}/finish", status_code=204, responses=ERRORS)
def finish_call(ctx: Ctx, call_id: RowId, wanted: CallEnd) -> None:
    """Note the end of a call."""
    with ctx.store.begin() as tx:
        calls.finish(tx, ctx.actor, call_id, wanted.ended_ms, wanted.note, ctx.now_ms)


def _fields(model: type[BaseModel], row: Any) -> dict[str, Any]:
    return {name: row._mapping[name] for name in model.model_fields}


def _troubles(found: Iterable[RosterTrouble]) -> list[Trouble]:
    return [Trouble(**each._asdict()) for each in found]
