"""Several houses in virtual time with one cloud: a clock for all, and for each house a schedule of its own.

So that what goes wrong in one house is that house's, and the order in which things happen is still that of the clock.
"""

from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import Self

from hemlarm_simulator.clock import WORLD_BEGAN_UNIX_MS, Schedule, VirtualClock
from hemlarm_simulator.description import HouseDescription
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.ledger import Ledger
from hemlarm_simulator.simulated_panel import PanelCrashedError
from hemlarm_simulator.virtual.crashing_store import CrashingStore
from hemlarm_simulator.virtual.ingest import VirtualCloud
from hemlarm_simulator.virtual.world import VirtualWorld


class _Time:
    now_ms = 0


class TownClock(VirtualClock):
    """The town's time, with a schedule of its own."""

    def __init__(self, time: _Time, began_unix_ms: int) -> None:
        self._time = time
        super().__init__(began_unix_ms)

    @property
    def now_ms(self) -> int:
        """Milliseconds since the town began."""
        return self._time.now_ms

    @now_ms.setter
    def now_ms(self, now_ms: int) -> None:
        self._time.now_ms = max(now_ms, self._time.now_ms)


class Town:
    """The houses, in the order of their descriptions, and their cloud. A context manager: leaving it ends them all.

    `failed` is told of a panel that crashed and does not start again by itself.
    """

    def __init__(
        self,
        server: ForkServer,
        houses: list[HouseDescription],
        seed: int,
        store: CrashingStore,
        began_unix_ms: int = WORLD_BEGAN_UNIX_MS,
        failed: Callable[[int, str], None] = lambda _number, _text: None,
    ) -> None:
        self.failed = failed
        self._time = _Time()
        self._began_unix_ms = began_unix_ms
        self.clock = self._new_clock()
        self.cloud = VirtualCloud(self.clock, Ledger(exact=False), seed, store=store)
        self.worlds: list[VirtualWorld] = []
        try:
            for number, house in enumerate(houses):
                house = _with_own_number(house, number)
                world = VirtualWorld(server, house, seed + number, clock=self._new_clock(), cloud=self.cloud)
                world.survive_crashes = True
                self.worlds.append(world)
        except BaseException:
            self.close()
            raise
        self._schedules: list[Schedule] = [self.clock.schedule, *(world.clock.schedule for world in self.worlds)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def now_ms(self) -> int:
        """Milliseconds since the town began."""
        return self._time.now_ms

    @property
    def unix_ms(self) -> int:
        """Milliseconds since 1970."""
        return self.clock.unix_ms

    def run_until(self, at_ms: int) -> None:
        """Lets everything happen that is due up to `at_ms`, in its order."""
        while (number := self._next(at_ms)) is not None:
            due_ms = self._schedules[number].next_ms()
            assert due_ms is not None
            self.clock.now_ms = due_ms
            if number == 0:
                self.clock.schedule.fire_next()
            else:
                self._run_house(number, due_ms)
        self.clock.now_ms = at_ms

    def close(self) -> None:
        """Ends every panel and the cloud."""
        for world in self.worlds:
            world.close()
        self.cloud.close()

    def _next(self, at_ms: int) -> int | None:
        """Whose turn it is: the cloud's first among what is due at one moment."""
        found, earliest_ms = None, at_ms + 1
        for number, schedule in enumerate(self._schedules):
            due_ms = schedule.next_ms()
            if due_ms is not None and due_ms < earliest_ms:
                found, earliest_ms = number, due_ms
        return found

    def _run_house(self, number: int, due_ms: int) -> None:
        try:
            self.worlds[number - 1].run_until(due_ms)
        except PanelCrashedError as error:
            self.failed(number, str(error))

    def _new_clock(self) -> TownClock:
        return TownClock(self._time, self._began_unix_ms)


def _with_own_number(house: HouseDescription, number: int) -> HouseDescription:
    """The house with a telephone number that no other of the town has: to one number goes one acknowledgement."""
    if house.modem is None or number == 0:
        return house
    own = f"+{int(house.modem.number) + number}"
    return replace(house, modem=replace(house.modem, number=own))
