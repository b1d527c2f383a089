"""The codec: RFC 8949's examples, one encoding a value, and refusal of everything else with one error."""

from hemlarm_protocol import cbor
from hemlarm_protocol.errors import BadMessage
from support import raises
from vector_files import unhex, vectors

VECTORS = vectors("cbor_rfc8949")


def both_ways(encoded: bytes, value: "cbor.Value") -> None:
    assert cbor.encode(value) == encoded, (encoded.hex(), value)
    assert cbor.decode(encoded) == value, (encoded.hex(), value)


def refused(text: str) -> str:
    """Check that the bytes spelt in hex are refused, and return why."""
    return str(raises(BadMessage, cbor.decode, unhex(text)))


def test_every_example_of_rfc_8949_in_our_part_of_cbor_goes_both_ways() -> None:
    for example in VECTORS["spoken"]:
        both_ways(unhex(example["hex"]), example["value"])
    for example in VECTORS["special"]:
        value = unhex(example["bytes"]) if "bytes" in example else dict(example["pairs"])
        both_ways(unhex(example["hex"]), value)


def test_every_other_example_of_rfc_8949_is_refused() -> None:
    for example in VECTORS["refused"]:
        refused(example["hex"])


def test_the_examples_are_all_there() -> None:
    assert sum([len(VECTORS[group]) for group in ("spoken", "special", "refused")]) == 82


def test_true_and_one_are_different() -> None:
    assert cbor.decode(b"\xf5") is True
    assert cbor.encode([True, False, 1, 0]) == b"\x84\xf5\xf4\x01\x00"


def test_every_length_has_one_form() -> None:
    for value in (0, 23, 24, 255, 256, 65535, 65536, 0xFFFFFFFF, 0x100000000, cbor.UINT_MAX):
        encoded = cbor.encode(value)
        assert cbor.decode(encoded) == value
        assert cbor.decode(cbor.encode(-1 - value)) == -1 - value
    for text in ("1800", "1817", "190000", "1900ff", "1a00000000", "1a0000ffff", "1b00000000ffffffff", "3817"):
        assert "shortest" in refused(text), text
    for text in ("580100", "7800", "9800", "b800", "59000100"):
        assert "shortest" in refused(text), text


def test_every_truncation_is_refused() -> None:
    whole = cbor.encode({1: [b"abc", "text", 70000, -70000, None], "key": {2: True, 300: [[]]}})
    assert cbor.encode(cbor.decode(whole)) == whole
    for length in range(len(whole)):
        raises(BadMessage, cbor.decode, whole[:length])


def test_bytes_behind_the_item_are_refused_for_the_same_reason_however_many() -> None:
    assert {refused("00" + "00" * count) for count in range(1, 20)} == {"bytes after the end of the CBOR item"}


def test_a_length_beyond_the_message_is_refused_before_anything_is_made_of_it() -> None:
    for major in ("5", "7", "9", "b"):
        for length in ("aff" * 0 + "aFFFFFFFF", "bFFFFFFFFFFFFFFFF", "b7FFFFFFFFFFFFFFF"):
            assert refused(major + length) == "CBOR length runs past the end"


def test_map_keys_out_of_order_or_twice_are_refused() -> None:
    assert cbor.encode({"b": 1, 10: 2, -1: 3, "aa": 4}) == unhex("a40a0220036162016261" + "6104")
    for text in (
        "a202000100",
        "a201000100",
        "a2616200616100",
        "a2616100616100",
        "a2200001" + "00",
        "a261610001" + "00",
    ):
        assert refused(text) == "CBOR map keys are not ascending", text


def test_map_keys_of_other_types_are_refused() -> None:
    for text in ("a14100", "a1f500", "a1f600", "a1410000", "a1800000"):
        refused(text)
    for key in (b"1", True, None, 1.5):
        raises(TypeError, cbor.encode, {key: 0})


def test_nesting_ends_at_the_limit_in_both_directions() -> None:
    value: cbor.Value = 0
    for _ in range(cbor.DEPTH_MAX):
        value = [value]
    encoded = cbor.encode(value)
    assert cbor.decode(encoded) == value
    assert "nested deeper" in str(raises(ValueError, cbor.encode, [value]))
    assert "nested deeper" in str(raises(BadMessage, cbor.decode, b"\x81" + encoded))
    assert "nested deeper" in str(raises(BadMessage, cbor.decode, b"\x81" * 5000))
    assert "nested deeper" in str(raises(BadMessage, cbor.decode, b"\xa1\x00" * 5000))


def test_text_that_is_not_utf_8_is_refused() -> None:
    for text in (
        "61ff",
        "61c3",
        "62c0af",
        "62c080",
        "63eda080",
        "63edbfbf",
        "64f4908080",
        "64f8888080",
        "6180",
        "63e08080",
    ):
        assert refused(text) == "CBOR text is not UTF-8", text
    for text in ("å", "\ud7ff", "\ue000", "\U0010ffff", "\x00"):
        assert cbor.decode(cbor.encode(text)) == text


def test_what_has_no_encoding_is_refused_by_name() -> None:
    for value in (1.5, {1, 2}, object()):
        raises(TypeError, cbor.encode, value)
    for value in (cbor.UINT_MAX + 1, -2 - cbor.UINT_MAX):
        raises(ValueError, cbor.encode, value)


def test_the_first_item_is_found_with_its_end() -> None:
    assert cbor.decode_first(b"\x82\x01\x02\x00\x00") == ([1, 2], 3)
    raises(BadMessage, cbor.decode_first, b"")


def test_views_and_arrays_of_bytes_decode_like_bytes() -> None:
    encoded = cbor.encode([b"abc", "text", {1: 2}])
    assert cbor.decode(memoryview(encoded)) == cbor.decode(bytearray(encoded)) == [b"abc", "text", {1: 2}]  # type: ignore[arg-type]
