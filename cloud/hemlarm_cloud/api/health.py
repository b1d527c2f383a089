"""Whether the centre works: for whoever balances load, and for whoever watches over it."""

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response

from hemlarm_cloud.actor import CENTRE_ROLES
from hemlarm_cloud.api.depends import ERRORS, Ctx, centre_of
from hemlarm_cloud.operations import health
from hemlarm_cloud.operations.metrics import Metrics

router = APIRouter()

_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


class Alive(BaseModel):
    """The process answers, and so does its store."""

    status: Literal["ok"] = "ok"


class Waiting(BaseModel):
    """What waits, counted up to 10,000, and since when the oldest does."""

    what: str
    waiting: int
    since_ms: int | None


class State(BaseModel):
    """How the centre keeps up; `problems` is for people, and empty when all is well."""

    status: Literal["ok", "degraded"]
    problems: list[str]
    waiting: list[Waiting]
    open_cases: dict[str, int]


@router.get("/health", responses=ERRORS)
def alive(request: Request) -> Alive:
    """Tell that the process answers and its store can be read; 503 where it cannot. Needs no token."""
    with centre_of(request.app).store.read() as reading:
        reading.connection.exec_driver_sql("SELECT 1")
    return Alive()


@router.get("/state", responses=ERRORS)
def state(ctx: Ctx) -> State:
    """Tell the centre's own people how it keeps up."""
    ctx.expect_role(*CENTRE_ROLES)
    with ctx.store.read() as reading:
        found = health.look(reading)
    waiting = {f"lane {name}": lag for name, lag in found.lanes.items()}
    waiting |= {"notices": found.notices, "forwarding": found.forwarded, "unclaimed cases": found.unclaimed}
    problems = found.problems(ctx.now_ms)
    return State(
        status="degraded" if problems else "ok",
        problems=problems,
        waiting=[Waiting(what=name, waiting=lag.waiting, since_ms=lag.since_ms) for name, lag in waiting.items()],
        open_cases=found.open_cases,
    )


@router.get(
    "/metrics", responses=ERRORS | {200: {"content": {"text/plain": {}}, "description": "Figures for Prometheus."}}
)
def metrics(ctx: Ctx, request: Request) -> Response:
    """Give figures for Prometheus to the centre's own people, without anything of a tenant's."""
    ctx.expect_role(*CENTRE_ROLES)
    kept: Metrics = request.app.state.metrics
    told = kept.told(ctx.store, ctx.now_ms, request.app.state.watcher.listeners)
    return Response(told, media_type=_PROMETHEUS)
