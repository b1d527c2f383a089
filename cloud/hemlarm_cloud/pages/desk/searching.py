"""Finding a site by whatever a caller says: its number, name or address, a person, a telephone, a transmitter."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, or_, select

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.handling import seen
from hemlarm_cloud.sites import values
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import alarm_case
from hemlarm_cloud.store.schema_sites import (
    authority,
    authority_list_site,
    contact,
    customer,
    person,
    site,
    transmitter,
)

SEARCH_MAX = 80
FOUND_MAX = 30
"""Sites that one search shows; who gets so many says more."""

_DIGITS_MIN = 4
"""Of a telephone number: fewer are in too many."""

_WAYS_MAX = 3


class Found(NamedTuple):
    """A site, and by what it was found if not by its own words."""

    id: int
    number: str
    name: str
    address: str
    town: str
    ended: bool
    by: tuple[str, ...]


class Results(NamedTuple):
    """What a search found. `case` is a case with this number; `more` says that not all sites are shown."""

    sites: list[Found]
    case: int | None
    more: bool


def search(reading: Queries, actor: Actor, wanted: str) -> Results:
    """Return the sites that have this in one of their names or numbers, or in those of their people.

    Raises RefusedError, InvalidError.
    """
    seen.expect_staff(actor)
    said = values.text(wanted, "search", SEARCH_MAX)
    if not said:
        return Results([], None, False)
    found: dict[int, Found] = {}
    for query, label in _ways(said):
        for row in reading.connection.execute(query.order_by(site.c.id).limit(FOUND_MAX + 1)):
            _add(found, row, getattr(row, label) if label else "")
    rows = list(found.values())
    return Results(rows[:FOUND_MAX], _case(reading, said), len(rows) > FOUND_MAX)


def _add(found: dict[int, Found], row: Any, by: str) -> None:
    known = found.get(row.id) or Found(
        row.id, row.number, row.name, row.address, row.town, row.ended_ms is not None, ()
    )
    if by and by not in known.by and len(known.by) < _WAYS_MAX:
        known = known._replace(by=(*known.by, by))
    found[row.id] = known


def _ways(said: str) -> list[tuple[Select[Any], str]]:
    """The questions to ask, each with the column that says by what a site was found."""
    own = (site.c.number, site.c.name, site.c.address, site.c.town)
    here = select(site)
    of_customer = select(site, customer.c.name.label("by")).join(customer, customer.c.id == site.c.customer)
    of_sender = select(site, transmitter.c.id.label("by")).join(transmitter, transmitter.c.site == site.c.id)
    who = _has(said, person.c.name) | _has_number(said)
    people = select(site, person.c.name.label("by"))
    contacts = people.join(contact, contact.c.site == site.c.id).join(person, person.c.id == contact.c.person)
    covers = people.join(authority_list_site, authority_list_site.c.site == site.c.id)
    listed = covers.join(authority, authority.c.list == authority_list_site.c.list)
    listed = listed.join(person, person.c.id == authority.c.person)
    return [
        (here.where(_has(said, *own)), ""),
        (of_customer.where(_has(said, customer.c.name, customer.c.number)), "by"),
        (of_sender.where(_has(said, transmitter.c.id, transmitter.c.name)), "by"),
        (contacts.where(who), "by"),
        (listed.where(who), "by"),
    ]


def _has(said: str, *columns: Any) -> ColumnElement[bool]:
    return or_(*(column.icontains(said, autoescape=True) for column in columns))


def _has_number(said: str) -> ColumnElement[bool]:
    """A telephone number as people write it: blanks and dashes do not count, nor the nought before it."""
    digits = "".join(character for character in said if character.isdecimal()).lstrip("0")
    if len(digits) < _DIGITS_MIN or any(character.isalpha() for character in said):
        return person.c.id < 0
    return or_(*(column.contains(digits, autoescape=True) for column in (person.c.phone, person.c.other_phone)))


def _case(reading: Queries, said: str) -> int | None:
    number = said.removeprefix("#")
    if not number.isascii() or not number.isdecimal() or len(number) > 12:
        return None
    found: int | None = reading.connection.scalar(select(alarm_case.c.id).where(alarm_case.c.id == int(number)))
    return found
