"""The recorder: every number once, every event on flash before anyone hears of it, none silenced by a broken flash."""

from hemlarm_firmware.clock import Clock
from hemlarm_firmware.journal import Journal
from hemlarm_firmware.memory import NUMBERS_RESERVED, Memory
from hemlarm_firmware.recorder import OVERFLOW, UNWRITTEN_MAX, Recorder
from hemlarm_firmware.settings import Settings
from hemlarm_protocol import keys, messages, sealing
from nor_flash import NorFlash, PowerCut

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PANEL, ROOT_KEY, SALT = bytes(8), bytes(range(32)), bytes(16)
KEY = keys.journal_key(ROOT_KEY, PANEL, SALT)
BURGLARY, FIRE, TEST = 1130, 1111, 1602


class Panel:
    """A recorder with its flash, which outlives it."""

    def __init__(self, sectors: int = 16) -> None:
        self._salts = 0
        self.heard: list[tuple[int, messages.Message]] = []
        self.journal_flash, self.state_flash = NorFlash(sectors), NorFlash(2)
        self.boot()

    def boot(self) -> None:
        """Start on the flash as it is."""
        self.journal = Journal(self.journal_flash)
        self.memory = Memory(Settings(self.state_flash))
        self.memory.boot += 1
        self.recorder = Recorder(PANEL, ROOT_KEY, self._salt, self.memory, self.journal, Clock(_no_time))
        self.recorder.start()

    def _salt(self, count: int) -> bytes:
        self._salts += 1
        return bytes([self._salts - 1]) * count

    def record(self, qcode: int = BURGLARY) -> int:
        """Record an event in zone 1."""
        return self.recorder.record(qcode, 1, 1, 0, 0, 0)

    def waiting(self) -> "list[tuple[int, messages.Message]]":
        """Take everything pending, opened, in the order it would be sent."""
        found = []
        record = self.recorder.take()
        while record is not None:
            found.append(opened(record))
            record = self.recorder.take()
        return found

    def deliver(self, count: int = 1 << 20) -> "list[tuple[int, messages.Message]]":
        """Take and acknowledge up to `count` records, one at a time; return what they said."""
        found: list[tuple[int, messages.Message]] = []
        while len(found) < count:
            record = self.recorder.take()
            if record is None:
                break
            found.append(opened(record))
            self.heard.append(found[-1])
            self.recorder.acknowledge(record)
        return found


def opened(record: "Any") -> "tuple[int, messages.Message]":
    """Return number and message of a record, which must belong together."""
    number, padded = sealing.open_numbered(KEY, record.sealed)
    assert number == record.number
    return number, messages.decode(padded, keys.JOURNAL, keys.UP)


def _forget(_offset: int, _data: bytes) -> None:
    pass


def _no_time() -> int:
    return 0


def test_an_event_is_on_flash_when_its_number_is_returned() -> None:
    panel = Panel()
    number = panel.record()
    assert Journal(panel.journal_flash).holds(KEY.kid, number)


def test_numbers_are_consecutive_from_one() -> None:
    panel = Panel()
    assert [panel.record() for _ in range(200)] == list(range(1, 201))


def test_a_restart_never_uses_a_number_again_and_declares_the_rest_void() -> None:
    panel = Panel()
    last = [panel.record() for _ in range(3)][-1]
    reserved = panel.memory.reserved
    panel.boot()
    voids = [message for _, message in panel.waiting() if isinstance(message, messages.Void)]
    assert voids == [messages.Void(last + 1, reserved - 1, 0)]
    assert panel.record() > reserved


def test_a_torn_record_costs_its_number_and_the_number_is_declared_void() -> None:
    panel = Panel()
    first = panel.record()
    panel.journal_flash.dead = True
    lost = panel.record()
    panel.journal_flash.dead = False
    panel.boot()
    voids = [message for _, message in panel.waiting() if isinstance(message, messages.Void)]
    assert first + 1 == lost
    assert voids[0].first == lost


