"""The operators' queue: what is open, the most urgent first, with the next thing to do in each."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, func, select

from hemlarm_cloud.actor import CENTRE_ROLES, Actor
from hemlarm_cloud.handling import deciding, seen, taskwork
from hemlarm_cloud.sites import values
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import alarm_case, case_task
from hemlarm_cloud.store.schema_sites import site

_CASE = (
    "id", "kind", "category", "urgency", "state", "site", "opened_ms", "began_ms", "answered_ms", "operator", "summary",
    "test", "cancelled_ms", "region", "sites", "escalation", "wake_ms", "version",
)  # fmt: skip
_TASK = ("case", "id", "kind", "only_if", "result", "done_by", "text", "person")


class Line(NamedTuple):
    """One case in the queue; `case` has the columns of the case, `waited_ms` how long it has been open.

    `next_task` is what to do next in it, if anything: its id, kind, person and text.
    """

    case: dict[str, Any]
    site_name: str
    town: str
    waited_ms: int
    next_task: dict[str, Any] | None


class Totals(NamedTuple):
    """How much there is to do."""

    open: int
    unclaimed: int


def queue(reading: Queries, actor: Actor, now_ms: int, limit: int = 100, put_off: bool = True) -> list[Line]:
    """Return the open cases that this actor may see, by urgency and then by how long they are open, the first `limit`.

    A regional incident is one line, and the cases that are part of it are none. Cases that were put off until later are
    left out unless `put_off`.
    """
    rows = reading.connection.execute(_open_cases(actor, put_off).limit(values.page(limit))).all()
    following = _next_tasks(reading, rows)
    return [_line(row, following.get(row.id), now_ms) for row in rows]


def totals(reading: Queries, actor: Actor) -> Totals:
    """Return how many cases are in the queue, and how many of them nobody has."""
    cases = _open_cases(actor, put_off=True).order_by(None).subquery()
    unclaimed = func.count().filter(cases.c.state == "new")
    return Totals(*reading.connection.execute(select(func.count(), unclaimed).select_from(cases)).one())


def _open_cases(actor: Actor, put_off: bool) -> Any:
    table = alarm_case
    columns = (*(table.c[name] for name in _CASE), site.c.name.label("site_name"), site.c.town)
    query = select(*columns).outerjoin(site, site.c.id == table.c.site)
    query = query.where(table.c.closed_ms.is_(None), table.c.incident.is_(None))
    if not put_off:
        query = query.where(table.c.state != "waiting")
    if actor.role not in CENTRE_ROLES:
        query = query.where(seen.may_see(actor))
    return query.order_by(table.c.urgency, table.c.opened_ms, table.c.id)


def _next_tasks(reading: Queries, cases: Sequence[Row[Any]]) -> dict[int, dict[str, Any]]:
    """Return the next task of each of these cases, in a handful of queries for all of them."""
    table = case_task
    query = select(*(table.c[name] for name in _TASK)).where(table.c.case.in_([case.id for case in cases]))
    of_case = defaultdict(list)
    for row in reading.connection.execute(query.order_by(table.c.case, table.c.position, table.c.id)):
        of_case[row.case].append(row)
    given = taskwork.given_facts(reading, cases)
    found = {}
    for case_id, tasks in of_case.items():
        turns = deciding.next_tasks(taskwork.decidable(tasks), given[case_id])
        if turns:
            first = tasks[turns[0]]
            found[case_id] = {name: getattr(first, name) for name in ("id", "kind", "person", "text")}
    return found


def _line(row: Row[Any], next_task: dict[str, Any] | None, now_ms: int) -> Line:
    case = {name: getattr(row, name) for name in _CASE}
    waited_ms = max(0, now_ms - row.opened_ms)
    return Line(case, row.site_name or "", row.town or "", waited_ms, next_task)
