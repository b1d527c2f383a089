"""From every kept release to this firmware, with the flash of its time, and back to those of the same format."""

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import images
from hemlarm_cloud.store import StoreError
from hemlarm_firmware.memory import Memory
from hemlarm_firmware.settings import Settings
from hemlarm_protocol import cbor, upkeep
from hemlarm_simulator import board_files
from hemlarm_simulator.clock import WORLD_BEGAN_UNIX_MS, VirtualClock
from hemlarm_simulator.description import load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.ledger import Ledger
from hemlarm_simulator.nor_flash import NorFlash
from hemlarm_simulator.simulated_panel import PanelSetup, blank_flash
from hemlarm_simulator.virtual.world import VirtualWorld, seeded_credentials
from update_support import OfferingCloud
from update_world import SEED, image

FOLDER = Path(__file__).parents[1] / "bundles"
BUNDLES = sorted(FOLDER.iterdir())
RUN_BACK_FROM_HERE = [path for path in BUNDLES if path.name not in ("1.0", "1.1")]
"""Those of them that read what this firmware writes; the others had another format of the saved state."""
WITH_IMAGE = [path for path in BUNDLES if "image" in json.loads((path / "bundle.json").read_text())]

ALARM, FORGOT, SELF_TEST_FAILED, DISARMED = 1130, 1137, 1307, 1401
BEDROOM_WINDOW = 3
Flash = dict[str, NorFlash]


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


class LongCloud(OfferingCloud):
    """Outlives the worlds of one panel, which is made known once."""

    def provision(self, credentials: Any) -> None:
        try:
            super().provision(credentials)
        except StoreError:
            return


class Story:
    """One panel's flash and cloud, whichever firmware runs in between."""

    def __init__(self, server: ForkServer, flash: Flash) -> None:
        self.flash = flash
        self.clock = VirtualClock(WORLD_BEGAN_UNIX_MS)
        self.cloud = LongCloud(self.clock, Ledger(), SEED)
        self._server = server

    @contextmanager
    def running(self, firmware: Path | None = None, config: Any = None) -> Iterator[VirtualWorld]:
        """The panel runs the firmware in this folder, or this tree's."""
        path = (firmware,) if firmware else ()
        setup = PanelSetup(seeded_credentials(SEED), config, extra_path=path, flash=self.flash)
        with VirtualWorld(self._server, load_house("villa"), SEED, setup, clock=self.clock, cloud=self.cloud) as world:
            yield world

    def close(self) -> None:
        self.cloud.close()


def used_flash(bundle: Path) -> Flash:
    """The partitions as this release left them: armed, in alarm, with events that no cloud has."""
    flash = blank_flash()
    with zipfile.ZipFile(bundle / "flash.zip") as archive:
        for name in archive.namelist():
            contents = archive.read(name)
            flash[name.removesuffix(".bin")].contents[: len(contents)] = contents
    return flash


def unpacked(bundle: Path, folder: Path) -> Path:
    """The compiled modules of this release, in a folder."""
    with zipfile.ZipFile(bundle / "firmware.zip") as archive:
        archive.extractall(folder)
    return folder


def log_of(chip: Any) -> Settings:
    """The settings on a chip, which is as good as the panel's own."""
    return Settings(chip)


def settings(flash: Flash) -> Any:
    """What the panel is configured to do."""
    stored = log_of(flash["config"]).load()
    assert stored is not None
    return cbor.decode(stored)


def armed(flash: Flash) -> list[tuple[int, int]]:
    """State and mode of each area, as saved."""
    core: Any = Memory(log_of(flash["state"])).core
    return [(area["state"], area["mode"]) for area in core["areas"]]


