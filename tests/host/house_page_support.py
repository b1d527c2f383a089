"""A house for the tests of its page, with a world around it that only notes what is done to it."""

from types import SimpleNamespace
from typing import Any, cast

from hemlarm_simulator.clock import VirtualClock
from hemlarm_simulator.description import load_house
from hemlarm_simulator.house import House
from hemlarm_simulator.ledger import Ledger
from hemlarm_simulator.modem.cell import MobileCell
from hemlarm_simulator.page.actions import Target
from hemlarm_simulator.page.person import Person
from hemlarm_simulator.page.plan import plan_of
from hemlarm_simulator.world import World


class StillWorld:
    """A world whose panel never answers. `done` has what was done to it, `inputs` what its house sent."""

    def __init__(self, name: str = "villa") -> None:
        self.clock = VirtualClock()
        self.ledger = Ledger(exact=False)
        self.inputs: list[tuple[Any, ...]] = []
        self.done: list[tuple[Any, ...]] = []
        described = load_house(name)
        self.house = House(described, self.clock, lambda *values: self.inputs.append(values))
        self.panel = SimpleNamespace(on=True, parked=False, boots=1, id="0" * 16)
        self.network = SimpleNamespace(up=True, black_hole=False)
        self.mobile = SimpleNamespace(up=True, data=True, jammed=False, black_hole=False)
        self.modem = SimpleNamespace(cell=MobileCell(), running=True) if described.modem else None

    @property
    def now_ms(self) -> int:
        return self.clock.now_ms

    @property
    def supply(self) -> Any:
        return self.house.supply

    def power_on(self) -> None:
        self.done.append(("power", True))

    def power_cut(self) -> None:
        self.done.append(("power", False))

    def reset_panel(self) -> None:
        self.done.append(("reset",))

    def hang_panel(self, kind: str) -> None:
        self.done.append(("hang", kind))

    def fail_flash(self, chips: list[str]) -> None:
        self.done.append(("flash", chips))

    def pass_ms(self, ms: int) -> None:
        """Lets so much time go by."""
        until_ms = self.clock.now_ms + ms
        schedule = self.clock.schedule
        while (due_ms := schedule.next_ms()) is not None and due_ms <= until_ms:
            self.clock.now_ms = due_ms
            schedule.fire_next()
        self.clock.now_ms = until_ms


def target(world: StillWorld) -> Target:
    """What actions are done to."""
    seen = cast(World, world)
    return Target(seen, Person(seen.house, plan_of(seen.house.description), seen.clock))
