"""Firmware: the images that are here, and their releases in rings. Images come in by `hemlarm update release add`."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from hemlarm_cloud.api.bodies import Made, Text200
from hemlarm_cloud.api.depends import ERRORS, Ctx, Limit, RowId, Wanted
from hemlarm_cloud.updates import releases, rings, views

router = APIRouter()

Board = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,16}$")]
PanelName = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
Before = Annotated[RowId | None, Query(description="Only those with a lower id.")]


class Image(BaseModel):
    """A signed firmware image. Versions are 1000 * major + minor, `digest` is its head's SHA-256 in hexadecimal."""

    id: int
    version: int
    board: str
    floor: int
    size: int
    digest: str
    added_by: str
    added_ms: int


class Running(BaseModel):
    """How many panels of a board run a version; "" are those whose board is not known."""

    board: str
    version: int
    panels: int


class RingShown(BaseModel):
    """A ring: how far it reaches, and its panels by what became of them; `away` ones wait and cannot be reached."""

    number: int
    reach: str
    open: bool
    total: int
    waiting: int
    going: int
    good: int
    bad: int
    away: int


class FailedPanel(BaseModel):
    """A panel that failed, and for what reason in English."""

    panel: str
    site: int | None
    name: str
    ring: int
    state: Literal["refused", "rolled-back", "silent", "crashed"]
    reason: int
    why: str


class ReleaseShown(BaseModel):
    """A release. Of a roll-back `version` is 0, and `undoes` the release that it takes back.

    `by_itself`: it stopped because too many panels failed, and nobody has taken note of that yet.
    """

    id: int
    version: int
    undoes: int | None
    state: Literal["running", "paused", "stopped", "done"]
    reason: str
    by_itself: bool
    boards: list[str]
    soak_ms: int
    failures_percent: int
    started_by: str
    started_ms: int
    changed_by: str
    changed_ms: int
    soaks_until_ms: int | None
    withdrawn: int
    rings: list[RingShown]
    failed: list[FailedPanel]


class NewRelease(Wanted):
    """What to release: to all boards that the version has images for, or to these; `first` panels before all others."""

    version: Annotated[int, Field(ge=1, le=0xFFFF)]
    boards: Annotated[list[Board], Field(max_length=16, default_factory=list)]
    rings: Annotated[str, Field(max_length=100)] = rings.DEFAULT
    soak_ms: Annotated[int, Field(ge=0, le=releases.SOAK_MAX_MS)] = releases.SOAK_MS
    failures_percent: Annotated[int, Field(ge=0, le=100)] = releases.FAILURES_PERCENT
    first: Annotated[list[PanelName], Field(max_length=releases.FIRST_MAX, default_factory=list)]


class Why(Wanted):
    """Why something is done, for the log."""

    reason: Text200 = ""


@router.get("/updates/images", responses=ERRORS)
def list_images(ctx: Ctx, limit: Limit = 100) -> list[Image]:
    """List firmware images, newest first."""
    with ctx.store.read() as reading:
        rows = views.all_images(reading, ctx.actor, limit)
    return [Image(**{**row._asdict(), "digest": bytes(row.digest).hex()}) for row in rows]


@router.get("/updates/versions", responses=ERRORS)
def list_versions(ctx: Ctx) -> list[Running]:
    """Tell which versions panels run."""
    with ctx.store.read() as reading:
        found = views.versions(reading, ctx.actor)
    return [Running(board=board, version=version, panels=count) for board, version, count in found]


@router.get("/updates/releases", responses=ERRORS)
def list_releases(
    ctx: Ctx, before: Before = None, limit: Annotated[int, Query(ge=1, le=50)] = 20
) -> list[ReleaseShown]:
    """List releases, newest first."""
    with ctx.store.read() as reading:
        return [_release(each) for each in views.all_releases(reading, ctx.actor, before, limit)]


@router.post("/updates/releases", responses=ERRORS)
def start_release(ctx: Ctx, wanted: NewRelease) -> Made:
    """Begin a release."""
    options: dict[str, Any] = {"soak_ms": wanted.soak_ms, "failures_percent": wanted.failures_percent}
    with ctx.store.begin() as tx:
        made = releases.start(
            tx, ctx.actor, wanted.version, ctx.now_ms, wanted.boards, wanted.rings, first=wanted.first, **options
        )
    return Made(id=made)


@router.get("/updates/releases/{release_id}", responses=ERRORS)
def show_release(ctx: Ctx, release_id: RowId) -> ReleaseShown:
    """Show a release, how its rings stand, and which panels failed."""
    return _show(ctx, release_id)


@router.post("/updates/releases/{release_id}/pause", responses=ERRORS)
def pause_release(ctx: Ctx, release_id: RowId, wanted: Why) -> ReleaseShown:
    """Offer it to nobody else until it is resumed."""
    with ctx.store.begin() as tx:
        releases.pause(tx, ctx.actor, release_id, ctx.now_ms, wanted.reason)
    return _show(ctx, release_id)


@router.post("/updates/releases/{release_id}/resume", responses=ERRORS)
def resume_release(ctx: Ctx, release_id: RowId) -> ReleaseShown:
    """Go on with a paused or stopped release: the failures so far count no more."""
    with ctx.store.begin() as tx:
        releases.resume(tx, ctx.actor, release_id, ctx.now_ms)
    return _show(ctx, release_id)


@router.post("/updates/releases/{release_id}/stop", responses=ERRORS)
def stop_release(ctx: Ctx, release_id: RowId, wanted: Why) -> ReleaseShown:
    """End it: whoever has not tried the version is spared. Of one that has stopped by itself this takes note."""
    with ctx.store.begin() as tx:
        releases.stop(tx, ctx.actor, release_id, ctx.now_ms, wanted.reason)
    return _show(ctx, release_id)


@router.post("/updates/releases/{release_id}/roll-back", responses=ERRORS)
def roll_release_back(ctx: Ctx, release_id: RowId, wanted: Why) -> Made:
    """Offer all panels that took it the version they had before: a release of its own, whose id is returned."""
    with ctx.store.begin() as tx:
        made = releases.roll_back(tx, ctx.actor, release_id, ctx.now_ms, wanted.reason)
    return Made(id=made)


def _show(ctx: Ctx, release_id: int) -> ReleaseShown:
    with ctx.store.read() as reading:
        return _release(views.one(reading, ctx.actor, release_id))


def _release(found: views.Release) -> ReleaseShown:
    rows = {"rings": [ring._asdict() for ring in found.rings], "failed": [each._asdict() for each in found.failed]}
    return ReleaseShown(**found._asdict() | rows)
