"""Two alternating copies of one small blob on flash: power may go at any moment and either the old or the new is there.

Each copy has half of the partition. A save erases the older copy and writes it anew, its first page last: that page
holds the header (sequence number, length, CRC-32), so nothing counts before everything is there.
"""

import struct
from binascii import crc32

from hemlarm_protocol.constant import const

_PAGE = const(256)
_HEADER = "<4sIII"
_HEADER_SIZE = const(16)
_MAGIC = b"HmS1"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.board import Flash


class SettingsError(Exception):
    """Nothing was saved, and the former settings still stand: the data was too long, or the flash failed."""


class Settings:
    """The two copies on one partition of at least two sectors. Raises ValueError for a smaller one."""

    def __init__(self, flash: "Flash") -> None:
        self._flash = flash
        self._half = flash.size // flash.sector_size // 2 * flash.sector_size
        if not self._half:
            raise ValueError(f"two copies of settings need two sectors, not {flash.size} bytes")
        self.size_max = self._half - _HEADER_SIZE
        self._copies: list[int] = []  # The sequence number of each copy, once they were looked at.

    def load(self) -> "bytes | None":
        """Return what the last finished `save` wrote, None when there never was one. Raises OSError."""
        self._look()
        if self._copies == [0, 0]:
            return None
        return self._read(0 if self._copies[0] > self._copies[1] else 1)

    def save(self, data: bytes) -> None:
        """Replace the settings; returns once they have been read back.

        Raises SettingsError when `data` is longer than `size_max` bytes or the flash fails.
        """
        if len(data) > self.size_max:
            raise SettingsError(f"settings of {len(data)} bytes do not fit the {self.size_max} bytes of a copy")
        try:
            if not self._copies:
                self._look()
            older = 0 if self._copies[0] <= self._copies[1] else 1
            sequence = max(self._copies) + 1
            self._copies[older] = 0
            self._write(older, sequence, data)
            self._copies[older] = self._sequence(older)
        except OSError as error:
            raise SettingsError(f"the settings' flash failed: {error}") from None
        if self._copies[older] != sequence:
            raise SettingsError("the settings' flash does not hold what was written to it")

    def _look(self) -> None:
        self._copies = [self._sequence(0), self._sequence(1)]

    def _write(self, copy: int, sequence: int, data: bytes) -> None:
        start = copy * self._half
        for offset in range(0, _HEADER_SIZE + len(data), self._flash.sector_size):
            self._flash.erase(start + offset)
        header = bytearray(_HEADER_SIZE)
        struct.pack_into("<4sII", header, 0, _MAGIC, sequence, len(data))
        struct.pack_into("<I", header, 12, crc32(data, crc32(memoryview(header)[:12])))
        for offset in range(_PAGE - _HEADER_SIZE, len(data), _PAGE):
            self._program(start + _HEADER_SIZE + offset, memoryview(data)[offset : offset + _PAGE])
        self._program(start, header + data[: _PAGE - _HEADER_SIZE])

    def _program(self, offset: int, data: "bytearray | memoryview") -> None:
        """Program bytes from a page's start, padded with 0xFF to the chip's unit."""
        padding = -len(data) % self._flash.program_size
        self._flash.program(offset, bytes(data) + b"\xff" * padding)

    def _sequence(self, copy: int) -> int:
        """Return the sequence number of a copy, 0 when it is not whole."""
        page = bytearray(_PAGE)
        start = copy * self._half
        self._flash.read_into(start, page)
        magic, sequence, length, crc = struct.unpack_from(_HEADER, page, 0)
        if magic != _MAGIC or length > self.size_max:
            return 0
        end = _HEADER_SIZE + length
        found = crc32(memoryview(page)[_HEADER_SIZE : min(_PAGE, end)], crc32(memoryview(page)[:12]))
        for offset in range(_PAGE, end, _PAGE):
            piece = memoryview(page)[: min(_PAGE, end - offset)]
            self._flash.read_into(start + offset, piece)
            found = crc32(piece, found)
        return int(sequence) if found == crc else 0

    def _read(self, copy: int) -> bytes:
        header = bytearray(_HEADER_SIZE)
        self._flash.read_into(copy * self._half, header)
        data = bytearray(struct.unpack_from(_HEADER, header, 0)[2])
        self._flash.read_into(copy * self._half + _HEADER_SIZE, data)
        return bytes(data)
