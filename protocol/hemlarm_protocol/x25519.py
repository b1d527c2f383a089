"""X25519 (RFC 7748): two who know each other's public key find one secret, and nobody who listens does.

Whole numbers on either interpreter, because stock firmware gives a program no elliptic curves. Its time depends on the
secret in small ways, which count for little where a secret is used once or twice. One multiplication took 4 ms on the
unix port and left 2.8 MB to collect; a board, 50 to 100 times slower, needs about half a second.
"""

from hemlarm_protocol.errors import BadMessage

KEY_BYTES = 32

_A24 = 121665
_BASE = b"\x09" + bytes(31)
_MASK = (1 << 255) - 1
_PRIME = (1 << 255) - 19
_SPAN = 4 * _PRIME  # Keeps differences of folded numbers positive.


def public_key(secret: bytes) -> bytes:
    """Return the public key of 32 random bytes. Raises ValueError for another length."""
    return _multiply(secret, _BASE)


def shared_secret(secret: bytes, public: bytes) -> bytes:
    """Return the 32 bytes that these two keys have in common; they want hashing before they are a key.

    Raises BadMessage for a public key with which every secret has nothing (zeros) in common, and for another length.
    """
    if len(public) != KEY_BYTES:
        raise BadMessage("an X25519 public key has 32 bytes")
    common = _multiply(secret, public)
    if common == bytes(KEY_BYTES):
        raise BadMessage("an X25519 public key of small order")
    return common


def _multiply(secret: bytes, point: bytes) -> bytes:
    """Return the u coordinate of the point times the clamped secret: the Montgomery ladder of RFC 7748 section 5."""
    if len(secret) != KEY_BYTES:
        raise ValueError("an X25519 secret has 32 bytes")
    clamped = bytes([secret[0] & 248]) + secret[1:31] + bytes([secret[31] & 127 | 64])
    scalar = int.from_bytes(clamped, "little")
    u = int.from_bytes(point, "little") & _MASK
    x2, z2, x3, z3, swapped = 1, 0, u, 1, 0
    for position in range(254, -1, -1):
        bit = scalar >> position & 1
        if bit != swapped:
            x2, z2, x3, z3 = x3, z3, x2, z2
        swapped = bit
        x2, z2, x3, z3 = _step(u, x2, z2, x3, z3)
    if swapped:
        x2, z2 = x3, z3
    result = x2 * pow(z2, _PRIME - 2, _PRIME) % _PRIME
    return result.to_bytes(KEY_BYTES, "little")


def _step(u: int, x2: int, z2: int, x3: int, z3: int) -> "tuple[int, int, int, int]":
    """Return twice the first point, and the sum of both, whose difference has the coordinate `u`."""
    a, b = x2 + z2, x2 + _SPAN - z2
    aa, bb = _fold(a * a), _fold(b * b)
    e = aa + _SPAN - bb
    da, cb = _fold((x3 + _SPAN - z3) * a), _fold((x3 + z3) * b)
    s, d = da + cb, da + _SPAN - cb
    return _fold(aa * bb), _fold(e * (aa + _A24 * e)), _fold(s * s), _fold(u * _fold(d * d))


def _fold(value: int) -> int:
    """Return a number with the same remainder by the prime, below 2 ** 256: cheaper than dividing. 2 ** 255 is 19."""
    while value >> 256:
        value = (value & _MASK) + 19 * (value >> 255)
    return value
