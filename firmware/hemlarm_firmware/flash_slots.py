"""How the journal lies on NOR flash: sectors of fixed slots, each slot programmed once and marked once.

A page of 256 bytes holds three slots of 80 bytes and 16 bytes of its own, so no slot straddles a page. A slot is a
state byte, 11 bytes of head, the sealed event (padded to 64 bytes with 0xFF) and a CRC-32 over all but the state.
Page 0's own bytes hold the sector's header: proof that its erase was finished, and a sequence number that orders
sectors by age. Page 1's own bytes name the sector whose records were copied here, while that matters.
"""

import struct
from binascii import crc32

from hemlarm_protocol.constant import const

PAGE = 256
"""NOR flash is programmed in pages of 256 bytes on every chip we know."""

SLOT = 80
SLOTS_PER_PAGE = PAGE // SLOT

SEALED_MAX = 64
"""A sealed single event is at most this long (docs/protocol.md), and always fits a slot."""

URGENCY_MAX = 7

EMPTY, SPOILT, DROPPED, PENDING, FLYING, ACKNOWLEDGED = 0, 1, 0x10, 0x20, 0x30, 0x40
"""What a slot is, in one byte: the last three carry the urgency in their low bits. `FLYING` exists in RAM only."""

STATE_PENDING, STATE_ACKNOWLEDGED, STATE_DROPPED = 0xFF, 0x00, 0x55
"""The state byte. A torn mark reads as any other value and counts as pending: sent again, never lost. A torn
acknowledgement that happens to look like a drop is of what the cloud has."""

_LAYOUT = const(1)
_HEAD = "<BBB4sI"
_HEADER_AT = SLOTS_PER_PAGE * SLOT
_NOTE_AT = PAGE + _HEADER_AT
_HEADER_SIZE = const(12)
_MAGIC = b"HmJ1"
_CRC_AT = SLOT - 4
_BLANK = b"\xff" * SLOT
_BLANK_PAGE = b"\xff" * PAGE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.board import Flash


def check(kid: bytes, number: int, urgency: int, sealed: bytes) -> None:
    """Raise ValueError for a record that no slot can hold."""
    if len(kid) != 4 or not 0 <= number < 1 << 32:
        raise ValueError("a record needs a key id of 4 bytes and a number of 32 bits")
    if not 0 <= urgency <= URGENCY_MAX or not 1 <= len(sealed) <= SEALED_MAX:
        raise ValueError(f"urgency {urgency} of 0 to {URGENCY_MAX}, {len(sealed)} bytes of 1 to {SEALED_MAX}")


class Record:
    """One event as it was journalled: key id (4 bytes), number, urgency (0 the most urgent, to 7), sealed bytes."""

    def __init__(self, kid: bytes, number: int, urgency: int, sealed: bytes, slot: int, moves: int) -> None:
        self.kid = kid
        self.number = number
        self.urgency = urgency
        self.sealed = sealed
        self.slot = slot
        self.moves = moves


