"""How a home is now: alarms that go on, what lasts, whether its panel is in contact; and its past cases."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, func, select

from hemlarm_cloud import scope
from hemlarm_cloud.actor import Actor
from hemlarm_cloud.api.discretion import may_see_signal
from hemlarm_cloud.cases import categories, meaning
from hemlarm_cloud.errors import NotFoundError
from hemlarm_cloud.handling import log, seen
from hemlarm_cloud.homes import naming, panels, readings
from hemlarm_cloud.homes.panels import HEMLARM
from hemlarm_cloud.service_mode.lookup import kinds_of
from hemlarm_cloud.sites import values
from hemlarm_cloud.store import schema
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import alarm_case, condition, service_mode, signal
from hemlarm_cloud.store.schema_sites import site

ALARMS_MAX = 10
"""Cases shown at once."""

CASES_MAX = 50
"""Of a page of past cases."""

_ROWS_MAX = 50


class Alarm(NamedTuple):
    """A case that goes on. `zones` are names, or numbers where there is none, in the order in which they alarmed."""

    case: int
    category: str
    began_ms: int
    answered: bool
    test: bool
    cancelled: bool
    zones: list[str]


class Lasting(NamedTuple):
    """Something that is amiss since `began_ms`; `code` is its Contact ID code without a qualifier, 0 for none."""

    kind: str
    code: int
    zone: str
    began_ms: int


class Contact(NamedTuple):
    """How a panel is: `why` as in `readings.contact`; mains and battery where they are known, in percent."""

    panel: str
    name: str
    why: str
    mains: bool | None
    battery_percent: int | None


class Service(NamedTuple):
    """Service mode that lasts until `until_ms`: no help is called for these kinds of alarm."""

    kinds: tuple[str, ...]
    until_ms: int


class Overview(NamedTuple):
    """All of it."""

    alarms: list[Alarm]
    lasting: list[Lasting]
    contacts: list[Contact]
    service: list[Service]


def overview(reading: Queries, actor: Actor, site_id: int, now_ms: int) -> Overview:
    """Return how a site is now. Hold-up alarms are not among its alarms. Raises NotFoundError."""
    return Overview(
        alarms(reading, actor, site_id),
        _lasting(reading, actor, site_id),
        _contacts(reading, actor, site_id, now_ms),
        _service(reading, site_id, now_ms),
    )


def alarms(reading: Queries, actor: Actor, site_id: int) -> list[Alarm]:
    """Return the alarms that go on at a site, the most urgent first. Raises NotFoundError."""
    query = _cases(reading, actor, site_id).where(
        alarm_case.c.closed_ms.is_(None), alarm_case.c.category.in_(categories.ALARMS)
    )
    query = query.order_by(alarm_case.c.urgency, alarm_case.c.opened_ms).limit(ALARMS_MAX)
    rows = reading.connection.execute(query).all()
    names = _zone_names(reading, actor, site_id) if rows else {}
    return [
        Alarm(
            *(row.id, row.category, row.began_ms, row.answered_ms is not None, row.test),
            row.cancelled_ms is not None,
            _alarmed(reading, actor, row, names),
        )
        for row in rows
    ]


def cases(reading: Queries, actor: Actor, site_id: int, before: int | None = None) -> Sequence[Row[Any]]:
    """Return a site's alarms and faults, newest first, those with a lower id than `before`. Raises NotFoundError."""
    query = _cases(reading, actor, site_id).where(alarm_case.c.outcome.is_distinct_from("merged"))
    if before is not None:
        query = query.where(alarm_case.c.id < before)
    return reading.connection.execute(query.order_by(alarm_case.c.id.desc()).limit(CASES_MAX)).all()


def case(reading: Queries, actor: Actor, site_id: int, case_id: int) -> tuple[Row[Any], list[log.Entry], list[str]]:
    """Return one case of a site, what was done about it as the customer is told, and which zones alarmed.

    Raises NotFoundError.
    """
    query = _cases(reading, actor, site_id).where(alarm_case.c.id == case_id)
    row = reading.connection.execute(query).one_or_none()
    if row is None:
        raise NotFoundError(f"no case {case_id} here")
    lines = log.entries(reading, actor, case_id, limit=values.PAGE_MAX)
    return row, lines, _alarmed(reading, actor, row, _zone_names(reading, actor, site_id))


def _cases(reading: Queries, actor: Actor, site_id: int) -> Select[Any]:
    scope.expect_site(reading, actor, site_id)
    joined = alarm_case.join(site, site.c.id == alarm_case.c.site)
    return select(alarm_case).select_from(joined).where(alarm_case.c.site == site_id, seen.may_see(actor))


def _alarmed(reading: Queries, actor: Actor, case: Row[Any], names: dict[tuple[str, int], str]) -> list[str]:
    """Return the zones that make the case what it is called: one about a fire can hold a burglary's signals too."""
    joined = signal.outerjoin(alarm_case, signal.c.case == alarm_case.c.id)
    query = (
        select(signal.c.transmitter, signal.c.zone)
        .select_from(joined)
        .where(signal.c.case == case.id, signal.c.category == case.category, signal.c.zone > 0)
        .where(signal.c.qcode.between(1100, 1199), may_see_signal(actor))
        .group_by(signal.c.transmitter, signal.c.zone)
        .order_by(func.min(signal.c.dated_ms), func.min(signal.c.id))
        .limit(ALARMS_MAX)
    )
    rows = reading.connection.execute(query).all()
    return [names.get((row.transmitter, row.zone)) or str(row.zone) for row in rows]


def _zone_names(reading: Queries, actor: Actor, site_id: int) -> dict[tuple[str, int], str]:
    return {
        (home.id, zone): name
        for home in panels.of_site(reading, actor, site_id)
        for zone, name in naming.zones(reading, home).items()
    }


def _lasting(reading: Queries, actor: Actor, site_id: int) -> list[Lasting]:
    table = condition
    query = select(table).where(table.c.site == site_id, table.c.ended_ms.is_(None))
    rows = reading.connection.execute(query.order_by(table.c.began_ms.desc()).limit(_ROWS_MAX)).all()
    names = _zone_names(reading, actor, site_id) if rows else {}
    return [
        Lasting(
            row.kind,
            next(iter(meaning.kind_codes(row.kind)), 0),
            names.get((row.transmitter, row.zone), str(row.zone) if row.zone else ""),
            row.began_ms,
        )
        for row in rows
    ]


def _contacts(reading: Queries, actor: Actor, site_id: int, now_ms: int) -> list[Contact]:
    found = []
    for home in panels.of_site(reading, actor, site_id):
        if home.kind != HEMLARM:
            continue
        table = schema.panel_health
        row = reading.connection.execute(select(table).where(table.c.panel == home.id)).one_or_none()
        mains = {0: False, 1: True}.get(row.mains) if row else None
        known = row is not None and row.battery_percent <= 100
        why = readings.contact(reading, home, now_ms)
        found.append(Contact(home.id, home.name, why, mains, row.battery_percent if row and known else None))
    return found


def _service(reading: Queries, site_id: int, now_ms: int) -> list[Service]:
    table = service_mode
    query = select(table.c.kinds, table.c.until_ms).where(
        table.c.site == site_id, table.c.state.in_(("scheduled", "active")), table.c.from_ms <= now_ms
    )
    rows = reading.connection.execute(
        query.where(table.c.until_ms > now_ms).order_by(table.c.until_ms).limit(_ROWS_MAX)
    )
    return [Service(kinds_of(row.kinds), row.until_ms) for row in rows]
