"""The journal keeps its promises: order, wear, a full ring, a failing chip. Power cuts: `test_journal_cuts.py`."""

from hemlarm_firmware.flash_slots import Record
from hemlarm_firmware.journal import LOST_MAX, Journal, JournalFullError
from hemlarm_firmware.journal_ring import JournalError
from nor_flash import NorFlash
from support import raises

KID = b"kid1"
SECTOR = 4096
PER_SECTOR = 48
ALARM, ROUTINE = 1, 6


def sealed(number: int) -> bytes:
    """Return 64 bytes that only this number has."""
    return bytes([number >> 8 & 0xFF, number & 0xFF]) * 32


def filled(journal: Journal, first: int, count: int, urgency: int = ROUTINE) -> Journal:
    """Append `count` records."""
    for number in range(first, first + count):
        journal.append(KID, number, urgency, sealed(number))
    return journal


def deliver(journal: Journal, count: int = 1 << 20) -> "list[int]":
    """Take and acknowledge up to `count` records; return their numbers in the order in which they came."""
    numbers: list[int] = []
    while len(numbers) < count:
        record = journal.take()
        if record is None:
            break
        assert record.sealed == sealed(record.number), "what is delivered is what was sealed"
        journal.acknowledge(record)
        numbers.append(record.number)
    return numbers


# In order.


def test_a_new_flash_is_an_empty_journal() -> None:
    flash = NorFlash(4)
    journal = Journal(flash)
    assert (journal.pending, journal.take(), journal.highest(KID), journal.holds(KID, 0)) == (0, None, -1, False)
    assert journal.blank
    assert flash.operations == 0, "finding nothing changes nothing"


def test_an_appended_record_is_there_after_a_boot() -> None:
    flash = NorFlash(4)
    record = Journal(flash).append(KID, 7, ALARM, b"sealed bytes")
    assert (record.kid, record.number, record.urgency, record.sealed) == (KID, 7, ALARM, b"sealed bytes")
    again = Journal(flash.copy())
    found = again.take()
    assert found is not None
    assert (found.kid, found.number, found.urgency, found.sealed) == (KID, 7, ALARM, b"sealed bytes")
    assert (again.pending, again.highest(KID), again.holds(KID, 7)) == (1, 7, True)


def test_the_most_urgent_goes_first_and_then_the_oldest() -> None:
    journal = Journal(NorFlash(4))
    for number, urgency in ((1, 7), (2, 3), (3, 0), (4, 3), (5, 7), (6, 0)):
        journal.append(KID, number, urgency, sealed(number))
    assert deliver(journal) == [3, 6, 2, 4, 1, 5]


def test_a_taken_record_is_not_taken_twice_until_given_back() -> None:
    journal = filled(Journal(NorFlash(4)), 1, 2)
    first, second = journal.take(), journal.take()
    assert first is not None
    assert second is not None
    assert (first.number, second.number, journal.take(), journal.pending) == (1, 2, None, 2)
    journal.give_back(first)
    again = journal.take()
    assert again is not None
    assert again.number == 1


def test_only_what_is_more_urgent_than_asked_for_is_taken() -> None:
    journal = filled(Journal(NorFlash(4)), 1, 1, urgency=3)
    assert journal.take(3) is None
    assert journal.take(0) is None
    assert journal.take(4) is not None


def test_an_acknowledged_record_stays_away_after_a_boot_but_is_held() -> None:
    flash = NorFlash(4)
    journal = filled(Journal(flash), 1, 3)
    assert deliver(journal, 2) == [1, 2]
    again = Journal(flash.copy())
    assert (again.pending, again.holds(KID, 1), again.holds(KID, 4)) == (1, True, False)
    assert deliver(again) == [3]


def test_acknowledging_twice_or_giving_back_what_is_acknowledged_changes_nothing() -> None:
    flash = NorFlash(4)
    journal = filled(Journal(flash), 1, 1)
    record = journal.take()
    assert record is not None
    journal.acknowledge(record)
    programs = flash.programs
    journal.acknowledge(record)
    journal.give_back(record)
    assert (journal.pending, journal.take(), flash.programs) == (0, None, programs)


def test_recalled_records_are_sent_again() -> None:
    flash = NorFlash(6)
    journal = filled(Journal(flash), 1, 60)
    deliver(journal)
    assert journal.recall(KID, 40, 55) == 16
    assert journal.recall(b"else", 1, 60) == 0
    assert (journal.pending, deliver(journal)) == (16, list(range(40, 56)))
    assert Journal(flash.copy()).pending == 0


def test_recalling_never_takes_the_last_room() -> None:
    journal = Journal(NorFlash(6))
    for number in range(5 * PER_SECTOR + 1):
        journal.append(KID, number, ROUTINE, sealed(number))
        deliver(journal)
    for sector in range(5):
        journal.recall(KID, sector * PER_SECTOR + 10, sector * PER_SECTOR + 12)
    filled(journal, 500, 100, urgency=ALARM)
    assert journal.take_lost() == []


