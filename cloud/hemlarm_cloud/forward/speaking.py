"""How a destination is spoken to: from signals to telegrams, and from answers to verdicts. One class a protocol."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from hemlarm_cloud.forward.outbox import Item
from hemlarm_cloud.forward.verdicts import Verdict


class Splitting(Protocol):
    """Cuts a stream of answers into single ones, bounded."""

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes; returns the answers that they complete."""


@dataclass(frozen=True)
class Saying:
    """What a telegram is made with: its sequence number, the password or key, and the time to tell."""

    sequence: int
    secret: bytes | None
    time_ms: int


class Speaking(Protocol):
    """One protocol as one destination speaks it. What cannot be said or understood raises BadTelegram."""

    numbered: bool
    """Whether telegrams carry sequence numbers."""
    can_renew: bool
    """Whether the receiver gives out new passwords."""

    def event(self, item: Item, saying: Saying, /) -> bytes:
        """Return the telegram about a signal."""

    def heartbeat(self, saying: Saying, /) -> bytes:
        """Return a heartbeat."""

    def renewal(self, saying: Saying, /) -> bytes:
        """Return the question for a new password."""

    def splitter(self) -> Splitting:
        """Return a new splitter for a connection's answers."""

    def judge(self, sent: bytes, answer: bytes, saying: Saying, /) -> Verdict:
        """Return what an answer means for the telegram that was sent."""


Random = Callable[[int], bytes]
