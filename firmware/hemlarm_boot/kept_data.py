"""Copies of the settings and the configuration, made before a version is tried that would write them in another format.

A copy is the partition, byte for byte, and its CRC-32. What the trial wrote is gone when they are put back.
"""

import os
import struct
from binascii import crc32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    class Partition(Protocol):
        """As `hemlarm_firmware.board.Flash`."""

        size: int
        sector_size: int

        def read_into(self, offset: int, buffer: "bytearray | memoryview") -> None: ...
        def program(self, offset: int, data: bytes) -> None: ...
        def erase(self, offset: int) -> None: ...


NAMES = ("state", "config")

_PAGE = 256  # A program stays within one.
_BLANK = b"\xff"


def keep(root: str, flash: "Callable[[str], Partition]") -> None:
    """Copy the partitions to files in `root`. Raises OSError: then there may be a copy that is not whole."""
    for name in NAMES:
        partition = flash(name)
        page = bytearray(_PAGE)
        crc = 0
        with open(_path(root, name), "wb") as file:  # noqa: PTH123 - MicroPython has no pathlib.
            for offset in range(0, partition.size, _PAGE):
                partition.read_into(offset, page)
                crc = crc32(page, crc)
                file.write(page)
            file.write(struct.pack("<I", crc))


def put_back(root: str, flash: "Callable[[str], Partition]") -> bool:
    """Write the copies to the partitions; False, and nothing is written, where one of them is not whole.

    Raises OSError where the flash fails. It may be cut at any moment, and begun again.
    """
    for name in NAMES:
        if not _is_whole(_path(root, name), flash(name).size):
            return False
    for name in NAMES:
        _put_back(_path(root, name), flash(name))
    return True


def forget(root: str) -> None:
    """Remove the copies, as far as there are any; the first of NAMES is the last to go."""
    for name in reversed(NAMES):
        try:
            os.remove(_path(root, name))  # noqa: PTH107
        except OSError:
            pass


def _path(root: str, name: str) -> str:
    return root + name + ".kept"


def _is_whole(path: str, size: int) -> bool:
    crc = length = 0
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            while length < size:
                page = file.read(_PAGE)
                if not page:
                    return False
                crc, length = crc32(page, crc), length + len(page)
            return file.read(5) == struct.pack("<I", crc)
    except OSError:
        return False


def _put_back(path: str, partition: "Partition") -> None:
    with open(path, "rb") as file:  # noqa: PTH123
        for offset in range(0, partition.size, _PAGE):
            if offset % partition.sector_size == 0:
                partition.erase(offset)
            page = file.read(_PAGE)
            if page != _BLANK * _PAGE:
                partition.program(offset, page)
