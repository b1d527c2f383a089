"""The image of a firmware release, as it is built, signed, sent and kept in a slot of a panel.

    image = head | u16 signature length | LMS signature over the head | body
    head = "HmB1" | u32 bytes of the head | u16 version | u16 floor | u8 data format | u8 bytecode version
           | u32 built, s since 1970 | 16 board, NUL-padded | 32 X25519 key of the installation's cloud
           | u32 bytes of the body | u16 files | per file: u8 bytes of its name | name | u32 bytes | 32 SHA-256
    body = the files one behind the other, in the order of the head, which is that of their names

Numbers are little endian. The signature covers the body by the hashes. There is one image for one content: whatever
another order, padding or length would say is refused. Panels read images by `hemlarm_boot.image`, which must agree.
"""

import hashlib
import struct
from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

MAGIC = b"HmB1"
IMAGE_BYTES_MAX = 512 * 1024
"""Two images and a download fit beside each other into the 2 MB that the smallest board has for files."""
FILES_MAX = 255
NAME_BYTES_MAX = 64
BOARD_BYTES = 16
CLOUD_KEY_BYTES = 32
DIGEST_BYTES = 32

_FIXED = "<4sIHHBBI16s32sIH"
_FIXED_BYTES = struct.calcsize(_FIXED)
_LETTERS = b"abcdefghijklmnopqrstuvwxyz0123456789_./"
_BOARD_LETTERS = b"abcdefghijklmnopqrstuvwxyz0123456789-"

Head = namedtuple("Head", ["version", "floor", "data_format", "abi", "built_s", "board", "cloud_key", "files"])
"""`version` and `floor` are 1000 * major + minor: what this is, and the oldest that may run once this has proved
itself. `data_format` is that of the panel's settings, `abi` the version of MicroPython's bytecode, `built_s` the date
of the sources since 1970, `files` a list of (name, bytes, SHA-256)."""

Parsed = namedtuple("Parsed", ["head", "head_bytes", "signature", "files"])
"""An image: its head, the bytes of it that are signed, the signature (empty: none yet), and the files by name."""


class BundleError(ValueError):
    """No image of this format, or contents that do not fit into one; the text says what is wrong with it."""


def head_of(
    version: int,
    floor: int,
    data_format: int,
    abi: int,
    built_s: int,
    board: str,
    cloud_key: bytes,
    files: "Mapping[str, bytes]",
) -> bytes:
    """Return the head of an image of these files, which is what gets signed. Raises BundleError."""
    listed = [(name, len(files[name]), hashlib.sha256(files[name]).digest()) for name in sorted(files)]
    head = Head(version, floor, data_format, abi, built_s, board, cloud_key, listed)
    _check_numbers(head)
    _check(head)
    entries = b"".join([_entry(name, length, digest) for name, length, digest in listed])
    name = board.encode() + bytes(BOARD_BYTES - len(board.encode()))
    body = sum([length for _, length, _ in listed])
    total = _FIXED_BYTES + len(entries)
    return (
        struct.pack(_FIXED, MAGIC, total, version, floor, data_format, abi, built_s, name, cloud_key, body, len(listed))
        + entries
    )


def image(head: bytes, signature: bytes, files: "Mapping[str, bytes]") -> bytes:
    """Return the image with this head; an empty signature makes one that is to be signed yet. Raises BundleError."""
    whole = head + struct.pack("<H", len(signature)) + signature + b"".join([files[name] for name in sorted(files)])
    if parse(whole).head_bytes != head:
        raise BundleError("the head is followed by something else; it must be one head_of() returned, whole")
    return whole


def parse(image: bytes) -> "Parsed":
    """Return what is in an image, every hash checked; who signed it is for others to check. Raises BundleError."""
    if len(image) > IMAGE_BYTES_MAX:
        raise BundleError(f"the image has {len(image)} bytes; {IMAGE_BYTES_MAX} are allowed")
    head = parse_head(image)
    end = struct.unpack_from("<I", image, len(MAGIC))[0]
    if len(image) < end + 2:
        raise BundleError("the image ends before its signature; get it once more")
    start = end + 2 + struct.unpack_from("<H", image, end)[0]
    signature = image[end + 2 : start]
    expected = start + sum([length for _, length, _ in head.files])
    if len(image) != expected:
        raise BundleError(f"the image has {len(image)} bytes instead of {expected}; get it once more")
    files = {}
    for name, length, digest in head.files:
        data = image[start : start + length]
        if hashlib.sha256(data).digest() != digest:
            raise BundleError(f"{name} is not what the head says; get the image once more")
        files[name] = data
        start += length
    return Parsed(head, image[:end], signature, files)


