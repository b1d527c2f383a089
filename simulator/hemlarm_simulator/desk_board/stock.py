"""What the desk board takes for a stock image of MicroPython: it has the form of one, and no interpreter in it.

The interpreter is the unix port beside it. It starts only where this image lies whole on the chip, as the real one only
starts where it was written to its end.
"""

import hashlib
from collections.abc import Sequence

from hemlarm_installer import partitions

_APP_AT = 0x1_0000
_APP_BYTES = 0x1_0000
_MAGIC = b"\xe9"
_TITLE = b"Stands in for MicroPython on the desk board. "


def _filler() -> bytes:
    """Bytes that do not compress, as code does not, and that are always the same."""
    made = b"".join(hashlib.sha256(b"%d" % number).digest() for number in range(_APP_BYTES // 32))
    return (_MAGIC + _TITLE + made)[:_APP_BYTES]


APP = _filler()

STOCK_TABLE: Sequence[partitions.Partition] = (
    *partitions.ESP32_S3[:3],
    partitions.Partition("vfs", 1, 0x81, 0x20_0000, 0xE0_0000),
)
"""As MicroPython's own build for 16 MB has it."""


def image() -> bytes:
    """Return it, as a file that is written from offset 0 on."""
    front = (_MAGIC + _TITLE).ljust(partitions.TABLE_AT, b"\xff")
    table = partitions.table(tuple(STOCK_TABLE))
    return (front + table).ljust(_APP_AT, b"\xff") + APP


def found(chip: bytes) -> dict[str, tuple[int, int]]:
    """Return the partitions of a chip from which MicroPython starts; none where it does not."""
    parts = dict(partitions.read(chip[partitions.TABLE_AT : partitions.TABLE_AT + partitions.TABLE_BYTES]))
    whole = chip[_APP_AT : _APP_AT + _APP_BYTES] == APP
    return parts if whole and "vfs" in parts else {}
