"""What the panel shows, on relays and the keypad: each output of docs/architecture.md has its place here.

Nothing here raises. What a chip does not take is written again at each `refresh`, for ever, so a keypad that was
unplugged shows what it should as soon as it is back.
"""

from hemlarm_firmware.hal.chips.hd44780 import WAKE_MS, WAKE_STEPS
from hemlarm_firmware.hal.rhythm import BUZZES, Rhythm
from hemlarm_firmware.sounds import PATTERNS

REFRESH_MS = 1_000
"""How often to `refresh`: the longest that a disturbed chip stays wrong."""

LAMPS = {"ready": 5, "armed": 6, "open": 7, "alarm": 12, "fault": 13}
BUZZER = 15
"""Pins of the keypad's expander; the others are the keys', see `keys.py`."""

SIREN, OUTDOOR, CHARGER_OFF, TEST_LOAD, MODEM_OFF = range(5)
"""Relays. Three are turned round, so that with no power on any of them the battery charges, and loops and modem run."""

LOOPS = {1: 8, 2: 9, 3: 10, 4: 11}
"""The relay that takes the power of the fire loop on a zone."""

PLUGS = {1: 12, 2: 13, 3: 14, 4: 15}
"""The relay of an output that is a plug."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from hemlarm_firmware.hal.chips.hd44780 import Hd44780
    from hemlarm_firmware.hal.chips.mcp23017 import Mcp23017


class Outputs:
    """Relays, lamps, sounds and the display. `ethernet(on)` switches the network's chip."""

    def __init__(
        self, relays: "Mcp23017", keypad: "Mcp23017", display: "Hd44780", ethernet: "Callable[[bool], None]"
    ) -> None:
        self._relays = relays
        self._keypad = keypad
        self._display = display
        self._ethernet = ethernet
        self._lines = ["", ""]
        self._shown: list[str | None] = [None, None]
        self._lit = True
        self._waking = 0  # The display's next step on its way to work; -1 when it does.
        self._wake_ms = 0
        self.rhythms = [
            Rhythm(lambda on: relays.set(SIREN, on), PATTERNS),
            Rhythm(lambda on: relays.set(OUTDOOR, on), PATTERNS),
            Rhythm(lambda on: keypad.set(BUZZER, on), BUZZES),
        ]

    def show(self, output: str, value: "Any", now_ms: int) -> None:
        """Set an output. What this board has not is passed over."""
        if output in _RHYTHMS:
            self.rhythms[_RHYTHMS.index(output)].play(value, now_ms)
        elif output == "display":
            self._lines = [str(line) for line in value]
            self._write()
        elif output == "lamp" and value[0] in LAMPS:
            self._keypad.set(LAMPS[value[0]], value[1])
        elif output == "loop" and value[0] in LOOPS:
            self._relays.set(LOOPS[value[0]], not value[1])
        elif output == "plug" and value[0] in PLUGS:
            self._relays.set(PLUGS[value[0]], value[1])
        elif output == "power":
            self._power(value[0], value[1])

    @property
    def awake(self) -> bool:
        """Whether the display works."""
        return self._waking < 0

    def modem(self, on: bool) -> None:
        """Give the modem its power, or cut it."""
        self._relays.set(MODEM_OFF, not on)

    def step(self, now_ms: int) -> "int | None":
        """Keep the rhythms; return when to call this again, None for not before something is shown."""
        due = self._wake(now_ms) if self._waking >= 0 else None
        for rhythm in self.rhythms:
            rhythm.step(now_ms)
            if rhythm.due_ms is not None and (due is None or rhythm.due_ms < due):
                due = rhythm.due_ms
        return due

    def refresh(self) -> None:
        """Put right what is not as it should be. A keypad that is back needs its display woken, by `step`."""
        self._relays.refresh()
        if not self._keypad.refresh():
            self._waking = 0
        self._write()

    def all_off(self) -> None:
        """Leave nothing on that takes from the battery, before the board sleeps."""
        for rhythm in self.rhythms:
            rhythm.play("off", 0)
        self.modem(False)
        self._switch_ethernet(False)
        self._power("keypad-light", False)
        for lamp in LAMPS:
            self._keypad.set(LAMPS[lamp], False)

    def _power(self, what: str, on: bool) -> None:
        if what == "charger":
            self._relays.set(CHARGER_OFF, not on)
        elif what == "test-load":
            self._relays.set(TEST_LOAD, on)
        elif what == "ethernet":
            self._switch_ethernet(on)
        elif what == "keypad-light":
            self._lit = on
            self._write()

    def _switch_ethernet(self, on: bool) -> None:
        try:
            self._ethernet(on)
        except OSError:
            pass

    def _write(self) -> None:
        """Show what is not shown yet, if the display is awake."""
        display = self._display
        try:
            if self._waking >= 0:
                return
            if display.lit != self._lit:
                display.light(self._lit)
            for line in (0, 1):
                if self._shown[line] != self._lines[line]:
                    self._shown[line] = None
                    display.write(line, self._lines[line])
                    self._shown[line] = self._lines[line]
        except OSError:
            self._waking = 0

    def _wake(self, now_ms: int) -> "int | None":
        """Do one step of waking the display, if it is time; return when the next is due, None where it is awake."""
        if now_ms < self._wake_ms:
            return self._wake_ms
        self._wake_ms = now_ms + WAKE_MS
        self._shown = [None, None]
        try:
            self._display.start(self._waking)
        except OSError:
            self._waking = 0
            self._wake_ms = now_ms + REFRESH_MS
            return self._wake_ms
        self._waking = self._waking + 1 if self._waking < WAKE_STEPS - 1 else -1
        self._write()
        return self._wake_ms if self._waking >= 0 else None


_RHYTHMS = ["siren", "outdoor", "buzzer"]
