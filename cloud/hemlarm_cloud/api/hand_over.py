"""The hand-over of a panel as a file: what was installed, tried and measured, for customer and installer to sign."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Response

from hemlarm_cloud.api.depends import ERRORS, Ctx, RowId
from hemlarm_cloud.installer import hand_over

router = APIRouter()

_FILES: dict[int | str, dict[str, Any]] = {
    **ERRORS,
    200: {
        "description": "The paper.",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    },
}


@router.get("/sites/{site_id}/panels/{panel_id}/hand-over", responses=_FILES, response_class=Response)
def make_hand_over(
    ctx: Ctx,
    site_id: RowId,
    panel_id: Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")],
    language: Literal["sv", "en"] = "sv",
) -> Response:
    """Make the hand-over: zones and when they were tried, signal strengths, users, delays, and where to sign."""
    with ctx.store.read() as reading:
        made = hand_over.make(reading, ctx.actor, site_id, panel_id, language, ctx.now_ms)
    headers = {"Content-Disposition": f'attachment; filename="hand-over-{panel_id}-{language}.pdf"'}
    return Response(made, media_type="application/pdf", headers=headers)
