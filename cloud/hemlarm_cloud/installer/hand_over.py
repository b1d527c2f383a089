"""The hand-over: what was installed, tried and measured, on paper for the customer and the installer to sign."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from hemlarm_cloud import scope
from hemlarm_cloud.actor import Actor
from hemlarm_cloud.installer import configuring, walk
from hemlarm_cloud.installer.vocabulary import NAMES, TEXTS
from hemlarm_cloud.reports import pdf_form
from hemlarm_cloud.reports.model import Column, Figure, Language, Report, Section
from hemlarm_cloud.reports.periods import zone_of
from hemlarm_cloud.reports.words import NOTHING, Words
from hemlarm_cloud.sites import authority
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema import panel as panel_table
from hemlarm_cloud.store.schema import panel_health, path_report
from hemlarm_cloud.store.schema_sites import authority_list, panel_user, person
from hemlarm_protocol import message_names

CODE = "H1"
_DBM_UNKNOWN = 255


class _Told(Words):
    """Words of reports, and those of the hand-over."""

    def own(self, key: str, **values: object) -> str:
        return TEXTS[key][self._column].format(**values)

    def called(self, group: str, word: str) -> str:
        known = NAMES[group].get(word)
        return known[self._column] if known else word


def make(reading: Queries, actor: Actor, site_id: int, panel: str, language: Language, now_ms: int) -> bytes:
    """Return the hand-over of one panel as PDF. Raises NotFoundError, and RefusedError without authority at the site.

    The same store, language and moment give the same bytes.
    """
    configuring.expect_panel(reading, actor, site_id, panel)
    authority.expect(reading, actor, site_id, "see-site", now_ms)
    return pdf_form.render(report(reading, actor, site_id, panel, language, now_ms))


def report(reading: Queries, actor: Actor, site_id: int, panel: str, language: Language, now_ms: int) -> Report:
    """Return what the paper says."""
    site = scope.expect_site(reading, actor, site_id)
    words = _Told(language, zone_of(site.time_zone))
    config = walk.configuration_of(reading, panel)
    walked = walk.last(reading, panel)
    sections = [
        _zones(walked, config, words),
        _paths(_rows(reading, path_report, panel), words),
        _users(reading, panel, config, words),
        _settings(config, words),
        _signatures(words),
    ]
    return Report(
        code=CODE,
        title=words.own("hand-over"),
        subject=", ".join(part for part in (site.name, site.address, site.town) if part),
        facts=_facts(reading, actor, site, panel, words),
        period="",
        language=language,
        zone=words.zone,
        made_ms=now_ms,
        sections=tuple(section for section in sections if section is not None),
        figures=_figures(walked, _rows(reading, panel_health, panel), words),
        notes=(words.own("yearly"), words.own("codes")),
    )


def _rows(reading: Queries, table: Any, panel: str) -> Sequence[Row[Any]]:
    return reading.connection.execute(select(table).where(table.c.panel == panel).order_by(*table.primary_key)).all()


def _facts(reading: Queries, actor: Actor, site: Row[Any], panel: str, words: _Told) -> tuple[tuple[str, str], ...]:
    known = reading.connection.execute(select(panel_table).where(panel_table.c.id == panel)).one()
    facts = [
        (words.text("site-number"), site.number),
        (words.own("panel"), panel),
        (words.own("level"), words.own("every", seconds=words.printed(known.link_level_s, "seconds"))),
    ]
    if actor.installer is not None:
        company = select(authority_list.c.name).where(authority_list.c.id == actor.installer)
        facts.append((words.own("company"), str(reading.connection.scalar(company))))
    return tuple(facts)


def _figures(walked: walk.Walk, health: Sequence[Row[Any]], words: _Told) -> tuple[Figure, ...]:
    figures = [Figure(words.own("zones-tried"), f"{walked.tested}/{len(walked.zones)}")]
    if health and health[0].battery_mv:
        figures.append(
            Figure(words.own("battery"), f"{health[0].battery_mv / 1000:.1f} V".replace(".", words.own(".")))
        )
    if health and health[0].hours_left != _DBM_UNKNOWN:
        figures.append(Figure(words.own("hours"), health[0].hours_left))
    return tuple(figures)


def _zones(walked: walk.Walk, config: dict[str, Any], words: _Told) -> Section:
    columns = (
        Column(words.text("zone"), "number"),
        Column(words.text("name")),
        Column(words.own("type")),
        Column(words.own("sensor")),
        Column(words.own("area")),
        Column(words.own("way")),
        Column(words.own("tried"), "time"),
    )
    areas = {zone["number"]: zone.get("area", 1) for zone in config.get("zones", [])}
    rows = tuple(
        (
            zone.number,
            zone.name or NOTHING,
            words.called("type", zone.type),
            words.called("sensor", zone.sensor) or NOTHING,
            str(areas.get(zone.number, "")),
            words.own("radio" if zone.radio else "wired"),
            zone.tested_ms,
        )
        for zone in walked.zones
    )
    return Section(words.own("zones"), columns, rows)


def _paths(reports: Sequence[Row[Any]], words: _Told) -> Section:
    columns = (
        Column(words.own("path")),
        Column(words.own("answers")),
        Column(words.own("technology")),
        Column(words.own("signal")),
        Column(words.own("told"), "time"),
    )
    rows = tuple(
        (
            words.own(f"path-{each.path}"),
            words.yes(each.up),
            message_names.TECHNOLOGIES.get(each.technology, "") or NOTHING,
            NOTHING if each.signal == _DBM_UNKNOWN else f"-{each.signal} dBm",
            each.received_ms,
        )
        for each in reports
    )
    return Section(words.own("paths"), columns, rows)


def _users(reading: Queries, panel: str, config: dict[str, Any], words: _Told) -> Section:
    query = select(panel_user.c.user, person.c.name).join(person, person.c.id == panel_user.c.person)
    names = {row.user: row.name for row in reading.connection.execute(query.where(panel_user.c.transmitter == panel))}
    columns = (
        Column(words.own("user"), "number"),
        Column(words.text("name")),
        Column(words.own("role")),
        Column(words.own("code")),
        Column(words.own("tags"), "number"),
    )
    rows = tuple(
        (
            user["number"],
            names.get(user["number"], NOTHING),
            words.called("role", user.get("role", "user")),
            words.yes(user.get("code")),
            user.get("tags", 0),
        )
        for user in config.get("users", [])
    )
    return Section(words.own("users"), columns, rows)


def _settings(config: dict[str, Any], words: _Told) -> Section:
    columns = (Column(words.own("area")), Column(words.own("exit"), "seconds"), Column(words.own("entry"), "seconds"))
    rows = tuple(
        (str(area["number"]), area.get("exit_s", 60), area.get("entry_s", 30)) for area in config.get("areas", [])
    )
    return Section(words.own("delays"), columns, rows)


def _signatures(words: _Told) -> Section:
    columns = (Column(words.own("who")), Column(words.own("signed")), Column(words.own("day")))
    blank = " " * 40
    return Section(
        words.own("signatures"), columns, tuple((words.own(who), blank, " ") for who in ("customer", "fitter"))
    )
