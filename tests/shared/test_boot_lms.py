"""A signature holds for the message and the key that it was made for, and for nothing else."""

from boot_signing import Key
from boot_support import flipped
from hemlarm_boot import lms
from vector_files import unhex, vectors

MESSAGE = b"what is signed"
LMS_HEAD = 8  # Leaf number and one-time type.


def levels(case: "dict[str, object]") -> "list[tuple[bytes, bytes, bytes]]":
    """Return (public, signature, message) of both levels of one of the RFC's test cases, which are of two trees."""
    public, message = unhex(str(case["public"])), unhex(str(case["message"]))
    whole = unhex("".join(case["signature"]))  # type: ignore[arg-type]
    chains, height = {3: (67, 10), 4: (34, 5)}[int.from_bytes(public[4:8], "big")]
    first = 4 + 4 + 4 + 32 * (1 + chains) + 4 + 32 * height
    second = first + lms.PUBLIC_BYTES
    return [(public, whole[4:first], whole[first:second]), (whole[first:second], whole[second:], message)]


def made_by_pyhsslms() -> "list[tuple[bytes, bytes, bytes]]":
    cases = vectors("lms_pyhsslms")["cases"]
    return [(unhex(case["public"]), unhex("".join(case["signature"])), unhex(case["message"])) for case in cases]


def published() -> "list[tuple[bytes, bytes, bytes]]":
    found = []
    for case in vectors("lms_rfc8554")["cases"]:
        found += levels(case)
    return found + made_by_pyhsslms()


def test_published_signatures_hold() -> None:
    assert len(published()) == 9
    for public, signature, message in published():
        assert lms.verify(public, signature, message)


def test_a_message_may_come_in_pieces() -> None:
    for public, signature, message in published():
        check = lms.Check(public, signature)
        for at in range(0, len(message), 7):
            check.update(message[at : at + 7])
        assert check.holds()


def test_no_published_signature_holds_for_another_message_or_key() -> None:
    cases = published()
    for number, (public, signature, message) in enumerate(cases):
        other_public, _, other_message = cases[number - 1]
        assert not lms.verify(public, signature, other_message)
        assert not lms.verify(other_public, signature, message)
        assert not lms.verify(public, signature, message + b"\n")
        assert not lms.verify(public, signature, message[:-1])


def test_a_changed_bit_in_every_part_of_it_is_refused() -> None:
    for public, signature, message in published():
        step = len(signature) // 16 + 1
        for at in range(0, len(signature), step):
            assert not lms.verify(public, flipped(signature, at, at % 8), message), at
        for at in range(0, len(public), 5):
            assert not lms.verify(flipped(public, at, at % 8), signature, message), at
        for at in range(0, len(message), 17):
            assert not lms.verify(public, signature, flipped(message, at, at % 8)), at


def test_no_length_of_key_and_signature_raises() -> None:
    key = Key(b"lengths")
    signature = key.sign(MESSAGE)
    assert lms.verify(key.public, signature, MESSAGE)
    for length in list(range(64)) + list(range(64, len(signature), 97)) + [len(signature) - 1]:
        assert not lms.verify(key.public, signature[:length], MESSAGE)
    for length in range(lms.PUBLIC_BYTES):
        assert not lms.verify(key.public[:length], signature, MESSAGE)
    assert not lms.verify(key.public + b"\0", signature, MESSAGE)
    assert not lms.verify(key.public, signature + b"\0", MESSAGE)


def test_a_leaf_beyond_the_tree_is_refused() -> None:
    key = Key(b"leaves")
    signature = key.sign(MESSAGE, leaf=3)
    for leaf in (3 + 32, 3 + (1 << 31), 4):
        assert not lms.verify(key.public, leaf.to_bytes(4, "big") + signature[4:], MESSAGE)


def test_types_that_are_not_the_keys_are_refused() -> None:
    key = Key(b"types")
    signature = key.sign(MESSAGE)
    for kind in (0, 2, 3, 4, 5, 0xFFFFFFFF):
        other = kind.to_bytes(4, "big")
        assert not lms.verify(key.public, signature[:4] + other + signature[8:], MESSAGE)
        assert not lms.verify(key.public[:4] + other + key.public[8:], signature, MESSAGE)
        both = signature[:4] + other + signature[8:]
        assert not lms.verify(key.public[:4] + other + key.public[8:], both, MESSAGE)


def test_the_tests_own_keys_sign_as_the_rfc_says() -> None:
    for width in (1, 4):
        key = Key(b"widths", width)
        assert lms.verify(key.public, key.sign(MESSAGE), MESSAGE)
        assert not lms.verify(key.public, key.sign(MESSAGE), MESSAGE + b"!")
