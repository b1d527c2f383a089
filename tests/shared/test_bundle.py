"""The image of a release: what goes in comes out, and nothing else is an image."""

import struct

from hemlarm_protocol import bundle
from support import raises

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FILES = {"hemlarm_firmware/app.mpy": b"the app", "hemlarm_boot.mpy": b"", "a.mpy": b"\x00" * 300}
CLOUD_KEY = bytes(range(32))


def head(other: "dict[str, Any] | None" = None) -> bytes:
    facts: dict[str, Any] = {
        "version": 1005,
        "floor": 1000,
        "data_format": 2,
        "abi": 6,
        "built_s": 1_750_000_000,
        "board": "esp32-s3",
        "cloud_key": CLOUD_KEY,
        "files": FILES,
    }
    facts.update(other or {})
    return bundle.head_of(**facts)


def image() -> bytes:
    return bundle.image(head(), b"signature", FILES)


def complaint(data: bytes) -> str:
    return str(raises(bundle.BundleError, bundle.parse, data))


def test_what_goes_into_an_image_comes_out() -> None:
    parsed = bundle.parse(image())
    assert parsed.files == FILES
    assert (parsed.head_bytes, parsed.signature) == (head(), b"signature")
    assert parsed.head[:7] == (1005, 1000, 2, 6, 1_750_000_000, "esp32-s3", CLOUD_KEY)
    assert [name for name, _, _ in parsed.head.files] == sorted(FILES)
    assert bundle.parse_head(image()) == bundle.parse_head(head()) == parsed.head


def test_the_order_in_which_files_are_given_does_not_matter() -> None:
    backwards = {}
    for name in sorted(FILES, reverse=True):
        backwards[name] = FILES[name]
    assert bundle.image(head({"files": backwards}), b"signature", backwards) == image()


def test_the_format_stays_what_panels_in_the_field_read() -> None:
    made = bundle.image(head({"files": {"a.mpy": b"x"}}), b"s", {"a.mpy": b"x"})
    assert made[:4] == b"HmB1"
    assert struct.unpack("<IHHBBI", made[4:18]) == (114, 1005, 1000, 2, 6, 1_750_000_000)
    assert made[18:34] == b"esp32-s3\0\0\0\0\0\0\0\0"
    assert made[34:66] == CLOUD_KEY
    assert struct.unpack("<IH", made[66:72]) == (1, 1)
    assert made[72:82] == b"\x05a.mpy\x01\0\0\0"
    assert made[114:] == b"\x01\0sx"


def test_an_image_that_ends_early_or_late_is_refused() -> None:
    whole = image()
    for count in range(len(whole)):
        complaint(whole[:count])
    assert "instead of" in complaint(whole + b"\0")


def test_one_changed_bit_is_refused_or_is_another_image_of_the_same_form() -> None:
    whole = image()
    refused = 0
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        try:
            parsed = bundle.parse(bytes(changed))
        except bundle.BundleError:
            refused += 1
        else:
            assert bundle.image(parsed.head_bytes, parsed.signature, parsed.files) == bytes(changed)
            assert parsed.head_bytes != head() or parsed.signature != b"signature"
    # What is free to be another: the numbers, the date, the cloud's key and the signature; letters of names, at times.
    assert refused > len(whole) - 100


def test_a_changed_file_is_named() -> None:
    whole = image()
    assert complaint(whole[:-1] + b"x") == "hemlarm_firmware/app.mpy is not what the head says; get the image once more"


def test_names_that_could_lead_elsewhere_are_refused() -> None:
    for name in (
        "/a.mpy",
        "../a.mpy",
        "a/../b.mpy",
        "a//b.mpy",
        "./a.mpy",
        "a/",
        "",
        "A.mpy",
        "a b",
        "å.mpy",
        "a" * 65,
    ):
        raises(bundle.BundleError, head, {"files": {name: b""}})
    head({"files": {"a" * 64: b""}})


def test_files_out_of_order_or_there_twice_are_refused() -> None:
    two = bundle.image(head({"files": {"a.mpy": b"", "b.mpy": b""}}), b"", {"a.mpy": b"", "b.mpy": b""})
    for first, second in ((b"b", b"a"), (b"a", b"a")):
        swapped = bytearray(two)
        swapped[73:74], swapped[115:116] = first, second
        assert "out of order" in complaint(bytes(swapped))


def test_what_a_head_cannot_say_is_refused_with_its_name() -> None:
    for what, wrong in (
        ("version", {"version": 65_536}),
        ("floor", {"floor": -1}),
        ("floor 1006 is above the version 1005", {"floor": 1006}),
        ("data format", {"data_format": 256}),
        ("bytecode", {"abi": 256}),
        ("date", {"built_s": 1 << 32}),
        ("board", {"board": ""}),
        ("board", {"board": "a" * 17}),
        ("board", {"board": "Pico"}),
        ("key", {"cloud_key": bytes(31)}),
        ("0 files", {"files": {}}),
    ):
        text = str(raises(bundle.BundleError, head, wrong))
        assert what in text, text


def test_an_image_that_is_too_large_for_a_board_is_refused() -> None:
    assert "are allowed" in complaint(image() + bytes(bundle.IMAGE_BYTES_MAX))
    many = {}
    for number in range(bundle.FILES_MAX + 1):
        many[f"{number:03}.mpy"] = b""
    raises(bundle.BundleError, head, {"files": many})


def test_something_behind_the_head_is_no_head() -> None:
    raises(bundle.BundleError, bundle.image, head() + b"\0", b"", FILES)


def test_a_release_is_known_by_its_signed_head() -> None:
    assert bundle.digest(head()) != bundle.digest(head({"version": 1006}))
    assert len(bundle.digest(head())) == 32
