"""Contracts: what a customer pays for, until when, and how notice is given."""

from typing import Any

from sqlalchemy import Row, insert, select, update

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError
from hemlarm_cloud.sites import audit, authority, changes, customers, values
from hemlarm_cloud.sites.contract_dates import end_of
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import contract, site
from hemlarm_cloud.store.transaction import Transaction

PERIODS = ("month", "quarter", "year")

EVENTS_MAX = 1_000_000

_BEGINS_MAX_MS = 4_102_444_800_000
"""The year 2100: extensions by the year are counted one by one, and stay few."""


def add(
    tx: Transaction,
    actor: Actor,
    customer_id: int,
    number: str,
    begins_ms: int,
    ends_ms: int,
    now_ms: int,
    events_included: int | None = None,
    period: str = "month",
    heartbeats: bool = True,
) -> int:
    """Register a contract and return the new id. By supervisors.

    `events_included` are those of one period that cost nothing extra, None for all; `heartbeats` says whether the
    centre supervises the link. Raises RefusedError, NotFoundError, InvalidError, ConflictError.
    """
    changes.expect_supervisor(actor, "registering a contract")
    customers.expect(tx, actor, customer_id)
    if not 0 <= begins_ms < ends_ms <= _BEGINS_MAX_MS:
        raise InvalidError("a contract begins before it ends, and that before the year 2100")
    row: dict[str, Any] = {
        "customer": customer_id,
        "number": values.text(number, "number", 20, 1),
        "begins_ms": begins_ms,
        "ends_ms": ends_ms,
        **_terms(events_included, period, heartbeats),
    }
    if tx.connection.scalar(select(contract.c.id).where(contract.c.number == row["number"])) is not None:
        raise ConflictError(f"contract number {row['number']} is taken")
    made = tx.connection.execute(insert(contract).returning(contract.c.id), row)
    contract_id = int(made.scalar_one())
    audit.write(tx, actor, "add-contract", f"contract {contract_id}", row, now_ms, customer=customer_id)
    return contract_id


def change(
    tx: Transaction,
    actor: Actor,
    contract_id: int,
    events_included: int | None,
    period: str,
    heartbeats: bool,
    version: int,
    now_ms: int,
) -> int:
    """Change a contract's terms and return its new version. By supervisors.

    Raises RefusedError, NotFoundError, InvalidError, ConflictError.
    """
    changes.expect_supervisor(actor, "changing a contract")
    row = expect(tx, actor, contract_id)
    changes.expect_version(f"contract {contract_id}", row.version, version)
    return _store(tx, actor, row, "change-contract", _terms(events_included, period, heartbeats), now_ms)


def give_notice(tx: Transaction, actor: Actor, contract_id: int, version: int, now_ms: int, reason: str = "") -> int:
    """Give notice and return when the contract ends: at the first end that is three months or more away.

    Takes authority A at every site of the contract. Raises NotFoundError, RefusedError, InvalidError, ConflictError.
    """
    row = expect(tx, actor, contract_id)
    sites = list(tx.connection.scalars(select(site.c.id).where(site.c.contract == contract_id)))
    if not sites:
        changes.expect_supervisor(actor, "ending a contract without sites")
    authority.expect_everywhere(tx, actor, sites, "end-contract", now_ms)
    given = values.text(reason, "reason", changes.REASON_MAX)
    authority.expect_written(actor, "end-contract", given)
    changes.expect_version(f"contract {contract_id}", row.version, version)
    if row.terminated_ms is not None:
        raise ConflictError(f"contract {contract_id} was given notice of before")
    ends_ms = end_of(row.ends_ms, now_ms)
    _store(tx, actor, row, "end-contract", {"terminated_ms": now_ms, "ends_ms": ends_ms}, now_ms, given)
    return ends_ms


def expect(reading: Queries, actor: Actor, contract_id: int) -> Row[Any]:
    """Return a contract's row. Raises NotFoundError for one that is not there, or not this actor's."""
    found = reading.connection.execute(select(contract).where(contract.c.id == contract_id)).one_or_none()
    if found is not None:
        try:
            customers.expect(reading, actor, found.customer)
        except NotFoundError:
            found = None
    if found is None:
        raise NotFoundError(f"no contract {contract_id} here; `hemlarm cloud contract list` shows them all")
    return found


def shown(row: Row[Any], now_ms: int) -> dict[str, Any]:
    """A contract as people see it, with the end that holds today."""
    return row._asdict() | {"ends_ms": end_of(row.ends_ms, now_ms, row.terminated_ms)}


def contracts(
    reading: Queries, actor: Actor, customer_id: int, now_ms: int, after_id: int = 0, limit: int = 100
) -> list[dict[str, Any]]:
    """Return a customer's contracts, oldest first. Raises NotFoundError, InvalidError."""
    customers.expect(reading, actor, customer_id)
    query = select(contract).where(contract.c.customer == customer_id, contract.c.id > after_id)
    query = query.order_by(contract.c.id).limit(values.page(limit))
    return [shown(row, now_ms) for row in reading.connection.execute(query)]


def _store(
    tx: Transaction, actor: Actor, row: Row[Any], action: str, new: dict[str, Any], now_ms: int, reason: str = ""
) -> int:
    tx.connection.execute(update(contract).where(contract.c.id == row.id).values(**new, version=row.version + 1))
    told = changes.changed(row, new) | ({"reason": reason} if reason else {})
    audit.write(tx, actor, action, f"contract {row.id}", told, now_ms, customer=row.customer)
    return int(row.version) + 1


def _terms(events_included: int | None, period: str, heartbeats: bool) -> dict[str, Any]:
    if events_included is not None:
        values.number(events_included, "events_included", 0, EVENTS_MAX)
    return {
        "events_included": events_included,
        "period": values.one_of(period, "period", PERIODS),
        "heartbeats": heartbeats,
    }
