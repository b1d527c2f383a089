"""Signals as operators read them: what happened, in which zone, by whom, with the names that people gave them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, func, select

from hemlarm_cloud.reports.words import Words
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import alarm_case, signal
from hemlarm_cloud.store.schema_sites import panel_user, person, zone_name

CASE_MAX = 300
"""Signals of one case that its page shows: the newest; its report has all."""

LATE_MS = 60_000
"""What arrived later than this after it happened is marked."""


class Shown(NamedTuple):
    """One signal in words. `late_s` is how much later it came than it happened, 0 for what came at once."""

    id: int
    dated_ms: int
    code: int
    category: str
    what: str
    zone: int
    zone_name: str
    user: str
    text: str
    transmitter: str
    handling: str
    late_s: int


def of_case(reading: Queries, case_id: int, words: Words) -> list[Shown]:
    """Return a case's signals, the newest first."""
    query = _named().where(signal.c.case == case_id).order_by(signal.c.dated_ms.desc(), signal.c.id.desc())
    return [_shown(row, words) for row in reading.connection.execute(query.limit(CASE_MAX))]


def of_site(reading: Queries, site_id: int, words: Words, before_id: int, limit: int) -> list[Shown]:
    """Return what a site reported, the newest first: `limit` signals with an id smaller than `before_id`, if not 0."""
    query = _named().where(signal.c.site == site_id)
    if before_id:
        query = query.where(signal.c.id < before_id)
    return [_shown(row, words) for row in reading.connection.execute(query.order_by(signal.c.id.desc()).limit(limit))]


def foremost(reading: Queries, cases: Sequence[int], words: Words) -> dict[int, str]:
    """Return what each of these cases is about in a few words: the first of its most urgent signals."""
    first = (
        select(func.min(signal.c.id))
        .join(alarm_case, alarm_case.c.id == signal.c.case)
        .where(signal.c.case.in_(cases), signal.c.urgency == alarm_case.c.urgency)
        .group_by(signal.c.case)
    )
    found = reading.connection.execute(_named().where(signal.c.id.in_(first)))
    return {row.case: _told(_shown(row, words)) for row in found}


def _told(shown: Shown) -> str:
    where = shown.zone_name or (str(shown.zone) if shown.zone else "")
    return f"{shown.what}, {where}" if where else shown.what


def _named() -> Select[Any]:
    of_zone = (zone_name.c.transmitter == signal.c.transmitter) & (zone_name.c.zone == signal.c.zone)
    of_user = (panel_user.c.transmitter == signal.c.transmitter) & (panel_user.c.user == signal.c.user)
    joined = signal.outerjoin(zone_name, of_zone).outerjoin(panel_user, of_user)
    joined = joined.outerjoin(person, person.c.id == panel_user.c.person)
    names = (zone_name.c.name.label("zone_name"), person.c.name.label("person_name"))
    return select(signal, *names).select_from(joined)


def _shown(row: Row[Any], words: Words) -> Shown:
    late_ms = row.received_ms - row.dated_ms
    user = row.person_name or (str(row.user) if row.user else "")
    return Shown(
        row.id,
        row.dated_ms,
        row.qcode,
        row.category,
        words.event(row.qcode) if row.qcode else words.name("category", row.category),
        row.zone,
        row.zone_name or "",
        user,
        row.text,
        row.transmitter,
        row.handling,
        late_ms // 1000 if late_ms >= LATE_MS else 0,
    )
