"""Signed images of firmware for tests: the same arguments give the same bytes.

The keys have 32 signatures, and are no secret. Of real keys no index ever signs twice; here it follows from version
and board, so that a test's releases have different ones unless it says otherwise.
"""

import hashlib
from collections.abc import Mapping
from functools import cached_property
from unittest import mock

import pyhsslms  # type: ignore[import-untyped]

from hemlarm_protocol import bundle

BOARDS = ("simulated", "desk", "esp32-s3", "pico-2-w")
_LEAVES = 32
_BUILT_S = 1_750_000_000
_ABI = 6
"""The version of bytecode of MicroPython 1.23 to 1.29."""
_FILES = {
    "hemlarm_firmware/__init__.mpy": b"M\x06\x00\x1f",
    "hemlarm_firmware/start.mpy": b"M\x06\x00\x1f" + bytes(range(256)) * 12,
}
"""What looks like two modules, for tests in which no panel runs them."""


class Key:
    """An LMS key with 5 levels and digits of 4 bits, made from a number."""

    def __init__(self, number: int) -> None:
        self._secret = hashlib.sha256(b"no secret %d" % number).digest()

    @cached_property
    def public(self) -> bytes:
        """The 56 bytes of it that a panel's `trust` has."""
        return bytes(self._private.publicKey().serialize())

    def sign(self, head: bytes, leaf: int) -> bytes:
        """Return this key's signature number `leaf`, of 32, over the head."""
        key = self._private
        key.q = leaf
        key.ots_priv[leaf] = pyhsslms.LmotsPrivateKey(
            key.I, leaf.to_bytes(4, "big"), key.SEED, pyhsslms.lmots_sha256_n32_w4
        )
        with mock.patch("pyhsslms.pyhsslms.randBytes", lambda count: hashlib.sha256(head).digest()[:count]):
            return bytes(key.sign(head))

    @cached_property
    def _private(self) -> pyhsslms.LmsPrivateKey:
        kinds = (pyhsslms.lms_sha256_m32_h5, pyhsslms.lmots_sha256_n32_w4)
        return pyhsslms.LmsPrivateKey(*kinds, SEED=self._secret, I=self._secret[:16])


TEST_KEY = Key(1)
OTHER_KEY = Key(2)


def signed_image(
    version: int,
    files: Mapping[str, bytes] | None = None,
    floor: int = 1000,
    board: str = "simulated",
    data_format: int = 2,
    cloud_key: bytes = bytes(32),
    key: Key = TEST_KEY,
    *,
    abi: int = _ABI,
    built_s: int = _BUILT_S,
    leaf: int | None = None,
) -> bytes:
    """Return an image of these files, or of two that only look like modules. `leaf` is the signature's index."""
    contents = _FILES if files is None else files
    head = bundle.head_of(version, floor, data_format, abi, built_s, board, cloud_key, contents)
    if leaf is None:
        leaf = (BOARDS.index(board) * 8 + version if board in BOARDS else version) % _LEAVES
    return bundle.image(head, key.sign(head, leaf), contents)
