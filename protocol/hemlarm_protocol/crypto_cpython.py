"""The platform's half of `crypto` on CPython: the `cryptography` package and the standard library."""

import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESCCM


def sha256(data: bytes) -> bytes:
    """Return the SHA-256 digest of `data`."""
    return hashlib.sha256(data).digest()


def hmac_sha256(key: bytes, data: bytes) -> bytes:
    """Return HMAC-SHA256 (RFC 2104) of `data`."""
    return hmac.digest(key, data, "sha256")


def ccm_seal(key: bytes, nonce: bytes, plaintext: bytes, external: bytes, tag_bytes: int = 16) -> bytes:
    """Return ciphertext and tag."""
    return AESCCM(key, tag_length=tag_bytes).encrypt(nonce, plaintext, external)


def ccm_open(key: bytes, nonce: bytes, sealed: bytes, external: bytes, tag_bytes: int = 16) -> bytes | None:
    """Return the plaintext, or None where the tag does not fit."""
    try:
        return AESCCM(key, tag_length=tag_bytes).decrypt(nonce, sealed, external)
    except InvalidTag:
        return None
