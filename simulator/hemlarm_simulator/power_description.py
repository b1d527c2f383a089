"""A house's supply as its file describes it, in the table [power]."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hemlarm_simulator.plants.battery import CHEMISTRIES
from hemlarm_simulator.plants.loads import REFERENCE_MA

BATTERIES = (*CHEMISTRIES, "none")

AGES_PERCENT = range(5, 101)
"""What can be left of a battery's capacity."""

TEMPERATURES_C = range(-30, 61)
"""Where a battery can be."""

LOADS_MA = range(5_001)
"""What one load can draw."""

MAH = range(500, 50_001)
"""What a panel's battery can have printed on it."""


@dataclass(frozen=True)
class PowerDescription:
    """A battery of `mah`, of which its age has left `age_percent`, and the panel's loads in mA at 12 V by their names.

    With `router_backup` the house's router goes on without mains. `fields` go to the panel as they are.
    """

    battery: str
    mah: int
    age_percent: int
    temperature_c: int
    router_backup: bool
    loads: Mapping[str, int] = field(default_factory=lambda: dict(REFERENCE_MA))
    fields: Mapping[int | str, Any] = field(default_factory=dict)

    def panel_config(self) -> dict[int | str, Any]:
        """What the panel's configuration knows of it: the battery as it was when it was new."""
        return {"battery": self.battery, "battery_mah": self.mah, **self.fields}
