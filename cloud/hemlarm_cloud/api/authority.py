"""Authority lists, the levels of people on them, and the audit log."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from hemlarm_cloud.api.bodies import Change, Changed, Made, Name, Text200
from hemlarm_cloud.api.depends import ERRORS, After, Ctx, Limit, Ms, RowId, WantedFor
from hemlarm_cloud.sites import audit, levels, lists

router = APIRouter()


class NewList(WantedFor):
    """A customer's list, or without a customer an installer company."""

    name: Name
    customer: RowId | None = None
    reason: Text200 = ""


class ListChange(Change):
    """A list as it shall be; an installer company has a fire certificate until some moment, or none."""

    name: Name
    fire_certificate_until_ms: Ms | None = None


class AuthorityList(BaseModel):
    """An authority list."""

    id: int
    kind: Literal["customer", "installer"]
    name: str
    customer: int | None
    fire_certificate_until_ms: int | None
    created_ms: int
    version: int


class SiteOnList(BaseModel):
    """A site that a list covers."""

    id: int
    number: str
    name: str


class LevelWanted(Change):
    """A person's level on a list: A, B or C on a customer's, I on an installer company's."""

    level: Literal["A", "B", "C", "I"]
    until_ms: Ms | None = None
    police_approval_until_ms: Ms | None = None


class Level(BaseModel):
    """Who has which level."""

    list: int
    person: int
    name: str
    level: str
    until_ms: int | None
    police_approval_until_ms: int | None


class LevelAtSite(Level):
    """Who has which level at a site, by a list of this kind."""

    kind: Literal["customer", "installer"]
    fire_certificate_until_ms: int | None


class Entry(BaseModel):
    """An entry of the audit log."""

    id: int
    at_ms: int
    actor: str
    on_behalf_of: int | None
    action: str
    site: int | None
    customer: int | None
    subject: str
    detail: dict[str, Any]


@router.get("/lists", responses=ERRORS)
def list_lists(
    ctx: Ctx,
    customer: Annotated[RowId | None, Query(description="Only this one's.")] = None,
    site: Annotated[RowId | None, Query(description="Only those that cover this site.")] = None,
    after: After = 0,
    limit: Limit = 100,
) -> list[AuthorityList]:
    """List authority lists, oldest first."""
    with ctx.store.read() as reading:
        return [AuthorityList(**row) for row in lists.lists(reading, ctx.actor, customer, site, after, limit)]


@router.post("/lists", status_code=201, responses=ERRORS)
def add_list(ctx: Ctx, wanted: NewList) -> Made:
    """Begin a customer's list, or register an installer company."""
    actor = ctx.acting(wanted.on_behalf_of)
    with ctx.store.begin() as tx:
        return Made(id=lists.add(tx, actor, wanted.name, ctx.now_ms, wanted.customer, wanted.reason))


@router.get("/lists/{list_id}", responses=ERRORS)
def show_list(ctx: Ctx, list_id: RowId) -> AuthorityList:
    """Show an authority list."""
    with ctx.store.read() as reading:
        return AuthorityList(**lists.expect(reading, ctx.actor, list_id)._asdict())


@router.put("/lists/{list_id}", responses=ERRORS)
def change_list(ctx: Ctx, list_id: RowId, wanted: ListChange) -> Changed:
    """Rename a list, or register an installer company's fire certificate."""
    actor = ctx.acting(wanted.on_behalf_of)
    new = (wanted.name, wanted.fire_certificate_until_ms, wanted.version)
    with ctx.store.begin() as tx:
        return Changed(version=lists.change(tx, actor, list_id, *new, ctx.now_ms, wanted.reason))


@router.get("/lists/{list_id}/sites", responses=ERRORS)
def list_covered_sites(ctx: Ctx, list_id: RowId, after: After = 0, limit: Limit = 100) -> list[SiteOnList]:
    """List the sites that a list covers."""
    with ctx.store.read() as reading:
        return [SiteOnList(**row) for row in lists.sites_of(reading, ctx.actor, list_id, after, limit)]


@router.post("/lists/{list_id}/sites/{site_id}/cover", responses=ERRORS)
def cover_site(ctx: Ctx, list_id: RowId, site_id: RowId, wanted: Change) -> Changed:
    """Put a site on a list, with authority A at the site."""
    actor = ctx.acting(wanted.on_behalf_of)
    with ctx.store.begin() as tx:
        return Changed(version=lists.cover(tx, actor, list_id, site_id, wanted.version, ctx.now_ms, wanted.reason))


@router.post("/lists/{list_id}/sites/{site_id}/uncover", responses=ERRORS)
def uncover_site(ctx: Ctx, list_id: RowId, site_id: RowId, wanted: Change) -> Changed:
    """Take a site off a list, with authority A at the site."""
    actor = ctx.acting(wanted.on_behalf_of)
    with ctx.store.begin() as tx:
        return Changed(version=lists.uncover(tx, actor, list_id, site_id, wanted.version, ctx.now_ms, wanted.reason))


@router.get("/lists/{list_id}/people", responses=ERRORS)
def list_levels(ctx: Ctx, list_id: RowId) -> list[Level]:
    """List who is on a list, with which level."""
    with ctx.store.read() as reading:
        return [Level(**row) for row in levels.levels(reading, ctx.actor, list_id)]


@router.put("/lists/{list_id}/people/{person_id}", responses=ERRORS)
def give_level(ctx: Ctx, list_id: RowId, person_id: RowId, wanted: LevelWanted) -> Changed:
    """Give a person a level on a list."""
    actor = ctx.acting(wanted.on_behalf_of)
    new = (wanted.level, wanted.version, ctx.now_ms, wanted.until_ms, wanted.police_approval_until_ms)
    with ctx.store.begin() as tx:
        return Changed(version=levels.give(tx, actor, list_id, person_id, *new, wanted.reason))


@router.post("/lists/{list_id}/people/{person_id}/take", responses=ERRORS)
def take_level(ctx: Ctx, list_id: RowId, person_id: RowId, wanted: Change) -> Changed:
    """Take a person off a list."""
    actor = ctx.acting(wanted.on_behalf_of)
    with ctx.store.begin() as tx:
        return Changed(version=levels.take(tx, actor, list_id, person_id, wanted.version, ctx.now_ms, wanted.reason))


@router.get("/sites/{site_id}/levels", responses=ERRORS)
def list_levels_at_site(ctx: Ctx, site_id: RowId) -> list[LevelAtSite]:
    """List who has which level at a site, by which list."""
    with ctx.store.read() as reading:
        return [LevelAtSite(**row) for row in levels.levels_at(reading, ctx.actor, site_id)]


@router.get("/audit", responses=ERRORS)
def list_audit(
    ctx: Ctx,
    site: Annotated[RowId | None, Query(description="Only entries about this site.")] = None,
    after: After = 0,
    limit: Limit = 100,
) -> list[Entry]:
    """List what was changed, by whom and on whose behalf, oldest first."""
    with ctx.store.read() as reading:
        return [Entry(**row) for row in audit.entries(reading, ctx.actor, site, after, limit)]
