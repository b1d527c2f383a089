"""The cryptography against published vectors, and refusal of anything changed; on each interpreter's own primitives."""

from hemlarm_protocol import crypto
from hemlarm_protocol.errors import BadMessage
from support import raises
from vector_files import unhex, vectors

KEY, NONCE = bytes(range(32)), bytes(range(13))


def test_sha256_of_the_standards_examples() -> None:
    assert crypto.sha256(b"abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert crypto.sha256(b"").hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_hmac_of_rfc_4231() -> None:
    for case in vectors("hmac_rfc4231")["codes"]:
        assert crypto.hmac_sha256(unhex(case["key"]), unhex(case["data"])).hex() == case["code"], case["from"]


def test_hkdf_of_rfc_5869() -> None:
    for case in vectors("hkdf_rfc5869")["derived"]:
        out = crypto.hkdf(unhex(case["root"]), unhex(case["salt"]), unhex(case["info"]), case["length"])
        assert out.hex() == case["out"], case["from"]


def test_hkdf_gives_at_most_255_blocks_and_at_least_one_byte() -> None:
    assert len(crypto.hkdf(KEY, b"", b"", 255 * 32)) == 255 * 32
    for length in (0, -1, 255 * 32 + 1):
        raises(ValueError, crypto.hkdf, KEY, b"", b"", length)


def test_ccm_of_the_published_vectors_seals_and_opens() -> None:
    for case in vectors("aes_ccm_nist")["opened"]:
        key, nonce, external = unhex(case["key"]), unhex(case["nonce"]), unhex(case["external"])
        plaintext, sealed = unhex(case["plaintext"]), unhex(case["sealed"])
        assert crypto.ccm_seal(key, nonce, plaintext, external) == sealed, case["from"]
        assert crypto.ccm_open(key, nonce, sealed, external) == plaintext, case["from"]


def test_ccm_refuses_what_the_published_vectors_call_a_failure() -> None:
    for case in vectors("aes_ccm_nist")["refused"]:
        args = [unhex(case[field]) for field in ("key", "nonce", "sealed", "external")]
        assert str(raises(BadMessage, crypto.ccm_open, *args)) == "the seal does not fit", case["from"]


def test_ccm_with_a_short_tag_of_the_published_vectors_seals_and_opens() -> None:
    for case in vectors("aes_ccm_rfc3610")["opened"]:
        key, nonce, external = unhex(case["key"]), unhex(case["nonce"]), unhex(case["external"])
        plaintext, sealed = unhex(case["plaintext"]), unhex(case["sealed"])
        assert crypto.ccm_seal(key, nonce, plaintext, external, 8) == sealed, case["from"]
        assert crypto.ccm_open(key, nonce, sealed, external, 8) == plaintext, case["from"]
        for bit in range(8 * len(sealed)):
            wrong = bytearray(sealed)
            wrong[bit // 8] ^= 1 << (bit % 8)
            raises(BadMessage, crypto.ccm_open, key, nonce, bytes(wrong), external, 8)


def test_a_short_tag_goes_with_a_short_key_only() -> None:
    for key_bytes, tag_bytes in ((32, 8), (16, 16), (16, 0), (32, 0), (16, 4), (32, 12), (16, 12)):
        raises(ValueError, crypto.ccm_seal, bytes(key_bytes), NONCE, b"", b"", tag_bytes)
        raises(ValueError, crypto.ccm_open, bytes(key_bytes), NONCE, bytes(16), b"", tag_bytes)
    raises(BadMessage, crypto.ccm_open, bytes(16), NONCE, bytes(7), b"", 8)


def test_every_length_around_a_block_goes_both_ways() -> None:
    for length in (0, 1, 15, 16, 17, 31, 32, 33, 47, 48, 255, 256, 1000, crypto.PLAINTEXT_MAX):
        for external in (b"", b"e", bytes(14), bytes(15), bytes(300)):
            plaintext = bytes([i & 0xFF for i in range(length)])
            sealed = crypto.ccm_seal(KEY, NONCE, plaintext, external)
            assert len(sealed) == length + crypto.TAG_BYTES
            assert crypto.ccm_open(KEY, NONCE, sealed, external) == plaintext


def test_every_flipped_bit_is_refused() -> None:
    sealed = crypto.ccm_seal(KEY, NONCE, b"seventeen bytes!!", b"external")
    for part, whole in enumerate((KEY, NONCE, sealed, b"external")):
        for bit in range(8 * len(whole)):
            args = [KEY, NONCE, sealed, b"external"]
            wrong = bytearray(whole)
            wrong[bit // 8] ^= 1 << (bit % 8)
            args[part] = bytes(wrong)
            raises(BadMessage, crypto.ccm_open, *args)


def test_every_truncation_and_extension_is_refused() -> None:
    sealed = crypto.ccm_seal(KEY, NONCE, b"seventeen bytes!!", b"external")
    for length in range(len(sealed)):
        raises(BadMessage, crypto.ccm_open, KEY, NONCE, sealed[:length], b"external")
    raises(BadMessage, crypto.ccm_open, KEY, NONCE, sealed + b"\x00", b"external")
    raises(BadMessage, crypto.ccm_open, KEY, NONCE, sealed, b"external\x00")


def test_what_is_too_long_is_refused_before_it_is_worked_on() -> None:
    raises(ValueError, crypto.ccm_seal, KEY, NONCE, bytes(crypto.PLAINTEXT_MAX + 1), b"")
    raises(BadMessage, crypto.ccm_open, KEY, NONCE, bytes(crypto.PLAINTEXT_MAX + 17), b"")


def test_keys_and_nonces_of_other_lengths_are_refused() -> None:
    for length in (0, 7, 12, 14, 16):
        raises(ValueError, crypto.ccm_seal, KEY, bytes(length), b"", b"")
        raises(ValueError, crypto.ccm_open, KEY, bytes(length), bytes(16), b"")
    for length in (0, 16, 24, 31, 33):
        raises(ValueError, crypto.ccm_seal, bytes(length), NONCE, b"", b"")
