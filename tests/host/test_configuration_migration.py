"""A panel that was configured under firmware 1.0 keeps its configuration, and it means what it meant."""

import zipfile
from pathlib import Path
from typing import Any

import pytest

from hemlarm_firmware.panel import config
from hemlarm_firmware.settings import Settings
from hemlarm_protocol import cbor
from nor_flash import NorFlash

FLASH = Path(__file__).parents[1] / "bundles" / "1.0" / "flash.zip"
OLD_SENSORS = {"entry": "contact", "instant": "contact", "follower": "motion", "fire": "smoke"}


@pytest.fixture(name="old", scope="module")
def _old() -> Any:
    """What firmware 1.0 had stored."""
    flash = NorFlash(4)
    with zipfile.ZipFile(FLASH) as archive:
        flash.cells[:] = archive.read("config.bin")
    stored = Settings(flash).load()
    assert stored is not None
    return cbor.decode(stored)


def test_every_field_of_the_old_configuration_is_kept(old: Any) -> None:
    new = config.check(old)
    for section in ("areas", "zones", "users"):
        assert len(new[section]) == len(old[section]) > 0
        for before, after in zip(old[section], new[section], strict=True):
            assert {name: after[name] for name in before} == before
    rest = {name: value for name, value in old.items() if not isinstance(value, list)}
    assert {name: new[name] for name in rest} == rest


def test_what_is_new_leaves_the_old_panel_as_it_was(old: Any) -> None:
    new = config.check(old)
    for area in new["areas"]:
        assert area["confirm_s"] == 0, "every alarm counts at once, as before"
    for zone in new["zones"]:
        assert zone["sensor"] == OLD_SENSORS[zone["type"]]
        assert zone["bypass"] == (zone["type"] != "fire")
        assert zone["night"] == zone["home"]
        assert (zone["wiring"], zone["verify"], zone["silent"], zone["chime"]) == ("", False, False, False)
        assert not {"radio", "key", "supervise_min", "entry_s", "low_c", "high_c"} & set(zone)
    for user in new["users"]:
        assert user["role"] == "user"
        assert user["areas"] == [area["number"] for area in new["areas"]]
        assert "duress" not in user
    assert (new["pets_kg"], new["revision"], new["outdoor_delay_s"]) == (0, 0, 0)


def test_the_old_configuration_can_be_saved_anew(old: Any) -> None:
    flash = NorFlash(4)
    settings = Settings(flash)
    settings.save(cbor.encode(config.check(old)))
    stored = settings.load()
    assert stored is not None
    assert config.check(cbor.decode(stored)) == config.check(old)
