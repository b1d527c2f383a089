"""What the panel remembers over a restart."""

from hemlarm_firmware.memory import ANSWERS_MAX, Memory
from hemlarm_firmware.settings import Settings
from nor_flash import NorFlash, PowerCut
from support import raises


def test_a_new_panel_remembers_nothing() -> None:
    memory = Memory(Settings(NorFlash(2)))
    assert (memory.boot, memory.salts, memory.reserved, memory.core, memory.answers) == (0, [], 1, None, [])


def test_what_was_saved_is_there_after_a_restart() -> None:
    flash = NorFlash(2)
    memory = Memory(Settings(flash))
    memory.boot, memory.salts, memory.core = 7, [bytes(16)], {"mode": 2}
    memory.remember_answer(b"12345678", 1, 3)
    memory.save()
    again = Memory(Settings(flash))
    assert (again.boot, again.salts, again.core) == (7, [bytes(16)], {"mode": 2})
    assert again.answer_to(b"12345678") == (1, 3)


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


def test_a_record_too_large_for_its_flash_is_refused_and_the_old_one_stays() -> None:
    flash = NorFlash(2)
    memory = Memory(Settings(flash))
    memory.core = "old"
    memory.save()
    memory.core = bytes(5000)
    raises(Exception, memory.save)
    assert Memory(Settings(flash)).core == "old"
