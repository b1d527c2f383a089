"""The configuration on its flash: a change is made whole, or not at all, and then its reason is told."""

from config_examples import small
from hemlarm_firmware import changes
from hemlarm_firmware.configuration import Configuration
from hemlarm_firmware.panel import inputs
from hemlarm_firmware.settings import Settings
from hemlarm_protocol import cbor
from nor_flash import NorFlash


def provisioned() -> "tuple[NorFlash, Configuration]":
    """Return a flash that holds the small configuration, and what the firmware makes of it."""
    flash = NorFlash(4)
    Settings(flash).save(cbor.encode(small()))
    configuration = Configuration(flash)
    configuration.load()
    return flash, configuration


def test_a_change_is_made_on_flash_and_gives_no_reason() -> None:
    flash, configuration = provisioned()
    status, changed, reason = changes.change_encoded(configuration, 0, cbor.encode([["areas", 1, {"entry_s": 45}]]))
    assert changed is not None
    assert (status, changed["areas"][0]["entry_s"], reason) == (inputs.DONE, 45, "")
    assert configuration.revision == 1
    assert Configuration(flash).load() == changed


def test_a_change_that_breaks_a_rule_changes_nothing_and_names_the_field_and_the_range() -> None:
    flash, configuration = provisioned()
    before = bytes(flash.cells)
    status, changed, reason = changes.change_encoded(configuration, 0, cbor.encode([["areas", 1, {"entry_s": 400}]]))
    assert (status, changed) == (inputs.BAD_ARGUMENT, None)
    assert reason == "areas[0].entry_s: 400 is wrong; it must be a whole number from 0 to 300"
    assert configuration.revision == 0
    assert bytes(flash.cells) == before


def test_edits_that_are_no_cbor_are_refused_with_a_reason() -> None:
    _, configuration = provisioned()
    status, changed, reason = changes.change_encoded(configuration, 0, b"\xff")
    assert (status, changed) == (inputs.BAD_ARGUMENT, None)
    assert reason.startswith("edits: ")


def test_a_conflict_speaks_for_itself() -> None:
    _, configuration = provisioned()
    assert configuration.change(7, [["areas", 1, {"entry_s": 45}]]) == (inputs.CONFLICT, None, "")
