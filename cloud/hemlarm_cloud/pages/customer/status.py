"""The first page: whether the alarm is on, what is amiss, and arming and disarming."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query
from starlette.responses import HTMLResponse, Response

from hemlarm_cloud.api.depends import RowId
from hemlarm_cloud.errors import ConflictError
from hemlarm_cloud.homes import arming, commands, history, overview, panels
from hemlarm_cloud.pages import cookies
from hemlarm_cloud.pages.customer.visiting import SITE_COOKIE, Home, HomeVisit
from hemlarm_cloud.pages.rendering import redirect
from hemlarm_cloud.store.queries import Queries
from hemlarm_protocol import household

router = APIRouter()

PanelId = Annotated[str, Form(pattern=r"^[0-9a-f]{16}$")]
Code = Annotated[str, Form(max_length=20)]

Wrong = Annotated[str, Query(max_length=40)]
"""What was wrong with what was asked last, as `mistakes` reads it: it stays until something is asked again."""

TOO_MANY = "many"

NEWEST = 6
"""Events on the first page."""

Shown = Callable[[HomeVisit, str], HTMLResponse]
"""Shows a part of a page, and what was wrong."""

PAGE, PART = "customer/status.html", "customer/status_part.html"


@router.get("/home")
def status(home: Home) -> Response:
    """Show how the home is."""
    return home.page(PAGE, **_values(home))


@router.get("/home/status/part")
def status_part(home: Home, wrong: Wrong = "") -> Response:
    """Show the part of it that changes."""
    return part_of(home, wrong)


@router.get("/home/banner")
def banner(home: Home) -> Response:
    """Show the alarms that go on, for the top of every page."""
    with home.visit.store.read() as reading:
        alarms = overview.alarms(reading, home.visit.actor, home.site.id)
    return home.page("customer/banner.html", alarms=alarms)


@router.post("/home/site")
def choose(home: Home, site: Annotated[RowId, Form()]) -> Response:
    """Look at another of the homes."""
    answer = redirect("/home")
    if any(each.id == site for each in home.sites):
        cookies.keep_choice(home.visit.request, answer, SITE_COOKIE, str(site))
    return answer


@router.post("/home/arm")
def arm(
    home: Home,
    panel: PanelId,
    area: Annotated[int, Form(ge=1, le=99)],
    mode: Annotated[str, Form(pattern="^(away|home|night|disarmed)$")],
    code: Code = "",
) -> Response:
    """Ask the panel to arm or disarm an area."""
    return ask(home, panel, commands.ARMING[mode], area, code, "/home", part_of)


def ask(home: HomeVisit, panel: str, verb: int, argument: int, code: str, path: str, shown: Shown) -> Response:
    """Ask for something and show, by `shown`, the part of the page; what the person can correct stands in it."""
    visit = home.visit
    given = code.strip()
    with visit.store.read() as reading:
        found = panels.expect(reading, visit.actor, home.site.id, panel)
    if commands.needs_code(found, verb) and not is_code(given):
        return shown(home, f"{panel}-{argument}")
    try:
        with visit.store.begin() as tx:
            who = (visit.actor, visit.session.account, home.site.id, panel)
            commands.ask(tx, visit.vault, *who, verb, argument, visit.now_ms, visit.random, given or None)
    except ConflictError:
        return shown(home, TOO_MANY)
    return home.answer(path, shown(home, ""))


def is_code(given: str) -> bool:
    """Tell whether this can be somebody's code at the keypad."""
    digits = given.isascii() and given.isdigit()
    return digits and household.CODE_DIGITS_MIN <= len(given) <= household.CODE_DIGITS_MAX


def mistakes(home: HomeVisit, wrong: str) -> dict[str, str]:
    """Return the texts by their fields: a code is missing at what is called PANEL-NUMBER, or too much was asked."""
    if not wrong:
        return {}
    return {"": home.text("customer.too-many")} if wrong == TOO_MANY else {wrong: home.text("customer.code-form")}


def part_of(home: HomeVisit, wrong: str = "") -> HTMLResponse:
    """Return the part that changes; after a mistake without a script the whole page."""
    return home.part(PAGE, PART, "/home/status/part", wrong, _values(home) | {"errors": mistakes(home, wrong)})


def _values(home: HomeVisit) -> dict[str, Any]:
    visit = home.visit
    with visit.store.read() as reading:
        at = (reading, visit.actor, home.site.id)
        shown = overview.overview(*at, visit.now_ms)
        areas = arming.states(*at)
        return {
            "areas": areas,
            "homes": {each.id: each for each in panels.of_site(*at)},
            "shown": shown,
            "state": _whole(areas, shown),
            "may": commands.may(*at, visit.now_ms),
            "asked": commands.latest(*at, visit.now_ms),
            "newest": history.page(*at, limit=NEWEST).entries,
            "verbs": commands,
            "may_service": _may_service(home, reading),
        }


def _whole(areas: list[arming.AreaState], shown: overview.Overview) -> str:
    """The state that colours the page."""
    if any(not each.test for each in shown.alarms):
        return "alarm"
    if not areas or any(each.state is None for each in areas):
        return "unknown"
    return "armed" if arming.is_armed(areas) else "disarmed"


def _may_service(home: HomeVisit, reading: Queries) -> bool:
    return home.may(reading, "service-burglary")
