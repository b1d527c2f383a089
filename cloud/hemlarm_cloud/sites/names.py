"""What a transmitter's numbers stand for: the names of its zones, and the persons behind its users."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert, select

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import InvalidError
from hemlarm_cloud.sites import changes, levels, people, transmitters, values
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import panel_user, person, zone_name
from hemlarm_cloud.store.transaction import Transaction

NUMBER_MAX = 999
"""The largest zone or user that Contact ID can tell of."""

NAMES_MAX = 250
"""Zones, or users, that one transmitter has names for."""


def name_zones(
    tx: Transaction,
    actor: Actor,
    transmitter_id: str,
    wanted: Mapping[int, str],
    version: int,
    now_ms: int,
    reason: str = "",
) -> int:
    """Replace the names of a transmitter's zones and return its site's new version. Takes authority A.

    Raises NotFoundError, RefusedError, InvalidError, ConflictError.
    """
    known = transmitters.expect(tx, actor, transmitter_id)
    row = changes.begin(tx, actor, known.site, "change-site", version, now_ms, reason)
    _expect_few(wanted, "zones")
    named = {_number(zone, "zone"): values.text(name, f"zone {zone}", 60, 1) for zone, name in wanted.items()}
    before = zones(tx, actor, transmitter_id)
    tx.connection.execute(delete(zone_name).where(zone_name.c.transmitter == known.id))
    rows = [{"transmitter": known.id, "zone": zone, "name": name} for zone, name in sorted(named.items())]
    if rows:
        tx.connection.execute(insert(zone_name), rows)
    told = {"transmitter": known.id, "before": before, "after": named}
    return changes.finish(tx, actor, row, "name-zones", told, now_ms, reason)


def zones(reading: Queries, actor: Actor, transmitter_id: str) -> dict[int, str]:
    """Return the names of a transmitter's zones. Raises NotFoundError."""
    known = transmitters.expect(reading, actor, transmitter_id)
    query = select(zone_name.c.zone, zone_name.c.name).where(zone_name.c.transmitter == known.id)
    return {row.zone: row.name for row in reading.connection.execute(query.order_by(zone_name.c.zone))}


def link_users(
    tx: Transaction,
    actor: Actor,
    transmitter_id: str,
    wanted: Mapping[int, int],
    version: int,
    now_ms: int,
    reason: str = "",
) -> int:
    """Replace which person each user of a transmitter is, and return its site's new version. Takes authority A.

    They are people of the site's customer. Raises NotFoundError, RefusedError, InvalidError, ConflictError.
    """
    known = transmitters.expect(tx, actor, transmitter_id)
    row = changes.begin(tx, actor, known.site, "change-contacts", version, now_ms, reason)
    _expect_few(wanted, "users")
    linked = {_number(user, "user"): who for user, who in wanted.items()}
    people.expect_known_to(tx, row.customer, set(linked.values()))
    before = {entry["user"]: entry["person"] for entry in _users(tx, known.id)}
    tx.connection.execute(delete(panel_user).where(panel_user.c.transmitter == known.id))
    rows = [{"transmitter": known.id, "user": user, "person": who} for user, who in sorted(linked.items())]
    if rows:
        tx.connection.execute(insert(panel_user), rows)
    told = {"transmitter": known.id, "before": before, "after": linked}
    return changes.finish(tx, actor, row, "link-users", told, now_ms, reason)


def users(reading: Queries, actor: Actor, transmitter_id: str) -> list[dict[str, Any]]:
    """Return the persons behind a transmitter's users. Not for installers. Raises NotFoundError, RefusedError."""
    known = transmitters.expect(reading, actor, transmitter_id)
    levels.expect_people_shown(actor)
    return _users(reading, known.id)


def _users(reading: Queries, transmitter_id: str) -> list[dict[str, Any]]:
    query = (
        select(panel_user.c.user, panel_user.c.person, person.c.name)
        .join_from(panel_user, person, person.c.id == panel_user.c.person)
        .where(panel_user.c.transmitter == transmitter_id)
        .order_by(panel_user.c.user)
    )
    return [row._asdict() for row in reading.connection.execute(query)]


def _expect_few(wanted: Mapping[int, Any], what: str) -> None:
    if len(wanted) > NAMES_MAX:
        raise InvalidError(f"{what}: {len(wanted)} of them, at most {NAMES_MAX}")


def _number(number: int, what: str) -> int:
    if not 0 <= number <= NUMBER_MAX:
        raise InvalidError(f"{what}: {number} is not between 0 and {NUMBER_MAX}")
    return number
