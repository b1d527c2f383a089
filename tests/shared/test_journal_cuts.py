"""The journal loses, invents and repeats nothing when power goes at any flash operation, or a copy fails half way."""

from hemlarm_firmware.flash_slots import Record
from hemlarm_firmware.journal import Journal
from hemlarm_firmware.journal_ring import JournalError
from nor_flash import NorFlash, PowerCut, WatchedFlash
from support import raises
from test_journal import ALARM, KID, ROUTINE, deliver, filled, sealed


class Life:
    """What happened to a journal so far, and so what a boot after a cut must find."""

    def __init__(self) -> None:
        self.urgency: dict[int, int] = {}
        self.acknowledged: set[int] = set()
        self.lost: set[int] = set()
        self.doing = -1
        self.full = False
        self.cuts = 0

    def append(self, journal: Journal, number: int, urgency: int) -> None:
        """Append and note what that promises."""
        self.doing, self.full = number, journal.pending == journal.capacity
        journal.append(KID, number, urgency, sealed(number))
        self.urgency[number] = urgency
        self.doing, self.full = -1, False
        for _, first, last in journal.take_lost():
            self.lost.update(range(first, last + 1))

    def acknowledge(self, journal: Journal) -> None:
        """Take and acknowledge one record."""
        record = journal.take()
        assert record is not None
        self.doing = record.number
        journal.acknowledge(record)
        self.acknowledged.add(record.number)
        self.doing = -1

    def judge(self, flash: NorFlash) -> None:
        """Boot from the flash: what returned is pending unless acknowledged or told lost, once, and nothing else is."""
        self.cuts += 1
        found = pending_numbers(Journal(flash))
        assert len(set(found)) == len(found), "nothing twice"
        kept = [number for number in self.urgency if number not in self.acknowledged and number not in self.lost]
        missing = [number for number in kept if number not in found and number != self.doing]
        invented = [number for number in found if number not in kept and number != self.doing]
        assert not invented, "nothing invented, nothing acknowledged comes back"
        assert len(missing) <= self.full, "nothing gone but what makes way for the record being written"
        assert all(self.urgency[number] == ROUTINE for number in missing), "no alarm makes way for that"


def pending_numbers(journal: Journal) -> "list[int]":
    """Take everything and return its numbers."""
    numbers: list[int] = []
    record = journal.take()
    while record is not None:
        assert record.sealed == sealed(record.number)
        numbers.append(record.number)
        record = journal.take()
    return numbers


def busy_life(life: Life, journal: Journal) -> None:
    """Fill the ring and turn it, with acknowledgements now and then, so that it carries and drops."""
    for number in range(150):
        life.append(journal, number, ALARM if number % 9 == 0 else ROUTINE)
        if number % 5 < 2 and number < 100:
            life.acknowledge(journal)
        if number % 17 == 0:
            journal.tidy()


def test_a_cut_at_any_operation_keeps_every_promise() -> None:
    for program_size, torn in ((1, (0, 1, 2)), (256, (3,))):
        life = Life()
        flash = WatchedFlash(NorFlash(4, program_size), torn, life.judge)
        busy_life(life, Journal(flash))
        assert flash.erases >= 4, "the ring has turned"
        assert life.lost, "records have made way"
        assert life.cuts == flash.operations * len(torn)


def recover(life: Life, flash: NorFlash, torn: int) -> None:
    """Boot after a cut and work on, with a cut at every operation of that."""
    journal = Journal(WatchedFlash(flash, (0, torn), life.judge))
    journal.tidy()
    for number in range(1000, 1004):
        life.append(journal, number, ALARM)


def test_a_second_cut_during_the_recovery_keeps_every_promise() -> None:
    life = Life()
    recovered = [0]

    def watch(flash: NorFlash) -> None:
        life.cuts += 1
        if life.cuts % 7:
            return
        found = pending_numbers(Journal(flash.copy()))
        second = Life()
        second.urgency = {number: ALARM if number % 9 == 0 else ROUTINE for number in found}
        recover(second, flash, life.cuts)
        recovered[0] += second.cuts

    flash = WatchedFlash(NorFlash(4), (0, 5), watch)
    busy_life(life, Journal(flash))
    assert recovered[0] > 500


