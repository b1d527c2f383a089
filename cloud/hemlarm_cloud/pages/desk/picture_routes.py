"""The pictures of a case: looking at them, keeping them longer, and handing them to the police."""

from fastapi import APIRouter
from starlette.responses import Response

from hemlarm_cloud.errors import CentreError
from hemlarm_cloud.pages.desk.case_routes import act, refuse
from hemlarm_cloud.pages.desk.staff import Id, Seen, Staff, Text
from hemlarm_cloud.pictures import exporting, holding, views

router = APIRouter()


@router.get("/pictures/{picture_id}")
def look(visit: Staff, picture_id: Id) -> Response:
    """Show a picture; who looked is logged."""
    with visit.store.begin() as tx:
        media_type, content = views.look(tx, visit.actor, picture_id, visit.now_ms)
    return Response(content, media_type=media_type, headers={"Content-Disposition": "inline"})


@router.post("/cases/{case_id}/pictures/{picture_id}/hold")
def hold(visit: Staff, case_id: Id, picture_id: Id, version: Seen, reason: Text = "") -> Response:
    """Keep a picture for an investigation."""
    told = (picture_id, reason, version, visit.now_ms)
    return act(visit, case_id, lambda tx: holding.hold(tx, visit.actor, *told))


@router.post("/cases/{case_id}/pictures/{picture_id}/release")
def release(visit: Staff, case_id: Id, picture_id: Id, version: Seen) -> Response:
    """Keep a picture no longer than the others."""
    return act(visit, case_id, lambda tx: holding.release(tx, visit.actor, picture_id, version, visit.now_ms))


@router.post("/cases/{case_id}/pictures/export")
def export(visit: Staff, case_id: Id, to: Text = "") -> Response:
    """Hand a case's pictures to the police as one archive."""
    try:
        with visit.store.begin() as tx:
            archive = exporting.export(tx, visit.actor, case_id, to, visit.now_ms)
    except CentreError as error:
        return refuse(visit, case_id, error)
    headers = {"Content-Disposition": f'attachment; filename="case-{case_id}.zip"'}
    return Response(archive, media_type="application/zip", headers=headers)
