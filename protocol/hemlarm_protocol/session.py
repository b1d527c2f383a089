"""What both ends of a session share: counters that never repeat, and the window that refuses replays."""

from hemlarm_protocol import messages, sealing
from hemlarm_protocol.errors import BadMessage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_protocol.keys import SealingKey

WINDOW = 64
"""How far behind the newest counter a message may come and still be new: two paths may race each other."""


class Writer:
    """One direction's sender: every message under the next counter."""

    def __init__(self, key: "SealingKey") -> None:
        self._key = key
        self._next = 0

    def frame(self, message: "messages.Message") -> bytes:
        """Return the message sealed and framed. Raises ValueError for a message that fits no size class."""
        number, self._next = self._next, self._next + 1
        return sealing.frame(self._key, sealing.seal_numbered(self._key, number, messages.encode(message)))


class Reader:
    """One direction's receiver: every counter once."""

    def __init__(self, key: "SealingKey", direction: int) -> None:
        self.kid = key.kid
        self._key = key
        self._direction = direction
        self._next = 0
        self._seen = 0

    def open(self, sealed: bytes) -> "messages.Message":
        """Return the message. Raises BadMessage for what is forged, changed, repeated or too far behind."""
        number, padded = sealing.open_numbered(self._key, sealed)
        self._claim(number)
        return messages.decode(padded, self._key.purpose, self._direction)

    def _claim(self, number: int) -> None:
        """Mark a counter as used; bit n of `_seen` stands for the counter n + 1 below `_next`."""
        if number >= self._next:
            ahead = min(number + 1 - self._next, WINDOW)
            self._seen = (self._seen << ahead | 1) & ((1 << WINDOW) - 1)
            self._next = number + 1
            return
        behind = self._next - 1 - number
        if behind >= WINDOW:
            raise BadMessage("too far behind to tell whether it is a replay")
        if self._seen >> behind & 1:
            raise BadMessage("a replay")
        self._seen |= 1 << behind


class Refusals:
    """Counts of what was refused, by reason; a bounded number of reasons, since they are our own texts."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def add(self, reason: str) -> None:
        """Count one refusal."""
        self.counts[reason] = self.counts.get(reason, 0) + 1

    def total(self) -> int:
        """Return how many there were in all."""
        return sum(self.counts.values())
