"""How many acknowledgements a panel gets by SMS, lest a recorded SMS that is repeated costs us without end."""

BURST = 20
"""Acknowledgements in a row: a panel has some fifty SMS a day, and sends two events in each."""

REFILL_MS = 600_000
"""One more each ten minutes: 144 a day, whatever is repeated."""


class Allowance:
    """How many more acknowledgements one panel gets by SMS. Times are on the steady clock."""

    def __init__(self) -> None:
        self._left = BURST
        self._since_ms: int | None = None

    def take(self, now_ms: int) -> bool:
        """Take one, if there is one."""
        if self._since_ms is not None:
            earned = max(0, now_ms - self._since_ms) // REFILL_MS
            self._left = min(BURST, self._left + earned)
            self._since_ms += earned * REFILL_MS
        if self._left == BURST:
            self._since_ms = now_ms
        if self._left == 0:
            return False
        self._left -= 1
        return True