def test_a_record_that_no_journal_can_hold_is_refused() -> None:
    journal = Journal(NorFlash(4))
    for kid, number, urgency, data in (
        (b"kid", 1, 1, b"x"),
        (KID, 1 << 32, 1, b"x"),
        (KID, -1, 1, b"x"),
        (KID, 1, 8, b"x"),
        (KID, 1, 1, b""),
        (KID, 1, 1, b"x" * 65),
    ):
        raises(ValueError, journal.append, kid, number, urgency, data)
    assert journal.pending == 0


def test_a_partition_that_is_too_small_is_refused() -> None:
    assert "4 sectors" in str(raises(ValueError, Journal, NorFlash(3)))


# Wear.


def test_an_append_is_one_program_and_an_acknowledgement_one_more() -> None:
    flash = NorFlash(4)
    journal = filled(Journal(flash), 0, 1)
    for number in range(1, PER_SECTOR):
        before = flash.operations
        journal.append(KID, number, ROUTINE, sealed(number))
        assert flash.operations == before + 1
        assert deliver(journal, 1) == [number - 1]
        assert flash.operations == before + 2


def test_a_turning_ring_erases_one_sector_in_48_records() -> None:
    for program_size in (1, 256):
        flash = NorFlash(5, program_size)
        journal = Journal(flash)
        for number in range(1000):
            journal.append(KID, number, ROUTINE, sealed(number))
            assert deliver(journal) == [number]
            journal.tidy()
        assert flash.erases <= 1000 // PER_SECTOR + 2
        assert flash.programs <= 2 * 1000 + 2 * flash.erases
        assert Journal(flash.copy()).pending == 0


def test_an_idle_panel_erases_ahead_so_that_an_append_does_not() -> None:
    flash = NorFlash(4)
    journal = Journal(flash)
    for number in range(300):
        while journal.tidy():
            pass
        erases = flash.erases
        journal.append(KID, number, ROUTINE, sealed(number))
        deliver(journal)
        assert flash.erases == erases


