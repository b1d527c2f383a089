"""The keypad's keys: a matrix of five rows and four columns on an expander of pins.

At rest all rows are driven low, and a column that is low says that some key is pressed. Then the rows are driven one by
one, all others let go, so that two keys at once short-circuit nothing. Two keys at once are none.
"""

from hemlarm_protocol.constant import const

KEYS = ["1", "2", "3", "away", "4", "5", "6", "home", "7", "8", "9", "night"]
KEYS += ["back", "0", "ok", "off", "up", "down", "fire", "hold-up"]
"""Row by row, as they lie."""

SCAN_MS = 25
"""How often to look: a key is pressed for 60 ms at least, and bounces for 10."""

HOLD_MS = 2_000
HELD = ["fire", "hold-up"]
"""These count when they were held for HOLD_MS, so that nobody calls for help with an elbow."""

ROWS = 5
ROW_PINS = 0x001F
COLUMN_PINS = 0x0F00
_COLUMNS = const(4)
_COLUMN_SHIFT = const(8)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.hal.chips.mcp23017 import Mcp23017


class Keys:
    """The keys on one expander, whose other pins are left as they are."""

    def __init__(self, expander: "Mcp23017") -> None:
        self._expander = expander
        self._last = ""
        self._key = ""  # What is pressed, free of bounces.
        self._since_ms = 0
        self._is_told = False

    def scan(self, now_ms: int) -> "str | None":
        """Look once, and return the key that counts from now on, if any. A keypad that does not answer has no keys."""
        try:
            pressed = self._pressed()
        except OSError:
            pressed = ""
        if pressed != self._last:
            self._last = pressed
            return None
        if pressed != self._key:
            self._key = pressed
            self._since_ms = now_ms
            self._is_told = False
        if not pressed or self._is_told or (pressed in HELD and now_ms - self._since_ms < HOLD_MS):
            return None
        self._is_told = True
        return pressed

    def _pressed(self) -> str:
        """Return the one key that is down, "" for none or several. Raises OSError."""
        expander = self._expander
        if expander.read() & COLUMN_PINS == COLUMN_PINS:
            return ""
        found = ""
        others = expander.inputs
        try:
            for row in range(ROWS):
                expander.direct(others | ROW_PINS & ~(1 << row))
                down = ~expander.read() & COLUMN_PINS
                for column in range(_COLUMNS):
                    if down >> _COLUMN_SHIFT >> column & 1:
                        if found:
                            return ""
                        found = KEYS[row * _COLUMNS + column]
        finally:
            expander.direct(others)
        return found
