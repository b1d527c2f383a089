"""Hash-based signatures, as RFC 8554 has them: whether one by the Leighton-Micali scheme (LMS) holds.

Of a message of any length no more than a piece is in memory. Names and steps are those of the RFC's section 5.4.2 and
algorithms 4b and 6a; the numbers are from its tables 1 and 2. Signing is the installer's affair.
"""

import hashlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

PUBLIC_BYTES = 56
SIGNATURE_BYTES_MAX = 9324
"""Of the longest that the RFC knows: Winternitz 1 in a tree of height 25."""

_N = 32
_HEIGHT_OF_TYPE = {5: 5, 6: 10, 7: 15, 8: 20, 9: 25}
_WINTERNITZ_OF_TYPE = {1: (1, 265, 7), 2: (2, 133, 6), 3: (4, 67, 4), 4: (8, 34, 0)}
"""Of each one-time type: w, the chains p, and ls, by which a checksum is shifted."""
_D_PBLC = b"\x80\x80"
_D_MESG = b"\x81\x81"
_D_LEAF = b"\x82\x82"
_D_INTR = b"\x83\x83"
_OTS_HEAD = 40  # Leaf number, one-time type, C.


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether `signature` of `message` was made with the private half of `public`, an `lms_public_key`.

    Whatever the three hold, it raises nothing.
    """
    check = Check(public, signature)
    check.update(message)
    return check.holds()


class Check:
    """A verification in progress: `update` with each piece of the message, then `holds`, once."""

    def __init__(self, public: bytes, signature: bytes) -> None:
        self._public = public
        self._signature = signature
        self._formed = _formed(public, signature)
        self._hash = hashlib.sha256()
        if self._formed:
            self._hash.update(public[8:24] + signature[:4] + _D_MESG + signature[8:_OTS_HEAD])

    def update(self, piece: "bytes | bytearray | memoryview") -> None:
        """Take in the next piece of the message."""
        self._hash.update(piece)

    def holds(self) -> bool:
        """Return whether the signature is one of the whole message under the key."""
        if not self._formed:
            return False
        candidate = _one_time_key(self._public[8:24], self._signature, self._hash.digest())
        return _root(self._public, self._signature, candidate) == self._public[24:]


def _formed(public: bytes, signature: bytes) -> bool:
    """Whether both are of types that we know, which agree, and of the lengths that belong to these."""
    if len(public) != PUBLIC_BYTES or len(signature) < _OTS_HEAD:
        return False
    height = _HEIGHT_OF_TYPE.get(int.from_bytes(public[:4], "big"))
    winternitz = _WINTERNITZ_OF_TYPE.get(int.from_bytes(public[4:8], "big"))
    if height is None or winternitz is None or signature[4:8] != public[4:8]:
        return False
    path = _OTS_HEAD + winternitz[1] * _N + 4
    if len(signature) != path + height * _N or signature[path - 4 : path] != public[:4]:
        return False
    return int.from_bytes(signature[:4], "big") >> height == 0


def _one_time_key(identifier: bytes, signature: bytes, digest: bytes) -> bytes:
    """Algorithm 4b: the one-time public key that this signature of this digest would belong to."""
    width, chains, _ = _WINTERNITZ_OF_TYPE[int.from_bytes(signature[4:8], "big")]
    last = (1 << width) - 1
    link = bytearray(identifier + signature[:4] + bytes(3 + _N))
    key = hashlib.sha256(identifier + signature[:4] + _D_PBLC)
    chain, at = 0, _OTS_HEAD
    for start in _coefficients(digest, signature):
        link[20:22] = chain.to_bytes(2, "big")
        link[23:] = signature[at : at + _N]
        for step in range(start, last):
            link[22] = step
            link[23:] = hashlib.sha256(link).digest()
        key.update(link[23:])
        chain, at = chain + 1, at + _N
    assert chain == chains
    return key.digest()


def _coefficients(digest: bytes, signature: bytes) -> "Iterator[int]":
    """Yield the digits of digest and checksum, `w` bits each: where each chain begins."""
    width, chains, shift = _WINTERNITZ_OF_TYPE[int.from_bytes(signature[4:8], "big")]
    last = (1 << width) - 1
    checksum = 0
    for byte in digest:
        for low in range(8 - width, -1, -width):
            digit = byte >> low & last
            checksum += last - digit
            yield digit
    checksum <<= shift
    for low in range(16 - width, 16 - width - width * (chains - 256 // width), -width):
        yield checksum >> low & last


def _root(public: bytes, signature: bytes, one_time_key: bytes) -> bytes:
    """Algorithm 6a, from the leaf upwards: the root of the tree in which this one-time key has its leaf."""
    height = _HEIGHT_OF_TYPE[int.from_bytes(public[:4], "big")]
    identifier = public[8:24]
    node = (1 << height) + int.from_bytes(signature[:4], "big")
    value = hashlib.sha256(identifier + node.to_bytes(4, "big") + _D_LEAF + one_time_key).digest()
    at = len(signature) - height * _N
    while node > 1:
        beside = signature[at : at + _N]
        pair = beside + value if node & 1 else value + beside
        node >>= 1
        value = hashlib.sha256(identifier + node.to_bytes(4, "big") + _D_INTR + pair).digest()
        at += _N
    return value
