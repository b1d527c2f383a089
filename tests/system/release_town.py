"""A town of houses in virtual time, whose panels run the real firmware from their slots, and one cloud that releases.

Each house is a world of its own on the town's clock; what its panel's timers do, and how that panel may end, is its
own affair. The cloud is the real ingest core and the real step of case work, on one store.
"""

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from sqlalchemy import select, update

import images
from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.store.schema import panel as panel_table
from hemlarm_cloud.store.schema_updates import release_panel
from hemlarm_cloud.updates import images as kept_images
from hemlarm_cloud.updates import releases, step
from hemlarm_simulator.board_files import BOARD
from hemlarm_simulator.chance import Chance
from hemlarm_simulator.clock import WORLD_BEGAN_UNIX_MS, Timer, VirtualClock
from hemlarm_simulator.description import load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.ledger import Ledger
from hemlarm_simulator.nor_flash import NorFlash
from hemlarm_simulator.simulated_panel import PanelSetup
from hemlarm_simulator.virtual.ingest import VirtualCloud
from hemlarm_simulator.virtual.world import VirtualWorld, seeded_credentials

SUPERVISOR = Actor("supervisor:sara", Role.SUPERVISOR)
HEARTBEAT_MS = 300_000
"""Seldom enough for fifty panels to be cheap over hours."""


class _HouseClock(VirtualClock):
    """The town's clock as one house has it: its timers fire as that house's own doing."""

    def __init__(self, town: VirtualClock) -> None:
        self._town = town
        self.schedule = town.schedule
        self.attempt: Callable[[Callable[[], None]], None] = lambda action: action()

    @property
    def now_ms(self) -> int:  # type: ignore[override]
        return self._town.now_ms

    @property
    def unix_ms(self) -> int:
        return self._town.unix_ms

    def call_in(self, delay_ms: int, action: Callable[[], None]) -> Timer:
        return self._town.call_in(delay_ms, lambda: self.attempt(action))


class _House(VirtualWorld):
    """A house of the town, whose panel starts again after whatever crash."""

    def __init__(self, server: ForkServer, clock: _HouseClock, cloud: VirtualCloud, seed: int, image: bytes) -> None:
        described = load_house("villa")
        config = described.panel_config(Chance(seed, "code salt")(16))
        setup = PanelSetup(
            seeded_credentials(seed), config, flash=_small_flash(), slots=image, trust=images.TEST_KEY.public
        )
        clock.attempt = self._attempt
        super().__init__(server, described, seed, setup, clock=clock, cloud=cloud)
        self.survive_crashes = True


class Town:
    """So many houses with this firmware. A context manager: leaving it ends them all."""

    def __init__(self, server: ForkServer, count: int, installed: bytes) -> None:
        self.clock = VirtualClock(WORLD_BEGAN_UNIX_MS)
        self.cloud = VirtualCloud(self.clock, Ledger(), 1)
        self.cloud.pace(HEARTBEAT_MS)
        self.houses: dict[str, _House] = {}
        try:
            for seed in range(1, count + 1):
                house = _House(server, _HouseClock(self.clock), self.cloud, seed, installed)
                self.houses[house.panel.id] = house
        except BaseException:
            self.close()
            raise
        with self.cloud.store.begin() as tx:
            tx.connection.execute(update(panel_table).values(board=BOARD))
        self._look()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all panels, and the cloud."""
        for house in self.houses.values():
            house.close()
        self.cloud.close()

    def add(self, image: bytes) -> None:
        """Take a signed image into the cloud's store."""
        with self.cloud.store.begin() as tx:
            kept_images.add(tx, SUPERVISOR, image, [images.TEST_KEY.public], self.cloud.unix_ms)

    def start(self, version: int, soak_ms: int) -> int:
        """Begin to release a version in the usual rings."""
        with self.cloud.store.begin() as tx:
            return releases.start(tx, SUPERVISOR, version, self.cloud.unix_ms, soak_ms=soak_ms)

    def run(self, condition: Callable[[], bool], limit_ms: int) -> bool:
        """Let time go by until the condition holds, for so long at most. Returns whether it holds."""
        end_ms = self.clock.now_ms + limit_ms
        while not condition():
            next_ms = self.clock.schedule.next_ms()
            if next_ms is None or next_ms > end_ms:
                self.clock.now_ms = end_ms
                return condition()
            # As far as the next look at the condition.
            stop_ms = min(end_ms, max(next_ms, self.clock.now_ms + 1_000))
            while (next_ms := self.clock.schedule.next_ms()) is not None and next_ms <= stop_ms:
                self.clock.now_ms = next_ms
                self.clock.schedule.fire_next()
        return True

    def state(self, release: int) -> str:
        """The state of a release."""
        with self.cloud.store.read() as reading:
            return str(releases.expect(reading, release).state)

    def states(self, release: int) -> dict[str, str]:
        """What each panel of a release made of it."""
        query = select(release_panel.c.panel, release_panel.c.state).where(release_panel.c.release == release)
        with self.cloud.store.read() as reading:
            return {row.panel: row.state for row in reading.connection.execute(query)}

    def versions(self, panels: Iterable[str]) -> set[int | None]:
        """The versions by which these panels opened their last sessions."""
        with self.cloud.store.read() as reading:
            return {row.firmware for row in map(reading.panel, panels) if row is not None}

    def _look(self) -> None:
        """The step of case work has its turn."""
        step.step(self.cloud.store, self.cloud.unix_ms)
        self.cloud.asked()
        self.clock.call_in(step.LOOK_MS * 5, self._look)


def _small_flash() -> dict[str, NorFlash]:
    """The partitions of a board with a small journal: fifty of them are in memory at once."""
    sizes = {"journal": 64, "state": 16, "config": 64, "keys": 8}
    return {name: NorFlash(size * 1024, program_size=1) for name, size in sizes.items()}
