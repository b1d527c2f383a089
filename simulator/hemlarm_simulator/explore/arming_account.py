"""What should be armed and bypassed, from the events that tell of every such change."""

from dataclasses import dataclass, field
from typing import Any

from hemlarm_protocol import messages

AWAY, HOME, NIGHT = 1, 2, 3
ARMED = {3401: AWAY, 3441: HOME, 3456: NIGHT}
DISARMED = 1401
BYPASSED = {1570: True, 3570: False, 1377: True, 3377: False}
"""Events of arming, by mode; of disarming; and of zones taken out (True) or in again."""


@dataclass
class Guarding:
    """The mode of each area, 0 for disarmed, and the zones that are bypassed."""

    modes: dict[int, int] = field(default_factory=dict)
    bypassed: set[int] = field(default_factory=set)

    def copy(self) -> "Guarding":
        """Another one that says the same."""
        return Guarding(dict(self.modes), set(self.bypassed))

    def after(self, event: "messages.Event") -> bool:
        """Takes an event into account; returns whether it was one of these."""
        if event.qcode in ARMED:
            self.modes[event.area] = ARMED[event.qcode]
        elif event.qcode == DISARMED:
            self.modes[event.area] = 0
        elif event.qcode in BYPASSED:
            (self.bypassed.add if BYPASSED[event.qcode] else self.bypassed.discard)(event.zone)
        else:
            return False
        return True

    def armed(self) -> dict[int, int]:
        """The areas that are armed, with their modes."""
        return {area: mode for area, mode in self.modes.items() if mode}

    def __str__(self) -> str:
        return f"areas armed {self.armed() or 'none'}, zones bypassed {sorted(self.bypassed) or 'none'}"


def from_memory(memory: Any) -> Guarding:
    """What the panel's own `Memory` says: see `snapshot.py` of the firmware for its shape."""
    if not memory.core:
        return Guarding()
    modes = {area["number"]: area["mode"] for area in memory.core["areas"]}
    return Guarding(modes, {zone[0] for zone in memory.core["zones"] if zone[2]})
