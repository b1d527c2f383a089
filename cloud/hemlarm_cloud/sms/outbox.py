"""SMS on their way out: bounded, tried a few times, and given up while the panel still remembers its own timer."""

from typing import NamedTuple

OUTBOX_MAX = 1_000
"""SMS that wait. Each is an acknowledgement, and whoever gets none sends again."""

RETRY_MS = (1_000, 5_000, 15_000, 30_000)
"""Pauses before the second to fifth try: a panel repeats after 60 s, and is then acknowledged anew."""


class Outgoing(NamedTuple):
    """One SMS: octets to a number, how often it was tried, and when it is due on the steady clock."""

    number: str
    octets: bytes
    tries: int
    due_ms: int


class Outbox:
    """`counts` says what became of all that was put in."""

    def __init__(self) -> None:
        self.counts = {"sent": 0, "tried again": 0, "given up": 0, "no room": 0}
        self._waiting: list[Outgoing] = []

    def put(self, number: str, octets: bytes, now_ms: int) -> bool:
        """Take one to send; False where there is no room."""
        if len(self._waiting) >= OUTBOX_MAX:
            self.counts["no room"] += 1
            return False
        self._waiting.append(Outgoing(number, octets, 0, now_ms))
        return True

    def take(self, now_ms: int) -> Outgoing | None:
        """Return the next one that is due. It comes back by `failed` or never."""
        for place, outgoing in enumerate(self._waiting):
            if outgoing.due_ms <= now_ms:
                return self._waiting.pop(place)
        return None

    def sent(self) -> None:
        """The one that was taken has gone."""
        self.counts["sent"] += 1

    def failed(self, outgoing: Outgoing, now_ms: int, for_good: bool = False) -> None:
        """The one that was taken has not gone, and never will where that is `for_good`."""
        if for_good or outgoing.tries >= len(RETRY_MS):
            self.counts["given up"] += 1
            return
        self.counts["tried again"] += 1
        due_ms = now_ms + RETRY_MS[outgoing.tries]
        self._waiting.append(outgoing._replace(tries=outgoing.tries + 1, due_ms=due_ms))

    def next_ms(self) -> int | None:
        """Return when the next one is due, or None."""
        return min((outgoing.due_ms for outgoing in self._waiting), default=None)
