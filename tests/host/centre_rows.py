"""Rows of two tenants in a store, as short as they can be, for tests that look at them from outside."""

from typing import Any, NamedTuple

from sqlalchemy import insert

from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_cases import alarm_case, case_log, signal
from hemlarm_cloud.store.schema_sites import authority_list, authority_list_site, customer, site, transmitter
from hemlarm_cloud.store.transaction import Transaction

NOW_MS = 1_800_000_000_000


class Tenant(NamedTuple):
    """A customer with one site and one transmitter."""

    customer: int
    site: int
    transmitter: str
    actor: Actor


def add(tx: Transaction, table: Any, **values: Any) -> int:
    """Adds a row and returns its id."""
    made = tx.connection.execute(insert(table).returning(table.c.id), values)
    return int(made.scalar_one())


def add_tenant(store: Store, name: str) -> Tenant:
    """Adds a customer called so, with a site and a transmitter."""
    with store.begin() as tx:
        owner = add(tx, customer, number=f"K-{name}", name=name, created_ms=NOW_MS)
        where = add(tx, site, number=f"S-{name}", name=f"{name} house", customer=owner, created_ms=NOW_MS)
        sender = f"dc09:{name}"
        tx.connection.execute(insert(transmitter), {"id": sender, "kind": "dc-09", "site": where, "added_ms": NOW_MS})
    return Tenant(owner, where, sender, Actor(f"customer:{name}", Role.CUSTOMER, customer=owner))


def add_installer(store: Store, name: str, *sites: int) -> Actor:
    """Adds an installer company with these sites on its list, and returns somebody of it."""
    with store.begin() as tx:
        company = add(tx, authority_list, kind="installer", name=name, created_ms=NOW_MS)
        for number in sites:
            tx.connection.execute(insert(authority_list_site), {"list": company, "site": number})
    return Actor(f"installer:{name}", Role.INSTALLER, installer=company)


_numbers = iter(range(1, 1_000_000))


def add_signal(store: Store, of: Tenant, case: int | None = None, **values: Any) -> int:
    """Adds a signal of the tenant's site, by default a break-in."""
    (number,) = add_signals(store, of, 1, case, **values)
    return number


def add_signals(store: Store, of: Tenant, count: int, case: int | None = None, **values: Any) -> list[int]:
    """Adds signals in one transaction."""
    with store.begin() as tx:
        return [add(tx, signal, **(_signal(of, case) | values)) for _ in range(count)]


def _signal(of: Tenant, case: int | None) -> dict[str, Any]:
    return {
        "origin": "foreign",
        "origin_id": next(_numbers),
        "transmitter": of.transmitter,
        "site": of.site,
        "qcode": 1130,
        "category": "intrusion",
        "urgency": 2,
        "area": 1,
        "zone": 4,
        "user": 0,
        "dated_ms": NOW_MS,
        "order_key": "",
        "received_ms": NOW_MS,
        "handling": "case" if case else "record",
        "case": case,
    }


def add_case(store: Store, of: Tenant | None, **values: Any) -> int:
    """Adds a new case of the tenant's site, by default a break-in; without a tenant, an incident's own."""
    row = {
        "site": of.site if of else None,
        "kind": "alarm" if of else "incident",
        "category": "intrusion",
        "urgency": 2,
        "state": "new",
        "began_ms": NOW_MS,
        "latest_ms": NOW_MS,
        "opened_ms": NOW_MS,
    }
    with store.begin() as tx:
        return add(tx, alarm_case, **(row | values))


def add_log(store: Store, of: Tenant | None, case: int, kind: str = "note", detail: str = "{}") -> int:
    """Adds an entry to the case's log."""
    row = {"case": case, "site": of.site if of else None, "at_ms": NOW_MS, "actor": "operator:anna"}
    with store.begin() as tx:
        return add(tx, case_log, kind=kind, detail=detail, **row)
