"""The dates of events, and what they are found with: when each boot of a panel began."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, case, func, insert, select, update

from hemlarm_cloud.store import rows, schema
from hemlarm_cloud.store.connected import Connected
from hemlarm_cloud.store.dates import Dated, Undated, dates_between
from hemlarm_protocol.messages import U40

UPTIME_MS_MAX = U40
"""What a heartbeat can tell, 34 years. An event that claims more is no better dated by it than by its arrival."""

CLOCK_SLACK_MS = 10_000
"""How far a panel's clock may be from the session's before it counts as wrong: the age of an answer that it takes."""

DRIFT = 5_000
"""One part in so many, 200 ppm, is more than any crystal errs by."""

_AT_ONCE = 1_000
"""Estimates renewed in one transaction, the newest first."""

_boots = schema.boot_time
_event = schema.event


class DatingReading(Connected):
    """Questions about dates."""

    def boot_time(self, panel: str, kid: bytes, boot: int) -> rows.BootTime | None:
        """Return when a boot began, or None where no session told it."""
        this = (_boots.c.panel == panel, _boots.c.kid == kid, _boots.c.boot == boot)
        found = self._all(select(_boots).where(*this))
        return rows.BootTime(*found[0]) if found else None

    def date(self, panel: str, kid: bytes, number: int) -> tuple[int, rows.Dating] | None:
        """Return when the event of this number happened and who says so, or None where it is not stored."""
        query = select(_event.c.dated_ms, _event.c.dating).where(*_of(panel, kid), _event.c.number == number)
        found = self._all(query.order_by(_event.c.id).limit(1))
        return (found[0][0], found[0][1]) if found else None


class DatingWriting(DatingReading):
    """Dates that become better known. What the panel sent, and the order of events, stay as they are."""

    def keep_boot_time(self, told: rows.BootTime) -> None:
        """Store when a boot began, in place of what was known of it."""
        this = (_boots.c.panel == told.panel, _boots.c.kid == told.kid, _boots.c.boot == told.boot)
        values = {"epoch_ms": told.epoch_ms, "uptime_ms": told.uptime_ms}
        if not self._connection.execute(update(_boots).where(*this).values(values)).rowcount:
            self._connection.execute(insert(_boots), told._asdict())

    def date_boot(self, told: rows.BootTime, moved_ms: int | None = None) -> None:
        """Date the events of a boot anew, which a session tells the beginning of.

        Where it was known before and was wrong by `moved_ms`, what it had dated moves by as much. The panel's clock
        counts where it agrees, and a disagreement may grow with the distance to the session.
        """
        this = (*_of(told.panel, told.kid), _event.c.boot == told.boot, _event.c.qcode != 0)
        this = (*this, _event.c.number > self._last_before(told), _event.c.uptime_ms <= UPTIME_MS_MAX)
        session_ms = told.epoch_ms + _event.c.uptime_ms
        moved = session_ms if moved_ms is None else _event.c.dated_ms + moved_ms
        undated = (*this, _event.c.panel_time_ms.is_(None))
        if moved_ms is not None:
            undated = (*undated, _event.c.dating == "session")
        self._connection.execute(update(_event).where(*undated).values(dated_ms=moved, dating="session"))
        apart = func.abs(_event.c.panel_time_ms - session_ms)
        drifted = func.abs(told.uptime_ms - _event.c.uptime_ms)
        agrees = apart * DRIFT <= CLOCK_SLACK_MS * DRIFT + drifted
        values = {
            "dated_ms": case((agrees, _event.c.panel_time_ms), else_=session_ms),
            "dating": case((agrees, "panel"), else_="session"),
        }
        self._connection.execute(update(_event).where(*this, _event.c.panel_time_ms.is_not(None)).values(values))

    def date_between(self, panel: str, kid: bytes) -> None:
        """Estimate anew what can only be estimated, from what is known of the events around it."""
        for run in self._estimated(panel, kid):
            before = self._neighbour(panel, kid, run[0].number, later=False)
            after = self._neighbour(panel, kid, run[-1].number, later=True)
            for event, dated_ms in zip(run, dates_between(run, before, after), strict=True):
                self._connection.execute(update(_event).where(_event.c.id == event.id).values(dated_ms=dated_ms))

    def _last_before(self, told: rows.BootTime) -> int:
        """Return the last number of the boots before, so that only this one's events are read."""
        earlier = (*_of(told.panel, told.kid), _event.c.boot < told.boot, _event.c.qcode != 0)
        query = select(_event.c.number).where(*earlier).order_by(_event.c.number.desc()).limit(1)
        last: int | None = self._connection.scalar(query)
        return -1 if last is None else last

    def _estimated(self, panel: str, kid: bytes) -> Iterator[list[Undated]]:
        """Yield the runs of events whose dates are estimates and between which there is no better one."""
        columns = [_event.c[name] for name in Undated._fields]
        query = select(*columns).where(*_of(panel, kid), schema.ESTIMATED, _event.c.uptime_ms <= UPTIME_MS_MAX)
        found = [Undated(*row) for row in self._all(query.order_by(_event.c.number.desc()).limit(_AT_ONCE))]
        run: list[Undated] = []
        for event in reversed(found):
            if run and event.number > run[-1].number + 1:
                known = self._neighbour(panel, kid, run[-1].number, later=True)
                if known and known.number < event.number:
                    yield run
                    run = []
            run.append(event)
        if run:
            yield run

    def _neighbour(self, panel: str, kid: bytes, number: int, later: bool) -> Dated | None:
        """Return the nearest event with a date that is no estimate."""
        columns = [_event.c[name] for name in Dated._fields]
        query = select(*columns).where(*_of(panel, kid), _event.c.dating != "between", _event.c.qcode != 0)
        found = self._all(_beside(query, number, later).limit(1))
        return Dated(*found[0]) if found else None


def _beside(query: Select[Any], number: int, later: bool) -> Select[Any]:
    if later:
        return query.where(_event.c.number > number).order_by(_event.c.number)
    return query.where(_event.c.number < number).order_by(_event.c.number.desc())


def _of(panel: str, kid: bytes) -> tuple[Any, ...]:
    return _event.c.panel == panel, _event.c.kid == kid
