"""What transmitters reported: signals, each made of one event, with what became of it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import Select, select, tuple_

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.api.depends import ERRORS, INT64_MAX, After, Ctx, Limit, Line, Ms, RowId
from hemlarm_cloud.api.discretion import is_centre, may_see_signal
from hemlarm_cloud.errors import InvalidError, NotFoundError
from hemlarm_cloud.scope import expect_site, visible
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import alarm_case, signal
from hemlarm_cloud.store.schema_sites import site, transmitter

router = APIRouter()

Transmitter = Annotated[Line, Query(max_length=60)]


class Signal(BaseModel):
    """What a transmitter reported. `qcode` is Contact ID with its qualifier: 1130 an alarm, 3130 its restore."""

    id: int
    site: int
    transmitter: str
    qcode: int
    category: str
    urgency: int
    area: int
    zone: int
    user: int
    text: str
    dated_ms: int = Field(description="when it happened, as far as is known")
    received_ms: int
    handling: str = Field(description="case, condition, service or record: what became of it")
    case: int | None
    service: int | None


@router.get("/signals", responses=ERRORS)
def list_signals(
    ctx: Ctx,
    site: Annotated[RowId | None, Query(description="Only this site's.")] = None,
    transmitter: Annotated[Transmitter | None, Query(description="Only this transmitter's.")] = None,
    from_ms: Annotated[Ms | None, Query(description="Only what happened then or later.")] = None,
    until_ms: Annotated[Ms | None, Query(description="Only what happened before.")] = None,
    after: After = 0,
    limit: Limit = 100,
) -> list[Signal]:
    """List signals: of a site or transmitter in the order in which they happened, otherwise as they came.

    Only the centre's own people may leave both out, and then there is no period.
    """
    with ctx.store.read() as reading:
        query = _seen_by(ctx.actor)
        if site is None and transmitter is None:
            _expect_unnamed(ctx.actor, from_ms, until_ms)
            query = query.where(signal.c.id > after).order_by(signal.c.id)
        else:
            query = _named(reading, ctx.actor, query, site, transmitter)
            query = query.where(signal.c.dated_ms >= (from_ms or 0), signal.c.dated_ms < (until_ms or INT64_MAX))
            query = _behind(reading, query, after).order_by(signal.c.dated_ms, signal.c.id)
        return [_shown(row) for row in reading.connection.execute(query.limit(limit))]


@router.get("/signals/{signal_id}", responses=ERRORS)
def show_signal(ctx: Ctx, signal_id: RowId) -> Signal:
    """Show one signal."""
    with ctx.store.read() as reading:
        found = reading.connection.execute(_seen_by(ctx.actor).where(signal.c.id == signal_id)).one_or_none()
    if found is None:
        raise NotFoundError(f"no signal {signal_id} here")
    return _shown(found)


def _expect_unnamed(actor: Actor, from_ms: int | None, until_ms: int | None) -> None:
    if not is_centre(actor):
        raise InvalidError("site: name one of your sites, or a transmitter")
    if (from_ms, until_ms) != (None, None):
        raise InvalidError("from_ms, until_ms: name a site or a transmitter too, or the search would be endless")


def _named(
    reading: Queries, actor: Actor, query: Select[Any], site_id: int | None, transmitter_id: str | None
) -> Select[Any]:
    """Narrow the query; a site or transmitter that the actor may not know of is not found."""
    if site_id is not None:
        expect_site(reading, actor, site_id)
        query = query.where(signal.c.site == site_id)
    if transmitter_id is not None:
        _expect_transmitter(reading, actor, transmitter_id)
        query = query.where(signal.c.transmitter == transmitter_id)
    return query


def _behind(reading: Queries, query: Select[Any], after: int) -> Select[Any]:
    if not after:
        return query
    last = reading.connection.execute(query.where(signal.c.id == after)).one_or_none()
    if last is None:
        raise NotFoundError(f"no signal {after} among these: give the last id of the page before")
    return query.where(tuple_(signal.c.dated_ms, signal.c.id) > tuple_(last.dated_ms, last.id))


def _seen_by(actor: Actor) -> Select[Any]:
    joined = signal.join(site, signal.c.site == site.c.id).outerjoin(alarm_case, signal.c.case == alarm_case.c.id)
    return select(signal).select_from(joined).where(visible(actor), may_see_signal(actor))


def _expect_transmitter(reading: Queries, actor: Actor, transmitter_id: str) -> None:
    joined = transmitter.join(site, transmitter.c.site == site.c.id)
    query = select(transmitter.c.id).select_from(joined).where(transmitter.c.id == transmitter_id, visible(actor))
    if reading.connection.scalar(query) is None:
        raise NotFoundError(f"no transmitter {transmitter_id} here")


def _shown(row: Any) -> Signal:
    return Signal(**{name: row._mapping[name] for name in Signal.model_fields})
