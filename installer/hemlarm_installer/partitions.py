"""The partition table that flashing makes on an ESP32: the stock one has no room for what a panel keeps by itself.

Of the front, with the interpreter, everything stays where stock MicroPython has it. The table's format is Espressif's:
32 bytes a partition, then one entry with the MD5 of those before, in one sector filled up with 0xFF.
"""

import hashlib
import struct
from collections.abc import Mapping
from typing import NamedTuple

TABLE_AT = 0x8000
TABLE_BYTES = 0xC00
"""What the loader reads; the sector behind it stays blank."""

FLASH_BYTES = 16 << 20
SECTOR = 4096
LABEL_MAX = 15

_MAGIC, _MD5_MAGIC = b"\xaa\x50", b"\xeb\xeb" + b"\xff" * 14
_ENTRY = "<2sBBII16sI"
_ENTRY_BYTES = 32

_APP, _DATA = 0, 1
_FACTORY, _NVS, _PHY, _FAT, _OURS = 0x00, 0x02, 0x01, 0x81, 0x40
"""Subtypes; 0x40 and those behind it are free for whoever needs them."""


class Partition(NamedTuple):
    """A stretch of flash with a label of at most LABEL_MAX letters; offset and size in bytes, whole sectors."""

    label: str
    kind: int
    subtype: int
    offset: int
    size: int


_FIRST_OF_OURS = 0x20_0000
_SIZES = {"journal": 512, "state": 16, "config": 64, "keys": 8, "pictures": 2048}
"""KiB, as simulated panels have them; of pictures as many as fit into 2 MiB."""


def _ours() -> list[Partition]:
    made, offset = [], _FIRST_OF_OURS
    for label, kib in _SIZES.items():
        made.append(Partition(label, _DATA, _OURS, offset, kib << 10))
        offset += kib << 10
    # MicroPython looks for the label, and takes the subtype that its own table has.
    return [*made, Partition("vfs", _DATA, _FAT, offset, FLASH_BYTES - offset)]


ESP32_S3: tuple[Partition, ...] = (
    Partition("nvs", _DATA, _NVS, 0x9000, 0x6000),
    Partition("phy_init", _DATA, _PHY, 0xF000, 0x1000),
    Partition("factory", _APP, _FACTORY, 0x1_0000, 0x1F_0000),
    *_ours(),
)
"""What `flash` writes: nvs, phy_init and factory as stock MicroPython 1.29 has them on 16 MB, then ours."""

OURS = (*_SIZES, "vfs")
"""The labels of those that stock MicroPython has not, or has elsewhere."""


def table(parts: tuple[Partition, ...] = ESP32_S3) -> bytes:
    """Return the bytes to write at TABLE_AT. Raises ValueError for what overlaps or stands between sectors."""
    end = 0
    for part in parts:
        if part.offset < end or part.offset % SECTOR or part.size % SECTOR or part.offset + part.size > FLASH_BYTES:
            raise ValueError(f"partition {part.label} cannot lie at {part.offset:#x} with {part.size:#x} bytes")
        end = part.offset + part.size
    entries = b"".join(
        struct.pack(_ENTRY, _MAGIC, part.kind, part.subtype, part.offset, part.size, part.label.encode(), 0)
        for part in parts
    )
    digest = hashlib.md5(entries, usedforsecurity=False).digest()
    return (entries + _MD5_MAGIC + digest).ljust(TABLE_BYTES, b"\xff")


def read(sector: bytes) -> Mapping[str, tuple[int, int]]:
    """Return offset and size of each partition of a table, by label; nothing where there is no whole table."""
    found: dict[str, tuple[int, int]] = {}
    for start in range(0, len(sector) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
        entry = sector[start : start + _ENTRY_BYTES]
        if entry.startswith(_MD5_MAGIC):
            whole = entry[16:] == hashlib.md5(sector[:start], usedforsecurity=False).digest()
            return found if whole else {}
        magic, _kind, _subtype, offset, size, label, _flags = struct.unpack(_ENTRY, entry)
        if magic != _MAGIC:
            return {}
        found[label.rstrip(b"\0").decode("ascii", "replace")] = (offset, size)
    return {}
