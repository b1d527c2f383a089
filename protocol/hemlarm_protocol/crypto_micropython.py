"""The platform's half of `crypto` on MicroPython: CCM (RFC 3610) over the AES that every port has.

The tag is the beginning of the last block of AES-CBC over the formatted blocks, with a zero vector; the key stream is
AES-ECB over the counter blocks. Exclusive-or is done on whole messages as integers, which on MicroPython is several
times faster than byte by byte.
"""

import hashlib

import cryptolib

from hemlarm_protocol.constant import const

_ECB = const(1)
_CBC = const(2)
_BLOCK = const(16)
_TAG = const(16)
_HMAC_BLOCK = const(64)
_INNER = const(0x36)
_OUTER = const(0x5C)


def sha256(data: bytes) -> bytes:
    """Return the SHA-256 digest of `data`."""
    return hashlib.sha256(data).digest()


def hmac_sha256(key: bytes, data: bytes) -> bytes:
    """Return HMAC-SHA256 (RFC 2104) of `data`."""
    if len(key) > _HMAC_BLOCK:
        key = sha256(key)
    key = key + bytes(_HMAC_BLOCK - len(key))
    inner = hashlib.sha256(bytes([byte ^ _INNER for byte in key]))
    inner.update(data)
    outer = hashlib.sha256(bytes([byte ^ _OUTER for byte in key]))
    outer.update(inner.digest())
    return outer.digest()


def ccm_seal(key: bytes, nonce: bytes, plaintext: bytes, external: bytes, tag_bytes: int = _TAG) -> bytes:
    """Return ciphertext and tag."""
    tag = _tag(key, nonce, plaintext, external, tag_bytes)
    return _mask(key, nonce, plaintext, tag)


def ccm_open(key: bytes, nonce: bytes, sealed: bytes, external: bytes, tag_bytes: int = _TAG) -> "bytes | None":
    """Return the plaintext, or None where the tag does not fit."""
    opened = _mask(key, nonce, sealed[:-tag_bytes], sealed[-tag_bytes:])
    plaintext, tag = opened[:-tag_bytes], opened[-tag_bytes:]
    difference = int.from_bytes(tag, "big") ^ int.from_bytes(_tag(key, nonce, plaintext, external, tag_bytes), "big")
    return None if difference else plaintext


def _tag(key: bytes, nonce: bytes, plaintext: bytes, external: bytes, tag_bytes: int) -> bytes:
    flags = (0x40 if external else 0) | ((tag_bytes - 2) // 2) << 3 | 1
    blocks = bytearray([flags])
    blocks.extend(nonce)
    blocks.extend(len(plaintext).to_bytes(2, "big"))
    if external:
        blocks.extend(len(external).to_bytes(2, "big"))
        blocks.extend(external)
        blocks.extend(bytes(-len(blocks) % _BLOCK))
    blocks.extend(plaintext)
    blocks.extend(bytes(-len(blocks) % _BLOCK))
    return cryptolib.aes(key, _CBC, bytes(_BLOCK)).encrypt(blocks)[-_BLOCK:][:tag_bytes]


def _mask(key: bytes, nonce: bytes, text: bytes, tag: bytes) -> bytes:
    """Exclusive-or `text` and then `tag` with the key stream; CCM keeps counter 0 for the tag."""
    prefix = b"\x01" + nonce
    count = (len(text) + _BLOCK - 1) // _BLOCK
    counters = b"".join([prefix + counter.to_bytes(2, "big") for counter in range(count + 1)])
    stream = cryptolib.aes(key, _ECB).encrypt(counters)
    stream = stream[_BLOCK : _BLOCK + len(text)] + stream[: len(tag)]
    mixed = int.from_bytes(text + tag, "big") ^ int.from_bytes(stream, "big")
    return mixed.to_bytes(len(stream), "big")
