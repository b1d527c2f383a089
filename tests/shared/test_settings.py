"""Settings survive power cuts, torn writes and worn flash: the old or the new, never a mixture, never nothing.

What wears the flash is counted in `test_flash_economy.py`.
"""

import struct
from binascii import crc32

from hemlarm_firmware.settings import Settings, SettingsError
from nor_flash import NorFlash, PowerCut
from support import raises

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

SAVES = (b"first", b"", b"x" * 700, bytes(range(256)) * 2, b"last of them")


def saved(flash: NorFlash, *values: bytes) -> NorFlash:
    """Save the values one after the other and return the flash."""
    settings = Settings(flash)
    for value in values:
        settings.save(value)
    return flash


def test_a_new_flash_holds_no_settings() -> None:
    assert Settings(NorFlash(2)).load() is None


def test_what_was_saved_is_loaded_after_a_boot() -> None:
    flash = NorFlash(2)
    for value in SAVES:
        assert Settings(saved(flash, value)).load() == value


def test_a_chip_that_programs_whole_pages_is_served() -> None:
    for value in SAVES:
        assert Settings(saved(NorFlash(4, program_size=256), b"older", value)).load() == value


def test_a_record_may_fill_its_half_and_no_more() -> None:
    flash = NorFlash(4)
    settings = Settings(flash)
    full = bytes([number % 251 for number in range(settings.size_max)])
    settings.save(b"former")
    settings.save(full)
    assert Settings(flash).load() == full
    error = raises(SettingsError, settings.save, full + b"!")
    assert str(error) == "settings of 8177 bytes do not fit the 8176 bytes of a half"
    assert settings.load() == full


def test_one_sector_is_refused() -> None:
    assert "two sectors" in str(raises(ValueError, Settings, NorFlash(1)))


def test_a_cut_at_any_operation_leaves_the_old_or_the_new() -> None:
    for program_size in (1, 256):
        for torn in range(5):
            before: bytes | None = None
            flash = NorFlash(2, program_size)
            for value in SAVES:
                assert cuts_survived(flash, before, value, torn) >= 1
                saved(flash, value)
                before = value
                full = nearly_full(flash)
                assert cuts_survived(full, Settings(full).load(), bytes(800), torn) >= 2


def nearly_full(flash: NorFlash) -> NorFlash:
    """Return the chip as it is when a save of 800 bytes begins the other half."""
    chip = flash.copy()
    before = chip.copy()
    while not chip.erases:
        before = chip.copy()
        Settings(chip).save(bytes(800))
    return before


def cuts_survived(flash: NorFlash, before: "bytes | None", value: bytes, torn: int) -> int:
    """Save `value` with a cut at each operation, and save again after it; return the number of cuts."""
    cut = 0
    while True:
        victim = flash.copy()
        victim.cut_at, victim.torn = cut, torn and torn * 1000 + cut
        try:
            saved(victim, value)
        except PowerCut:
            after = victim.copy()
            assert Settings(after).load() in (before, value)
            assert Settings(saved(after, b"goes on")).load() == b"goes on"
            cut += 1
        else:
            return cut


def test_two_cuts_in_a_row_never_reach_the_good_record() -> None:
    flash = saved(NorFlash(2), b"kept", b"precious")
    for torn in range(1, 40):
        flash = flash.copy()
        flash.cut_at, flash.torn = torn % 2, torn
        raises(PowerCut, Settings(flash).save, b"never finished" * 30)
        assert Settings(flash.copy()).load() in (b"precious", b"never finished" * 30)


def test_a_save_that_was_cut_spoils_none_of_the_later_ones() -> None:
    for program_size in (1, 256):
        for seed in range(1, 60):
            flash = saved(NorFlash(4, program_size), b"old" * 200)
            flash.cut_at, flash.torn = flash.operations + seed % 2, seed
            raises(PowerCut, Settings(flash).save, b"cut short" * 60)
            after = flash.copy()
            for value in (b"next", b"x" * 500, b"last"):
                Settings(after).save(value)
                assert Settings(after.copy()).load() == value
            assert after.erases == 0, "there was room behind it"


def test_the_half_with_the_newest_record_is_never_erased() -> None:
    for sectors in (2, 4, 16):
        flash = NorFlash(sectors)
        settings = Settings(flash)
        erase = flash.erase

        def watched(offset: int, flash: NorFlash = flash, erase: "Callable[[int], None]" = erase) -> None:
            before = Settings(flash).load()
            erase(offset)
            assert Settings(flash).load() == before

        flash.erase = watched  # type: ignore[method-assign]
        for number in range(200):
            settings.save(bytes([number]) * (number * 37 % 900))
            if number % 9 == 0:
                settings.tidy()
        assert flash.erases > 4


def test_a_long_record_follows_short_ones() -> None:
    flash = NorFlash(16)
    for value in (b"short", b"long" * 6000, b"short again", b"long" * 7000):
        Settings(flash).save(value)
        assert Settings(flash.copy()).load() == value


