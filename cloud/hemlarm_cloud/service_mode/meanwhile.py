"""What came while service mode lasted, and what of it is still in fault at its end."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, case, func, or_, select

from hemlarm_cloud.cases.categories import HOLD_UP
from hemlarm_cloud.cases.meaning import kind_category
from hemlarm_cloud.notices import names
from hemlarm_cloud.service_mode.lookup import KIND_OF, covering, kinds_of
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import condition, service_mode, signal

LISTED_MAX = 20
"""Events that a completion report lists; it counts the others."""

_LASTING_MAX = 50

_NEW_BELOW, _RESTORES_FROM = 2000, 3000
"""Contact ID's qualifiers: 1xxx is new, 3xxx its restore."""


class Lasting(NamedTuple):
    """Something still in fault: what it is called in each language comes from `kind`, or else the category."""

    transmitter: str
    category: str
    zone: int
    kind: str = ""
    """Of a condition; empty for a signal without its restore."""
    qcode: int = 0


class Meanwhile(NamedTuple):
    """How many events came, the first of them, and what is still in fault."""

    events: int
    first: Sequence[Any]
    lasting: list[Lasting]


def came(reading: Queries, order: Row[Any], ended_ms: int) -> Meanwhile:
    """Return what came during an order, a row of `service_mode` that ended then.

    What another order covers still is left to that one.
    """
    within = (signal.c.site == order.site, signal.c.dated_ms >= order.from_ms, signal.c.service == order.id)
    count = reading.connection.scalar(select(func.count()).select_from(signal).where(*within)) or 0
    columns = (signal.c.dated_ms, signal.c.category, signal.c.qcode, signal.c.zone)
    listed = select(*columns).where(*within).order_by(signal.c.dated_ms, signal.c.id).limit(LISTED_MAX)
    lasting = _lasting_conditions(reading, order)
    told = {(each.transmitter, each.category, each.zone) for each in lasting}
    for each in _unrestored(reading, order, ended_ms):
        if (each.transmitter, each.category, each.zone) not in told:
            lasting.append(each)
    kinds = kinds_of(order.kinds)
    mine = [
        each
        for each in lasting
        if order.transmitter in (None, each.transmitter)
        and KIND_OF.get(each.category) in kinds
        and covering(reading, order.site, each.transmitter, each.category, ended_ms) is None
    ]
    return Meanwhile(count, reading.connection.execute(listed).all(), mine)


def describe(lasting: Sequence[Lasting], language: str) -> str:
    """Return what is still in fault as a list with semicolons between."""
    return "; ".join(
        names.condition(each.kind, each.zone, language)
        if each.kind
        else names.happening(each.category, each.qcode, each.zone, language)
        for each in lasting
    )


def _lasting_conditions(reading: Queries, order: Row[Any]) -> list[Lasting]:
    """Faults that began in service mode, this one or one that overlapped it, and so call nobody."""
    table = condition
    query = (
        select(table.c.transmitter, table.c.kind, table.c.zone)
        .where(table.c.site == order.site, table.c.ended_ms.is_(None))
        .where(table.c.quiet, table.c["case"].is_(None))
        .order_by(table.c.id)
        .limit(_LASTING_MAX)
    )
    rows = reading.connection.execute(query)
    return [Lasting(row.transmitter, kind_category(row.kind), row.zone, row.kind) for row in rows]


def _unrestored(reading: Queries, order: Row[Any], ended_ms: int) -> list[Lasting]:
    """Alarms in service mode whose restore has not come, whatever became of a restore; a hold-up alarm has none."""
    table = signal
    code = table.c.qcode % 1000
    new_ms = func.max(case((table.c.qcode < _NEW_BELOW, table.c.dated_ms)))
    restored_ms = func.max(case((table.c.qcode >= _RESTORES_FROM, table.c.dated_ms)))
    covered = func.max(case((table.c.service.is_not(None) & (table.c.qcode < _NEW_BELOW), 1), else_=0))
    query = (
        select(table.c.transmitter, table.c.category, table.c.zone, func.min(table.c.qcode).label("qcode"))
        .where(table.c.site == order.site, table.c.dated_ms >= _since(reading, order, ended_ms))
        .where(table.c.category.in_([category for category in KIND_OF if category != HOLD_UP]))
        .where(or_(table.c.qcode < _NEW_BELOW, table.c.qcode >= _RESTORES_FROM))
        .group_by(table.c.transmitter, table.c.category, code, table.c.zone)
        .having(covered == 1, or_(restored_ms.is_(None), new_ms > restored_ms))
        .order_by(table.c.transmitter, table.c.category, table.c.zone)
        .limit(_LASTING_MAX)
    )
    rows = reading.connection.execute(query)
    return [Lasting(row.transmitter, row.category, row.zone, "", row.qcode) for row in rows]


def _since(reading: Queries, order: Row[Any], ended_ms: int) -> int:
    """When this order began, or one that overlapped it, and left to it what was in fault at its end."""
    table = service_mode
    end_ms = func.coalesce(table.c.ended_ms, table.c.until_ms)
    overlapping = (table.c.site == order.site, table.c.state != "withdrawn", end_ms > order.from_ms)
    query = select(func.min(table.c.from_ms)).where(*overlapping, table.c.from_ms < ended_ms)
    found: int | None = reading.connection.scalar(query)
    return order.from_ms if found is None else min(found, int(order.from_ms))
