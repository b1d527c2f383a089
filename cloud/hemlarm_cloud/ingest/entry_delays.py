"""A panel that is smashed during its entry delay raises its alarm all the same: here.

Whether an entry delay ended well is a question about what is stored, whose answer no order of arrival changes. What is
kept in memory only tells which of the stored events are worth a question.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import NamedTuple

from hemlarm_cloud.ingest.moment import Moment
from hemlarm_cloud.ingest.served_panels import ServedPanel, ServedPanels
from hemlarm_cloud.store import Event, PresumedAlarm
from hemlarm_cloud.store.presumed import SETTLING
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_protocol import topics
from hemlarm_protocol.contact_id import ENTRY_DELAY_STARTED

DETAIL_MS = 2_000
"""Unit of the detail of an entry delay's event."""

GRACE_MS = 30_000
"""What a disarm in the delay's last moment may take to be stored: a panel that finds its connection dead needs three
unanswered waits (1, 2 and 4 s) and a new connection, on a slow mobile link some 20 s together."""

BACKLOG_MS = 600_000
"""How long a late entry delay waits at most while other events still come in: for what a full journal takes to send."""

AGAIN_MS = 1_000
"""How often one that waits for a panel's other events is looked at."""

Reading = Callable[[], AbstractContextManager[Queries]]

_SETTLING = frozenset(SETTLING)
_Key = tuple[str, bytes, int]


def due_ms(event: Event, age_ms: int) -> int:
    """Return when this entry delay, which began `age_ms` before it arrived, must have been settled, in ms since 1970.

    It is never before the arrival: one that comes hours late is due at once.
    """
    return event.received_ms + max(0, event.detail * DETAIL_MS + GRACE_MS - age_ms)


class _Wait(NamedTuple):
    """For one entry delay, on the steady clock: when it came (or was found in the store), and when it is due."""

    since_ms: int
    due_ms: int
    late: bool


