"""What is shown of cases: one with its tasks, and pages of them for lists."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from hemlarm_cloud.actor import CENTRE_ROLES, Actor
from hemlarm_cloud.cases.categories import HOLD_UP
from hemlarm_cloud.handling import log, seen, taskwork
from hemlarm_cloud.sites import values
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import alarm_case, signal
from hemlarm_cloud.store.schema_sites import person, site

_TASK = ("id", "key", "position", "kind", "person", "text", "only_if", "state", "result", "note", "due_ms", "done_ms")
_PERSON = ("name", "phone", "other_phone")
_SIGNAL = ("id", "transmitter", "qcode", "category", "area", "zone", "user", "text", "dated_ms", "received_ms")


def case(reading: Queries, actor: Actor, case_id: int) -> dict[str, Any]:
    """Return a case with its site's name and its tasks, those to do now numbered by their turn.

    Telephone numbers are for the staff alone, names of operators and what they noted for the centre. Raises
    NotFoundError.
    """
    found = seen.expect_case(reading, actor, case_id)
    place = reading.connection.execute(select(site).where(site.c.id == found.site)).one_or_none()
    shown = found._asdict() | {"site_name": place.name if place else "", "town": place.town if place else ""}
    if actor.role not in CENTRE_ROLES and shown["operator"] is not None:
        shown["operator"] = log.THE_CENTRE
    shown["answer_ms"] = None if found.answered_ms is None else found.answered_ms - found.opened_ms
    return shown | {"tasks": _tasks(reading, actor, case_id)}


def cases(
    reading: Queries,
    actor: Actor,
    site_id: int | None = None,
    open_only: bool = False,
    after_id: int = 0,
    limit: int = 100,
) -> Sequence[Row[Any]]:
    """Return cases with a larger id than `after_id`, oldest first: of one site, or of all that this actor may see."""
    table = alarm_case
    query = select(table).where(table.c.id > after_id)
    if site_id is not None:
        query = query.where(table.c.site == site_id)
    if open_only:
        query = query.where(table.c.closed_ms.is_(None))
    if actor.role not in CENTRE_ROLES:
        query = query.join(site, site.c.id == table.c.site).where(seen.may_see(actor))
    return reading.connection.execute(query.order_by(table.c.id).limit(values.page(limit))).all()


def signals(reading: Queries, actor: Actor, case_id: int, after_id: int = 0, limit: int = 100) -> Sequence[Row[Any]]:
    """Return the signals of a case with a larger id than `after_id`. Raises NotFoundError."""
    found = seen.expect_case(reading, actor, case_id)
    columns = [signal.c[name] for name in _SIGNAL]
    query = select(*columns).where(signal.c.case == case_id, signal.c.id > after_id)
    if actor.role not in CENTRE_ROLES and found.closed_ms is None:
        query = query.where(signal.c.category != HOLD_UP)
    return reading.connection.execute(query.order_by(signal.c.id).limit(values.page(limit))).all()


def _tasks(reading: Queries, actor: Actor, case_id: int) -> list[dict[str, Any]]:
    rows = taskwork.task_rows(reading, case_id)
    turn = {row.id: number for number, row in enumerate(taskwork.waiting_tasks(reading, case_id), 1)}
    people = _people(reading, [row.person for row in rows if row.person is not None]) if _calls(actor) else {}
    shown = []
    for row in rows:
        task = {name: getattr(row, name) for name in _TASK} | {"done_by": row.done_by, "version": row.version}
        if actor.role not in CENTRE_ROLES:
            task |= {"note": "", "done_by": row.done_by and log.THE_CENTRE}
        shown.append(task | {"turn": turn.get(row.id), "call": people.get(row.person)})
    return shown


def _calls(actor: Actor) -> bool:
    return actor.role in seen.STAFF


def _people(reading: Queries, ids: list[int]) -> dict[int | None, dict[str, str]]:
    query = select(person.c.id, *(person.c[name] for name in _PERSON)).where(person.c.id.in_(ids))
    return {row.id: {name: getattr(row, name) for name in _PERSON} for row in reading.connection.execute(query)}
