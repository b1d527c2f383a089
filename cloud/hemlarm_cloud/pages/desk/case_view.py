"""Everything that the page of one case shows, read at one moment."""

from typing import Any

from sqlalchemy import select

from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.cases.categories import HOLD_UP
from hemlarm_cloud.handling import closing, password, seen, taskwork, views
from hemlarm_cloud.pages.desk import log_view, pictures_view, signals_view, site_view, tasks_view
from hemlarm_cloud.pages.desk.naming import ICONS, operator_name, words_of
from hemlarm_cloud.reports.words import Words
from hemlarm_cloud.sites import contacts
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import alarm_case
from hemlarm_cloud.store.schema_sites import account

_OTHERS_MAX = 8
_COLLEAGUES_MAX = 100


def values(reading: Queries, actor: Actor, case_id: int, language: str, now_ms: int) -> dict[str, Any]:
    """Return the values of the template of a case. Raises RefusedError, NotFoundError."""
    seen.expect_staff(actor)
    case = views.case(reading, actor, case_id)
    place = site_view.place(reading, actor, case["site"])
    words = words_of(language, place["time_zone"] if place else "")
    right = password.was_right(reading, case_id)
    signals = signals_view.of_case(reading, case_id, words)
    tasks = tasks_view.shown(case, words, right)
    site_id = case["site"]
    return {
        "case": case,
        "place": place,
        "words": words,
        "zone": words.zone.key,
        "icon": ICONS.get(case["category"], "warning"),
        "operator": operator_name(case["operator"]) if case["operator"] else "",
        "mine": case["operator"] == actor.name,
        "works": _works(actor, case),
        "supervisor": actor.role is Role.SUPERVISOR,
        "tasks": tasks,
        "signals": signals,
        "log": log_view.of_case(reading, actor, case_id, words),
        "pictures": pictures_view.of_case(reading, actor, case_id, site_id),
        "map": site_view.drawing(reading, actor, site_id, signals) if site_id else None,
        "contacts": contacts.contacts(reading, actor, site_id) if site_id else [],
        "services": site_view.service_modes(reading, actor, site_id, words) if site_id else [],
        "others": _others(reading, case, words),
        "password_right": right,
        "silent": case["category"] == HOLD_UP,
        "blocking": _blocking(reading, case_id, words),
        "outcomes": tasks_view.outcomes(case, words),
        "causes": tasks_view.causes(words),
        "kinds": tasks_view.kinds(words),
        "colleagues": _colleagues(reading, actor, now_ms),
    }


def _works(actor: Actor, case: dict[str, Any]) -> bool:
    """Whether this actor's buttons are there: the case is open and theirs, or a supervisor looks."""
    if case["state"] == "closed" or case["operator"] is None:
        return False
    return case["operator"] == actor.name or actor.role is Role.SUPERVISOR


def _blocking(reading: Queries, case_id: int, words: Words) -> list[str]:
    row = taskwork.case_row(reading, case_id)
    if row.state == "closed":
        return []
    return list(dict.fromkeys(words.name("step", task.kind) for task in closing.blocking(reading, row)))


def _others(reading: Queries, case: dict[str, Any], words: Words) -> list[dict[str, Any]]:
    """The site's newest other cases: is it the third this week?"""
    if case["site"] is None:
        return []
    table = alarm_case
    query = select(table.c.id, table.c.category, table.c.opened_ms, table.c.state, table.c.outcome)
    query = query.where(table.c.site == case["site"], table.c.id != case["id"])
    rows = reading.connection.execute(query.order_by(table.c.opened_ms.desc()).limit(_OTHERS_MAX))
    return [case_line(row, words) for row in rows]


def case_line(row: Any, words: Words) -> dict[str, Any]:
    """Return a case as one line of a list."""
    ended = words.name("outcome", row.outcome) if row.outcome else words.name("state", row.state)
    return {
        "id": row.id,
        "name": words.name("category", row.category),
        "icon": ICONS.get(row.category, "warning"),
        "opened_ms": row.opened_ms,
        "open": row.state != "closed",
        "ended": ended,
    }


def _colleagues(reading: Queries, actor: Actor, now_ms: int) -> list[dict[str, str]]:
    """Whom a case can be handed to."""
    table = account
    valid = (table.c.revoked_ms.is_(None)) & (table.c.expires_ms.is_(None) | (table.c.expires_ms > now_ms))
    query = select(table.c.role, table.c.name).where(table.c.role.in_(seen.STAFF), valid).order_by(table.c.name)
    rows = reading.connection.execute(query.limit(_COLLEAGUES_MAX))
    everybody = [{"value": f"{row.role}:{row.name}", "name": row.name} for row in rows]
    return [each for each in everybody if each["value"] != actor.name]