def test_an_idle_panel_erases_ahead_so_that_a_save_does_not() -> None:
    flash = NorFlash(4)
    settings = Settings(flash)
    for number in range(300):
        erases = flash.erases
        settings.save(bytes([number & 0xFF]) * 150)
        assert flash.erases == erases or number == 0
        settings.tidy()
    assert flash.erases <= 2 * (300 * 166 // 8192 + 1)


def test_a_record_that_ends_like_blank_flash_is_left_whole() -> None:
    flash = saved(NorFlash(2), b"ends blank" + b"\xff" * 40)
    assert Settings(saved(flash.copy(), b"next")).load() == b"next"
    flash = saved(flash, b"next")
    flash.cells[bytes(flash.cells).find(b"next")] ^= 0x04
    assert Settings(flash).load() == b"ends blank" + b"\xff" * 40


def test_what_an_earlier_firmware_left_is_read_as_it_is() -> None:
    flash = NorFlash(4)
    write_as_1_1(flash, 0, 6, b"older")
    write_as_1_1(flash, 8192, 7, b"newer" * 100)
    assert Settings(flash).load() == b"newer" * 100
    Settings(flash).save(b"newest")
    assert (Settings(flash).load(), flash.erases) == (b"newest", 0)


def write_as_1_1(flash: NorFlash, at: int, sequence: int, data: bytes) -> None:
    """Firmware before 1.2 had one record in each half, at its start."""
    header = struct.pack("<4sII", b"HmS1", sequence, len(data))
    whole = header + struct.pack("<I", crc32(header + data)) + data
    for offset in range(0, len(whole), 256):
        flash.program(at + offset, whole[offset : offset + 256])


def test_what_stands_behind_a_rotten_record_is_found() -> None:
    flash = saved(NorFlash(4), b"first", b"second", b"third")
    flash.cells[bytes(flash.cells).find(b"second")] ^= 0x04
    assert Settings(flash).load() == b"third"
    flash.cells[bytes(flash.cells).find(b"third")] ^= 0x04
    assert Settings(flash).load() == b"first"


def test_a_record_within_a_record_is_only_data() -> None:
    inner = NorFlash(2)
    for number in range(9):
        Settings(inner).save(bytes([number]))
    image = bytes(inner.cells[:200])
    flash = saved(NorFlash(2), image)
    assert Settings(flash).load() == image


# What leans on earlier records.


def test_the_history_is_what_the_half_in_use_holds() -> None:
    flash = NorFlash(4)
    settings = Settings(flash)
    history: list[bytes] = []
    for number in range(100):
        erases = flash.erases
        settings.save(b"%d" % number + bytes(150), lambda number=number: b"whole %d" % number)  # type: ignore[misc]
        begun = number == 0 or flash.erases > erases
        history = [b"whole %d" % number] if begun else history + [b"%d" % number + bytes(150)]
        if number % 7 == 0:
            assert list(Settings(flash.copy()).history()) == history
    assert len(history) > 1


# A failing chip.


def test_a_write_that_failed_is_made_good_behind() -> None:
    flash = saved(NorFlash(2), b"good")
    flash.bad_programs = 1
    settings = Settings(flash)
    settings.save(b"new")
    assert (Settings(flash.copy()).load(), settings.faults) == (b"new", 1)


def test_a_chip_that_takes_nothing_is_reported_and_the_old_settings_stand() -> None:
    flash = saved(NorFlash(2), b"good")
    flash.bad_programs = 1 << 20
    settings = Settings(flash)
    assert "did not take" in str(raises(SettingsError, settings.save, b"new"))
    assert Settings(flash.copy()).load() == settings.load() == b"good"
    flash.bad_programs = 0
    settings.save(b"new")
    assert Settings(flash.copy()).load() == b"new"


def test_a_chip_that_cannot_be_read_is_reported() -> None:
    flash = saved(NorFlash(2), b"good")
    settings = Settings(flash)
    flash.dead = True
    assert "flash failed" in str(raises(SettingsError, settings.save, b"new"))
    raises(OSError, settings.load)
    flash.dead = False
    settings.save(b"new")
    assert settings.load() == b"new"


def test_a_chip_that_forgets_bits_is_noticed() -> None:
    flash = saved(NorFlash(2), b"good")
    flash.program = lambda offset, data: None  # type: ignore[method-assign]
    assert "did not take" in str(raises(SettingsError, Settings(flash).save, b"new"))
    assert Settings(flash.copy()).load() == b"good"


def test_a_save_that_was_said_to_have_failed_is_not_found_later() -> None:
    flash = saved(NorFlash(2), b"good")
    program = flash.program
    count = [0]

    def late(offset: int, data: "bytes | bytearray | memoryview") -> None:
        program(offset, data)
        count[0] += 1
        if count[0] % 2:  # It was written, but the chip answered too late; what follows, the voiding, is answered.
            raise OSError(5)

    flash.program = late  # type: ignore[method-assign]
    raises(SettingsError, Settings(flash).save, b"new")
    assert Settings(flash.copy()).load() == b"good"


def test_a_sector_that_cannot_be_erased_is_passed_over() -> None:
    flash = NorFlash(4)
    settings = Settings(flash)
    erase = flash.erase

    def worn(offset: int) -> None:
        if offset == 8192:
            raise OSError(5)
        erase(offset)

    for number in range(400):
        settings.save(b"%d" % number + bytes(150))
        if number == 60:  # Both halves have been written, and now the first sector of the second fails for ever.
            flash.erase = worn  # type: ignore[method-assign]
        assert number % 20 or Settings(flash.copy()).load() == b"%d" % number + bytes(150)
    assert settings.faults > 2


def test_a_stuck_bit_costs_a_place_and_no_more() -> None:
    flash = NorFlash(4)
    settings = Settings(flash)
    program = flash.program

    def stuck(offset: int, data: "bytes | bytearray | memoryview") -> None:
        program(offset, data)
        flash.cells[1000] &= 0xFE
        flash.cells[9000] &= 0xFE

    flash.program = stuck  # type: ignore[method-assign]
    for number in range(300):
        settings.save(bytes([number & 0xFF, 0xFF]) * 75)
        assert number % 10 or Settings(flash.copy()).load() == bytes([number & 0xFF, 0xFF]) * 75
