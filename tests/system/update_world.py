"""A simulated house whose panel runs from its slots, a cloud that offers it images, and images that fail on purpose."""

from functools import cache
from typing import Any

import images
from hemlarm_installer import firmware_build, firmware_sources
from hemlarm_installer.firmware_code import load
from hemlarm_simulator.chance import Chance
from hemlarm_simulator.clock import WORLD_BEGAN_UNIX_MS, VirtualClock
from hemlarm_simulator.description import load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.ledger import Ledger
from hemlarm_simulator.nor_flash import NorFlash
from hemlarm_simulator.simulated_panel import PanelSetup, blank_flash
from hemlarm_simulator.virtual.world import VirtualWorld, seeded_credentials
from update_support import OfferingCloud

SEED = 1
OLD, NEW, NEWER = 1005, 1006, 1007
TAKEN_OVER, NOT_TAKEN_OVER, RESTARTED = 1413, 1414, 1305

_APP = "hemlarm_firmware/app"
_MAIN = "    app = None\n    try:\n        app = App(board)\n"
_VERSION = str(load("hemlarm_firmware.app").FIRMWARE)

CRASHES = (_MAIN, '    raise RuntimeError("planted")\n' + _MAIN)
"""A change of the firmware's text as it is compiled: what stands there, and what stands there instead."""
HANGS = ("self.watchdog.promise(1, None)", "pass")
"""Its task of inputs no longer says that it lives."""
DEAF = ("self.uplink.run())", "asyncio.Event().wait())")
"""It never connects to the cloud."""
ILL = (_MAIN, "    from hemlarm_firmware import condition\n    condition.Condition.test = ill\n" + _MAIN)
"""Its self-test always finds a fault."""
_ILL = """

def ill(condition):
    condition.failing = [False, False, True, False, False]
    return []
"""


@cache
def image(version: int, plant: tuple[str, str] = ("", ""), **more: Any) -> bytes:
    """The firmware of this tree as a signed image of this version, with a fault planted in its `app.py`.

    Compiled is only that file: a whole build with other sources takes seconds.
    """
    files = dict(firmware_build.compiled("simulated"))
    texts, _ = firmware_build._prepared(firmware_sources.of_board("simulated"))
    text = texts[_APP.replace("/", ".")]
    for old, new in (plant, (_VERSION, str(version))):
        assert text.count(old) == 1 or not old, old
        text = text.replace(old, new) if old else text
    code, complaints = firmware_build._compiled(_APP.replace("/", "."), text + _ILL)
    assert not complaints, complaints
    files[f"{_APP}.mpy"] = code
    return images.signed_image(version, files, **more)


class UpdateWorld(VirtualWorld):
    """A villa whose panel runs `installed`. `offers` is its cloud's other half."""

    def __init__(
        self, server: ForkServer, installed: bytes | None = None, flash: dict[str, NorFlash] | None = None
    ) -> None:
        house = load_house("villa")
        config = None if flash else house.panel_config(Chance(SEED, "code salt")(16))
        setup = PanelSetup(
            seeded_credentials(SEED),
            config,
            flash=flash or blank_flash(),
            slots=installed or image(OLD),
            trust=images.TEST_KEY.public,
        )
        clock = VirtualClock(WORLD_BEGAN_UNIX_MS)
        self.offers = OfferingCloud(clock, Ledger(), SEED)
        super().__init__(server, house, SEED, setup, clock=clock, cloud=self.offers)
        self.survive_crashes = True

    def offer(self, new: bytes, **changes: Any) -> bytes:
        """Offers an image; returns the offer's id."""
        return self.offers.offer(self.panel.id, new, changes)

    def states(self, offer: bytes | None = None) -> list[int]:
        """The states told of an offer, each once, in their order; without one, of all."""
        told = [state.state for state in self.offers.states if offer in (None, state.id)]
        return [state for place, state in enumerate(told) if told[place - 1 : place] != [state]]

    def reached(self, *states: int, limit_ms: int = 120_000) -> bool:
        """Runs until one of these states is told."""
        return self.wait_for(lambda: bool(self.offers.states) and self.offers.states[-1].state in states, limit_ms)

    def ends(self) -> list[tuple[int, int]]:
        """The events of how updates ended, with their details."""
        events = [event for event in self.cloud.events() if event.qcode in (TAKEN_OVER, NOT_TAKEN_OVER)]
        return [(event.qcode, event.detail) for event in events]

    def runs(self) -> int:
        """The version that the panel last said it runs."""
        served = self.offers.core._panels.get(self.panel.id)
        assert served is not None
        version: int = served.end.hello.firmware
        return version

    def flash_operations(self) -> int:
        """Programs and erases of all of the panel's chips so far."""
        return sum(chip.programs + sum(chip.erases) for chip in self.panel.flash.values())
