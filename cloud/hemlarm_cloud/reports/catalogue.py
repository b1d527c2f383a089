"""Which reports there are, what each is about, and how one is made and put into a file."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import InvalidError
from hemlarm_cloud.reports import (
    action_plans,
    alarm_events,
    authority_people,
    case_list,
    csv_form,
    duty_figures,
    one_case,
    pdf_form,
    periods,
    subjects,
    transmitter_log,
)
from hemlarm_cloud.reports.model import Language, Report
from hemlarm_cloud.reports.periods import Period
from hemlarm_cloud.reports.subjects import About, Subject
from hemlarm_cloud.reports.words import Words
from hemlarm_cloud.store.queries import Queries

Form = Literal["csv", "pdf"]

FORMS: tuple[Form, ...] = ("csv", "pdf")
MEDIA_TYPES = {"csv": "text/csv; charset=utf-8; header=present", "pdf": "application/pdf"}
LANGUAGES: tuple[Language, ...] = ("sv", "en")

_Span = Literal["any", "year", "none"]
"""Whether a report is about a period: any, a year up to a month, or about how things are now."""

_WithPeriod = Callable[[Queries, Subject, Period, Words, int], Report]
_AsItIs = Callable[[Queries, Subject, Words, int], Report]


@dataclass(frozen=True)
class _Entry:
    about: tuple[str, ...]
    span: _Span
    over: _WithPeriod | None = None
    now: _AsItIs | None = None


_CATALOGUE = {
    "ZR0047": _Entry(("customer", "site"), "year", alarm_events.make),
    "ZR0001": _Entry(("customer", "site"), "any", case_list.make),
    "ZR0002": _Entry(("case",), "none", now=one_case.make),
    "ZR0034": _Entry(("site",), "any", transmitter_log.make),
    "ZR0042": _Entry(("list",), "none", now=authority_people.make),
    "K1": _Entry(("site",), "none", now=action_plans.make),
    "ZR0010": _Entry(("service",), "any", duty_figures.make_summary),
    "ZR0020": _Entry(("service",), "any", duty_figures.make_hours),
}

CODES = tuple(_CATALOGUE)
MONTHLY = tuple(code for code, entry in _CATALOGUE.items() if "case" not in entry.about)
"""Reports that can be ordered for each month; one about a case is asked for when it is wanted."""


def make(
    reading: Queries, actor: Actor, code: str, about: About, period: str | None, language: Language, now_ms: int
) -> Report:
    """Return a report. `period` is as in `periods.parse`; without one, this month as far as it has come.

    Of ZR0047 it is the month, or the year, up to whose end the year is counted. Raises NotFoundError, RefusedError,
    InvalidError, and ConflictError for a case that cannot be told of yet.
    """
    expect_possible(code, about)
    return of(reading, code, subjects.find(reading, actor, about, now_ms), period, language, now_ms)


def of(reading: Queries, code: str, subject: Subject, period: str | None, language: Language, now_ms: int) -> Report:
    """Return a report about what was found and may be told; see `make`."""
    if language not in LANGUAGES:
        raise InvalidError(f"no report is written in {language!r}; use {' or '.join(LANGUAGES)}")
    entry, words = _CATALOGUE[code], Words(language, subject.zone)
    if entry.now is not None:
        if period is not None:
            raise InvalidError(f"{code} tells how things are now; leave the period out")
        return entry.now(reading, subject, words, now_ms)
    assert entry.over is not None
    written = period or periods.month_at(now_ms, subject.zone)
    span = _year_to(written, subject) if entry.span == "year" else periods.parse(written, subject.zone)
    return entry.over(reading, subject, span, words, now_ms)


def expect_possible(code: str, about: About) -> None:
    """Raise InvalidError for a report that is not there, or is not about such a thing."""
    if code not in _CATALOGUE:
        raise InvalidError(f"no report is called {code[:20]!r}; use one of {', '.join(CODES)}")
    kinds = _CATALOGUE[code].about
    if about.kind() not in kinds:
        raise InvalidError(f"{code} is about a {' or a '.join(kinds)}; name one")
    if about.transmitter is not None and code != "ZR0034":
        raise InvalidError(f"{code} is about all transmitters; leave the transmitter out")


def needs_period(code: str) -> bool:
    """Tell whether a report is about a period."""
    return _CATALOGUE[code].over is not None


def rendered(report: Report, form: Form) -> bytes:
    """Return a report as a file's bytes; the same report gives the same bytes."""
    return csv_form.render(report) if form == "csv" else pdf_form.render(report)


def file_name(report: Report, form: Form) -> str:
    """Return what the file is called: ZR0001-2026-10.pdf."""
    part = report.period.replace("..", "--")
    return "-".join(word for word in (report.code, part) if word) + f".{form}"


def _year_to(written: str, subject: Subject) -> Period:
    return periods.year_to(f"{written}-12" if len(written) == 4 else written, subject.zone)
