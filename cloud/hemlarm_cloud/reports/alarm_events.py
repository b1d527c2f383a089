"""ZR0047: how many alarm events there were this year, by month and by site, service mode included.

An alarm event is an alarm or a fault that begins. Restores, arming, disarming and tests are none, nor is what was only
recorded.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, case, func, literal, select

from hemlarm_cloud.cases.categories import SERVICE, URGENCY
from hemlarm_cloud.reports import heading
from hemlarm_cloud.reports.model import Column, Figure, Report, Section, Value
from hemlarm_cloud.reports.periods import Period, months_of
from hemlarm_cloud.reports.subjects import Subject
from hemlarm_cloud.reports.words import Words
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import alarm_case, signal
from hemlarm_cloud.store.schema_sites import site

CATEGORIES = tuple(name for name in URGENCY if name != SERVICE)


class Count(NamedTuple):
    """How many alarm events a site had of one category in one month, by the month's place in the period."""

    site: int
    month: int
    category: str
    in_service: bool
    events: int


def counted() -> ColumnElement[bool]:
    """Return the condition on `signal` for alarm events."""
    begins = (signal.c.qcode >= 1000) & (signal.c.qcode < 2000)
    return begins & (signal.c.category != SERVICE) & (signal.c.handling != "record")


def make(reading: Queries, subject: Subject, period: Period, words: Words, now_ms: int) -> Report:
    """Return the report about a customer's sites, or one site."""
    sites = heading.sites_of(reading, subject)
    return build(_counts(reading, subject, period), sites, subject, period, words, now_ms)


def build(
    counts: Sequence[Count], sites: Sequence[Row[Any]], subject: Subject, period: Period, words: Words, now_ms: int
) -> Report:
    """Make the report of its facts."""
    months = months_of(period)
    by_month = _by_month(counts, months, words)
    sections = (by_month, _by_site(counts, sites, words)) if subject.kind == "customer" else (by_month,)
    return Report(
        code="ZR0047",
        title=words.text("ZR0047"),
        subject=heading.named(subject),
        facts=heading.facts(words, subject, sites),
        period=period.name,
        language=words.language,
        zone=words.zone,
        made_ms=now_ms,
        sections=sections,
        figures=(
            Figure(words.text("events-year"), _sum(counts)),
            Figure(words.text("events-service"), _sum(count for count in counts if count.in_service)),
            Figure(
                words.text("events-last", month=months[-1].name),
                _sum(count for count in counts if count.month == len(months) - 1),
            ),
        ),
        notes=(words.text("events-note"),),
    )


def _by_month(counts: Sequence[Count], months: Sequence[Period], words: Words) -> Section:
    rows: list[tuple[Value, ...]] = []
    for place, month in enumerate(months):
        these = [count for count in counts if count.month == place]
        rows.append((month.name, *_cells(these)))
    columns = (
        Column(words.text("month")),
        *(Column(words.name("category", name), "number") for name in CATEGORIES),
        Column(words.text("all-events"), "number"),
        Column(words.text("in-service"), "number"),
    )
    return Section(words.text("by-month"), columns, tuple(rows), (words.text("total"), *_cells(counts)))


def _by_site(counts: Sequence[Count], sites: Sequence[Row[Any]], words: Words) -> Section:
    by_site: dict[int, list[Count]] = {}
    for count in counts:
        by_site.setdefault(count.site, []).append(count)
    rows = []
    for place in sites:
        *_, events, in_service = _cells(by_site.get(place.id, ()))
        rows.append((place.number, place.name, events, in_service))
    *_, events, in_service = _cells(counts)
    columns = (
        Column(words.text("site-number")),
        Column(words.text("site")),
        Column(words.text("all-events"), "number"),
        Column(words.text("in-service"), "number"),
    )
    return Section(words.text("by-site"), columns, tuple(rows), (words.text("total"), "", events, in_service))


def _cells(counts: Sequence[Count]) -> tuple[int, ...]:
    """Each category's number, all of them, and those in service mode."""
    return (
        *(_sum(count for count in counts if count.category == name) for name in CATEGORIES),
        _sum(counts),
        _sum(count for count in counts if count.in_service),
    )


def _sum(counts: Iterable[Count]) -> int:
    return sum(count.events for count in counts)


def _counts(reading: Queries, subject: Subject, period: Period) -> list[Count]:
    months = months_of(period)
    month = case(*((signal.c.dated_ms < each.until_ms, literal(place)) for place, each in enumerate(months)))
    in_service = signal.c.handling == "service"
    keys = (signal.c.site, month.label("month"), signal.c.category, in_service.label("in_service"))
    query = (
        select(*keys, func.count().label("events"))
        .select_from(signal.outerjoin(alarm_case, alarm_case.c.id == signal.c.case))
        .where(signal.c.site.in_(select(site.c.id).where(subject.sites)))
        .where(signal.c.dated_ms >= period.from_ms, signal.c.dated_ms < period.until_ms)
        .where(counted(), heading.told())
        .group_by("month", signal.c.site, signal.c.category, "in_service")
    )
    return [Count(row[0], row[1], row[2], bool(row[3]), row[4]) for row in reading.connection.execute(query)]
