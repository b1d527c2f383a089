"""The keypad on the wall: keys and tags go in, two lines of text, lamps and a buzzer come out."""

from collections.abc import Iterable

from hemlarm_simulator.clock import Clock
from hemlarm_simulator.plants.wires import Send

KEY_GAP_MS = 50
"""Between two keys of one person: shorter than any finger can, so that nothing waits for it."""

KEYS = (*"0123456789", "off", "away", "home", "night", "ok", "back", "up", "down", "fire", "hold-up")
LAMPS = ("ready", "armed", "open", "alarm", "fault")
LASTING = ("off", "exit", "exit-last", "entry", "alert")
"""What the buzzer goes on with until it is told otherwise."""

SINGLE = ("chime", "error", "ok")
"""What it plays once."""


class Keypad:
    """Sends keys and tags, and keeps what the panel shows."""

    def __init__(self, clock: Clock, send: Send) -> None:
        self.display = ("", "")
        self.lamps: dict[str, bool] = {}
        self.buzzer = "off"
        """The lasting sound."""
        self.beeps: list[tuple[int, str]] = []
        """Every single sound, with its time in ms."""
        self._clock = clock
        self._send = send
        self._free_ms = 0

    def press(self, keys: Iterable[str]) -> None:
        """Somebody presses these keys, after those that are still being pressed."""
        for key in keys:
            assert key in KEYS, key
            at_ms = max(self._clock.now_ms, self._free_ms)
            self._free_ms = at_ms + KEY_GAP_MS
            if at_ms == self._clock.now_ms:
                self._send("key", key)
            else:
                self._clock.call_in(at_ms - self._clock.now_ms, lambda key=key: self._send("key", key))  # type: ignore[misc]

    def hold_tag(self, uid: bytes) -> None:
        """Somebody holds a tag to it."""
        self._send("tag", uid)

    def show(self, output: str, value: object) -> None:
        """The panel shows one of "display", "lamp" and "buzzer"."""
        if output == "buzzer":
            if value in SINGLE:
                self.beeps.append((self._clock.now_ms, str(value)))
            else:
                self.buzzer = str(value)
            return
        assert isinstance(value, (list, tuple))
        if output == "display":
            self.display = (str(value[0]), str(value[1]))
        else:
            self.lamps[str(value[0])] = bool(value[1])

    def lose_power(self) -> None:
        """Nothing shines or sounds any more."""
        self.display = ("", "")
        self.lamps = {}
        self.buzzer = "off"
