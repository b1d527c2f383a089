"""Who signed a firmware image: LMS signatures (RFC 8554) checked against the installation's trusted keys.

This is not the check that protects panels: each of them does its own. It keeps what no panel would take, and what the
signer should never have signed, from being offered at all.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pyhsslms  # type: ignore[import-untyped]

from hemlarm_cloud.errors import InvalidError

PUBLIC_BYTES = 56
"""Of a public key with 32 bytes of hash: two typecodes of 4 bytes, an identifier of 16, and the root of its tree."""

TRUSTED_MAX = 4
"""Keys that a panel's trust has room for."""

_LMS_TYPES = range(5, 10)
"""SHA-256 with 32 bytes and trees of 5, 10, 15, 20 and 25 levels: RFC 8554, section 5.1."""

_LMOTS_TYPES = range(1, 5)
"""SHA-256 with 32 bytes and digits of 1, 2, 4 and 8 bits: section 4.1."""

_IDENTIFIER = slice(8, 24)


class Signer(NamedTuple):
    """Which one-time key signed: the identifier of the LMS key, and its place in the tree."""

    key: bytes
    leaf: int


def read_trust(file: Path) -> list[bytes]:
    """Return the public keys that a file holds one behind the other. Raises InvalidError."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InvalidError(
            f"{file} cannot be read ({error.strerror}): put the file `trust` there that `hemlarm update keygen` made"
        ) from None
    return keys_of(content, str(file))


def keys_of(content: bytes, name: str) -> list[bytes]:
    """Return the public keys in the content of a file `trust`. Raises InvalidError with `name`."""
    count, rest = divmod(len(content), PUBLIC_BYTES)
    if rest or not 1 <= count <= TRUSTED_MAX:
        raise InvalidError(
            f"{name}: {len(content)} bytes; 1 to {TRUSTED_MAX} keys of {PUBLIC_BYTES} bytes belong there"
        )
    keys = [content[start : start + PUBLIC_BYTES] for start in range(0, len(content), PUBLIC_BYTES)]
    if not all(_is_known_kind(key) for key in keys):
        raise InvalidError(f"{name}: a key in it is of no kind of RFC 8554 with SHA-256; take the file from keygen")
    return keys


def signer(trusted: Sequence[bytes], message: bytes, signature: bytes) -> Signer:
    """Return who signed this message. Raises InvalidError unless one of the trusted keys did."""
    if not signature:
        raise InvalidError("the image is not signed: run `hemlarm update sign` on it")
    for key in trusted:
        if _verifies(key, message, signature):
            return Signer(key[_IDENTIFIER], int.from_bytes(signature[:4], "big"))
    raise InvalidError("the image's signature is wrong: it was changed, or signed by a key that is not trusted here")


def _verifies(key: bytes, message: bytes, signature: bytes) -> bool:
    # The library takes the kind of one-time key from the signature, where RFC 8554 wants the public key's.
    if signature[4:8] != key[4:8]:
        return False
    try:
        return bool(pyhsslms.LmsPublicKey.deserialize(key).verify(message, signature))
    except (ValueError, IndexError):
        return False


def _is_known_kind(key: bytes) -> bool:
    lms, lmots = int.from_bytes(key[:4], "big"), int.from_bytes(key[4:8], "big")
    return lms in _LMS_TYPES and lmots in _LMOTS_TYPES
