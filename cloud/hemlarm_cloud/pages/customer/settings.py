"""What a household sets by itself: delays, chime, names, and what may be done from afar."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from hemlarm_cloud.errors import ConflictError, InvalidError
from hemlarm_cloud.homes import settings
from hemlarm_cloud.homes.panels import LIMIT_DEFAULTS, LIMITS
from hemlarm_cloud.homes.settings import NAME_MAX, Wanted
from hemlarm_cloud.pages.customer.visiting import Home, HomeVisit
from hemlarm_cloud.pages.rendering import redirect

router = APIRouter()

PAGE, PART = "customer/settings.html", "customer/settings_part.html"


@router.get("/home/settings")
def show(home: Home) -> Response:
    """Show what is set."""
    return home.page(PAGE, **_values(home))


@router.get("/home/settings/part")
def part(home: Home) -> Response:
    """Show what became of changes."""
    return home.page(PART, **_values(home))


@router.post("/home/settings")
async def change(home: Home, request: Request) -> Response:
    """Ask a panel to change what it has set."""
    return await run_in_threadpool(_change, home, await request.form())


def _change(home: HomeVisit, form: FormData) -> Response:
    values = _values(home)
    panel = next((each for each in values["panels"] if each.panel == form.get("panel")), None)
    if panel is None:
        return redirect("/home/settings")
    given = {name: value for name, value in form.items() if isinstance(value, str)}
    wanted, errors = _wanted(home, panel, given, values["bounds"])
    if errors:
        return home.form_error(PAGE, errors, **(values | {"given": given}))
    visit = home.visit
    revision = given.get("revision", "")
    try:
        with visit.store.begin() as tx:
            base = int(revision) if revision.isdecimal() and len(revision) < 12 else -1
            settings.ask(tx, visit.actor, home.site.id, panel.panel, wanted, base, visit.now_ms, visit.random)
    except (InvalidError, ConflictError) as error:
        key = "customer.settings-changed" if isinstance(error, ConflictError) else "customer.settings-wrong"
        return home.form_error(PAGE, {"": home.text(key)}, **(values | {"given": given}))
    return redirect("/home/settings")


def _wanted(
    home: HomeVisit, panel: settings.Settings, given: dict[str, str], bounds: dict[str, settings.Bounds]
) -> tuple[Wanted, dict[str, str]]:
    errors: dict[str, str] = {}
    delays: dict[int, dict[str, int]] = {}
    for area in panel.areas:
        for name in settings.DELAYS:
            field = f"{name}-{area.number}"
            number = _number(given.get(field, ""))
            least, most = bounds[name]
            if number is not None and (least <= number <= most or number == getattr(area, name)):
                delays.setdefault(area.number, {})[name] = number
            elif field in given:
                errors[field] = home.text("customer.delay-form", least=least, most=most)
    names = {}
    for zone in panel.zones:
        field = f"name-{zone.number}"
        if field in given:
            names[zone.number] = given[field].strip()
            if len(names[zone.number]) > NAME_MAX or not _is_shown(names[zone.number]):
                errors[field] = home.text("customer.zone-name-form", most=NAME_MAX)
    chimes = {zone.number: f"chime-{zone.number}" in given for zone in panel.zones}
    limits = {name: given[name] for name in LIMIT_DEFAULTS if name in given}
    return Wanted("chime" in given, delays, names, chimes, limits), errors


def _number(given: str) -> int | None:
    return int(given) if given.strip().isdecimal() and len(given) < 5 else None


def _is_shown(name: str) -> bool:
    return all(ord(letter) <= 0xFF and letter.isprintable() for letter in name)


def _values(home: HomeVisit) -> dict[str, Any]:
    visit = home.visit
    with visit.store.read() as reading:
        at = (reading, visit.actor, home.site.id)
        return {
            "panels": settings.shown(*at),
            "bounds": settings.bounds(reading, home.site.id),
            "asked": settings.asked(*at, visit.now_ms),
            "may_change": home.may(reading, "change-settings"),
            "looser": settings.looser,
            "limit_choices": LIMITS,
            "given": None,
        }
