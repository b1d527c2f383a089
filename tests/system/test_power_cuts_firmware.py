"""The firmware as it ships starts from what a power cut left, at each flash operation of an evening in a house.

`tests/host/test_power_cuts.py` cuts twice and tries every torn variant; here it is MicroPython, the compiled firmware,
the link and the ingest that go on. In the evening somebody arms, a window is opened, and the alarm is switched off.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import pytest

from hemlarm_simulator.chance import Chance
from hemlarm_simulator.description import load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.nor_flash import NorFlash
from hemlarm_simulator.simulated_panel import PanelSetup
from hemlarm_simulator.virtual.world import VirtualWorld, seeded_credentials
from torn_flash import torn_images

SEED = 1
TORN = 8
ARMED_MS, OPENED_MS, DISARMED_MS, END_MS = 10_000, 90_000, 110_000, 130_000
RECOVERY_MS = 70_000
RESTARTED, RESTORED, OPENED = 1305, 3130, 1401


@dataclass
class Image:
    """Flash and store as a cut left them, and what the panel had journalled and shown by then."""

    chips: dict[str, bytes]
    store: bytes
    journalled: dict[int, int]
    armed_lamp: bool | None


class Evening:
    """Lives it once, with an image at each flash operation: before it, and in its middle in TORN ways."""

    def __init__(self, server: ForkServer) -> None:
        self.images: list[Image] = []
        self._chance = Chance(SEED, "torn")
        with VirtualWorld(server, load_house("villa"), SEED) as world:
            self._world = world
            world.run_until(ARMED_MS)
            for name, chip in world.panel.flash.items():
                chip.before = torn_images(chip, self._chance, TORN, partial(self._keep, name))
            world.house.enter_code("1234", "away")
            world.run_until(OPENED_MS)
            world.house.open("bedroom-window")
            world.run_until(DISARMED_MS)
            world.house.close("bedroom-window")
            world.house.enter_code("1234", "off")
            world.run_until(END_MS)
            self.codes = Counter(event.qcode for event in world.cloud.events())

    def _keep(self, name: str, contents: bytes) -> None:
        world = self._world
        chips = {other: bytes(chip.contents) for other, chip in world.panel.flash.items()}
        journalled = {trace.values[0]: trace.values[1] for trace in world.ledger.traces if trace.what == "event"}
        lamp = world.house.lamps.get("armed")
        self.images.append(Image(chips | {name: contents}, world.cloud_process.backup(), journalled, lamp))


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


def recovered(server: ForkServer, image: Image) -> VirtualWorld:
    """The house some time after the panel has power again; close it."""
    flash = {name: NorFlash(len(contents), program_size=1) for name, contents in image.chips.items()}
    for name, chip in flash.items():
        chip.contents[:] = image.chips[name]
    world = VirtualWorld(server, load_house("villa"), SEED, PanelSetup(seeded_credentials(SEED), flash=flash))
    world.cloud_process.restore(image.store, 1)
    world.run_until(RECOVERY_MS)
    return world


def test_an_evening_cut_anywhere_is_taken_up_where_it_was(server: ForkServer) -> None:
    evening = Evening(server)
    for image in evening.images:
        with recovered(server, image) as world:
            events = world.cloud.events()
            stored = {event.number: event.qcode for event in events if event.qcode}
            assert image.journalled.items() <= stored.items(), "nothing lost"
            assert len(events) == len({event.number for event in events}), "nothing twice"
            counts = Counter(stored.values())
            for qcode, count in counts.items():
                # A restore whose event was kept and whose saving was cut is found, and told, once more.
                again = qcode in (RESTARTED, RESTORED)
                assert count <= evening.codes[qcode] + again, f"nothing false: {qcode}"
            opened = OPENED in image.journalled.values()
            if image.armed_lamp != opened:  # Whatever is on its way, the lamp shows what there was, or what there is.
                assert world.house.lamps["armed"] is image.armed_lamp, "what was shown is so"
    print(f"{len(evening.images)} cuts")  # noqa: T201  Counts are what it is for.
    assert len(evening.images) >= 100
