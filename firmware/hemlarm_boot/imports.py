"""A file system of one signed image, for `import` alone: what a file holds is checked in memory, then run from there.

So nothing on flash is ever run that was not signed, however late a module is imported and whatever was exchanged
beneath. This stays in memory for as long as the firmware runs. So what the head says of the files stays on flash: here
are only digests of its pieces, and a piece is read and compared whenever one of its files is asked for.
"""

import hashlib
import io
import struct
from binascii import crc32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

PIECE_FILES = 16
"""Files of a piece of the head, about 1,100 bytes: an import reads and hashes two of them."""

PIECE = "<HHI32s"
"""Of each piece: its place in the image, its bytes, where the first of its files begins, and its SHA-256."""
PIECE_BYTES = 40

CHANGED = 12
"""The reason of `upkeep` for what is not on flash any more as it was checked."""

_FOLDER = 0x4000
_FILE = 0x8000
_NOT_THERE = 2  # ENOENT
_FAULTY = 5  # EIO
_READ_ONLY = 30  # EROFS


class ImageError(Exception):
    """The file is no image to be trusted; the argument is the reason, one of the numbers in `image.py`."""


class ImageFiles:
    """The files of an image whose head a trusted key signed, and what MicroPython's `vfs.mount` takes.

    `tags` has a `tag` for each file, `pieces` a PIECE for each PIECE_FILES of them, both in the order of the head;
    `folders` are those that there are files in, each between newlines. `changed` is whether something else has been
    found at `path` since.
    """

    changed = False

    def __init__(self, path: str, tags: bytes, pieces: bytes, folders: str) -> None:
        self.path = path
        self.pieces = pieces
        self._tags = tags
        self._folders = folders

    def mount(self, *_how: object) -> None:
        """As `vfs.mount` and `vfs.umount` ask for it."""

    umount = mount

    def stat(self, path: str) -> "tuple[int, ...]":
        """Say whether there is a file or a folder. Raises OSError where there is neither."""
        name = path.strip("/")
        folder = not name or "\n" + name + "\n" in self._folders
        if not folder and not self.find(name):
            raise OSError(_NOT_THERE)
        return (_FOLDER if folder else _FILE, 0, 0, 0, 0, 0, 0, 0, 0, 0)

    def open(self, path: str, mode: str) -> io.BytesIO:
        """Return a file's contents, which are those that were signed. Raises OSError."""
        if "r" not in mode or "+" in mode:
            raise OSError(_READ_ONLY)
        found = self.find(path.strip("/"))
        if not found:
            raise OSError(_NOT_THERE)
        return io.BytesIO(self.read(*found))

    def find(self, name: str) -> "tuple[int, int, bytes] | None":
        """Return where the file of this name is in the image, its bytes and its SHA-256; None where there is none.

        Raises as `read`.
        """
        wanted = name.encode()
        at = self._tags.find(tag(wanted))
        while at >= 0:
            if not at & 1:
                for entry in self.entries(at // 2 // PIECE_FILES):
                    if entry[0] == wanted:
                        return entry[1:]
            at = self._tags.find(tag(wanted), at + 1)
        return None

    def entries(self, piece: int) -> "Iterator[tuple[bytes, int, int, bytes]]":
        """Yield what the head says in this piece: of each file the name, and what `find` returns. Raises as `read`."""
        place, length, at, digest = struct.unpack_from(PIECE, self.pieces, piece * PIECE_BYTES)
        head = self.read(place, length, digest)
        place = 0
        while place < length:
            end = place + 1 + head[place]
            size = int.from_bytes(head[end : end + 4], "little")
            yield head[place + 1 : end], at, size, head[end + 4 : end + 36]
            at += size
            place = end + 36

    def read(self, at: int, length: int, digest: bytes) -> bytes:
        """Return that much of the image from there on, if its SHA-256 is this one, as it was when it was signed.

        Raises OSError where the flash cannot be read, or holds something else by now: then `changed` is True.
        """
        with open(self.path, "rb") as file:  # noqa: PTH123 - MicroPython has no pathlib.
            file.seek(at)
            data = file.read(length)
        if hashlib.sha256(data).digest() != digest:
            self.changed = True
            raise OSError(_FAULTY)
        return data


def tag(name: bytes) -> bytes:
    """Return two bytes of a name that tell it from most others, so that few pieces are read in vain."""
    return (crc32(name) & 0xFFFF).to_bytes(2, "little")
