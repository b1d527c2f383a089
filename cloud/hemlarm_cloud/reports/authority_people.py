"""ZR0042: who is on an authority list, with which level, and the sites that the list covers."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from hemlarm_cloud.reports import heading
from hemlarm_cloud.reports.model import Column, Figure, Report, Section
from hemlarm_cloud.reports.subjects import Subject
from hemlarm_cloud.reports.words import Words
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import authority, authority_list_site, person, site


def make(reading: Queries, subject: Subject, words: Words, now_ms: int) -> Report:
    """Return the report about one list, as it is now."""
    return build(_people(reading, subject.id), _sites(reading, subject.id), subject, words, now_ms)


def build(people: Sequence[Row[Any]], sites: Sequence[Row[Any]], subject: Subject, words: Words, now_ms: int) -> Report:
    """Make the report of its facts."""
    row = subject.row
    facts = [(words.text("list"), words.text(f"list-{row.kind}"))]
    if subject.customer is not None:
        facts.append((words.text("customer"), f"{subject.customer.name} ({subject.customer.number})"))
    if row.fire_certificate_until_ms is not None:
        facts.append((words.text("certificate"), words.day(row.fire_certificate_until_ms)))
    return Report(
        code="ZR0042",
        title=words.text("ZR0042"),
        subject=heading.named(subject),
        facts=tuple(facts),
        period="",
        language=words.language,
        zone=words.zone,
        made_ms=now_ms,
        sections=(_people_table(people, words, row.kind == "installer"), _sites_table(sites, words)),
        figures=(Figure(words.text("people-count"), len(people)), Figure(words.text("sites-count"), len(sites))),
        notes=(words.text("levels-note"),),
    )


def _people_table(people: Sequence[Row[Any]], words: Words, installers: bool) -> Section:
    columns = [
        Column(words.text("name")),
        Column(words.text("level")),
        Column(words.text("phone")),
        Column(words.text("other-phone"), optional=True),
        Column(words.text("email")),
        Column(words.text("until")),
    ]
    rows = [
        [each.name, each.level, each.phone, each.other_phone, each.email, words.day(each.until_ms)] for each in people
    ]
    if installers:
        columns.append(Column(words.text("police")))
        rows = [[*row, words.day(each.police_approval_until_ms)] for row, each in zip(rows, people, strict=True)]
    return Section(words.text("people"), tuple(columns), tuple(tuple(row) for row in rows))


def _sites_table(sites: Sequence[Row[Any]], words: Words) -> Section:
    columns = (
        Column(words.text("site-number")),
        Column(words.text("site")),
        Column(words.text("address")),
        Column(words.text("town")),
    )
    rows = tuple((each.number, each.name, each.address, each.town) for each in sites)
    return Section(words.text("sites"), columns, rows)


def _people(reading: Queries, list_id: int) -> Sequence[Row[Any]]:
    query = (
        select(person, authority.c.level, authority.c.until_ms, authority.c.police_approval_until_ms)
        .join(authority, authority.c.person == person.c.id)
        .where(authority.c.list == list_id)
        .order_by(authority.c.level, person.c.id)
        .limit(heading.ROWS_MAX)
    )
    return reading.connection.execute(query).all()


def _sites(reading: Queries, list_id: int) -> Sequence[Row[Any]]:
    table = authority_list_site
    query = select(site).join(table, table.c.site == site.c.id).where(table.c.list == list_id)
    return reading.connection.execute(query.order_by(site.c.number, site.c.id).limit(heading.ROWS_MAX)).all()
