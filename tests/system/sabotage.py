"""The real firmware with something wrong in it: a world whose panel runs it after a few lines of sabotage."""

import textwrap
from pathlib import Path

from hemlarm_simulator.chance import Chance
from hemlarm_simulator.description import load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.simulated_panel import PanelSetup
from hemlarm_simulator.virtual.world import VirtualWorld, seeded_credentials

_PROGRAM = "sabotaged"


def sabotaged_world(server: ForkServer, folder: Path, lines: str, ticks_at_boot: int = 0) -> VirtualWorld:
    """A villa whose panel runs `lines` and then the firmware; `app` is its module."""
    text = "import asyncio\nfrom hemlarm_firmware import app\n" + textwrap.dedent(lines)
    (folder / f"{_PROGRAM}.py").write_text(
        server.firmware.fitted(text + "\n\nasync def main(board):\n    await app.main(board)\n")
    )
    house = load_house("villa")
    setup = PanelSetup(
        seeded_credentials(1),
        house.panel_config(Chance(1, "code salt")(16)),
        program=_PROGRAM,
        extra_path=(folder,),
        ticks_at_boot=ticks_at_boot,
    )
    return VirtualWorld(server, house, 1, setup)


def events(world: VirtualWorld, code: int) -> list[tuple[int, int]]:
    """Zone and detail of every stored event of that code, oldest first."""
    return [(event.zone, event.detail) for event in world.cloud.events() if event.qcode == code]
