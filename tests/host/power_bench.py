"""A power supply on a clock moved by hand: what it reports, and what it does to the panel and the house around it."""

from typing import Any

from hemlarm_simulator.clock import VirtualClock
from hemlarm_simulator.plants.loads import REFERENCE_MA
from hemlarm_simulator.plants.power_supply import PowerSupply, Site
from hemlarm_simulator.power_description import PowerDescription

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

REFERENCE_LOADS = {**REFERENCE_MA, "pirs": 48}
"""The measuring configuration's."""


def described(battery: str = "lead-acid", mah: int = 9000, age: int = 80, **more: Any) -> PowerDescription:
    """The measuring configuration's supply, but for what is said."""
    return PowerDescription(battery, mah, age, 20, **{"router_backup": False, "loads": REFERENCE_LOADS, **more})


class PowerBench:
    """`reports` are (time in ms, mains, mV, mA, tenths of a degree), `done` what the supply did to its site."""

    def __init__(self, description: PowerDescription | None = None) -> None:
        self.clock = VirtualClock()
        self.reports: list[tuple[int, bool, int, int, int]] = []
        self.done: list[tuple[int, str]] = []
        self.fired = 0
        self.parked = False
        self.supply = PowerSupply(description or described(), self.clock, self._take)
        self.supply.connect(
            Site(
                self.power_on,
                self._power_cut,
                lambda: self.parked,
                lambda on: self._note(f"router {on}"),
                lambda on: self._note(f"port {on}"),
            )
        )
        self.power_on()
        self.run(SECOND)
        self.done.clear()

    def power_on(self) -> None:
        """The panel's power button, so to speak."""
        if self.supply.can_start():
            self.parked = False
            self._note("on")
            self.supply.panel_starts()

    def park(self) -> None:
        """The panel parks."""
        self.parked = True
        self.supply.panel_ended()

    def run(self, passed_ms: int) -> None:
        """Lets so much time pass."""
        end_ms = self.clock.now_ms + passed_ms
        while (next_ms := self.clock.schedule.next_ms()) is not None and next_ms <= end_ms:
            self.clock.now_ms = next_ms
            self.fired += 1
            self.clock.schedule.fire_next()
        self.clock.now_ms = end_ms

    def run_until_done(self, what: str, limit_ms: int) -> int:
        """Lets time pass until the supply has done this to its site; returns when that was."""
        end_ms = self.clock.now_ms + limit_ms
        while what not in self.what_was_done() and self.clock.now_ms < end_ms:
            self.run(MINUTE)
        return next(at_ms for at_ms, done in self.done if done == what)

    def what_was_done(self) -> list[str]:
        """Without the times."""
        return [what for _, what in self.done]

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is planned any more."""
        return self.clock.schedule.next_ms() is None

    def _take(self, *values: Any) -> None:
        assert values[0] == "power"
        self.reports.append((self.clock.now_ms, *values[1:]))

    def _power_cut(self, sagged: bool) -> None:
        self._note("brown-out" if sagged else "cut")
        self.supply.panel_ended()

    def _note(self, what: str) -> None:
        self.done.append((self.clock.now_ms, what))
