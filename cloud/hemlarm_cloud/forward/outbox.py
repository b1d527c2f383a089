"""What waits for each destination: put here in the transaction that makes the signal, and out when it was answered.

The signals of one site leave in the order in which they happened: case work takes urgent ones before others, and a
restore that came out behind the next alarm would seem to end that one. Sites take their turns by the most urgent that
each has.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, case, exists, func, insert, literal, select, update

from hemlarm_cloud.cases.categories import INTRUSION, SERVICE, URGENCY
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import signal
from hemlarm_cloud.store.schema_centre import destination, forwarded, route
from hemlarm_cloud.store.schema_sites import site, zone_name
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.trade.dc09 import SEQUENCE_MAX
from hemlarm_protocol.contact_id import NEW, RESTORE, split

PROBLEM_MAX = 200

_SITES_MAX = 256
"""Sites that a batch is taken from."""

PUT_OFF_MAX_MS = 600_000
"""The longest that a telegram is put off."""

_CANCEL = 1406


class Item(NamedTuple):
    """A signal on its way to one destination, with what its telegram may say. `account` is None without a route."""

    id: int
    site: int
    sequence: int | None
    tries: int
    account: str | None
    qcode: int
    area: int
    zone: int
    user: int
    text: str
    dated_ms: int
    transmitter: str
    site_number: str
    site_name: str
    address: str
    town: str
    time_zone: str
    zone_name: str | None


def worth(qcode: int, category: str) -> int | None:
    """Return the urgency by which a signal is forwarded or not; None for what concerns nobody else.

    A restore goes with its alarm, and a cancel with a break-in.
    """
    qualifier, code = split(qcode)
    if qcode == _CANCEL:
        return URGENCY[INTRUSION]
    if qualifier not in (NEW, RESTORE):
        return URGENCY[SERVICE] if qualifier else None
    return URGENCY[category] if code else None


def enqueue(tx: Transaction, signal_id: int, now_ms: int) -> None:
    """Queue a signal for each destination that its site has a route to; see `enqueue_all`."""
    enqueue_all(tx, [signal_id], now_ms)


def enqueue_all(tx: Transaction, signal_ids: Sequence[int], now_ms: int) -> int:
    """Queue signals, at most some hundreds, in the order of their ids; returns how many telegrams that makes.

    Done again, it queues none twice. What came in service mode stays here: its alarms are no alarms.
    """
    known = (forwarded.c.destination == route.c.destination) & (forwarded.c.signal == signal.c.id)
    query = (
        select(
            signal.c.id, signal.c.site, signal.c.qcode, signal.c.category, route.c.destination, route.c.lowest_urgency
        )
        .join(route, route.c.site == signal.c.site)
        .where(signal.c.id.in_(signal_ids), signal.c.handling != "service", ~exists().where(known))
        .order_by(signal.c.id, route.c.destination)
    )
    values = [
        {"destination": row.destination, "site": row.site, "signal": row.id, "state": "waiting", "due_ms": now_ms}
        for row in tx.connection.execute(query)
        if (urgency := worth(row.qcode, row.category)) is not None and urgency <= row.lowest_urgency
    ]
    if values:
        tx.connection.execute(insert(forwarded), values)
    return len(values)


def queued_since(reading: Queries, item_id: int) -> tuple[int, int | None]:
    """Return the newest id in the outbox, and how urgent the most urgent is that came after this one, if any did."""
    query = (
        select(func.max(forwarded.c.id), func.min(signal.c.urgency))
        .join(signal, signal.c.id == forwarded.c.signal)
        .where(forwarded.c.id > item_id)
    )
    newest, urgency = reading.connection.execute(query).one()
    return (item_id if newest is None else newest), urgency


def waiting(reading: Queries, destination_id: int) -> int:
    """Return how many telegrams wait for a destination."""
    query = select(func.count()).select_from(forwarded).where(_waits(destination_id))
    return int(reading.connection.scalar(query) or 0)


def batch(reading: Queries, destination_id: int, now_ms: int, limit: int) -> list[Item]:
    """Return what may go to a destination now, in this order.

    A site whose first was put off waits with all of its own; the others do not. Whatever was put off for longer than
    `PUT_OFF_MAX_MS` is due: the clock was set back meanwhile.
    """
    is_later = forwarded.c.due_ms.between(now_ms + 1, now_ms + PUT_OFF_MAX_MS)
    turns = (
        select(forwarded.c.site)
        .join(signal, signal.c.id == forwarded.c.signal)
        .where(_waits(destination_id))
        .group_by(forwarded.c.site)
        .having(func.max(case((is_later, 1), else_=0)) == 0)
        .order_by(func.min(signal.c.urgency), func.min(forwarded.c.id))
        .limit(_SITES_MAX)
    )
    sites = list(reading.connection.scalars(turns))
    if not sites:
        return []
    turn = case({each: rank for rank, each in enumerate(sites)}, value=forwarded.c.site)
    query = _items().where(_waits(destination_id), forwarded.c.site.in_(sites))
    query = query.order_by(turn, signal.c.dated_ms, signal.c.order_key, forwarded.c.id)
    return [Item(*row) for row in reading.connection.execute(query.limit(limit))]


def number(tx: Transaction, destination_id: int, item_id: int | None) -> int:
    """Return the sequence number of a telegram: the one that it went out with before, or the destination's next.

    Of a heartbeat (`item_id` None) it is always the next. After 9999 comes 1.
    """
    if item_id is not None:
        kept: int | None = tx.connection.scalar(select(forwarded.c.sequence).where(forwarded.c.id == item_id))
        if kept is not None:
            return kept
    used = tx.connection.scalar(select(destination.c.sequence).where(destination.c.id == destination_id))
    sequence = (used or 0) % SEQUENCE_MAX + 1
    tx.connection.execute(update(destination).where(destination.c.id == destination_id).values(sequence=sequence))
    if item_id is not None:
        tx.connection.execute(update(forwarded).where(forwarded.c.id == item_id).values(sequence=sequence))
    return sequence


def delivered(tx: Transaction, item_id: int, receiver: str, now_ms: int) -> None:
    """A receiver has it."""
    values = {"state": "sent", "done_ms": now_ms, "receiver": receiver, "tries": forwarded.c.tries + 1, "problem": ""}
    _change(tx, item_id, values)


def refused(tx: Transaction, item_id: int, problem: str, now_ms: int) -> None:
    """No receiver will ever take it."""
    told = problem[:PROBLEM_MAX]
    _change(tx, item_id, {"state": "refused", "done_ms": now_ms, "tries": forwarded.c.tries + 1, "problem": told})


def put_off(tx: Transaction, item_id: int, problem: str, due_ms: int) -> None:
    """It is tried again at `due_ms`, and what its site has behind it after that."""
    _change(tx, item_id, {"due_ms": due_ms, "tries": forwarded.c.tries + 1, "problem": problem[:PROBLEM_MAX]})


def _change(tx: Transaction, item_id: int, values: dict[str, Any]) -> None:
    tx.connection.execute(
        update(forwarded).where(forwarded.c.id == item_id, forwarded.c.state == "waiting").values(values)
    )


def _waits(destination_id: int) -> Any:
    # Written out, so that the partial index is used.
    return and_(
        forwarded.c.destination == destination_id, forwarded.c.state == literal("waiting", literal_execute=True)
    )


def _items() -> Select[Any]:
    named = and_(zone_name.c.transmitter == signal.c.transmitter, zone_name.c.zone == signal.c.zone)
    at_receiver = and_(route.c.site == forwarded.c.site, route.c.destination == forwarded.c.destination)
    return (
        select(
            *(forwarded.c[name] for name in ("id", "site", "sequence", "tries")),
            route.c.account,
            *(signal.c[name] for name in ("qcode", "area", "zone", "user", "text", "dated_ms", "transmitter")),
            *(site.c[name] for name in ("number", "name", "address", "town", "time_zone")),
            zone_name.c.name,
        )
        .join(signal, signal.c.id == forwarded.c.signal)
        .join(site, site.c.id == forwarded.c.site)
        .outerjoin(route, at_receiver)
        .outerjoin(zone_name, named)
    )
