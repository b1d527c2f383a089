"""What a panel and its devices draw, by name, in mA at 12 V."""

import math
from collections.abc import Mapping

MEASURED_AT_V = 12.0

TEST_LOAD_OHM = 12.0
"""The resistor across the battery for its test: about 1 A."""

PARKED_MA = 1.0
"""What a parked board still draws: what watches for mains, and the clock that runs on."""

# The measuring configuration of the requirements, where core and Ethernet are 60 mA together: the Ethernet chip's
# 130 mA at 3.3 V, as its maker has it for a link of 100 Mbit/s, are 35 mA of these.
REFERENCE_MA: Mapping[str, int] = {
    "core": 25,
    "ethernet": 35,
    "modem": 15,
    "keypad": 25,
    "keypad-dimmed": 5,
    "siren": 400,
}

PIR_MA = 12
"""One motion detector, by the same configuration."""

PARKED = "parked"
"""The name of what a parked board draws."""

_REGULATED = ("core", "ethernet", "modem", "keypad", "keypad-dimmed")
"""Behind switching regulators: they draw the same power at any voltage. The others draw the same current."""


class Loads:
    """What is switched on of `milliamps`, a load's current by its name."""

    def __init__(self, milliamps: Mapping[str, float]) -> None:
        self._milliamps = {**milliamps, PARKED: PARKED_MA}
        self.on: set[str] = set()

    def switch(self, name: str, on: bool) -> None:
        """Switches a load."""
        (self.on.add if on else self.on.discard)(name)

    def power_w(self) -> float:
        """What those behind regulators take together."""
        return self._sum(regulated=True) * MEASURED_AT_V

    def current_a(self) -> float:
        """What the others draw together."""
        return self._sum(regulated=False)

    def _sum(self, regulated: bool) -> float:
        # In the order of the names, since a sum of fractions depends on its order and a set's is by chance.
        return (
            sum(ma for name, ma in self._milliamps.items() if name in self.on and (name in _REGULATED) is regulated)
            / 1000
        )


def terminals(
    source_mv: float, inner_ohm: float, power_w: float, current_a: float, outer_ohm: float
) -> tuple[float, float]:
    """The voltage in mV and the current out in mA of a source with loads of all three kinds: power, current, resistor.

    V = E - R (P / V + I + V / r), solved for its larger root; 0 where the source cannot give so much.
    """
    share = 1 + inner_ohm / outer_ohm
    open_v = source_mv / 1000 - inner_ohm * current_a
    root = open_v**2 - 4 * share * inner_ohm * power_w
    if root < 0 or open_v <= 0:
        return 0.0, 0.0
    volts = (open_v + math.sqrt(root)) / (2 * share)
    return volts * 1000, (source_mv / 1000 - volts) / inner_ohm * 1000
