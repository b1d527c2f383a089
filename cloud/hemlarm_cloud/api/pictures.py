"""Pictures: the centre's staff looks at them, and supervisors hold them and hand them out."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from hemlarm_cloud.api.depends import ERRORS, Ctx, Line, RowId, Version, Wanted
from hemlarm_cloud.handling import pictures
from hemlarm_cloud.pictures import exporting, holding

router = APIRouter()

_FILE: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_IMAGES = {"image/png": _FILE, "image/jpeg": _FILE}
_ARCHIVE = {"application/zip": _FILE}


async def _read_body(request: Request) -> bytes:
    return await request.body()


Body = Annotated[bytes, Depends(_read_body)]


class PictureHead(BaseModel):
    """A picture, without its content. Camera pictures have the zone of the camera, attached ones who attached them."""

    id: int
    at_ms: int
    attached_by: str
    media_type: str
    zone: int
    shot: int
    total: int
    got: int
    complete: bool
    delete_ms: int
    held_by: str
    hold_reason: str
    version: int


class Hold(Wanted):
    """Why a picture is kept longer."""

    reason: Annotated[Line, Field(min_length=1, max_length=holding.REASON_MAX)]
    version: Version


class Release(Wanted):
    """The version of the picture that somebody saw."""

    version: Version


class Export(Wanted):
    """Whom pictures go to, with the reference there; which of them, or all."""

    to: Annotated[Line, Field(min_length=1, max_length=exporting.RECEIVER_MAX)]
    pictures: Annotated[list[RowId] | None, Field(max_length=200)] = None


@router.get("/cases/{case_id}/pictures", responses=ERRORS)
def list_pictures(ctx: Ctx, case_id: RowId) -> list[PictureHead]:
    """List the pictures of a case, for the staff alone."""
    with ctx.store.read() as reading:
        return [PictureHead(**each._asdict()) for each in pictures.pictures(reading, ctx.actor, case_id)]


@router.post(
    "/cases/{case_id}/pictures",
    status_code=201,
    responses=ERRORS,
    openapi_extra={"requestBody": {"required": True, "content": _IMAGES}},
)
def attach_picture(ctx: Ctx, case_id: RowId, content: Body) -> PictureHead:
    """Attach a picture of at most 2 MB: the body is the PNG or JPEG image itself."""
    with ctx.store.begin() as tx:
        made = pictures.attach_picture(tx, ctx.actor, case_id, content, ctx.now_ms)
    return PictureHead(**made._asdict())


@router.get(
    "/cases/{case_id}/pictures/{picture_id}",
    response_class=Response,
    responses={**ERRORS, 200: {"description": "The image.", "content": _IMAGES}},
)
def look_at_picture(ctx: Ctx, case_id: RowId, picture_id: RowId) -> Response:
    """Look at a picture; who looked is logged."""
    with ctx.store.begin() as tx:
        media_type, content = pictures.look_at_picture(tx, ctx.actor, case_id, picture_id, ctx.now_ms)
    return Response(content, media_type=media_type, headers={"Content-Disposition": "inline"})


@router.post("/cases/{case_id}/pictures/{picture_id}/hold", responses=ERRORS)
def hold_picture(ctx: Ctx, case_id: RowId, picture_id: RowId, wanted: Hold) -> list[PictureHead]:
    """Keep a picture for 30 days, not 14, after it was taken: a supervisor's decision, with its reason."""
    with ctx.store.begin() as tx:
        pictures.expect_in_case(tx, ctx.actor, case_id, picture_id)
        holding.hold(tx, ctx.actor, picture_id, wanted.reason, wanted.version, ctx.now_ms)
        return [PictureHead(**each._asdict()) for each in pictures.pictures(tx, ctx.actor, case_id)]


@router.post("/cases/{case_id}/pictures/{picture_id}/release", responses=ERRORS)
def release_picture(ctx: Ctx, case_id: RowId, picture_id: RowId, wanted: Release) -> list[PictureHead]:
    """End a hold: the picture goes when all others of its day go."""
    with ctx.store.begin() as tx:
        pictures.expect_in_case(tx, ctx.actor, case_id, picture_id)
        holding.release(tx, ctx.actor, picture_id, wanted.version, ctx.now_ms)
        return [PictureHead(**each._asdict()) for each in pictures.pictures(tx, ctx.actor, case_id)]


@router.post(
    "/cases/{case_id}/pictures/export",
    response_class=Response,
    responses={**ERRORS, 200: {"description": "The archive.", "content": _ARCHIVE}},
)
def export_pictures(ctx: Ctx, case_id: RowId, wanted: Export) -> Response:
    """Hand pictures to the police: an archive with a manifest and their hashes, by a supervisor, in the audit log."""
    with ctx.store.begin() as tx:
        archive = exporting.export(tx, ctx.actor, case_id, wanted.to, ctx.now_ms, wanted.pictures)
    headers = {"Content-Disposition": f'attachment; filename="case-{case_id}-pictures.zip"'}
    return Response(archive, media_type="application/zip", headers=headers)
