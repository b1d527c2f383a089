"""Sealed messages: the published COSE form, size classes, nonces from numbers, and refusal of every change."""

from hemlarm_protocol import cbor, crypto, keys, sealing
from hemlarm_protocol.errors import BadMessage
from session_support import PANEL, ROOT_KEY, SALT, changed
from support import raises
from vector_files import unhex, vectors

KEY = keys.journal_key(ROOT_KEY, PANEL, SALT)
HELLO_KEY = keys.hello_key(ROOT_KEY, PANEL)
NONCE = bytes(range(50, 63))

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LARGEST = {64: 33, 128: 97, 256: 225, 512: 480, 1024: 992}
"""The longest item that fits each size with a number; 9 bytes less with a nonce of its own."""


def test_the_published_encrypt0_message_is_ours_but_for_its_length() -> None:
    example = vectors("cose_encrypt0")["messages"][0]
    protected, unprotected, ciphertext = b"\x44\xa1\x01\x18\x1f", b"\xa1\x05\x4d" + unhex(example["nonce"]), None
    message = unhex(example["message"])
    assert message.startswith(b"\x83" + protected + unprotected)
    ciphertext = cbor.decode(message[1 + len(protected) + len(unprotected) :])
    assert isinstance(ciphertext, bytes)
    associated = cbor.encode(["Encrypt0", protected[1:], b""])
    assert associated == unhex(example["associated"])
    key = unhex(example["key"])
    assert crypto.ccm_open(key, unhex(example["nonce"]), ciphertext, associated) == unhex(example["plaintext"])
    ours = sealing.seal_random(HELLO_KEY, unhex(example["nonce"]), b"")
    assert ours.startswith(message[: 1 + len(protected) + len(unprotected)])


def test_a_sealed_message_is_three_items_of_cbor() -> None:
    items: Any = cbor.decode(sealing.seal_numbered(KEY, 0x01020304, b"item"))
    protected, unprotected, ciphertext = items
    assert protected == cbor.encode({1: 31})
    assert unprotected == {6: b"\x01\x02\x03\x04"}
    assert len(ciphertext) == 33 + 16


def test_every_item_fills_its_size_class_exactly() -> None:
    for size, most in LARGEST.items():
        assert len(sealing.seal_numbered(KEY, 1, bytes(most))) == size
        assert len(sealing.seal_random(HELLO_KEY, NONCE, bytes(most - 9))) == size
        if size < 1024:
            assert len(sealing.seal_numbered(KEY, 1, bytes(most + 1))) == 2 * size
            assert len(sealing.seal_random(HELLO_KEY, NONCE, bytes(most - 8))) == 2 * size
    assert len(sealing.seal_numbered(KEY, 1, b"")) == 64


def test_what_fits_no_size_class_is_refused() -> None:
    raises(ValueError, sealing.seal_numbered, KEY, 1, bytes(LARGEST[1024] + 1))


def test_what_was_sealed_comes_back_padded_with_zeros() -> None:
    assert sealing.open_numbered(KEY, sealing.seal_numbered(KEY, 7, b"item")) == (7, b"item" + bytes(29))
    assert sealing.open_random(HELLO_KEY, sealing.seal_random(HELLO_KEY, NONCE, b"item")) == b"item" + bytes(20)


def test_a_number_beyond_its_bytes_is_refused_and_never_wraps() -> None:
    for number in (-1, sealing.NUMBER_MAX + 1, 1 << 40):
        raises(ValueError, sealing.seal_numbered, KEY, number, b"")
    assert sealing.open_numbered(KEY, sealing.seal_numbered(KEY, sealing.NUMBER_MAX, b""))[0] == sealing.NUMBER_MAX


def test_every_number_has_a_nonce_of_13_bytes_of_its_own() -> None:
    for base in (KEY.base, bytes(13), b"\xff" * 13):
        key = keys.SealingKey(KEY.kid, KEY.key, base, KEY.external, KEY.purpose)
        ciphertexts = [sealing.seal_numbered(key, number, b"")[-20:] for number in (0, 1, 255, 256, 0xFFFFFFFF)]
        assert len(set(ciphertexts)) == 5
        assert sealing.open_numbered(key, sealing.seal_numbered(key, 5, b"x"))[0] == 5


def test_every_flipped_bit_of_a_sealed_message_is_refused() -> None:
    sealed = sealing.seal_numbered(KEY, 3, b"item")
    for bit in range(8 * len(sealed)):
        raises(BadMessage, sealing.open_numbered, KEY, changed(sealed, bit))
    sealed = sealing.seal_random(HELLO_KEY, NONCE, bytes(50))
    for bit in range(8 * len(sealed)):
        raises(BadMessage, sealing.open_random, HELLO_KEY, changed(sealed, bit))


def test_every_truncation_and_extension_is_refused() -> None:
    sealed = sealing.seal_numbered(KEY, 3, b"item")
    for length in range(len(sealed)):
        raises(BadMessage, sealing.open_numbered, KEY, sealed[:length])
    for more in (1, 64, 192):
        raises(BadMessage, sealing.open_numbered, KEY, sealed + bytes(more))


def test_another_key_panel_or_purpose_does_not_open_it() -> None:
    sealed = sealing.seal_numbered(KEY, 3, b"item")
    others = (
        keys.journal_key(ROOT_KEY, bytes(8), SALT),
        keys.journal_key(bytes(32), PANEL, SALT),
        keys.journal_key(ROOT_KEY, PANEL, bytes(16)),
        keys.SealingKey(KEY.kid, KEY.key, KEY.base, HELLO_KEY.external, KEY.purpose),
    )
    for other in others:
        raises(BadMessage, sealing.open_numbered, other, sealed)


def test_a_numbered_message_is_not_a_random_one() -> None:
    raises(BadMessage, sealing.open_random, KEY, sealing.seal_numbered(KEY, 3, b""))
    raises(BadMessage, sealing.open_numbered, HELLO_KEY, sealing.seal_random(HELLO_KEY, NONCE, b""))


def test_a_frame_is_a_key_id_and_a_sealed_message_of_a_known_size() -> None:
    sealed = sealing.seal_numbered(KEY, 3, b"item")
    assert sealing.split_frame(sealing.frame(KEY, sealed)) == (KEY.kid, sealed)
    for length in range(0, 1100):
        if length - 4 in sealing.SIZES:
            assert len(sealing.split_frame(bytes(length))[1]) == length - 4
        else:
            raises(BadMessage, sealing.split_frame, bytes(length))


def test_a_stranger_cannot_make_more_than_a_few_reasons_for_refusal() -> None:
    reasons = set()
    for size in sealing.SIZES:
        for length in range(size - 14):
            head = cbor.encode(bytes(length))
            wrong = (sealing.seal_numbered(KEY, 1, b"")[:13] + head + bytes(size))[:size]
            reasons.add(str(raises(BadMessage, sealing.open_numbered, KEY, wrong)))
    assert len(reasons) <= 6, reasons


def test_the_short_tag_is_the_first_half_of_the_tag() -> None:
    sealed = sealing.seal_numbered(KEY, 3, b"item")
    assert sealing.short_tag(sealed) == sealed[-16:-8]
