"""What is new: signals and what happened to cases, in the order of their commits.

Writers follow one another, so ids ascend in the order of commits, and who has seen an id has seen all before it.
"""

import asyncio
import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, func, select

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.api.discretion import is_centre, may_see_log, may_see_signal
from hemlarm_cloud.scope import visible
from hemlarm_cloud.store import Store, StoreError
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import alarm_case, case_log, signal
from hemlarm_cloud.store.schema_sites import site

PAGE = 200
"""Messages of a kind that are read at a time, which is also all that waits for one client."""

SPAN = 5_000
"""Rows that one page looks through for those that the client may see."""

_POLL_S = 0.02
"""Most of the 200 ms from a commit to the client stay for reading and sending."""

_log = logging.getLogger(__name__)


class Position(NamedTuple):
    """The last signal and the last entry of the cases' log that somebody has seen."""

    signal: int
    log: int


class Page(NamedTuple):
    """What comes next, the position behind it, and whether there is more already."""

    messages: list[dict[str, Any]]
    position: Position
    more: bool


def heads(reading: Queries) -> Position:
    """Return the position behind all there is."""
    newest = select(func.max(signal.c.id)), select(func.max(case_log.c.id))
    return Position(*(reading.connection.scalar(query) or 0 for query in newest))


def read_page(reading: Queries, actor: Actor, after: Position) -> Page:
    """Return what this actor may see of what comes next."""
    until = heads(reading)
    signals, seen_signal = _next(reading, _signals(actor), signal.c.id, after.signal, until.signal)
    entries, seen_log = _next(reading, _entries(actor), case_log.c.id, after.log, until.log)
    messages = [_signal_message(row) for row in signals]
    messages += [_log_message(row, is_centre(actor)) for row in entries]
    position = Position(seen_signal, seen_log)
    return Page(messages, position, seen_signal < until.signal or seen_log < until.log)


def _next(reading: Queries, query: Select[Any], key: Any, after: int, until: int) -> tuple[list[Row[Any]], int]:
    """Return rows, and the id up to which nothing more is to be seen."""
    if until <= after:
        return [], after
    until = min(until, after + SPAN)
    rows = list(reading.connection.execute(query.where(key > after, key <= until).order_by(key).limit(PAGE)))
    return rows, rows[-1].id if len(rows) == PAGE else until


def _signals(actor: Actor) -> Select[Any]:
    joined = signal.join(site, signal.c.site == site.c.id).outerjoin(alarm_case, signal.c.case == alarm_case.c.id)
    return select(signal).select_from(joined).where(visible(actor), may_see_signal(actor))


def _entries(actor: Actor) -> Select[Any]:
    joined = case_log.join(alarm_case, case_log.c.case == alarm_case.c.id)
    joined = joined.outerjoin(site, case_log.c.site == site.c.id)
    shown = (alarm_case.c.state, alarm_case.c.category, alarm_case.c.urgency, alarm_case.c.version)
    return select(case_log, *shown).select_from(joined).where(visible(actor), may_see_log(actor))


_SIGNAL_FIELDS = (
    *("id", "site", "transmitter", "qcode", "category", "urgency", "area", "zone", "user", "text"),
    *("dated_ms", "received_ms", "handling", "case"),
)


def _signal_message(row: Row[Any]) -> dict[str, Any]:
    return {"type": "signal"} | {name: row._mapping[name] for name in _SIGNAL_FIELDS}


def _log_message(row: Row[Any], whole: bool) -> dict[str, Any]:
    names = ("id", "case", "site", "at_ms", "kind", "state", "category", "urgency", "version")
    message = {"type": "case"} | {name: row._mapping[name] for name in names}
    if whole:
        message |= {"actor": row.actor, "detail": json.loads(row.detail)}
    return message


class Watcher:
    """Wakes listeners when something was committed, by whichever process. One thread looks, while anybody listens."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._guard = threading.Lock()
        self._listeners: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._listeners)

    @contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """Give an event that is set whenever there may be something new; the caller clears it, then reads."""
        event = asyncio.Event()
        with self._guard:
            self._listeners[event] = asyncio.get_running_loop()
            if self._thread is None:
                self._ended.clear()
                self._thread = threading.Thread(target=self._watch, name="live watcher", daemon=True)
                self._thread.start()
        try:
            yield event
        finally:
            with self._guard:
                del self._listeners[event]

    def stop(self) -> None:
        """End the thread."""
        self._ended.set()
        with self._guard:
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()

    def _watch(self) -> None:
        seen = Position(-1, -1)
        while not self._ended.wait(_POLL_S):
            with self._guard:
                if not self._listeners:
                    self._thread = None
                    return
            seen = self._look(seen)

    def _look(self, seen: Position) -> Position:
        try:
            with self._store.read() as reading:
                found = heads(reading)
        except StoreError as error:
            _log.error("live clients wait: %s", error)
            self._ended.wait(1.0)
            return seen
        if found != seen:
            with self._guard:
                for event, loop in self._listeners.items():
                    with suppress(RuntimeError):  # Its loop has just ended, and nobody listens there any more.
                        loop.call_soon_threadsafe(event.set)
        return found
