"""The queue as operators see it: one row a case, in words, and what is asked of everybody."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.handling import queue
from hemlarm_cloud.handling.queue import Line
from hemlarm_cloud.notices import names
from hemlarm_cloud.pages.desk import signals_view
from hemlarm_cloud.pages.desk.naming import ICONS, operator_name
from hemlarm_cloud.reports.words import Words
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import alarm_case, condition
from hemlarm_cloud.store.schema_sites import site

ROWS_MAX = 100
"""On the page: who has more to do than this takes the first."""

ALL, MINE, FREE = "all", "mine", "free"
FILTERS = (ALL, MINE, FREE)

BANNER_MAX = 3
"""Escalated cases that are named; the others are counted."""


class QueueRow(NamedTuple):
    """One case. `loud` is what sounds and stands out: an urgent alarm that nobody has."""

    id: int
    category: str
    category_name: str
    icon: str
    urgency: int
    place: str
    town: str
    what: str
    next_task: str
    opened_ms: int
    state: str
    state_name: str
    operator: str
    mine: bool
    escalation: int
    wake_ms: int | None
    sites: int
    incident: bool
    test: bool
    cancelled: bool
    loud: bool
    version: int


class QueueShown(NamedTuple):
    """The whole queue: rows for now, those that were put off, and how much there is."""

    rows: list[QueueRow]
    put_off: list[QueueRow]
    open: int
    unclaimed: int
    hidden: int
    """How many more there are than the page has room for."""


def shown(reading: Queries, actor: Actor, words: Words, which: str, now_ms: int) -> QueueShown:
    """Return the queue, all of it or only what is this actor's or nobody's."""
    lines = queue.queue(reading, actor, now_ms, ROWS_MAX)
    totals = queue.totals(reading, actor)
    told = _told(reading, lines, words)
    rows = [_row(line, told, actor, words) for line in lines]
    kept = [row for row in rows if which == ALL or (row.mine if which == MINE else row.state == "new")]
    return QueueShown(
        [row for row in kept if row.state != "waiting"],
        [row for row in kept if row.state == "waiting"],
        totals.open,
        totals.unclaimed,
        max(0, totals.open - len(rows)),
    )


class Escalated(NamedTuple):
    """A case that nobody took in time."""

    id: int
    category: str
    category_name: str
    place: str
    opened_ms: int


class Banner(NamedTuple):
    """What stands above every page of every operator, as long as nobody takes these."""

    cases: list[Escalated]
    more: int


def banner(reading: Queries, words: Words) -> Banner:
    """Return the cases that escalated and that nobody has, the most urgent first."""
    table = alarm_case
    nobodys = (table.c.closed_ms.is_(None), table.c.incident.is_(None), table.c.state == "new", table.c.escalation > 0)
    columns = (table.c.id, table.c.category, table.c.region, table.c.opened_ms, site.c.name.label("site_name"))
    query = select(*columns).outerjoin(site, site.c.id == table.c.site).where(*nobodys)
    query = query.order_by(table.c.urgency, table.c.opened_ms, table.c.id).limit(BANNER_MAX)
    rows = reading.connection.execute(query).all()
    count = len(rows)
    if count == BANNER_MAX:
        count = reading.connection.scalar(select(func.count()).select_from(table).where(*nobodys)) or 0
    named = [
        Escalated(
            row.id, row.category, words.name("category", row.category), row.site_name or row.region, row.opened_ms
        )
        for row in rows
    ]
    return Banner(named, count - len(rows))


def _told(reading: Queries, lines: Sequence[Line], words: Words) -> dict[int, str]:
    """What each case is about: its foremost signal, the fault that lasts, or else its summary."""
    told = {line.case["id"]: str(line.case["summary"]) for line in lines}
    faults = [line.case["id"] for line in lines if line.case["kind"] in ("fault", "incident")]
    told |= _faults(reading, faults, words)
    return told | signals_view.foremost(reading, [id_ for id_ in told if id_ not in faults], words)


def _faults(reading: Queries, cases: Sequence[int], words: Words) -> dict[int, str]:
    first = select(func.min(condition.c.id)).where(condition.c.case.in_(cases)).group_by(condition.c.case)
    query = select(condition.c.case, condition.c.kind, condition.c.zone).where(condition.c.id.in_(first))
    found = reading.connection.execute(query)
    return {row.case: names.condition(row.kind, row.zone, words.language).capitalize() for row in found}


def _row(line: Line, told: dict[int, str], actor: Actor, words: Words) -> QueueRow:
    case: dict[str, Any] = line.case
    incident = case["kind"] == "incident"
    return QueueRow(
        case["id"],
        case["category"],
        words.name("category", "incident" if incident else case["category"]),
        ICONS.get(case["category"], "warning"),
        case["urgency"],
        case["region"] if incident else line.site_name,
        line.town,
        told[case["id"]],
        words.name("step", line.next_task["kind"]) if line.next_task else "",
        case["opened_ms"],
        case["state"],
        words.name("state", case["state"]),
        operator_name(case["operator"]) if case["operator"] else "",
        case["operator"] == actor.name,
        case["escalation"],
        case["wake_ms"] if case["state"] == "waiting" else None,
        case["sites"],
        incident,
        case["test"],
        case["cancelled_ms"] is not None,
        case["kind"] == "alarm" and case["state"] == "new" and not case["test"],
        case["version"],
    )
