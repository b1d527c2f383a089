"""How the panels of a release fare, by what the store knows of them: the signs of a version that works or does not.

A panel is good when it has told that the version proved itself, and was heard since. It is bad when it refused the
image or went back, when it fell silent on trial or within an hour of its proof, or when the version restarted by a
crash or by its watchdog. Those that are away only wait.
"""

from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select, update

from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema import line_fault, panel, panel_health, path_heard
from hemlarm_cloud.store.schema_updates import firmware_image, release_panel
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.updates import states
from hemlarm_cloud.updates.rings import Tally
from hemlarm_protocol import message_names

SILENT_AFTER_MS = 3_600_000
"""A panel that falls silent so soon after its proof did so by the version; later by its home's network, more likely."""

TRIAL_MAX_MS = 1_200_000
"""A trial ends within a quarter of an hour, by proof or by going back; the message that says so may be lost."""

_CRASHES = [number for number, name in message_names.RESTART_CAUSES.items() if name in ("watchdog", "crash")]
_LINE_FAULT = "line-fault"

_table = release_panel


def judge(tx: Transaction, release: int, now_ms: int) -> None:
    """Store what became of a release's panels without their telling so."""
    _move(tx, release, (states.TRIAL, states.RUNNING, states.GOOD), _fell_silent(), states.SILENT, now_ms)
    _move(tx, release, (states.READY,), _never_came_back(now_ms), states.SILENT, now_ms, trial_ms=now_ms)
    _move(tx, release, (states.RUNNING, states.GOOD), _crashed(), states.CRASHED, now_ms)
    _move(tx, release, (states.TRIAL, states.SILENT), _runs_on(), states.RUNNING, now_ms, proved_ms=now_ms)
    _move(tx, release, (states.TRIAL, states.SILENT), _came_back(), states.ROLLED_BACK, now_ms)
    _move(tx, release, (states.RUNNING,), and_(_heard_since(), ~lasting_fault()), states.GOOD, now_ms)


def tallies(reading: Queries, release: int) -> dict[int, Tally]:
    """Return how the rings of a release stand, those that have panels."""
    counted = select(_table.c.ring, _table.c.state, func.count().label("count")).where(_table.c.release == release)
    found: dict[int, dict[str, int]] = {}
    for row in reading.connection.execute(counted.group_by(_table.c.ring, _table.c.state)):
        found.setdefault(row.ring, {})[row.state] = row._mapping["count"]
    away = select(_table.c.ring, func.count()).where(
        _table.c.release == release,
        _table.c.state.in_((states.WAITING, states.OFFERED, states.LOADING)),
        lasting_fault(),
    )
    gone = _counts(reading, away.group_by(_table.c.ring))
    excused = select(_table.c.ring, func.count()).where(
        _table.c.release == release, _table.c.state.in_(states.BAD), _table.c.excused
    )
    forgiven = _counts(reading, excused.group_by(_table.c.ring))
    return {
        ring: _tally(by_state, gone.get(ring, 0), forgiven.get(ring, 0)) for ring, by_state in sorted(found.items())
    }


def failed(reading: Queries, release: int, limit: int = 100) -> list[Row[Any]]:
    """Return the panels of a release that failed, those of the first ring first."""
    query = select(_table).where(_table.c.release == release, _table.c.state.in_(states.BAD))
    return list(reading.connection.execute(query.order_by(_table.c.ring, _table.c.panel).limit(limit)))


def lasting_fault() -> ColumnElement[bool]:
    """The condition on `release_panel` that the panel's line is broken."""
    return exists().where(*_line_faults(), line_fault.c.ended_ms.is_(None)).correlate(_table)


def _counts(reading: Queries, query: Any) -> dict[int, int]:
    return {row[0]: row[1] for row in reading.connection.execute(query)}


def _tally(by_state: dict[str, int], away: int, excused: int) -> Tally:
    def count(*wanted: str) -> int:
        return sum(by_state.get(state, 0) for state in wanted)

    # What is withdrawn was spared, so it is neither waiting nor tried.
    return Tally(
        waiting=count(states.WAITING),
        going=count(*states.GOING),
        good=count(states.GOOD),
        bad=count(*states.BAD),
        away=away,
        tried=count(*states.TRIED),
        excused=excused,
    )


def _move(
    tx: Transaction,
    release: int,
    before: tuple[str, ...],
    condition: ColumnElement[bool],
    state: str,
    now_ms: int,
    **values: Any,
) -> None:
    these = (_table.c.release == release, _table.c.state.in_(before), condition)
    tx.connection.execute(update(_table).where(*these).values(state=state, changed_ms=now_ms, **values))


def _line_faults() -> tuple[ColumnElement[bool], ...]:
    return line_fault.c.panel == _table.c.panel, line_fault.c.kind == _LINE_FAULT


def _fell_silent() -> ColumnElement[bool]:
    soon = or_(_table.c.proved_ms.is_(None), line_fault.c.heard_ms <= _table.c.proved_ms + SILENT_AFTER_MS)
    since = (line_fault.c.ended_ms.is_(None), line_fault.c.began_ms > _table.c.trial_ms, soon)
    return exists().where(*_line_faults(), *since).correlate(_table)


def _never_came_back(now_ms: int) -> ColumnElement[bool]:
    """It was about to try the version. A trial without contact ends by itself, and the version before is back."""
    since = (line_fault.c.began_ms > _table.c.changed_ms, line_fault.c.began_ms <= now_ms - SILENT_AFTER_MS)
    return exists().where(*_line_faults(), line_fault.c.ended_ms.is_(None), *since).correlate(_table)


def _crashed() -> ColumnElement[bool]:
    told = (panel_health.c.panel == _table.c.panel, panel_health.c.received_ms > _table.c.trial_ms)
    return exists().where(*told, panel_health.c.cause.in_(_CRASHES)).correlate(_table)


def _runs_on() -> ColumnElement[bool]:
    """It is there under the version, and was heard after its trial must have ended."""
    image = select(firmware_image.c.version).where(firmware_image.c.id == _table.c.image).correlate(_table)
    by_it = (panel.c.id == _table.c.panel, panel.c.firmware == image.scalar_subquery())
    heard = (path_heard.c.panel == _table.c.panel, path_heard.c.heard_ms > _table.c.trial_ms + TRIAL_MAX_MS)
    return and_(exists().where(*by_it).correlate(_table), exists().where(*heard).correlate(_table), ~lasting_fault())


def _came_back() -> ColumnElement[bool]:
    """It opened a session since its trial began, by the version it had before."""
    hello = (panel.c.id == _table.c.panel, panel.c.hello_ms > _table.c.trial_ms, panel.c.firmware == _table.c.before)
    return exists().where(*hello).correlate(_table)


def _heard_since() -> ColumnElement[bool]:
    heard = (path_heard.c.panel == _table.c.panel, path_heard.c.heard_ms > _table.c.proved_ms)
    return exists().where(*heard).correlate(_table)
