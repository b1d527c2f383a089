"""The log of everybody: who is doing what in which case, as it happens."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from hemlarm_cloud.pages.desk import log_view
from hemlarm_cloud.pages.desk.naming import words_of
from hemlarm_cloud.pages.desk.staff import ZONE, Staff
from hemlarm_cloud.pages.rendering import page

router = APIRouter()

_LINES = 100

Who = Annotated[str, Query(max_length=64)]
Before = Annotated[int, Query(ge=0, le=(1 << 63) - 1)]


@router.get("/log")
def show_log(visit: Staff, who: Who = "", before: Before = 0) -> Response:
    """Show what everybody did, the newest first."""
    return _log(visit, "desk/log.html", who, before)


@router.get("/log/part")
def show_log_part(visit: Staff, who: Who = "") -> Response:
    """Show the newest lines alone, for the page that has them already."""
    return _log(visit, "desk/log_part.html", who, 0)


def _log(visit: Staff, template: str, who: str, before: int) -> Response:
    with visit.store.read() as reading:
        lines = log_view.of_all(reading, visit.actor, words_of(visit.language), who, before, _LINES)
    older = lines[-1].id if len(lines) == _LINES else 0
    return page(visit, template, lines=lines, who=who, before=before, older=older, zone=ZONE)
