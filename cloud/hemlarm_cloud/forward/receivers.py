"""Which of a destination's two receivers is used, when the other is tried, how long to wait when neither answers.

Times are milliseconds of a clock that nobody sets.
"""

from hemlarm_cloud.forward.speaking import Random

PRIMARY, SECONDARY = "primary", "secondary"

BACKOFF_MS, BACKOFF_MAX_MS = 1_000, 30_000
"""After neither answered: a restart takes seconds, and a fire should not wait much longer than until its end."""

PROBE_MS = 60_000
"""How often the primary receiver is tried while the secondary is in use."""

UNREACHABLE_MS = 60_000
"""From then on a person should know."""


class Receivers:
    """The receivers of one destination. `random` gives bytes for the spread of waiting times."""

    def __init__(self, has_secondary: bool, random: Random) -> None:
        self.current = PRIMARY
        self._has_secondary = has_secondary
        self._random = random
        self._silent: set[str] = set()
        self._rounds = 0
        self._wait_until_ms = 0
        self._probe_ms = 0
        self._failing_since_ms: int | None = None
        self._is_told = False
        self._is_new = True

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, the one in use first."""
        if not self._has_secondary:
            return (PRIMARY,)
        return (PRIMARY, SECONDARY) if self.current == PRIMARY else (SECONDARY, PRIMARY)

    def wait_ms(self, now_ms: int) -> int:
        """How long everything waits still; 0 for not at all."""
        return max(0, self._wait_until_ms - now_ms)

    def probe_in_ms(self, now_ms: int) -> int | None:
        """In how long the primary receiver should be tried again; None while it is the one in use."""
        return max(0, self._probe_ms - now_ms) if self.current == SECONDARY else None

    def answered(self, receiver: str) -> bool:
        """A receiver answered; the primary is used again. Returns whether that ends what was told as unreachable.

        So may the first answer of all: what was told before a restart.
        """
        ends = self._is_told or self._is_new
        self._is_told = self._is_new = False
        self._silent.clear()
        self._rounds, self._wait_until_ms, self._failing_since_ms = 0, 0, None
        if receiver == PRIMARY:
            self.current = PRIMARY
        return ends

    def failed(self, receiver: str, now_ms: int) -> bool:
        """A receiver did not answer. Returns whether it is time to tell somebody that none of them does."""
        self._silent.add(receiver)
        if receiver == PRIMARY:
            self._probe_ms = now_ms + PROBE_MS
        others = [name for name in self.names if name not in self._silent]
        if others:
            self.current = others[0]
            return False
        self._silent.clear()
        self.current = PRIMARY
        self._wait_until_ms = now_ms + self._backoff_ms()
        self._rounds += 1
        if self._failing_since_ms is None:
            self._failing_since_ms = now_ms
        if self._is_told or now_ms - self._failing_since_ms < UNREACHABLE_MS:
            return False
        self._is_told = True
        return True

    def tell_now(self) -> bool:
        """Whether what does not end by itself should be told; it is told once."""
        first, self._is_told = not self._is_told, True
        return first

    def _backoff_ms(self) -> int:
        longest = min(BACKOFF_MAX_MS, BACKOFF_MS << min(self._rounds, 10))
        return longest - longest * self._random(1)[0] // 1024
