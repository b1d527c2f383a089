"""Firmware releases: how far their rings have come, which panels failed, and what to do about it."""

from typing import Any, Literal

from fastapi import APIRouter
from starlette.responses import Response

from hemlarm_cloud.actor import Role
from hemlarm_cloud.errors import CentreError
from hemlarm_cloud.pages.depends import AccountVisit
from hemlarm_cloud.pages.desk import trouble
from hemlarm_cloud.pages.desk.naming import operator_name
from hemlarm_cloud.pages.desk.staff import ZONE, Id, Staff
from hemlarm_cloud.pages.rendering import page, redirect
from hemlarm_cloud.updates import releases, views
from hemlarm_cloud.updates.images import version_text

router = APIRouter()

SHOWN_MAX = 10

What = Literal["pause", "resume", "stop", "roll-back"]

_DO: dict[What, Any] = {
    "pause": releases.pause,
    "resume": releases.resume,
    "stop": releases.stop,
    "roll-back": releases.roll_back,
}


@router.get("/releases")
def show_releases(visit: Staff) -> Response:
    """Show the newest releases, and which versions panels run."""
    return _shown(visit, "desk/releases.html")


@router.get("/releases/part")
def show_releases_part(visit: Staff) -> Response:
    """Show what changes of them, for the page that has the rest."""
    return _shown(visit, "desk/releases_part.html")


@router.post("/releases/{release_id}/{what}")
def change_release(visit: Staff, release_id: Id, what: What) -> Response:
    """Pause, resume or stop a release, or take it back."""
    try:
        with visit.store.begin() as tx:
            _DO[what](tx, visit.actor, release_id, visit.now_ms)
    except CentreError as error:
        return _shown(visit, "desk/releases.html", error)
    return redirect("/desk/releases")


def _shown(visit: AccountVisit, template: str, error: CentreError | None = None) -> Response:
    with visit.store.read() as reading:
        every = views.all_releases(reading, visit.actor, limit=SHOWN_MAX)
        run = views.versions(reading, visit.actor)
    values = {
        "releases": [_release(visit, each) for each in every],
        "versions": [
            {"board": board, "version": version_text(version), "count": count} for board, version, count in run
        ],
        "decides": visit.actor.role is Role.SUPERVISOR,
        "zone": ZONE,
        "told": trouble.explain(visit, error) if error else None,
    }
    return page(visit, template, trouble.status_of(error) if error else 200, **values)


def _release(visit: AccountVisit, each: views.Release) -> dict[str, Any]:
    undoes = each.undoes is not None
    title = visit.text("releases.back", id=each.undoes) if undoes else visit.text("releases.of", version=each.title)
    return each._asdict() | {"title": title, "by": operator_name(each.started_by), "undoing": undoes}
