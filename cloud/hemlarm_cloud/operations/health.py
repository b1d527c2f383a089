"""Whether the cloud keeps up: what waits, and for how long."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, and_, func, select

from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema import URGENT, alert, event
from hemlarm_cloud.store.schema_cases import QUEUED, alarm_case, foreign_event, lane
from hemlarm_cloud.store.schema_centre import WAITING, forwarded, notice

COUNTED_MAX = 10_000
"""Where counting ends: as many as this is told as this, so that looking costs little on the worst day."""

BEHIND_MAX = 1_000
"""So many events without their signal are more than a busy second: case work has ended or does not keep up."""

LATE_MS = 5 * 60_000
"""A notice or forwarded signal that is due for so long does not get through."""


class Lag(NamedTuple):
    """What waits somewhere: how much, and since when at the latest; None for nothing."""

    waiting: int
    since_ms: int | None


class Health(NamedTuple):
    """What waits in the whole cloud."""

    lanes: dict[str, Lag]
    """Events that are no signals yet, by lane."""
    notices: Lag
    forwarded: Lag
    open_cases: dict[str, int]
    """Cases of the queue, by category."""
    unclaimed: Lag
    """Alarms that nobody has taken."""

    def problems(self, now_ms: int) -> list[str]:
        """What a person should look at, in words; none when all is well."""
        found = [
            f"lane {name}: {lag.waiting} events wait for case work"
            for name, lag in self.lanes.items()
            if lag.waiting >= BEHIND_MAX or _since(lag, now_ms) > LATE_MS
        ]
        for name, lag in (("notices", self.notices), ("forwarding", self.forwarded)):
            if _since(lag, now_ms) > LATE_MS:
                found.append(f"{name}: {lag.waiting} wait, the oldest for {_since(lag, now_ms) // 60_000} minutes")
        return found


def look(reading: Queries) -> Health:
    """Return what waits."""
    queued = select(alarm_case.c.category).where(QUEUED).limit(COUNTED_MAX).subquery()
    by_category = select(queued.c.category, func.count()).group_by(queued.c.category)
    return Health(
        lanes=_lanes(reading),
        notices=_lag(reading, notice, WAITING, notice.c.due_ms),
        forwarded=_lag(reading, forwarded, WAITING, forwarded.c.due_ms),
        open_cases={row[0]: row[1] for row in reading.connection.execute(by_category)},
        unclaimed=_lag(reading, alarm_case, and_(QUEUED, alarm_case.c.state == "new"), alarm_case.c.opened_ms),
    )


def _lanes(reading: Queries) -> dict[str, Lag]:
    reached: dict[str, int] = {row.name: row.position for row in reading.connection.execute(select(lane))}
    sources: dict[str, tuple[Table, list[Any], ColumnElement[int]]] = {
        "urgent": (event, [URGENT], event.c.committed_ms),
        "events": (event, [], event.c.committed_ms),
        "alerts": (alert, [], alert.c.at_ms),
        "foreign": (foreign_event, [], foreign_event.c.received_ms),
    }
    return {
        name: _lag(reading, table, and_(table.c.id > reached.get(name, 0), *conditions), since)
        for name, (table, conditions, since) in sources.items()
    }


def _lag(reading: Queries, table: Table, condition: Any, since: ColumnElement[int]) -> Lag:
    some = select(since.label("since")).select_from(table).where(condition).limit(COUNTED_MAX).subquery()
    waiting, oldest = reading.connection.execute(select(func.count(), func.min(some.c.since))).one()
    return Lag(waiting, oldest)


def _since(lag: Lag, now_ms: int) -> int:
    return 0 if lag.since_ms is None else now_ms - lag.since_ms
