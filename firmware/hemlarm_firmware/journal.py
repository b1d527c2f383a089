"""The event journal: a ring of fixed slots on raw flash that survives losing power at any operation.

Appending is one program operation, acknowledging a second small one; a sector is erased once for every 48 records. An
interrupted append leaves a slot that is skipped and never used again; an interrupted acknowledgement leaves the record
pending, so it is sent once more. Kept in RAM: two bytes a slot, nothing that grows.

Room is made sector by sector (`journal_ring.py`), out of what is acknowledged. When pending records fill all but three
sectors, the least urgent and oldest make way; `take_lost` tells whose.
"""

from hemlarm_firmware.flash_slots import (
    ACKNOWLEDGED,
    DROPPED,
    FLYING,
    PENDING,
    SPOILT,
    STATE_ACKNOWLEDGED,
    STATE_DROPPED,
    URGENCY_MAX,
    Record,
    check,
)
from hemlarm_firmware.journal_ring import JournalError, Ring

LOST_MAX = 32
"""Ranges kept for `take_lost`; of more than these the cloud learns by asking for the gap and being told."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from hemlarm_firmware.board import Flash


class JournalFullError(JournalError):
    """Every place is taken by a record that is more urgent, or just being sent."""


class Journal(Ring):
    """The journal on one flash partition of at least four sectors.

    The constructor only reads: it finds the records, the head and the spare sector by scanning. Raises ValueError for a
    partition it cannot use. Of n sectors, n - 3 are kept for pending records (6,000 of them in 128 sectors of 4 KiB).
    """

    def __init__(self, flash: "Flash") -> None:
        super().__init__(flash)
        self._lost: list[tuple[bytes, int, int]] = []
        self._fresh: Record | None = None  # The last one appended, which is mostly taken next: not worth a read.

    @property
    def blank(self) -> bool:
        """Whether no record was ever kept here, as far as the flash tells."""
        return self.is_whole and not any(self._sequences)

    @property
    def pending(self) -> int:
        """Unacknowledged records, those in flight included."""
        return self._index.pending

    def append(self, kid: bytes, number: int, urgency: int, sealed: bytes) -> Record:
        """Program a record into flash and return it; `kept` reads it back, when what is urgent has been done.

        Raises JournalError when the flash fails, JournalFullError when all that is pending is more urgent, and
        ValueError for a record that no journal can hold (see `flash_slots.check`).
        """
        check(kid, number, urgency, sealed)
        if self._next == self._slots.per_sector:
            self._open_sector(urgency)
        self._make_way(urgency)  # Not before: a chip that fails must not cost what it still holds.
        slot = self._order[-1] * self._slots.per_sector + self._next
        self._next += 1
        try:
            self._slots.write(slot, kid, number, urgency, sealed)
        except OSError as error:
            self._index.change(slot, SPOILT)
            raise self._failed("writing a record", error) from None
        self._index.put(slot, PENDING | urgency, number)
        self._fresh = Record(kid, number, urgency, sealed, slot, self._moves)
        return self._fresh

    def kept(self, record: Record) -> bool:
        """Read an appended record back, and count it out if the flash did not keep it."""
        slot = self._locate(record)
        if slot < 0 or not self._index.is_live(slot) or self._slots.holds(slot, record.sealed):
            return True
        self._rotten(slot)
        return False

    def take(self, worse_than: "int | None" = None) -> "Record | None":
        """Return the most urgent pending record that is not in flight, the oldest of these, and count it in flight.

        With `worse_than`: only a record more urgent than that. Returns None when there is none, or the flash cannot be
        read now. A record copied to make room counts as young as its copy.
        """
        for urgency in range(URGENCY_MAX + 1 if worse_than is None else min(worse_than, URGENCY_MAX + 1)):
            while self._index.waiting(urgency):
                slot = self._index.oldest(self._order, urgency)
                try:
                    record = self._read(slot)
                except OSError:
                    self.faults += 1
                    return None
                if record is not None:
                    self._index.change(slot, FLYING | urgency)
                    return record
                self._rotten(slot)
        return None

    def give_back(self, record: Record) -> None:
        """The record is no longer in flight: `take` may return it again."""
        slot = self._locate(record)
        if slot >= 0 and self._index.kind(slot) == FLYING:
            self._index.change(slot, PENDING | record.urgency)

    def land(self) -> None:
        """Nothing is in flight any more."""
        self._index.land()

    def acknowledge(self, record: Record) -> None:
        """The cloud has it: the record may be overwritten from now on.

        A flash that fails here is counted in `faults` and not raised: at worst the record is sent again after a boot.
        """
        slot = self._locate(record)
        if slot >= 0 and self._index.is_live(slot):
            self._mark(slot, STATE_ACKNOWLEDGED, ACKNOWLEDGED | record.urgency)

    def recall(self, kid: bytes, first: int, last: int) -> int:
        """Make acknowledged records `first` to `last` of a key pending again; return how many.

        In RAM only: a boot forgets it, and the cloud asks again. Stops at `capacity`. Raises OSError.
        """
        if self._spare < 0 and not self.tidy():
            return 0  # What is recalled must not sit in the only sector that could be erased.
        count = 0
        for slot, name in self._names(kid, ACKNOWLEDGED):
            if first <= name <= last and self.pending < self.capacity:
                self._index.change(slot, PENDING | self._index.urgency(slot))
                count += 1
        return count

    def holds(self, kid: bytes, number: int) -> bool:
        """Tell whether the record is here, acknowledged or not. True when the flash cannot be read: it may be."""
        try:
            return self._find(kid, number) >= 0 or not self.is_whole
        except OSError:
            self.faults += 1
            return True

    def sealed(self, kid: bytes, number: int) -> "bytes | None":
        """Return a record's sealed bytes, None when it is not here. Raises OSError."""
        slot = self._find(kid, number)
        found = self._slots.read(slot) if slot >= 0 else None
        return found[3] if found else None

    def highest(self, kid: bytes) -> int:
        """Return a key's highest number, -1 for none, of what made way too. Reads all of the flash; raises OSError."""
        return max((number for _, number in self._names(kid, DROPPED)), default=-1)

    def take_lost(self) -> "list[tuple[bytes, int, int]]":
        """Return (key id, first, last) of records that were pending and are gone, and forget about them."""
        lost, self._lost = self._lost, []
        return lost

    def _read(self, slot: int) -> "Record | None":
        fresh, self._fresh = self._fresh, None
        if fresh is not None and fresh.slot == slot and fresh.moves == self._moves:
            return fresh
        found = self._slots.read(slot)
        return None if found is None else Record(*found, slot, self._moves)

    def _locate(self, record: Record) -> int:
        """Return where a record is now: copying to make room may have moved it. -1 when it is gone."""
        if record.moves != self._moves:
            try:
                record.slot = self._find(record.kid, record.number)
                record.moves = self._moves
            except OSError:
                self.faults += 1
                return -1
        return record.slot

    def _find(self, kid: bytes, number: int) -> int:
        return next((slot for slot in self._index.candidates(number) if self._slots.names(slot, kid, number)), -1)

    def _names(self, kid: bytes, kind_min: int) -> "Iterator[tuple[int, int]]":
        """Yield (slot, number) of every record of a key that is at least `kind_min`, reading sector by sector."""
        for sector in range(self._slots.sectors):
            if self._index.used(sector):
                self._slots.load(sector)
                first = sector * self._slots.per_sector
                for slot in self._index.slots(sector):
                    if self._index.kind(slot) >= kind_min:
                        key, number = self._slots.name(slot - first)
                        if key == kid:
                            yield slot, number

    # Making room.

    def _make_way(self, urgency: int) -> None:
        """Drop records until one more fits: no more than `capacity`, so that the emptiest sector always has a gap."""
        if not self.capacity:
            raise JournalError("the journal has too few sectors that could be erased")
        while self.pending >= self.capacity:
            self._drop(urgency)

    def _drop(self, urgency: int) -> None:
        """Drop the least urgent and oldest record that is not in flight, if it is no more urgent than `urgency`."""
        least = self._index.least_urgent()
        if least < urgency:
            raise JournalFullError(f"the journal is full of {self.pending} records more urgent than {urgency}")
        slot = self._index.oldest(self._order, least)
        try:
            found = self._slots.read(slot)
        except OSError as error:
            raise self._failed("reading a record", error) from None
        if found is not None:
            self._lose(found[0], found[1])
        self._mark(slot, STATE_DROPPED, DROPPED)

    def _open_sector(self, urgency: int) -> None:
        """Make the spare sector the head, with copies in it if there is no other way to have a next spare."""
        if self._spare < 0:
            victim = self._victim()
            if victim < 0 or self._index.live[victim]:
                self._retire_unreadable()  # The next append may try those that failed again.
                raise JournalError("the journal has no sector that could be erased")
            self._erase(victim)
        self._make_way(urgency)
        victim = self._victim()
        copies = self._carry(victim) if victim >= 0 and self._index.live[victim] else 0
        self._order.append(self._spare)
        self._spare = -1
        self._next = copies
        self._moves += 1

    # Failures.

    def _mark(self, slot: int, state: int, code: int) -> None:
        self._index.change(slot, code)
        try:
            self._slots.mark(slot, state)
        except OSError:
            self.faults += 1

    def _lose(self, kid: bytes, number: int) -> None:
        if self._lost and self._lost[-1][0] == kid and self._lost[-1][2] + 1 == number:
            self._lost[-1] = (kid, self._lost[-1][1], number)
        elif len(self._lost) < LOST_MAX:
            self._lost.append((kid, number, number))
