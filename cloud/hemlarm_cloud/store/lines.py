"""The ways to panels: levels, when each was last heard, what it reports, and line faults."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, insert, select, update

from hemlarm_cloud.store import rows, schema
from hemlarm_cloud.store.connected import Connected
from hemlarm_cloud.store.dialects import insert_or_replace, insert_unless_present
from hemlarm_protocol import message_names

RESTORED = {"line-fault": "line-restored", "path-fault": "path-restored"}
"""The kind of alert that tells the end of a fault, so that who follows the alerts needs to look nowhere else."""

_panel, _heard, _report, _fault = schema.panel, schema.path_heard, schema.path_report, schema.line_fault


class LineReading(Connected):
    """Questions about the ways to panels."""

    def heard_paths(self, panel: str | None = None) -> list[rows.HeardPath]:
        """Return the paths on which panels that are not revoked were ever heard, of one panel or of all."""
        levels = (_panel.c.link_level_s, _panel.c.standby_level_s)
        query = select(_heard, *levels).join_from(_heard, _panel).where(_panel.c.revoked_ms.is_(None))
        if panel is not None:
            query = query.where(_heard.c.panel == panel)
        return [rows.HeardPath(*row) for row in self._all(query.order_by(_heard.c.panel, _heard.c.path))]

    def path_reports(self, panel: str) -> list[rows.PathReport]:
        """Return what a panel last told of each of its paths."""
        query = select(_report).where(_report.c.panel == panel).order_by(_report.c.path)
        return [rows.PathReport(*row) for row in self._all(query)]

    def open_line_faults(self, panel: str | None = None) -> list[rows.LineFault]:
        """Return the line faults that last, of one panel or of all, oldest first."""
        return self._faults(select(_fault).where(_fault.c.ended_ms.is_(None)), panel)

    def line_faults(self, panel: str | None = None, limit: int = 100) -> list[rows.LineFault]:
        """Return the `limit` newest line faults, oldest of them first."""
        query = select(_fault) if panel is None else select(_fault).where(_fault.c.panel == panel)
        newest = query.order_by(_fault.c.began_ms.desc(), _fault.c.panel, _fault.c.kind, _fault.c.path).limit(limit)
        return [rows.LineFault(*row) for row in self._all(newest)][::-1]

    def untold_levels(self, shards: tuple[str, str] = ("00", "ff")) -> list[str]:
        """Return the panels in a range of shards (both included) whose levels are news to those who serve them."""
        untold = self._prepared.untold_levels.run(self._connection, first=shards[0], last=shards[1])
        return [panel for (panel,) in untold.fetchall()]

    def _faults(self, query: Select[Any], panel: str | None) -> list[rows.LineFault]:
        if panel is not None:
            query = query.where(_fault.c.panel == panel)
        found = self._all(query.order_by(_fault.c.began_ms, _fault.c.panel, _fault.c.kind, _fault.c.path))
        return [rows.LineFault(*row) for row in found]


class LineWriting(LineReading):
    """What supervision finds, and what people set. Of each path the latest is kept."""

    def set_levels(self, panel: str, link_level_s: int, standby_level_s: int) -> bool:
        """Set a panel's levels, which are news from now on. Returns False if there is no such panel."""
        values = {"link_level_s": link_level_s, "standby_level_s": standby_level_s, "levels_told": False}
        return self._set(panel, **values)

    def take_levels(self, panel: str) -> bool:
        """A panel's levels are news no more. Returns False if there is no such panel."""
        return self._set(panel, levels_told=True)

    def set_sms_number(self, panel: str, number: str | None) -> bool:
        """Set where to acknowledge what came by SMS. Returns False if there is no such panel."""
        return self._set(panel, sms_number=number)

    def keep_heard(self, heard: Sequence[tuple[str, int, int]]) -> None:
        """Store when panels were last heard: (panel, path, ms since 1970) each."""
        values = [{"panel": panel, "path": path, "heard_ms": heard_ms} for panel, path, heard_ms in heard]
        self._prepared.keep_heard.run_many(self._connection, values)

    def keep_path_report(self, report: rows.PathReport) -> None:
        """Store how a path is, in place of the former."""
        insertion = insert_or_replace(self._connection.dialect.name, _report)
        self._connection.execute(insertion, report._asdict())

    def begin_line_fault(self, fault: rows.LineFault) -> bool:
        """Store a line fault. Returns False if the same one lasts already, which is left as it is."""
        assert fault.ended_ms is None
        insertion = insert_unless_present(self._connection.dialect.name, _fault)
        return self._connection.execute(insertion, fault._asdict()).rowcount == 1

    def end_line_fault(self, panel: str, kind: rows.LineFaultKind, path: int, ended_ms: int) -> bool:
        """End a line fault. Returns False if there is none that lasts."""
        this = (_fault.c.panel == panel, _fault.c.kind == kind, _fault.c.path == path, _fault.c.ended_ms.is_(None))
        if self._connection.execute(update(_fault).where(*this).values(ended_ms=ended_ms)).rowcount != 1:
            return False
        way = f"the {path_text(path)}" if path else "the line"
        alert = {"panel": panel, "kind": RESTORED[kind], "detail": f"heard again on {way}", "at_ms": ended_ms}
        self._connection.execute(insert(schema.alert), alert)
        return True

    def end_supervision(self, panel: str, ended_ms: int) -> None:
        """A panel is expected no more: the line faults that last end."""
        for fault in self.open_line_faults(panel):
            self.end_line_fault(panel, fault.kind, fault.path, ended_ms)

    def _set(self, panel: str, **values: Any) -> bool:
        return self._connection.execute(update(_panel).where(_panel.c.id == panel).values(values)).rowcount == 1


def path_text(path: int) -> str:
    """A path as alerts name it; `path_of` finds it there."""
    return f"path {message_names.PATHS.get(path, f'number {path}')}"


def path_of(detail: str) -> int:
    """Return the path that an alert's detail names, 0 where it names none."""
    return next((path for path in message_names.PATHS if path_text(path) in detail), 0)
