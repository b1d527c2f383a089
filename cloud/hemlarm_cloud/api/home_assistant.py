"""Home Assistant: whether a site is told to its people's own one, where, and what it may ask for."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hemlarm_cloud.api.depends import ERRORS, Ctx, Line, RowId, Wanted
from hemlarm_cloud.home_assistant import connections
from hemlarm_cloud.home_assistant.connections import ADDRESS_MAX, PASSWORD_MAX, PREFIX_MAX, USER_MAX, Kept, Wish

router = APIRouter()


class ConnectionWanted(Wanted):
    """A site's connection. Without `password` it keeps the one it has; an empty one takes it away.

    `account` is whose authority counts; a customer's account needs not name itself.
    """

    address: Annotated[Line, Field(min_length=3, max_length=ADDRESS_MAX, description="HOST:PORT of the broker")]
    account: RowId | None = None
    tls: bool = True
    user: Annotated[Line, Field(max_length=USER_MAX)] = ""
    password: Annotated[Line, Field(max_length=PASSWORD_MAX)] | None = None
    prefix: Annotated[Line, Field(min_length=1, max_length=PREFIX_MAX)] = "homeassistant"
    commands: bool = False
    active: bool = True


class Connection(BaseModel):
    """A site's connection, without its password. `problem` is why it does not stand, empty where it does."""

    site: int
    address: str
    account: int
    tls: bool
    user: str
    has_password: bool
    prefix: str
    commands: bool
    active: bool
    problem: str
    version: int


@router.get("/sites/{site_id}/home-assistant", responses=ERRORS)
def show_home_assistant(ctx: Ctx, site_id: RowId) -> Connection:
    """Show where a site is told. By people of level A, and supervisors."""
    with ctx.store.read() as reading:
        return _shown(connections.show(reading, ctx.actor, site_id, ctx.now_ms))


@router.put("/sites/{site_id}/home-assistant", responses=ERRORS)
def set_home_assistant(ctx: Ctx, site_id: RowId, wanted: ConnectionWanted) -> Connection:
    """Tell a site to a Home Assistant from now on. By people of level A, and supervisors."""
    with ctx.store.begin() as tx:
        connections.keep(tx, ctx.vault, ctx.actor, site_id, Wish(**wanted.model_dump()), ctx.now_ms)
        return _shown(connections.show(tx, ctx.actor, site_id, ctx.now_ms))


@router.delete("/sites/{site_id}/home-assistant", status_code=204, responses=ERRORS)
def remove_home_assistant(ctx: Ctx, site_id: RowId) -> None:
    """Tell a site to no Home Assistant any more. By people of level A, and supervisors."""
    with ctx.store.begin() as tx:
        connections.remove(tx, ctx.actor, site_id, ctx.now_ms)


def _shown(kept: Kept) -> Connection:
    told = kept._asdict()
    return Connection(has_password=told.pop("secret") is not None, **told)
