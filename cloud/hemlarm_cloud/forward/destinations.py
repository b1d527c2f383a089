"""Destinations and routes: which receiving centres there are, and which sites' signals go where. By supervisors.

Secrets are sealed by the vault and never shown again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from hemlarm_cloud import scope
from hemlarm_cloud.actor import CENTRE_ROLES, Actor
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.forward import addresses, outbox
from hemlarm_cloud.forward import settings as rules
from hemlarm_cloud.forward.settings import DestinationSettings
from hemlarm_cloud.sites import audit, changes, values
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_centre import destination, forwarded, route
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.vault import Vault

NAME_MAX, ADDRESS_MAX = 40, 120

DESTINATIONS_MAX = 100
"""Each has a task and up to two connections of its own."""

LOWEST_URGENCY = 5

SECRET_PURPOSE = "forwarding secret"  # noqa: S105 - what a secret is for is none.

_WHAT = "forwarding"


@dataclass(frozen=True)
class Wish:
    """What a destination should be; `secret` None leaves it as it is, or has none."""

    name: str
    protocol: str
    primary_address: str
    settings: DestinationSettings
    secondary_address: str = ""
    level_s: int = 90_000
    active: bool = True
    secret: str | None = None


def add(tx: Transaction, vault: Vault, actor: Actor, wish: Wish, now_ms: int) -> int:
    """Add a destination and return its id. Raises RefusedError, InvalidError, ConflictError for a taken name."""
    changes.expect_supervisor(actor, _WHAT)
    row = _checked(wish)
    if wish.protocol == rules.SOS_ACCESS and wish.secret is None:
        raise InvalidError("secret: SOS Access cannot do without a password")
    secret = None if wish.secret is None else rules.check_secret(wish.secret, wish.protocol)
    _expect_free_name(tx, row["name"])
    if int(tx.connection.scalar(select(func.count()).select_from(destination)) or 0) >= DESTINATIONS_MAX:
        raise ConflictError(f"there are {DESTINATIONS_MAX} destinations already, which is the most")
    added = tx.connection.execute(insert(destination).returning(destination.c.id), row)
    destination_id = int(added.scalar_one())
    _seal(tx, vault, destination_id, secret)
    audit.write(tx, actor, "destination-add", f"destination {destination_id}", _told(row), now_ms)
    return destination_id


def change(
    tx: Transaction, vault: Vault, actor: Actor, destination_id: int, version: int, wish: Wish, now_ms: int
) -> None:
    """Change a destination, but for its protocol. Raises NotFoundError, RefusedError, InvalidError, ConflictError."""
    changes.expect_supervisor(actor, _WHAT)
    before = _expect(tx, destination_id)
    changes.expect_version(f"destination {destination_id}", before.version, version)
    if wish.protocol != before.protocol:
        raise ConflictError("a destination keeps its protocol; add another destination")
    row = _checked(wish)
    if row["name"] != before.name:
        _expect_free_name(tx, row["name"])
    secret = None if wish.secret is None else rules.check_secret(wish.secret, wish.protocol)
    query = update(destination).where(destination.c.id == destination_id)
    tx.connection.execute(query.values(**row, version=version + 1))
    if secret is not None:
        _seal(tx, vault, destination_id, secret)
    detail = {"changed": changes.changed(before, row), "new secret": secret is not None}
    audit.write(tx, actor, "destination-change", f"destination {destination_id}", detail, now_ms)


def show(reading: Queries, actor: Actor, destination_id: int) -> Row[Any]:
    """Return a destination. Raises NotFoundError, RefusedError."""
    _expect_staff(actor)
    return _expect(reading, destination_id)


def listed(reading: Queries, actor: Actor, after_id: int = 0, limit: int = 100) -> Sequence[Row[Any]]:
    """Return destinations, in the order of their ids. Raises RefusedError, InvalidError."""
    _expect_staff(actor)
    query = select(destination).where(destination.c.id > after_id).order_by(destination.c.id)
    return reading.connection.execute(query.limit(values.page(limit))).all()


def set_route(
    tx: Transaction,
    actor: Actor,
    destination_id: int,
    site_id: int,
    account: str,
    lowest_urgency: int,
    now_ms: int,
) -> None:
    """Send a site's signals to a destination from now on: those of `lowest_urgency` and more urgent ones.

    Raises NotFoundError, RefusedError, InvalidError.
    """
    changes.expect_supervisor(actor, _WHAT)
    scope.expect_site(tx, actor, site_id)
    rules.check_account(account, _expect(tx, destination_id).protocol)
    values.number(lowest_urgency, "lowest_urgency", 0, LOWEST_URGENCY)
    this = (route.c.site == site_id, route.c.destination == destination_id)
    row = {"account": account, "lowest_urgency": lowest_urgency}
    if tx.connection.execute(update(route).where(*this).values(row)).rowcount == 0:
        tx.connection.execute(insert(route), row | {"site": site_id, "destination": destination_id})
    detail = row | {"destination": destination_id}
    audit.write(tx, actor, "route-set", f"site {site_id}", detail, now_ms, site=site_id)


def remove_route(tx: Transaction, actor: Actor, destination_id: int, site_id: int, now_ms: int) -> None:
    """Send no more of a site's signals there. Raises ConflictError while some still wait: they are not dropped."""
    changes.expect_supervisor(actor, _WHAT)
    scope.expect_site(tx, actor, site_id)
    waits = (forwarded.c.site == site_id, forwarded.c.destination == destination_id, forwarded.c.state == "waiting")
    if tx.connection.scalar(select(forwarded.c.id).where(*waits).limit(1)) is not None:
        raise ConflictError(f"signals of site {site_id} still wait for destination {destination_id}; try again later")
    this = (route.c.site == site_id, route.c.destination == destination_id)
    if tx.connection.execute(delete(route).where(*this)).rowcount == 0:
        raise NotFoundError(f"site {site_id} has no route to destination {destination_id}")
    audit.write(tx, actor, "route-remove", f"site {site_id}", {"destination": destination_id}, now_ms, site=site_id)


