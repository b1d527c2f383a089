"""A panel that runs from its slots keeps little more in memory than one that does not, and a modem still fits."""

from collections.abc import Iterator

import pytest

import images
from hemlarm_simulator.chance import Chance
from hemlarm_simulator.description import load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.simulated_panel import HEAP, PanelSetup
from hemlarm_simulator.virtual.world import VirtualWorld, seeded_credentials
from update_world import OLD, image

SEED = 1

COST_MAX = 12 * 1024
"""10.8 KiB were measured. 4.3 of them are the stand-ins for a board's file system, which a board has either way, and
for its `main.py`; 5.8 what stays of the loader, with the names it has used; 0.7 what starts the panel. A board's words
are half as long."""

MODEM_HEAP = "392k"
"""8 KiB more than a board has: the stand-ins for network, clock and TLS take 11 KiB that are free in real time."""


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


def world_of(server: ForkServer, name: str, heap: str, slots: bytes | None) -> VirtualWorld:
    house = load_house(name)
    config = house.panel_config(Chance(SEED, "code salt")(16))
    trust = images.TEST_KEY.public if slots else b""
    setup = PanelSetup(seeded_credentials(SEED), config, heap=heap, slots=slots, trust=trust)
    return VirtualWorld(server, house, SEED, setup)


def test_slots_cost_a_panel_little_memory(server: ForkServer) -> None:
    free = []
    for slots in (None, image(OLD)):
        with world_of(server, "villa", HEAP, slots) as world:
            assert world.wait_for(lambda world=world: world.ledger.count("heap") > 0, 60_000)  # type: ignore[misc]
            free.append(next(trace.values[0] for trace in world.ledger.traces if trace.what == "heap"))
    assert 0 < free[0] - free[1] <= COST_MAX, free


def test_a_panel_with_a_modem_starts_from_its_slots_and_reports(server: ForkServer) -> None:
    with world_of(server, "two-paths", MODEM_HEAP, image(OLD)) as world:
        world.cloud_process.set_levels(world.panel.id, 90, 90)
        world.run_until(120_000)
        world.network.up = False
        world.house.open("kitchen-door")
        world.run_until(600_000)
        world.network.up = True
        world.run_until(3_900_000)
        with world.cloud_process.store.read() as reading:
            health = reading.health(world.panel.id)
        assert health is not None
        assert world.panel.boots == health.boot == 1
