"""What happened in a home, for its people: who armed and disarmed with what, alarms, faults and power, newest first."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select, tuple_

from hemlarm_cloud import scope
from hemlarm_cloud.actor import Actor
from hemlarm_cloud.api.discretion import may_see_signal
from hemlarm_cloud.cases import categories
from hemlarm_cloud.errors import InvalidError
from hemlarm_cloud.homes import commands, naming, panels
from hemlarm_cloud.homes.arming import STATES
from hemlarm_cloud.sites import values
from hemlarm_cloud.store import schema
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import alarm_case, signal
from hemlarm_protocol.contact_id import SOURCE_COMMAND, SOURCE_KEYPAD, SOURCE_TAG

ARMING, ALARMS, FAULTS, POWER, ALL = "arming", "alarms", "faults", "power", "all"

KINDS = (ALL, ARMING, ALARMS, FAULTS, POWER)

PAGE = 50

_NEAR_MS = 120_000
"""A command and the event that it brought lie this close together: its life, and as much again for a slow path."""

_POWER = (301, 302, 308, 309, 311, 312)


class Entry(NamedTuple):
    """One thing that happened. `how` is "code", "tag", "app" or "", `tag` which of the person's tags, from 1.

    `who` is the person, "" where nobody knows; `user` the panel's number, 0 where it was nobody.
    """

    id: int
    at_ms: int
    qcode: int
    kind: str
    area: int
    zone: int
    zone_name: str
    user: int
    who: str
    how: str
    tag: int
    text: str
    transmitter: str
    case: int | None


class Page(NamedTuple):
    """Entries, newest first, and what to give as `before` for the page behind; "" where there is none."""

    entries: list[Entry]
    before: str


def page(reading: Queries, actor: Actor, site_id: int, kind: str = ALL, before: str = "", limit: int = PAGE) -> Page:
    """Return what happened at a site. Hold-up alarms are not among it before their case is closed.

    Raises NotFoundError, InvalidError.
    """
    scope.expect_site(reading, actor, site_id)
    query = _query(actor, site_id, values.one_of(kind, "kind", KINDS))
    if before:
        query = query.where(tuple_(signal.c.dated_ms, signal.c.id) < tuple_(*_position(before)))
    rows = reading.connection.execute(query.limit(values.page(limit) + 1)).all()
    some = rows[:limit]
    behind = f"{some[-1].dated_ms}-{some[-1].id}" if len(rows) > limit else ""
    return Page(_entries(reading, actor, site_id, some), behind)


def kind_of(qcode: int) -> str:
    """Return which of `KINDS` an event belongs to; what is none of them, a test for example, is in "all" alone."""
    code = qcode % 1000
    if qcode in STATES or code == 406:
        return ARMING
    if code in _POWER:
        return POWER
    about = categories.category(qcode)
    if about in categories.ALARMS:
        return ALARMS
    return FAULTS if about in (categories.FAULT, categories.LINE, categories.POWER) else ALL


def _query(actor: Actor, site_id: int, kind: str) -> Select[Any]:
    joined = signal.outerjoin(alarm_case, signal.c.case == alarm_case.c.id)
    told = and_(signal.c.origin == "panel", schema.event.c.id == signal.c.origin_id)
    joined = joined.outerjoin(schema.event, told)
    query = select(signal, schema.event.c.source).select_from(joined)
    query = query.where(signal.c.site == site_id, signal.c.qcode > 0, may_see_signal(actor), *_of_kind(kind))
    return query.order_by(signal.c.dated_ms.desc(), signal.c.id.desc())


def _of_kind(kind: str) -> Sequence[ColumnElement[bool]]:
    code = signal.c.qcode % 1000
    if kind == ARMING:
        return [or_(signal.c.qcode.in_(tuple(STATES)), code == 406)]
    if kind == POWER:
        return [code.in_(_POWER)]
    if kind == ALARMS:
        return [signal.c.category.in_(categories.ALARMS)]
    if kind == FAULTS:
        about = (categories.FAULT, categories.LINE, categories.POWER)
        return [signal.c.category.in_(about), code.not_in(_POWER)]
    return []


def _position(before: str) -> tuple[int, int]:
    dated, dash, number = before.partition("-")
    if not (dash and dated.isdecimal() and number.isdecimal() and len(before) <= 40):
        raise InvalidError("before: give what the page before said")
    return int(dated), int(number)


def _entries(reading: Queries, actor: Actor, site_id: int, rows: Sequence[Row[Any]]) -> list[Entry]:
    homes = {home.id: home for home in panels.of_site(reading, actor, site_id)}
    people = {each: naming.people(reading, each) for each in {row.transmitter for row in rows}}
    zones = {each: naming.zones(reading, home) for each, home in homes.items()}
    asked = _commands(reading, [row for row in rows if row.source == SOURCE_COMMAND and not row.user])
    return [
        Entry(
            *(row.id, row.dated_ms, row.qcode, kind_of(row.qcode), row.area, row.zone),
            zones.get(row.transmitter, {}).get(row.zone, "") if row.zone else "",
            row.user,
            people[row.transmitter].get(row.user, "") or _asker(asked, row),
            *_how(row.source),
            *(row.text, row.transmitter, row.case),
        )
        for row in rows
    ]


def _how(source: int | None) -> tuple[str, int]:
    if source is not None and source >= SOURCE_TAG:
        return "tag", source - SOURCE_TAG + 1
    return {SOURCE_KEYPAD: "code", SOURCE_COMMAND: "app"}.get(source or 0, ""), 0


def _commands(reading: Queries, rows: Sequence[Row[Any]]) -> list[tuple[str, int, str]]:
    """Return panel, time and person of what was asked around these events: the panel knows only that it was asked."""
    if not rows:
        return []
    table = schema.command
    query = select(table.c.panel, table.c.created_ms, table.c.requested_by).where(
        table.c.panel.in_({row.transmitter for row in rows}),
        table.c.created_ms.between(min(row.dated_ms for row in rows) - _NEAR_MS, max(row.dated_ms for row in rows)),
        table.c.verb.in_(tuple(commands.ARMING.values())),
        table.c.state == "done",
    )
    found = reading.connection.execute(query.order_by(table.c.created_ms.desc()).limit(2 * values.PAGE_MAX)).all()
    people = naming.account_people(reading, {row.requested_by for row in found})
    return [(row.panel, row.created_ms, people.get(row.requested_by, "")) for row in found]


def _asker(asked: Sequence[tuple[str, int, str]], row: Row[Any]) -> str:
    """The one who asked last before it happened; `asked` has the newest first."""
    if row.source != SOURCE_COMMAND:
        return ""
    for panel, at_ms, who in asked:
        if panel == row.transmitter and row.dated_ms - _NEAR_MS <= at_ms <= row.dated_ms + 5_000:
            return who
    return ""
