"""Faults that last: mains out, a silent line, a low battery. Each has a row from its beginning to its end.

Most become a service task or a case at once, some only after a time (`meaning.Fault`), and many at once in one region
become an incident. Those that began in service mode call nobody; `service_mode` tells of them when it ends.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Row, Select, case, func, insert, literal, null, or_, select, update

from hemlarm_cloud.cases import fault_cases, incidents, lasting, meaning, signals
from hemlarm_cloud.cases.lasting import Interval, Key, Span
from hemlarm_cloud.cases.signals import Signal
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_cases import condition, signal
from hemlarm_cloud.store.schema_sites import site as site_table
from hemlarm_cloud.store.transaction import Transaction

ROLES = (meaning.FAULT_BEGUN, meaning.FAULT_ENDED)
"""Of the signals that tell of conditions."""

AT_MOST = 200
"""Conditions whose time has come that one transaction takes."""

GROUPS_MAX = 10

_RECENT_MS = 24 * meaning.HOUR_MS
_HISTORY_MAX = 5000


class Place(NamedTuple):
    """Where a transmitter is."""

    site: int
    region: str


def take(tx: Transaction, new: Sequence[Signal], now_ms: int) -> None:
    """Bring conditions and their cases to what signals of any number of sites tell that have just been stored."""
    if not new:
        return
    places = _places(tx, {each.site for each in new})
    earliest = {lasting.key(each): each.dated_ms for each in sorted(new, key=lambda one: one.order, reverse=True)}
    sites = {lasting.key(each): places[each.site] for each in new}
    stored = _stored(tx, {each.site for each in new}, earliest)
    since = {each: _since(earliest[each], stored.get(each, [])) for each in earliest}
    changed: list[int] = []
    told_again: list[int] = []
    begun: list[dict[str, Any]] = []
    told = _history(tx, since)
    for each, from_ms in since.items():
        found = lasting.intervals(told.get(each, ()))
        spans = [span for span in stored.get(each, []) if span.began_ms >= from_ms]
        pairs = list(zip(found, lasting.matched(found, spans), strict=True))
        changed += _write(tx, pairs)
        told_again += [span.id for _, span in pairs if span is not None]
        begun += [_values(each, sites[each], interval) for interval, span in pairs if span is None]
    _follow(tx, changed + _insert(tx, begun), now_ms)
    fault_cases.link(tx, fault_cases.rows(tx, sorted(set(told_again) - set(changed))))


def begin(tx: Transaction, transmitter: str, site: int, kind: str, zone: int, at_ms: int) -> bool:
    """Begin a condition that no signal tells of, with what follows from it. Returns False if it lasts already."""
    row = fault_cases.lasting_row(tx, transmitter, kind, zone)
    if row is not None:
        return False
    region = _places(tx, {site})[site].region
    values = {"transmitter": transmitter, "site": site, "region": region, "kind": kind, "zone": zone}
    _follow(tx, _insert(tx, [values | {"began_ms": at_ms}]), at_ms)
    return True


def end(tx: Transaction, transmitter: str, site: int, kind: str, zone: int, at_ms: int) -> bool:
    """End a condition that `begin` began. Returns False if none lasts."""
    row = fault_cases.lasting_row(tx, transmitter, kind, zone)
    if row is None or row.site != site:
        return False
    ended = {"ended_ms": max(at_ms, row.began_ms), "due_ms": None}
    tx.connection.execute(update(condition).where(condition.c.id == row.id).values(ended))
    _follow(tx, [row.id], at_ms)
    return True


def step(store: Store, now_ms: int) -> int | None:
    """Make cases of the conditions whose time has come. Returns when the next one's does, or None."""
    for _ in range(GROUPS_MAX):
        with store.begin() as tx:
            due = tx.connection.scalars(_due().where(condition.c.due_ms <= now_ms).limit(AT_MOST)).all()
            if not due:
                break
            ripe = update(condition).where(condition.c.id.in_(due)).values(due_ms=None)
            tx.connection.execute(ripe)
            fault_cases.take(tx, fault_cases.rows(tx, due), now_ms, frozenset(due))
    with store.read() as reading:
        query = select(condition.c.due_ms).where(condition.c.due_ms.is_not(None))
        next_ms: int | None = reading.connection.scalar(query.order_by(condition.c.due_ms).limit(1))
        return next_ms


def _due() -> Select[Any]:
    return select(condition.c.id).where(condition.c.due_ms.is_not(None)).order_by(condition.c.due_ms, condition.c.id)


def _places(tx: Transaction, ids: Iterable[int]) -> dict[int, Place]:
    query = select(site_table.c.id, site_table.c.region).where(site_table.c.id.in_(sorted(ids)))
    return {row.id: Place(row.id, row.region) for row in tx.connection.execute(query)}


