"""AES-CCM, SHA-256, HMAC and HKDF: the only cryptography Hemlarm uses, on either interpreter.

The block cipher and the hash come from the platform: MicroPython's `cryptolib` and `hashlib` on a board, the
`cryptography` package elsewhere. HKDF (RFC 5869) is built on them here.
"""

from hemlarm_protocol.constant import const
from hemlarm_protocol.errors import BadMessage

try:
    from hemlarm_protocol import crypto_micropython as _platform
except ImportError:
    from hemlarm_protocol import crypto_cpython as _platform  # type: ignore[no-redef]

KEY_BYTES = 32
NONCE_BYTES = 13
TAG_BYTES = 16
"""AES-CCM-16-128-256 of RFC 9053: two bytes of length leave 13 for the nonce, always."""

PLAINTEXT_MAX = 2048
"""Longest plaintext accepted, far below the 65,535 bytes that CCM with a two-byte length allows."""

_HASH_BYTES = const(32)

sha256 = _platform.sha256
hmac_sha256 = _platform.hmac_sha256


def ccm_seal(key: bytes, nonce: bytes, plaintext: bytes, external: bytes) -> bytes:
    """Return the ciphertext with its 16-byte tag appended. A nonce must never be used twice under one key."""
    _check(key, nonce, len(plaintext))
    return _platform.ccm_seal(key, nonce, plaintext, external)


def ccm_open(key: bytes, nonce: bytes, sealed: bytes, external: bytes) -> bytes:
    """Return the plaintext, or raise BadMessage where anything at all was changed."""
    if len(sealed) < TAG_BYTES:
        raise BadMessage("ciphertext is shorter than its tag")
    if len(sealed) > PLAINTEXT_MAX + TAG_BYTES:
        raise BadMessage("ciphertext is too long")
    _check(key, nonce, len(sealed) - TAG_BYTES)
    plaintext = _platform.ccm_open(key, nonce, sealed, external)
    if plaintext is None:
        raise BadMessage("the seal does not fit")
    return plaintext


def hkdf(root: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """Derive `length` bytes (at most 255 * 32) from `root` (RFC 5869, SHA-256)."""
    if not 0 < length <= 255 * _HASH_BYTES:
        raise ValueError("HKDF gives 1 to 8,160 bytes")
    extracted = hmac_sha256(salt or bytes(_HASH_BYTES), root)
    block, out = b"", b""
    while len(out) < length:
        block = hmac_sha256(extracted, block + info + bytes([len(out) // _HASH_BYTES + 1]))
        out += block
    return out[:length]


def _check(key: bytes, nonce: bytes, length: int) -> None:
    if len(key) != KEY_BYTES or len(nonce) != NONCE_BYTES:
        raise ValueError("AES-CCM-16-128-256 takes a 32-byte key and a 13-byte nonce")
    if length > PLAINTEXT_MAX:
        raise ValueError(f"plaintext is longer than {PLAINTEXT_MAX} bytes")
