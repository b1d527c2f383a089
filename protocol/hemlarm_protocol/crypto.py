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

SHORT_KEY_BYTES = 16
SHORT_TAG_BYTES = 8
"""AES-CCM-16-64-128 of RFC 9053, for the sensors' radio, where each byte costs battery and time on air."""

PLAINTEXT_MAX = 2048
"""Longest plaintext accepted, far below the 65,535 bytes that CCM with a two-byte length allows."""

_HASH_BYTES = const(32)

sha256 = _platform.sha256
hmac_sha256 = _platform.hmac_sha256


def ccm_seal(key: bytes, nonce: bytes, plaintext: bytes, external: bytes, tag_bytes: int = TAG_BYTES) -> bytes:
    """Return the ciphertext with its tag appended. A nonce must never be used twice under one key.

    The tag has 16 bytes under a 32-byte key, or SHORT_TAG_BYTES under one of SHORT_KEY_BYTES.
    """
    _check(key, nonce, len(plaintext), tag_bytes)
    return _platform.ccm_seal(key, nonce, plaintext, external, tag_bytes)


def ccm_open(key: bytes, nonce: bytes, sealed: bytes, external: bytes, tag_bytes: int = TAG_BYTES) -> bytes:
    """Return the plaintext, or raise BadMessage where anything at all was changed."""
    if len(sealed) < tag_bytes:
        raise BadMessage("ciphertext is shorter than its tag")
    if len(sealed) > PLAINTEXT_MAX + tag_bytes:
        raise BadMessage("ciphertext is too long")
    _check(key, nonce, len(sealed) - tag_bytes, tag_bytes)
    plaintext = _platform.ccm_open(key, nonce, sealed, external, tag_bytes)
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


def _check(key: bytes, nonce: bytes, length: int, tag_bytes: int) -> None:
    key_bytes = SHORT_KEY_BYTES if tag_bytes == SHORT_TAG_BYTES else KEY_BYTES
    if len(key) != key_bytes or len(nonce) != NONCE_BYTES or tag_bytes not in (TAG_BYTES, SHORT_TAG_BYTES):
        raise ValueError("AES-CCM takes a 13-byte nonce, and a 32-byte key with a 16-byte tag or a 16-byte one with 8")
    if length > PLAINTEXT_MAX:
        raise ValueError(f"plaintext is longer than {PLAINTEXT_MAX} bytes")
