"""What the panel shows, as it comes out at the fakes of relays, keypad and display."""

from fake_chips import FakeDisplay, FakeMcp23017, on_bus
from hemlarm_firmware.hal import outputs
from hemlarm_firmware.hal.chips.hd44780 import Hd44780
from hemlarm_firmware.hal.chips.mcp23017 import Mcp23017
from hemlarm_firmware.hal.keys import COLUMN_PINS
from hemlarm_firmware.panel import view
from hemlarm_firmware.sounds import PATTERNS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

RELAYS, KEYPAD, DISPLAY = 0x21, 0x20, 0x27


class House:
    def __init__(self) -> None:
        self.relays, self.keypad, self.display = FakeMcp23017(), FakeMcp23017(), FakeDisplay()
        self.bus = on_bus({RELAYS: self.relays})
        self.cable = on_bus({KEYPAD: self.keypad, DISPLAY: self.display})
        self.ethernet: list[bool] = []
        self.outputs = outputs.Outputs(
            Mcp23017(self.bus, RELAYS),
            Mcp23017(self.cable, KEYPAD, inputs=COLUMN_PINS, pulled=COLUMN_PINS),
            Hd44780(self.cable, DISPLAY),
            self.ethernet.append,
        )
        self.now_ms = 0
        self.outputs.refresh()
        self.run(1_000)

    def run(self, ms: int) -> None:
        """Step when it is due, and no more often."""
        end_ms = self.now_ms + ms
        while True:
            due_ms = self.outputs.step(self.now_ms)
            if due_ms is None or due_ms > end_ms:
                break
            assert due_ms > self.now_ms
            self.now_ms = due_ms
        self.now_ms = end_ms
        self.outputs.step(end_ms)

    def show(self, output: str, value: "Any") -> None:
        self.outputs.show(output, value, self.now_ms)

    def relay(self, number: int) -> bool:
        return bool(self.relays.pins >> number & 1)

    def lamp(self, pin: int) -> bool:
        return bool(self.keypad.pins >> pin & 1)

    def heard(self, relay: int, ms: int, step_ms: int = 50) -> str:
        """What a siren did, a letter each step."""
        found = ""
        for _ in range(ms // step_ms):
            found += "#" if self.relay(relay) else "."
            self.run(step_ms)
        return found


def test_without_power_on_any_relay_the_battery_charges_and_loops_and_modem_run() -> None:
    house = House()
    assert house.relays.pins == 0
    house.show("power", ("charger", True))
    house.show("loop", (1, True))
    house.outputs.modem(True)
    assert house.relays.pins == 0


def test_both_sirens_sound_in_the_rhythm_of_their_word() -> None:
    house = House()
    house.show("siren", "fire")
    assert house.heard(0, 4_000, 500) == "#.#.#..." == house.heard(0, 4_000, 500)
    house.show("outdoor", "intrusion")
    assert house.heard(1, 2_000) == "#" * 40
    house.show("siren", "hold-up")
    assert house.heard(0, 2_000, 100) == "########..########.."
    house.show("siren", "co")
    assert house.heard(0, 1_000, 100) == "#.#.#.#..."
    house.show("siren", "off")
    house.show("outdoor", "off")
    assert house.heard(0, 1_000) == "." * 20
    assert house.relays.pins == 0


def test_every_sound_of_the_panel_has_a_rhythm_whose_beats_come_in_pairs() -> None:
    from hemlarm_firmware.hal.rhythm import BUZZES

    for patterns in (PATTERNS, BUZZES):
        for name in patterns:
            assert len(patterns[name]) % 2 == 0, name
    assert sorted(BUZZES) == ["alert", "chime", "entry", "error", "exit", "exit-last", "ok"]


def test_the_same_word_again_does_not_break_the_rhythm() -> None:
    house = House()
    house.show("siren", "fire")
    house.run(600)
    assert not house.relay(0)
    house.show("siren", "fire")
    assert not house.relay(0)


def test_a_single_beep_leaves_what_lasts_as_it_was() -> None:
    house = House()
    house.show("buzzer", "ok")
    assert house.lamp(outputs.BUZZER)
    house.run(200)
    assert not house.lamp(outputs.BUZZER)
    assert house.outputs.step(house.now_ms) is None
    house.show("buzzer", "entry")
    house.show("buzzer", "chime")
    house.run(600)
    beats = []
    for _ in range(20):
        beats.append(house.lamp(outputs.BUZZER))
        house.run(50)
    assert beats.count(True) == 10
    house.show("buzzer", "off")
    assert not house.lamp(outputs.BUZZER)


def test_all_lamps_of_the_panel_are_there_and_none_disturbs_another() -> None:
    house = House()
    assert sorted(outputs.LAMPS) == sorted(view.LAMPS)
    for name in view.LAMPS:
        house.show("lamp", (name, True))
        assert [each for each in view.LAMPS if house.lamp(outputs.LAMPS[each])] == [name]
        house.show("lamp", (name, False))


def test_loops_plugs_and_the_batterys_test_each_have_their_relay() -> None:
    house = House()
    house.show("loop", (3, False))
    house.show("plug", (2, True))
    house.show("power", ("charger", False))
    house.show("power", ("test-load", True))
    assert house.relays.pins == 1 << 10 | 1 << 13 | 1 << 2 | 1 << 3
    house.show("loop", (3, True))
    house.show("plug", (2, False))
    house.show("power", ("charger", True))
    house.show("power", ("test-load", False))
    assert house.relays.pins == 0


def test_what_the_board_has_not_is_passed_over() -> None:
    house = House()
    for output, value in [
        ("camera", (1, "flash")),
        ("lock", (1, True)),
        ("loop", (99, False)),
        ("plug", (99, True)),
        ("lamp", ("none", True)),
        ("power", ("none", True)),
        ("siren", "none"),
    ]:
        house.show(output, value)
    assert house.relays.pins == 0


def test_the_display_shows_what_it_should_and_writes_only_what_differs() -> None:
    house = House()
    house.show("display", ("Larm av", "Redo för på"))
    assert house.display.lines == [b"Larm av         ", b"Redo f\x02r p\x00     "]
    before = house.cable.transfers
    house.show("display", ("Larm av", "Redo för på"))
    assert house.cable.transfers == before
    house.show("display", ("Larm av", "Dörr öppen"))
    assert house.cable.transfers == before + 2


def test_the_light_and_the_networks_chip_are_switched() -> None:
    house = House()
    assert house.display.lit
    house.show("power", ("keypad-light", False))
    assert not house.display.lit
    house.show("power", ("keypad-light", True))
    assert house.display.lit
    house.show("power", ("ethernet", False))
    house.show("power", ("ethernet", True))
    assert house.ethernet == [False, True]


def test_a_keypad_that_was_unplugged_shows_what_it_should_when_it_is_back() -> None:
    house = House()
    house.show("display", ("Before", ""))
    house.cable.dead = [KEYPAD, DISPLAY]
    house.show("display", ("Meanwhile", "unplugged"))
    house.show("lamp", ("alarm", True))
    for _ in range(3):
        house.outputs.refresh()
        house.run(1_000)
    house.keypad.reset()
    house.display.lose_power()
    house.cable.dead = []
    house.outputs.refresh()
    house.run(2_000)
    assert house.display.lines == [b"Meanwhile       ", b"unplugged       "]
    assert house.lamp(outputs.LAMPS["alarm"])


def test_a_display_that_lost_its_power_for_a_moment_shows_again_what_it_did() -> None:
    house = House()
    house.show("display", ("Same", "as before"))
    house.cable.dead = [KEYPAD, DISPLAY]
    house.outputs.refresh()
    house.display.lose_power()
    house.cable.dead = []
    house.outputs.refresh()
    house.run(1_000)
    assert house.display.lines == [b"Same            ", b"as before       "]


def test_relays_that_were_disturbed_are_put_right_within_a_second() -> None:
    house = House()
    house.show("outdoor", "intrusion")
    house.relays.reset()
    assert not house.relay(outputs.OUTDOOR)
    house.outputs.refresh()
    assert house.relay(outputs.OUTDOOR)


def test_before_it_sleeps_everything_is_off_but_the_charger() -> None:
    house = House()
    house.show("siren", "fire")
    house.show("lamp", ("fault", True))
    house.outputs.all_off()
    assert house.relays.pins == 1 << outputs.MODEM_OFF
    assert house.keypad.pins & ~COLUMN_PINS == 0
    assert not house.display.lit
    assert house.ethernet == [False]
    assert house.outputs.step(house.now_ms) is None


def test_a_network_chip_that_fails_is_no_crash() -> None:
    house = House()

    def fails(on: bool) -> None:
        raise OSError(5)

    failing = outputs.Outputs(
        Mcp23017(house.bus, RELAYS), Mcp23017(house.cable, KEYPAD), Hd44780(house.cable, 1), fails
    )
    failing.show("power", ("ethernet", False), 0)
    failing.refresh()
    failing.show("display", ("a", "b"), 0)
    assert failing.step(100) is not None
