"""Transmitters of others that fall silent. Hemlarm's own panels are supervised by the ingest.

A silence longer than the level that was agreed is a line fault, which case work keeps as a condition until the
transmitter is heard again. While the centre itself was down it could hear nobody, so a silence counts from its return.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import BigInteger, Row, Select, cast, func, select, update

from hemlarm_cloud.cases import conditions
from hemlarm_cloud.cases.categories import LINE
from hemlarm_cloud.cases.meaning import SILENT
from hemlarm_cloud.service_mode import lookup
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.dialects import insert_or_replace, insert_unless_present
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import condition, lane
from hemlarm_cloud.store.schema_centre import foreign_account
from hemlarm_cloud.store.schema_sites import transmitter
from hemlarm_cloud.store.transaction import Transaction

POLL_MS = 10_000
"""How often silence is looked for: a ninth of the shortest level of 90 s."""

DEAF_MS = 60_000
"""A longer pause between two looks means that the centre was down."""

LOOKED, SINCE = "foreign-looked", "foreign-since"
"""Where the last look, and the return after the last pause, are kept among the lanes."""

_GROUP = 20
"""Transmitters of one transaction that fall silent, or are heard again: an alarm waits no longer for these."""

_Change = Callable[[Transaction, Row[Any], int], None]


def step(store: Store, now_ms: int) -> int | None:
    """Begin and end line faults, a bounded number; returns when to be called again, None without transmitters."""
    with store.read() as reading:
        if reading.connection.execute(_accounts().limit(1)).first() is None:
            return None
    with store.begin() as tx:
        since_ms = _look(tx, now_ms)
        heard = _change(tx, _heard_again(), _end, now_ms)
        silent = _change(tx, _silent(since_ms, now_ms), _begin, now_ms)
    return now_ms if heard or silent else now_ms + POLL_MS


def _look(tx: Transaction, now_ms: int) -> int:
    """Remember this look, and return since when the centre has been able to hear."""
    looked_ms, since_ms = _kept(tx, LOOKED), _kept(tx, SINCE)
    if since_ms is None or looked_ms is None or not 0 <= now_ms - looked_ms <= DEAF_MS:
        since_ms = now_ms
        _keep(tx, SINCE, since_ms)
    if looked_ms is None or not 0 <= now_ms - looked_ms < POLL_MS // 2:
        _keep(tx, LOOKED, now_ms)
    return since_ms


def _change(tx: Transaction, query: Select[Any], change: _Change, now_ms: int) -> bool:
    rows = tx.connection.execute(query.limit(_GROUP)).all()
    for row in rows:
        change(tx, row, now_ms)
    return len(rows) == _GROUP


def _accounts() -> Select[Any]:
    table = foreign_account
    columns = (table.c.transmitter, table.c.heard_ms, table.c.silent_ms, transmitter.c.site)
    joined = select(*columns).join(transmitter, transmitter.c.id == table.c.transmitter)
    return joined.where(table.c.level_s.is_not(None), transmitter.c.ended_ms.is_(None)).order_by(table.c.transmitter)


def _silent(since_ms: int, now_ms: int) -> Select[Any]:
    """Accounts silent for longer than their level, and no fault yet. One never heard is so since it was added."""
    table = foreign_account
    last_ms = func.coalesce(table.c.heard_ms, transmitter.c.added_ms)
    level_ms = 1000 * cast(table.c.level_s, BigInteger)
    overdue = (last_ms + level_ms < now_ms) & (since_ms + level_ms < now_ms)
    return _accounts().where(table.c.silent_ms.is_(None), overdue)


def _heard_again() -> Select[Any]:
    table = foreign_account
    return _accounts().where(table.c.silent_ms.is_not(None), table.c.heard_ms > table.c.silent_ms)


def _begin(tx: Transaction, row: Row[Any], now_ms: int) -> None:
    if lookup.covering(tx, row.site, row.transmitter, LINE, now_ms) is None:
        conditions.begin(tx, row.transmitter, row.site, SILENT, 0, now_ms)
    else:
        # It calls nobody; the end of service mode tells of it if it lasts.
        quiet = {"transmitter": row.transmitter, "site": row.site, "kind": SILENT, "began_ms": now_ms, "quiet": True}
        tx.connection.execute(insert_unless_present(tx.connection.dialect.name, condition), quiet)
    _mark(tx, row.transmitter, now_ms)


def _end(tx: Transaction, row: Row[Any], _now_ms: int) -> None:
    # The transmitter may have moved to another site meanwhile; its fault stayed where it began.
    conditions.end(tx, row.transmitter, _site_of_fault(tx, row.transmitter) or row.site, SILENT, 0, row.heard_ms)
    _mark(tx, row.transmitter, None)


def _site_of_fault(tx: Transaction, account: str) -> int | None:
    table = condition
    this = (table.c.transmitter == account, table.c.kind == SILENT, table.c.zone == 0, table.c.ended_ms.is_(None))
    found: int | None = tx.connection.scalar(select(table.c.site).where(*this))
    return found


def _mark(tx: Transaction, account: str, silent_ms: int | None) -> None:
    table = foreign_account
    tx.connection.execute(update(table).where(table.c.transmitter == account).values(silent_ms=silent_ms))


def _kept(reading: Queries, name: str) -> int | None:
    found: int | None = reading.connection.scalar(select(lane.c.position).where(lane.c.name == name))
    return found


def _keep(tx: Transaction, name: str, position: int) -> None:
    insertion = insert_or_replace(tx.connection.dialect.name, lane)
    tx.connection.execute(insertion, {"name": name, "position": position})