class EntryDelays:
    """The entry delays that nothing has settled yet. Its methods take the transaction that the answer belongs to.

    The store keeps times by the wall clock, for people and for the next process. Here everything waits by the steady
    clock. One found in the store after a restart is given the grace once more: the panel may have had nobody to tell.
    """

    def __init__(self) -> None:
        self._open: dict[str, list[PresumedAlarm]] | None = None
        self._waits: dict[_Key, _Wait] = {}

    def forget(self) -> None:
        """Read anew from the store what is open: a transaction failed."""
        self._open = None

    def stored(self, tx: Transaction, event: Event, at: Moment, age_ms: int | None) -> None:
        """Take note of an event that has just been stored for the first time; most mean nothing here.

        `at` is its arrival, and `age_ms` how old it was then as far as its session tells, None where it does not.
        """
        if event.qcode == ENTRY_DELAY_STARTED:
            self._begin(tx, event, at, age_ms or 0)
        elif event.qcode in _SETTLING:
            self._settle(tx, event, at)

    def due(self, reading: Reading, now: Moment, shards: tuple[str, str]) -> list[PresumedAlarm]:
        """Return the waiting entry delays whose time is up, of panels in a range of shards.

        Opens a reading only if it has to.
        """
        waiting = [delay for delay in self._waiting(reading, now) if self._waits[delay[:3]].due_ms <= now.steady_ms]
        return [delay for delay in waiting if shards[0] <= topics.shard(delay.panel) <= shards[1]]

    def is_over(self, delay: PresumedAlarm, event_ms: int, now: Moment) -> bool:
        """Tell whether a due entry delay waits no longer for events that are missing.

        One that was due when it came waits while the panel goes on sending: `event_ms` is when it last did.
        """
        since_ms, _, late = self._waits[delay[:3]]
        if late:
            since_ms = min(max(since_ms, event_ms), since_ms + BACKLOG_MS)
        return now.steady_ms >= since_ms + GRACE_MS

    def decide(self, tx: Transaction, delay: PresumedAlarm, now: Moment) -> bool:
        """Settle a due entry delay, or raise its alarm and return True."""
        settled_ms = tx.settlement_ms(delay)
        if settled_ms is not None:
            self._settled(tx, delay, settled_ms, now)
            return False
        raised = tx.raise_presumed_alarm(delay, now.unix_ms)
        self._replace(tx, delay, [delay._replace(state="raised", raised_ms=now.unix_ms)], now)
        return raised

    def next_ms(self, reading: Reading, now: Moment) -> int | None:
        """Return when there may be something to decide, on the steady clock, or None.

        One that is due and waits for others comes again.
        """
        times = []
        for delay in self._waiting(reading, now):
            since_ms, due_ms, late = self._waits[delay[:3]]
            if due_ms > now.steady_ms:
                times.append(due_ms)
            else:
                again_ms = since_ms + GRACE_MS
                times.append(now.steady_ms + AGAIN_MS if late and again_ms <= now.steady_ms else again_ms)
        return min(times, default=None)

    def _begin(self, tx: Transaction, event: Event, at: Moment, age_ms: int) -> None:
        due = due_ms(event, age_ms)
        delay = PresumedAlarm(event.panel, event.kid, event.number, event.area, event.zone, event.received_ms, due)
        waits_ms = due - event.received_ms
        self._waits[delay[:3]] = _Wait(at.steady_ms, at.steady_ms + waits_ms, late=waits_ms == 0)
        tx.add_entry_delay(delay)
        settled_ms = tx.settlement_ms(delay)
        if settled_ms is None:
            self._replace(tx, delay, [delay], at)
        else:
            self._settled(tx, delay, settled_ms, at)

    def _settle(self, tx: Transaction, event: Event, at: Moment) -> None:
        for delay in list(self._all(tx, at).get(event.panel, ())):
            if (delay.kid, delay.area) == (event.kid, event.area) and delay.number < event.number:
                self._settled(tx, delay, event.committed_ms, at)

    def _settled(self, tx: Transaction, delay: PresumedAlarm, at_ms: int, now: Moment) -> None:
        tx.settle_entry_delay(delay, at_ms)
        self._replace(tx, delay, [], now)

    def _replace(self, tx: Transaction, delay: PresumedAlarm, others: list[PresumedAlarm], now: Moment) -> None:
        delays = self._all(tx, now)
        others = [other for other in delays.get(delay.panel, ()) if other[:3] != delay[:3]] + others
        delays[delay.panel] = others
        if not others:
            del delays[delay.panel]

    def _waiting(self, reading: Reading, now: Moment) -> list[PresumedAlarm]:
        if self._open is None:
            with reading() as queries:
                self._all(queries, now)
        delays = self._open or {}
        return [delay for each in delays.values() for delay in each if delay.state == "waiting"]

    def _all(self, reading: Queries, now: Moment) -> dict[str, list[PresumedAlarm]]:
        """Return what is open, by panel."""
        if self._open is None:
            self._open = {}
            waits = {}
            for delay in reading.open_entry_delays():
                self._open.setdefault(delay.panel, []).append(delay)
                waits[delay[:3]] = self._waits.get(delay[:3]) or _found(delay, now)
            self._waits = waits
        return self._open


def _found(delay: PresumedAlarm, now: Moment) -> _Wait:
    """Return how long an entry delay of another process waits: never longer than from its beginning."""
    left_ms = min(max(0, delay.due_ms - now.unix_ms), delay.due_ms - delay.received_ms)
    return _Wait(now.steady_ms, now.steady_ms + left_ms, late=True)


def decide(
    tx: Transaction, entry_delays: EntryDelays, due: Iterable[PresumedAlarm], panels: ServedPanels, now: Moment
) -> None:
    """Settle these due entry delays or raise their alarms, but for those that wait for events which are missing."""
    for delay in due:
        served = panels.get(delay.panel)
        event_ms = served.event_ms if served else 0
        if entry_delays.is_over(delay, event_ms, now) or (served and _heard_all_since(tx, served, delay)):
            entry_delays.decide(tx, delay, now)


def _heard_all_since(tx: Transaction, served: ServedPanel, delay: PresumedAlarm) -> bool:
    """Tell whether nothing is missing that the panel has recorded up to its last report, made after this event.

    An event that comes late is often followed by others that are just as late, and one of them may settle it.
    """
    asking = served.asking
    if asking.present != delay.kid or asking.next_number <= delay.number:
        return False
    return not tx.missing(delay.panel, delay.kid, asking.next_number, at_most=1)
