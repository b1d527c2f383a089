"""Whom the centre calls about a site, in which order; who of them has a key, and who looks after a fire next door."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select

from hemlarm_cloud import scope
from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import InvalidError
from hemlarm_cloud.sites import changes, levels, people, values
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import contact, person
from hemlarm_cloud.store.transaction import Transaction

CONTACTS_MAX = 20


@dataclass(frozen=True)
class Contact:
    """One contact; its place in the sequence is the order of calls."""

    person: int
    has_key: bool = False
    fire_neighbour: bool = False
    note: str = ""


def replace(
    tx: Transaction,
    actor: Actor,
    site_id: int,
    wanted: Sequence[Contact],
    version: int,
    now_ms: int,
    reason: str = "",
) -> int:
    """Replace a site's contacts, each a person of its customer and there once; returns the site's new version.

    Takes authority A. Raises NotFoundError, RefusedError, InvalidError, ConflictError.
    """
    there = changes.begin(tx, actor, site_id, "change-contacts", version, now_ms, reason)
    if len(wanted) > CONTACTS_MAX:
        raise InvalidError(f"contacts: {len(wanted)} of them, at most {CONTACTS_MAX}")
    named = {one.person for one in wanted}
    if len(named) < len(wanted):
        raise InvalidError("contacts: a person is there twice")
    people.expect_known_to(tx, there.customer, named)
    before = _stored(tx, site_id)
    new = [
        {
            "position": position,
            "person": one.person,
            "has_key": one.has_key,
            "fire_neighbour": one.fire_neighbour,
            "note": values.text(one.note, "note", 200),
        }
        for position, one in enumerate(wanted, 1)
    ]
    tx.connection.execute(delete(contact).where(contact.c.site == site_id))
    if new:
        tx.connection.execute(insert(contact), [{"site": site_id, **row} for row in new])
    return changes.finish(tx, actor, there, "change-contacts", {"before": before, "after": new}, now_ms, reason)


def contacts(reading: Queries, actor: Actor, site_id: int) -> list[dict[str, Any]]:
    """Return a site's contacts in the order of calls, with their names and numbers.

    Not for installers. Raises NotFoundError, RefusedError.
    """
    scope.expect_site(reading, actor, site_id)
    levels.expect_people_shown(actor)
    query = (
        select(contact, person.c.name, person.c.phone, person.c.other_phone, person.c.email, person.c.language)
        .join_from(contact, person, person.c.id == contact.c.person)
        .where(contact.c.site == site_id)
        .order_by(contact.c.position)
    )
    return [row._asdict() for row in reading.connection.execute(query)]


def _stored(tx: Transaction, site_id: int) -> list[dict[str, Any]]:
    columns = [column for column in contact.columns if column.name != "site"]
    query = select(*columns).where(contact.c.site == site_id).order_by(contact.c.position)
    return [row._asdict() for row in tx.connection.execute(query)]
