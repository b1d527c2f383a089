"""The complete firmware, connected over TLS, lives in the heap that a board gives it and leaves a margin."""

import dataclasses
from pathlib import Path

import pytest

from hemlarm_simulator.demo.run import HEAP_BYTES
from hemlarm_simulator.description import load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.real_cloud import RealCloud
from hemlarm_simulator.real_house import house_of
from hemlarm_simulator.real_world import RealWorld
from hemlarm_simulator.simulated_panel import WATCHED_HEAP

EVENTS = 200
"""More than a house has in a day."""

FREE_MIN = 92 * 1024
"""24 % of the heap. In the villa 94 KiB were measured; the design's goal of 40 % is still owed."""

HEARTBEAT_MS = 1_000
LIMIT_MS = 20_000


@pytest.fixture(name="free", scope="module")
def _free(tmp_path_factory: pytest.TempPathFactory) -> list[int]:
    """Bytes that each heartbeat of a busy day found free."""
    folder: Path = tmp_path_factory.mktemp("cloud")
    house = dataclasses.replace(load_house("villa"), filter_ms=0)  # Contacts need no time to settle.
    with (
        ForkServer() as server,
        RealCloud(folder, "nats", HEARTBEAT_MS) as cloud,
        house_of(cloud, server, house, WATCHED_HEAP, pullable=False) as world,
    ):
        live_through(world)
        beats = world.ledger.count("heap")
        assert world.wait_for(lambda: world.ledger.count("heap") >= beats + 2, LIMIT_MS), world.panel.log()
        return [trace.values[0] for trace in world.ledger.traces if trace.what == "heap"]


def live_through(world: RealWorld) -> None:
    """A panic button pressed and let go until there are EVENTS, each acknowledged before the next."""
    assert world.wait_for(lambda: world.ledger.count("acknowledged") >= world.ledger.count("event") > 0, LIMIT_MS)
    for index in range(EVENTS):
        before = world.ledger.count("acknowledged")
        (world.house.close if index % 2 else world.house.open)("fire-button")
        assert world.wait_for(lambda before=before: world.ledger.count("acknowledged") > before, LIMIT_MS), index  # type: ignore[misc]


def test_after_a_day_of_events_the_heap_has_its_margin(free: list[int]) -> None:
    assert HEAP_BYTES == 384 * 1024
    assert free[-1] >= FREE_MIN, free


def test_a_day_of_events_leaves_nothing_behind(free: list[int]) -> None:
    # The self-test of the start, and the first heartbeat, come before everything has been used once.
    settled = free[2:]
    assert settled[-1] >= settled[0] - 2048, free
