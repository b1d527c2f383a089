"""Somebody resets a panel at its keypad: the cloud is told, and then nothing of the house or its keys is on the flash.

The power is cut at each moment of it, and the panel goes on from there.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hemlarm_cloud.keys import ending, moves
from hemlarm_simulator.description import load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.simulated_panel import PanelSetup
from hemlarm_simulator.virtual.world import VirtualWorld, seeded_credentials
from panel_programs import write_program

SEED = 1
RESET = 1313
PROGRAM = """
from hemlarm_firmware import start
await start.serve(board)
while True:
    await board.next_input()
"""
ERASED = ("journal", "state", "config")


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


def house(server: ForkServer, folder: Path) -> VirtualWorld:
    """A villa whose panel starts as the loader starts it."""
    write_program(folder, PROGRAM)
    villa = load_house("villa")
    config = villa.panel_config(b"sixteen bytes...")
    setup = PanelSetup(seeded_credentials(SEED), config, program="toy", extra_path=(folder,))
    return VirtualWorld(server, villa, SEED, setup)


def choose_reset(world: VirtualWorld, code: str = "1234") -> None:
    """Open the menu, go to its last item, and give the code once more."""
    world.house.keypad.press([*"1234", "ok", "up", "ok", "ok", *code, "ok"])


def qcodes(world: VirtualWorld) -> list[int]:
    return [event.qcode for event in world.cloud.events()]


def is_blank(world: VirtualWorld) -> bool:
    return all(set(world.panel.flash[name].contents) == {0xFF} for name in ERASED)


def test_a_reset_is_told_to_the_cloud_which_ends_the_panel_and_nothing_is_left_on_the_flash(
    server: ForkServer, tmp_path: Path
) -> None:
    with house(server, tmp_path) as world:
        world.run_until(5_000)
        root_key = seeded_credentials(SEED)["root_key"]
        choose_reset(world)
        assert world.wait_for(lambda: world.panel.boots == 2, 40_000)
        world.run_until(world.now_ms + 5_000)
        assert RESET in qcodes(world)
        assert is_blank(world)
        assert root_key not in bytes(world.panel.flash["keys"].contents)
        assert world.house.display == ("Ej installerad", "Not installed")
        cloud = world.cloud_process
        ending.step(cloud.store, cloud.unix_ms)
        with cloud.store.read() as reading:
            row = reading.panel(world.panel.id)
            assert row is not None
            assert row.revoked_ms is not None
            assert moves.waits(reading, world.panel.id) is None


def test_a_reset_without_a_cloud_waits_half_a_minute_and_is_done_all_the_same(
    server: ForkServer, tmp_path: Path
) -> None:
    with house(server, tmp_path) as world:
        world.run_until(5_000)
        world.network.router_on = False
        choose_reset(world)
        assert not world.wait_for(lambda: world.panel.boots == 2, 25_000)
        assert world.wait_for(lambda: world.panel.boots == 2, 10_000)
        world.run_until(world.now_ms + 5_000)
        assert is_blank(world)


def test_a_wrong_code_or_an_armed_house_resets_nothing(server: ForkServer, tmp_path: Path) -> None:
    with house(server, tmp_path) as world:
        world.run_until(5_000)
        choose_reset(world, "9999")
        world.run_until(world.now_ms + 60_000)
        assert (world.panel.boots, RESET in qcodes(world)) == (1, False)
        world.house.enter_code("1234", "away")
        world.run_until(world.now_ms + 60_000)
        choose_reset(world)  # The code disarms; what follows means nothing then.
        world.run_until(world.now_ms + 60_000)
        assert (world.panel.boots, RESET in qcodes(world)) == (1, False)


def test_a_reset_whose_power_is_cut_at_any_moment_is_done_at_the_next_start(server: ForkServer, tmp_path: Path) -> None:
    cuts = 0
    for operation in (*range(1, 12), 30, 60):
        with house(server, tmp_path) as world:
            world.run_until(5_000)
            world.cut_at_flash_operation(operation, 0.5)
            choose_reset(world)
            world.run_until(world.now_ms + 45_000)
            if not world.panel.on:
                cuts += 1
                world.power_on()
            if "resetting" not in (world.panel._credentials() or {"resetting": 1}) and RESET not in qcodes(world):
                continue  # It was cut before anything was noted, and nothing has happened.
            assert world.wait_for(lambda: is_blank(world) and world.panel._credentials() is None, 60_000), operation
    assert cuts >= 8
