"""A partition of NOR flash over a block device of MicroPython's: `esp32.Partition`, `rp2.Flash`.

The extended form of the block protocol is used throughout: with an offset a write never erases.
"""

from errno import EIO

from hemlarm_firmware.board import Flash
from hemlarm_protocol.constant import const

SECTOR = 4096
_PAGE = const(256)
_COUNT, _ERASE = 4, 6

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


class BlockFlash(Flash):
    """The blocks of `device` that are named, one sector each, in this order; all of it without names."""

    sector_size = SECTOR

    def __init__(self, device: "Any", program_size: int, blocks: "Sequence[int] | None" = None) -> None:
        self._device = device
        self._blocks = range(device.ioctl(_COUNT, 0)) if blocks is None else blocks
        self.program_size = program_size
        self.size = len(self._blocks) * SECTOR

    def read_into(self, offset: int, buffer: "bytearray | memoryview") -> None:
        """Fill `buffer` with the bytes at `offset`. Raises OSError, ValueError outside of the partition."""
        self._check(offset, len(buffer))
        rest = memoryview(buffer)
        while rest:
            count = min(len(rest), SECTOR - offset % SECTOR)
            _expect(self._device.readblocks(self._blocks[offset // SECTOR], rest[:count], offset % SECTOR))
            rest = rest[count:]
            offset += count

    def program(self, offset: int, data: "bytes | bytearray | memoryview") -> None:
        """Clear bits at `offset`, within one page. Raises OSError, ValueError for what no chip could do."""
        self._check(offset, len(data))
        if offset % self.program_size or len(data) % self.program_size or offset % _PAGE + len(data) > _PAGE:
            raise ValueError(f"{len(data)} bytes at {offset} are no program of units of {self.program_size} in a page")
        _expect(self._device.writeblocks(self._blocks[offset // SECTOR], data, offset % SECTOR))

    def erase(self, offset: int) -> None:
        """Set the sector at `offset` to 0xFF. Raises OSError, ValueError where none begins."""
        self._check(offset, SECTOR)
        if offset % SECTOR:
            raise ValueError(f"no sector begins at {offset}")
        _expect(self._device.ioctl(_ERASE, self._blocks[offset // SECTOR]))

    def _check(self, offset: int, count: int) -> None:
        if offset < 0 or offset + count > self.size:
            raise ValueError(f"{count} bytes at {offset} are outside of the partition's {self.size}")


def _expect(outcome: "object") -> None:
    """What a device says of its work: nothing or 0 when it is done, a negative error when it is not."""
    if isinstance(outcome, int) and outcome < 0:
        raise OSError(-outcome or EIO)
