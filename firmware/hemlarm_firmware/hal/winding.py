"""The watchdog: the chip's own stands behind the event loop, and a task of ours behind the promises of the others.

The chip is fed by that task alone. So an event loop that stands is reset by the chip, and a promise that is broken by
the board, which first notes whose it was: of the chip's reset nothing but itself is known afterwards.
"""

FEED_MS = 2_000
"""How often to `wind`; the shortest chip bites after 16 s."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Winding:
    """`uptime_ms()` is what promises are about; `feed` feeds the chip."""

    def __init__(self, uptime_ms: "Callable[[], int]", feed: "Callable[[], object]") -> None:
        self._uptime_ms = uptime_ms
        self._feed = feed
        self._task = 0
        self._by_ms: int | None = None

    def vouch(self, task: int, by_ms: "int | None") -> None:
        """Take a promise as in `Board.vouch`."""
        self._task, self._by_ms = task, by_ms

    def wind(self) -> int:
        """Feed the chip, and return the task that broke its promise, 0 for none: then the board must be reset."""
        self._feed()
        return self._task if self._by_ms is not None and self._uptime_ms() >= self._by_ms else 0
