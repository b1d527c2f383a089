"""What a panel is survives every power cut, and nothing that it was before is left on its flash."""

from hemlarm_firmware import credentials
from nor_flash import NorFlash, PowerCut
from support import raises

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FORMER: "dict[str, Any]" = {"panel": b"\x01" * 8, "root_key": b"FORMER-root-key-of-32-bytes-long", "port": 8883}
NEW: "dict[str, Any]" = {"panel": b"\x02" * 8, "root_key": b"SECOND-root-key-of-32-bytes-long", "host": "alarm" * 90}


def holding(kept: "dict[str, Any] | None", program_size: int = 1) -> NorFlash:
    """Return a chip on which these credentials are kept, behind two others."""
    flash = NorFlash(2, program_size)
    for each in ({"root_key": b"older"}, None, kept):
        credentials.keep(flash, each)
    return flash


def test_a_new_flash_holds_no_credentials() -> None:
    assert credentials.load(NorFlash(2)) is None


def test_what_was_kept_is_loaded_after_a_start() -> None:
    for program_size in (1, 256):
        for kept in (FORMER, NEW, None):
            assert credentials.load(holding(kept, program_size)) == kept


def test_what_was_kept_before_is_nowhere_on_the_flash() -> None:
    for new in (NEW, None):
        flash = holding(FORMER)
        assert b"FORMER" in bytes(flash.cells)
        credentials.keep(flash, new)
        assert b"FORMER" not in bytes(flash.cells)
        assert b"older" not in bytes(flash.cells)


def test_a_cut_at_any_operation_leaves_the_former_or_the_new_and_after_a_start_no_trace_of_the_other() -> None:
    for program_size in (1, 256):
        for former, new in ((FORMER, NEW), (FORMER, None), (None, NEW)):
            for torn in range(6):
                assert survived_cuts(holding(former, program_size), former, new, torn) >= 2


def survived_cuts(flash: NorFlash, former: "dict[str, Any] | None", new: "dict[str, Any] | None", torn: int) -> int:
    """Cut `keep` at each of its operations; return how many there are."""
    for operation in range(20):
        chip = flash.copy()
        chip.cut_at, chip.torn = operation, torn and torn * 100 + operation
        try:
            credentials.keep(chip, new)
            return operation
        except PowerCut:
            chip = chip.copy()
        found = credentials.load(chip)
        assert found in (former, new)
        assert found is not former or credentials.load(chip) == former
        if found == new:
            assert b"FORMER" not in bytes(chip.cells)
        credentials.keep(chip, new)
        assert credentials.load(chip) == new
        assert b"FORMER" not in bytes(chip.cells)
    raise AssertionError("keep never ends")


def test_a_cut_while_an_outdated_half_is_erased_at_a_start_is_made_good_at_the_next() -> None:
    flash = holding(FORMER)
    flash.cut_at, flash.torn = flash.operations + 3, 0
    raises(PowerCut, credentials.keep, flash, NEW)
    for torn in range(6):
        chip = flash.copy()
        chip.cut_at, chip.torn = chip.operations, torn
        raises(PowerCut, credentials.load, chip)
        chip = chip.copy()
        assert credentials.load(chip) == NEW
        assert b"FORMER" not in bytes(chip.cells)


def test_a_flash_that_does_not_take_the_new_ones_keeps_the_former() -> None:
    flash = holding(FORMER)
    flash.bad_programs = 1
    raises(OSError, credentials.keep, flash, NEW)
    assert credentials.load(flash.copy()) == FORMER


def test_credentials_that_do_not_fit_a_half_are_refused_and_the_former_stay() -> None:
    flash = holding(FORMER)
    assert "do not fit a half of 4096" in str(raises(ValueError, credentials.keep, flash, {"host": "x" * 4096}))
    assert credentials.load(flash) == FORMER
