"""ZR0002: one case, with what was reported, what was done about it, and its log.

Operators' names and what they noted freely are in it only for the centre's own people: who hands such a report to
somebody else has read it first.
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, select

from hemlarm_cloud.cases.categories import HOLD_UP
from hemlarm_cloud.errors import ConflictError
from hemlarm_cloud.reports import log_words
from hemlarm_cloud.reports.case_list import answer_s
from hemlarm_cloud.reports.log_vocabulary import HIDDEN_LOGS
from hemlarm_cloud.reports.model import Column, Figure, Report, Section
from hemlarm_cloud.reports.subjects import Subject
from hemlarm_cloud.reports.words import Words
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import case_log, case_task, signal
from hemlarm_cloud.store.schema_sites import person, site, zone_name

_LINES_MAX = 2_000
"""Signals, tasks, and lines of the log: a case with more of them is a mistake, not a report."""


class Case(NamedTuple):
    """What there is to tell of a case."""

    row: Row[Any]
    site: Row[Any] | None
    signals: Sequence[Row[Any]]
    tasks: Sequence[Row[Any]]
    log: Sequence[Row[Any]]
    inside: bool


def make(reading: Queries, subject: Subject, words: Words, now_ms: int) -> Report:
    """Return the report about a case. Raises ConflictError for a silent alarm while its case is open."""
    row = subject.row
    if row.category == HOLD_UP and row.closed_ms is None:
        raise ConflictError(f"case {row.id} is of a silent alarm; there is a report of it when it is closed")
    return build(_case(reading, subject), subject, words, now_ms)


def build(case: Case, subject: Subject, words: Words, now_ms: int) -> Report:
    """Make the report of its facts."""
    row = case.row
    lasted_s = None if row.closed_ms is None else (row.closed_ms - row.opened_ms) // 1000
    number = words.text("case-number", number=row.id)
    return Report(
        code="ZR0002",
        title=words.text("ZR0002"),
        subject=f"{number}, {case.site.name}" if case.site is not None else number,
        facts=_facts(case, subject, words),
        period="",
        language=words.language,
        zone=words.zone,
        made_ms=now_ms,
        sections=(_signals(case, words), _tasks(case, words), _log(case, words)),
        figures=(
            Figure(words.text("answer-time"), answer_s(row), "seconds"),
            Figure(words.text("case-lasted"), lasted_s, "seconds"),
            Figure(words.text("signals-count"), len(case.signals)),
            Figure(words.text("tasks-done"), sum(task.state == "done" for task in case.tasks)),
        ),
    )


def _facts(case: Case, subject: Subject, words: Words) -> tuple[tuple[str, str], ...]:
    row, place = case.row, case.site
    ended = words.name("outcome", row.outcome) if row.closed_ms is not None else words.name("state", row.state)
    facts = [
        (words.text("category"), words.name("category", row.category)),
        (words.text("opened"), words.moment(row.opened_ms)),
        (words.text("outcome") if row.closed_ms is not None else words.text("state"), ended),
    ]
    if row.closed_ms is not None:
        facts.append((words.text("closed"), words.moment(row.closed_ms)))
    if row.cancelled_ms is not None:
        facts.append((words.text("cancelled"), words.moment(row.cancelled_ms)))
    if row.follows is not None:
        facts.append((words.text("follows"), str(row.follows)))
    if place is not None:
        address = ", ".join(part for part in (place.address, place.town) if part)
        facts += [(words.text("site-number"), place.number)]
        facts += [(words.text("address"), address)] if address else []
    if subject.customer is not None:
        facts.append((words.text("customer"), f"{subject.customer.name} ({subject.customer.number})"))
    return tuple(facts)


def _signals(case: Case, words: Words) -> Section:
    columns = (
        Column(words.text("time"), "time"),
        Column(words.text("code")),
        Column(words.text("event")),
        Column(words.text("zone")),
        Column(words.text("transmitter")),
    )
    rows = tuple(
        (row.dated_ms, str(row.qcode), words.event(row.qcode), zone_text(row), row.transmitter) for row in case.signals
    )
    return Section(words.text("signals"), columns, rows)


def zone_text(row: Row[Any]) -> str:
    """Return a signal's zone with its name, nothing for none."""
    return f"{row.zone} {row.zone_name or ''}".strip() if row.zone else ""


def _tasks(case: Case, words: Words) -> Section:
    columns = (
        Column(words.text("task")),
        Column(words.text("whom")),
        Column(words.text("result")),
        Column(words.text("done"), "time"),
        Column(words.text("by")),
        Column(words.text("note"), optional=True),
    )
    rows = []
    for task in case.tasks:
        result = words.name("result", task.result) if task.result else words.name("task-state", task.state)
        note = task.note if case.inside else ""
        kind = words.name("step", task.kind)
        kind = f"{kind}: {task.text}" if task.text else kind
        rows.append((kind, task.person_name or "", result, task.done_ms, _worker(case, task.done_by, words), note))
    return Section(words.text("tasks"), columns, tuple(rows))


def _worker(case: Case, name: str | None, words: Words) -> str:
    """Who did it: of "operator:anna" anna for the centre's people, and for others only the role."""
    role, _, own = (name or "").partition(":")
    return own or words.name("worker", role) if case.inside else words.name("worker", role)


def _log(case: Case, words: Words) -> Section:
    columns = (
        Column(words.text("time"), "time"),
        Column(words.text("by")),
        Column(words.text("what")),
        Column(words.text("details")),
    )
    steps = {task.key: task.kind for task in case.tasks}
    rows = tuple(
        (line.at_ms, _worker(case, line.actor, words), words.name("log", line.kind), _details(line, case, steps, words))
        for line in case.log
        if not line.kind.startswith(HIDDEN_LOGS) and (case.inside or line.kind != "note")
    )
    return Section(words.text("log"), columns, rows)


def _details(line: Row[Any], case: Case, steps: dict[str, str], words: Words) -> str:
    """What the log says beside the kind of its line, as far as it is of use to the reader."""
    try:
        detail = json.loads(line.detail)
    except ValueError:
        return ""
    if not isinstance(detail, dict):
        return ""
    return log_words.details(detail, steps, words, case.inside)


def _case(reading: Queries, subject: Subject) -> Case:
    row, read = subject.row, reading.connection
    place = read.execute(select(site).where(site.c.id == row.site)).one_or_none() if row.site is not None else None
    named = (zone_name.c.transmitter == signal.c.transmitter) & (zone_name.c.zone == signal.c.zone)
    signals = (
        select(signal, zone_name.c.name.label("zone_name"))
        .select_from(signal.outerjoin(zone_name, named))
        .where(signal.c.case == row.id)
        .order_by(signal.c.dated_ms, signal.c.order_key, signal.c.id)
        .limit(_LINES_MAX)
    )
    tasks = (
        select(case_task, person.c.name.label("person_name"))
        .select_from(case_task.outerjoin(person, person.c.id == case_task.c.person))
        .where(case_task.c.case == row.id)
        .order_by(case_task.c.position, case_task.c.id)
        .limit(_LINES_MAX)
    )
    log = select(case_log).where(case_log.c.case == row.id).order_by(case_log.c.id).limit(_LINES_MAX)
    found = (read.execute(signals).all(), read.execute(tasks).all(), read.execute(log).all())
    return Case(row, place, *found, inside=subject.inside)
