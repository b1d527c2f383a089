"""The keypad's keys, by their switches: bounces, holding, several at once, and a cable that is unplugged."""

from fake_chips import FakeMcp23017, on_bus
from hemlarm_firmware.hal.chips.mcp23017 import Mcp23017
from hemlarm_firmware.hal.keys import COLUMN_PINS, HOLD_MS, KEYS, SCAN_MS, Keys
from keypad_wires import KeypadWires

TYPE_CHECKING = False
if TYPE_CHECKING:
    pass


class Keypad:
    def __init__(self) -> None:
        chip = FakeMcp23017()
        self.wires = KeypadWires(chip)
        self.bus = on_bus({0x20: chip})
        self.expander = Mcp23017(self.bus, 0x20, inputs=COLUMN_PINS, pulled=COLUMN_PINS)
        self.expander.refresh()
        self.chip = chip
        self.keys = Keys(self.expander)
        self.now_ms = 0

    def press(self, *names: str, ms: int = 100) -> "list[str]":
        """Hold these for so long, and return the keys that counted meanwhile."""
        self.wires.pressed = list(names)
        found = []
        for _ in range(ms // SCAN_MS):
            self.now_ms += SCAN_MS
            key = self.keys.scan(self.now_ms)
            if key is not None:
                found.append(key)
        return found

    def rest(self) -> None:
        assert self.press() == []


def test_every_key_counts_once_however_long_it_is_held() -> None:
    keypad = Keypad()
    for name in KEYS:
        if name not in ("fire", "hold-up"):
            assert keypad.press(name, ms=1_000) == [name]
            keypad.rest()


def test_calls_for_help_count_when_they_were_held() -> None:
    keypad = Keypad()
    for name in ("fire", "hold-up"):
        assert keypad.press(name, ms=HOLD_MS - 200) == []
        keypad.rest()
        assert keypad.press(name, ms=HOLD_MS + 200) == [name]
        assert keypad.press(name, ms=HOLD_MS) == []
        keypad.rest()


def test_a_bounce_is_no_key_and_does_not_make_two() -> None:
    keypad = Keypad()
    assert keypad.press("5", ms=SCAN_MS) == []
    assert keypad.press(ms=SCAN_MS) == []
    assert keypad.press("5", ms=100) == ["5"]
    assert keypad.press(ms=SCAN_MS) == []
    assert keypad.press("5", ms=100) == []
    keypad.rest()


def test_several_keys_at_once_are_none() -> None:
    keypad = Keypad()
    assert keypad.press("1", "2") == []
    assert keypad.press("1", "2", "4") == []
    assert keypad.press("1", "9") == []
    assert keypad.press("1") == ["1"]


def test_an_elbow_does_not_call_for_help() -> None:
    keypad = Keypad()
    assert keypad.press("fire", "hold-up", "down", ms=3 * HOLD_MS) == []


def test_a_scan_leaves_lamps_and_rows_as_they_were() -> None:
    keypad = Keypad()
    keypad.expander.set(12, True)
    keypad.press("7")
    keypad.rest()
    assert keypad.chip.driven == 0xFFFF & ~COLUMN_PINS
    assert keypad.chip.pins & ~COLUMN_PINS == 1 << 12


def test_a_quiet_keypad_costs_one_look_at_a_time() -> None:
    keypad = Keypad()
    before = keypad.bus.transfers
    keypad.press(ms=10 * SCAN_MS)
    assert keypad.bus.transfers - before == 10


def test_a_keypad_that_is_unplugged_and_back_is_a_keypad_again() -> None:
    keypad = Keypad()
    keypad.bus.dead = [0x20]
    assert keypad.press("3") == []
    keypad.wires.pressed = []
    keypad.chip.reset()
    keypad.bus.dead = []
    keypad.expander.refresh()
    assert keypad.press("3") == ["3"]