class SlotFlash:
    """Slots on a flash partition, numbered 0 to `count` - 1, `per_sector` of them in each of `sectors` sectors.

    Every method that touches the flash raises OSError when the chip fails. Nothing here decides what to keep.
    """

    def __init__(self, flash: "Flash") -> None:
        self._flash = flash
        self._pages = flash.sector_size // PAGE
        self.sectors = flash.size // flash.sector_size
        self.per_sector = self._pages * SLOTS_PER_PAGE
        self.count = self.sectors * self.per_sector
        self._sector_size = flash.sector_size
        self._page = bytearray(PAGE)
        self._view = memoryview(self._page)
        self._loaded = 0
        self._in_page = -1
        self._image = bytearray(SLOT)
        self._check = bytearray(SLOT)
        self._unit = bytearray(PAGE)

    # One slot on the chip.

    def write(self, slot: int, kid: bytes, number: int, urgency: int, sealed: bytes) -> None:
        """Program a pending record into an empty slot, in one operation."""
        image = self._image
        image[:] = _BLANK
        struct.pack_into(_HEAD, image, 1, urgency, len(sealed), _LAYOUT, kid, number)
        image[12 : 12 + len(sealed)] = sealed
        struct.pack_into("<I", image, _CRC_AT, crc32(memoryview(image)[1:_CRC_AT]))
        self._program(self._offset(slot), image)

    def write_checked(self, slot: int, kid: bytes, number: int, urgency: int, sealed: bytes) -> None:
        """Program a record as `write` does, and raise OSError unless the slot then holds it."""
        self.write(slot, kid, number, urgency, sealed)
        if not self.holds(slot, sealed):
            raise OSError(5)

    def holds(self, slot: int, sealed: bytes) -> bool:
        """Tell whether a slot reads back as a valid record with these sealed bytes; False when it cannot be read."""
        try:
            found = self.read(slot)
        except OSError:
            return False
        return found is not None and found[3] == sealed

    def read(self, slot: int) -> "tuple[bytes, int, int, bytes] | None":
        """Return (kid, number, urgency, sealed) of a slot, or None when its bytes no longer agree with its CRC."""
        self._flash.read_into(self._offset(slot), self._check)
        if _code(self._check, memoryview(self._check), 0) < PENDING:
            return None
        urgency, length, _, kid, number = struct.unpack_from(_HEAD, self._check, 1)
        return kid, number, urgency, bytes(self._check[12 : 12 + length])

    def names(self, slot: int, kid: bytes, number: int) -> bool:
        """Tell whether a slot that is known to be valid holds this record."""
        head = memoryview(self._check)[:12]
        self._flash.read_into(self._offset(slot), head)
        return struct.unpack_from("<4sI", head, 4) == (kid, number)

    def mark(self, slot: int, state: int) -> None:
        """Program the state byte of a slot: acknowledged or dropped.

        Over a torn mark a drop would read as neither, so there it is an acknowledgement, which clears all bits.
        """
        at = self._offset(slot)
        if state == STATE_DROPPED:
            self._flash.read_into(at, self._check)
            if self._check[0] != STATE_PENDING:
                state = STATE_ACKNOWLEDGED
        self._program(at, bytes((state,)))

    # A whole sector, read page by page: a buffer for all of it would be as big as the rest of the journal.

    def load(self, sector: int) -> int:
        """Turn to a sector for `code` and `name`; return its sequence number, 0 when its header is not valid."""
        self._loaded = sector
        self._turn(0)
        magic, sequence, crc = struct.unpack_from("<4sII", self._page, _HEADER_AT)
        if magic != _MAGIC or crc != crc32(self._view[_HEADER_AT : _HEADER_AT + 8]):
            return 0
        return int(sequence)

    def copied_from(self) -> int:
        """Return the sequence number of the sector that the loaded one holds copies of: 0 for none, -1 if torn."""
        self._turn(1)
        if self._view[_HEADER_AT : _HEADER_AT + 8] == _BLANK[:8]:
            return 0
        source, crc = struct.unpack_from("<II", self._page, _HEADER_AT)
        return int(source) if crc == crc32(self._view[_HEADER_AT : _HEADER_AT + 4]) else -1

    def code(self, index: int) -> int:
        """Return what the loaded sector's slot `index` is; PENDING and ACKNOWLEDGED come with the urgency."""
        return _code(self._page, self._view, self._find(index))

    def name(self, index: int) -> "tuple[bytes, int]":
        """Return (kid, number) of a valid slot of the loaded sector."""
        kid, number = struct.unpack_from("<4sI", self._page, self._find(index) + 4)
        return kid, number

    def _find(self, index: int) -> int:
        """Have the page with this slot at hand; return where in it the slot is."""
        if self._in_page != index // SLOTS_PER_PAGE:
            self._turn(index // SLOTS_PER_PAGE)
        return index % SLOTS_PER_PAGE * SLOT

    def _turn(self, page: int) -> None:
        self._in_page = -1  # Nothing is at hand if the chip fails now.
        self._flash.read_into(self._loaded * self._sector_size + page * PAGE, self._page)
        self._in_page = page

    # A sector's life: condemned, erased, opened, perhaps filled with copies.

    def erase(self, sector: int, sequence: int) -> None:
        """Erase a sector and write its header, which is what proves that the erase was finished.

        Raises OSError also for a worn sector, which keeps some of its bits.
        """
        self._flash.erase(sector * self._sector_size)
        self._loaded = sector
        for page in range(self._pages):
            self._turn(page)
            if self._page != _BLANK_PAGE:
                raise OSError(5)
        header = bytearray(struct.pack("<4sI", _MAGIC, sequence))
        self._program(sector * self._sector_size + _HEADER_AT, header + struct.pack("<I", crc32(header)))
        if self.load(sector) != sequence:
            raise OSError(5)

    def note_copy(self, sector: int, source: int) -> None:
        """Say that what follows in a blank sector is copied from the sector with sequence number `source`."""
        note = struct.pack("<I", source)
        self._program(sector * self._sector_size + _NOTE_AT, note + struct.pack("<I", crc32(note)))

    def condemn(self, sector: int) -> bool:
        """Void a sector's header, so that nothing in it counts from now on; return whether it is void.

        A program that failed may have cleared some bits all the same, so then the header is read back.
        """
        try:
            self._program(sector * self._sector_size + _HEADER_AT, bytes(_HEADER_SIZE))
        except OSError:
            return self.load(sector) == 0
        return True

    def _offset(self, slot: int) -> int:
        return slot // self.per_sector * self._sector_size + self._inner(slot % self.per_sector)

    def _inner(self, index: int) -> int:
        return index // SLOTS_PER_PAGE * PAGE + index % SLOTS_PER_PAGE * SLOT

    def _program(self, offset: int, data: "bytes | bytearray") -> None:
        """Program bytes within a page; where the chip takes only whole units, with 0xFF around them."""
        unit = self._flash.program_size
        start = offset // unit * unit
        end = (offset + len(data) + unit - 1) // unit * unit
        if end - start == len(data):
            self._flash.program(offset, data)
            return
        self._unit[:] = _BLANK_PAGE
        self._unit[offset - start : offset - start + len(data)] = data
        self._flash.program(start, memoryview(self._unit)[: end - start])


def _code(data: bytearray, view: memoryview, at: int) -> int:
    """Return what the slot at `at` is."""
    if crc32(view[at + 1 : at + _CRC_AT]) != struct.unpack_from("<I", data, at + _CRC_AT)[0]:
        return EMPTY if view[at : at + SLOT] == _BLANK else SPOILT
    urgency, length, layout = data[at + 1], data[at + 2], data[at + 3]
    if layout != _LAYOUT or urgency > URGENCY_MAX or not 1 <= length <= SEALED_MAX:
        return SPOILT
    if data[at] == STATE_DROPPED:
        return DROPPED
    return (ACKNOWLEDGED if data[at] == STATE_ACKNOWLEDGED else PENDING) | urgency
