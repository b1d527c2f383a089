"""Settings survive power cuts at any flash operation: the old or the new, never a mixture, never nothing."""

from hemlarm_firmware.settings import Settings, SettingsError
from nor_flash import NorFlash, PowerCut
from support import raises

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


def test_a_copy_may_fill_its_half_and_no_more() -> None:
    flash = NorFlash(4)
    settings = Settings(flash)
    full = bytes([number % 251 for number in range(settings.size_max)])
    settings.save(b"former")
    settings.save(full)
    assert Settings(flash).load() == full
    error = raises(SettingsError, settings.save, full + b"!")
    assert str(error) == "settings of 8177 bytes do not fit the 8176 bytes of a copy"
    assert settings.load() == full


def test_one_sector_is_refused() -> None:
    assert "two sectors" in str(raises(ValueError, Settings, NorFlash(1)))


def test_a_cut_at_any_operation_leaves_the_old_or_the_new() -> None:
    for program_size in (1, 256):
        for torn in range(5):
            before: bytes | None = None
            flash = NorFlash(2, program_size)
            for value in SAVES:
                assert cuts_survived(flash, before, value, torn) >= 2
                saved(flash, value)
                before = value


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


def test_two_cuts_in_a_row_never_reach_the_good_copy() -> None:
    flash = saved(NorFlash(2), b"kept", b"precious")
    for torn in range(1, 40):
        flash = flash.copy()
        flash.cut_at, flash.torn = torn % 2, torn
        raises(PowerCut, Settings(flash).save, b"never finished" * 30)
        assert Settings(flash.copy()).load() in (b"precious", b"never finished" * 30)


def test_a_failing_chip_is_reported_and_the_old_settings_stand() -> None:
    flash = saved(NorFlash(2), b"good")
    flash.bad_programs = 1
    assert "flash failed" in str(raises(SettingsError, Settings(flash).save, b"new"))
    assert Settings(flash).load() == b"good"
    Settings(flash).save(b"new")
    assert Settings(flash).load() == b"new"


def test_a_chip_that_forgets_bits_is_noticed() -> None:
    flash = saved(NorFlash(2), b"good")
    flash.program = lambda offset, data: None  # type: ignore[method-assign]
    assert "does not hold" in str(raises(SettingsError, Settings(flash).save, b"new"))
    assert Settings(flash.copy()).load() == b"good"
