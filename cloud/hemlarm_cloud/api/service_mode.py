"""Service mode: planned work at a site, during which its events are kept and reported but call nobody."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hemlarm_cloud.api.bodies import Changed, Made, Text60, Text200
from hemlarm_cloud.api.depends import ERRORS, After, Ctx, Limit, Ms, RowId, Version, WantedFor
from hemlarm_cloud.service_mode import orders
from hemlarm_cloud.service_mode.lookup import kinds_of

router = APIRouter()

Kind = Literal["burglary", "hold-up", "fire", "technical"]


class NewOrder(WantedFor):
    """What to put into service mode, and until when. Without `from_ms` it begins now.

    What lasts longer than a day or begins later is asked for in writing: an operator names the mail or letter in
    `reason`.
    """

    kinds: Annotated[list[Kind], Field(min_length=1, max_length=4)]
    from_ms: Ms | None = None
    until_ms: Ms
    transmitter: Text60 | None = None
    reason: Text200 = ""


class Ended(WantedFor):
    """Which version of the order somebody saw who ends it."""

    version: Version


class Order(BaseModel):
    """An order of service mode."""

    id: int
    site: int
    transmitter: str | None
    kinds: list[Kind]
    from_ms: int
    until_ms: int
    ended_ms: int | None
    state: Literal["scheduled", "active", "ended", "withdrawn"]
    ordered_by: int | None
    registered_by: str
    registered_ms: int
    reason: str
    version: int


@router.get("/sites/{site_id}/service-modes", responses=ERRORS)
def list_orders(ctx: Ctx, site_id: RowId, after: After = 0, limit: Limit = 100) -> list[Order]:
    """List a site's orders of service mode, oldest first."""
    with ctx.store.read() as reading:
        return [_shown(row) for row in orders.orders(reading, ctx.actor, site_id, after, limit)]


@router.post("/sites/{site_id}/service-modes", status_code=201, responses=ERRORS)
def order_service_mode(ctx: Ctx, site_id: RowId, wanted: NewOrder) -> Made:
    """Put a site into service mode, now or later. It ends by itself."""
    actor = ctx.acting(wanted.on_behalf_of)
    times = (wanted.from_ms, wanted.until_ms, ctx.now_ms)
    with ctx.store.begin() as tx:
        return Made(id=orders.order(tx, actor, site_id, wanted.kinds, *times, wanted.transmitter, wanted.reason))


@router.get("/service-modes/{order_id}", responses=ERRORS)
def get_order(ctx: Ctx, order_id: RowId) -> Order:
    """Return one order."""
    with ctx.store.read() as reading:
        return _shown(orders.expect_order(reading, ctx.actor, order_id))


@router.post("/service-modes/{order_id}/withdraw", responses=ERRORS)
def withdraw_order(ctx: Ctx, order_id: RowId, wanted: Ended) -> Changed:
    """Take back an order that has not begun."""
    actor = ctx.acting(wanted.on_behalf_of)
    with ctx.store.begin() as tx:
        return Changed(version=orders.withdraw(tx, actor, order_id, wanted.version, ctx.now_ms))


@router.post("/service-modes/{order_id}/end", responses=ERRORS)
def end_service_mode(ctx: Ctx, order_id: RowId, wanted: Ended) -> Changed:
    """End service mode now."""
    actor = ctx.acting(wanted.on_behalf_of)
    with ctx.store.begin() as tx:
        return Changed(version=orders.end_early(tx, actor, order_id, wanted.version, ctx.now_ms))


def _shown(row: Any) -> Order:
    return Order(**row._asdict() | {"kinds": list(kinds_of(row.kinds))})
