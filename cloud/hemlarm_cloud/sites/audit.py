"""The audit log: who changed what, when, and on whose behalf. It can be added to and read, and nothing else.

Triggers of the database refuse to change or delete a row. Somebody who has the whole database in hand can drop them, so
each row also carries a hash over the row before and itself: a row changed, taken out or put between breaks the chain
for good. Against one who writes the whole chain anew, or cuts off its end, keep its `head` elsewhere from time to time.
"""

import hashlib
import json
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, insert, select, true

from hemlarm_cloud.actor import CENTRE_ROLES, Actor, Role
from hemlarm_cloud.errors import InvalidError, RefusedError
from hemlarm_cloud.sites import values
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import audit, site
from hemlarm_cloud.store.transaction import Transaction

DETAIL_MAX = 100_000
"""Characters of an entry's detail: more than the largest action plan, before and after."""

_BEGINNING = bytes(32)
"""What stands before the first row."""

_PAGE = 1000


class Head(NamedTuple):
    """The newest entry, to be kept elsewhere: whoever has it can tell later whether the log still leads to it."""

    id: int
    chain: bytes


def write(
    tx: Transaction,
    actor: Actor,
    action: str,
    subject: str,
    detail: dict[str, Any],
    now_ms: int,
    site: int | None = None,
    customer: int | None = None,
) -> None:
    """Append an entry within the transaction of the change that it tells of.

    `subject` names what was changed ("contact list of site 7"), `detail` is plain data without secrets. The customer of
    an entry about a site is the site's of this day. Raises InvalidError for a detail that is too long.
    """
    told = json.dumps(detail, sort_keys=True, separators=(",", ":"))
    if len(told) > DETAIL_MAX:
        raise InvalidError(f"{subject}: {len(told)} characters to log, at most {DETAIL_MAX}; change less at a time")
    entry = {
        "at_ms": now_ms,
        "actor": actor.name,
        "on_behalf_of": actor.person,
        "action": action,
        "site": site,
        "customer": _customer_of(tx, site) if customer is None and site is not None else customer,
        "subject": subject,
        "detail": told,
    }
    newest = head(tx)
    entry["chain"] = _linked(newest.chain if newest else _BEGINNING, entry)
    tx.connection.execute(insert(audit), entry)


def head(reading: Queries) -> Head | None:
    """The newest entry, or None while there is none."""
    found = reading.connection.execute(select(audit.c.id, audit.c.chain).order_by(audit.c.id.desc()).limit(1)).first()
    return Head(found.id, bytes(found.chain)) if found else None


def check_chain(reading: Queries, known: Head | None = None) -> int | None:
    """Return the id of the first entry that is not as it was written, or None if all are.

    With a head `known` from earlier: its id if the log no longer has that entry. Reads the whole log, in pages.
    """
    chain, after, met = _BEGINNING, 0, known is None
    while True:
        query = select(audit).where(audit.c.id > after).order_by(audit.c.id).limit(_PAGE)
        rows = reading.connection.execute(query).all()
        for row in rows:
            chain = _linked(chain, row._asdict())
            if chain != bytes(row.chain):
                return int(row.id)
            met = met or (known is not None and known == Head(row.id, chain))
        if len(rows) < _PAGE:
            return None if met or known is None else known.id
        after = rows[-1].id


def entries(
    reading: Queries, actor: Actor, site: int | None = None, after_id: int = 0, limit: int = 100
) -> list[dict[str, Any]]:
    """Return entries that this actor may see, oldest first: the centre all, a customer those about what it has.

    `detail` is read back into plain data. Raises RefusedError for an installer, whom the customer's affairs do not
    concern, and InvalidError for a limit that is too large.
    """
    query = select(audit).where(audit.c.id > after_id, _visible(actor)).order_by(audit.c.id).limit(values.page(limit))
    if site is not None:
        query = query.where(audit.c.site == site)
    return [_shown(row) for row in reading.connection.execute(query)]


def _visible(actor: Actor) -> ColumnElement[bool]:
    if actor.role in CENTRE_ROLES:
        return true()
    if actor.role is Role.CUSTOMER and actor.customer is not None:
        return audit.c.customer == actor.customer
    raise RefusedError("the audit log is for the centre and for the customer whom it is about")


def _customer_of(tx: Transaction, site_id: int) -> int | None:
    found: int | None = tx.connection.scalar(select(site.c.customer).where(site.c.id == site_id))
    return found


def _linked(before: bytes, entry: dict[str, Any]) -> bytes:
    """The chain's value for an entry. Its id does not count: the database chooses it, and the chain has the order."""
    told = [value for name, value in sorted(entry.items()) if name not in ("id", "chain")]
    return hashlib.sha256(before + json.dumps(told, separators=(",", ":")).encode()).digest()


def _shown(row: Row[Any]) -> dict[str, Any]:
    entry = row._asdict()
    del entry["chain"]
    return entry | {"detail": json.loads(entry["detail"])}
