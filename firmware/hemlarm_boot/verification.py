"""Whether a file is a firmware image that may be trusted: who signed its head, and that all of it is there.

Nothing is believed of what is not signed yet, and no more of it is held in memory than a signature can have. It takes
several kilobytes, for as long as it runs: `slots.py` loads it when it is needed.
"""

import hashlib
import struct

from hemlarm_boot import lms
from hemlarm_boot.image import CONTENT, SIGNATURE, TRUNCATED, Head, Image, parts
from hemlarm_boot.imports import CHANGED, PIECE, PIECE_FILES, ImageError, ImageFiles, tag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

MAGIC = b"HmB1"
KEYS_MAX = 4
FILES_MAX = 255
NAME_BYTES_MAX = 64
IMAGE_BYTES_MAX = 512 * 1024

_FIXED = "<4sIHHBBI16s32sIH"
_FIXED_BYTES = 72
_LENGTH_AND_DIGEST_BYTES = 36
_HEAD_BYTES_MAX = _FIXED_BYTES + FILES_MAX * (1 + NAME_BYTES_MAX + _LENGTH_AND_DIGEST_BYTES)
_NAME_LETTERS = b"abcdefghijklmnopqrstuvwxyz0123456789_./"
_BOARD_LETTERS = b"abcdefghijklmnopqrstuvwxyz0123456789-"
_NO_NAMES = (b"", b".", b"..")


