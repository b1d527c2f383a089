"""Small MicroPython programs for panels under test, and worlds that run them instead of the firmware."""

import textwrap
from dataclasses import replace
from pathlib import Path

from hemlarm_simulator.cloud import StoredEvent
from hemlarm_simulator.description import HouseDescription, SensorDescription
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.real_world import RealWorld
from hemlarm_simulator.simulated_panel import PanelSetup
from hemlarm_simulator.virtual.world import VirtualWorld, seeded_credentials

HOUSE = HouseDescription(
    title="A house with one door",
    language="en",
    siren_s=180,
    filter_ms=0,
    areas=(),
    sensors=(SensorDescription("door", "door", zone=1, type="entry", area=1, home=True),),
    users=(),
)


class Programs:
    """Writes programs into a folder and gives worlds that run them."""

    def __init__(self, server: ForkServer, folder: Path) -> None:
        self._server = server
        self._folder = folder

    def world(self, body: str, seed: int = 1, ticks_at_boot: int = 0) -> VirtualWorld:
        """A world whose panel runs `body` as the body of `async def main(board)`, with asyncio and time imported."""
        write_program(self._folder, body)
        setup = PanelSetup(
            seeded_credentials(seed), program="toy", extra_path=(self._folder,), ticks_at_boot=ticks_at_boot
        )
        return VirtualWorld(self._server, HOUSE, seed, setup)


class _Nothing:
    """A cloud and a network for programs that use neither."""

    up = True

    def events(self) -> list[StoredEvent]:
        return []

    def send_command(self, verb: int, argument: int, user: int) -> bytes:
        raise NotImplementedError

    def command(self, command_id: bytes) -> None:
        return None


def real_world(server: ForkServer, folder: Path, body: str, filter_ms: int = 0) -> RealWorld:
    """A world in real time whose panel runs `body`."""
    write_program(folder, body)
    setup = PanelSetup(seeded_credentials(1), program="toy", extra_path=(folder,))
    nothing = _Nothing()
    return RealWorld(server, replace(HOUSE, filter_ms=filter_ms), setup, nothing, nothing)  # type: ignore[arg-type]


def write_program(folder: Path, body: str) -> None:
    """Puts `body` into the program that both kinds of worlds here run."""
    text = "import asyncio, time\n\nasync def main(board):\n" + textwrap.indent(textwrap.dedent(body), "    ")
    (folder / "toy.py").write_text(text)


def told(world: VirtualWorld | RealWorld, what: str = "told") -> list[object]:
    """The first values of all traces of a kind."""
    return [trace.values[0] for trace in world.ledger.traces if trace.what == what]
