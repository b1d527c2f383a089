"""The world in real time, with small programs in place of the firmware: the board's stream without virtual time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.real_world import RealWorld
from hemlarm_simulator.simulated_panel import PanelCrashedError
from panel_programs import real_world, told

LIMIT_MS = 10_000


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


ECHO = """
    flash = board.flash("state")
    buffer = bytearray(1)
    while True:
        told = await board.next_input()
        board.trace("told", str(told))
        flash.read_into(0, buffer)
        board.trace("flash", buffer[0])
        flash.program(0, bytes([buffer[0] << 1 & 0xFF]))
        if told[0] == "key":
            board.reset()
"""


def test_inputs_arrive_and_flash_is_read_in_between(server: ForkServer, tmp_path: Path) -> None:
    with real_world(server, tmp_path, ECHO) as world:
        for _ in range(3):
            world.house.open("door")
            world.house.close("door")
        assert world.wait_for(lambda: len(told(world, "flash")) == 7, LIMIT_MS)
        assert told(world) == ["('start', [], [])", *["('zone', 1, True)", "('zone', 1, False)"] * 3]
        assert told(world, "flash") == [0xFF, 0xFE, 0xFC, 0xF8, 0xF0, 0xE0, 0xC0]


def test_a_reset_starts_the_panel_again_on_the_same_flash(server: ForkServer, tmp_path: Path) -> None:
    with real_world(server, tmp_path, ECHO) as world:
        world.house.keypad.press(["away"])
        assert world.wait_for(lambda: len(told(world, "flash")) == 3, LIMIT_MS)
        assert told(world) == ["('start', [], [])", "('key', 'away')", "('start', [], [])"]
        assert told(world, "flash") == [0xFF, 0xFE, 0xFC]


def test_a_power_cut_ends_the_panel_in_the_middle_of_its_work(server: ForkServer, tmp_path: Path) -> None:
    body = "board.show('siren', 'fire')\nawait board.next_input()\nwhile True:\n    pass\n"
    with real_world(server, tmp_path, body) as world:
        assert world.wait_for(lambda: world.house.siren == "fire", LIMIT_MS)
        world.power_cut()
        assert (world.panel.on, world.house.siren) == (False, "off")
        world.power_on()
        assert world.wait_for(lambda: world.house.siren == "fire", LIMIT_MS)


def test_timers_of_the_house_run_in_real_time(server: ForkServer, tmp_path: Path) -> None:
    body = "while True:\n    board.trace('told', (await board.next_input())[0])\n"
    with real_world(server, tmp_path, body, filter_ms=50) as world:
        began_ms = world.now_ms
        world.house.open("door")
        assert world.wait_for(lambda: "zone" in told(world), LIMIT_MS)
        assert world.now_ms - began_ms >= 50
        world.run_until(world.now_ms + 20)


def test_a_crash_is_told(server: ForkServer, tmp_path: Path) -> None:
    with real_world(server, tmp_path, "raise ValueError('no zone 9')\n") as world:
        assert _crash(world).startswith("the firmware of panel ")
        assert not world.panel.on


def _crash(world: RealWorld) -> str:
    with pytest.raises(PanelCrashedError, match="no zone 9") as caught:
        world.wait_for(lambda: False, LIMIT_MS)
    return str(caught.value)
