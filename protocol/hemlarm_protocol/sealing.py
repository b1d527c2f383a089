"""COSE_Encrypt0 (RFC 9052) with AES-CCM-16-128-256, padded to size classes.

A frame is a 4-byte key id and the COSE message. The message is padded so that its length is one of `SIZES`: whoever
watches learns a size class and nothing else. An event is always in the first class, 64 bytes.
"""

from hemlarm_protocol import cbor, crypto
from hemlarm_protocol.constant import const
from hemlarm_protocol.errors import BadMessage
from hemlarm_protocol.keys import KID_BYTES, SealingKey

SIZES = (64, 128, 256, 512, 1024)
FRAME_MAX = KID_BYTES + SIZES[-1]
NUMBER_MAX = 0xFFFFFFFF
TAG_SHORT = 8
"""How much of an event's tag an acknowledgement repeats."""

_PROTECTED = b"\xa1\x01\x18\x1f"  # {1: 31}: the algorithm is AES-CCM-16-128-256.
_COUNTED = b"\x83\x44" + _PROTECTED + b"\xa1\x06\x44"  # Behind it: a Partial IV of 4 bytes.
_RANDOM = b"\x83\x44" + _PROTECTED + b"\xa1\x05\x4d"  # Behind it: an IV of 13 bytes.
_COUNTER_BYTES = const(4)


def seal_numbered(key: SealingKey, number: int, item: bytes) -> bytes:
    """Return `item` sealed under the nonce of `number`, which the caller never uses again under this key."""
    if not 0 <= number <= NUMBER_MAX:
        raise ValueError("an event number or a counter has 32 bits")
    counter = number.to_bytes(_COUNTER_BYTES, "big")
    return _seal(key, _COUNTED + counter, _numbered_nonce(key, counter), item)


def seal_random(key: SealingKey, nonce: bytes, item: bytes) -> bytes:
    """Return `item` sealed under 13 random bytes, for keys that outlive every counter."""
    return _seal(key, _RANDOM + nonce, nonce, item)


def open_numbered(key: SealingKey, sealed: bytes) -> "tuple[int, bytes]":
    """Return (number, padded item). Raises BadMessage."""
    counter, ciphertext = _split(sealed, _COUNTED, _COUNTER_BYTES)
    nonce = _numbered_nonce(key, counter)
    return int.from_bytes(counter, "big"), crypto.ccm_open(key.key, nonce, ciphertext, _associated(key))


def open_random(key: SealingKey, sealed: bytes) -> bytes:
    """Return the padded item. Raises BadMessage."""
    nonce, ciphertext = _split(sealed, _RANDOM, crypto.NONCE_BYTES)
    return crypto.ccm_open(key.key, nonce, ciphertext, _associated(key))


def frame(key: SealingKey, sealed: bytes) -> bytes:
    """Return what goes over the wire: the key id, then the sealed message."""
    return key.kid + sealed


def split_frame(data: bytes) -> "tuple[bytes, bytes]":
    """Return (key id, sealed message). Raises BadMessage for a length that no sender produces."""
    if len(data) - KID_BYTES not in SIZES:
        raise BadMessage("frame is of no known size class")
    return bytes(data[:KID_BYTES]), bytes(data[KID_BYTES:])


def short_tag(sealed: bytes) -> bytes:
    """Return the 8 bytes that stand for this sealed message in an acknowledgement."""
    return sealed[-crypto.TAG_BYTES :][:TAG_SHORT]


def _seal(key: SealingKey, header: bytes, nonce: bytes, item: bytes) -> bytes:
    for size in SIZES:
        room = _room(size, len(header))
        if len(item) <= room:
            padded = item + bytes(room - len(item))
            return header + cbor.encode(crypto.ccm_seal(key.key, nonce, padded, _associated(key)))
    raise ValueError(f"a message of {len(item)} bytes fits no size class")


def _room(size: int, header: int) -> int:
    """Plaintext in a sealed message of `size`: less header, CBOR length (2 bytes up to 255, else 3) and tag."""
    body = size - header
    return body - (2 if body - 2 <= 0xFF else 3) - crypto.TAG_BYTES


def _split(sealed: bytes, header: bytes, nonce_bytes: int) -> "tuple[bytes, bytes]":
    if len(sealed) not in SIZES:
        raise BadMessage("sealed message is of no known size class")
    start = len(header) + nonce_bytes
    if sealed[: len(header)] != header:
        raise BadMessage("not the COSE header this key is used with")
    ciphertext = cbor.decode(sealed[start:])
    if not isinstance(ciphertext, bytes):
        raise BadMessage("the ciphertext is not a byte string")
    return sealed[len(header) : start], ciphertext


def _numbered_nonce(key: SealingKey, counter: bytes) -> bytes:
    """Base nonce exclusive-or the left-padded Partial IV (RFC 9052 section 3.1)."""
    mixed = int.from_bytes(key.base, "big") ^ int.from_bytes(counter, "big")
    return mixed.to_bytes(crypto.NONCE_BYTES, "big")


def _associated(key: SealingKey) -> bytes:
    return cbor.encode(["Encrypt0", _PROTECTED, key.external])
