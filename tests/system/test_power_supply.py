"""The supply and the real firmware together: when it is off, when it starts again, and what it then tells."""

from collections.abc import Iterator

import pytest

from hemlarm_simulator.clock import Schedule
from hemlarm_simulator.description import load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.plants.power_supply import PowerSupply
from hemlarm_simulator.virtual.world import VirtualWorld

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


@pytest.fixture(name="world")
def _world(server: ForkServer) -> Iterator[VirtualWorld]:
    with VirtualWorld(server, load_house("reference")) as world:
        world.run_until(MINUTE)
        yield world


def supply_of(world: VirtualWorld) -> PowerSupply:
    """The house's, which this one has."""
    assert world.supply is not None
    return world.supply


def restarts(world: VirtualWorld) -> list[int]:
    """Why the panel started, each time: the details of the event 1305."""
    return [event.detail for event in world.cloud.events() if event.qcode == 1305]


def test_without_a_battery_the_panel_is_off_until_mains_is_back(world: VirtualWorld) -> None:
    supply = supply_of(world)
    supply.connect_battery(False)
    supply.mains = False
    world.run_until(2 * MINUTE)
    assert not world.panel.on
    assert not world.panel.parked
    world.power_on()
    assert not world.panel.on
    supply.mains = True
    world.run_until(3 * MINUTE)
    assert world.panel.on
    assert restarts(world) == [0, 0]


def test_a_battery_that_cannot_feed_the_siren_is_told_as_a_brown_out(world: VirtualWorld) -> None:
    supply = supply_of(world)
    supply.age(0.05)
    supply.mains = False
    world.run_until(2 * MINUTE)
    world.house.smoke("kitchen", True)
    world.run_until(2 * MINUTE + 15 * SECOND)
    world.house.smoke("kitchen", False)
    supply.mains = True
    world.run_until(4 * MINUTE)
    causes = restarts(world)
    assert causes[0] == 0
    assert 1 < len(causes) < 6
    assert set(causes[1:]) == {4}


def test_the_test_of_a_battery_that_fails_at_once_does_not_end_the_panel(world: VirtualWorld) -> None:
    supply = supply_of(world)
    supply.age(0.05)
    world.run_until(2 * HOUR)
    assert world.panel.boots == 1
    assert {1309, 1311} & {event.qcode for event in world.cloud.events()}  # Worn, or as good as none.


def test_a_panel_whose_power_was_cut_by_hand_waits_for_that_hand(world: VirtualWorld) -> None:
    supply = supply_of(world)
    world.power_cut()
    supply.mains = False
    world.run_until(2 * MINUTE)
    supply.mains = True
    world.run_until(3 * MINUTE)
    assert not world.panel.on
    world.power_on()
    world.run_until(4 * MINUTE)
    assert restarts(world) == [0, 0]


def test_mains_and_a_full_battery_cost_no_timer_and_no_report(
    world: VirtualWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.run_until(HOUR)
    planned: list[object] = []
    add = Schedule.add

    def watched(schedule: Schedule, at_ms: int, action: object) -> object:
        if isinstance(getattr(action, "__self__", None), PowerSupply):
            planned.append(action)
        return add(schedule, at_ms, action)  # type: ignore[arg-type]

    monkeypatch.setattr(Schedule, "add", watched)
    world.run_until(20 * HOUR)
    assert planned == []
    world.run_until(26 * HOUR)
    assert planned != []  # The daily test.


def test_one_seed_gives_one_run(server: ForkServer) -> None:
    digests = set()
    for _ in range(2):
        with VirtualWorld(server, load_house("reference"), seed=3) as world:
            world.run_until(10 * MINUTE)
            supply_of(world).mains = False
            world.run_until(5 * HOUR)
            supply_of(world).mains = True
            world.run_until(8 * HOUR)
            digests.add(world.ledger.sha256())
    assert len(digests) == 1
