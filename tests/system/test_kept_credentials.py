"""What a simulated panel keeps of itself on its flash outlives it, and goes for what it was set up with."""

from pathlib import Path

from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.simulated_panel import PanelSetup
from hemlarm_simulator.virtual.world import VirtualWorld, seeded_credentials
from panel_programs import HOUSE, told, write_program

BODY = """
known = board.credentials()
board.trace("told", known and known["host"])
if known and known["host"] == "broker":
    board.keep_credentials({"panel": known["panel"], "host": "other"})
    board.trace("told", board.credentials()["host"])
    board.reset()
elif known:
    board.keep_credentials(None)
    board.reset()
await asyncio.sleep(1000)
"""


def test_a_panel_starts_with_the_credentials_that_it_kept_last_and_with_none_if_it_kept_none(tmp_path: Path) -> None:
    write_program(tmp_path, BODY)
    credentials = seeded_credentials(1) | {"host": "broker"}
    setup = PanelSetup(credentials, program="toy", extra_path=(tmp_path,))
    with ForkServer() as server, VirtualWorld(server, HOUSE, 1, setup) as world:
        world.run_until(60_000)
        assert told(world) == ["broker", "other", "other", None]
    assert b"other" not in bytes(setup.flash["keys"].contents)
