"""The key register."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hemlarm_cloud.api.bodies import Changed, Made, Name, Text200
from hemlarm_cloud.api.depends import ERRORS, After, Ctx, Limit, Line, RowId, Version, Wanted
from hemlarm_cloud.sites import keys

router = APIRouter()


class NewKey(Wanted):
    """A key that the centre receives: what its tag says, and where it is kept."""

    label: Annotated[Line, Field(min_length=1, max_length=40)]
    holder: Name
    note: Text200 = ""


class Movement(Wanted):
    """What becomes of a key, and who has it now or had it last."""

    kind: Literal["handed-out", "back", "returned", "destroyed"]
    holder: Name
    note: Text200 = ""
    version: Version


class Key(BaseModel):
    """A key."""

    id: int
    site: int
    label: str
    state: Literal["held", "out", "returned", "destroyed"]
    holder: str
    version: int


class MovementShown(BaseModel):
    """What became of a key, when and by whom."""

    id: int
    key: int
    at_ms: int
    kind: str
    holder: str
    by: str
    note: str


@router.get("/sites/{site_id}/keys", responses=ERRORS)
def list_keys(ctx: Ctx, site_id: RowId) -> list[Key]:
    """List a site's keys, those gone too."""
    with ctx.store.read() as reading:
        return [Key(**row) for row in keys.keys(reading, ctx.actor, site_id)]


@router.post("/sites/{site_id}/keys", status_code=201, responses=ERRORS)
def receive_key(ctx: Ctx, site_id: RowId, wanted: NewKey) -> Made:
    """Take a key into the register."""
    new = (wanted.label, wanted.holder)
    with ctx.store.begin() as tx:
        return Made(id=keys.receive(tx, ctx.actor, site_id, *new, ctx.now_ms, wanted.note))


@router.get("/keys/to-destroy", responses=ERRORS)
def list_keys_to_destroy(ctx: Ctx, after: After = 0, limit: Limit = 100) -> list[Key]:
    """List keys that the centre still has to sites which have ended, or whose contract has."""
    with ctx.store.read() as reading:
        return [Key(**row) for row in keys.to_destroy(reading, ctx.actor, ctx.now_ms, after, limit)]


@router.get("/keys/{key_id}/movements", responses=ERRORS)
def list_movements(ctx: Ctx, key_id: RowId, after: After = 0, limit: Limit = 100) -> list[MovementShown]:
    """List what became of a key, oldest first."""
    with ctx.store.read() as reading:
        return [MovementShown(**row) for row in keys.movements(reading, ctx.actor, key_id, after, limit)]


@router.post("/keys/{key_id}/movements", responses=ERRORS)
def move_key(ctx: Ctx, key_id: RowId, wanted: Movement) -> Changed:
    """Hand a key out, take it back, return it to its owner, or destroy it when its contract has ended."""
    moved = (wanted.kind, wanted.holder, wanted.version)
    with ctx.store.begin() as tx:
        return Changed(version=keys.move(tx, ctx.actor, key_id, *moved, ctx.now_ms, wanted.note))
