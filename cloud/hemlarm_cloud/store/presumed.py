"""Entry delays that have to end in something, and the alarms presumed where they did not.

A row is made with the event that starts an entry delay, and settled by what the panel reports later: by event number,
so that the order of arrival is of no importance.
"""

from typing import Any

from sqlalchemy import Select, insert, select, update

from hemlarm_cloud.store import rows, schema
from hemlarm_cloud.store.connected import Connected
from hemlarm_cloud.store.dialects import insert_unless_present

SETTLING = (1401, 1406, 1130, 1131, 1132, 1133, 1134, 1139)
"""What ends an entry delay: a disarm, a cancel, or an intrusion alarm. Tamper (1137) does not: a panel that is being
smashed reports just that."""

ALERT_KIND = "presumed-alarm"
"""Of the alert that comes with each presumed alarm."""

_table = schema.presumed_alarm


class PresumedReading(Connected):
    """Questions about entry delays and presumed alarms."""

    def presumed_alarms(self, panel: str | None = None, limit: int = 100) -> list[rows.PresumedAlarm]:
        """Return the `limit` newest entry delays that nothing settled in time, oldest of them first."""
        query = select(_table).where(_table.c.state == "raised")
        if panel is not None:
            query = query.where(_table.c.panel == panel)
        newest = self._presumed(query.order_by(_table.c.raised_ms.desc(), _table.c.panel, _table.c.number).limit(limit))
        return newest[::-1]

    def entry_delays(self, panel: str) -> list[rows.PresumedAlarm]:
        """Return all that is known of a panel's entry delays, in the order of their events."""
        query = select(_table).where(_table.c.panel == panel)
        return self._presumed(query.order_by(_table.c.received_ms, _table.c.number))

    def open_entry_delays(self) -> list[rows.PresumedAlarm]:
        """Return the entry delays of all panels that nothing has settled, raised or not, those due first in front."""
        query = select(_table).where(_table.c.state.in_(["waiting", "raised"]), _table.c.settled_ms.is_(None))
        return self._presumed(query.order_by(_table.c.due_ms))

    def raised_at(self, panel: str, at_ms: int) -> list[rows.PresumedAlarm]:
        """Return a panel's alarms that were presumed at this moment; `alert_text` tells which is an alert's."""
        return self._presumed(select(_table).where(_table.c.panel == panel, _table.c.raised_ms == at_ms))

    def settlement_ms(self, delay: rows.PresumedAlarm) -> int | None:
        """Return when the first event that settles this entry delay was stored, or None."""
        event = schema.event
        query = (
            select(event.c.committed_ms)
            .where(
                event.c.panel == delay.panel,
                event.c.kid == delay.kid,
                event.c.number > delay.number,
                event.c.area == delay.area,
                event.c.qcode.in_(SETTLING),
            )
            .order_by(event.c.committed_ms)
        )
        at_ms: int | None = self._connection.scalar(query.limit(1))
        return at_ms

    def _presumed(self, query: Select[Any]) -> list[rows.PresumedAlarm]:
        return [rows.PresumedAlarm(*row) for row in self._all(query)]


class PresumedWriting(PresumedReading):
    """The life of an entry delay: waiting, then settled or raised. What was raised stays so, settled later or not."""

    def add_entry_delay(self, delay: rows.PresumedAlarm) -> None:
        """Expect something to settle this entry delay; one that is known already is left as it is."""
        assert (delay.state, delay.raised_ms, delay.settled_ms) == ("waiting", None, None)
        insertion = insert_unless_present(self._connection.dialect.name, _table)
        self._connection.execute(insertion, delay._asdict())

    def settle_entry_delay(self, delay: rows.PresumedAlarm, at_ms: int) -> bool:
        """Note when a waiting or raised entry delay was settled. Returns False for one that already was."""
        this = (_table.c.panel == delay.panel, _table.c.kid == delay.kid, _table.c.number == delay.number)
        waiting = update(_table).where(*this, _table.c.state == "waiting").values(state="settled", settled_ms=at_ms)
        if self._connection.execute(waiting).rowcount:
            return True
        late = update(_table).where(*this, _table.c.state == "raised", _table.c.settled_ms.is_(None))
        return self._connection.execute(late.values(settled_ms=at_ms)).rowcount == 1

    def raise_presumed_alarm(self, delay: rows.PresumedAlarm, at_ms: int) -> bool:
        """Raise the alarm for a waiting entry delay, with an alert. Returns False for one that waits no more."""
        this = (_table.c.panel == delay.panel, _table.c.kid == delay.kid, _table.c.number == delay.number)
        change = update(_table).where(*this, _table.c.state == "waiting").values(state="raised", raised_ms=at_ms)
        if self._connection.execute(change).rowcount != 1:
            return False
        alert = {"panel": delay.panel, "kind": ALERT_KIND, "detail": alert_text(delay), "at_ms": at_ms}
        self._connection.execute(insert(schema.alert), alert)
        return True


def alert_text(delay: rows.PresumedAlarm) -> str:
    """What the alert of a presumed alarm says, which no other alert of the panel does."""
    which = f"event {delay.number} of incarnation {delay.kid.hex()}"
    return f"nothing ended the entry delay that began with {which}"
