"""A panel that is smashed during its entry delay raises its alarm all the same: here.

Whether an entry delay ended well is a question about what is stored, whose answer no order of arrival changes. What is
kept in memory only tells which of the stored events are worth a question.
"""

from hemlarm_cloud.store import Event, PresumedAlarm
from hemlarm_cloud.store.presumed import SETTLING
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_protocol.contact_id import ENTRY_DELAY_STARTED

DETAIL_MS = 2_000
"""Unit of the detail of an entry delay's event."""

GRACE_MS = 30_000
"""What a disarm in the delay's last moment may take to be stored: a panel that finds its connection dead needs three
unanswered waits (1, 2 and 4 s) and a new connection, on a slow mobile link some 20 s together."""

_SETTLING = frozenset(SETTLING)


def due_ms(event: Event) -> int:
    """Return when this entry delay must have been settled, in ms since 1970.

    It counts from the event's time by the panel's clock, or from its arrival where the clock is not set or ahead, and
    is never before the arrival: one that comes hours late is due at once.
    """
    started_ms = event.received_ms if event.panel_time_ms is None else min(event.panel_time_ms, event.received_ms)
    return max(started_ms + event.detail * DETAIL_MS + GRACE_MS, event.received_ms)


class EntryDelays:
    """The entry delays that nothing has settled yet. Its methods take the transaction that the answer belongs to."""

    def __init__(self) -> None:
        self._open: dict[str, list[PresumedAlarm]] | None = None

    def forget(self) -> None:
        """Read anew from the store what is open: a transaction failed."""
        self._open = None

    def stored(self, tx: Transaction, event: Event) -> None:
        """Take note of an event that has just been stored for the first time; most mean nothing here."""
        if event.qcode == ENTRY_DELAY_STARTED:
            self._begin(tx, event)
        elif event.qcode in _SETTLING:
            self._settle(tx, event)

    def due(self, reading: Queries, now_ms: int, shards: tuple[str, str]) -> list[PresumedAlarm]:
        """Return the waiting entry delays whose time is up, of panels in a range of shards."""
        if all(delay.due_ms > now_ms for delay in self._waiting(reading)):
            return []
        return reading.due_entry_delays(now_ms, shards)

    def decide(self, tx: Transaction, delay: PresumedAlarm, now_ms: int) -> bool:
        """Settle a due entry delay, or raise its alarm and return True."""
        settled_ms = tx.settlement_ms(delay)
        if settled_ms is not None:
            self._settled(tx, delay, settled_ms)
            return False
        raised = tx.raise_presumed_alarm(delay, now_ms)
        self._replace(tx, delay, [delay._replace(state="raised", raised_ms=now_ms)])
        return raised

    def next_ms(self, reading: Queries, now_ms: int) -> int | None:
        """Return when there may be something to decide, or None. One that is due and waits for others comes again."""
        times = [
            delay.due_ms if delay.due_ms > now_ms else delay.received_ms + GRACE_MS for delay in self._waiting(reading)
        ]
        return min(times, default=None)

    def _begin(self, tx: Transaction, event: Event) -> None:
        delay = PresumedAlarm(
            event.panel, event.kid, event.number, event.area, event.zone, event.received_ms, due_ms(event)
        )
        tx.add_entry_delay(delay)
        settled_ms = tx.settlement_ms(delay)
        if settled_ms is None:
            self._replace(tx, delay, [delay])
        else:
            self._settled(tx, delay, settled_ms)

    def _settle(self, tx: Transaction, event: Event) -> None:
        for delay in list(self._all(tx).get(event.panel, ())):
            if (delay.kid, delay.area) == (event.kid, event.area) and delay.number < event.number:
                self._settled(tx, delay, event.committed_ms)

    def _settled(self, tx: Transaction, delay: PresumedAlarm, at_ms: int) -> None:
        tx.settle_entry_delay(delay, at_ms)
        self._replace(tx, delay, [])

    def _replace(self, tx: Transaction, delay: PresumedAlarm, now: list[PresumedAlarm]) -> None:
        delays = self._all(tx)
        others = [other for other in delays.get(delay.panel, ()) if other[:3] != delay[:3]]
        delays[delay.panel] = others + now
        if not delays[delay.panel]:
            del delays[delay.panel]

    def _waiting(self, reading: Queries) -> list[PresumedAlarm]:
        return [delay for delays in self._all(reading).values() for delay in delays if delay.state == "waiting"]

    def _all(self, reading: Queries) -> dict[str, list[PresumedAlarm]]:
        """Return what is open, by panel."""
        if self._open is None:
            self._open = {}
            for delay in reading.open_entry_delays():
                self._open.setdefault(delay.panel, []).append(delay)
        return self._open