def routes(reading: Queries, actor: Actor, site_id: int) -> Sequence[Row[Any]]:
    """Return a site's routes, with the destinations' names. Raises NotFoundError, RefusedError."""
    _expect_staff(actor)
    scope.expect_site(reading, actor, site_id)
    query = select(route, destination.c.name).join(destination, destination.c.id == route.c.destination)
    return reading.connection.execute(query.where(route.c.site == site_id).order_by(route.c.destination)).all()


def sent(
    reading: Queries, actor: Actor, destination_id: int, after_id: int = 0, limit: int = 100
) -> Sequence[Row[Any]]:
    """Return what went or waits for a destination, in order. Raises NotFoundError, RefusedError, InvalidError."""
    _expect_staff(actor)
    _expect(reading, destination_id)
    query = select(forwarded).where(forwarded.c.destination == destination_id, forwarded.c.id > after_id)
    return reading.connection.execute(query.order_by(forwarded.c.id).limit(values.page(limit))).all()


def waiting(reading: Queries, actor: Actor, destination_id: int) -> int:
    """Return how many telegrams wait for a destination. Raises RefusedError."""
    _expect_staff(actor)
    return outbox.waiting(reading, destination_id)


def as_wish(row: Row[Any]) -> Wish:
    """Return what a destination is as a wish, to change some of it; its secret is left alone."""
    return Wish(
        row.name,
        row.protocol,
        row.primary_address,
        DestinationSettings.load(row.settings),
        row.secondary_address,
        row.level_s,
        row.active,
    )


def owner(destination_id: int) -> str:
    """Return whose secret the vault seals."""
    return f"destination {destination_id}"


def _checked(wish: Wish) -> dict[str, Any]:
    rules.check(wish.settings, wish.protocol)
    rules.check_level(wish.level_s, wish.protocol, wish.secondary_address)
    for address in (wish.primary_address, *filter(None, [wish.secondary_address])):
        try:
            addresses.split(address)
        except ValueError as error:
            raise InvalidError(str(error)) from None
    return {
        "name": values.text(wish.name, "name", NAME_MAX, at_least=1),
        "protocol": wish.protocol,
        "primary_address": wish.primary_address,
        "secondary_address": wish.secondary_address,
        "settings": wish.settings.dump(),
        "level_s": wish.level_s,
        "active": wish.active,
    }


def _told(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "settings"}


def _expect(reading: Queries, destination_id: int) -> Row[Any]:
    found = reading.connection.execute(select(destination).where(destination.c.id == destination_id)).one_or_none()
    if found is None:
        raise NotFoundError(f"no destination {destination_id} here; `hemlarm cloud forwarding list` shows them all")
    return found


def _expect_staff(actor: Actor) -> None:
    if actor.role not in CENTRE_ROLES:
        raise RefusedError("forwarding: this is for the centre")


def _expect_free_name(reading: Queries, name: str) -> None:
    if reading.connection.scalar(select(destination.c.id).where(destination.c.name == name)) is not None:
        raise ConflictError(f"a destination is called {name!r} already; choose another name")


def _seal(tx: Transaction, vault: Vault, destination_id: int, secret: bytes | None) -> None:
    """Keep a secret; a new password that was on its way is no more."""
    sealed = None if secret is None else vault.seal(SECRET_PURPOSE, owner(destination_id), secret)
    query = update(destination).where(destination.c.id == destination_id)
    tx.connection.execute(query.values(secret=sealed, next_secret=None))
