"""What forwarding reads from the store and writes to it, on behalf of the senders: a transaction each."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, select, update

from hemlarm_cloud.forward import outbox, trouble
from hemlarm_cloud.forward.destinations import DESTINATIONS_MAX, SECRET_PURPOSE, owner
from hemlarm_cloud.forward.facts import (
    Delivered,
    Fact,
    Heard,
    NewPassword,
    PasswordLost,
    PasswordTaken,
    PutOff,
    Reached,
    Refused,
    Unreachable,
)
from hemlarm_cloud.forward.outbox import Item
from hemlarm_cloud.forward.settings import DestinationSettings
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_centre import destination
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.vault import Vault

BATCH = 256
"""Telegrams taken from the outbox at a time: looking for what is next takes a tenth of a second when 50,000 wait."""


@dataclass(frozen=True)
class Destination:
    """A destination as its sender needs it. No secrets show when it is printed."""

    id: int
    version: int
    name: str
    protocol: str
    addresses: tuple[str, ...]
    settings: DestinationSettings
    level_s: int
    heard_ms: int | None


def active(store: Store) -> list[Destination]:
    """Return the destinations that are to be served."""
    with store.read() as reading:
        query = select(destination).where(destination.c.active).order_by(destination.c.id).limit(DESTINATIONS_MAX)
        return [_destination(row) for row in reading.connection.execute(query)]


def queued_since(store: Store, item_id: int) -> tuple[int, int | None]:
    """Return the newest id in the outbox, and how urgent the most urgent is that came after this one, if any did."""
    with store.read() as reading:
        return outbox.queued_since(reading, item_id)


def secrets(store: Store, vault: Vault, destination_id: int) -> tuple[bytes | None, bytes | None]:
    """Return a destination's secret, and the new one that was not used yet. Raises VaultError."""
    with store.read() as reading:
        query = select(destination.c.secret, destination.c.next_secret).where(destination.c.id == destination_id)
        row = reading.connection.execute(query).one()
    opened = (
        None if sealed is None else vault.open_sealed(SECRET_PURPOSE, owner(destination_id), bytes(sealed))
        for sealed in row
    )
    secret, following = opened
    return secret, following


def batch(store: Store, destination_id: int, now_ms: int) -> list[Item]:
    """Return what may go to a destination now."""
    with store.read() as reading:
        return outbox.batch(reading, destination_id, now_ms, BATCH)


def number(store: Store, destination_id: int, item: Item | None) -> int:
    """Return the sequence number of the next telegram; it is stored before the telegram goes."""
    with store.begin() as tx:
        return outbox.number(tx, destination_id, None if item is None else item.id)


def keep(store: Store, vault: Vault, kept: Destination, facts: list[Fact], now_ms: int) -> None:
    """Store what a sender found out, all of it or nothing."""
    with store.begin() as tx:
        for fact in facts:
            _keep_one(tx, vault, kept, fact, now_ms)


def _keep_one(tx: Transaction, vault: Vault, kept: Destination, fact: Fact, now_ms: int) -> None:
    if isinstance(fact, Delivered):
        outbox.delivered(tx, fact.item.id, fact.receiver, now_ms)
    elif isinstance(fact, Refused):
        outbox.refused(tx, fact.item.id, fact.why, now_ms)
        trouble.refused(tx, fact.item, kept.name, fact.why, now_ms)
    elif isinstance(fact, PutOff):
        outbox.put_off(tx, fact.item.id, fact.why, now_ms + fact.wait_ms)
    elif isinstance(fact, Heard):
        _change(tx, kept, heard_ms=now_ms)
    elif isinstance(fact, Unreachable):
        trouble.unreachable(tx, kept.name, fact.why, now_ms)
    elif isinstance(fact, Reached):
        trouble.reached(tx, kept.name, now_ms)
    else:
        _keep_password(tx, vault, kept, fact)


def _keep_password(
    tx: Transaction, vault: Vault, kept: Destination, fact: NewPassword | PasswordTaken | PasswordLost
) -> None:
    if isinstance(fact, NewPassword):
        _change(tx, kept, next_secret=vault.seal(SECRET_PURPOSE, owner(kept.id), fact.secret))
    elif isinstance(fact, PasswordTaken):
        settings = replace(kept.settings, renew=False).dump()
        # Not a person's change: whoever edits the destination at this moment is not in conflict with it.
        _change(tx, kept, secret=destination.c.next_secret, next_secret=None, settings=settings)
    else:
        _change(tx, kept, next_secret=None)


def _change(tx: Transaction, kept: Destination, **values: Any) -> None:
    """Change a destination, unless a person has changed it meanwhile: that one's sender begins anew."""
    this = (destination.c.id == kept.id, destination.c.version == kept.version)
    tx.connection.execute(update(destination).where(*this).values(**values))


def _destination(row: Row[Any]) -> Destination:
    addresses = (row.primary_address, *filter(None, [row.secondary_address]))
    settings = DestinationSettings.load(row.settings)
    return Destination(row.id, row.version, row.name, row.protocol, addresses, settings, row.level_s, row.heard_ms)
