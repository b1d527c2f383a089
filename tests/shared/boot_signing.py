"""Signs as RFC 8554 has it, with small trees, so that tests can sign what they like on either interpreter.

`Key(seed)` has a tree of height 5, and Winternitz 1 unless asked for 4: making it takes few hashes. Which of its 32
leaves signs follows from the message: no key to use outside of tests.
"""

import hashlib

_HEIGHT = 5
_TYPE_OF_HEIGHT = 5
_TYPES = {1: (1, 265, 7), 4: (3, 67, 4)}
"""Of each w: the one-time type, its chains, and the shift of the checksum."""


class Key:
    """A private key; `public` is its `lms_public_key` of 56 bytes."""

    def __init__(self, seed: bytes, width: int = 1) -> None:
        self._identifier = hashlib.sha256(b"identifier" + seed).digest()[:16]
        self._seed = seed
        self._width = width
        self._type, self._chains, self._shift = _TYPES[width]
        leaves = 1 << _HEIGHT
        self._nodes = [b""] * (2 * leaves)
        for leaf in range(leaves):
            self._nodes[leaves + leaf] = self._node(leaves + leaf, b"\x82\x82", self._one_time_public(leaf))
        for node in range(leaves - 1, 0, -1):
            pair = self._nodes[2 * node] + self._nodes[2 * node + 1]
            self._nodes[node] = self._node(node, b"\x83\x83", pair)
        self.public = _u32(_TYPE_OF_HEIGHT) + _u32(self._type) + self._identifier + self._nodes[1]

    def sign(self, message: bytes, leaf: int = -1) -> bytes:
        """Return the signature of a message, by this leaf or by one that follows from the message."""
        if leaf < 0:
            leaf = hashlib.sha256(message).digest()[0] % (1 << _HEIGHT)
        drawn = hashlib.sha256(b"drawn" + self._seed + message).digest()
        prefix = self._identifier + _u32(leaf)
        digest = hashlib.sha256(prefix + b"\x81\x81" + drawn + message).digest()
        parts = [_u32(leaf), _u32(self._type), drawn]
        for chain, digit in enumerate(self._digits(digest)):
            parts.append(self._chain(prefix, leaf, chain, digit))
        parts.append(_u32(_TYPE_OF_HEIGHT))
        node = (1 << _HEIGHT) + leaf
        while node > 1:
            parts.append(self._nodes[node ^ 1])
            node >>= 1
        return b"".join(parts)

    def _one_time_public(self, leaf: int) -> bytes:
        prefix = self._identifier + _u32(leaf)
        last = (1 << self._width) - 1
        ends = [self._chain(prefix, leaf, chain, last) for chain in range(self._chains)]
        return hashlib.sha256(prefix + b"\x80\x80" + b"".join(ends)).digest()

    def _chain(self, prefix: bytes, leaf: int, chain: int, steps: int) -> bytes:
        number = chain.to_bytes(2, "big")
        value = hashlib.sha256(b"start" + self._seed + _u32(leaf) + number).digest()
        for step in range(steps):
            value = hashlib.sha256(prefix + number + bytes([step]) + value).digest()
        return value

    def _digits(self, digest: bytes) -> "list[int]":
        last = (1 << self._width) - 1
        digits = []
        for byte in digest:
            for low in range(8 - self._width, -1, -self._width):
                digits.append(byte >> low & last)
        checksum = sum([last - digit for digit in digits]) << self._shift
        low = 16
        while len(digits) < self._chains:
            low -= self._width
            digits.append(checksum >> low & last)
        return digits

    def _node(self, number: int, kind: bytes, content: bytes) -> bytes:
        return hashlib.sha256(self._identifier + _u32(number) + kind + content).digest()


def _u32(number: int) -> bytes:
    return number.to_bytes(4, "big")