def _stored(tx: Transaction, sites: set[int], earliest: dict[Key, int]) -> dict[Key, list[Span]]:
    """Return the conditions that may change: those that last or ended after the first that is new."""
    kinds, from_ms = {kind for _, kind, _ in earliest}, min(earliest.values())
    query = select(condition).where(condition.c.site.in_(sorted(sites)), condition.c.kind.in_(sorted(kinds)))
    query = query.where(or_(condition.c.ended_ms.is_(None), condition.c.ended_ms >= from_ms))
    found: dict[Key, list[Span]] = {}
    for row in tx.connection.execute(query.order_by(condition.c.began_ms)):
        if (row.transmitter, row.kind, row.zone) in earliest:
            spans = found.setdefault((row.transmitter, row.kind, row.zone), [])
            spans.append(Span(row.id, row.began_ms, row.ended_ms))
    return found


def _since(earliest_ms: int, stored: Sequence[Span]) -> int:
    """Return from when on the signals tell all that may change: from the beginning of what lasted then."""
    lasted = [
        span.began_ms
        for span in stored
        if span.began_ms <= earliest_ms and (span.ended_ms is None or span.ended_ms >= earliest_ms)
    ]
    return min(lasted, default=earliest_ms)


def _history(tx: Transaction, since: dict[Key, int]) -> dict[Key, list[Signal]]:
    """Return the signals of each condition from its time on. What lasts for long is read by itself."""
    recent_ms = max(since.values()) - _RECENT_MS
    told: dict[Key, list[Signal]] = {}
    for recent in (True, False):
        keys = {each: from_ms for each, from_ms in since.items() if (from_ms >= recent_ms) is recent}
        groups = [keys] if recent else [{each: from_ms} for each, from_ms in keys.items()]
        for group in groups:
            for each in _read_history(tx, group):
                if each.dated_ms >= group.get(lasting.key(each), each.dated_ms + 1):
                    told.setdefault(lasting.key(each), []).append(each)
    return told


def _read_history(tx: Transaction, since: dict[Key, int]) -> list[Signal]:
    if not since:
        return []
    codes = {code for _, kind, _ in since for code in meaning.kind_codes(kind)}
    query = signals.query().where(
        signal.c.transmitter.in_(sorted({transmitter for transmitter, _, _ in since})),
        signal.c.dated_ms >= min(since.values()),
        signal.c.qcode.in_(sorted(qualifier + code for code in codes for qualifier in (1000, 3000))),
    )
    found = signals.read(tx.connection.execute(query.order_by(signal.c.dated_ms, signal.c.id).limit(_HISTORY_MAX)))
    return [each for each in found if each.role in ROLES]


def _write(tx: Transaction, pairs: Sequence[tuple[Interval, Span | None]]) -> list[int]:
    """Bring stored conditions to these intervals. Returns which are other than before."""
    changed = []
    # What has ended comes first: only one at a time may last.
    for each, span in sorted(pairs, key=lambda pair: pair[0].ended_ms is None):
        if span is None or (span.began_ms, span.ended_ms) == (each.begun.dated_ms, each.ended_ms):
            continue
        values: dict[str, Any] = {"began_ms": each.begun.dated_ms, "ended_ms": each.ended_ms, "quiet": _is_quiet(each)}
        # None once it has become a case, and then it stays so.
        values["due_ms"] = case((condition.c.due_ms.is_(None), null()), else_=literal(_due_ms(each), BigInteger))
        tx.connection.execute(update(condition).where(condition.c.id == span.id).values(values))
        changed.append(span.id)
    return changed


def _values(of: Key, place: Place, each: Interval) -> dict[str, Any]:
    return {
        **{"transmitter": of[0], "kind": of[1], "zone": of[2], "site": place.site, "region": place.region},
        **{"began_ms": each.begun.dated_ms, "ended_ms": each.ended_ms, "due_ms": _due_ms(each)},
        "quiet": _is_quiet(each),
    }


def _is_quiet(each: Interval) -> bool:
    return each.begun.handling == "service"


def _due_ms(each: Interval) -> int | None:
    delay_ms = meaning.fault(each.begun.qcode, each.begun.origin).delay_ms
    return None if _is_quiet(each) or each.ended_ms is not None or not delay_ms else each.begun.dated_ms + delay_ms


def _insert(tx: Transaction, begun: Sequence[dict[str, Any]]) -> list[int]:
    """Store new conditions and return their ids."""
    if not begun:
        return []
    before = tx.connection.scalar(select(func.max(condition.c.id))) or 0
    tx.connection.execute(insert(condition), begun)
    return list(tx.connection.scalars(select(condition.c.id).where(condition.c.id > before).order_by(condition.c.id)))


def _follow(tx: Transaction, changed: Sequence[int], now_ms: int) -> None:
    """Do what follows from conditions that have begun, ended or moved: incidents first, then cases of their own."""
    rows: list[Row[Any]] = fault_cases.rows(tx, changed)
    struck = incidents.take(tx, rows, now_ms)
    fault_cases.take(tx, [row for row in rows if row.id not in struck], now_ms)
