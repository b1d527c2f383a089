"""X25519 is that of RFC 7748: its vectors, and nothing in common with a key that has nothing to give."""

from hemlarm_protocol import x25519
from hemlarm_protocol.errors import BadMessage
from support import raises

MULTIPLIED = (
    (
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
        "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
    ),
    (
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
        "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
    ),
)
"""Secret, public key, what they have in common: section 5.2. The second's highest bit is set, and does not count."""

ALICE, ALICE_PUBLIC = (
    "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
    "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
)
BOB, BOB_PUBLIC = (
    "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
    "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
)
BOTH = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
"""Section 6.1."""

ONCE = "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"
A_THOUSAND_TIMES = "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51"
"""What becomes of k = u = 9 when each result is the next k, and each k the next u: section 5.2."""

PRIME = (1 << 255) - 19
SMALL_ORDER = (
    0,
    1,
    325606250916557431795983626356110631294008115727848805560023387167927233504,
    39382357235489614581723060781553021112529911719440698176882885853963445705823,
    PRIME - 1,
    PRIME,
    PRIME + 1,
)
"""The points whose order divides 8, which RFC 7748 section 6.1 has in mind, and two of them written otherwise."""


def common(secret: str, public: str) -> str:
    return x25519.shared_secret(bytes.fromhex(secret), bytes.fromhex(public)).hex()


def test_the_vectors_of_the_rfc_hold() -> None:
    for secret, public, expected in MULTIPLIED:
        assert common(secret, public) == expected


def test_two_find_the_same_secret() -> None:
    assert x25519.public_key(bytes.fromhex(ALICE)).hex() == ALICE_PUBLIC
    assert x25519.public_key(bytes.fromhex(BOB)).hex() == BOB_PUBLIC
    assert common(ALICE, BOB_PUBLIC) == common(BOB, ALICE_PUBLIC) == BOTH


def test_a_thousand_turns_end_where_the_rfc_says() -> None:
    k = u = b"\x09" + bytes(31)
    for turn in range(1000):
        k, u = x25519.shared_secret(k, u), k
        assert turn or k.hex() == ONCE
    assert k.hex() == A_THOUSAND_TIMES


def test_a_public_key_that_gives_nothing_is_refused() -> None:
    for point in SMALL_ORDER:
        for high_bit in (0, 1 << 255):
            public = (point | high_bit).to_bytes(32, "little")
            assert "small order" in str(raises(BadMessage, x25519.shared_secret, bytes.fromhex(ALICE), public))


def test_keys_of_another_length_are_refused() -> None:
    for wrong in (b"", bytes(31), bytes(33)):
        raises(BadMessage, x25519.shared_secret, bytes.fromhex(ALICE), wrong)
        raises(ValueError, x25519.public_key, wrong)