def test_a_failing_flash_does_not_keep_an_event_from_being_sent() -> None:
    panel = Panel()
    panel.journal_flash.dead = panel.state_flash.dead = True
    numbers = [panel.record(FIRE) for _ in range(NUMBERS_RESERVED // 4)]
    assert [number for number, _ in panel.waiting()] == numbers
    assert panel.recorder.flash_failures == len(numbers)


def test_an_event_that_the_flash_did_not_take_is_pending_until_it_is_acknowledged() -> None:
    panel = Panel()
    panel.journal_flash.dead = True
    number = panel.record(FIRE)
    panel.journal_flash.dead = False
    record = panel.recorder.take()
    assert panel.recorder.take() is None
    panel.recorder.send_again(KEY.kid, number, number)
    assert panel.recorder.pending == 1
    panel.recorder.acknowledge(record)
    assert panel.recorder.pending == 0


def test_an_event_that_the_flash_did_not_keep_is_sent_from_memory() -> None:
    panel = Panel()
    panel.journal_flash.program = _forget  # type: ignore[method-assign, assignment]
    number = panel.record(FIRE)
    assert not panel.recorder.confirm()
    assert panel.recorder.confirm(), "told once"
    assert [number for number, _ in panel.waiting()] == [number]


def test_what_a_failing_flash_did_not_take_is_written_when_it_works_again() -> None:
    panel = Panel()
    panel.journal_flash.dead = True
    numbers = [panel.record(FIRE) for _ in range(3)]
    assert not panel.recorder.confirm()
    panel.journal_flash.dead = False
    assert panel.recorder.confirm()
    panel.boot()
    fires = [number for number, message in panel.waiting() if isinstance(message, messages.Event)]
    assert fires == numbers


def test_a_worn_slot_is_passed_over() -> None:
    panel = Panel()
    panel.journal_flash.bad_programs = 1
    number = panel.record(FIRE)
    assert (panel.recorder.flash_failures, panel.recorder.confirm()) == (0, True)
    assert Journal(panel.journal_flash.copy()).holds(KEY.kid, number)


def test_a_flash_that_fails_anew_is_told_anew() -> None:
    panel = Panel()
    for _ in range(3):
        panel.journal_flash.dead = True
        panel.record(FIRE)
        assert not panel.recorder.confirm()
        assert panel.recorder.confirm()
        panel.journal_flash.dead = False
        panel.record(FIRE)
        assert panel.recorder.confirm()


def test_of_too_many_events_that_the_flash_did_not_take_the_least_urgent_and_oldest_are_lost() -> None:
    panel = Panel()
    panel.journal_flash.dead = True
    alarms = [panel.record(FIRE) for _ in range(5)]
    routine = [panel.record(TEST) for _ in range(UNWRITTEN_MAX)]
    assert [number for number, _ in panel.waiting()] == alarms + routine[5:]
    assert panel.memory.lost == 5


def test_a_panel_whose_journal_cannot_be_read_starts_and_sends_its_alarms() -> None:
    panel = Panel()
    kept = panel.record(BURGLARY)
    panel.journal_flash.dead = True
    panel.boot()
    number = panel.record(FIRE)
    assert number > kept
    assert [number for number, _ in panel.waiting()] == [number], "and declares nothing void that it cannot read"
    panel.journal_flash.dead = False
    panel.boot()
    assert [number for number, message in panel.waiting() if isinstance(message, messages.Event)] == [kept]


def test_a_number_on_flash_is_never_used_again_even_if_the_reservation_was_lost() -> None:
    panel = Panel()
    for _ in range(100):
        last = panel.record()
    panel.state_flash.cells[: panel.state_flash.size] = b"\xff" * panel.state_flash.size
    panel._salts = 0  # The same incarnation, as if an older record had come back.
    panel.boot()
    assert panel.record() > last


def test_a_more_urgent_event_on_flash_goes_before_one_that_the_flash_did_not_take() -> None:
    panel = Panel()
    panel.journal_flash.dead = True
    panel.record(BURGLARY)
    panel.journal_flash.dead = False
    panel.record(FIRE)
    assert [message.qcode for _, message in panel.waiting()] == [FIRE, BURGLARY]  # type: ignore[union-attr]


def test_without_numbers_to_set_aside_a_new_incarnation_begins_rather_than_a_number_used_twice() -> None:
    panel = Panel()
    panel.state_flash.dead = True
    numbers = [panel.record() for _ in range(3 * NUMBERS_RESERVED)]
    assert numbers == list(range(1, NUMBERS_RESERVED + 1)) + list(range(1, 2 * NUMBERS_RESERVED + 1))
    assert len(panel.memory.salts) == 2


def test_an_incarnation_that_never_reached_the_flash_is_not_taken_up_again() -> None:
    panel = Panel()
    panel.state_flash.dead = True
    for _ in range(2 * NUMBERS_RESERVED):
        panel.record()
    panel.state_flash.dead = False
    panel.boot()
    assert panel.memory.salts == [SALT]
    assert panel.record() > NUMBERS_RESERVED


def test_what_the_cloud_misses_is_sent_again_or_declared_void() -> None:
    panel = Panel()
    held = panel.record()
    panel.recorder.acknowledge(panel.recorder.take())
    panel.recorder.next_number += 2
    panel.recorder.send_again(KEY.kid, held, held + 2)
    found = panel.waiting()
    assert found[0][0] == held
    assert found[1][1] == messages.Void(held + 1, held + 2, 3)


def test_what_was_not_delivered_is_pending_again() -> None:
    panel = Panel()
    number = panel.record()
    record = panel.recorder.take()
    assert panel.recorder.take() is None
    panel.recorder.give_back(record)
    assert [number for number, _ in panel.waiting()] == [number]
    assert panel.recorder.pending == 1


# A full journal.


def overflowed(count: int) -> "tuple[Panel, list[int]]":
    """Return a panel that recorded so many routine events after its journal was full, and all numbers."""
    panel = Panel(sectors=5)
    panel.deliver()
    return panel, [panel.record(TEST) for _ in range(panel.journal.capacity + count)]


def account(found: "list[tuple[int, messages.Message]]") -> "tuple[set[int], list[int], list[int]]":
    """Return numbers of test events, the details of the overflows told, and the numbers declared void as dropped."""
    told = [message.detail for _, message in found if isinstance(message, messages.Event) and message.qcode == OVERFLOW]
    ranges = [message for _, message in found if isinstance(message, messages.Void) and message.cause == 1]
    void = [number for message in ranges for number in range(message.first, message.last + 1)]
    tests = [number for number, item in found if isinstance(item, messages.Event) and item.qcode == TEST]
    return set(tests), told, void


def test_what_made_way_is_told_once_and_declared_void_when_there_is_room() -> None:
    panel, numbers = overflowed(20)
    tests, told, void = account(panel.deliver())
    assert (told, void) == ([20], numbers[:20])
    assert tests == set(numbers[20:])
    panel.record(TEST)
    assert account(panel.deliver())[1:] == ([], []), "an end needs no restore"


def test_telling_of_it_displaces_nothing() -> None:
    panel, numbers = overflowed(20)
    found = panel.deliver(5)
    assert account(found)[1:] == ([], [])
    lost = panel.memory.lost
    found += panel.deliver()
    assert (panel.memory.lost, lost) == (0, 20)
    assert account(found)[0] | set(account(found)[2]) == set(numbers)


def test_each_time_that_it_fills_is_told_by_itself() -> None:
    panel, _ = overflowed(300)
    assert account(panel.deliver())[1] == [255], "as many as the field holds"
    for _ in range(panel.journal.capacity + 3):
        panel.record(TEST)
    assert account(panel.deliver())[1] == [3]


def test_a_restart_does_not_forget_that_something_made_way() -> None:
    panel, _ = overflowed(20)
    panel.boot()
    _, told, void = account(panel.deliver())
    assert len(told) == 1 and 1 <= told[0] <= 20
    assert not void, "of which they were the cloud learns by asking"


def test_a_cut_at_any_operation_of_the_telling_leaves_it_told_once() -> None:
    for cut in range(10):
        panel, _ = overflowed(20)
        panel.deliver(32)  # With one more there is room.
        flash = (panel.journal_flash, panel.state_flash)[cut % 2]
        flash.cut_at = flash.operations + cut // 2
        try:
            panel.deliver(4)
        except PowerCut:
            pass
        panel.journal_flash, panel.state_flash = panel.journal_flash.copy(), panel.state_flash.copy()
        panel.boot()
        panel.deliver()
        told = {number for number, item in panel.heard if isinstance(item, messages.Event) and item.qcode == OVERFLOW}
        assert len(told) == 1, cut


def test_a_journal_full_of_alarms_keeps_them_and_sends_the_routine_from_memory() -> None:
    panel = Panel(sectors=4)
    panel.deliver()
    alarms = [panel.record(FIRE) for _ in range(panel.journal.capacity)]
    routine = panel.record(TEST)
    assert (panel.recorder.confirm(), panel.recorder.flash_failures) == (True, 0)
    assert [number for number, _ in panel.deliver(len(alarms) + 1)] == alarms + [routine]


def test_numbers_of_another_incarnation_are_counted_and_not_declared_void_in_this_one() -> None:
    panel = Panel(sectors=5)
    panel.deliver()
    for number in range(10):
        panel.journal.append(b"else", number, 7, b"sealed by another key")
    for _ in range(panel.journal.capacity):
        panel.record(TEST)
    assert account(panel.deliver())[1:] == ([10], [])
