"""The real firmware changes its root key with the cloud, and power fails at each flash operation of it.

Whatever the cut leaves: after it panel and cloud still have a key in common, the change comes to its end, and no event
is lost or told twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from hemlarm_cloud.actor import SYSTEM
from hemlarm_cloud.keys import rotation
from hemlarm_firmware.app import FIRMWARE
from hemlarm_simulator.chance import Chance
from hemlarm_simulator.description import load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.virtual.world import VirtualWorld, seeded_credentials
from torn_flash import torn_images

SEED = 1
TORN = 1
ASKED_MS, OPENED_MS = 10_000, 11_000
CHANGE_LIMIT_MS = 60_000
RECOVERY_LIMIT_MS = 180_000


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


@pytest.fixture(autouse=True)
def _firmware_that_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "REKEY_FIRMWARE", FIRMWARE)


@dataclass
class Image:
    """Flash and store as a cut left them, and what the panel had journalled by then."""

    chips: dict[str, bytes]
    store: bytes
    journalled: dict[int, int]


def ask(world: VirtualWorld) -> None:
    cloud = world.cloud_process
    with cloud.store.begin() as tx:
        rotation.ask(tx, cloud.vault, SYSTEM, world.panel.id, Chance(SEED, "rekey"), cloud.unix_ms)
    cloud.asked()


def state(world: VirtualWorld) -> str | None:
    with world.cloud_process.store.read() as reading:
        row = rotation.latest(reading, world.panel.id)
    return row.state if row else None


def root_keys(world: VirtualWorld) -> tuple[bytes, list[bytes]]:
    """The panel's root key on its flash, and those under which the cloud hears it."""
    cloud = world.cloud_process
    kept: Any = world.panel._credentials()
    with cloud.store.read() as reading:
        row = reading.panel(world.panel.id)
        assert row is not None
        return kept["root_key"], rotation.roots(reading, cloud.vault, world.panel.id, row.root_key)


def finishes(world: VirtualWorld, limit_ms: int) -> bool:
    return world.wait_for(lambda: state(world) in (None, "finished"), limit_ms)


def test_a_changed_root_key_is_new_on_both_ends_and_the_old_one_nowhere(server: ForkServer) -> None:
    with VirtualWorld(server, load_house("villa"), SEED) as world:
        before = seeded_credentials(SEED)["root_key"]
        world.run_until(ASKED_MS)
        ask(world)
        assert finishes(world, CHANGE_LIMIT_MS)
        of_panel, of_cloud = root_keys(world)
        assert of_cloud == [of_panel] != [before]
        assert before not in bytes(world.panel.flash["keys"].contents)
        world.house.enter_code("1234", "away")
        assert world.wait_for(lambda: any(event.qcode == 3401 for event in world.cloud.events()), 5_000)
        world.power_cut()
        world.power_on()
        assert world.wait_for(lambda: [e.qcode for e in world.cloud.events()].count(1305) == 2, 10_000)


def test_an_answer_that_is_lost_is_given_again_and_an_alarm_meanwhile_is_heard(server: ForkServer) -> None:
    with VirtualWorld(server, load_house("villa"), SEED) as world:
        world.run_until(ASKED_MS)
        ask(world)
        world.disturb("lose", "up", 12_000, 1000)
        world.run_until(OPENED_MS)
        world.house.open("fire-button")
        assert world.wait_for(lambda: any(event.qcode == 1115 for event in world.cloud.events()), 40_000)
        assert finishes(world, 120_000)
        of_panel, of_cloud = root_keys(world)
        assert of_cloud == [of_panel]


class Change:
    """Lives it once, with an image at each flash operation: before it, and in its middle."""

    def __init__(self, server: ForkServer) -> None:
        self.images: list[Image] = []
        self._chance = Chance(SEED, "torn")
        with VirtualWorld(server, load_house("villa"), SEED) as world:
            self._world = world
            world.run_until(ASKED_MS)
            for name, chip in world.panel.flash.items():
                chip.before = torn_images(chip, self._chance, TORN, partial(self._keep, name))
            ask(world)
            world.run_until(OPENED_MS)
            world.house.enter_code("1234", "away")
            assert finishes(world, CHANGE_LIMIT_MS)

    def _keep(self, name: str, contents: bytes) -> None:
        world = self._world
        chips = {other: bytes(chip.contents) for other, chip in world.panel.flash.items()}
        journalled = {trace.values[0]: trace.values[1] for trace in world.ledger.traces if trace.what == "event"}
        self.images.append(Image(chips | {name: contents}, world.cloud_process.backup(), journalled))


def recovered(server: ForkServer, image: Image) -> VirtualWorld:
    """The house as the panel has power again; close it. It is a later boot: chance is another one."""
    world = VirtualWorld(server, load_house("villa"), SEED)
    world.power_cut()
    for name, chip in world.panel.flash.items():
        chip.contents[:] = image.chips[name]
    world.cloud_process.restore(image.store, 1)
    world.power_on()
    return world


def test_a_change_of_the_root_key_cut_anywhere_comes_to_its_end(server: ForkServer) -> None:
    change = Change(server)
    for image in change.images:
        with recovered(server, image) as world:
            assert finishes(world, RECOVERY_LIMIT_MS), (state(world), world.panel.log())
            of_panel, of_cloud = root_keys(world)
            assert of_cloud == [of_panel], "a key in common"
            world.house.open("fire-button")
            world.run_until(world.now_ms + 5_000)
            events = [event for event in world.cloud.events() if event.qcode]
            told = [event.qcode for event in events]
            assert set(image.journalled.values()) <= set(told), "nothing lost"
            assert len(events) == len({(event.kid, event.number) for event in events}), "nothing twice"
            assert 1115 in told, "the panel is heard"
    print(f"{len(change.images)} cuts")  # noqa: T201  Counts are what it is for.
    assert len(change.images) >= 20
