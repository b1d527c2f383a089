"""The log as operators read it: who did what and when, of one case or of all of them."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Row, select

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.handling import seen
from hemlarm_cloud.pages.desk.naming import operator_name
from hemlarm_cloud.reports import log_words
from hemlarm_cloud.reports.words import Words
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import alarm_case, case_log, case_task
from hemlarm_cloud.store.schema_sites import site

LINES_MAX = 200
"""On one page, the newest."""


class LogLine(NamedTuple):
    """A line of the log in words. `place` and `category` are empty on the case's own page."""

    id: int
    case: int
    at_ms: int
    actor: str
    who: str
    by_people: bool
    kind: str
    what: str
    details: str
    place: str
    category: str


def of_case(reading: Queries, actor: Actor, case_id: int, words: Words) -> list[LogLine]:
    """Return what happened to a case, the newest first. Raises RefusedError, NotFoundError."""
    seen.expect_staff(actor)
    seen.expect_case(reading, actor, case_id)
    query = select(case_log).where(case_log.c.case == case_id).order_by(case_log.c.id.desc()).limit(LINES_MAX)
    rows = reading.connection.execute(query).all()
    steps = _steps(reading, {case_id})
    return [_line(row, steps.get(row.case, {}), words) for row in rows]


def of_all(
    reading: Queries, actor: Actor, words: Words, who: str = "", before_id: int = 0, limit: int = LINES_MAX
) -> list[LogLine]:
    """Return what everybody did, the newest first: lines with an id smaller than `before_id`, if not 0.

    `who` keeps to one operator, named as in "operator:bo". Raises RefusedError.
    """
    seen.expect_staff(actor)
    joined = case_log.join(alarm_case, alarm_case.c.id == case_log.c.case)
    joined = joined.outerjoin(site, site.c.id == case_log.c.site)
    named = (site.c.name.label("site_name"), alarm_case.c.category, alarm_case.c.region)
    query = select(case_log, *named).select_from(joined)
    if who:
        query = query.where(case_log.c.actor == who)
    if before_id:
        query = query.where(case_log.c.id < before_id)
    rows = reading.connection.execute(query.order_by(case_log.c.id.desc()).limit(limit)).all()
    steps = _steps(reading, {row.case for row in rows})
    return [
        _line(row, steps.get(row.case, {}), words)._replace(
            place=row.site_name or row.region, category=words.name("category", row.category)
        )
        for row in rows
    ]


def _steps(reading: Queries, cases: set[int]) -> dict[int, dict[str, str]]:
    """The kinds of these cases' tasks by their keys, for the log names tasks by their keys."""
    table = case_task
    found: dict[int, dict[str, str]] = {}
    for row in reading.connection.execute(
        select(table.c.case, table.c.key, table.c.kind).where(table.c.case.in_(cases))
    ):
        found.setdefault(row.case, {})[row.key] = row.kind
    return found


def _line(row: Row[Any], steps: Mapping[str, str], words: Words) -> LogLine:
    told = log_words.details(json.loads(row.detail), steps, words, inside=True)
    return LogLine(
        row.id,
        row.case,
        row.at_ms,
        row.actor,
        operator_name(row.actor),
        not row.actor.startswith("system"),
        row.kind,
        words.name("log", row.kind),
        told,
        "",
        "",
    )
