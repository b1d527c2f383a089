"""What sounds in a rhythm: sirens and the keypad's buzzer, each by switching one output on and off.

The patterns are milliseconds on, off, on, off, again and again; an empty one sounds without a pause.
"""

BUZZES = {
    "exit": (60, 940),
    "exit-last": (60, 190),
    "entry": (250, 250),
    "alert": (100, 100, 100, 4_700),
    "chime": (120, 80, 250, 50),
    "ok": (100, 50),
    "error": (100, 80, 100, 80, 400, 50),
}
"""The keypad's sounds. An entry delay is more urgent than an exit, and the end of an exit than its beginning."""

ONCE = ["chime", "ok", "error"]
"""These sound once, and leave what lasts as it was."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Rhythm:
    """One output, `switch(on)`, and the patterns that it knows by name; any other name is silence.

    `due_ms` is when to call `step`, on the same clock, or None.
    """

    def __init__(self, switch: "Callable[[bool], None]", patterns: "Mapping[str, Sequence[int]]") -> None:
        self.due_ms: int | None = None
        self._switch = switch
        self._patterns = patterns
        self._lasting = self._playing = "off"
        self._index = 0

    def play(self, name: str, now_ms: int) -> None:
        """Sound `name` from now on, or once if it is one of ONCE."""
        if name not in ONCE:
            if name == self._lasting:
                return
            self._lasting = name
        self._begin(name, now_ms)

    def step(self, now_ms: int) -> None:
        """Switch, if it is time."""
        if self.due_ms is None or now_ms < self.due_ms:
            return
        pattern = self._patterns[self._playing]
        self._index += 1
        if self._index == len(pattern):
            self._begin(self._lasting, now_ms)
            return
        self._switch(self._index % 2 == 0)
        self.due_ms = now_ms + pattern[self._index]

    def _begin(self, name: str, now_ms: int) -> None:
        pattern = self._patterns.get(name)
        self._playing, self._index = name, 0
        self._switch(pattern is not None)
        self.due_ms = now_ms + pattern[0] if pattern else None
