"""A firmware image on its way into a file, bit by bit: whenever power goes, all but the last SYNC_BYTES stay."""

import hashlib
import os
import struct

from hemlarm_protocol.constant import const

SYNC_BYTES = 8_192
"""Making an appended file safe LittleFS copies its last block, of 4,096 bytes: so that is not done with each part."""

_LENGTH = "<I"
_LENGTH_AT = const(4)
_PREFIX = const(8)
_PIECE = const(512)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Download:
    """`size` bytes for the file `path`, `got` of which are in it, from the first on. Methods raise OSError."""

    def __init__(self, path: str, size: int) -> None:
        self._path = path
        self._size = size
        self._file: Any = None
        self.got = self._safe = _bytes_of(path)
        if self.got > size:
            self.drop()

    @property
    def is_whole(self) -> bool:
        """Whether all of it is here."""
        return self.got == self._size

    def take(self, offset: int, data: bytes) -> bool:
        """Append `data` if it is what comes next, and tell whether it was. All of it here: it is safe."""
        if offset != self.got or self.got + len(data) > self._size:
            return False
        if self._file is None:
            self._file = open(self._path, "ab")  # noqa: SIM115, PTH123  Open until the last part.
        self._file.write(data)
        self.got += len(data)
        if self.is_whole:
            self.close()
        elif self.got - self._safe >= SYNC_BYTES:
            self._file.flush()
            self._safe = self.got
        return True

    def close(self) -> None:
        """Make safe what is here."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._safe = self.got

    def drop(self) -> None:
        """Throw away what is here, and begin anew."""
        self.close()
        remove(self._path)
        self.got = self._safe = 0

    def digest(self) -> bytes:
        """Return the SHA-256 of the image's head, by which a release is known; of whatever stands in its place."""
        with open(self._path, "rb") as file:  # noqa: PTH123
            start = file.read(_PREFIX)
            left = struct.unpack_from(_LENGTH, start + bytes(_PREFIX), _LENGTH_AT)[0] - len(start)
            digest = hashlib.sha256(start)
            while left > 0:
                piece = file.read(min(_PIECE, left))
                if not piece:
                    break
                digest.update(piece)
                left -= len(piece)
        return digest.digest()


def remove(path: str) -> None:
    """Remove a file that may not be there."""
    try:
        os.remove(path)  # noqa: PTH107
    except OSError:
        pass


def _bytes_of(path: str) -> int:
    try:
        return os.stat(path)[6]  # noqa: PTH116
    except OSError:
        return 0
