"""Pictures on flash until the cloud has them, each in a slot of its own; loaded only where the board has cameras.

A slot is a page for the header and room for the largest picture behind it. The header is written last, so a picture is
there whole or not at all, whatever a power cut leaves. What is not wanted any more is marked in the header, and erased
when nothing is urgent: a mark that a cut has swallowed costs one question to the cloud, which has the picture.
"""

import struct
from binascii import crc32
from collections import namedtuple

from hemlarm_protocol.constant import const

SIZE_MAX = 65_535
"""Bytes of a picture: a JPEG of 640 by 480 has half of it at the most."""

PAGE = 256
"""Data is written from multiples of it on."""

PREPARED = 4
"""Slots that are erased ahead: two cameras with two shots each."""

_HEADER = "<4sI8s4sIIIIHHB"
_HEADER_SIZE = const(41)
_MARK_AT = const(64)
_MAGIC = b"HmP1"
_BLANK = b"\xff" * PAGE
_UNUSABLE = const(-2)  # In the place of a picture's alarm: the flash failed there.
_FREE = const(-1)

Header = namedtuple("Header", ["sequence", "id", "kid", "number", "alarm", "taken", "crc", "total", "zone", "shot"])
"""What a picture is of, as in a `household.PicturePart`; `taken` is 0 where the time was not known. `sequence` counts
all pictures, `alarm` is that of the first picture of the same alarm, and `crc` the CRC-32 of its `total` bytes."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.board import Flash


class PictureStore:
    """The slots of one partition, as the last power cut left them. All methods raise OSError; each does little."""

    def __init__(self, flash: "Flash") -> None:
        self._flash = flash
        self._sectors = -(-(PAGE + SIZE_MAX) // flash.sector_size)
        self._size = self._sectors * flash.sector_size
        count = flash.size // self._size
        self._alarms = [_FREE] * count
        self._sequences = [0] * count
        self._dirty = [self._sectors] * count  # Sectors, from the first on, that may have to be erased.
        self._uncleared = 0  # The same of the slot that is written, as it was before.
        self.next_sequence = 1
        for slot in range(count):
            header = self._look(slot)
            if header is not None:
                self._alarms[slot], self._sequences[slot] = header.alarm, header.sequence
                self.next_sequence = max(self.next_sequence, header.sequence + 1)

    @property
    def waiting(self) -> int:
        """Pictures that are held."""
        return sum(1 for alarm in self._alarms if alarm >= 0)

    def first(self) -> int:
        """Return the slot of the picture to send first, -1 for none: of the newest alarm, the oldest of these."""
        held = [slot for slot, alarm in enumerate(self._alarms) if alarm >= 0]
        return min(held, key=lambda slot: (-self._alarms[slot], self._sequences[slot]), default=-1)

    def room(self, alarm: int) -> int:
        """Return a slot to write a picture of this alarm to, -1 for none.

        If all are taken the oldest picture of an earlier alarm makes way; those of this one stay.
        """
        free = [slot for slot, held in enumerate(self._alarms) if held == _FREE]
        if free:
            slot = min(free, key=lambda slot: self._dirty[slot])
        else:
            earlier = [slot for slot, held in enumerate(self._alarms) if 0 <= held < alarm]
            if not earlier:
                return -1
            slot = min(earlier, key=lambda slot: self._sequences[slot])
            self.forget(slot)
        self._uncleared, self._dirty[slot] = self._dirty[slot], self._sectors
        return slot

    def put(self, slot: int, offset: int, data: bytes) -> None:
        """Write a piece of a picture, from a multiple of PAGE on: in order, and to the slot that `room` gave last."""
        assert offset % PAGE == 0
        assert offset + len(data) <= SIZE_MAX
        for start in range(0, len(data), PAGE):
            at = PAGE + offset + start
            sector, within = at // self._flash.sector_size, at % self._flash.sector_size
            if sector < self._uncleared and (not within or at == PAGE):
                self._clear(slot, sector)
            self._program(slot * self._size + at, data[start : start + PAGE])

    def finish(self, slot: int, header: "Header") -> None:
        """The data is written: from now on the picture is held."""
        packed = struct.pack(_HEADER, _MAGIC, *header)
        self._program(slot * self._size, packed + struct.pack("<I", crc32(packed)))
        self._alarms[slot], self._sequences[slot] = header.alarm, header.sequence
        self.next_sequence = max(self.next_sequence, header.sequence + 1)

    def spoil(self, slot: int) -> None:
        """The flash fails in this slot: leave it alone until the next start."""
        self._alarms[slot] = _UNUSABLE

    def header(self, slot: int) -> "Header | None":
        """Return what the picture in this slot is of, None where there is none."""
        return self._look(slot) if self._alarms[slot] >= 0 else None

    def read(self, slot: int, offset: int, count: int) -> bytes:
        """Return a piece of the picture."""
        data = bytearray(count)
        self._flash.read_into(slot * self._size + PAGE + offset, data)
        return bytes(data)

    def forget(self, slot: int) -> None:
        """The picture is not wanted any more."""
        self._alarms[slot] = _FREE
        self._dirty[slot] = self._sectors
        self._program(slot * self._size + _MARK_AT, b"\0")

    def tidy(self) -> bool:
        """Erase one sector ahead, unless enough slots are prepared; return whether there was anything to do.

        An erase takes some 50 ms, at worst 400.
        """
        free = [slot for slot, held in enumerate(self._alarms) if held == _FREE]
        used = [slot for slot in free if self._dirty[slot]]
        if not used or len(free) - len(used) >= PREPARED:
            return False
        slot = min(used, key=lambda slot: self._dirty[slot])
        self._clear(slot, self._dirty[slot] - 1)
        self._dirty[slot] -= 1
        return True

    def _look(self, slot: int) -> "Header | None":
        page = bytearray(_MARK_AT + 1)
        self._flash.read_into(slot * self._size, page)
        fields = struct.unpack_from(_HEADER, page, 0)
        (crc,) = struct.unpack_from("<I", page, _HEADER_SIZE)
        whole = fields[0] == _MAGIC and crc == crc32(memoryview(page)[:_HEADER_SIZE])
        return Header(*fields[1:]) if whole and page[_MARK_AT] == 0xFF else None

    def _clear(self, slot: int, sector: int) -> None:
        """Erase a sector that is not blank."""
        at = slot * self._size + sector * self._flash.sector_size
        page = bytearray(PAGE)
        for offset in range(at, at + self._flash.sector_size, PAGE):
            self._flash.read_into(offset, page)
            if page != _BLANK:
                self._flash.erase(at)
                return

    def _program(self, offset: int, data: bytes) -> None:
        """Program bytes within a page; where the chip takes only whole units, with 0xFF around them."""
        before = offset % self._flash.program_size
        behind = -(before + len(data)) % self._flash.program_size
        self._flash.program(offset - before, b"\xff" * before + data + b"\xff" * behind)
