"""Forwarding: destinations, the routes of sites to them, and what went or waits."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hemlarm_cloud.api.depends import ERRORS, After, Ctx, Limit, Line, Lines, RowId, Version, Wanted
from hemlarm_cloud.forward import destinations
from hemlarm_cloud.forward.destinations import ADDRESS_MAX, LOWEST_URGENCY, NAME_MAX, Wish
from hemlarm_cloud.forward.settings import AUTHORITY_MAX, DestinationSettings

router = APIRouter()

Protocol = Literal["sos-access", "dc-09"]
Form = Literal["ADM-CID", "SIA-DCS"]
Level = Literal[90, 180, 18000, 90000]
Urgency = Annotated[int, Field(ge=0, le=LOWEST_URGENCY)]


class SettingsWanted(Wanted):
    """What the protocol needs to know: `form` and `line` are DC-09's, `transmitter_type`, `renew` SOS Access's."""

    account: Annotated[Line, Field(min_length=1, max_length=16)]
    form: Form = "ADM-CID"
    receiver: Annotated[Line, Field(max_length=20)] = ""
    line: Annotated[Line, Field(min_length=1, max_length=6)] = "0"
    transmitter_type: Annotated[Line, Field(max_length=5)] = ""
    tls: bool = False
    authority: Annotated[Lines, Field(max_length=AUTHORITY_MAX)] = ""
    server_name: Annotated[Line, Field(max_length=100)] = ""
    renew: bool = False
    heartbeats: bool = True


class DestinationWanted(Wanted):
    """Another receiving centre. `secret` is a password (SOS Access), or a key in hexadecimal digits (DC-09)."""

    name: Annotated[Line, Field(min_length=1, max_length=NAME_MAX)]
    protocol: Protocol
    primary_address: Annotated[Line, Field(min_length=3, max_length=ADDRESS_MAX, description="HOST:PORT")]
    secondary_address: Annotated[Line, Field(max_length=ADDRESS_MAX)] = ""
    level_s: Level = 90_000
    active: bool = True
    secret: Annotated[Line, Field(min_length=1, max_length=64)] | None = None
    settings: SettingsWanted


class DestinationChange(DestinationWanted):
    """A destination as it shall be; without a `secret` it keeps the one it has."""

    version: Version


class Settings(SettingsWanted):
    """What the protocol needs to know."""


class Destination(BaseModel):
    """A destination, without its secret."""

    id: int
    name: str
    protocol: Protocol
    primary_address: str
    secondary_address: str
    level_s: int
    active: bool
    has_secret: bool
    heard_ms: int | None
    version: int
    settings: Settings


class RouteWanted(Wanted):
    """A site's account at a receiver, and down to which urgency its signals go there; 4 takes in all faults."""

    account: Annotated[Line, Field(min_length=1, max_length=16)]
    lowest_urgency: Urgency = 4


class Route(BaseModel):
    """A site's route to a destination."""

    site: int
    destination: int
    name: str
    account: str
    lowest_urgency: int


class Forwarded(BaseModel):
    """A signal on its way to a destination, or there."""

    id: int
    site: int
    signal: int
    state: Literal["waiting", "sent", "refused"]
    tries: int
    due_ms: int
    done_ms: int | None
    receiver: str
    problem: str


@router.get("/destinations", responses=ERRORS)
def list_destinations(ctx: Ctx, after: After = 0, limit: Limit = 100) -> list[Destination]:
    """List destinations."""
    with ctx.store.read() as reading:
        return [_shown(row) for row in destinations.listed(reading, ctx.actor, after, limit)]


@router.post("/destinations", status_code=201, responses=ERRORS)
def add_destination(ctx: Ctx, wanted: DestinationWanted) -> Destination:
    """Add a destination. By supervisors."""
    with ctx.store.begin() as tx:
        made = destinations.add(tx, ctx.vault, ctx.actor, _wish(wanted), ctx.now_ms)
        return _shown(destinations.show(tx, ctx.actor, made))


@router.get("/destinations/{destination_id}", responses=ERRORS)
def show_destination(ctx: Ctx, destination_id: RowId) -> Destination:
    """Show a destination."""
    with ctx.store.read() as reading:
        return _shown(destinations.show(reading, ctx.actor, destination_id))


@router.put("/destinations/{destination_id}", responses=ERRORS)
def change_destination(ctx: Ctx, destination_id: RowId, wanted: DestinationChange) -> Destination:
    """Change a destination, but for its protocol. By supervisors."""
    with ctx.store.begin() as tx:
        destinations.change(tx, ctx.vault, ctx.actor, destination_id, wanted.version, _wish(wanted), ctx.now_ms)
        return _shown(destinations.show(tx, ctx.actor, destination_id))


@router.get("/destinations/{destination_id}/forwarded", responses=ERRORS)
def list_forwarded(ctx: Ctx, destination_id: RowId, after: After = 0, limit: Limit = 100) -> list[Forwarded]:
    """List what went or waits for a destination, in the order in which it was queued."""
    with ctx.store.read() as reading:
        rows = destinations.sent(reading, ctx.actor, destination_id, after, limit)
        return [Forwarded(**{name: getattr(row, name) for name in Forwarded.model_fields}) for row in rows]


@router.get("/sites/{site_id}/routes", responses=ERRORS)
def list_routes(ctx: Ctx, site_id: RowId) -> list[Route]:
    """List where a site's signals go."""
    with ctx.store.read() as reading:
        rows = destinations.routes(reading, ctx.actor, site_id)
        return [Route(**{name: getattr(row, name) for name in Route.model_fields}) for row in rows]


@router.put("/sites/{site_id}/routes/{destination_id}", status_code=204, responses=ERRORS)
def set_route(ctx: Ctx, site_id: RowId, destination_id: RowId, wanted: RouteWanted) -> None:
    """Send a site's signals to a destination from now on. By supervisors."""
    with ctx.store.begin() as tx:
        destinations.set_route(
            tx, ctx.actor, destination_id, site_id, wanted.account, wanted.lowest_urgency, ctx.now_ms
        )


@router.delete("/sites/{site_id}/routes/{destination_id}", status_code=204, responses=ERRORS)
def remove_route(ctx: Ctx, site_id: RowId, destination_id: RowId) -> None:
    """Send no more of a site's signals there; a conflict while some still wait. By supervisors."""
    with ctx.store.begin() as tx:
        destinations.remove_route(tx, ctx.actor, destination_id, site_id, ctx.now_ms)


def _wish(wanted: DestinationWanted) -> Wish:
    values = wanted.model_dump(exclude={"settings", "version"})
    return Wish(**values, settings=DestinationSettings(**wanted.settings.model_dump()))


def _shown(row: Any) -> Destination:
    values = {name: getattr(row, name) for name in Destination.model_fields if hasattr(row, name)}
    settings = DestinationSettings.load(row.settings)
    values["settings"] = Settings(**vars(settings))
    return Destination(**values, has_secret=row.secret is not None)
