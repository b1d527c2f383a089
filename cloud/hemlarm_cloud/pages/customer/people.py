"""Whom the receiving centre calls, what it does about an alarm, and the two passwords: to the authority one has."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Path
from starlette.responses import Response

from hemlarm_cloud.api.depends import INT32_MAX, RowId
from hemlarm_cloud.errors import InvalidError
from hemlarm_cloud.pages.customer.visiting import Home, HomeVisit
from hemlarm_cloud.pages.rendering import redirect
from hemlarm_cloud.sites import contacts, passwords, people, sites
from hemlarm_cloud.sites.contacts import Contact
from hemlarm_cloud.store.queries import Queries

router = APIRouter()

Version = Annotated[int, Form(ge=0, le=INT32_MAX)]
Field = Annotated[str, Form(max_length=200)]

CONTACTS, PASSWORDS = "customer/contacts.html", "customer/passwords.html"

_MOVES = {"up": -1, "down": 1}


@router.get("/home/contacts")
def show_contacts(home: Home) -> Response:
    """Show whom the centre calls, in which order."""
    return home.page(CONTACTS, **_contacts(home))


@router.post("/home/contacts/{person}")
def change_contact(
    home: Home,
    person: Annotated[RowId, Path()],
    version: Version,
    do: Annotated[str, Form(pattern="^(up|down|remove|save)$")],
    has_key: Field = "",
    fire_neighbour: Field = "",
    note: Field = "",
) -> Response:
    """Call somebody earlier or later, or not at all, or note something about them."""
    visit = home.visit
    with visit.store.begin() as tx:
        listed = _listed(tx, home)
        at = next((place for place, each in enumerate(listed) if each.person == person), None)
        if at is None:
            return redirect("/home/contacts")
        if do == "remove":
            del listed[at]
        elif do == "save":
            listed[at] = Contact(person, bool(has_key), bool(fire_neighbour), note)
        elif 0 <= at + _MOVES[do] < len(listed):
            listed.insert(at + _MOVES[do], listed.pop(at))
        contacts.replace(tx, visit.actor, home.site.id, listed, version, visit.now_ms)
    return redirect("/home/contacts")


@router.post("/home/contacts")
def add_contact(
    home: Home,
    version: Version,
    person: Annotated[int, Form(ge=0)] = 0,
    name: Field = "",
    phone: Field = "",
    note: Field = "",
) -> Response:
    """Let the centre call somebody more: one of the household, or somebody who is put on its record."""
    visit = home.visit
    errors = _new_errors(home, person, name, phone)
    if errors:
        return home.form_error(CONTACTS, errors, **(_contacts(home) | {"name": name, "phone": phone, "note": note}))
    try:
        with visit.store.begin() as tx:
            who = person
            if not who:
                details = people.Details(name, phone, language=home.site.language)
                who = people.add(tx, visit.actor, details, visit.now_ms, home.site.customer)
            listed = [*_listed(tx, home), Contact(who, note=note)]
            contacts.replace(tx, visit.actor, home.site.id, listed, version, visit.now_ms)
    except InvalidError:
        given = {"name": name, "phone": phone, "note": note}
        told = {"phone": home.text("customer.phone-form")}
        return home.form_error(CONTACTS, told, **(_contacts(home) | given))
    return redirect("/home/contacts")


@router.get("/home/passwords")
def show_passwords(home: Home) -> Response:
    """Show which passwords are set, never what they are."""
    return home.page(PASSWORDS, **_passwords(home), saved="")


@router.post("/home/passwords")
def set_password(
    home: Home,
    version: Version,
    which: Annotated[str, Form(pattern="^(password|counter_password)$")],
    new: Field = "",
) -> Response:
    """Set one of the two passwords."""
    visit = home.visit
    try:
        with visit.store.begin() as tx:
            passwords.set_password(tx, visit.vault, visit.actor, home.site.id, which, new, version, visit.now_ms)
    except InvalidError as error:
        key = "customer.passwords-same" if "differ" in str(error) else "customer.password-form"
        return home.form_error(PASSWORDS, {which: home.text(key)}, **_passwords(home), saved="")
    return home.page(PASSWORDS, **(_passwords(home) | {"saved": which}))


def _new_errors(home: HomeVisit, person: int, name: str, phone: str) -> dict[str, str]:
    if person:
        return {}
    errors = {}
    if not name.strip():
        errors["name"] = home.text("customer.name-form")
    if not phone.strip().startswith("+"):
        errors["phone"] = home.text("customer.phone-form")
    return errors


def _listed(reading: Queries, home: HomeVisit) -> list[Contact]:
    rows = contacts.contacts(reading, home.visit.actor, home.site.id)
    return [Contact(row["person"], row["has_key"], row["fire_neighbour"], row["note"]) for row in rows]


def _contacts(home: HomeVisit) -> dict[str, Any]:
    visit = home.visit
    with visit.store.read() as reading:
        rows = contacts.contacts(reading, visit.actor, home.site.id)
        known = people.people(reading, visit.actor, home.site.customer, limit=200)
        may_change = home.may(reading, "change-contacts")
    there = {row["person"] for row in rows}
    others = [each for each in known if each["id"] not in there and each["name"] != people.GONE]
    return {"contacts": rows, "others": others, "may_change": may_change, "name": "", "phone": "", "note": ""}


def _passwords(home: HomeVisit) -> dict[str, Any]:
    visit = home.visit
    with visit.store.read() as reading:
        row = _site_now(reading, home)
        return {
            "set": {"password": row["password"], "counter_password": row["counter_password"]},
            "version": row["version"],
            "may_change": home.may(reading, "change-password"),
        }


def _site_now(reading: Queries, home: HomeVisit) -> dict[str, Any]:
    """Return the site as it is now, for its version."""
    return sites.one(reading, home.visit.actor, home.site.id)
