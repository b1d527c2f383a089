"""The family: who may what, and who comes in."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from hemlarm_cloud.access import family
from hemlarm_cloud.access.sign_up import plain_phone
from hemlarm_cloud.actor import Role
from hemlarm_cloud.errors import CentreError, ConflictError, InvalidError
from hemlarm_cloud.pages.depends import AccountVisit, Visit
from hemlarm_cloud.pages.rendering import page, redirect
from hemlarm_cloud.sites import lists
from hemlarm_cloud.sites.people import Details

router = APIRouter()

Text = Annotated[str, Form(max_length=500)]


@router.get("/home/family")
def show(visit: Visit, done: str = "") -> Response:
    """Show who is in the family."""
    visit.expect_role(Role.CUSTOMER)
    return _page(visit, told=done if done in ("invited", "changed", "removed") else "")


@router.post("/home/family")
def invite(
    visit: Visit,
    name: Text = "",
    email: Text = "",
    phone: Text = "",
    level: Text = "B",
    on: Annotated[int, Form()] = 0,
    language: Text = "sv",
) -> Response:
    """Invite somebody."""
    visit.expect_role(Role.CUSTOMER)
    values = {"name": name, "email": email, "phone": phone, "level": level, "language": language}
    try:
        wanted = Details(name, plain_phone(phone), "", email, language)
        if level not in family.LEVELS:
            raise InvalidError("level: A, B or C")
        with visit.store.begin() as tx:
            family.invite(tx, visit.actor, wanted, level, on, visit.base_url, visit.now_ms, visit.random)
    except InvalidError as error:
        named = str(error).partition(":")[0]
        field = "email" if named == "mail" else named
        told = visit.text(f"family.wrong-{field}") if field in ("name", "email", "phone") else str(error)
        return _page(visit, errors={field if field in values else "": told}, status=422, values=values)
    return redirect("/home/family?done=invited")


@router.post("/home/family/{person_id}/invite")
def invite_again(visit: Visit, person_id: int) -> Response:
    """Send an invitation again, or to somebody who had none."""
    visit.expect_role(Role.CUSTOMER)
    with visit.store.begin() as tx:
        family.invite_again(tx, visit.actor, person_id, visit.base_url, visit.now_ms, visit.random)
    return redirect("/home/family?done=invited")


@router.post("/home/family/{person_id}/level")
def change_level(visit: Visit, person_id: int, on: Annotated[int, Form()], level: Text = "") -> Response:
    """Give somebody another level."""
    visit.expect_role(Role.CUSTOMER)
    try:
        with visit.store.begin() as tx:
            family.change_level(tx, visit.actor, person_id, on, level, visit.now_ms)
    except ConflictError as error:
        return _refused(visit, error)
    return redirect("/home/family?done=changed")


@router.post("/home/family/{person_id}/remove")
def remove(visit: Visit, person_id: int) -> Response:
    """Take somebody's levels and login away."""
    visit.expect_role(Role.CUSTOMER)
    try:
        with visit.store.begin() as tx:
            family.remove(tx, visit.actor, person_id, visit.now_ms)
    except ConflictError as error:
        return _refused(visit, error)
    return redirect("/home/family?done=removed")


def _refused(visit: AccountVisit, error: CentreError) -> Response:
    key = "family.somebody" if "somebody" in str(error) else "family.oneself"
    return _page(visit, errors={"": visit.text(key)}, status=409)


def _page(
    visit: AccountVisit,
    errors: dict[str, str] | None = None,
    status: int = 200,
    told: str = "",
    values: dict[str, str] | None = None,
) -> Response:
    with visit.store.read() as reading:
        shown = family.members(reading, visit.actor, visit.now_ms)
        head = family.is_head(reading, visit.actor, visit.now_ms)
        mine = lists.lists(reading, visit.actor)
    blank = {"name": "", "email": "", "phone": "", "level": "B", "language": visit.language}
    return page(
        visit,
        "access/family.html",
        status,
        members=shown,
        is_head=head,
        list_options=[(row["id"], row["name"]) for row in mine],
        errors=errors or {},
        told=told,
        given=blank | (values or {}),
        me=visit.actor.person,
    )
