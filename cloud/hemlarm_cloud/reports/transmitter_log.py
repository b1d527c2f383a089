"""ZR0034: everything a site's transmitters sent in a period, whatever became of it, even in service mode."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from hemlarm_cloud.reports import heading
from hemlarm_cloud.reports.model import Column, Figure, Report, Section
from hemlarm_cloud.reports.one_case import zone_text
from hemlarm_cloud.reports.periods import Period
from hemlarm_cloud.reports.subjects import Subject
from hemlarm_cloud.reports.words import Words
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import alarm_case, signal
from hemlarm_cloud.store.schema_sites import panel_user, person, transmitter, zone_name


def make(reading: Queries, subject: Subject, period: Period, words: Words, now_ms: int) -> Report:
    """Return the report about one site, or one transmitter of it."""
    return build(_signals(reading, subject, period), subject, period, words, now_ms)


def build(found: Sequence[Row[Any]], subject: Subject, period: Period, words: Words, now_ms: int) -> Report:
    """Make the report of its facts; of more signals than fit one report the last are left out, and that is told."""
    signals = found[: heading.ROWS_MAX]
    columns = (
        Column(words.text("time"), "time"),
        Column(words.text("transmitter")),
        Column(words.text("code")),
        Column(words.text("event")),
        Column(words.text("area")),
        Column(words.text("zone")),
        Column(words.text("user"), optional=True),
        Column(words.text("handling")),
        Column(words.text("case")),
        Column(words.text("text"), optional=True),
    )
    rows = tuple(
        (
            row.dated_ms,
            row.transmitter_name or row.transmitter,
            str(row.qcode),
            words.event(row.qcode),
            str(row.area) if row.area else "",
            zone_text(row),
            f"{row.user} {row.user_name or ''}".strip() if row.user else "",
            words.name("handling", row.handling),
            "" if row.case is None else str(row.case),
            row.text,
        )
        for row in signals
    )
    return Report(
        code="ZR0034",
        title=words.text("ZR0034"),
        subject=heading.named(subject),
        facts=heading.facts(words, subject),
        period=period.name,
        language=words.language,
        zone=words.zone,
        made_ms=now_ms,
        sections=(Section(words.text("all-activity"), columns, rows),),
        figures=(
            Figure(words.text("signals-all"), len(signals)),
            Figure(words.text("signals-case"), sum(row.handling == "case" for row in signals)),
            Figure(words.text("signals-service"), sum(row.handling == "service" for row in signals)),
        ),
        cut=heading.cut(words, found),
    )


def _signals(reading: Queries, subject: Subject, period: Period) -> Sequence[Row[Any]]:
    zone_named = (zone_name.c.transmitter == signal.c.transmitter) & (zone_name.c.zone == signal.c.zone)
    user_named = (panel_user.c.transmitter == signal.c.transmitter) & (panel_user.c.user == signal.c.user)
    joined = (
        signal.outerjoin(alarm_case, alarm_case.c.id == signal.c.case)
        .outerjoin(transmitter, transmitter.c.id == signal.c.transmitter)
        .outerjoin(zone_name, zone_named)
        .outerjoin(panel_user, user_named)
        .outerjoin(person, person.c.id == panel_user.c.person)
    )
    names = (
        zone_name.c.name.label("zone_name"),
        person.c.name.label("user_name"),
        transmitter.c.name.label("transmitter_name"),
    )
    query = select(signal, *names).select_from(joined).where(signal.c.site == subject.id, heading.told())
    if subject.transmitter is not None:
        query = query.where(signal.c.transmitter == subject.transmitter)
    query = query.where(signal.c.dated_ms >= period.from_ms, signal.c.dated_ms < period.until_ms)
    query = query.order_by(signal.c.dated_ms, signal.c.order_key, signal.c.id).limit(heading.ROWS_MAX + 1)
    return reading.connection.execute(query).all()
