"""The work at one panel: its site file, enrolling sensors, the walk test."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.responses import Response

from hemlarm_cloud import scope
from hemlarm_cloud.actor import Role
from hemlarm_cloud.api.depends import RowId
from hemlarm_cloud.errors import CentreError
from hemlarm_cloud.homes import commands
from hemlarm_cloud.installer import configuring, site_file, walk
from hemlarm_cloud.installer.differences import Comparison, compare
from hemlarm_cloud.installer.site_file import SiteFile
from hemlarm_cloud.installer.vocabulary import NAMES
from hemlarm_cloud.pages.depends import AccountVisit, Visit
from hemlarm_cloud.pages.installer.routes import PanelId
from hemlarm_cloud.pages.rendering import form_error, page, redirect
from hemlarm_cloud.sites import maps
from hemlarm_cloud.store.queries import Queries

router = APIRouter()

Text = Annotated[str, Form(max_length=site_file.TEXT_MAX + 1)]
Line = Annotated[str, Form(max_length=120)]

_PANEL = "/installer/sites/{site_id}/panels/{panel}"


@router.get("/installer/check")
def check_form(visit: Visit) -> Response:
    """Show the form that checks a site file before anybody drives anywhere."""
    visit.expect_role(Role.INSTALLER)
    return page(visit, "installer/check.html", text="", checked=None)


@router.post("/installer/check")
def check(visit: Visit, text: Text = "") -> Response:
    """Check a site file."""
    visit.expect_role(Role.INSTALLER)
    return page(visit, "installer/check.html", text=text, checked=site_file.read(text))


@router.get(_PANEL + "/file")
def file_form(visit: Visit, site_id: RowId, panel: PanelId) -> Response:
    """Show the form for a panel's site file."""
    visit.expect_role(Role.INSTALLER)
    with visit.store.read() as reading:
        values = _of_panel(reading, visit, site_id, panel)
    return page(visit, "installer/file.html", text="", checked=None, compared=None, **values)


@router.post(_PANEL + "/file")
def check_against_panel(visit: Visit, site_id: RowId, panel: PanelId, text: Text = "") -> Response:
    """Check a site file, and compare it with what the panel has."""
    visit.expect_role(Role.INSTALLER)
    with visit.store.read() as reading:
        values = _of_panel(reading, visit, site_id, panel)
    checked = site_file.read(text)
    compared = _compared(checked, values["config"])
    return page(visit, "installer/file.html", text=text, checked=checked, compared=compared, **values)


@router.post(_PANEL + "/file/send")
def send_file(visit: Visit, site_id: RowId, panel: PanelId, text: Text = "") -> Response:
    """Have the panel become what the file says, and keep the file's map."""
    visit.expect_role(Role.INSTALLER)
    with visit.store.read() as reading:
        values = _of_panel(reading, visit, site_id, panel)
    checked = site_file.read(text)
    compared = _compared(checked, values["config"])
    try:
        with visit.store.begin() as tx:
            edits = compared.edits if compared else []
            configuring.send(tx, visit.actor, site_id, panel, edits, visit.now_ms, visit.random)
            if checked.rooms:
                version = scope.expect_site(tx, visit.actor, site_id).version
                maps.replace(tx, visit.actor, site_id, _map(checked, panel), version, visit.now_ms)
    except CentreError as error:
        given: dict[str, Any] = {"text": text, "checked": checked, "compared": compared} | values
        return form_error(visit, "installer/file.html", {"": str(error)}, **given)
    return redirect(f"/installer/sites/{site_id}")


@router.get(_PANEL + "/enrol")
def enrol_form(visit: Visit, site_id: RowId, panel: PanelId) -> Response:
    """Show the form that takes a radio sensor in."""
    visit.expect_role(Role.INSTALLER)
    with visit.store.read() as reading:
        values = _of_panel(reading, visit, site_id, panel)
    taken = {zone["number"] for zone in values["config"].get("zones", [])}
    given: dict[str, Any] = {
        "label": "",
        "number": next(n for n in range(1, 1000) if n not in taken),
        "name": "",
        "type": "instant",
    }
    return page(visit, "installer/enrol.html", **given, sensor="contact", area=1, home=False, **values)


