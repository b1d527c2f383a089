"""Two paths in real time: real broker, real ingest, real TLS over Ethernet's socket and over the modem's, at once.

The other stories of two paths run in virtual time, where TLS is a stand-in.
"""

import dataclasses
from pathlib import Path

from hemlarm_simulator.description import AreaDescription, load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.real_cloud import RealCloud
from hemlarm_simulator.real_house import house_of
from hemlarm_simulator.real_world import RealWorld
from line_support import HEARTBEAT_MS, await_acknowledged, await_that, codes_journalled, journalled, stored

REGISTRATION_MS = 500
BURGLARY, OTHER_PATH, IP_AGAIN = 1130, 1350, 3350
LIMIT_MS = 15_000
RETURN_MS = 120_000
DOOR = "kitchen-door"


def codes(cloud: RealCloud, world: RealWorld) -> list[int]:
    """The codes of all stored events."""
    return [event.qcode for event in cloud.events(world.panel.id)]


def test_an_alarm_goes_over_the_modem_when_the_cable_is_pulled_and_ip_is_used_again_later(tmp_path: Path) -> None:
    house = dataclasses.replace(load_house("two-paths"), areas=(AreaDescription(1, 0, 0),), filter_ms=0)
    with (
        ForkServer() as server,
        RealCloud(tmp_path, "nats", HEARTBEAT_MS) as cloud,
        house_of(cloud, server, house, pullable=True) as world,
    ):
        world.mobile.cell.registration_ms = REGISTRATION_MS
        world.house.enter_code("2580", "home")
        await_that(world, lambda: world.mobile.internet.opened > 0, "the mobile path connected")
        await_acknowledged(world)
        world.network.up = False
        world.house.open(DOOR)
        edge_ms = world.now_ms
        await_that(world, lambda: BURGLARY in codes_journalled(world), "an alarm")
        assert world.wait_for(lambda: BURGLARY in codes(cloud, world), edge_ms + LIMIT_MS - world.now_ms)
        await_that(world, lambda: OTHER_PATH in codes(cloud, world), "told of the other path")
        world.network.up = True
        assert world.wait_for(lambda: IP_AGAIN in codes(cloud, world), RETURN_MS)
        await_acknowledged(world)
        assert stored(cloud, world) == sorted(journalled(world))
