"""Writing to the store: what one transaction of the ingest or of an administrator may change."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, insert, select, update

from hemlarm_cloud.store import requests, rows, schema
from hemlarm_cloud.store.configurations import ConfigurationWriting
from hemlarm_cloud.store.dating import DatingWriting
from hemlarm_cloud.store.health import HealthWriting
from hemlarm_cloud.store.lines import LineWriting
from hemlarm_cloud.store.presumed import PresumedWriting
from hemlarm_cloud.store.queries import Queries

GAPS_MAX = 16
"""Gaps returned at a time: what is asked of a panel in one go; the next question finds the rest."""

_INT64_MAX = (1 << 63) - 1
"""The largest integer a database holds. A panel can claim an uptime beyond it, and must not stop its batch by that."""

_Key = tuple[str, bytes, int, bytes]
"""Panel, key id, number and tag: what makes an event the same event."""


class Transaction(Queries, PresumedWriting, ConfigurationWriting, DatingWriting, HealthWriting, LineWriting):
    """Changes that become durable together when the `with` block of `Store.begin` ends, or not at all."""

    def add_panel(self, panel: rows.Panel) -> None:
        """Store a newly provisioned panel."""
        self._connection.execute(insert(schema.panel), panel._asdict())

    def revoke_panel(self, panel: str, now_ms: int) -> bool:
        """Mark a panel as revoked, which ends its line faults. Returns False for one that was so, or is not there."""
        table = schema.panel
        change = update(table).where(table.c.id == panel, table.c.revoked_ms.is_(None)).values(revoked_ms=now_ms)
        self.end_supervision(panel, now_ms)
        return self._connection.execute(change).rowcount == 1

    def learn_incarnation(self, panel: str, kid: bytes, salt: bytes, now_ms: int) -> rows.Learned:
        """Store an incarnation of a panel's journal, which its events need, and return whether it was new.

        "conflict" means that the key id is known with another salt; nothing is changed, and someone should look at it.
        """
        table = schema.incarnation
        known = self._all(select(table.c.salt).where(table.c.panel == panel, table.c.kid == kid))
        if known:
            return "known" if known[0].salt == salt else "conflict"
        self._connection.execute(insert(table), rows.Incarnation(panel, kid, salt, now_ms)._asdict())
        return "new"

    def add_event(self, event: rows.Event) -> rows.Outcome:
        """Store one event; see `add_events`."""
        return self.add_events([event])[0]

    def add_events(self, events: Sequence[rows.Event]) -> list[rows.Outcome]:
        """Store a batch of events of known incarnations and return what each one was, in the same order.

        A duplicate changes nothing. A clone is stored too, since it was sealed under the panel's key and may be the
        real event of the two, and raises an alert of kind "clone". Its own repetition is a duplicate.
        """
        if len(events) < 2:
            return [self._add_lone_event(event) for event in events]
        (before,) = self._prepared.last_event.run(self._connection).fetchone()
        self._prepared.insert_event.run_many(self._connection, [_event_values(event) for event in events])
        stored = self._stored_since(before)
        outcomes: list[rows.Outcome] = [stored.pop(event[:4], "duplicate") for event in events]
        assert not stored, "the database stored events that nobody gave it"
        for event, outcome in zip(events, outcomes, strict=True):
            if outcome == "clone":
                self._alert_clone(event)
        return outcomes

    def add_void(self, event: rows.Event, first: int, last: int, cause: int) -> rows.Outcome:
        """Store a void record, itself an event with qcode 0, and the range of numbers it declares void.

        A cloned record's range does not count, so that whoever forged one cannot keep us from asking for an event.
        """
        assert event.qcode == 0
        assert 0 <= first <= last
        outcome = self.add_event(event)
        if outcome == "new":
            declared = rows.VoidRange(*event[:4], first, last, cause)
            self._connection.execute(insert(schema.void_range), declared._asdict())
        return outcome

    def missing(
        self, panel: str, kid: bytes, below: int, at_most: int = GAPS_MAX, above: int = 0
    ) -> list[tuple[int, int]]:
        """Return ranges (first, last) of numbers from `above` up to `below` that are neither stored nor void.

        The lowest `at_most` of them, and none for an unknown incarnation. Moves the incarnation's `complete_below` up
        to the first missing number, so the next call looks only at what came since.
        """
        table = schema.incarnation
        this = (table.c.panel == panel, table.c.kid == kid)
        start = self._connection.scalar(select(table.c.complete_below).where(*this))
        if start is None or max(start, above) >= below:
            return []
        complete_below, gaps = self._gaps(panel, kid, max(start, above), below, at_most)
        if start < complete_below and start >= above:
            self._connection.execute(update(table).where(*this).values(complete_below=complete_below))
        return gaps

    def add_alert(self, panel: str, kind: str, detail: str, at_ms: int) -> None:
        """Store an alert about a panel. The caller bounds how many a stranger can cause."""
        self._connection.execute(insert(schema.alert), [_without_id(rows.Alert(panel, kind, detail, at_ms))])

    def add_command(self, command: rows.Command) -> None:
        """Queue a command for a panel."""
        assert command.state == "queued"
        assert command.expires_ms > command.created_ms
        self._connection.execute(insert(schema.command), command._asdict())

    def set_command_state(
        self,
        command_id: bytes,
        state: rows.CommandState,
        at_ms: int,
        status: int | None = None,
        detail: int | None = None,
        panel: str | None = None,
    ) -> bool:
        """Move a command on to `state`; "done" and "failed" carry the panel's answer. Returns False if it cannot be.

        A command goes on only: an answer is kept, whatever comes later. With `panel`, a command of another panel is
        not touched.
        """
        return requests.move(self._connection, schema.command, command_id, state, at_ms, status, detail, panel)

    def expire_commands(self, now_ms: int) -> int:
        """Mark unanswered commands whose time is up as expired. Returns how many."""
        return requests.expire(self._connection, schema.command, now_ms)

    def _add_lone_event(self, event: rows.Event) -> rows.Outcome:
        """The usual case, an alarm that comes alone: half the statements, and the same outcome."""
        values = _event_values(event)
        if self._prepared.insert_event.run(self._connection, **values).rowcount == 0:
            return "duplicate"
        if not self._prepared.is_contested.run(self._connection, **values).fetchone()[0]:
            return "new"
        self._alert_clone(event)
        return "clone"

    def _stored_since(self, before: int) -> dict[_Key, rows.Outcome]:
        outcomes: dict[_Key, rows.Outcome] = {}
        for row in self._prepared.newly_stored.run(self._connection, before=before).fetchall():
            event_id, panel, kid, number, tag, contested = row
            clone = contested and event_id > self._first_with(panel, kid, number)
            outcomes[panel, kid, number, tag] = "clone" if clone else "new"
        return outcomes

    def _first_with(self, panel: str, kid: bytes, number: int) -> int:
        table = schema.event
        same = (table.c.panel == panel, table.c.kid == kid, table.c.number == number)
        first: int = self._connection.scalars(select(func.min(table.c.id)).where(*same)).one()
        return first

    def _alert_clone(self, event: rows.Event) -> None:
        detail = f"event {event.number} of incarnation {event.kid.hex()} came with other bytes than before"
        self.add_alert(event.panel, "clone", detail, event.received_ms)


def _event_values(event: rows.Event) -> dict[str, Any]:
    values = _without_id(event)
    values["uptime_ms"] = min(event.uptime_ms, _INT64_MAX)
    return values


def _without_id(row: rows.Event | rows.Alert) -> dict[str, Any]:
    values = row._asdict()
    del values["id"]
    return values