@router.post(_PANEL + "/enrol")
def enrol(
    visit: Visit,
    site_id: RowId,
    panel: PanelId,
    label: Line = "",
    number: Annotated[int, Form(ge=1, le=999)] = 1,
    name: Line = "",
    type: Line = "",  # noqa: A002  What the form calls it.
    sensor: Line = "",
    area: Annotated[int, Form(ge=1, le=23)] = 1,
    home: Line = "",
) -> Response:
    """Take a radio sensor in."""
    visit.expect_role(Role.INSTALLER)
    try:
        edits = configuring.enrolment(number, name, type, area, sensor, label, bool(home))
        with visit.store.begin() as tx:
            configuring.send(tx, visit.actor, site_id, panel, edits, visit.now_ms, visit.random)
    except CentreError as error:
        with visit.store.read() as reading:
            values = _of_panel(reading, visit, site_id, panel)
        given: dict[str, Any] = {
            "label": label,
            "number": number,
            "name": name,
            "type": type,
            "sensor": sensor,
            "area": area,
        }
        return form_error(visit, "installer/enrol.html", {"": str(error)}, **given, home=bool(home), **values)
    return redirect(f"/installer/sites/{site_id}")


@router.get(_PANEL + "/walk")
def walk_page(visit: Visit, site_id: RowId, panel: PanelId) -> Response:
    """Show the walk test as it goes."""
    visit.expect_role(Role.INSTALLER)
    with visit.store.read() as reading:
        return page(visit, "installer/walk.html", **_walking(reading, visit, site_id, panel))


@router.get(_PANEL + "/walk/part")
def walk_part(visit: Visit, site_id: RowId, panel: PanelId) -> Response:
    """Show its zones now."""
    visit.expect_role(Role.INSTALLER)
    with visit.store.read() as reading:
        return page(visit, "installer/walk_part.html", **_walking(reading, visit, site_id, panel))


@router.post(_PANEL + "/walk")
def walk_command(visit: Visit, site_id: RowId, panel: PanelId, on: Line = "") -> Response:
    """Begin or end the walk test."""
    visit.expect_role(Role.INSTALLER)
    try:
        with visit.store.begin() as tx:
            commands.ask(
                *(tx, visit.vault, visit.actor, visit.session.account, site_id, panel),
                *(commands.WALK_TEST, int(on == "yes"), visit.now_ms, visit.random),
            )
    except CentreError as error:
        with visit.store.read() as reading:
            values = _walking(reading, visit, site_id, panel)
        return form_error(visit, "installer/walk.html", {"": str(error)}, **values)
    return redirect(f"/installer/sites/{site_id}/panels/{panel}/walk")


def _of_panel(reading: Queries, visit: AccountVisit, site_id: int, panel: str) -> dict[str, Any]:
    configuring.expect_panel(reading, visit.actor, site_id, panel)
    row = scope.expect_site(reading, visit.actor, site_id)
    column = ("sv", "en").index(visit.language)
    return {
        "site": row,
        "zone": row.time_zone,
        "panel": panel,
        "config": walk.configuration_of(reading, panel),
        "called": {group: {word: pair[column] for word, pair in words.items()} for group, words in NAMES.items()},
    }


def _walking(reading: Queries, visit: AccountVisit, site_id: int, panel: str) -> dict[str, Any]:
    return _of_panel(reading, visit, site_id, panel) | {"walk": walk.last(reading, panel)}


def _compared(checked: SiteFile, there: dict[str, Any]) -> Comparison | None:
    return compare(checked.config, there) if checked.good and there else None


def _map(checked: SiteFile, panel: str) -> maps.Map:
    """Return the file's map, in decimetres."""
    rooms = tuple(
        maps.Room(room["name"], *(round(10 * room[side]) for side in ("x", "y", "w", "h"))) for room in checked.rooms
    )
    return maps.Map(
        rooms, tuple(maps.Mark(number, round(10 * x), round(10 * y), panel) for number, x, y in checked.marks)
    )
