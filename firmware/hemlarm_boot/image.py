"""A signed firmware image on the file system, and what its head says.

`verification.read` makes an `Image`, of a head that a trusted key signed. The format stands in docs/updates.md.
"""

import hashlib
from collections import namedtuple

from hemlarm_boot.imports import CHANGED, PIECE_BYTES, ImageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from hemlarm_boot.imports import ImageFiles

# Why an image is refused or rolled back; as `hemlarm_protocol.upkeep` has them, which has CHANGED besides.
SIGNATURE, OTHER_BOARD, TOO_OLD, TRUNCATED, CONTENT, INTERPRETER, NO_ROOM = 1, 2, 3, 4, 5, 6, 7
CRASHED, NO_CONTACT, SELF_TEST, DATA_FORMAT, GIVEN_UP, FAILED_BEFORE = 8, 9, 10, 11, 13, 14

Head = namedtuple("Head", ["version", "floor", "data_format", "abi", "built_s", "board", "cloud_key", "digest"])
"""What a signed head says: 1000 * major + minor of this version and of the oldest that may run once this one has proved
itself, the format of what it keeps on flash, the bytecode it is compiled to, s since 1970, the board's name (str), the
X25519 key of its cloud (32 bytes, zeros for none), and the SHA-256 of the head, by which a release is known."""

_PART = 512


class Image:
    """An image whose head a trusted key signed: that `head`, and its `files`."""

    def __init__(self, head: Head, files: "ImageFiles") -> None:
        self.head = head
        self.files = files

    def check_files(self) -> None:
        """Compare every file with what was signed. Raises ImageError, and OSError where the flash cannot be read."""
        try:
            with open(self.files.path, "rb") as file:  # noqa: PTH123 - MicroPython has no pathlib.
                for piece in range(len(self.files.pieces) // PIECE_BYTES):
                    self._check_piece(file, piece)
        except OSError:
            if self.files.changed:
                raise ImageError(CHANGED) from None
            raise

    def _check_piece(self, file: "BinaryIO", piece: int) -> None:
        for _, at, length, digest in self.files.entries(piece):
            file.seek(at)
            found = hashlib.sha256()
            for part in parts(file, length):
                found.update(part)
            if found.digest() != digest:
                raise ImageError(CONTENT)


def parts(file: "BinaryIO", length: int) -> "Iterator[bytes]":
    """Yield the next `length` bytes of a file, or what there is of them, a little at a time."""
    while length > 0:
        part = file.read(min(length, _PART))
        if not part:
            return
        length -= len(part)
        yield part
