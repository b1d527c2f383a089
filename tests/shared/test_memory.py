"""What the panel remembers over a restart."""

from hemlarm_firmware.memory import ANSWERS_MAX, Memory
from hemlarm_firmware.settings import Settings
from hemlarm_protocol import cbor
from nor_flash import NorFlash, PowerCut
from panel_house import CODE, FRONT_DOOR, SMOKE, WINDOW, House
from support import raises

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def test_a_new_panel_remembers_nothing() -> None:
    memory = Memory(Settings(NorFlash(2)))
    assert (memory.boot, memory.salts, memory.reserved, memory.core, memory.answers) == (0, [], 1, None, [])
    assert (memory.time_s, memory.lost, memory.told) == (0, 0, 0)


def test_what_was_saved_is_there_after_a_restart() -> None:
    flash = NorFlash(2)
    memory = Memory(Settings(flash))
    memory.boot, memory.salts, memory.core = 7, [b"a" * 16, b"b" * 16], {"mode": 2}
    memory.time_s, memory.lost, memory.told, memory.reserved = 1_800_000_000, 12, 4711, 4800
    memory.remember_answer(b"12345678", 1, 3)
    memory.save()
    again = Memory(Settings(flash))
    assert (again.boot, again.salts, again.core) == (7, [b"a" * 16, b"b" * 16], {"mode": 2})
    assert (again.time_s, again.lost, again.told, again.reserved) == (1_800_000_000, 12, 4711, 4800)
    assert again.answer_to(b"12345678") == (1, 3)


class Stubborn(NorFlash):
    """A chip that refuses its first readings, as many as are left in `refusals`."""

    refusals = 0

    def read_into(self, offset: int, buffer: "bytearray | memoryview") -> None:
        """Refuse, or read."""
        if self.refusals:
            self.refusals -= 1
            raise OSError(5)
        super().read_into(offset, buffer)


def saved() -> Stubborn:
    """A chip with a memory on it."""
    flash = Stubborn(2)
    memory = Memory(Settings(flash))
    memory.boot, memory.salts, memory.reserved = 7, [b"a" * 16], 4800
    memory.save()
    return flash


def test_a_chip_that_reads_at_the_second_try_costs_no_memory() -> None:
    flash = saved()
    flash.refusals = 1
    again = Memory(Settings(flash))
    assert (again.boot, again.salts, again.reserved) == (7, [b"a" * 16], 4800)


def test_a_chip_that_cannot_be_read_leaves_a_panel_that_starts_and_names_no_used_number() -> None:
    flash = saved()
    flash.refusals = 1000
    again = Memory(Settings(flash))
    assert (again.boot, again.salts, again.reserved) == (0, [], 1)


def test_every_snapshot_of_a_panel_comes_back_as_it_was() -> None:
    house = House()
    house.arms()
    comes_back(house)
    house.opens(FRONT_DOOR, WINDOW)
    comes_back(house)
    house.passes(60_000)
    comes_back(house)
    house.keys(CODE, "disarm")
    house.opens(SMOKE)
    comes_back(house)
    house.keys("0000", "disarm")
    comes_back(house)


def comes_back(house: House) -> None:
    """Save the panel's snapshot and read it back."""
    flash = NorFlash(2)
    memory = Memory(Settings(flash))
    memory.core = house.panel.snapshot()
    memory.save()
    assert Memory(Settings(flash)).core == memory.core


def test_a_snapshot_costs_few_bytes() -> None:
    house = House()
    house.arms()
    flash = NorFlash(4)
    memory = Memory(Settings(flash))
    memory.salts, memory.reserved, memory.time_s, memory.core = [bytes(16)], 5000, 1_800_000_000, house.panel.snapshot()
    memory.save()
    assert len(Settings(flash).load() or b"") < 120 < len(cbor.encode(memory.core))


def test_a_power_cut_while_saving_leaves_all_of_the_old_or_all_of_the_new() -> None:
    flash = NorFlash(2)
    memory = Memory(Settings(flash))
    memory.core = "old"
    memory.save()
    memory.core, memory.boot = "new", 1
    for operation in range(1, 4):
        broken = flash.copy()
        broken.cut_at = operation
        other = Memory(Settings(broken))
        other.core, other.boot = "new", 1
        try:
            other.save()
        except PowerCut:
            pass
        again = Memory(Settings(broken.copy()))
        assert (again.core, again.boot) in (("old", 0), ("new", 1))


def test_only_the_latest_answers_are_kept() -> None:
    memory = Memory(Settings(NorFlash(2)))
    for number in range(ANSWERS_MAX + 5):
        memory.remember_answer(bytes([number]) * 8, 0, number)
    assert len(memory.answers) == ANSWERS_MAX
    assert memory.answer_to(bytes(8)) is None
    assert memory.answer_to(bytes([ANSWERS_MAX + 4]) * 8) == (0, ANSWERS_MAX + 4)


def test_answers_outlive_many_saves_and_every_change_of_halves() -> None:
    flash = NorFlash(4)
    memory = Memory(Settings(flash))
    for number in range(300):
        memory.core = bytes(60 + number % 7)
        if number % 3 == 0:
            memory.remember_answer(bytes([number & 0xFF]) * 8, number % 7, number)
        memory.save()
        if number % 13 == 0:
            memory = Memory(Settings(flash))
        expected = [bytes([n & 0xFF]) * 8 for n in range(0, number + 1, 3)][-ANSWERS_MAX:]
        assert [answer[0] for answer in memory.answers] == expected
    assert flash.erases >= 6


def test_an_answer_is_not_forgotten_with_a_save_that_failed() -> None:
    flash = NorFlash(4)
    memory = Memory(Settings(flash))
    memory.save()
    memory.remember_answer(b"12345678", 1, 3)
    flash.bad_programs = 1 << 20
    raises(Exception, memory.save)
    flash.bad_programs = 0
    memory.save()
    assert Memory(Settings(flash)).answer_to(b"12345678") == (1, 3)


def test_what_firmware_1_1_wrote_is_taken_up() -> None:
    flash = NorFlash(4)
    former: Any = {
        "version": 1,
        "boot": 9,
        "salts": [b"s" * 16],
        "reserved": 257,
        "core": {"version": 2, "areas": [{"number": 1}]},
        "answers": [[b"12345678", 1, 3]],
    }
    Settings(flash).save(cbor.encode(former))
    memory = Memory(Settings(flash))
    assert (memory.boot, memory.salts, memory.reserved, memory.core) == (9, [b"s" * 16], 257, former["core"])
    assert (memory.time_s, memory.answer_to(b"12345678")) == (0, (1, 3))
    memory.remember_answer(b"abcdefgh", 0, 0)
    memory.save()
    again = Memory(Settings(flash))
    assert (again.boot, again.core) == (9, former["core"])
    assert (again.answer_to(b"12345678"), again.answer_to(b"abcdefgh")) == ((1, 3), (0, 0))


def test_what_only_a_newer_firmware_can_read_is_not_taken_for_this_ones() -> None:
    flash = NorFlash(2)
    for strange in (b"", b"\x00", b"\xff" * 9, b"\x00" + cbor.encode([99, 1]), cbor.encode({"version": 7})):
        Settings(flash).save(strange)
        assert Memory(Settings(flash)).boot == 0


def test_a_record_too_large_for_its_flash_is_refused_and_the_old_one_stays() -> None:
    flash = NorFlash(2)
    memory = Memory(Settings(flash))
    memory.core = "old"
    memory.save()
    memory.core = bytes(5000)
    raises(Exception, memory.save)
    assert Memory(Settings(flash)).core == "old"
