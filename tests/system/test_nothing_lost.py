"""Whatever dies in the cloud during a burst of events: in the end the store holds every journalled event once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hemlarm_simulator.real_cloud import RealCloud
from hemlarm_simulator.real_world import RealWorld
from line_support import await_acknowledged, await_journalled, await_that, burst, journalled, running_line, stored

BURST = 200


@pytest.fixture
def line(tmp_path: Path) -> Iterator[tuple[RealCloud, RealWorld]]:
    with running_line(tmp_path) as running:
        yield running


def _all_there_once(cloud: RealCloud, world: RealWorld, total: int) -> None:
    await_journalled(world, total)
    await_acknowledged(world)
    assert len(journalled(world)) == total
    assert stored(cloud, world) == journalled(world)
    assert cloud.alerts(world.panel.id) == []


def test_a_burst_arrives_once(line: tuple[RealCloud, RealWorld]) -> None:
    cloud, world = line
    total = len(journalled(world)) + BURST
    burst(world, BURST)
    _all_there_once(cloud, world, total)


def test_the_ingest_killed_in_a_burst_loses_nothing(line: tuple[RealCloud, RealWorld]) -> None:
    cloud, world = line
    total = len(journalled(world)) + BURST
    burst(world, BURST // 2)
    cloud.kill_ingest()
    burst(world, BURST // 2)
    await_journalled(world, total)
    assert len(stored(cloud, world)) < total
    cloud.start_ingest()
    _all_there_once(cloud, world, total)


def test_the_broker_killed_in_a_burst_loses_nothing(line: tuple[RealCloud, RealWorld]) -> None:
    cloud, world = line
    total = len(journalled(world)) + BURST
    burst(world, BURST // 2)
    cloud.broker.kill()
    burst(world, BURST // 2)
    cloud.broker.start()
    _all_there_once(cloud, world, total)


def test_the_brokers_data_deleted_in_a_burst_loses_nothing(line: tuple[RealCloud, RealWorld]) -> None:
    cloud, world = line
    total = len(journalled(world)) + BURST
    burst(world, BURST // 4)
    cloud.broker.wipe()
    burst(world, BURST // 4)
    cloud.broker.kill()
    burst(world, BURST // 4)
    cloud.broker.start()
    burst(world, BURST // 4)
    _all_there_once(cloud, world, total)


def test_the_store_restored_from_an_old_copy_in_a_burst_gets_back_every_event(
    line: tuple[RealCloud, RealWorld], tmp_path: Path
) -> None:
    cloud, world = line
    cloud.copy_store(tmp_path / "copy.db")
    old = stored(cloud, world)
    total = len(journalled(world)) + BURST
    burst(world, BURST // 2)
    cloud.kill_ingest()
    cloud.restore_store(tmp_path / "copy.db")
    assert stored(cloud, world) == old
    burst(world, BURST // 4)
    cloud.start_ingest()
    burst(world, BURST // 4)
    await_that(world, lambda: len(stored(cloud, world)) >= total, "every event back in the store")
    _all_there_once(cloud, world, total)
