"""What the numbers of a home stand for: names of its zones, its outputs and its people."""

from collections.abc import Iterable

from sqlalchemy import select

from hemlarm_cloud.homes.panels import Home
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import account, panel_user, person, zone_name


def people(reading: Queries, transmitter_id: str) -> dict[int, str]:
    """Return the name of the person behind each user of a transmitter, as far as the register has one."""
    query = select(panel_user.c.user, person.c.name).join_from(panel_user, person, person.c.id == panel_user.c.person)
    return {
        row.user: row.name
        for row in reading.connection.execute(query.where(panel_user.c.transmitter == transmitter_id))
    }


def zones(reading: Queries, home: Home) -> dict[int, str]:
    """Return the names of a transmitter's zones: as its keypad has them, else as the centre's register does."""
    query = select(zone_name.c.zone, zone_name.c.name).where(zone_name.c.transmitter == home.id)
    named = {row.zone: row.name for row in reading.connection.execute(query)}
    return named | {zone["number"]: str(zone["name"]) for zone in home.zones if zone.get("name")}


def outputs(home: Home) -> dict[int, str]:
    """Return the names of a panel's plugs and locks that have one."""
    return {each["number"]: str(each["name"]) for each in home.outputs if each.get("name")}


def account_people(reading: Queries, requested_by: Iterable[str]) -> dict[str, str]:
    """Return who is behind names of actors such as "customer:anna": the person's name, where the account has one."""
    names = {each.partition(":")[2]: each for each in requested_by if ":" in each}
    if not names:
        return {}
    query = select(account.c.name, person.c.name.label("person")).join_from(
        account, person, person.c.id == account.c.person
    )
    rows = reading.connection.execute(query.where(account.c.name.in_(sorted(names))))
    return {names[row.name]: row.person for row in rows}


def user_of(reading: Queries, transmitter_id: str, person_id: int | None) -> int:
    """Return the number that a person has as a user of this panel, the lowest, or 0 for one who has none."""
    if person_id is None:
        return 0
    query = select(panel_user.c.user).where(
        panel_user.c.transmitter == transmitter_id, panel_user.c.person == person_id
    )
    return int(reading.connection.scalar(query.order_by(panel_user.c.user).limit(1)) or 0)
