"""The life of panels' keys: changed, renewed and ended, and taken along to another home. For supervisors."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hemlarm_cloud.api.depends import ERRORS, Ctx, Line, RowId, Version, Wanted
from hemlarm_cloud.api.panels import PanelId
from hemlarm_cloud.keys import ending, moves, rotation
from hemlarm_cloud.keys.standing import keys_standing
from hemlarm_cloud.sites import changes, transmitters

router = APIRouter()

Why = Annotated[Line, Field(max_length=changes.REASON_MAX)]


class Reason(Wanted):
    """Why, for the audit log."""

    reason: Why = ""


class Move(Wanted):
    """The site that a panel is moved to; `version` is that site's."""

    site: RowId
    version: Version


class Moved(BaseModel):
    """The site's new version. `needs_reset`: the panel holds the former home's codes, until it is reset there."""

    version: int
    needs_reset: bool


class Asked(BaseModel):
    """What was asked of the panel, by its id."""

    id: str


class KeysStanding(BaseModel):
    """Where a panel's keys stand; never the keys."""

    panel: str
    provisioned_ms: int
    revoked_ms: int | None
    certificate: str
    certificate_ends_ms: int | None
    renewal: str | None
    rekey: str | None
    rekey_asked_ms: int | None
    rekey_changed_ms: int | None
    reset_wanted: bool


@router.get("/panels/{panel_id}/keys", responses=ERRORS)
def show_keys(ctx: Ctx, panel_id: PanelId) -> KeysStanding:
    """Show where a panel's keys stand."""
    with ctx.store.read() as reading:
        changes.expect_staff(ctx.actor, "the life of a panel's keys")
        transmitters.expect(reading, ctx.actor, panel_id)
        return KeysStanding(**keys_standing(reading, panel_id))


@router.post("/panels/{panel_id}/rekey", status_code=202, responses=ERRORS)
def rekey_panel(ctx: Ctx, panel_id: PanelId, wanted: Reason) -> Asked:
    """Have a panel's root key changed in its next session."""
    with ctx.store.begin() as tx:
        changes.expect_supervisor(ctx.actor, "changing a panel's root key")
        transmitters.expect(tx, ctx.actor, panel_id)
        asked = rotation.ask(tx, ctx.vault, ctx.actor, panel_id, ctx.random, ctx.now_ms, wanted.reason)
    return Asked(id=asked.hex())


@router.post("/panels/{panel_id}/revoke", status_code=204, responses=ERRORS)
def revoke_panel(ctx: Ctx, panel_id: PanelId, wanted: Reason) -> None:
    """Shut a panel out for good, within a minute."""
    with ctx.store.begin() as tx:
        changes.expect_supervisor(ctx.actor, "revoking a panel")
        transmitters.expect(tx, ctx.actor, panel_id)
        ending.revoke(tx, ctx.actor, panel_id, ctx.now_ms, wanted.reason)


@router.post("/panels/{panel_id}/move", responses=ERRORS)
def move_panel(ctx: Ctx, panel_id: PanelId, wanted: Move) -> Moved:
    """Take a panel to another site; its history stays where it was, and its root key is changed."""
    there = (wanted.site, wanted.version)
    with ctx.store.begin() as tx:
        version, needs_reset = moves.move(tx, ctx.vault, ctx.actor, panel_id, *there, ctx.random, ctx.now_ms)
    return Moved(version=version, needs_reset=needs_reset)
