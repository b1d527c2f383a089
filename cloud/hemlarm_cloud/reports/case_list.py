"""ZR0001: the cases of a period without service cases, and how soon an operator answered each."""

from collections.abc import Iterable, Sequence
from statistics import median_high
from typing import Any

from sqlalchemy import Row, Select, select

from hemlarm_cloud.cases.categories import URGENCY
from hemlarm_cloud.reports import heading
from hemlarm_cloud.reports.model import Column, Figure, Report, Section
from hemlarm_cloud.reports.periods import Period
from hemlarm_cloud.reports.subjects import Subject
from hemlarm_cloud.reports.words import Words
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import alarm_case
from hemlarm_cloud.store.schema_sites import site


def answer_s(row: Row[Any]) -> int | None:
    """Return how many whole seconds it took until an operator took a case, None where nobody did."""
    return None if row.answered_ms is None else max(0, row.answered_ms - row.opened_ms) // 1000


def make(reading: Queries, subject: Subject, period: Period, words: Words, now_ms: int) -> Report:
    """Return the report about a customer's sites, or one site."""
    return build(_cases(reading, subject, period), heading.sites_of(reading, subject), subject, period, words, now_ms)


def build(
    found: Sequence[Row[Any]], sites: Sequence[Row[Any]], subject: Subject, period: Period, words: Words, now_ms: int
) -> Report:
    """Make the report of its facts; of more cases than fit one report the last are left out, and that is told."""
    cases = found[: heading.ROWS_MAX]
    answers = _answers(cases)
    return Report(
        code="ZR0001",
        title=words.text("ZR0001"),
        subject=heading.named(subject),
        facts=heading.facts(words, subject, sites),
        period=period.name,
        language=words.language,
        zone=words.zone,
        made_ms=now_ms,
        sections=(_answer_times(cases, words), _list(cases, words)),
        figures=(
            Figure(words.text("cases-count"), len(cases)),
            Figure(words.text("cases-answered"), len(answers)),
            Figure(words.text("cases-median"), median_high(answers) if answers else None, "seconds"),
            Figure(words.text("cases-longest"), max(answers, default=None), "seconds"),
        ),
        notes=(words.text("cases-note"),),
        cut=heading.cut(words, found),
    )


def _list(cases: Sequence[Row[Any]], words: Words) -> Section:
    columns = (
        Column(words.text("case")),
        Column(words.text("opened"), "time"),
        Column(words.text("site-number")),
        Column(words.text("site")),
        Column(words.text("category")),
        Column(words.text("answered-after"), "seconds"),
        Column(words.text("closed"), "time"),
        Column(words.text("outcome")),
    )
    rows = tuple(
        (
            str(row.id),
            row.opened_ms,
            row.site_number,
            row.site_name,
            words.name("category", row.category),
            answer_s(row),
            row.closed_ms,
            words.name("outcome", row.outcome) if row.closed_ms is not None else words.name("state", row.state),
        )
        for row in cases
    )
    return Section(words.text("cases"), columns, rows)


def _answer_times(cases: Sequence[Row[Any]], words: Words) -> Section:
    columns = (
        Column(words.text("category")),
        Column(words.text("cases"), "number"),
        Column(words.text("answered"), "number"),
        Column(words.text("within-30"), "number"),
        Column(words.text("within-60"), "number"),
        Column(words.text("median"), "seconds"),
        Column(words.text("longest"), "seconds"),
    )
    of = {name: [row for row in cases if row.category == name] for name in URGENCY}
    rows = tuple((words.name("category", name), *_figures(of[name])) for name in URGENCY if of[name])
    totals = (words.text("total"), *_figures(cases))
    return Section(words.text("answer-times"), columns, rows, totals, overview=True)


def _figures(cases: Sequence[Row[Any]]) -> tuple[int | None, ...]:
    answers = _answers(cases)
    soon = [sum(answer <= limit_s for answer in answers) for limit_s in (30, 60)]
    return (len(cases), len(answers), *soon, median_high(answers) if answers else None, max(answers, default=None))


def _answers(cases: Iterable[Row[Any]]) -> list[int]:
    return [answer for answer in map(answer_s, cases) if answer is not None]


def _cases(reading: Queries, subject: Subject, period: Period) -> Sequence[Row[Any]]:
    table = alarm_case
    query: Select[Any] = (
        select(
            table.c.id, table.c.opened_ms, table.c.answered_ms, table.c.closed_ms, table.c.category, table.c.outcome,
            table.c.state, site.c.number.label("site_number"), site.c.name.label("site_name"),
        )
        .join(site, site.c.id == table.c.site)
        .where(subject.sites, table.c.kind != "service", heading.told_case())
        .where(table.c.opened_ms >= period.from_ms, table.c.opened_ms < period.until_ms)
        .order_by(table.c.opened_ms, table.c.id)
        .limit(heading.ROWS_MAX + 1)
    )  # fmt: skip
    return reading.connection.execute(query).all()
