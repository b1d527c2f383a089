"""A world that is watched from its very first moment, with the cloud's pace and a planted bug as the schedule says."""

from collections.abc import Callable, Sequence

from hemlarm_simulator.board_link import Frame
from hemlarm_simulator.chance import Chance
from hemlarm_simulator.description import HouseDescription
from hemlarm_simulator.explore import seeded_bugs
from hemlarm_simulator.explore.account import Account
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.ledger import Watcher
from hemlarm_simulator.simulated_panel import Handler, PanelSetup
from hemlarm_simulator.virtual.ingest import VirtualCloud
from hemlarm_simulator.virtual.lying_core import LyingCore
from hemlarm_simulator.virtual.world import VirtualWorld, seeded_credentials

LINK_LEVEL_S = 180
"""The usual one. How often the panel is heard goes before it, where that is more seldom."""

_BUG_HEAP = "640k"
"""A planted bug takes room too."""

_WIRE = ("connect", "send", "close", "modem-write")

Wire = Callable[[int, Frame], None]
"""Told of what the panel does with its connections and says to its modem: the time in ms, and a frame that starts with
one of _WIRE."""


class ExploredWorld(VirtualWorld):
    """`watchers` are told of the ledger's entries, `wires` of what the panel sends, from the first boot on."""

    def __init__(
        self,
        server: ForkServer,
        house: HouseDescription,
        seed: int,
        heartbeat_ms: int,
        bug: str,
        observe: "Callable[[ExploredWorld, Account], tuple[Sequence[Watcher], Sequence[Wire]]]",
        standby_s: int = 0,
    ) -> None:
        self._observe = observe
        self._pace = (heartbeat_ms, bug)
        self._standby_s = standby_s
        self._begun = False
        self._credentials = seeded_credentials(seed) | seeded_bugs.credentials(bug)
        config = house.panel_config(Chance(seed, "code salt")(16))
        setup = PanelSetup(self._credentials, config, program=seeded_bugs.program(bug), heap=_BUG_HEAP if bug else None)
        super().__init__(server, house, seed, setup)

    def power_on(self) -> None:
        """As in every world; the first time, all that watches is put in its place."""
        if not self._begun:
            self._begun = True
            _set_pace(self.cloud_process, *self._pace)
            if self._standby_s:
                self.cloud_process.set_levels(self.panel.id, LINK_LEVEL_S, max(LINK_LEVEL_S, self._standby_s))
            account = Account(self.panel.flash, self._credentials)
            self.ledger.watch(account.watch)
            watchers, wires = self._observe(self, account)
            for watcher in watchers:
                self.ledger.watch(watcher)
            for kind in [kind for kind in _WIRE if kind in self.panel.handlers]:
                self.panel.handlers[kind] = self._watched(self.panel.handlers[kind], wires)
        super().power_on()

    def _watched(self, handler: Handler, wires: Sequence[Wire]) -> Handler:
        def handle(frame: Frame) -> None:
            for wire in wires:
                wire(self.clock.now_ms, frame)
            handler(frame)

        return handle


def _set_pace(cloud: VirtualCloud, heartbeat_ms: int, bug: str) -> None:
    """A cloud that crashes builds a new core, so it is the building that has to be changed."""
    cloud.pace(heartbeat_ms)
    build = cloud._new_core

    def paced() -> LyingCore:
        core = build()
        seeded_bugs.plant(bug, core, cloud)
        return core

    cloud._new_core = paced  # type: ignore[method-assign]
    cloud.core = paced()
