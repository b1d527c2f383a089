"""What the servers ask of a protocol: it reads telegrams, stores what they say, and answers. No I/O, no clock."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Protocol

from hemlarm_cloud.store.transaction import Transaction


@dataclass(frozen=True)
class Refusal:
    """What cannot be read is answered without a look at the store; with None it is not answered at all."""

    answer: bytes | None


class Core(Protocol):
    """One protocol. What `read` returns is for its own `take` only."""

    counts: Counter[str]
    """What became of everything that came."""

    def read(self, data: bytes, now_ms: int) -> Any:
        """Return what a telegram says, or a Refusal. Never raises, whatever the bytes."""
        ...

    def take(self, tx: Transaction, said: Any, now_ms: int) -> bytes | None:
        """Store it, and return the answer, which may go out once the transaction is committed; None says nothing.

        Raises VaultError where a secret cannot be opened.
        """
        ...

    def unable(self, said: Any, now_ms: int) -> bytes | None:
        """Return the answer to what could not be stored: the transmitter has to try another receiver, or again."""
        ...
