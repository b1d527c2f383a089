"""The clock of something that has power: when the power ends, nothing it had planned happens any more."""

from collections.abc import Callable

from hemlarm_simulator.clock import Clock, Timer


class PoweredClock:
    """A clock until `end`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._on = True

    @property
    def now_ms(self) -> int:
        """Milliseconds since the world began."""
        return self._clock.now_ms

    @property
    def unix_ms(self) -> int:
        """Milliseconds since 1970."""
        return self._clock.unix_ms

    def call_in(self, delay_ms: int, action: Callable[[], None]) -> Timer:
        """Plans `action`, unless the power ends before."""
        return self._clock.call_in(delay_ms, lambda: action() if self._on else None)

    def end(self) -> None:
        """The power ends."""
        self._on = False

    @property
    def on(self) -> bool:
        """Whether there is power."""
        return self._on
