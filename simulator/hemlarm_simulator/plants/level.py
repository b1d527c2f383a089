"""A quantity that follows its surroundings: smoke in a chamber, warmth in a room, carbon monoxide in a detector.

The moment of crossing a threshold is computed, not waited for by sampling, so that a quiet house plans no timers.
"""

import math
from collections.abc import Callable

from hemlarm_simulator.clock import Clock, Timer


class Level:
    """Approaches its target by an exponential. `told(True)` when it rises to `trips`, `told(False)` when it falls to
    `clears`, which lies lower: between the two nothing changes.
    """

    def __init__(
        self,
        clock: Clock,
        time_constant_ms: float,
        trips: float,
        clears: float,
        told: Callable[[bool], None],
        start: float = 0.0,
    ) -> None:
        self.above = False
        """Whether it has risen to `trips` and not fallen to `clears` since."""
        self._clock = clock
        self._time_constant_ms = time_constant_ms
        self._trips = trips
        self._clears = clears
        self._told = told
        self._value = self._target = start
        self._since_ms = clock.now_ms
        self._timer: Timer | None = None

    def value(self) -> float:
        """The quantity now."""
        passed = (self._clock.now_ms - self._since_ms) / self._time_constant_ms
        return self._target + (self._value - self._target) * math.exp(-passed)

    def towards(self, target: float) -> None:
        """The surroundings are at `target` from now on."""
        self._value = self.value()
        self._since_ms = self._clock.now_ms
        self._target = target
        if self._timer is not None:
            self._timer.cancel()
        threshold = self._clears if self.above else self._trips
        sign = -1 if self.above else 1
        if sign * (self._value - threshold) >= 0:
            self._cross()
        elif sign * (target - threshold) > 0:
            ratio = (self._value - target) / (threshold - target)
            self._timer = self._clock.call_in(math.ceil(self._time_constant_ms * math.log(ratio)), self._cross)

    def start_anew(self) -> None:
        """What compares it with `trips` has just started, and does not remember what was before."""
        self.above = False
        self.towards(self._target)

    def _cross(self) -> None:
        self.above = not self.above
        self._told(self.above)
