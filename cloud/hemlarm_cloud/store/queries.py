"""Reading the store, on a connection whose transaction sees one moment of it."""

from collections.abc import Iterator

from sqlalchemy import func, select

from hemlarm_cloud.store import gaps, requests, rows, schema
from hemlarm_cloud.store.configurations import ConfigurationReading
from hemlarm_cloud.store.dating import DatingReading
from hemlarm_cloud.store.health import HealthReading
from hemlarm_cloud.store.lines import LineReading
from hemlarm_cloud.store.presumed import PresumedReading

_PAGE = 1000
"""Numbers read at a time when looking for gaps: a day's events of a busy panel, some 10 ms of work."""

_event_columns = [schema.event.c[name] for name in rows.Event._fields]
_alert_columns = [schema.alert.c[name] for name in rows.Alert._fields]


class Queries(PresumedReading, ConfigurationReading, DatingReading, HealthReading, LineReading):
    """What can be asked of the store. Raises StoreError through the `read` or `begin` that gave it."""

    def panel(self, panel: str) -> rows.Panel | None:
        """Return the panel with this id, revoked or not."""
        found = self._all(select(schema.panel).where(schema.panel.c.id == panel))
        return rows.Panel(*found[0]) if found else None

    def panels(self) -> list[rows.Panel]:
        """Return all panels, oldest first."""
        query = select(schema.panel).order_by(schema.panel.c.provisioned_ms, schema.panel.c.id)
        return [rows.Panel(*row) for row in self._all(query)]

    def revoked(self) -> list[str]:
        """Return the panels that were revoked."""
        return [panel for (panel,) in self._prepared.revoked.run(self._connection).fetchall()]

    def panels_with(self, kid: bytes, at_most: int) -> list[str]:
        """Return the panels that are not revoked and have an incarnation with this key id: hardly ever more than one.

        A key id has 32 bits, so among many panels two can have the same.
        """
        table = schema.incarnation
        query = select(table.c.panel).join_from(table, schema.panel).where(table.c.kid == kid)
        found = self._all(query.where(schema.panel.c.revoked_ms.is_(None)).order_by(table.c.panel).limit(at_most))
        return [panel for (panel,) in found]

    def incarnations(self, panel: str) -> list[rows.Incarnation]:
        """Return the panel's incarnations, oldest first."""
        table = schema.incarnation
        query = select(table).where(table.c.panel == panel).order_by(table.c.first_seen_ms, table.c.kid)
        return [rows.Incarnation(*row) for row in self._all(query)]

    def events(self, panel: str | None = None, after_id: int = 0, limit: int = 100) -> list[rows.Event]:
        """Return at most `limit` events with a larger id than `after_id`, in the order of their commits."""
        query = select(*_event_columns).where(schema.event.c.id > after_id)
        if panel is not None:
            query = query.where(schema.event.c.panel == panel)
        return [rows.Event(*row) for row in self._all(query.order_by(schema.event.c.id).limit(limit))]

    def highest(self, panel: str, kid: bytes) -> int:
        """Return the highest number of an incarnation that is stored or declared void, 0 where there is none."""
        event, void = schema.event, schema.void_range
        stored = select(func.max(event.c.number)).where(event.c.panel == panel, event.c.kid == kid)
        declared = select(func.max(void.c.last)).where(void.c.panel == panel, void.c.kid == kid)
        return max(self._connection.scalar(stored) or 0, self._connection.scalar(declared) or 0)

    def void_ranges(self, panel: str, kid: bytes) -> list[rows.VoidRange]:
        """Return the ranges that an incarnation declared void, in the order of the declaring records."""
        table = schema.void_range
        query = select(table).where(table.c.panel == panel, table.c.kid == kid).order_by(table.c.number)
        return [rows.VoidRange(*row) for row in self._all(query)]

    def alerts(self, panel: str | None = None, after_id: int = 0, limit: int = 100) -> list[rows.Alert]:
        """Return at most `limit` alerts with a larger id than `after_id`, oldest first."""
        query = select(*_alert_columns).where(schema.alert.c.id > after_id)
        if panel is not None:
            query = query.where(schema.alert.c.panel == panel)
        return [rows.Alert(*row) for row in self._all(query.order_by(schema.alert.c.id).limit(limit))]

    def command(self, command_id: bytes) -> rows.Command | None:
        """Return the command with this id."""
        found = self._all(requests.found(schema.command, schema.command.c.id == command_id))
        return rows.Command(*found[0]) if found else None

    def commands(self, panel: str | None = None, limit: int = 100) -> list[rows.Command]:
        """Return the `limit` newest commands, oldest of them first."""
        newest = self._all(requests.newest(schema.command, panel, limit))
        return [rows.Command(*row) for row in reversed(newest)]

    def due_commands(self, now_ms: int, shards: tuple[str, str] = ("00", "ff"), limit: int = 100) -> list[rows.Command]:
        """Return unanswered, unexpired commands for panels in a range of shards (both included), oldest first.

        Commands already sent are among them: a panel executes an id once, so sending again is how a lost one arrives.
        """
        due = self._prepared.due_commands.run(self._connection, **requests.due_values(now_ms, shards, limit))
        return [rows.Command(*row) for row in due.fetchall()]

    def _gaps(self, panel: str, kid: bytes, start: int, below: int, at_most: int) -> tuple[int, list[tuple[int, int]]]:
        numbers = self._numbers(panel, kid, start)
        return gaps.first_gaps(start, below, numbers, self._voids(panel, kid, start), at_most)

    def _voids(self, panel: str, kid: bytes, start: int) -> list[tuple[int, int]]:
        table = schema.void_range
        query = (
            select(table.c.first, table.c.last)
            .where(table.c.panel == panel, table.c.kid == kid, table.c.last >= start)
            .order_by(table.c.first, table.c.last)
        )
        return [(first, last) for first, last in self._all(query)]

    def _numbers(self, panel: str, kid: bytes, start: int) -> Iterator[int]:
        """Yield the stored numbers from `start` on, page by page, so that whoever finds gaps early reads no further."""
        table = schema.event
        while True:
            query = (
                select(table.c.number)
                .where(table.c.panel == panel, table.c.kid == kid, table.c.number >= start)
                .order_by(table.c.number)
                .limit(_PAGE)
            )
            page = [number for (number,) in self._all(query)]
            yield from page
            if len(page) < _PAGE:
                return
            start = page[-1] + 1
