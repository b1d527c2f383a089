"""The property test's own account of wired lines: what a line has been for longer than the filter time."""

from panel_plan import OHMS, ZONES

FILTER_MS = 400
LINES = {row[0]: row[4] for row in ZONES if row[4] in OHMS}
LOOPS = {row[0] for row in ZONES if row[2] == "fire" and row[4] in OHMS}
SHAPES = ["normal", "open", "cut", "short"]


def condition(zone: int, shape: str) -> str:
    """What the state of a line says: "normal", "open", "tamper" or, of a fire loop, "fault"."""
    if LINES[zone] == "5k6":
        cut = "fault" if zone in LOOPS else "tamper"
        return {"normal": "normal", "cut": cut}.get(shape, "open")
    return shape if shape in ("normal", "open") else "tamper"


class Line:
    """One line. `settled` is what it has been for long enough; `powered` is False while a fire loop is being reset.

    Away from normal for longer than 400 ms is away from normal, whatever it flickers between; every other change takes
    one condition that itself lasts so long.
    """

    def __init__(self, zone: int) -> None:
        self.zone = zone
        self.shape = "normal"
        self.settled = "normal"
        self.powered = True
        self._is_measured = True  # Since its power came back.
        self._raw = "normal"
        self._since = 0

    @property
    def ohms(self) -> int:
        """What the board measures now."""
        return OHMS[LINES[self.zone]][self.shape]

    @property
    def is_settled(self) -> bool:
        """Whether what it measures has been told apart from a disturbance."""
        return self.powered and self._is_measured and self._raw == self.settled

    def measured(self, now: int) -> None:
        """The board has measured its present shape."""
        raw = condition(self.zone, self.shape)
        self._is_measured = self._is_measured or self.powered
        if not self.powered or raw == self._raw:
            return
        if not (self.settled == "normal" and "normal" not in (raw, self._raw)):
            self._since = now
        self._raw = raw

    def settle(self, now: int) -> bool:
        """Whether it has just become something else."""
        if not self.powered or self._raw == self.settled or now - self._since <= FILTER_MS:
            return False
        self.settled = self._raw
        return True

    def restart(self) -> None:
        """A panel that starts takes the line as it is."""
        self.powered = self._is_measured = True
        self.settled = self._raw = condition(self.zone, self.shape)

    def power(self, on: bool) -> None:
        """The loop's power goes, or is back: then nothing is latched, unless it is cut, until it is measured again."""
        self.powered, self._is_measured = on, False
        if on and self.settled != "fault":
            self.settled = self._raw = "normal"
