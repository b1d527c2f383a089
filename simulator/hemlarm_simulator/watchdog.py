"""A board's watchdog: it resets a panel whose firmware does not keep its word, or does nothing but go round.

A board has it in hardware, apart from the processor; here it runs on the world's clock.
"""

from collections.abc import Callable

from hemlarm_simulator.board_link import Frame
from hemlarm_simulator.clock import Clock, Timer
from hemlarm_simulator.simulated_panel import SimulatedPanel

WATCHDOG_MS = 30_000
"""As in the firmware's `board.py`: how long the event loop may stand before the board resets itself."""


class BoardWatchdog:
    """Hears the panel's frames. `bitten` is called after it has reset the panel."""

    def __init__(self, panel: SimulatedPanel, clock: Clock, bitten: Callable[[], None]) -> None:
        self._panel = panel
        self._clock = clock
        self._bitten = bitten
        self._timer: Timer | None = None
        panel.handlers |= {"vouch": self._vouched, "blocked": self._blocked}

    def stop(self) -> None:
        """The panel is off."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _vouched(self, frame: Frame) -> None:
        _, task, by_ms = frame
        self.stop()
        if by_ms is not None:
            self._wind(self._panel.booted_ms + by_ms - self._clock.now_ms, task)

    def _blocked(self, _frame: Frame) -> None:
        self.stop()
        self._wind(WATCHDOG_MS, 0)

    def _wind(self, delay_ms: int, task: int) -> None:
        self._timer = self._clock.call_in(delay_ms, lambda: self._bite(task))

    def _bite(self, task: int) -> None:
        self._timer = None
        self._panel.bite(task)
        self._bitten()
