"""The cloud's copy of each panel's configuration, and the changes asked of panels."""

from sqlalchemy import insert, select, update

from hemlarm_cloud.store import requests, rows, schema
from hemlarm_cloud.store.connected import Connected
from hemlarm_cloud.store.dialects import insert_unless_present

_table = schema.configuration
_changes = schema.configuration_change


class ConfigurationReading(Connected):
    """Questions about configurations and their changes."""

    def configuration(self, panel: str) -> rows.Configuration | None:
        """Return what is known of a panel's configuration, or None where it was never asked for."""
        found = self._all(select(_table).where(_table.c.panel == panel))
        return rows.Configuration(*found[0]) if found else None

    def change(self, change_id: bytes) -> rows.Change | None:
        """Return the change with this id."""
        found = self._all(requests.found(_changes, _changes.c.id == change_id))
        return rows.Change(*found[0]) if found else None

    def due_changes(self, now_ms: int, shards: tuple[str, str] = ("00", "ff"), limit: int = 100) -> list[rows.Change]:
        """Return unanswered, unexpired changes for panels in a range of shards (both included), oldest first."""
        due = self._prepared.due_changes.run(self._connection, **requests.due_values(now_ms, shards, limit))
        return [rows.Change(*row) for row in due.fetchall()]


class ConfigurationWriting(ConfigurationReading):
    """Changes to them."""

    def expect_configuration(self, panel: str) -> None:
        """Note that the panel may have another configuration than the one stored, which is kept meanwhile."""
        insertion = insert_unless_present(self._connection.dialect.name, _table)
        self._connection.execute(insertion, rows.Configuration(panel)._asdict())
        self._connection.execute(update(_table).where(_table.c.panel == panel).values(complete=False))

    def keep_configuration(self, panel: str, revision: int, document: bytes, at_ms: int) -> None:
        """Store a configuration that the panel has told in full, in place of the former."""
        values = {"revision": revision, "document": document, "read_ms": at_ms, "complete": True}
        self._connection.execute(update(_table).where(_table.c.panel == panel).values(values))

    def add_change(self, change: rows.Change) -> None:
        """Queue a change of a panel's configuration."""
        assert change.state == "queued"
        assert change.expires_ms > change.created_ms
        self._connection.execute(insert(_changes), change._asdict())

    def set_change_state(
        self,
        change_id: bytes,
        state: rows.CommandState,
        at_ms: int,
        status: int | None = None,
        detail: int | None = None,
        panel: str | None = None,
    ) -> bool:
        """Move a change on to `state`, as `set_command_state` does with a command."""
        return requests.move(self._connection, _changes, change_id, state, at_ms, status, detail, panel)

    def explain_change(self, change_id: bytes, panel: str, reason: str) -> bool:
        """Keep why this panel refused a change. Returns False where it has no such change, or did what was asked."""
        this = (_changes.c.id == change_id, _changes.c.panel == panel, _changes.c.state != "done")
        return self._connection.execute(update(_changes).where(*this).values(reason=reason)).rowcount == 1

    def expire_changes(self, now_ms: int) -> int:
        """Mark unanswered changes whose time is up as expired. Returns how many."""
        return requests.expire(self._connection, _changes, now_ms)
