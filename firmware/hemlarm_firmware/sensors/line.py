"""A wired zone's line: from its resistance to what it means, and the filter that keeps short disturbances out.

The resistors sit in the detector, at the far end of the cable, so on a double line a cut and a short look like neither
of its two answers.
"""

NORMAL = 0
OPEN = 1
TAMPER = 2
FAULT = 3

FILTER_MS = 400
"""An input must last longer than this to count. EN 50131 wants every longer one processed."""

# For each wiring the upper limits of its ranges, in ohms and exclusive, and the condition in each range and beyond the
# last. The limits lie clear of what 1 % resistors and up to 100 ohm of cable can make of the nominal values. On a
# double end-of-line the contact rests closed: the first resistor alone is normal, both in series are open. On a single
# one the contact lies across the resistor, and the limits are half and twice of it.
WIRINGS = {
    "5k6": ((2_800, 11_200), (OPEN, NORMAL, TAMPER)),
    "2k2/4k7": ((1_500, 3_000, 15_000), (TAMPER, NORMAL, OPEN, TAMPER)),
    "4k7/4k7": ((4_000, 6_000, 12_000), (TAMPER, NORMAL, OPEN, TAMPER)),
    "1k/1k": ((800, 1_500, 12_000), (TAMPER, NORMAL, OPEN, TAMPER)),
}


class Line:
    """One line with end-of-line resistors: `wiring` is a key of `WIRINGS`.

    On a `fire` loop a cut is FAULT, for a loop that cannot report a fire is no sabotage. `condition` is what the line
    is, filtered; `deadline_ms` is when the filter ends, or None. Call `settle` after `sample` and at the deadline.
    All times are milliseconds on one monotonic clock.

    A line that leaves NORMAL for longer than the filter has left it, whatever it flickers between: it becomes what
    it is at the end of that time. Every other change, between the two conditions that are not normal and back to
    NORMAL, takes one condition that itself lasts. So a line that flickers between open and tamper passes for one of
    them and never for NORMAL, and shows the other as soon as it holds still.
    """

    def __init__(self, wiring: str, fire: bool) -> None:
        self.condition = NORMAL
        self.deadline_ms: int | None = None
        self._limits, self._conditions = WIRINGS[wiring]
        self._fire = fire
        self._measured = -1  # Nothing yet.
        self._has_changed = False

    def sample(self, ohms: int, now_ms: int) -> None:
        """Takes one measurement. One that says nothing new allocates nothing."""
        measured = self._classify(ohms)
        if measured == self._measured:
            return
        self._has_changed = self.settle(now_ms)
        if measured == self.condition:
            self.deadline_ms = None
        elif self.deadline_ms is None or self.condition != NORMAL:
            self.deadline_ms = now_ms + FILTER_MS + 1
        self._measured = measured

    def settle(self, now_ms: int) -> bool:
        """Ends the filter if its time has come; returns whether `condition` has changed since the last call."""
        if self.deadline_ms is not None and now_ms >= self.deadline_ms:
            self.condition = self._measured
            self.deadline_ms = None
            self._has_changed = True
        has_changed = self._has_changed
        self._has_changed = False
        return has_changed

    def preset(self, ohms: int) -> None:
        """The line is what it measures now, without the filter: so begins a panel that has just started."""
        self.condition = self._measured = self._classify(ohms)
        self.deadline_ms = None
        self._has_changed = False

    def _classify(self, ohms: int) -> int:
        index = 0
        for limit in self._limits:
            if ohms < limit:
                break
            index += 1
        condition: int = self._conditions[index]
        return FAULT if self._fire and condition == TAMPER else condition
