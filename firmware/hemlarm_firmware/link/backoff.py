"""How long to wait before the next attempt to connect.

Installed panels must not stampede a broker that has just restarted, so the pauses grow and are scattered; an alarm
cannot wait for that, so it may cut a pause short, though not so often that a dead broker is hammered.
"""

FIRST_MS = 1_000
"""Before the first new attempt: a broker's restart takes a tenth of it, and its panels come back over half a second."""

MOST_MS = 60_000
"""A broker that is back is found within a minute, and 10,000 panels waiting for it make some 300 attempts a second."""

HURRY_MS = 2_000
"""Least time between the starts of two attempts that an alarm has hurried."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Backoff:
    """`random(n)` gives n random bytes."""

    def __init__(self, random: "Callable[[int], bytes]") -> None:
        self._random = random
        self._pause_ms = FIRST_MS
        self._hurried_ms = -HURRY_MS

    def next_ms(self) -> int:
        """Return the pause before the next attempt: between half of what is due and all of it."""
        pause_ms, self._pause_ms = self._pause_ms, min(2 * self._pause_ms, MOST_MS)
        return pause_ms // 2 + int.from_bytes(self._random(2), "big") * (pause_ms // 2) // 0xFFFF

    def reset(self) -> None:
        """The cloud has answered: the next lost connection is a new story."""
        self._pause_ms = FIRST_MS

    def hurry(self, now_ms: int) -> bool:
        """Something urgent waits; return whether the pause may be cut short now."""
        if now_ms - self._hurried_ms < HURRY_MS:
            return False
        self._hurried_ms = now_ms
        return True
