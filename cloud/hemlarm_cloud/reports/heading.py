"""What stands at the top of reports, the same for all of them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, or_, select
from sqlalchemy.sql.elements import ColumnElement

from hemlarm_cloud.cases.categories import HOLD_UP
from hemlarm_cloud.reports.subjects import Subject
from hemlarm_cloud.reports.words import Words
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import alarm_case, signal
from hemlarm_cloud.store.schema_sites import site

ROWS_MAX = 100_000
"""Rows of one table; a report that would have more says that it was cut."""


def cut(words: Words, found: Sequence[object], at_most: int = ROWS_MAX) -> str:
    """Return the note that a table was cut, if it was: `found` then has a row more than is shown."""
    return words.text("cut", count=words.printed(at_most, "number")) if len(found) > at_most else ""


def told() -> ColumnElement[bool]:
    """Return the condition on `signal`, outer joined with its case, for what may be in a report.

    A hold-up alarm is silent: whoever forces somebody to open the mail must not read there that help is on its way. So
    no report knows of one until its case is closed.
    """
    return or_(signal.c.category != HOLD_UP, signal.c.handling != "case", alarm_case.c.closed_ms.is_not(None))


def told_case() -> ColumnElement[bool]:
    """Return the same condition on `alarm_case`."""
    return or_(alarm_case.c.category != HOLD_UP, alarm_case.c.closed_ms.is_not(None))


def sites_of(reading: Queries, subject: Subject) -> Sequence[Row[Any]]:
    """Return the sites that a report is about: id, number and name, by number."""
    query: Select[Any] = (
        select(site.c.id, site.c.number, site.c.name).where(subject.sites).order_by(site.c.number, site.c.id)
    )
    return reading.connection.execute(query.limit(ROWS_MAX)).all()


def named(subject: Subject) -> str:
    """Return the subject's name for the top of a page."""
    return str(subject.row.name)


def facts(words: Words, subject: Subject, sites: Sequence[Row[Any]] = ()) -> tuple[tuple[str, str], ...]:
    """Return what is said of a customer or a site at the top."""
    owner = subject.customer
    told_of = [(words.text("customer"), f"{owner.name} ({owner.number})")] if owner is not None else []
    if subject.kind == "site":
        row = subject.row
        told_of += [(words.text("site-number"), row.number)]
        place = ", ".join(part for part in (row.address, row.town) if part)
        told_of += [(words.text("address"), place)] if place else []
    elif subject.kind == "customer":
        told_of += [(words.text("sites"), words.text("all-sites", count=len(sites)))]
    if subject.transmitter:
        told_of += [(words.text("transmitter"), subject.transmitter)]
    return tuple(told_of)