def trusted_keys(path: str) -> "list[bytes]":
    """Return the public keys in the file at `path`, one behind the other in it; none where there is no such file."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - MicroPython has no pathlib.
            data = file.read(KEYS_MAX * lms.PUBLIC_BYTES)
    except OSError:
        return []
    whole = len(data) // lms.PUBLIC_BYTES * lms.PUBLIC_BYTES
    return [data[at : at + lms.PUBLIC_BYTES] for at in range(0, whole, lms.PUBLIC_BYTES)]


def read(path: str, keys: "list[bytes]") -> Image:
    """Return the image at `path`, whose head one of `keys` signed and whose length is right; its files are unread.

    Raises ImageError, and OSError where there is no such file.
    """
    with open(path, "rb") as file:  # noqa: PTH123
        size = file.seek(0, 2)
        head_bytes, signature = _outline(file)
        digest = _signed(file, head_bytes, signature, keys)
        body = head_bytes + 2 + len(signature)
        found = _Parser(file, head_bytes).image(path, body, digest)
        if size - body != found[1]:
            raise ImageError(TRUNCATED if size - body < found[1] else CONTENT)
        return found[0]


def _outline(file: "BinaryIO") -> "tuple[int, bytes]":
    """Return how long the head claims to be, and the signature behind it."""
    file.seek(0)
    start = file.read(8)
    if len(start) < 8:
        raise ImageError(TRUNCATED)
    head_bytes = int.from_bytes(start[4:], "little")
    if start[:4] != MAGIC or not _FIXED_BYTES <= head_bytes <= _HEAD_BYTES_MAX:
        raise ImageError(CONTENT)
    file.seek(head_bytes)
    field = file.read(2)
    length = int.from_bytes(field, "little")
    if length > lms.SIGNATURE_BYTES_MAX:
        raise ImageError(SIGNATURE)
    signature = file.read(length)
    if len(field) < 2 or len(signature) < length:
        raise ImageError(TRUNCATED)
    return head_bytes, signature


def _signed(file: "BinaryIO", head_bytes: int, signature: bytes, keys: "list[bytes]") -> bytes:
    """Return the digest of a head that one of the keys signed."""
    checks = [lms.Check(key, signature) for key in keys[:KEYS_MAX]]
    digest = hashlib.sha256()
    file.seek(0)
    for part in parts(file, head_bytes):
        digest.update(part)
        for check in checks:
            check.update(part)
    if not any(check.holds() for check in checks):
        raise ImageError(SIGNATURE)
    return digest.digest()


class _Parser:
    """Reads a head whose digest is known: what it finds counts once all of it has been seen to be that head."""

    def __init__(self, file: "BinaryIO", head_bytes: int) -> None:
        self._file = file
        self._head_bytes = head_bytes
        self._taken = 0
        self._seen = hashlib.sha256()
        file.seek(0)

    def image(self, path: str, body: int, digest: bytes) -> "tuple[Image, int]":
        """Return the image, its files from the byte `body` on, and how long these are together."""
        fields = struct.unpack(_FIXED, self._take(_FIXED_BYTES))
        _, _, version, floor, data_format, abi, built_s, board, cloud_key, body_bytes, count = fields
        if not 0 < count <= FILES_MAX:
            raise ImageError(CONTENT)
        index = self._index(count, body)
        if self._taken < self._head_bytes or self._seen.digest() != digest:
            raise ImageError(CONTENT if self._taken < self._head_bytes else CHANGED)
        if index.end - body != body_bytes or index.end > IMAGE_BYTES_MAX or floor > version:
            raise ImageError(CONTENT)
        head = Head(version, floor, data_format, abi, built_s, _board(board), cloud_key, digest)
        return Image(head, index.files(path)), body_bytes

    def _index(self, count: int, body: int) -> "_Index":
        index = _Index(body)
        before = b""
        for number in range(count):
            if number % PIECE_FILES == 0:
                index.begin_piece(self._taken)
            size = self._take(1)
            name = self._take(size[0])
            rest = self._take(_LENGTH_AND_DIGEST_BYTES)
            if name <= before:
                raise ImageError(CONTENT)
            _check_name(name)
            index.add(name, size + name + rest)
            before = name
        index.end_piece()
        return index

    def _take(self, count: int) -> bytes:
        data = self._file.read(count)
        self._taken += count
        if self._taken > self._head_bytes or len(data) < count:
            raise ImageError(CONTENT)
        self._seen.update(data)
        return data


class _Index:
    """What `ImageFiles` will have, while the head is read. `end` is behind the last file so far."""

    def __init__(self, body: int) -> None:
        self.end = body
        self._pieces = bytearray()
        self._tags = bytearray()
        self._folders: list[str] = []
        self._entries = b""

    def begin_piece(self, place: int) -> None:
        """The next entry stands at `place` in the head, and begins a piece."""
        self.end_piece()
        self._place, self._first = place, self.end

    def end_piece(self) -> None:
        """What was added is a piece."""
        if self._entries:
            digest = hashlib.sha256(self._entries).digest()
            self._pieces += struct.pack(PIECE, self._place, len(self._entries), self._first, digest)
            self._entries = b""

    def add(self, name: bytes, entry: bytes) -> None:
        """Take a file and its whole entry."""
        self._entries += entry
        self._tags += tag(name)
        self.end += int.from_bytes(entry[1 + len(name) : 5 + len(name)], "little")
        folder = name.decode()
        while "/" in folder:
            folder = folder[: folder.rfind("/")]
            if folder not in self._folders:
                self._folders.append(folder)

    def files(self, path: str) -> ImageFiles:
        """Return the files of the image at `path`."""
        return ImageFiles(path, bytes(self._tags), bytes(self._pieces), "\n" + "\n".join(self._folders) + "\n")


def _check_name(name: bytes) -> None:
    """Only paths that say where a file is in one way."""
    if len(name) > NAME_BYTES_MAX or not _all_of(name, _NAME_LETTERS):
        raise ImageError(CONTENT)
    for part in name.split(b"/"):
        if part in _NO_NAMES:
            raise ImageError(CONTENT)


def _board(field: bytes) -> str:
    name = field.rstrip(b"\0")
    if not name or not _all_of(name, _BOARD_LETTERS):
        raise ImageError(CONTENT)
    return name.decode()


def _all_of(text: bytes, letters: bytes) -> bool:
    return all(letter in letters for letter in text)
