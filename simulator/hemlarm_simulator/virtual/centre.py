"""The receiving centre in virtual time: the real case work, in the world's loop, on the store that the ingest writes.

What `CaseService` does with a thread is played here: what follows events runs after whatever the ingest may have
stored, and each step when it said that it has something to do.
"""

from collections.abc import Callable

from hemlarm_cloud.cases import lanes
from hemlarm_cloud.cases.steps import CASES, FOLLOWING, STEPS
from hemlarm_cloud.store import Store
from hemlarm_simulator import centre_site
from hemlarm_simulator.centre_description import CentreDescription
from hemlarm_simulator.centre_desk import CentreDesk
from hemlarm_simulator.clock import Clock, Timer
from hemlarm_simulator.description import HouseDescription
from hemlarm_simulator.virtual.world import VirtualWorld

LOOK_MS = 20
"""From a commit to the case work's look at it: about what a process of its own takes to notice."""

IDLE_MS = 600_000
"""How often a step is called that asked for nothing, while the centre works at all. In real time it is more often, and
what then comes to light sooner waits for no longer than this here.
"""


class VirtualCentre:
    """Runs the steps. `unix_ms` is the cloud's wall clock."""

    def __init__(self, clock: Clock, store: Store, unix_ms: Callable[[], int]) -> None:
        self._clock = clock
        self._store = store
        self._unix_ms = unix_ms
        self._next: Timer | None = None
        self._next_ms = 0
        self._heads: tuple[int, ...] = ()
        self._due_ms = dict.fromkeys(STEPS, 0)
        self._asked_ms: dict[str, int | None] = dict.fromkeys(STEPS)

    def stored(self) -> None:
        """Something may have been stored: most of what comes is heartbeats, which are nothing to case work."""
        with self._store.read() as reading:
            heads = lanes.heads(reading)
        if heads != self._heads:
            self._heads = heads
            self._within(LOOK_MS)

    def wake(self) -> None:
        """Somebody has acted: that may be anything to any step."""
        self._due_ms = dict.fromkeys(STEPS, 0)
        self._within(LOOK_MS)

    def stop(self) -> None:
        """Its process is gone."""
        if self._next is not None:
            self._next.cancel()

    def _work(self) -> None:
        now_ms = self._unix_ms()
        for name, step in STEPS.items():
            if name == CASES or name in FOLLOWING or now_ms >= self._due_ms[name]:
                asked_ms = self._asked_ms[name] = step(self._store, now_ms)
                self._due_ms[name] = now_ms + IDLE_MS if asked_ms is None else min(asked_ms, now_ms + IDLE_MS)
            asked_ms = self._asked_ms[name]
            if asked_ms is not None:
                self._within(max(1, asked_ms - now_ms))

    def _within(self, wait_ms: int) -> None:
        """Works after so long, unless it does sooner."""
        at_ms = self._clock.now_ms + wait_ms
        if self._next is not None and self._next.live:
            if self._next_ms <= at_ms:
                return
            self._next.cancel()
        self._next = self._clock.call_in(wait_ms, self._work)
        self._next_ms = at_ms


def open_desk(world: VirtualWorld, house: HouseDescription, described: CentreDescription) -> CentreDesk:
    """Register a world's house with a receiving centre, which works from now on, and return its desk."""
    cloud = world.cloud_process
    zones = {sensor.zone: sensor.label or sensor.name for sensor in house.sensors}
    registered = centre_site.register(cloud.store, cloud.vault, described, world.panel.id, zones, cloud.unix_ms)
    centre = VirtualCentre(world.clock, cloud.store, lambda: cloud.unix_ms)
    cloud.at_rest = centre.stored
    centre.wake()
    return CentreDesk(cloud.store, cloud.vault, registered, lambda: cloud.unix_ms, centre.wake)
