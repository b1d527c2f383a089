"""Chance that follows from a seed: every part of the world has a source of its own, so none disturbs another's."""

import hashlib


class Chance:
    """Random bytes from a seed and a name; the same two give the same bytes in every run."""

    def __init__(self, seed: int, name: str) -> None:
        self._key = hashlib.sha256(f"{seed}/{name}".encode()).digest()
        self._counter = 0

    def __call__(self, count: int) -> bytes:
        """The next `count` bytes."""
        taken = b""
        while len(taken) < count:
            self._counter += 1
            taken += hashlib.sha256(self._key + self._counter.to_bytes(8, "big")).digest()
        return taken[:count]
