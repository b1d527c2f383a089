"""What one panel has to be asked for again: whatever it may hold that the store lacks.

Of the present incarnation every heartbeat tells how far the numbers go, so all that is missing is asked for until it is
there or declared void. Of an earlier one nobody tells how far it went: it is asked for what is missing below the last
number known, and then for all that comes behind, a few times over, since a question may get lost and no answer means
that there is nothing. That is done when a process begins to serve a panel, since the store may have been restored from
a copy, and when the panel's incarnations change.
"""

from collections.abc import Iterable

from hemlarm_cloud.store.transaction import Transaction
from hemlarm_protocol.messages import U32

GAPS_AT_ONCE = 2
"""Ranges asked for after one heartbeat; the next one asks for the rest."""

QUIET_MS = 30_000
"""A panel that reports events on their way, none of which came for so long, is asked all the same: they may be ones
that nobody can read."""

EARLIER_AT_ONCE = 4
"""Earlier incarnations asked for after one heartbeat, those asked least often first: a panel that reports every five
hours has few occasions."""

PASSES = 5
"""How often an earlier incarnation is asked for what is behind its end, at waits of QUIET_MS, twice that, and so on."""

LOOK_EVERY = 256
"""Numbers that came in order before the store is asked whether it agrees, so that a restart has less to look at."""

Range = tuple[bytes, int, int]
"""Key id, first and last number, both included."""


class _Earlier:
    """How far an earlier incarnation has been asked for."""

    def __init__(self) -> None:
        self.above = 0
        self.passes = 0
        self.due_ms = 0

    def end_pass(self, now_ms: int) -> None:
        """All of it was asked for once more."""
        self.above = 0
        self.passes += 1
        self.due_ms = now_ms + (QUIET_MS << self.passes - 1)


class AskingAgain:
    """For one panel. All times are milliseconds on the steady clock."""

    def __init__(self) -> None:
        self.next_number = 0
        self._kids: list[bytes] = []
        self._earlier: dict[bytes, _Earlier] = {}
        self._complete_below = self._looked_below = 0
        self._event_ms = self._asked_ms = 0
        self._found = 0
        self._steps: list[tuple[_Earlier, int | None]] = []

    @property
    def present(self) -> bytes:
        """The key id of the present incarnation, or nothing before the first session."""
        return self._kids[0] if self._kids else b""

    def opened(self, kids: list[bytes], known: Iterable[bytes], now_ms: int) -> None:
        """A session was opened: the panel names these incarnations, the present one first, and the cloud knows more."""
        if kids != self._kids:
            self._kids = kids
            self._event_ms = now_ms
            self._complete_below = self._looked_below = self.next_number = 0
            self._earlier = {kid: _Earlier() for kid in known if kid != kids[0]}

    def stored(self, kid: bytes, numbers: Iterable[int], new: bool, now_ms: int) -> None:
        """These events are in the store, and one of them was not before if they are `new`."""
        self._event_ms = now_ms
        if new and kid in self._earlier:
            self._earlier[kid] = _Earlier()
        elif kid == self.present:
            for number in sorted(numbers):
                if number == self._complete_below:
                    self._complete_below += 1

    def heartbeat(self, next_number: int, pending: int, now_ms: int) -> bool:
        """Take what the panel reports, and tell whether the store should be asked for `gaps`."""
        self.next_number = next_number
        quiet = now_ms - max(self._event_ms, self._asked_ms) >= QUIET_MS
        if not self._kids or (pending and not quiet):
            return False
        if self._complete_below < next_number or self._complete_below - self._looked_below >= LOOK_EVERY:
            return True
        return bool(self._due(now_ms))

    def gaps(self, tx: Transaction, panel: str, now_ms: int) -> list[Range]:
        """Return what to ask for. Counts as asked once `asked` is called, since the transaction may still fail."""
        missing = tx.missing(panel, self.present, self.next_number, GAPS_AT_ONCE)
        self._found = missing[0][0] if missing else self.next_number
        ranges = [(self.present, first, last) for first, last in missing]
        self._steps = []
        for kid in self._due(now_ms):
            earlier = self._earlier[kid]
            end = tx.highest(panel, kid) + 1
            missing = tx.missing(panel, kid, end, GAPS_AT_ONCE, earlier.above)
            self._steps.append((earlier, missing[-1][1] + 1 if missing else None))
            ranges += [(kid, first, last) for first, last in missing or [(end, U32)] if first <= last]
        return ranges

    def asked(self, now_ms: int) -> None:
        """What `gaps` returned was asked for, and what it had seen in the store is there for good."""
        self._asked_ms = now_ms
        self._complete_below = self._looked_below = max(self._complete_below, self._found)
        for earlier, above in self._steps:
            if above is None:
                earlier.end_pass(now_ms)
            else:
                earlier.above = above

    def _due(self, now_ms: int) -> list[bytes]:
        """Return the earlier incarnations that it is time to ask for, EARLIER_AT_ONCE at most."""
        due = [kid for kid, earlier in self._earlier.items() if earlier.passes < PASSES and now_ms >= earlier.due_ms]
        return sorted(due, key=lambda kid: self._earlier[kid].passes)[:EARLIER_AT_ONCE]
