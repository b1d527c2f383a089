"""The journal's sectors: which is being filled, which is the spare, and how a full ring wins its next one.

Normally the oldest sector holds nothing pending and is erased. After a long time offline it does: then the sector with
the fewest pending records is copied into the spare one and voided by one small program, which is the moment the copies
begin to count. A cut before leaves the originals, one after it the copies.
"""

from array import array

from hemlarm_firmware.flash_slots import PAGE, PENDING, SPOILT, SlotFlash
from hemlarm_firmware.slot_index import SlotIndex
from hemlarm_protocol.constant import const

_SECTORS_MIN = const(4)
_SECTORS_SPARED = const(3)  # One blank, one being filled, and a sector of gaps: so copying always wins room.

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.board import Flash


class JournalError(OSError):
    """The flash failed, so the record is not in the journal. The journal stays usable and may work again later."""


class Ring:
    """The sectors of one flash partition, at least four, found by scanning. Raises ValueError for a smaller one.

    `faults` counts flash failures that were survived. Sectors that cannot be read are left alone until the next boot:
    `is_whole` is then False, and what they hold is neither known nor overwritten.
    """

    def __init__(self, flash: "Flash") -> None:
        if flash.sector_size % PAGE or flash.size < _SECTORS_MIN * flash.sector_size:
            raise ValueError(f"a journal needs {_SECTORS_MIN} sectors of whole pages, not {flash.size} bytes")
        self._slots = slots = SlotFlash(flash)
        self._index = SlotIndex(slots.sectors, slots.per_sector)
        self._unreadable: list[int] = []
        self._sequences = array("I", bytes(4 * slots.sectors))
        self._moves = 0  # How often slots were given to other records: a slot number found since then still holds.
        self.faults = 0
        self.is_whole = True
        self._scan()
        self._sequence = max(self._sequences)
        self._order = sorted(range(slots.sectors), key=lambda sector: self._sequences[sector])
        self._spare = -1
        self._next = self._find_head()

    @property
    def retired(self) -> int:
        """Sectors that are left out, since they could not be erased or read."""
        return sum(self._retired)

    @property
    def wear(self) -> int:
        """Erases of a sector so far: every one has as many, give or take one."""
        return self._sequence // self._slots.sectors

    @property
    def capacity(self) -> int:
        """Pending records that are kept before the least urgent make way; less where sectors are retired."""
        return max(0, self._slots.sectors - _SECTORS_SPARED - self.retired) * self._slots.per_sector

    def tidy(self) -> bool:
        """Erase the next sector ahead of need, if one is due; return whether it did. Call it when nothing is urgent.

        An erase takes some 50 ms, at worst 400. A failing flash is counted in `faults`: the next append tries another.
        """
        victim = self._victim()
        if self._spare >= 0 or victim < 0 or self._index.live[victim]:
            return False
        try:
            self._erase(victim)
        except JournalError:
            return False
        return True

    def _scan(self) -> None:
        sources = array("i", bytes(4 * self._slots.sectors))
        for sector in range(self._slots.sectors):
            try:
                self._sequences[sector] = self._slots.load(sector)
                if self._sequences[sector]:
                    sources[sector] = self._slots.copied_from()
                    self._scan_sector(sector)
            except OSError:
                self.faults += 1
                self._void(sector)
                self._unreadable.append(sector)
                self.is_whole = False
        self._retire_unreadable()
        for sector, source in enumerate(sources):
            # Copies count only once their originals are void.
            if source < 0 or (source and any(source == sequence for sequence in self._sequences)):
                self._void(sector)

    def _scan_sector(self, sector: int) -> None:
        first = sector * self._slots.per_sector
        for slot in self._index.slots(sector):
            code = self._slots.code(slot - first)
            if code >= PENDING:
                self._index.put(slot, code, self._slots.name(slot - first)[1])
            elif code:
                self._index.change(slot, code)

    def _retire_unreadable(self) -> None:
        """Let only those sectors be left out that may hold what nobody has read; the others may be tried again."""
        self._retired = bytearray(self._slots.sectors)
        for sector in self._unreadable:
            self._retired[sector] = 1

    def _find_head(self) -> int:
        """Set a blank newest sector aside as the spare; return how far the newest of the others is filled."""
        if self._sequences[self._order[-1]] and not self._index.used(self._order[-1]):
            self._spare = self._order.pop()
        head = self._order[-1]
        return self._index.used(head) if self._sequences[head] else self._slots.per_sector

    def _victim(self) -> int:
        """Return the sector with the fewest pending records, the oldest of these; never one that is being filled."""
        full = self._next == self._slots.per_sector
        best = -1
        for sector in self._order if full else self._order[:-1]:
            if not self._retired[sector] and (best < 0 or self._index.live[sector] < self._index.live[best]):
                best = sector
        return best

    def _erase(self, victim: int) -> None:
        """Turn a sector without pending records into the spare. One that fails is left alone while others will do."""
        self._void(victim)
        self._sequence += 1
        try:
            # Condemned first: what a half-finished erase leaves behind must not look like records.
            if not self._slots.condemn(victim):
                raise OSError(5)
            self._slots.erase(victim, self._sequence)
        except OSError as error:
            self._retired[victim] = 1
            raise self._failed("erasing a sector", error) from None
        self._sequences[victim] = self._sequence
        self._order.remove(victim)
        self._spare = victim

    def _carry(self, victim: int) -> int:
        """Copy the pending records of a sector into the spare and void the sector; return the number of copies."""
        try:
            copies = self._copy(victim)
            if not self._slots.condemn(victim):
                raise OSError(5)
        except OSError as error:
            self._abandon_spare()
            raise self._failed("copying a sector", error) from None
        self._adopt(victim)
        self._order.remove(victim)
        self._order.insert(0, victim)
        return copies

    def _copy(self, victim: int) -> int:
        self._slots.note_copy(self._spare, self._sequences[victim])
        target = first = self._spare * self._slots.per_sector
        for slot in self._index.slots(victim):
            if self._index.is_live(slot):
                found = self._slots.read(slot)
                if found is None:
                    self._rotten(slot)
                else:
                    self._slots.write_checked(target, *found)
                    target += 1
        return target - first

    def _adopt(self, victim: int) -> None:
        """Index the copies in the spare as what their originals were, and forget these."""
        target = self._spare * self._slots.per_sector
        for slot in self._index.slots(victim):
            if self._index.is_live(slot):
                self._index.move(slot, target)
                target += 1
        self._void(victim)

    def _abandon_spare(self) -> None:
        """Leave a spare sector that failed while it was filled: it must be erased before it is used."""
        self._order.insert(0, self._spare)
        self._sequences[self._spare] = 0
        self._spare = -1

    def _void(self, sector: int) -> None:
        """Forget what is in a sector."""
        self._index.clear(sector)
        self._sequences[sector] = 0

    def _rotten(self, slot: int) -> None:
        """A pending record no longer agrees with its CRC: count it out; the cloud will miss its number and ask."""
        self.faults += 1
        self._index.change(slot, SPOILT)

    def _failed(self, doing: str, error: OSError) -> JournalError:
        self.faults += 1
        return JournalError(f"the journal's flash failed while {doing}: {error}")
