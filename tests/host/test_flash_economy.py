"""What an event wears of the flash, all partitions counted: `hemlarm bench flash` counts 100,000 of them."""

import pytest

from hemlarm_installer.firmware_code import load
from hemlarm_simulator.bench.flash import ERASES_MAX, FULL, PROGRAMS_MAX, Household, full_journal

EVENTS = 5_000


def test_plain_events_wear_little() -> None:
    wear = Household().live_plainly(EVENTS)
    assert wear.total(wear.erases) <= ERASES_MAX
    assert wear.total(wear.programs) <= PROGRAMS_MAX


@pytest.mark.parametrize("app_share", [0.0, 0.5, 1.0])
def test_a_household_that_arms_a_lot_wears_little(app_share: float) -> None:
    wear = Household(app_share=app_share).live(EVENTS)
    assert wear.arming / wear.events >= 0.08
    assert wear.saves / wear.events >= 0.15, "each arming and disarming is saved, and what follows from it"
    assert wear.total(wear.erases) <= ERASES_MAX
    assert wear.total(wear.programs) <= PROGRAMS_MAX


def test_six_thousand_events_fit_128_sectors_and_are_found_again() -> None:
    flash = full_journal()
    journal = load("hemlarm_firmware.journal").Journal(flash)
    assert journal.pending == journal.capacity == FULL
    assert journal.take_lost() == []
