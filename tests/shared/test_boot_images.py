"""An image is what its head says, to the last byte, and its head is what a trusted key signed; else it is refused."""

from boot_support import (
    BOARD,
    FILES,
    KEY,
    SECOND_KEY,
    STRANGER,
    digest_of,
    flipped,
    image,
    new_folder,
    write,
)
from hemlarm_boot import image as images
from hemlarm_boot import imports, verification
from hemlarm_boot.imports import ImageError
from hemlarm_protocol import bundle, upkeep
from support import raises

KEYS = [SECOND_KEY.public, KEY.public]


def refusal(data: bytes, keys: "list[bytes] | None" = None) -> int:
    """Return why an image is refused, 0 where it is not."""
    root = new_folder()
    write(root, "x.img", data)
    try:
        verification.read(root + "/x.img", KEYS if keys is None else keys).check_files()
    except ImageError as error:
        return error.args[0]  # type: ignore[no-any-return]
    return 0


def opened(data: bytes) -> "tuple[str, images.Image]":
    """Return the folder and the image in it."""
    root = new_folder()
    write(root, "x.img", data)
    return root, verification.read(root + "/x.img", KEYS)


def signed_head(head: bytes, files: "dict[str, bytes]") -> bytes:
    """Return an image with this head, whatever is wrong with it."""
    signature = KEY.sign(head)
    body = b"".join([files[name] for name in sorted(files)])
    return head + len(signature).to_bytes(2, "little") + signature + body


def head_of(files: "dict[str, bytes]", **fields: object) -> bytes:
    whole: dict[str, object] = {
        "version": 1005,
        "floor": 1000,
        "data_format": 2,
        "abi": 6,
        "built_s": 1,
        "board": BOARD,
    }
    whole.update(fields)
    return bundle.head_of(cloud_key=bytes(range(32)), files=files, **whole)  # type: ignore[arg-type]


def test_reasons_are_those_that_the_cloud_knows() -> None:
    for name in dir(images):
        if name.isupper() and hasattr(upkeep, name):
            assert getattr(images, name) == getattr(upkeep, name), name
    assert images.FAILED_BEFORE == upkeep.FAILED_BEFORE


def test_limits_are_those_of_whoever_builds_images() -> None:
    for name in ("MAGIC", "FILES_MAX", "NAME_BYTES_MAX", "IMAGE_BYTES_MAX"):
        assert getattr(verification, name) == getattr(bundle, name), name


def test_a_signed_image_says_what_was_signed() -> None:
    data = image(1006, floor=1003, data_format=3)
    head = opened(data)[1].head
    assert (head.version, head.floor, head.data_format, head.board) == (1006, 1003, 3, BOARD)
    assert (head.built_s, head.cloud_key, head.digest) == (1_750_000_000, bytes(32), digest_of(data))


