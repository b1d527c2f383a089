"""Firmware that was released once, with the flash of its time: it still starts, and what was pending arrives."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from hemlarm_simulator.description import load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.nor_flash import NorFlash
from hemlarm_simulator.simulated_panel import PanelSetup, blank_flash
from hemlarm_simulator.virtual.world import VirtualWorld, seeded_credentials

BUNDLES = sorted((Path(__file__).parents[1] / "bundles").iterdir())
SEED = 1


@pytest.fixture(params=BUNDLES, ids=lambda path: path.name)
def bundle(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.param
    return folder


def test_a_kept_bundle_is_what_its_manifest_says(bundle: Path) -> None:
    manifest = json.loads((bundle / "bundle.json").read_text())
    for archive_name, files in manifest["files"].items():
        with zipfile.ZipFile(bundle / archive_name) as archive:
            found = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
        assert found == files


def kept_flash(bundle: Path) -> dict[str, NorFlash]:
    """The partitions as the panel had left them, on a board whose own may be larger."""
    flash = blank_flash()
    with zipfile.ZipFile(bundle / "flash.zip") as archive:
        for name in archive.namelist():
            chip = flash[name.removesuffix(".bin")]
            contents = archive.read(name)
            chip.contents[: len(contents)] = contents
    return flash


def test_a_kept_bundle_starts_on_its_own_flash_and_delivers_what_was_pending(bundle: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(bundle / "firmware.zip") as archive:
        archive.extractall(tmp_path)
    setup = PanelSetup(seeded_credentials(SEED), extra_path=(tmp_path,), flash=kept_flash(bundle))
    with ForkServer() as server, VirtualWorld(server, load_house("villa"), SEED, setup) as world:
        world.house.open("bedroom-window")
        world.run_until(10_000)
        assert [event.zone for event in world.cloud.events() if event.qcode == 1130] == [3]
        assert world.house.siren == "intrusion"


def test_this_firmware_goes_on_with_the_flash_of_a_kept_one(bundle: Path) -> None:
    """The house is armed and in alarm: it stays so, what was pending arrives once, and nobody is forgotten."""
    setup = PanelSetup(seeded_credentials(SEED), flash=kept_flash(bundle))
    with ForkServer() as server, VirtualWorld(server, load_house("villa"), SEED, setup) as world:
        world.house.open("bedroom-window")
        world.run_until(10_000)
        events = world.cloud.events()
        assert [event.zone for event in events if event.qcode == 1130] == [3]
        assert not [event for event in events if event.qcode == 1137]
        assert world.house.siren == "intrusion"
        world.house.enter_code("1234", "off")
        world.run_until(15_000)
        assert world.house.siren == "off"
        assert [event.user for event in world.cloud.events() if event.qcode == 1401] == [1]
