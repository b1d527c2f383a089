"""The property test's own account of the sirens: how long each has sounded for one reason, restarts included."""

from panel_plan import OUTDOOR_DELAY_S, OUTDOOR_S, SIREN_S

LATE_MS = 200  # The board may be busy when something is due.
LIFE_S_MIN = 180

# What each sound is a reason for: the events, as the centre gets them.
REASONS = {
    "intrusion": {1130, 1132, 1133, 1134, 1137, 1144},
    "fire": {1111, 1114, 1115},
    "co": {1162},
    "hold-up": {1120},
}
NOISES = {"off", *REASONS}


class Siren:
    """One siren, indoors or outdoors."""

    def __init__(self, outdoor: bool) -> None:
        self.sound = "off"
        self._outdoor = outdoor
        self._sounded = dict.fromkeys(REASONS, 0)

    def limit_ms(self, sound: str) -> int:
        """How long it may sound for one reason; outdoors another alarm may sound within the delay already."""
        if self._outdoor:
            return (OUTDOOR_DELAY_S + OUTDOOR_S) * 1000
        return max(SIREN_S, LIFE_S_MIN if sound in ("fire", "co") else 0) * 1000

    def passes(self, ms: int) -> None:
        """Time passes, in whatever it sounds."""
        if self.sound != "off":
            self._sounded[self.sound] += ms
            assert self._sounded[self.sound] <= self.limit_ms(self.sound) + LATE_MS, f"{self.sound} goes on and on"

    def has_reason(self, sound: str) -> None:
        """Something began that may sound for its whole time."""
        self._sounded[sound] = 0

    def restart(self) -> None:
        """Only a fire and carbon monoxide have their whole time again."""
        self._sounded["fire"] = self._sounded["co"] = 0

    def set(self, sound: str) -> None:
        """The panel's word."""
        assert sound in NOISES
        assert not (self._outdoor and sound == "co")
        self.sound = sound
