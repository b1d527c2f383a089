"""Raw flash inside a file system that wants all of it: stock MicroPython gives a Pico's whole storage to LittleFS.

A smaller file system is no way out: stock MicroPython mounts the whole storage, refuses one whose size differs, and
formats it anew. So each sector of a partition is a file of exactly one block. Such a file is its block, with nothing
else in it, and LittleFS moves the data of a file only when that is written. So it leaves alone what is done below it in
these blocks, and gives them to nobody else. Nobody must ever write or remove these files.

Which blocks they are is found once, by what is written into them, and kept in a file beside them.
"""

import os
from binascii import crc32
from errno import EIO, ENODEV

from hemlarm_firmware.hal.block_flash import SECTOR, BlockFlash
from hemlarm_protocol.constant import const

SECTORS = {"journal": 32, "state": 4, "config": 16, "keys": 2}
"""Of each partition, on a Pico 2 W whose storage has 640: a journal of some 2,000 events."""

FOLDER = "reserved"
TABLE = FOLDER + "/table"

_COUNT, _ERASE = 4, 6
_MARK_BYTES = const(16)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def partition(device: "Any", name: str, program_size: int, root: str = "/") -> BlockFlash:
    """Return the partition `name` on `device`, on which the file system at `root` lies (with a slash behind).

    Raises OSError where there is none of that name, or no room.

    The first call on a board makes all of them, which takes some seconds and can be cut off at any moment.
    """
    if name not in SECTORS:
        raise OSError(ENODEV)
    blocks = _table(root)
    if blocks is None:
        make(device, root)
        blocks = _table(root)
        if blocks is None:
            raise OSError(EIO)
    start = 0
    for each in sorted(SECTORS):
        if each == name:
            break
        start += SECTORS[each]
    return BlockFlash(device, program_size, blocks[start : start + SECTORS[name]])


def make(device: "Any", root: str = "/") -> None:
    """Reserve the blocks of all partitions, all erased. What was reserved before is given up. Raises OSError."""
    count = sum(SECTORS.values())
    _clear(root)
    mark = os.urandom(_MARK_BYTES)
    for number in range(count):
        with open(_path(root, number), "wb") as file:  # noqa: PTH123  MicroPython has no pathlib.
            file.write(mark + number.to_bytes(2, "big") + bytes(SECTOR - _MARK_BYTES - 2))
    blocks = _find(device, mark, count)
    for block in blocks:
        if device.ioctl(_ERASE, block):
            raise OSError(EIO)
    listed = b"".join([block.to_bytes(2, "big") for block in blocks])
    with open(root + TABLE, "wb") as file:  # noqa: PTH123  MicroPython has no pathlib.
        file.write(listed + crc32(listed).to_bytes(4, "big"))


def _find(device: "Any", mark: bytes, count: int) -> "list[int]":
    """Return where each marked block lies. Raises OSError where one is nowhere, or there twice."""
    places: list[list[int]] = [[] for _ in range(count)]
    head = bytearray(_MARK_BYTES + 2)
    for block in range(device.ioctl(_COUNT, 0)):
        device.readblocks(block, head, 0)
        if bytes(head[:_MARK_BYTES]) == mark:
            places[int.from_bytes(head[_MARK_BYTES:], "big")].append(block)
    if any(len(found) != 1 for found in places):
        raise OSError(EIO)
    return [found[0] for found in places]


def _table(root: str) -> "list[int] | None":
    """Return the blocks as they are listed, None where there is no whole list."""
    try:
        with open(root + TABLE, "rb") as file:  # noqa: PTH123
            held = file.read()
    except OSError:
        return None
    listed = held[:-4]
    if len(listed) != 2 * sum(SECTORS.values()) or crc32(listed).to_bytes(4, "big") != held[-4:]:
        return None
    return [int.from_bytes(listed[at : at + 2], "big") for at in range(0, len(listed), 2)]


def _clear(root: str) -> None:
    """Begin with an empty folder; the table goes first, so that no table ever names blocks that are given up."""
    try:
        os.mkdir(root + FOLDER)  # noqa: PTH102
    except OSError:
        pass
    for path in [root + TABLE] + [_path(root, number) for number in range(sum(SECTORS.values()))]:
        try:
            os.remove(path)  # noqa: PTH107
        except OSError:
            pass


def _path(root: str, number: int) -> str:
    return f"{root}{FOLDER}/{number:03}"