def numbers(world: VirtualWorld) -> list[tuple[bytes, int]]:
    """Key and number of each event, which the cloud has once."""
    found = [(event.kid, event.number) for event in world.cloud.events()]
    assert len(found) == len(set(found))
    return found


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda path: path.name)
def test_what_a_kept_release_left_is_taken_up(server: ForkServer, bundle: Path) -> None:
    flash = used_flash(bundle)
    reserved = Memory(log_of(flash["state"])).reserved
    configured, was = settings(flash), armed(flash)
    story = Story(server, flash)
    with story.running() as world:
        world.house.open("bedroom-window")
        world.run_until(20_000)
        events = world.cloud.events()
        assert [event.zone for event in events if event.qcode == ALARM] == [BEDROOM_WINDOW], "what was pending, once"
        assert not [event for event in events if event.qcode in (FORGOT, SELF_TEST_FAILED)]
        now = max(event.boot for event in events)
        assert min(event.number for event in events if event.boot == now) >= reserved, "no number is used twice"
        assert world.house.siren == "intrusion"
        world.power_cut()
        assert armed(flash) == was
        assert settings(flash) == configured
        numbers(world)
    story.close()


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda path: path.name)
def test_a_house_that_ran_a_kept_release_is_guarded_on_by_this_one(
    server: ForkServer, bundle: Path, tmp_path: Path
) -> None:
    """An installer's update: the old firmware runs in a house in alarm, and the new one goes on from there."""
    old = unpacked(bundle, tmp_path)
    story = Story(server, used_flash(bundle))
    with story.running(old) as world:
        world.house.open("bedroom-window")
        world.run_until(world.now_ms + 10_000)
        assert [event.qcode for event in world.cloud.events()].count(ALARM) == 1
        world.power_cut()
    with story.running() as world:
        world.house.open("bedroom-window")
        world.run_until(world.now_ms + 5_000)
        assert world.house.siren == "intrusion"
        world.house.enter_code("1234", "off")
        world.run_until(world.now_ms + 5_000)
        events = [event.qcode for event in world.cloud.events()]
        assert (events.count(ALARM), events.count(DISARMED), events.count(FORGOT)) == (1, 1, 0)
        numbers(world)
    story.close()


@pytest.mark.parametrize("bundle", RUN_BACK_FROM_HERE, ids=lambda path: path.name)
def test_a_kept_release_of_the_same_data_format_runs_on_what_this_one_leaves(
    server: ForkServer, bundle: Path, tmp_path: Path
) -> None:
    """As after a trial that is rolled back: nothing has to be put back."""
    old = unpacked(bundle, tmp_path)
    story = Story(server, used_flash(bundle))
    with story.running() as world:
        world.house.open("bedroom-window")
        world.run_until(world.now_ms + 5_000)
        world.house.enter_code("1234", "off")
        world.run_until(world.now_ms + 5_000)
        world.house.close("bedroom-window")
        world.run_until(world.now_ms + 2_000)
        world.house.enter_code("1234", "away")
        world.run_until(world.now_ms + 80_000)
        world.power_cut()
    with story.running(old) as world:
        world.run_until(world.now_ms + 5_000)
        world.house.open("bedroom-window")
        assert world.wait_for(lambda: world.house.siren == "intrusion", 5_000)
        world.run_until(world.now_ms + 5_000)
        events = [event.qcode for event in world.cloud.events()]
        assert (events.count(ALARM), events.count(FORGOT)) == (2, 0)
        numbers(world)
    story.close()


@pytest.mark.parametrize("bundle", WITH_IMAGE, ids=lambda path: path.name)
def test_a_kept_release_takes_this_one_over_the_air(server: ForkServer, bundle: Path) -> None:
    """With the boot loader of its time, which no update ever replaces."""
    with zipfile.ZipFile(bundle / "firmware.zip") as archive:
        modules = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(bundle / "loader.zip") as archive:
        loader = {name: archive.read(name) for name in archive.namelist()}
    head = json.loads((bundle / "bundle.json").read_text())["image"]
    said = {name: head[name] for name in ("floor", "data_format", "abi", "built_s")}
    installed = images.signed_image(head["version"], modules, **said)
    new = image(head["version"] + 1, floor=head["floor"])
    flash = used_flash(bundle)
    flash["files"] = NorFlash(board_files.FILES_BYTES, program_size=1)
    files = {"trust": images.TEST_KEY.public, "board": b"simulated", "a.img": installed}
    flash["files"].contents[:] = board_files.file_system(files | loader)
    story = Story(server, flash)
    with story.running() as world:
        world.survive_crashes = True
        world.house.open("bedroom-window")
        world.run_until(world.now_ms + 5_000)
        world.house.close("bedroom-window")
        world.house.enter_code("1234", "off")
        world.run_until(world.now_ms + 5_000)
        story.cloud.offer(world.panel.id, new)
        told = story.cloud.states
        assert world.wait_for(lambda: bool(told) and told[-1].state == upkeep.RUNNING, 600_000), told
        numbers(world)
    story.close()
