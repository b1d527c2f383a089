"""What happened: the home's history, and the cases that the receiving centre worked on."""

from itertools import groupby
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from hemlarm_cloud.api.depends import INT64_MAX
from hemlarm_cloud.handling.outcomes import told
from hemlarm_cloud.homes import history, overview
from hemlarm_cloud.homes.history import Entry
from hemlarm_cloud.pages import filters
from hemlarm_cloud.pages.customer.visiting import Home, HomeVisit
from hemlarm_cloud.reports import log_words
from hemlarm_cloud.reports.words import Words

router = APIRouter()

Kind = Annotated[str, Query(pattern="^(all|arming|alarms|faults|power)$")]
Id = Annotated[int, Path(ge=1, le=INT64_MAX)]


@router.get("/home/history")
def past(home: Home, kind: Kind = history.ALL, before: Annotated[str, Query(max_length=40)] = "") -> Response:
    """Show what happened, newest first."""
    with home.visit.store.read() as reading:
        found = history.page(reading, home.visit.actor, home.site.id, kind, before)
    days = _by_day(home, found.entries)
    return home.page("customer/history.html", days=days, kind=kind, kinds=history.KINDS, before=found.before, at=before)


@router.get("/home/history/part")
def past_part(home: Home, kind: Kind = history.ALL) -> Response:
    """Show the newest page anew."""
    with home.visit.store.read() as reading:
        found = history.page(reading, home.visit.actor, home.site.id, kind)
    return home.page("customer/history_part.html", days=_by_day(home, found.entries), kind=kind, before=found.before)


@router.get("/home/cases")
def cases(home: Home, before: Annotated[int | None, Query(ge=1, le=INT64_MAX)] = None) -> Response:
    """Show the home's alarms and faults, and how they ended."""
    with home.visit.store.read() as reading:
        found = overview.cases(reading, home.visit.actor, home.site.id, before)
    return home.page(
        "customer/cases.html", cases=found, words=_words(home), told=told, full=len(found) == overview.CASES_MAX
    )


@router.get("/home/cases/{case_id}")
def case(home: Home, case_id: Id) -> Response:
    """Show one of them: what was done about it, when."""
    with home.visit.store.read() as reading:
        row, lines, zones = overview.case(reading, home.visit.actor, home.site.id, case_id)
    words = _words(home)
    steps = {str(line.detail["task"]): str(line.detail.get("kind", "")) for line in lines if "task" in line.detail}
    shown = [(line, log_words.details(line.detail, steps, words, inside=False)) for line in lines]
    return home.page("customer/case.html", case=row, lines=shown, zones=zones, words=words, told=told)


def _by_day(home: HomeVisit, entries: list[Entry]) -> list[tuple[str, list[Entry]]]:
    zone, language = home.site.time_zone, home.visit.language

    def day(entry: Entry) -> str:
        return filters.day(language, entry.at_ms, zone)

    return [(name, list(some)) for name, some in groupby(entries, day)]


def _words(home: HomeVisit) -> Words:
    return Words("sv" if home.visit.language == "sv" else "en", ZoneInfo(home.site.time_zone))
