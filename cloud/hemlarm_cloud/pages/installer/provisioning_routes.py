"""New panels: how far each is, and the code that somebody reads on its keypad and types here."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from hemlarm_cloud.actor import Role
from hemlarm_cloud.api.depends import RowId
from hemlarm_cloud.errors import CentreError
from hemlarm_cloud.pages.depends import AccountVisit, Visit
from hemlarm_cloud.pages.rendering import page, redirect
from hemlarm_cloud.pages.texts import text
from hemlarm_cloud.provisioning import looking, steps
from hemlarm_protocol.provisioning import CODE_DIGITS

router = APIRouter()

PATH = "/installer/provisioning"

STEPS = {looking.ROOT: 1, looking.CODE: 2, looking.GIVING: 3, looking.DONE: 4}
"""How far a state is, of five; the fifth is the panel's first contact."""

Digits = Annotated[str, Form(max_length=20)]


@router.get(PATH)
def provisionings(visit: Visit) -> Response:
    """Show the panels that are being installed."""
    visit.expect_role(Role.INSTALLER, Role.SUPERVISOR)
    return _shown(visit, "installer/provisioning.html")


@router.get(PATH + "/part")
def provisionings_part(visit: Visit) -> Response:
    """Show how they stand now."""
    visit.expect_role(Role.INSTALLER, Role.SUPERVISOR)
    return _shown(visit, "installer/provisioning_part.html")


@router.post(PATH + "/{provisioning_id}/code")
def type_code(visit: Visit, provisioning_id: RowId, code: Digits = "") -> Response:
    """Compare the code."""
    visit.expect_role(Role.INSTALLER, Role.SUPERVISOR)
    digits = code.replace(" ", "")
    if len(digits) != CODE_DIGITS or not (digits.isascii() and digits.isdigit()):
        told = {str(provisioning_id): text(visit.language, "provisioning.six")}
        return _shown(visit, "installer/provisioning.html", 422, told)
    try:
        with visit.store.begin() as tx:
            steps.type_code(tx, visit.vault, visit.actor, provisioning_id, digits, visit.now_ms)
    except CentreError as error:
        return _shown(visit, "installer/provisioning.html", 422, {"": str(error)})
    # Also after a wrong one, which the panel's card tells of: loading the page again must not try it once more.
    return redirect(PATH)


def _shown(visit: AccountVisit, template: str, status: int = 200, errors: dict[str, str] | None = None) -> Response:
    with visit.store.read() as reading:
        found = looking.current(reading, visit.actor, visit.now_ms)
    return page(visit, template, status, found=found, steps=STEPS, tries=steps.TRIES, errors=errors or {})