def test_copies_that_were_cut_short_do_not_count_and_are_made_again() -> None:
    flash, kept = about_to_copy()
    cut = 0
    while True:
        chip = flash.copy()
        chip.cut_at, chip.torn = cut, cut % 3 and cut
        try:
            Journal(chip).append(KID, 900, ALARM, sealed(900))
        except PowerCut:
            cut += 1
            after = Journal(chip.copy())
            assert [number for number in sorted(pending_numbers(after)) if number != 900] == kept
            copy_again(chip, kept, cut)
        else:
            break
    assert cut > 10


def copy_again(chip: NorFlash, kept: "list[int]", torn: int) -> None:
    """Boot, append, and see at every cut of that again that each record is there once."""

    def watch(cut_chip: NorFlash) -> None:
        found = pending_numbers(Journal(cut_chip))
        assert sorted(number for number in found if number < 900) == kept

    journal = Journal(WatchedFlash(chip, (0, torn, torn + 100), watch))
    for number in range(901, 905):
        journal.append(KID, number, ALARM, sealed(number))


def about_to_copy() -> "tuple[NorFlash, list[int]]":
    """Return a flash whose every sector holds something pending, so that the next append must copy; and what is."""
    flash = NorFlash(4)
    journal = Journal(flash)
    kept: list[Record] = []
    for number in range(800):
        before, programs = flash.copy(), flash.programs
        journal.append(KID, number, ROUTINE, sealed(number))
        if flash.programs > programs + 8:
            return before, sorted(record.number for record in kept)
        record = journal.take()
        assert record is not None
        if number % 5:
            journal.acknowledge(record)
        else:
            kept.append(record)
    raise AssertionError("no append had to copy")


def test_a_torn_record_is_never_delivered_and_its_slot_never_used_again() -> None:
    for seed in range(1, 60):
        flash = NorFlash(4)
        filled(Journal(flash), 0, 3)
        flash.cut_at, flash.torn = flash.operations, seed
        raises(PowerCut, Journal(flash).append, KID, 3, ALARM, sealed(3))
        after = Journal(flash.copy())
        assert deliver(filled(after, 4, 1)) in ([3, 0, 1, 2, 4], [0, 1, 2, 4])


def test_a_state_that_was_cleared_in_part_is_still_pending() -> None:
    for state in (0xFE, 0x7F, 0x0F, 0x01):
        flash = NorFlash(4)
        filled(Journal(flash), 0, 1)
        flash.cells[bytes(flash.cells).find(KID) - 4] = state
        assert deliver(Journal(flash)) == [0]


def test_a_torn_acknowledgement_leaves_it_pending_or_acknowledged() -> None:
    pending = set()
    for seed in range(1, 60):
        flash = NorFlash(4)
        journal = filled(Journal(flash), 0, 2)
        flash.cut_at, flash.torn = flash.operations, seed
        raises(PowerCut, deliver, journal, 1)
        after = Journal(flash.copy())
        pending.add(after.pending)
        assert deliver(after)[-1:] == [1]
        assert Journal(flash.copy()).holds(KID, 0)
    assert pending == {1, 2}


def test_a_failed_copy_loses_nothing_and_is_made_again() -> None:
    start, kept = about_to_copy()
    for failing in range(20):
        flash = start.copy()
        journal = Journal(flash)
        fail_program_number(flash, failing)
        failures = 0
        for number in range(900, 903):
            try:
                journal.append(KID, number, ALARM, sealed(number))
            except JournalError:
                failures += 1
        assert failures <= 2
        found = pending_numbers(Journal(flash.copy()))
        assert set(kept) <= set(found)
        assert sorted(found) == sorted(pending_numbers(journal))
        assert len(found) == len(kept) + 3 - failures


def fail_program_number(flash: NorFlash, failing: int) -> None:
    """Make one program fail half way: what it should clear, it clears in part."""
    program = flash.program
    count = [0]

    def faulty(offset: int, data: "bytes | bytearray | memoryview") -> None:
        count[0] += 1
        if count[0] == failing + 1:
            program(offset, bytes(data[: len(data) // 2]))
            raise OSError(5)
        program(offset, data)

    flash.program = faulty  # type: ignore[method-assign]
