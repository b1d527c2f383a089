"""ZR0010: how many calls an on-call service had in a period. ZR0020: the same by hour and weekday."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, Select, select

from hemlarm_cloud.reports import heading
from hemlarm_cloud.reports.model import Column, Figure, Report, Section, Value
from hemlarm_cloud.reports.periods import Period, days_of, local, months_of
from hemlarm_cloud.reports.subjects import Subject
from hemlarm_cloud.reports.vocabulary import WEEKDAYS
from hemlarm_cloud.reports.words import Words
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_centre import duty_call
from hemlarm_cloud.store.schema_sites import person

CALLS_MAX = 200_000
"""Calls of one service in one period."""

_DAYS_BY_DAY = 62
"""Longer periods are told by month."""


def make_summary(reading: Queries, subject: Subject, period: Period, words: Words, now_ms: int) -> Report:
    """Return ZR0010."""
    return build_summary(_calls(reading, subject, period), subject, period, words, now_ms)


def make_hours(reading: Queries, subject: Subject, period: Period, words: Words, now_ms: int) -> Report:
    """Return ZR0020."""
    return build_hours(_calls(reading, subject, period), subject, period, words, now_ms)


def build_summary(found: Sequence[Row[Any]], subject: Subject, period: Period, words: Words, now_ms: int) -> Report:
    """Make ZR0010 of its facts."""
    calls = found[:CALLS_MAX]
    by_day = len(days_of(period)) <= _DAYS_BY_DAY
    parts = days_of(period) if by_day else months_of(period)
    rows: list[tuple[Value, ...]] = [
        (part.name, *_figures(calls_in)) for part, calls_in in zip(parts, _spread(calls, parts), strict=True)
    ]
    when = Column(words.text("day" if by_day else "month"))
    title = words.text("calls-by-day" if by_day else "calls-by-month")
    totals: tuple[Value, ...] = (words.text("total"), *_figures(calls))
    people: dict[str, list[Row[Any]]] = {}
    for call in calls:
        people.setdefault(call.person_name or words.text("nobody"), []).append(call)
    by_person: tuple[tuple[Value, ...], ...] = tuple((name, *_figures(people[name])) for name in sorted(people))
    answered = [call for call in calls if call.answered_ms is not None]
    waits = _waits(calls)
    return _report(
        "ZR0010",
        subject,
        period,
        words,
        now_ms,
        sections=(
            Section(title, (when, *_columns(words)), tuple(rows), totals),
            Section(
                words.text("calls-by-person"),
                (Column(words.text("person")), *_columns(words)),
                by_person,
                totals,
            ),
        ),
        figures=(
            Figure(words.text("calls-count"), len(calls)),
            Figure(words.text("calls-answered"), len(answered)),
            Figure(words.text("mean-wait").lower(), sum(waits) // len(waits) if waits else None, "seconds"),
            Figure(words.text("longest-wait").lower(), max(waits, default=None), "seconds"),
        ),
        note="calls-note",
        cut=heading.cut(words, found, CALLS_MAX),
    )


def build_hours(found: Sequence[Row[Any]], subject: Subject, period: Period, words: Words, now_ms: int) -> Report:
    """Make ZR0020 of its facts."""
    calls = found[:CALLS_MAX]
    counts = [[0] * len(WEEKDAYS) for _ in range(24)]
    for call in calls:
        at = local(call.at_ms, period.zone)
        counts[at.hour][at.weekday()] += 1
    rows: tuple[tuple[Value, ...], ...] = tuple((f"{hour:02d}", *days, sum(days)) for hour, days in enumerate(counts))
    days = [sum(hour[day] for hour in counts) for day in range(len(WEEKDAYS))]
    column = 0 if words.language == "sv" else 1
    columns = (
        Column(words.text("hour")),
        *(Column(names[column], "number") for names in WEEKDAYS),
        Column(words.text("total"), "number"),
    )
    busiest = max((count for hour in counts for count in hour), default=0)
    table = Section("", columns, rows, (words.text("total"), *days, len(calls)), shaded=True)
    return _report(
        "ZR0020",
        subject,
        period,
        words,
        now_ms,
        sections=(table,),
        figures=(Figure(words.text("calls-count"), len(calls)), Figure(words.text("busiest"), busiest)),
        note="hours-note",
        cut=heading.cut(words, found, CALLS_MAX),
    )


def _report(
    code: str,
    subject: Subject,
    period: Period,
    words: Words,
    now_ms: int,
    sections: tuple[Section, ...],
    figures: tuple[Figure, ...],
    note: str,
    cut: str,
) -> Report:
    facts = (
        [(words.text("customer"), f"{subject.customer.name} ({subject.customer.number})")] if subject.customer else []
    )
    if subject.row.number:
        facts.append((words.text("number-called"), subject.row.number))
    return Report(
        code=code,
        title=words.text(code),
        subject=heading.named(subject),
        facts=tuple(facts),
        period=period.name,
        language=words.language,
        zone=words.zone,
        made_ms=now_ms,
        sections=sections,
        figures=figures,
        notes=(words.text(note),),
        cut=cut,
    )


def _columns(words: Words) -> tuple[Column, ...]:
    return (
        Column(words.text("calls"), "number"),
        Column(words.text("answered"), "number"),
        Column(words.text("unanswered"), "number"),
        Column(words.text("mean-wait"), "seconds"),
        Column(words.text("longest-wait"), "seconds"),
        Column(words.text("talk-time"), "seconds"),
    )


def _figures(calls: Sequence[Row[Any]]) -> tuple[int | None, ...]:
    waits = _waits(calls)
    mean = sum(waits) // len(waits) if waits else None
    talked = sum(
        (call.ended_ms - call.answered_ms) // 1000
        for call in calls
        if call.answered_ms is not None and call.ended_ms is not None
    )
    return (len(calls), len(waits), len(calls) - len(waits), mean, max(waits, default=None), talked)


def _waits(calls: Iterable[Row[Any]]) -> list[int]:
    return [(call.answered_ms - call.at_ms) // 1000 for call in calls if call.answered_ms is not None]


def _spread(calls: Sequence[Row[Any]], parts: Sequence[Period]) -> list[list[Row[Any]]]:
    """The calls of each part; both are in the order of time."""
    spread: list[list[Row[Any]]] = [[] for _ in parts]
    place = 0
    for call in calls:
        while call.at_ms >= parts[place].until_ms:
            place += 1
        spread[place].append(call)
    return spread


def _calls(reading: Queries, subject: Subject, period: Period) -> Sequence[Row[Any]]:
    table = duty_call
    query: Select[Any] = (
        select(table.c.at_ms, table.c.answered_ms, table.c.ended_ms, person.c.name.label("person_name"))
        .select_from(table.outerjoin(person, person.c.id == table.c.person))
        .where(table.c.service == subject.id)
        .where(table.c.at_ms >= period.from_ms, table.c.at_ms < period.until_ms)
        .order_by(table.c.at_ms, table.c.id)
        .limit(CALLS_MAX + 1)
    )
    return reading.connection.execute(query).all()
