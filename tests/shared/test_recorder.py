"""The recorder: every number once, every event on flash before anyone hears of it, none silenced by a broken flash."""

from hemlarm_firmware.clock import Clock
from hemlarm_firmware.journal import Journal
from hemlarm_firmware.memory import NUMBERS_RESERVED, Memory
from hemlarm_firmware.recorder import Recorder
from hemlarm_firmware.settings import Settings
from hemlarm_protocol import keys, messages, sealing
from nor_flash import NorFlash

PANEL, ROOT_KEY, SALT = bytes(8), bytes(range(32)), bytes(16)
KEY = keys.journal_key(ROOT_KEY, PANEL, SALT)
BURGLARY, FIRE = 1130, 1111


class Panel:
    """A recorder with its flash, which outlives it."""

    def __init__(self) -> None:
        self._salts = 0
        self.journal_flash, self.state_flash = NorFlash(16), NorFlash(2)
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
            number, padded = sealing.open_numbered(KEY, record.sealed)
            assert number == record.number
            found.append((number, messages.decode(padded, keys.JOURNAL, keys.UP)))
            record = self.recorder.take()
        return found


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
    assert panel.recorder.confirm()
    assert [number for number, _ in panel.waiting()] == [number]


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
