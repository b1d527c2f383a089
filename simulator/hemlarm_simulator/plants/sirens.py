"""A siren: what it was told to sound and when, and the edges of its sound as an ear would find them."""

from hemlarm_installer import firmware_code
from hemlarm_simulator.clock import Clock

OFF = "off"


class Siren:
    """Plays the firmware's patterns. Plans no timers: its edges are computed when somebody asks."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._history = [(clock.now_ms, OFF)]
        self._patterns: dict[str, tuple[int, ...]] = firmware_code.load("hemlarm_firmware.sounds").PATTERNS

    @property
    def sound(self) -> str:
        """What it sounds now: "off" or one of the firmware's patterns."""
        return self._history[-1][1]

    def play(self, sound: str) -> None:
        """It is told to sound so from now on, or to be "off"."""
        if sound != self.sound:
            self._history.append((self._clock.now_ms, sound))

    def sounded_ms(self) -> int:
        """How long it was told to sound in all, pauses of its patterns included."""
        return sum(end_ms - start_ms for start_ms, end_ms, sound in self._stretches() if sound != OFF)

    def edges(self, since_ms: int) -> list[tuple[int, bool]]:
        """When its sound began (True) and ended (False), from `since_ms` until now."""
        found: list[tuple[int, bool]] = []
        heard = False
        for start_ms, end_ms, sound in self._stretches():
            for at_ms, on in self._played(sound, start_ms, end_ms):
                if on != heard:
                    heard = on
                    found.append((at_ms, on))
        return [edge for edge in found if since_ms <= edge[0]]

    def _stretches(self) -> list[tuple[int, int, str]]:
        """Each sound with its beginning and its end."""
        ends = [at_ms for at_ms, _ in self._history[1:]] + [self._clock.now_ms]
        return [(start_ms, end_ms, sound) for (start_ms, sound), end_ms in zip(self._history, ends, strict=True)]

    def _played(self, sound: str, start_ms: int, end_ms: int) -> list[tuple[int, bool]]:
        pattern = self._patterns.get(sound, ())
        if sound == OFF or not pattern:
            return [(start_ms, sound != OFF)]
        edges = []
        at_ms, step = start_ms, 0
        while at_ms < end_ms:
            edges.append((at_ms, step % 2 == 0))
            at_ms += pattern[step % len(pattern)]
            step += 1
        return edges
