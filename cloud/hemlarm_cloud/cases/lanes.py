"""The outbox of case work: what was committed and is no signal yet, in the order of the commits.

Each lane remembers the last row that it gave. The position moves in the transaction that makes the signals, so that
every row becomes one signal whatever ends the process. What is urgent has a lane of its own, which is read first.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, func, insert, select, text, update

from hemlarm_cloud.store import schema
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import foreign_event, lane
from hemlarm_cloud.store.transaction import Transaction

AT_MOST = 200
"""Rows of one transaction, some 50 ms of work: whatever else waits, a fire waits no longer than this."""

URGENT, EVENTS, ALERTS, FOREIGN = "urgent", "events", "alerts", "foreign"

LANES = (URGENT, FOREIGN, ALERTS, EVENTS)
"""In the order in which they are served. What foreign transmitters and the cloud itself have to tell is little."""

_event = schema.event
# Words of the index itself: SQLite uses it only for a condition that it can see to be the same.
_is_urgent = schema.URGENT
_is_other = text(f"NOT ({schema.URGENT.text})")

_TABLES = {URGENT: _event, EVENTS: _event, ALERTS: schema.alert, FOREIGN: foreign_event}

_EVENT_COLUMNS = (
    *(_event.c.id, _event.c.panel, _event.c.kid, _event.c.number, _event.c.qcode, _event.c.area, _event.c.zone),
    *(_event.c.user, _event.c.detail, _event.c.dated_ms, _event.c.received_ms),
)
_QUERIES: dict[str, Select[Any]] = {
    URGENT: select(*_EVENT_COLUMNS).where(_is_urgent),
    EVENTS: select(*_EVENT_COLUMNS).where(_is_other),
    ALERTS: select(schema.alert),
    FOREIGN: select(
        *(foreign_event.c.id, foreign_event.c.transmitter, foreign_event.c.qcode, foreign_event.c.area),
        *(foreign_event.c.zone, foreign_event.c.user, foreign_event.c.text, foreign_event.c.happened_ms),
        foreign_event.c.received_ms,
    ),
}


class Taken(NamedTuple):
    """Rows of one lane that have just left it."""

    lane: str
    rows: Sequence[Row[Any]]


def take(tx: Transaction, at_most: int = AT_MOST) -> Taken | None:
    """Take the next rows of the first lane that has any, at most so many, or None where all are empty.

    They have left the lane once the transaction commits.
    """
    positions = _positions(tx)
    for name in LANES:
        position = positions.get(name, 0)
        rows = _after(tx, name, position, at_most)
        if rows:
            _move(tx, name, _passed(tx, name, rows, at_most), known=name in positions)
            return Taken(name, rows)
    # All of it has been read, so that nobody has to look at what the urgent lane took again.
    newest = _newest(tx, EVENTS)
    if newest > positions.get(EVENTS, 0):
        _move(tx, EVENTS, newest, known=EVENTS in positions)
    return None


def heads(reading: Queries) -> tuple[int, ...]:
    """Return a value that changes when something new has come, which costs next to nothing to ask for."""
    tables = (_event, schema.alert, foreign_event)
    columns = [select(func.max(table.c.id)).scalar_subquery() for table in tables]
    return tuple(found or 0 for found in reading.connection.execute(select(*columns)).one())


def waiting(reading: Queries) -> int:
    """Return roughly how many rows wait: for those who watch the service. Numbers never used count too."""
    positions = _positions(reading)
    event_id, alert_id, foreign_id = heads(reading)
    lag = max(0, event_id - positions.get(EVENTS, 0))
    return lag + max(0, alert_id - positions.get(ALERTS, 0)) + max(0, foreign_id - positions.get(FOREIGN, 0))


def _positions(reading: Queries) -> dict[str, int]:
    return {row.name: row.position for row in reading.connection.execute(select(lane.c.name, lane.c.position))}


def _after(tx: Transaction, name: str, position: int, at_most: int) -> Sequence[Row[Any]]:
    table = _TABLES[name]
    query = _QUERIES[name].where(table.c.id > position).order_by(table.c.id).limit(at_most)
    return tx.connection.execute(query).all()


def _passed(tx: Transaction, name: str, rows: Sequence[Row[Any]], at_most: int) -> int:
    """Return up to where a lane has been read.

    A last, short group has read up to the newest row of all: so what another lane takes is not looked at again.
    """
    if len(rows) < at_most:
        return _newest(tx, name)
    return int(rows[-1].id)


def _newest(tx: Transaction, name: str) -> int:
    return int(tx.connection.scalar(select(func.max(_TABLES[name].c.id))) or 0)


def _move(tx: Transaction, name: str, position: int, known: bool) -> None:
    if known:
        tx.connection.execute(update(lane).where(lane.c.name == name).values(position=position))
    else:
        tx.connection.execute(insert(lane).values(name=name, position=position))
