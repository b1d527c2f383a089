"""Transmitters at sites, the names of their zones and the persons behind their users."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from hemlarm_cloud.api.bodies import AlarmKinds, Change, Changed, Text60
from hemlarm_cloud.api.depends import ERRORS, Ctx, Limit, Line, RowId, Version, Wanted
from hemlarm_cloud.sites import link_levels, names, transmitters

router = APIRouter()

TransmitterId = Annotated[Line, Path(min_length=1, max_length=60)]
Numbered = Annotated[int, Field(ge=0, le=names.NUMBER_MAX)]


class NewTransmitter(Wanted):
    """A transmitter to register at a site; `version` is the site's."""

    id: Annotated[Line, Field(min_length=1, max_length=60)]
    kind: Literal["hemlarm", "sos-access", "dc-09"]
    name: Text60 = ""
    version: Version


class TransmitterChange(Change):
    """A transmitter as it shall be; `version` is its site's."""

    name: Text60
    ended: bool = False


class Destination(Wanted):
    """The site that a transmitter is moved to; `version` is that site's."""

    site: RowId
    version: Version


class LinkLevel(Change):
    """How long a panel may be silent, and a path of it in standby; `kinds` are the alarms that it watches for."""

    link_level_s: Literal[90, 180, 18_000, 90_000]
    standby_level_s: Literal[90, 180, 18_000, 90_000]
    kinds: AlarmKinds


class Transmitter(BaseModel):
    """A transmitter."""

    id: str
    kind: str
    site: int
    name: str
    added_ms: int
    ended_ms: int | None


class Zone(Wanted):
    """A zone's name."""

    zone: Numbered
    name: Annotated[Line, Field(min_length=1, max_length=60)]


class ZonesChange(Change):
    """The names of all zones; `version` is the site's."""

    zones: Annotated[list[Zone], Field(max_length=names.NAMES_MAX)]


class ZoneShown(BaseModel):
    """A zone's name."""

    zone: int
    name: str


class User(Wanted):
    """Which person a user of the transmitter is."""

    user: Numbered
    person: RowId


class UsersChange(Change):
    """The persons behind all users; `version` is the site's."""

    users: Annotated[list[User], Field(max_length=names.NAMES_MAX)]


class UserShown(BaseModel):
    """A user of the transmitter."""

    user: int
    person: int
    name: str


@router.get("/sites/{site_id}/transmitters", responses=ERRORS)
def list_transmitters(
    ctx: Ctx,
    site_id: RowId,
    after: Annotated[Line, Query(max_length=60, description="Only ids behind this one.")] = "",
    limit: Limit = 100,
) -> list[Transmitter]:
    """List a site's transmitters by their ids."""
    with ctx.store.read() as reading:
        found = transmitters.transmitters(reading, ctx.actor, site_id, after, limit)
    return [Transmitter(**row) for row in found]


@router.post("/sites/{site_id}/transmitters", status_code=201, responses=ERRORS)
def add_transmitter(ctx: Ctx, site_id: RowId, wanted: NewTransmitter) -> Changed:
    """Register a transmitter at a site."""
    new = (wanted.id, wanted.kind, wanted.name, wanted.version)
    with ctx.store.begin() as tx:
        return Changed(version=transmitters.add(tx, ctx.actor, site_id, *new, ctx.now_ms))


@router.get("/transmitters/{transmitter_id}", responses=ERRORS)
def show_transmitter(ctx: Ctx, transmitter_id: TransmitterId) -> Transmitter:
    """Show a transmitter."""
    with ctx.store.read() as reading:
        return Transmitter(**transmitters.expect(reading, ctx.actor, transmitter_id)._asdict())


@router.put("/transmitters/{transmitter_id}", responses=ERRORS)
def change_transmitter(ctx: Ctx, transmitter_id: TransmitterId, wanted: TransmitterChange) -> Changed:
    """Name a transmitter, or say that it was taken out of use, with authority A."""
    actor = ctx.acting(wanted.on_behalf_of)
    new = (wanted.name, wanted.ended, wanted.version)
    with ctx.store.begin() as tx:
        return Changed(version=transmitters.change(tx, actor, transmitter_id, *new, ctx.now_ms, wanted.reason))


@router.post("/transmitters/{transmitter_id}/move", responses=ERRORS)
def move_transmitter(ctx: Ctx, transmitter_id: TransmitterId, wanted: Destination) -> Changed:
    """Move a transmitter to another site."""
    there = (wanted.site, wanted.version)
    with ctx.store.begin() as tx:
        return Changed(version=transmitters.move(tx, ctx.actor, transmitter_id, *there, ctx.now_ms))


@router.put("/transmitters/{transmitter_id}/link-level", responses=ERRORS)
def set_link_level(ctx: Ctx, transmitter_id: TransmitterId, wanted: LinkLevel) -> Changed:
    """Set how long a panel may be silent, with authority A, or as an installer on the company's list."""
    actor = ctx.acting(wanted.on_behalf_of)
    new = (wanted.link_level_s, wanted.standby_level_s, wanted.version)
    more = (wanted.reason, tuple(wanted.kinds))
    with ctx.store.begin() as tx:
        return Changed(version=link_levels.set_link_level(tx, actor, transmitter_id, *new, ctx.now_ms, *more))


@router.get("/transmitters/{transmitter_id}/zones", responses=ERRORS)
def show_zones(ctx: Ctx, transmitter_id: TransmitterId) -> list[ZoneShown]:
    """Show the names of a transmitter's zones."""
    with ctx.store.read() as reading:
        found = names.zones(reading, ctx.actor, transmitter_id)
    return [ZoneShown(zone=zone, name=name) for zone, name in found.items()]


@router.put("/transmitters/{transmitter_id}/zones", responses=ERRORS)
def name_zones(ctx: Ctx, transmitter_id: TransmitterId, wanted: ZonesChange) -> Changed:
    """Replace the names of a transmitter's zones, with authority A. The last name of a zone counts."""
    actor = ctx.acting(wanted.on_behalf_of)
    named = {one.zone: one.name for one in wanted.zones}
    with ctx.store.begin() as tx:
        changed = names.name_zones(tx, actor, transmitter_id, named, wanted.version, ctx.now_ms, wanted.reason)
    return Changed(version=changed)


@router.get("/transmitters/{transmitter_id}/users", responses=ERRORS)
def show_users(ctx: Ctx, transmitter_id: TransmitterId) -> list[UserShown]:
    """Show the persons behind a transmitter's users."""
    with ctx.store.read() as reading:
        return [UserShown(**row) for row in names.users(reading, ctx.actor, transmitter_id)]


@router.put("/transmitters/{transmitter_id}/users", responses=ERRORS)
def link_users(ctx: Ctx, transmitter_id: TransmitterId, wanted: UsersChange) -> Changed:
    """Replace the persons behind a transmitter's users, with authority A. The last person of a user counts."""
    actor = ctx.acting(wanted.on_behalf_of)
    linked = {one.user: one.person for one in wanted.users}
    with ctx.store.begin() as tx:
        changed = names.link_users(tx, actor, transmitter_id, linked, wanted.version, ctx.now_ms, wanted.reason)
    return Changed(version=changed)