def parse_head(data: bytes) -> "Head":
    """Return the head that these bytes begin with; more may follow. Raises BundleError."""
    if data[: len(MAGIC)] != MAGIC:
        raise BundleError("this is no image of a Hemlarm release: it does not begin with HmB1")
    if len(data) < _FIXED_BYTES:
        raise BundleError("the image ends within its head")
    _, total, version, floor, data_format, abi, built_s, board, cloud_key, body, count = struct.unpack_from(
        _FIXED, data, 0
    )
    if not _FIXED_BYTES <= total <= len(data):
        raise BundleError(f"the head claims {total} bytes; {len(data)} are here")
    files = _entries(data[_FIXED_BYTES:total], count)
    head = Head(version, floor, data_format, abi, built_s, _board(board), cloud_key, files)
    _check(head)
    if body != sum([length for _, length, _ in files]):
        raise BundleError("the lengths of the files do not add up to that of the body")
    return head


def digest(head_bytes: bytes) -> bytes:
    """Return what a release is known by: the SHA-256 of its head."""
    return hashlib.sha256(head_bytes).digest()


def _entry(name: str, length: int, content: bytes) -> bytes:
    text = name.encode()
    return bytes([len(text)]) + text + struct.pack("<I", length) + content


def _entries(table: bytes, count: int) -> "list[tuple[str, int, bytes]]":
    files = []
    at = 0
    for _ in range(count):
        size = table[at] if at < len(table) else 0
        rest = at + 1 + size
        if len(table) < rest + 4 + DIGEST_BYTES:
            raise BundleError("the head ends within its list of files")
        name = _text(table[at + 1 : rest], _LETTERS, "the name of a file")
        at = rest + 4 + DIGEST_BYTES
        files.append((name, struct.unpack_from("<I", table, rest)[0], table[rest + 4 : at]))
    if at != len(table):
        raise BundleError("something follows the head's list of files")
    return files


def _board(field: bytes) -> str:
    name = field.rstrip(b"\0")
    return _text(name, _BOARD_LETTERS, "the board")


def _check(head: "Head") -> None:
    """What holds for every head, written or read."""
    if not _text(head.board.encode(), _BOARD_LETTERS, "the board") or len(head.board) > BOARD_BYTES:
        raise BundleError(f"the board needs a name of 1 to {BOARD_BYTES} letters")
    if head.floor > head.version:
        raise BundleError(f"the floor {head.floor} is above the version {head.version}: nothing could run any more")
    if not 0 < len(head.files) <= FILES_MAX:
        raise BundleError(f"{len(head.files)} files are in it; 1 to {FILES_MAX} are allowed")
    before = ""
    for name, _, _ in head.files:
        _check_name(name)
        if name <= before:
            raise BundleError(f"{name} is out of order, or there twice")
        before = name


def _check_name(name: str) -> None:
    if len(_text(name.encode(), _LETTERS, "the name of a file")) > NAME_BYTES_MAX:
        raise BundleError(f"the name {name} has more than {NAME_BYTES_MAX} bytes")
    for part in name.split("/"):
        if part in ("", ".", ".."):
            raise BundleError(f"the file {name!r} has no relative path without detours")


def _check_numbers(head: "Head") -> None:
    for what, value, most in (
        ("version", head.version, 0xFFFF),
        ("floor", head.floor, 0xFFFF),
        ("data format", head.data_format, 0xFF),
        ("bytecode version", head.abi, 0xFF),
        ("date", head.built_s, 0xFFFFFFFF),
    ):
        if not 0 <= value <= most:
            raise BundleError(f"the {what} is {value}; 0 to {most} are allowed")
    if len(head.cloud_key) != CLOUD_KEY_BYTES:
        raise BundleError(f"the cloud's key has {len(head.cloud_key)} bytes instead of {CLOUD_KEY_BYTES}")


def _text(data: bytes, letters: bytes, what: str) -> str:
    for letter in data:
        if letter not in letters:
            raise BundleError(f"{what} is {data!r}; only {letters.decode()} are allowed")
    return data.decode()