def test_every_sector_wears_alike() -> None:
    flash = NorFlash(6)
    wear = [0] * 6
    erase = flash.erase

    def counted(offset: int) -> None:
        wear[offset // SECTOR] += 1
        erase(offset)

    flash.erase = counted  # type: ignore[method-assign]
    journal = Journal(flash)
    for number in range(2000):
        journal.append(KID, number & 0xFFF, ROUTINE, sealed(number & 0xFFF))
        deliver(journal)
        journal.tidy()
    assert max(wear) - min(wear) <= 1


# A full ring.


def test_all_but_three_sectors_hold_pending_records() -> None:
    flash = NorFlash(6)
    journal = Journal(flash)
    assert journal.capacity == 3 * PER_SECTOR
    filled(journal, 0, journal.capacity)
    assert (journal.take_lost(), deliver(Journal(flash.copy()))) == ([], list(range(journal.capacity)))


def test_the_oldest_routine_records_make_way_and_their_numbers_are_told() -> None:
    flash = NorFlash(6)
    journal = Journal(flash)
    filled(journal, 0, journal.capacity + 10)
    assert journal.take_lost() == [(KID, 0, 9)]
    assert journal.take_lost() == []
    assert (journal.pending, journal.holds(KID, 9), journal.holds(KID, 10)) == (journal.capacity, False, True)
    assert sorted(deliver(Journal(flash.copy()))) == list(range(10, journal.capacity + 10))


def test_no_alarm_is_lost_while_routine_records_can_go() -> None:
    flash = NorFlash(5)
    journal = Journal(flash)
    alarms = []
    for number in range(1000):
        urgency = ALARM if number % 11 == 0 else ROUTINE
        journal.append(KID, number, urgency, sealed(number))
        if urgency == ALARM:
            alarms.append(number)
    kept = deliver(Journal(flash.copy()))
    assert sorted(kept[: len(alarms)]) == alarms
    assert len(kept) == journal.capacity


def test_a_journal_full_of_alarms_refuses_the_routine_and_keeps_the_newest_alarms() -> None:
    journal = Journal(NorFlash(4))
    filled(journal, 0, journal.capacity, urgency=ALARM)
    error = raises(JournalFullError, journal.append, KID, 999, ROUTINE, sealed(999))
    assert "full of 48 records more urgent than 6" in str(error)
    assert (journal.holds(KID, 999), journal.holds(KID, 0)) == (False, True)
    filled(journal, 100, 200, urgency=ALARM)
    assert journal.take_lost() == [(KID, 0, 47), (KID, 100, 251)]
    assert sorted(deliver(journal)) == list(range(252, 300))


def test_what_is_in_flight_is_never_dropped() -> None:
    journal = filled(Journal(NorFlash(4)), 0, 5)
    flying = [journal.take() for _ in range(5)]
    filled(journal, 5, 500)
    for number, record in enumerate(flying):
        assert record is not None
        assert journal.holds(KID, number)
        journal.acknowledge(record)
    assert deliver(journal) == list(range(462, 505))


def test_what_is_in_flight_is_found_again_after_it_was_moved() -> None:
    flash = NorFlash(4)
    journal = Journal(flash)
    flying: list[Record] = []
    for number in range(400):
        programs = flash.programs
        journal.append(KID, number, ROUTINE, sealed(number))
        if flash.programs > programs + 8:
            break
        record = journal.take()
        assert record is not None
        flying.append(record)
        if number % 5:
            journal.acknowledge(flying.pop())
    filled(journal, 1000, 10)
    assert len(flying) > 20
    for record in flying:
        journal.acknowledge(record)
    assert journal.pending == 11
    assert deliver(journal) == [number] + list(range(1000, 1010))


def test_acknowledged_records_are_overwritten_before_any_pending_one() -> None:
    flash = NorFlash(6)
    journal = Journal(flash)
    filled(journal, 0, 20, urgency=ROUTINE)
    for number in range(20, 1000):
        journal.append(KID, number, ALARM, sealed(number))
        assert deliver(journal, 1) == [number]
    assert journal.take_lost() == []
    assert sorted(deliver(Journal(flash.copy()))) == list(range(20))


def test_the_list_of_lost_numbers_is_bounded() -> None:
    journal = Journal(NorFlash(4))
    for number in range(0, 400, 2):
        journal.append(KID, number, ROUTINE, sealed(number))
    assert len(journal.take_lost()) == LOST_MAX


# A failing chip.


def test_a_failed_program_is_reported_and_the_next_append_works() -> None:
    flash = NorFlash(4)
    journal = filled(Journal(flash), 0, 2)
    flash.bad_programs = 1
    assert "flash failed while writing a record" in str(raises(JournalError, journal.append, KID, 2, ALARM, sealed(2)))
    filled(journal, 3, 1)
    assert (journal.faults, deliver(Journal(flash.copy()))) == (1, [0, 1, 3])


def test_a_chip_that_forgets_bits_is_noticed_when_the_record_is_read_back() -> None:
    flash = NorFlash(4)
    journal = filled(Journal(flash), 0, 1)
    program = flash.program
    flash.program = lambda offset, data: None  # type: ignore[method-assign]
    record = journal.append(KID, 1, ALARM, sealed(1))
    flash.program = program  # type: ignore[method-assign]
    assert not journal.kept(record)
    assert journal.kept(journal.append(KID, 7, ALARM, sealed(7)))
    assert deliver(filled(journal, 2, 1)) == [7, 0, 2]


def test_sectors_that_cannot_be_erased_are_left_out() -> None:
    for bad, pending in ((1, 96), (2, 48)):
        flash = NorFlash(6)
        journal = Journal(flash)
        flash.bad_erases = bad
        for _ in range(bad):
            raises(JournalError, journal.append, KID, 0, ALARM, sealed(0))
        filled(journal, 1, 300)
        assert journal.pending == pending
        assert len(journal.take_lost()) == 1
        assert deliver(journal)[-1:] == [300]


def test_a_journal_that_loses_sectors_goes_on_with_what_is_left() -> None:
    flash = NorFlash(8)
    journal = filled(Journal(flash), 0, 3 * PER_SECTOR)
    deliver(journal)
    filled(journal, 200, 4 * PER_SECTOR)
    flash.bad_erases = 3
    for _ in range(3):
        raises(JournalError, journal.append, KID, 500, ALARM, sealed(500))
    filled(journal, 501, 10)
    assert journal.pending == journal.capacity == 2 * PER_SECTOR
    assert sorted(deliver(Journal(flash.copy()))) == list(range(306, 392)) + list(range(501, 511))


def test_a_chip_that_no_longer_erases_keeps_what_it_holds() -> None:
    flash = NorFlash(6)
    journal = filled(Journal(flash), 0, 100)
    flash.bad_erases = 1 << 20
    failures = 0
    for number in range(100, 300):
        try:
            journal.append(KID, number, ALARM, sealed(number))
        except JournalError:
            failures += 1
    assert failures == 200 - 44
    assert (journal.take_lost(), journal.pending) == ([], 144)


def test_a_dead_chip_fails_every_append_and_no_take_raises() -> None:
    flash = NorFlash(4)
    journal = filled(Journal(flash), 0, 2)
    record = journal.take()
    assert record is not None
    flash.dead = True
    for number in range(200):
        raises(JournalError, journal.append, KID, number, ALARM, sealed(number))
    assert (journal.take(), journal.pending) == (None, 2)
    journal.acknowledge(record)
    assert journal.pending == 1
    flash.dead = False
    assert deliver(journal) == [1]


def test_a_record_that_rots_is_not_delivered() -> None:
    flash = NorFlash(4)
    journal = filled(Journal(flash), 0, 3)
    at = bytes(flash.cells).find(sealed(1))
    flash.cells[at + 5] ^= 0x10
    assert (deliver(journal), journal.faults) == ([0, 2], 1)
