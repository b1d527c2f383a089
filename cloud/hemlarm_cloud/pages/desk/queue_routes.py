"""The queue: its page, the part of it that changes, and the banner over everybody's pages."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from hemlarm_cloud.pages.depends import AccountVisit
from hemlarm_cloud.pages.desk import queue_view
from hemlarm_cloud.pages.desk.naming import words_of
from hemlarm_cloud.pages.desk.staff import ZONE, Staff, Watching
from hemlarm_cloud.pages.rendering import page
from hemlarm_cloud.updates import views as releases

router = APIRouter()

Which = Annotated[str, Query(max_length=10)]


@router.get("")
def show_queue(visit: Watching, show: Which = queue_view.ALL) -> Response:
    """Show what is open, the most urgent first."""
    return _queue(visit, "desk/queue.html", show)


@router.get("/queue")
def show_queue_part(visit: Watching, show: Which = queue_view.ALL) -> Response:
    """Show the rows alone, for the page that has them already."""
    return _queue(visit, "desk/queue_part.html", show)


@router.get("/banner")
def show_banner(visit: Staff) -> Response:
    """Show what nobody took in time, and that a release of firmware has stopped by itself."""
    with visit.store.read() as reading:
        shown = queue_view.banner(reading, words_of(visit.language))
        stopped = releases.stopped_by_itself(reading)
    return page(visit, "desk/banner.html", cases=shown.cases, more=shown.more, stopped=stopped)


def _queue(visit: AccountVisit, template: str, show: str) -> Response:
    which = show if show in queue_view.FILTERS else queue_view.ALL
    with visit.store.read() as reading:
        shown = queue_view.shown(reading, visit.actor, words_of(visit.language), which, visit.now_ms)
    return page(visit, template, queue=shown, which=which, zone=ZONE)