def test_every_file_is_found_by_its_name() -> None:
    many = dict(FILES)
    for number in range(2 * imports.PIECE_FILES):
        many["hemlarm_protocol/" + "abcdefgh"[number % 8] * (number // 8 + 1)] = bytes([number]) * number
    for files in (FILES, many):
        found = opened(image(1005, files))[1].files
        for name, content in files.items():
            place = found.find(name)
            assert place is not None
            assert found.read(*place) == content
        for name in ("", "hemlarm_firmware", "start.py", "hemlarm_firmware/start.mpy", "../trust"):
            assert found.find(name) is None


def test_either_trusted_key_signs() -> None:
    assert refusal(image(1005)) == 0
    assert refusal(image(1005, key=SECOND_KEY)) == 0


def test_a_wrong_signature_is_refused() -> None:
    assert refusal(image(1005, key=STRANGER)) == upkeep.SIGNATURE
    assert refusal(image(1005), []) == upkeep.SIGNATURE
    assert refusal(image(1005), [bytes(56)]) == upkeep.SIGNATURE
    head = head_of(FILES)
    assert refusal(bundle.image(head, b"", FILES)) == upkeep.SIGNATURE


def test_the_signature_of_another_release_is_refused() -> None:
    signature = KEY.sign(head_of(FILES, version=1004))
    assert refusal(bundle.image(head_of(FILES), signature, FILES)) == upkeep.SIGNATURE


def test_a_changed_bit_anywhere_in_the_head_is_refused() -> None:
    data = image(1005)
    for at in range(len(head_of(FILES))):
        assert refusal(flipped(data, at, at % 8)), at


def test_a_changed_bit_anywhere_in_the_files_is_refused() -> None:
    data = image(1005)
    body = sum([len(content) for content in FILES.values()])
    for at in range(len(data) - body, len(data)):
        assert refusal(flipped(data, at, at % 8)) == upkeep.CONTENT


def test_a_truncated_image_is_refused() -> None:
    data = image(1005)
    head = len(head_of(FILES))
    for length in [0, 7, 8, head - 1, head, head + 1, head + 2, head + 40, len(data) - 1, len(data) - 60]:
        assert refusal(data[:length]) == upkeep.TRUNCATED, length


def test_something_behind_an_image_is_refused() -> None:
    assert refusal(image(1005) + b"\0") == upkeep.CONTENT


def test_what_is_no_image_is_refused() -> None:
    for data in (b"PK\x03\x04" + bytes(100), bytes(100), b"HmB1" + b"\xff" * 100, b"HmB1" + bytes(100)):
        assert refusal(data) == upkeep.CONTENT
    assert refusal(image(1005)[:4] + b"\x48\0\0\0" + bytes(64) + b"\xff\xff" + bytes(100)) == upkeep.SIGNATURE


def test_no_file_and_no_image_are_told_apart() -> None:
    raises(OSError, verification.read, new_folder() + "/x.img", KEYS)


def test_a_signed_head_that_breaks_the_format_is_refused() -> None:
    good = head_of(FILES)
    first = 72  # Behind the fixed part: the length of the first name, then the name.
    broken = {
        "no files": good[:70] + bytes(2) + good[72:],
        "a file more": good[:70] + b"\x04\0" + good[72:],
        "a file less": good[:70] + b"\x02\0" + good[72:],
        "a capital": good[: first + 1] + b"H" + good[first + 2 :],
        "an absolute path": good[: first + 1] + b"/" + good[first + 2 :],
        "out of order": good[: first + 1] + b"z" + good[first + 2 :],
        "a floor above it": good[:10] + (1006).to_bytes(2, "little") + good[12:],
        "no board": good[:18] + bytes(16) + good[34:],
        "a gap in the board": good[:19] + b"\0" + good[20:],
        "another length": good[:66] + (len(FILES) + 1).to_bytes(4, "little") + good[70:],
    }
    assert refusal(signed_head(good, FILES)) == 0
    for what, head in broken.items():
        assert len(head) == len(good), what
        assert refusal(signed_head(head, FILES)), what
        raises(bundle.BundleError, bundle.parse, signed_head(head, FILES))


def test_paths_with_detours_are_refused() -> None:
    for name in ("hemlarm_firmware/../start.py", "./hemlarm_firmware.py", "hemlarm_firmware//start"):
        stand_in = {"a" * len(name): b"x"}
        head = head_of(stand_in).replace(b"a" * len(name), name.encode())
        assert refusal(signed_head(head, stand_in)) == upkeep.CONTENT
    head = head_of({"a" * 64: b"x"})
    assert refusal(signed_head(head, {"a": b"x"})) == 0


def test_what_is_imported_is_what_was_signed() -> None:
    files = opened(image(1005))[1].files
    assert files.open("/hemlarm_firmware/start.py", "rb").read() == FILES["hemlarm_firmware/start.py"]
    assert files.stat("/hemlarm_firmware/panel")[0] == 0x4000
    assert files.stat("/hemlarm_firmware/panel/core.py")[0] == 0x8000
    for path in ("/hemlarm_firmware/hal", "/boot.py", "/hemlarm_firmware/start"):
        raises(OSError, files.stat, path)
        raises(OSError, files.open, path, "rb")
    raises(OSError, files.open, "/hemlarm_firmware/start.py", "wb")
    raises(OSError, files.open, "/hemlarm_firmware/start.py", "r+")


def test_a_file_swapped_after_the_check_is_not_imported() -> None:
    data = image(1005)
    root, found = opened(data)
    files = found.files
    found.check_files()
    write(root, "x.img", data.replace(b"VALUE = 7", b"VALUE = 8"))
    assert files.open("/hemlarm_firmware/start.py", "rb").read() == FILES["hemlarm_firmware/start.py"]
    assert not files.changed
    raises(OSError, files.open, "/hemlarm_firmware/panel/core.py", "rb")
    assert files.changed


def test_a_signed_image_of_another_version_does_not_stand_in_for_the_one_checked() -> None:
    root, found = opened(image(1005))
    other = dict(FILES)
    other["hemlarm_firmware/panel/core.py"] = b"VALUE = 9\n"
    write(root, "x.img", image(1006, other))
    raises(OSError, found.files.open, "hemlarm_firmware/panel/core.py", "rb")
    assert found.files.changed


def test_an_image_that_is_gone_cannot_be_read() -> None:
    root, found = opened(image(1005))
    write(root, "x.img", b"")
    raises(OSError, found.files.open, "hemlarm_firmware/start.py", "rb")


def test_only_whole_keys_are_trusted_and_no_more_than_four() -> None:
    root = new_folder()
    assert verification.trusted_keys(root + "/trust") == []
    write(root, "trust", KEY.public * 5)
    assert verification.trusted_keys(root + "/trust") == [KEY.public] * 4
    write(root, "trust", KEY.public + SECOND_KEY.public[:55])
    assert verification.trusted_keys(root + "/trust") == [KEY.public]


def test_names_with_the_same_tag_are_told_apart() -> None:
    assert imports.tag(b"byt") == imports.tag(b"daa")
    files = opened(image(1005, {"byt": b"1"}))[1].files
    assert files.open("byt", "rb").read() == b"1"
    assert files.find("daa") is None
    files = opened(image(1005, {"byt": b"1", "daa": b"2"}))[1].files
    assert (files.open("byt", "rb").read(), files.open("daa", "rb").read()) == (b"1", b"2")


def test_a_head_swapped_after_the_check_names_no_file() -> None:
    data = image(1005)
    root, found = opened(data)
    write(root, "x.img", data.replace(b"hemlarm_firmware/start.py", b"hemlarm_firmware/star7.py"))
    raises(OSError, found.files.open, "hemlarm_firmware/start.py", "rb")
    assert found.files.changed
    assert raises(ImageError, found.check_files).args == (upkeep.CHANGED,)
