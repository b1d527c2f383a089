"""A panel that ran firmware 1.0 is updated: the new firmware takes up what the old one left on its flash."""

import zipfile
from pathlib import Path
from typing import Any

import pytest

from hemlarm_firmware.memory import Memory
from hemlarm_firmware.panel import config, inputs, tables
from hemlarm_firmware.panel.core import Panel
from hemlarm_firmware.settings import Settings
from hemlarm_protocol import cbor
from nor_flash import NorFlash

WINDOW, HALL = 3, 5  # In the simulated villa whose flash was kept.
FLASH = Path(__file__).parents[1] / "bundles" / "1.0" / "flash.zip"


def partition(name: str) -> NorFlash:
    """A flash that holds what firmware 1.0 left in this partition."""
    with zipfile.ZipFile(FLASH) as archive:
        content = archive.read(f"{name}.bin")
    flash = NorFlash(4)
    assert len(flash.cells) == len(content)
    flash.cells[:] = content
    return flash


@pytest.fixture(name="old")
def _old() -> Any:
    """The panel's state as firmware 1.0 saved it."""
    return Memory(Settings(partition("state"))).core


@pytest.fixture(name="settings")
def _settings() -> Any:
    """The configuration that firmware 1.0 had, as the new one reads it."""
    stored = Settings(partition("config")).load()
    assert stored is not None
    return config.check(cbor.decode(stored))


def started(settings: Any, old: Any, *zones_open: int) -> tuple[Panel, list[Any]]:
    """The panel after its first start, and what came out of that."""
    panel = Panel(settings, old)
    return panel, panel.handle(("start", zones_open), 0)


def events(outputs: list[Any]) -> list[tuple[int, int]]:
    """(qcode, zone) of the events among the outputs."""
    return [(output[1], output[3]) for output in outputs if output[0] == "event"]


def test_the_kept_flash_is_one_of_1_0_in_which_a_window_has_set_off_the_alarm(old: Any) -> None:
    assert old["version"] == 1
    (area,) = old["areas"]
    assert (area["state"], area["mode"], area["unrestored"]) == (tables.ALARM, inputs.AWAY, [WINDOW])


def test_the_arming_state_and_the_alarm_are_what_they_were(old: Any, settings: Any) -> None:
    panel, outputs = started(settings, old, WINDOW)
    assert panel.area_status(1) == tables.status_number(tables.ALARM, inputs.AWAY, 0)
    assert events(outputs) == [], "the old firmware has told it"
    assert ("show", "siren", "intrusion") in outputs
    assert panel.snapshot()["areas"][0]["alarm_zone"] == WINDOW


def test_the_siren_gets_no_more_time_than_it_had_left(old: Any, settings: Any) -> None:
    panel, _ = started(settings, old, WINDOW)
    left_ms = old["areas"][0]["left_ms"]
    panel.wake(left_ms - 1)
    assert panel.area_status(1) == tables.status_number(tables.ALARM, inputs.AWAY, 0)
    outputs = panel.wake(left_ms)
    assert ("show", "siren", "off") in outputs
    assert events(outputs) == []
    assert panel.area_status(1) == tables.status_number(tables.ARMED, inputs.AWAY, 0)


def test_what_it_read_is_saved_and_read_again_as_its_own(old: Any, settings: Any) -> None:
    flash = partition("state")
    memory = Memory(Settings(flash))
    kept = (memory.salts, memory.reserved, memory.answers, memory.boot)
    panel, outputs = started(settings, old, WINDOW)
    assert ("save",) in outputs
    memory.core = panel.snapshot()
    memory.save()
    again = Memory(Settings(flash))
    assert (again.salts, again.reserved, again.answers, again.boot) == kept
    assert again.core["version"] == 2
    after, outputs = started(settings, again.core, WINDOW)
    assert events(outputs) == []
    assert after.area_status(1) == panel.area_status(1)


def test_the_house_guards_after_the_update(old: Any, settings: Any) -> None:
    panel, _ = started(settings, old, WINDOW)
    assert events(panel.handle(("zone", WINDOW, False), 1000)) == [(3130, WINDOW)]
    outputs = panel.handle(("zone", HALL, True), 2000)
    assert events(outputs) == [(1132, HALL)]


def test_whoever_disarms_after_the_update_cancels_the_alarm(old: Any, settings: Any) -> None:
    panel, _ = started(settings, old, WINDOW)
    outputs = panel.handle(("command", inputs.VERB_DISARM, 1, 1), 1000)
    assert events(outputs) == [(1401, 0), (1406, WINDOW)]
    assert outputs[-1] == ("result", inputs.DONE, 0)
