"""When to send again: the adaptive timer of RFC 6298, in whole milliseconds."""

INITIAL_MS = 1000
"""RFC 6298 section 2.1: one second before the first measurement."""

LEAST_MS = 200
"""Our own floor, below RFC 6298's second: the cloud answers in milliseconds, and a lost alarm must not wait."""

MOST_MS = 60_000


class RetransmissionTimer:
    """How long to wait for an answer, learned from how long answers took."""

    def __init__(self) -> None:
        self.timeout_ms = INITIAL_MS
        self._smoothed_ms = 0
        self._variation_ms = 0
        self._measured = False

    def measured(self, round_trip_ms: int) -> None:
        """Learn from an exchange that was sent once only (Karn: a repeated one does not tell which was answered)."""
        if self._measured:
            difference = abs(self._smoothed_ms - round_trip_ms)
            self._variation_ms = (3 * self._variation_ms + difference) // 4
            self._smoothed_ms = (7 * self._smoothed_ms + round_trip_ms) // 8
        else:
            self._smoothed_ms, self._variation_ms, self._measured = round_trip_ms, round_trip_ms // 2, True
        self.timeout_ms = min(max(self._smoothed_ms + 4 * self._variation_ms, LEAST_MS), MOST_MS)

    def expired(self) -> None:
        """Back off: nothing came in time."""
        self.timeout_ms = min(2 * self.timeout_ms, MOST_MS)
