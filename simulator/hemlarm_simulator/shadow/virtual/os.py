"""Stands in for the interpreter's `os` in virtual time: the same module, but its random bytes follow from a seed."""

import hashlib

from uos import *  # noqa: F403

TYPE_CHECKING = False


class _Source:
    """SHA-256 over seed and counter: unpredictable enough for a simulation, the same in every run."""

    def __init__(self) -> None:
        self.seed = b""
        self._counter = 0

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        taken = b""
        while len(taken) < count:
            self._counter += 1
            taken += hashlib.sha256(self.seed + self._counter.to_bytes(8, "big")).digest()
        return taken[:count]


_source = _Source()


def seed_urandom(seed: bytes) -> None:
    """Sets what all later `urandom` bytes follow from."""
    _source.seed = seed


def urandom(count: int) -> bytes:
    """`count` bytes that follow from the seed."""
    return _source.take(count)
