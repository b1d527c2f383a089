"""The register of sites: where they are, whose they are, and what holds there."""

import zoneinfo
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from sqlalchemy import Row, insert, or_, select

from hemlarm_cloud import scope
from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError
from hemlarm_cloud.sites import audit, changes, customers, values
from hemlarm_cloud.sites.transmitters import PLACEHOLDER
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import contract, site
from hemlarm_cloud.store.transaction import Transaction


@dataclass(frozen=True)
class Description:
    """What people write about a site. `region` names what a power cut strikes as one, `guard` whom to send."""

    name: str
    address: str = ""
    town: str = ""
    region: str = ""
    time_zone: str = "Europe/Stockholm"
    language: str = "sv"
    key_service: bool = False
    guard: str = ""


def register(
    tx: Transaction,
    actor: Actor,
    number: str,
    customer_id: int,
    contract_id: int | None,
    wanted: Description,
    now_ms: int,
) -> int:
    """Register a site and return the new id. By supervisors.

    Raises RefusedError, NotFoundError, InvalidError, ConflictError for a number that is taken.
    """
    changes.expect_supervisor(actor, "registering a site")
    row = {"number": _free_number(tx, number), **_owner(tx, actor, customer_id, contract_id), **_checked(wanted)}
    made = tx.connection.execute(insert(site).returning(site.c.id), row | {"created_ms": now_ms})
    site_id = int(made.scalar_one())
    audit.write(tx, actor, "add-site", f"site {site_id}", row, now_ms, site=site_id, customer=customer_id)
    return site_id


def adopt(
    tx: Transaction,
    actor: Actor,
    site_id: int,
    number: str,
    customer_id: int,
    contract_id: int | None,
    version: int,
    now_ms: int,
) -> int:
    """Give a site that only its transmitter made known a number and a customer. Returns its new version.

    What happened there stays with it, and becomes the customer's to see. By supervisors. Raises RefusedError,
    NotFoundError, InvalidError, and ConflictError for a site that has a customer: that one ends, and another begins.
    """
    changes.expect_supervisor(actor, "registering a site")
    row = changes.begin(tx, actor, site_id, "change-site", version, now_ms)
    if row.customer is not None:
        raise ConflictError(f"site {site_id} has a customer; end it, register another, and move its transmitters there")
    new = {"number": _free_number(tx, number), **_owner(tx, actor, customer_id, contract_id)}
    return changes.finish(tx, actor, row, "adopt-site", new, now_ms, columns=new)


def change(
    tx: Transaction,
    actor: Actor,
    site_id: int,
    wanted: Description,
    version: int,
    now_ms: int,
    reason: str = "",
) -> int:
    """Change what is written about a site and return its new version. Takes authority A.

    Raises NotFoundError, RefusedError, InvalidError, ConflictError.
    """
    row = changes.begin(tx, actor, site_id, "change-site", version, now_ms, reason)
    new = _checked(wanted)
    return changes.finish(tx, actor, row, "change-site", changes.changed(row, new), now_ms, reason, new)


def set_contract(tx: Transaction, actor: Actor, site_id: int, contract_id: int, version: int, now_ms: int) -> int:
    """Put a site under another contract of its customer. By supervisors. Returns its new version.

    Raises RefusedError, NotFoundError, ConflictError.
    """
    changes.expect_supervisor(actor, "putting a site under a contract")
    row = changes.begin(tx, actor, site_id, "change-site", version, now_ms)
    new = {"contract": _owner(tx, actor, row.customer, contract_id)["contract"]}
    return changes.finish(tx, actor, row, "set-contract", changes.changed(row, new), now_ms, columns=new)


def end(tx: Transaction, actor: Actor, site_id: int, version: int, now_ms: int, reason: str = "") -> int:
    """End a site: what belongs to it stays as it was, and its keys are to be returned or destroyed.

    Its transmitters are not turned away; what they report is still stored and answered. By supervisors. Returns its
    new version. Raises RefusedError, NotFoundError, ConflictError.
    """
    changes.expect_supervisor(actor, "ending a site")
    row = changes.begin(tx, actor, site_id, "change-site", version, now_ms, reason)
    return changes.finish(tx, actor, row, "end-site", {}, now_ms, reason, {"ended_ms": now_ms})


def shown(row: Row[Any]) -> dict[str, Any]:
    """A site as people see it: whether passwords are set, never what they are."""
    facts = row._asdict()
    facts["password"] = facts["password"] is not None
    facts["counter_password"] = facts["counter_password"] is not None
    return facts


def one(reading: Queries, actor: Actor, site_id: int) -> dict[str, Any]:
    """Return a site as people see it. Raises NotFoundError."""
    return shown(scope.expect_site(reading, actor, site_id))


def sites(
    reading: Queries,
    actor: Actor,
    search: str = "",
    customer_id: int | None = None,
    after_id: int = 0,
    limit: int = 100,
) -> list[dict[str, Any]]:
    """Return the sites that this actor may know of, oldest first.

    With `search` only those with this in their number, name, address or town. Raises InvalidError.
    """
    query = select(site).where(site.c.id > after_id, scope.visible(actor)).order_by(site.c.id)
    wanted = values.text(search, "search", 80)
    if wanted:
        columns = (site.c.number, site.c.name, site.c.address, site.c.town)
        query = query.where(or_(*(column.icontains(wanted, autoescape=True) for column in columns)))
    if customer_id is not None:
        query = query.where(site.c.customer == customer_id)
    return [shown(row) for row in reading.connection.execute(query.limit(values.page(limit)))]


def _free_number(tx: Transaction, number: str) -> str:
    given = values.text(number, "number", 40, 1)
    if given.startswith(PLACEHOLDER):
        raise InvalidError(
            f"number: those with {PLACEHOLDER!r} in front stand for sites not registered; choose another"
        )
    if tx.connection.scalar(select(site.c.id).where(site.c.number == given)) is not None:
        raise ConflictError(f"site number {given} is taken")
    return given


def _owner(tx: Transaction, actor: Actor, customer_id: int | None, contract_id: int | None) -> dict[str, Any]:
    """The customer, and a contract that is that customer's. Raises NotFoundError."""
    if customer_id is None:
        raise ConflictError("this site has no customer yet; register it first")
    customers.expect(tx, actor, customer_id)
    if contract_id is not None:
        query = select(contract.c.id).where(contract.c.id == contract_id, contract.c.customer == customer_id)
        if tx.connection.scalar(query) is None:
            raise NotFoundError(f"customer {customer_id} has no contract {contract_id}")
    return {"customer": customer_id, "contract": contract_id}


def _checked(wanted: Description) -> dict[str, Any]:
    checked = asdict(wanted) | {
        "name": values.text(wanted.name, "name", 80, 1),
        "address": values.text(wanted.address, "address", 120),
        "town": values.text(wanted.town, "town", 60),
        "region": values.text(wanted.region, "region", 40),
        "language": values.one_of(wanted.language, "language", customers.LANGUAGES),
        "guard": values.text(wanted.guard, "guard", 80),
    }
    if wanted.time_zone not in _time_zones():
        raise InvalidError("time_zone: write a name of the time zone database, such as Europe/Stockholm")
    return checked


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(name for name in zoneinfo.available_timezones() if len(name) <= 40)
