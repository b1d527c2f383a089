"""Notices: what the centre told people by SMS, mail, push and their own services, and what could not be delivered."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from hemlarm_cloud.api.depends import ERRORS, INT64_MAX, After, Ctx, Limit
from hemlarm_cloud.notices import outbox
from hemlarm_cloud.notices.outbox import Channel

router = APIRouter()

Site = Annotated[int | None, Query(ge=1, le=INT64_MAX, description="Only those about this site.")]


class Notice(BaseModel):
    """A notice; its attachment, if any, is told by its name only."""

    id: int
    channel: Channel
    recipient: str
    site: int | None
    case: int | None
    subject: str
    text: str
    attachment_name: str
    created_ms: int
    state: Literal["waiting", "sent", "failed"]
    tries: int
    due_ms: int
    sent_ms: int | None
    problem: str


@router.get("/notices", responses=ERRORS)
def list_notices(ctx: Ctx, site: Site = None, after: After = 0, limit: Limit = 100) -> list[Notice]:
    """List notices that this account may see, oldest first."""
    with ctx.store.read() as reading:
        rows = outbox.notices(reading, ctx.actor, site, after, limit)
        return [Notice(**row._asdict()) for row in rows]
