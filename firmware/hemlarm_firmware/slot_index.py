"""What the journal knows about its slots without reading them: two bytes for each and a few counters."""

from array import array

from hemlarm_firmware.flash_slots import EMPTY, FLYING, PENDING, URGENCY_MAX
from hemlarm_protocol.constant import const

_KIND = const(0xF0)
_URGENCY = const(0x0F)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class SlotIndex:
    """A code for each slot (see `flash_slots`), and the low byte of its record's number: a search reads few slots."""

    def __init__(self, sectors: int, per_sector: int) -> None:
        self._per_sector = per_sector
        self._codes = bytearray(sectors * per_sector)
        self._low = bytearray(sectors * per_sector)
        self._waiting = array("H", bytes(2 * (URGENCY_MAX + 1)))
        self._flying = 0
        self.live = bytearray(sectors)
        """Pending records in each sector, those in flight included."""

    @property
    def pending(self) -> int:
        """Pending records, those in flight included."""
        return sum(self._waiting) + self._flying

    def waiting(self, urgency: int) -> int:
        """Return how many records of an urgency are pending and not in flight."""
        return self._waiting[urgency]

    def least_urgent(self) -> int:
        """Return the urgency of the least urgent record that waits, -1 when none does."""
        urgency = URGENCY_MAX
        while urgency >= 0 and not self._waiting[urgency]:
            urgency -= 1
        return urgency

    def kind(self, slot: int) -> int:
        """Return a slot's code without its urgency."""
        return self._codes[slot] & _KIND

    def urgency(self, slot: int) -> int:
        """Return the urgency of a slot that holds a record."""
        return self._codes[slot] & _URGENCY

    def is_live(self, slot: int) -> bool:
        """Tell whether a slot holds a pending record, in flight or not."""
        return self._codes[slot] & _KIND in (PENDING, FLYING)

    def put(self, slot: int, code: int, number: int) -> None:
        """Note a record that has come to a slot."""
        self._low[slot] = number & 0xFF
        self.change(slot, code)

    def move(self, source: int, target: int) -> None:
        """Note that a record has been copied, flight and all."""
        self._low[target] = self._low[source]
        self.change(target, self._codes[source])

    def change(self, slot: int, code: int) -> None:
        """Note what has become of a slot."""
        self._count(slot, self._codes[slot], -1)
        self._codes[slot] = code
        self._count(slot, code, 1)

    def land(self) -> None:
        """Note that what was in flight waits again."""
        for slot in range(len(self._codes) if self._flying else 0):
            if self._codes[slot] & _KIND == FLYING:
                self.change(slot, PENDING | self._codes[slot] & _URGENCY)

    def clear(self, sector: int) -> None:
        """Forget what is in a sector."""
        for slot in self.slots(sector):
            self.change(slot, EMPTY)

    def slots(self, sector: int) -> range:
        """Return the numbers of a sector's slots."""
        return range(sector * self._per_sector, (sector + 1) * self._per_sector)

    def used(self, sector: int) -> int:
        """Return the place behind the last slot of a sector that is not blank."""
        start = sector * self._per_sector
        used = self._per_sector
        while used and self._codes[start + used - 1] == EMPTY:
            used -= 1
        return used

    def oldest(self, order: "list[int]", urgency: int) -> int:
        """Return the first slot that waits with this urgency, looking in the sectors of `order`; there must be one."""
        for sector in order:
            if self.live[sector]:
                start = sector * self._per_sector
                slot = self._codes.find(PENDING | urgency, start, start + self._per_sector)
                if slot >= 0:
                    return slot
        raise AssertionError("the journal counts a pending record that its index does not have")

    def candidates(self, number: int) -> "Iterator[int]":
        """Yield the slots that may hold a record of this number, one in 256 of all."""
        slot = self._low.find(number & 0xFF)
        while slot >= 0:
            if self._codes[slot] >= PENDING:
                yield slot
            slot = self._low.find(number & 0xFF, slot + 1)

    def _count(self, slot: int, code: int, step: int) -> None:
        kind = code & _KIND
        if kind in (PENDING, FLYING):
            self.live[slot // self._per_sector] += step
        if kind == PENDING:
            self._waiting[code & _URGENCY] += step
        elif kind == FLYING:
            self._flying += step
