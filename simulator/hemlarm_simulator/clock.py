"""Time in the simulated world: a schedule of things to happen, and the two clocks that can rule it.

All times are whole milliseconds since the world began. In virtual time the wall clock starts at WORLD_BEGAN_UNIX_MS or
when the story says, so that a run does not depend on the day it is made on.
"""

import heapq
import time
from collections.abc import Callable
from typing import Protocol

WORLD_BEGAN_UNIX_MS = 1_798_761_600_000
"""2027-01-01 00:00:00 UTC: later than any date that the firmware refuses to believe."""


class Timer:
    """Something that will happen, unless it is cancelled."""

    def __init__(self, action: Callable[[], None]) -> None:
        self._action: Callable[[], None] | None = action

    def cancel(self) -> None:
        """Makes it not happen."""
        self._action = None

    def fire(self) -> None:
        """Makes it happen now, at most once."""
        action, self._action = self._action, None
        if action is not None:
            action()

    @property
    def live(self) -> bool:
        """Whether it still can happen."""
        return self._action is not None


class Schedule:
    """Timers by time; those of one millisecond in the order they were made."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Timer]] = []
        self._made = 0

    def add(self, at_ms: int, action: Callable[[], None]) -> Timer:
        """Plans `action` for `at_ms`."""
        self._made += 1
        timer = Timer(action)
        heapq.heappush(self._heap, (at_ms, self._made, timer))
        return timer

    def next_ms(self) -> int | None:
        """When the next timer is due, None if there is none."""
        while self._heap and not self._heap[0][2].live:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def fire_next(self) -> None:
        """Makes the next one happen."""
        if self.next_ms() is not None:
            heapq.heappop(self._heap)[2].fire()


class Clock(Protocol):
    """What the world's parts see of time."""

    @property
    def now_ms(self) -> int:
        """Milliseconds since the world began."""

    @property
    def unix_ms(self) -> int:
        """Milliseconds since 1970."""

    def call_in(self, delay_ms: int, action: Callable[[], None]) -> Timer:
        """Plans `action` for `delay_ms` from now."""


class VirtualClock:
    """Stands still until the world's loop moves it. The world began at `began_unix_ms`."""

    def __init__(self, began_unix_ms: int = WORLD_BEGAN_UNIX_MS) -> None:
        self._began_unix_ms = began_unix_ms
        self.now_ms = 0
        self.schedule = Schedule()

    @property
    def unix_ms(self) -> int:
        """Milliseconds since 1970."""
        return self._began_unix_ms + self.now_ms

    def call_in(self, delay_ms: int, action: Callable[[], None]) -> Timer:
        """Plans `action` for `delay_ms` from now."""
        return self.schedule.add(self.now_ms + max(0, delay_ms), action)


class RealClock:
    """The computer's own; whoever owns the schedule fires what has come due."""

    def __init__(self) -> None:
        self.schedule = Schedule()
        self._began = time.monotonic()

    @property
    def now_ms(self) -> int:
        """Milliseconds since the world began."""
        return int((time.monotonic() - self._began) * 1000)

    @property
    def unix_ms(self) -> int:
        """Milliseconds since 1970."""
        return time.time_ns() // 1_000_000

    def call_in(self, delay_ms: int, action: Callable[[], None]) -> Timer:
        """Plans `action` for `delay_ms` from now."""
        return self.schedule.add(self.now_ms + max(0, delay_ms), action)
