"""Random bytes that are fit for keys, from a chip whose own are so only while its radio is on.

An ESP32 without radio has a generator that Espressif calls pseudo-random. So the radio is switched on for a moment at
the start, and what the chip gives then seeds a chain of SHA-256: each draw takes in what the chip gives now, hands out
one hash of the state, and replaces the state by another, so that what was drawn before cannot be worked out from it.
"""

import hashlib

SEED_BYTES = 64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Entropy:
    """`chip(n)` gives n bytes; when this is made they must be good ones."""

    def __init__(self, chip: "Callable[[int], bytes]") -> None:
        self._chip = chip
        self._state = hashlib.sha256(chip(SEED_BYTES)).digest()

    def draw(self, n: int) -> bytes:
        """Return `n` random bytes."""
        drawn = b""
        while len(drawn) < n:
            mixed = hashlib.sha256(self._state + self._chip(32)).digest()
            drawn += hashlib.sha256(b"\x01" + mixed).digest()
            self._state = hashlib.sha256(b"\x02" + mixed).digest()
        return drawn[:n]
