"""Signatures by pyhsslms hold on the panel's side, and not one of their bits may be another."""

import pyhsslms  # type: ignore[import-untyped]
import pytest

from boot_signing import Key
from hemlarm_boot import lms
from images import TEST_KEY

MESSAGE = b"a head"


@pytest.mark.parametrize("width", ["w1", "w2", "w4", "w8"])
def test_what_pyhsslms_signs_holds(width: str) -> None:
    key = pyhsslms.LmsPrivateKey(pyhsslms.lms_sha256_m32_h5, getattr(pyhsslms, f"lmots_sha256_n32_{width}"))
    public = bytes(key.publicKey().serialize())
    for number in range(4):
        message = bytes(range(number * 40))
        signature = bytes(key.sign(message))
        assert lms.verify(public, signature, message)
        assert not lms.verify(public, signature, message + b"!")


@pytest.mark.parametrize("width", [1, 4])
def test_what_the_tests_own_keys_sign_holds_for_pyhsslms_too(width: int) -> None:
    key = Key(b"peer", width)
    signature = key.sign(MESSAGE)
    public = pyhsslms.LmsPublicKey.deserialize(key.public)
    assert public.verify(MESSAGE, signature)
    assert not public.verify(MESSAGE + b"!", signature)


def test_every_single_bit_change_is_refused() -> None:
    signed = [TEST_KEY.public, TEST_KEY.sign(MESSAGE, 21), MESSAGE]
    assert lms.verify(*signed)
    refused = 0
    for part in range(3):
        for bit in range(8 * len(signed[part])):
            changed = list(signed)
            data = bytearray(signed[part])
            data[bit // 8] ^= 1 << bit % 8
            changed[part] = bytes(data)
            refused += not lms.verify(*changed)
    assert refused == 8 * sum(map(len, signed)) == 19_280
