"""A house on a clock moved by hand, for tests of its plants: everything that it told its panel, with the time in ms."""

from typing import Any

from hemlarm_simulator.clock import VirtualClock
from hemlarm_simulator.description import HouseDescription, SensorDescription
from hemlarm_simulator.house import House


class Bench:
    """`inputs` are (time, the parts of the input)."""

    def __init__(self, *sensors: SensorDescription, filter_ms: int = 0, pets: tuple[float, ...] = ()) -> None:
        self.clock = VirtualClock()
        self.inputs: list[tuple[int, tuple[Any, ...]]] = []
        description = HouseDescription("test", "en", 180, filter_ms, (), sensors, (), pets)
        self.house = House(description, self.clock, self._take)

    def _take(self, *values: Any) -> None:
        self.inputs.append((self.clock.now_ms, values))

    def values(self) -> list[tuple[Any, ...]]:
        """The inputs without their times."""
        return [values for _, values in self.inputs]

    def run_until(self, at_ms: int) -> None:
        """Let everything happen that is due up to then."""
        while (next_ms := self.clock.schedule.next_ms()) is not None and next_ms <= at_ms:
            self.clock.now_ms = next_ms
            self.clock.schedule.fire_next()
        self.clock.now_ms = at_ms


def sensor(name: str, kind: str, zone: int = 1, **more: Any) -> SensorDescription:
    """A sensor whose type and area do not matter, because no panel sees them."""
    return SensorDescription(name, kind, zone, "instant", 1, False, **more)
