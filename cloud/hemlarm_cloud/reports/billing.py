"""The billing basis (C09): the contracts whose sites had more alarm events than the contract includes.

A contract counts by month, quarter or year of the calendar, and is in the basis of the month in which that ends. Events
in service mode are the customer's own work and are not counted. The centre's clocks decide what belongs to a month.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, and_, func, select

from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.errors import RefusedError
from hemlarm_cloud.reports.alarm_events import counted
from hemlarm_cloud.reports.model import Column, Figure, Language, Report, Section, Value
from hemlarm_cloud.reports.periods import Period, month, month_before, year_to
from hemlarm_cloud.reports.words import Words
from hemlarm_cloud.sites.contract_dates import CALENDAR
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import signal
from hemlarm_cloud.store.schema_sites import contract, customer, site

_PAGE = 500
"""Contracts counted by one query."""

_ENDS = {"month": 1, "quarter": 3, "year": 12}
"""How many months each has; one ends with each month whose number can be divided by it."""


class Counted(NamedTuple):
    """A contract with a number whose period ends, and how many events it had in that."""

    customer_number: str
    customer: str
    contract: str
    length: str
    period: str
    included: int
    events: int

    @property
    def above(self) -> int:
        """Events to invoice."""
        return max(0, self.events - self.included)


def make(reading: Queries, actor: Actor, month_text: str, language: Language, now_ms: int) -> Report:
    """Return the basis of a month such as 2026-10. Raises RefusedError but for supervisors, InvalidError."""
    if actor.role is not Role.SUPERVISOR:
        raise RefusedError("the billing basis is for supervisors")
    wanted = month(month_text, CALENDAR)
    found: list[Counted] = []
    for length, months in _ENDS.items():
        if int(month_text[5:]) % months == 0:
            found += _count(reading, length, _ending_with(month_text, months))
    return build(sorted(found), wanted, Words(language, CALENDAR), now_ms)


def build(found: Sequence[Counted], wanted: Period, words: Words, now_ms: int) -> Report:
    """Make the report of its facts."""
    rows = tuple(
        (
            each.customer_number,
            each.customer,
            each.contract,
            words.name("period-length", each.length),
            each.period,
            each.included,
            each.events,
            each.above,
        )
        for each in found
        if each.above
    )
    above = sum(each.above for each in found)
    columns = (
        Column(words.text("customer-number")),
        Column(words.text("customer")),
        Column(words.text("contract")),
        Column(words.text("counted-by")),
        Column(words.text("period")),
        Column(words.text("included"), "number"),
        Column(words.text("events"), "number"),
        Column(words.text("above"), "number"),
    )
    totals: tuple[Value, ...] = (words.text("total"), *[""] * 6, above)
    return Report(
        code="C09",
        title=words.text("BILLING"),
        subject=words.text("billing-table"),
        facts=(),
        period=wanted.name,
        language=words.language,
        zone=words.zone,
        made_ms=now_ms,
        sections=(Section("", columns, rows, totals),),
        figures=(
            Figure(words.text("contracts-count"), len(found)),
            Figure(words.text("contracts-above"), len(rows)),
            Figure(words.text("events-above"), above),
        ),
        notes=(words.text("billing-note"),),
    )


def _ending_with(month_text: str, months: int) -> Period:
    """The month, quarter or year that ends with a month."""
    last = month(month_text, CALENDAR)
    first = month_text
    for _ in range(months - 1):
        first = month_before(first)
    name = {1: month_text, 3: f"{first}..{month_text}", 12: month_text[:4]}[months]
    begins = month(first, CALENDAR) if months < 12 else year_to(month_text, CALENDAR)
    return Period(name, begins.from_ms, last.until_ms, last.zone)


def _count(reading: Queries, length: str, period: Period) -> list[Counted]:
    found: list[Counted] = []
    after = 0
    while rows := _page(reading, length, period, after):
        for row in rows:
            found.append(
                Counted(row.customer_number, row.name, row.number, length, period.name, row.events_included, row.events)
            )
        after = rows[-1].id
    return found


def _page(reading: Queries, length: str, period: Period, after: int) -> Sequence[Row[Any]]:
    """The next contracts by their ids, each with its events since the period, and the contract itself, began."""
    some = (
        select(contract.c.id, contract.c.begins_ms)
        .where(contract.c.id > after, contract.c.period == length, contract.c.events_included.is_not(None))
        .where(contract.c.begins_ms < period.until_ms)
        .order_by(contract.c.id)
        .limit(_PAGE)
        .subquery()
    )
    within = and_(
        signal.c.site == site.c.id,
        signal.c.dated_ms >= period.from_ms,
        signal.c.dated_ms < period.until_ms,
        signal.c.dated_ms >= some.c.begins_ms,
        signal.c.handling != "service",
        counted(),
    )
    events = (
        select(some.c.id, func.count(signal.c.id).label("events"))
        .select_from(some.outerjoin(site, site.c.contract == some.c.id).outerjoin(signal, within))
        .group_by(some.c.id)
        .subquery()
    )
    query: Select[Any] = (
        select(
            contract.c.id, customer.c.number.label("customer_number"), customer.c.name, contract.c.number,
            contract.c.events_included, events.c.events,
        )
        .join_from(events, contract, contract.c.id == events.c.id)
        .join(customer, customer.c.id == contract.c.customer)
        .order_by(contract.c.id)
    )  # fmt: skip
    return reading.connection.execute(query).all()
