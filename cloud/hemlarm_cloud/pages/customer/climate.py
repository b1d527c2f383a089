"""Temperatures, plugs and locks, while they are known to be so now."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.responses import HTMLResponse, Response

from hemlarm_cloud.homes import commands, panels, readings
from hemlarm_cloud.pages.customer.status import Code, PanelId, Wrong, ask, mistakes
from hemlarm_cloud.pages.customer.visiting import Home, HomeVisit
from hemlarm_protocol import household

router = APIRouter()

PAGE, PART = "customer/climate.html", "customer/climate_part.html"

_VERBS = {"on": commands.ON, "off": commands.OFF, "lock": commands.LOCK, "unlock": commands.UNLOCK}


@router.get("/home/climate")
def climate(home: Home) -> Response:
    """Show what is measured and what can be switched."""
    return home.page(PAGE, **_values(home))


@router.get("/home/climate/part")
def climate_part(home: Home, wrong: Wrong = "") -> Response:
    """Show the part of it that changes."""
    return part_of(home, wrong)


@router.post("/home/output")
def switch(
    home: Home,
    panel: PanelId,
    number: Annotated[int, Form(ge=1, le=99)],
    do: Annotated[str, Form(pattern="^(on|off|lock|unlock)$")],
    code: Code = "",
) -> Response:
    """Ask the panel to switch a plug or to turn a lock."""
    return ask(home, panel, _VERBS[do], number, code, "/home/climate", part_of)


def part_of(home: HomeVisit, wrong: str = "") -> HTMLResponse:
    """Return the part that changes; after a mistake without a script the whole page."""
    return home.part(PAGE, PART, "/home/climate/part", wrong, _values(home) | {"errors": mistakes(home, wrong)})


def _values(home: HomeVisit) -> dict[str, Any]:
    visit = home.visit
    with visit.store.read() as reading:
        at = (reading, visit.actor, home.site.id)
        return {
            "readings": readings.reading(*at, visit.now_ms),
            "homes": {each.id: each for each in panels.of_site(*at)},
            "may": commands.may(*at, visit.now_ms),
            "asked": commands.latest(*at, visit.now_ms),
            "verbs": commands,
            "kinds": household,
        }
