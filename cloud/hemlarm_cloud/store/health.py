"""How panels are, as each last told."""

from sqlalchemy import insert, select, update

from hemlarm_cloud.store import rows, schema
from hemlarm_cloud.store.connected import Connected

_table = schema.panel_health


class HealthReading(Connected):
    """Questions about panels' health."""

    def health(self, panel: str) -> rows.PanelHealth | None:
        """Return how a panel was when it last told, or None where it never did."""
        found = self._all(select(_table).where(_table.c.panel == panel))
        return rows.PanelHealth(*found[0]) if found else None


class HealthWriting(HealthReading):
    """The latest of each panel is kept."""

    def keep_health(self, health: rows.PanelHealth) -> None:
        """Store how a panel is, in place of the former."""
        values = health._asdict()
        this = _table.c.panel == health.panel
        if not self._connection.execute(update(_table).where(this).values(values)).rowcount:
            self._connection.execute(insert(_table), values)
