"""A charger: constant current until the battery has reached the float voltage, then that voltage."""

from hemlarm_simulator.plants.battery import ROOM_C, Battery, Charge

LIMIT_MA = 500
"""What it can give: it fills the largest battery of a panel to 80 % within a day, where three are the custom."""

FULL_MA = 5
"""At less than this the battery is full: what flows then is the battery's own loss."""

UNDERVOLTAGE_MV = 12_600
"""The float voltage of a charger that is out of adjustment."""

FAULTS = ("dead", "undervoltage", "fuse")
"""A dead one gives nothing; one with undervoltage too little; a blown fuse parts the battery from everything."""


class Charger:
    """`fault` is one of FAULTS, or "" while it works."""

    def __init__(self, limit_ma: float = LIMIT_MA) -> None:
        self.limit_ma = limit_ma
        self.fault = ""

    def set_mv(self, battery: Battery) -> float:
        """The voltage that it tries to reach."""
        if self.fault == "undervoltage":
            return UNDERVOLTAGE_MV
        return battery.chemistry.float_mv - battery.chemistry.float_mv_per_c * (battery.temperature_c - ROOM_C)

    def into(self, battery: Battery, charge: Charge) -> tuple[float, float]:
        """The voltage at the terminals, and the current that flows into the battery there, in mV and mA.

        A battery takes less the fuller its plates are; where the charger cannot give what it would take, the voltage
        stays below what was set by so much. Once it is full nothing flows.
        """
        set_mv = self.set_mv(battery)
        target = min(1.0, battery.head_at_rest_of(set_mv))
        accepted_ma = (target - battery.head(charge)) * battery.full_mah / battery.chemistry.taper_h
        if accepted_ma < FULL_MA:
            return max(set_mv, battery.source_mv(charge)), 0.0
        ma = min(self.limit_ma, accepted_ma)
        rest_mv = battery.rest_mv(charge)
        return rest_mv + (set_mv - rest_mv) * ma / accepted_ma, ma
