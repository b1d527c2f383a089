"""The real driver at the simulated modem, in virtual time, and in real time over real TLS to a real broker."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from hemlarm_simulator.chance import Chance
from hemlarm_simulator.description import HouseDescription, load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.modem_description import FAMILIES
from hemlarm_simulator.real_cloud import PanelInCloud, RealCloud
from hemlarm_simulator.real_house import FixedCable
from hemlarm_simulator.real_world import RealWorld
from hemlarm_simulator.simulated_panel import PanelSetup
from hemlarm_simulator.virtual.world import VirtualWorld, seeded_credentials
from panel_programs import told, write_program

CONNECT = """
from hemlarm_firmware.clock import Clock
from hemlarm_firmware.link import mqtt
from hemlarm_firmware.modem.driver import Driver
from hemlarm_protocol import panel_topics
from binascii import hexlify

credentials = board.credentials()
panel = hexlify(credentials["panel"]).decode()

def tell(*news):
    board.trace("told", str(news))

async def log_in():
    line = await driver.connect(credentials["host"], credentials["port"])
    stream = board.secure(line)
    await stream.write(mqtt.connect(panel + "-2", 0))
    tell("answer", await stream.read(100))
    await stream.write(mqtt.subscribe(panel_topics.down(panel)))
    tell("answer", await stream.read(100))
    return stream

driver = Driver(board.modem(), {"apn": "hemlarm", "pin": "4711"}, Clock(board.ticks_ms, 0), board.random, tell)
driving = asyncio.create_task(driver.run())
while not driver.ready_for_data:
    await asyncio.sleep(1)
"""
ONCE = """
stream = await log_in()
await asyncio.sleep(1)
stream.close()
await asyncio.sleep(1)
tell("closed")
await asyncio.sleep(100000)
"""
AGAIN = """
for _ in range(20):
    try:
        stream = await log_in()
        await asyncio.wait_for(stream.read(1), 60)
    except (OSError, asyncio.TimeoutError) as error:
        tell("failed")
    await asyncio.sleep(10)
"""
CONNACK, SUBACK = "('answer', b' \\x02\\x00\\x00')", "('answer', b'\\x90\\x03\\x00\\x01\\x00')"
REGISTERED_MS = 60_000
REAL_MS = 60_000


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


def _house(family: str) -> HouseDescription:
    house = load_house("two-paths")
    assert house.modem is not None
    return dataclasses.replace(house, modem=dataclasses.replace(house.modem, family=family))


def _world(server: ForkServer, folder: Path, family: str, body: str, seed: int = 1) -> VirtualWorld:
    write_program(folder, CONNECT + body)
    setup = PanelSetup(seeded_credentials(seed), program="toy", extra_path=(folder,))
    return VirtualWorld(server, _house(family), seed, setup)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_driver_logs_in_through_the_modem_in_virtual_time(server: ForkServer, tmp_path: Path, family: str) -> None:
    with _world(server, tmp_path, family, ONCE) as world:
        assert world.wait_for(lambda: "('closed',)" in told(world), REGISTERED_MS)
        answers = [each for each in told(world) if "answer" in str(each)]
        assert answers == [CONNACK, SUBACK]
        assert world.mobile.use.connections == 1


def test_the_driver_logs_in_over_real_tls(server: ForkServer, tmp_path: Path) -> None:
    write_program(tmp_path, CONNECT + ONCE)
    house = load_house("two-paths")
    with RealCloud(tmp_path / "cloud") as cloud:
        credentials = cloud.provision()
        config = house.panel_config(Chance(1, "code salt")(16))
        setup = PanelSetup(vars(credentials), config, program="toy", extra_path=(tmp_path,))
        with RealWorld(server, house, setup, PanelInCloud(cloud, credentials.panel_id), FixedCable()) as world:
            world.mobile.cell.registration_ms = 500
            assert world.wait_for(lambda: "('closed',)" in told(world), REAL_MS)
            assert [each for each in told(world) if "answer" in str(each)] == [CONNACK, SUBACK]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_modem_on_a_bad_day_is_the_same_in_every_run(server: ForkServer, tmp_path: Path, family: str) -> None:
    def run(seed: int) -> str:
        with _world(server, tmp_path, family, AGAIN, seed) as world:
            assert world.modem is not None
            world.modem.split_lines = world.modem.urc_flood = True
            world.mobile.loss_per_mille = 50
            world.run_until(REGISTERED_MS)
            world.modem.garble(5)
            world.run_until(2 * REGISTERED_MS)
            world.modem.calm()
            world.modem.reset()
            world.run_until(5 * REGISTERED_MS)
            assert world.faults["modem-garbled"] == world.faults["modem-reset"] == 1
            return world.ledger.sha256()

    first, second = run(1), run(1)
    assert first == second
    assert run(2) != first


def test_a_panel_without_power_has_a_modem_without_power(server: ForkServer, tmp_path: Path) -> None:
    with _world(server, tmp_path, "quectel", ONCE) as world:
        assert world.modem is not None
        assert world.wait_for(lambda: world.mobile.use.connections == 1, REGISTERED_MS)
        world.reset_panel()
        assert world.modem.running
        world.power_cut()
        assert not world.modem.running
        world.power_on()
        assert world.wait_for(lambda: world.mobile.use.connections == 2, REGISTERED_MS)
