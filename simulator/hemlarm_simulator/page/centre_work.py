"""The centre's work in a world that may run an hour in a second: each step when it has something to do, and no sooner.

What `VirtualCentre` does at every moment of a short story is done here only when an event, a person or time brings it.
"""

from collections.abc import Callable

from sqlalchemy import func, select

from hemlarm_cloud.cases import lanes
from hemlarm_cloud.cases.steps import STEPS
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_cases import case_log
from hemlarm_simulator.clock import Clock, Timer
from hemlarm_simulator.virtual.centre import LOOK_MS

LATEST_MS = 600_000
"""A step that asked for nothing is called all the same so often, as `CaseService` does it in its own measure."""


class CentreWork:
    """`unix_ms` is the cloud's wall clock. `worked` is called after each round in which a step had its turn."""

    def __init__(self, clock: Clock, store: Store, unix_ms: Callable[[], int], worked: Callable[[], None]) -> None:
        self._clock = clock
        self._store = store
        self._unix_ms = unix_ms
        self._worked = worked
        self._heads: tuple[int, ...] | None = None
        self._due_ms = dict.fromkeys(STEPS, 0)
        self._next: Timer | None = None
        self._next_ms = 0

    def wake(self) -> None:
        """Something may have been stored."""
        self._within(LOOK_MS)

    def acted(self) -> None:
        """Somebody has acted: every step may have something to do."""
        self._heads = None
        self.wake()

    def _look(self) -> None:
        heads = self._read_heads()
        if heads != self._heads:
            self._heads = heads
            self._due_ms = dict.fromkeys(STEPS, 0)
        now_ms = self._unix_ms()
        due = [name for name, due_ms in self._due_ms.items() if due_ms <= now_ms]
        for name in due:
            next_ms = STEPS[name](self._store, now_ms)
            latest_ms = now_ms + LATEST_MS
            self._due_ms[name] = latest_ms if next_ms is None else max(now_ms + 1, min(next_ms, latest_ms))
        if due:
            self._worked()
        # What one step has logged may be something to do for another.
        again = due and self._read_heads() != heads
        self._within(LOOK_MS if again else max(1, min(self._due_ms.values()) - now_ms))

    def _read_heads(self) -> tuple[int, ...]:
        """Something that is another when events have come, or when a step or a person has done something to a case."""
        with self._store.read() as reading:
            logged = reading.connection.scalar(select(func.max(case_log.c.id))) or 0
            return (*lanes.heads(reading), logged)

    def _within(self, wait_ms: int) -> None:
        """Looks after so long, unless it does sooner."""
        at_ms = self._clock.now_ms + wait_ms
        if self._next is not None and self._next.live:
            if self._next_ms <= at_ms:
                return
            self._next.cancel()
        self._next = self._clock.call_in(wait_ms, self._look)
        self._next_ms = at_ms
