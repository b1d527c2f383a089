"""One figure: a value, the floor of the same run that it is compared with, and what it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Details = Mapping[str, Mapping[str, float | None]]


@dataclass(frozen=True)
class Result:
    """A figure. `value` and `floor` are in `unit`; `peers` is what other programs need for the same, by name."""

    unit: str
    value: float
    floor: float
    floor_is: str
    details: Details = field(default_factory=dict)
    peers: Mapping[str, float] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """The value over its floor."""
        return round(self.value / self.floor, 3)

    def to_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "unit": self.unit,
            "value": self.value,
            "floor": self.floor,
            "ratio": self.ratio,
            "peers": dict(self.peers),
            "floor_is": self.floor_is,
            "details": {name: dict(values) for name, values in self.details.items()},
        }
