"""The journal on flash that wears: sectors that cannot be erased, written or read, and bits that stick."""

from hemlarm_firmware.journal import Journal
from hemlarm_firmware.journal_ring import JournalError
from nor_flash import NorFlash
from support import raises
from test_journal import ALARM, KID, PER_SECTOR, ROUTINE, SECTOR, deliver, filled, sealed


class WornFlash(NorFlash):
    """`stuck` maps offsets to bits that stay 0; sectors in `unreadable` fail to be read."""

    def __init__(self, sectors: int) -> None:
        super().__init__(sectors)
        self.stuck: dict[int, int] = {}
        self.unreadable: list[int] = []

    def read_into(self, offset: int, buffer: "bytearray | memoryview") -> None:
        """As `board.Flash.read_into`."""
        if offset // SECTOR in self.unreadable:
            raise OSError(5)
        super().read_into(offset, buffer)

    def program(self, offset: int, data: "bytes | bytearray | memoryview") -> None:
        """As `board.Flash.program`."""
        super().program(offset, data)
        self._stick()

    def erase(self, offset: int) -> None:
        """As `board.Flash.erase`."""
        super().erase(offset)
        self._stick()

    def _stick(self) -> None:
        for offset, bits in self.stuck.items():
            self.cells[offset] &= 0xFF ^ bits


def turned(flash: NorFlash, count: int) -> Journal:
    """Return a journal in which so many records came and were acknowledged."""
    journal = Journal(flash)
    for number in range(count):
        filled(journal, number, 1)
        assert deliver(journal) == [number]
    return journal


def test_a_sector_that_keeps_a_bit_is_found_out_by_its_erase_and_left_out() -> None:
    for offset in (0, 240, 300, 4095):  # In a slot, in the header, in the note, in what nothing is written to.
        flash = WornFlash(8)
        journal = turned(flash, 400)
        capacity = journal.capacity
        flash.stuck[2 * SECTOR + offset] = 0x11
        for number in range(400, 1000):
            try:
                journal.append(KID, number, ROUTINE, sealed(number))
            except JournalError:
                journal.append(KID, number, ROUTINE, sealed(number))
            assert deliver(journal) == [number]
        assert (journal.retired, journal.capacity) == (1, capacity - PER_SECTOR)
        filled(journal, 1000, 100)
        again = Journal(flash.copy())
        assert deliver(again) == list(range(1000, 1100))


def test_a_bit_that_sticks_later_costs_one_slot() -> None:
    flash = WornFlash(4)
    journal = filled(Journal(flash), 0, 2)
    at = bytes(flash.cells).find(sealed(1))
    flash.stuck[at + 80] = 0xFF  # In the slot behind it.
    record = journal.append(KID, 0x0F0F, ALARM, sealed(0x0F0F))
    assert not journal.kept(record)
    filled(journal, 3, 1)
    assert deliver(Journal(flash.copy())) == [0, 1, 3]


def test_what_cannot_be_read_at_the_boot_is_neither_overwritten_nor_said_not_to_be_there() -> None:
    flash = WornFlash(6)
    filled(Journal(flash), 0, 3 * PER_SECTOR)
    flash.unreadable = [bytes(flash.cells).find(sealed(0)) // SECTOR]
    again = Journal(flash)
    assert (again.is_whole, again.retired, again.pending) == (False, 1, 2 * PER_SECTOR)
    assert again.holds(KID, 0)
    deliver(again)
    for number in range(1000, 2000):
        again.append(KID, number, ROUTINE, sealed(number))
        deliver(again)
    flash.unreadable = []
    assert deliver(Journal(flash.copy())) == list(range(PER_SECTOR))


def test_a_chip_that_cannot_be_read_at_the_boot_takes_nothing_and_costs_nothing() -> None:
    flash = WornFlash(5)
    filled(Journal(flash), 0, 30)
    flash.dead = True
    journal = Journal(flash)
    assert (journal.blank, journal.capacity, journal.take(), journal.pending) == (False, 0, None, 0)
    flash.dead = False
    for number in range(5):
        raises(JournalError, journal.append, KID, 100 + number, ALARM, sealed(number))
    assert deliver(Journal(flash.copy())) == list(range(30))


def test_too_few_sectors_that_can_be_erased_cost_nothing_that_is_held() -> None:
    flash = NorFlash(4)
    journal = filled(Journal(flash), 0, PER_SECTOR)
    journal._retired[journal._order[0]] = 1
    assert journal.capacity == 0
    assert "too few sectors" in str(raises(JournalError, journal.append, KID, 100, ALARM, sealed(100)))
    assert (journal.pending, journal.take_lost()) == (PER_SECTOR, [])


def test_a_record_dropped_over_a_torn_acknowledgement_stays_away_after_a_boot() -> None:
    for torn_state in (0xFE, 0x7F, 0x54, 0x10):
        flash = NorFlash(4)
        journal = filled(Journal(flash), 0, 1)
        flash.cells[bytes(flash.cells).find(KID) - 4] = torn_state
        journal = filled(Journal(flash), 1, journal.capacity)
        assert journal.take_lost() == [(KID, 0, 0)]
        assert 0 not in deliver(Journal(flash.copy()))


def test_wear_is_counted_over_boots() -> None:
    flash = NorFlash(5)
    journal = turned(flash, 5 * PER_SECTOR * 7)
    assert flash.erases // 5 == journal.wear == Journal(flash.copy()).wear


def test_an_acknowledgement_torn_into_a_drop_is_of_a_number_that_was_used() -> None:
    flash = NorFlash(4)
    filled(Journal(flash), 7, 1)
    flash.cells[bytes(flash.cells).find(KID) - 4] = 0x55
    journal = Journal(flash)
    assert (journal.pending, journal.holds(KID, 7), journal.highest(KID)) == (0, False, 7)
