"""The panel's supply as a circuit: mains, charger, battery and loads, and what flows between them.

With mains a power supply of its own feeds the panel, and the charger the battery. Without, the battery feeds all. It
knows no clock: whoever has one lets it go on by so many hours.
"""

import math
from typing import NamedTuple

from hemlarm_simulator.plants.battery import Battery, Charge
from hemlarm_simulator.plants.charger import Charger
from hemlarm_simulator.plants.loads import PARKED_MA, TEST_LOAD_OHM, Loads, terminals

MAINS_MV = 13_800
"""What the power supply gives."""

STEP_H = 1 / 6
"""For so long the current is taken as constant; within it the voltage of a panel's battery moves by some 10 mV."""

REST_STEP_H = 6.0
"""The same while no current flows."""


_SAME_MV = 0.5


class Flow(NamedTuple):
    """At the battery's terminals: the voltage, and the current into it, in mV and mA."""

    mv: float
    ma: float


class Circuit:
    """`battery` is None where there is none; `connected` is its plug, `test_load` the resistor across it."""

    def __init__(self, battery: Battery | None, charger: Charger, loads: Loads) -> None:
        self.battery = battery
        self.charger = charger
        self.loads = loads
        self.mains = True
        self.connected = battery is not None
        self.charging = True
        self.test_load = False
        if battery is not None:
            self._hold(battery)

    def flow(self, charge: Charge | None = None) -> Flow:
        """What is measured now, or would be with that charge in the battery."""
        battery = self.battery
        if battery is None or not self.connected:
            return Flow(self._bare_mv(), 0.0)
        charge = charge or battery.charge
        if self.charger.fault == "fuse":
            return Flow(battery.source_mv(charge), 0.0)
        if self._charges() and not self.test_load:
            return Flow(*self.charger.into(battery, charge))
        power_w, current_a = self._drawn()
        outer_ohm = TEST_LOAD_OHM if self.test_load else math.inf
        mv, ma = terminals(battery.source_mv(charge), battery.resistance_ohm, power_w, current_a, outer_ohm)
        return Flow(mv, -ma)

    def rail_mv(self, flow: Flow) -> float:
        """What the panel is fed with: by mains, or else by the battery with `flow`."""
        if self.mains:
            return MAINS_MV
        return flow.mv if self.connected and self.charger.fault != "fuse" else 0.0

    def steady(self) -> bool:
        """Whether nothing will change by itself: mains is there, and the charger holds a full battery."""
        if self.battery is None or not self.connected:
            return True
        return self._floats(self.battery, self.flow())

    def step_h(self) -> float:
        """For how long `later` can be trusted at once."""
        return REST_STEP_H if abs(self.flow().ma) <= PARKED_MA else STEP_H

    def later(self, hours: float) -> Charge:
        """What the battery will hold, if nothing is switched until then."""
        battery = self.battery
        assert battery is not None
        flow = self.flow()
        if self._floats(battery, flow):
            return battery.charge
        charge = battery.later(battery.charge, hours, flow.ma)
        if flow.ma > 0:
            charge = Charge(charge.total, charge.lag, flow.mv - battery.rest_mv(charge))
        return charge

    def advance(self, hours: float) -> None:
        """Lets so much time pass."""
        while self.battery is not None and hours > 0:
            step_h = min(hours, self.step_h())
            self.battery.charge = self.later(step_h)
            if self._floats(self.battery, self.flow()):
                self._hold(self.battery)
                return
            hours -= step_h

    def _charges(self) -> bool:
        return self.mains and self.charging and self.charger.fault not in ("dead", "fuse")

    def _floats(self, battery: Battery, flow: Flow) -> bool:
        """Whether the charger holds the battery at its voltage, and nothing flows any more."""
        if not (self.connected and self._charges()) or self.test_load or flow.ma > 0:
            return False
        return flow.mv <= self.charger.set_mv(battery) + _SAME_MV

    def _hold(self, battery: Battery) -> None:
        """The voltage is the charger's, which the battery will show for a while when it has gone."""
        charge = battery.charge
        battery.charge = Charge(charge.total, charge.lag, self.charger.set_mv(battery) - battery.rest_mv(charge))

    def _bare_mv(self) -> float:
        """At the terminals where a battery should be."""
        if not self._charges() or self.battery is None:
            return 0.0
        return self.charger.set_mv(self.battery)

    def _drawn(self) -> tuple[float, float]:
        """Power and current that the battery has to give, less what the charger gives to a test load."""
        if self.mains:
            return 0.0, -self.charger.limit_ma / 1000 if self._charges() else 0.0
        return self.loads.power_w(), self.loads.current_a()
