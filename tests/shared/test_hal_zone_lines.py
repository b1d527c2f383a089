"""The wired zones' terminals: resistances from a divider behind a fake converter, and what of them is told."""

from fake_chips import FakeAds1115, on_bus
from hemlarm_firmware.hal.chips.ads1115 import CHANNELS, Ads1115
from hemlarm_firmware.hal.zone_lines import DEBOUNCE_ROUNDS, ROUND_MS, ZoneLines, ohms
from hemlarm_firmware.panel.inputs import OPEN_OHMS
from hemlarm_firmware.sensors import line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SUPPLY_UV, FEED = 3_300_000, 4_700


class Terminals:
    """Eight terminals with resistors at them, behind two converters."""

    def __init__(self) -> None:
        self.chips = [FakeAds1115(), FakeAds1115()]
        self.bus = on_bus({0x48: self.chips[0], 0x49: self.chips[1]})
        self.lines = ZoneLines([Ads1115(self.bus, 0x48), Ads1115(self.bus, 0x49)], CHANNELS, SUPPLY_UV, FEED)
        self.supply_uv = SUPPLY_UV
        for zone in range(1, 9):
            self.wire(zone, 2_200)

    def wire(self, zone: int, resistance: "int | None") -> None:
        """Put a resistance at a terminal; None: the wire is cut."""
        uv = self.supply_uv if resistance is None else self.supply_uv * resistance // (FEED + resistance)
        self.chips[(zone - 1) // 4].microvolts[(zone - 1) % 4] = uv

    def round(self, count: int = 1) -> "list[Any]":
        told: list[Any] = []
        for _ in range(count):
            for channel in range(self.lines.channels):
                self.lines.begin(channel)
                self.lines.collect(channel)
            told += self.lines.judge()
        return told


def test_the_first_round_is_the_start_with_every_line() -> None:
    house = Terminals()
    house.wire(2, None)
    house.wire(3, 0)
    ((kind, zones_open, lines),) = house.round()
    assert kind == "start"
    assert zones_open == [2]
    found = dict(lines)
    assert sorted(found) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert found[2] == OPEN_OHMS
    assert found[3] == 0
    assert abs(found[1] - 2_200) <= 2


def test_a_line_is_told_when_it_moves_and_not_before() -> None:
    house = Terminals()
    house.round()
    assert house.round(20) == []
    house.wire(5, 2_300)
    assert house.round() == []
    house.wire(5, 6_900)
    ((kind, zone, found),) = house.round()
    assert (kind, zone) == ("line", 5)
    assert abs(found - 6_900) < 10


def test_a_slow_drift_is_told_all_the_same() -> None:
    house = Terminals()
    house.round()
    told = []
    for resistance in range(2_200, 3_200, 10):
        house.wire(1, resistance)
        told += house.round()
    found = [each[2] for each in told]
    assert found[-1] > 2_900
    assert max([after - before for before, after in zip([2_200] + found, found)]) < 230


def test_a_plain_contact_counts_after_as_long_as_any_line_and_no_sooner() -> None:
    assert (DEBOUNCE_ROUNDS - 1) * ROUND_MS >= line.FILTER_MS
    house = Terminals()
    house.wire(4, 0)
    house.round()
    house.wire(4, None)
    assert [told[0] for told in house.round(DEBOUNCE_ROUNDS - 1)] == ["line"]
    house.wire(4, 0)
    house.round()
    house.wire(4, None)
    told = house.round(DEBOUNCE_ROUNDS)
    assert told[-1] == ("zone", 4, True)
    house.wire(4, 0)
    assert ("zone", 4, False) in house.round(DEBOUNCE_ROUNDS)


def test_a_converter_that_falls_silent_is_a_cut_of_its_lines_after_a_second() -> None:
    house = Terminals()
    house.round()
    house.bus.dead = [0x49]
    assert house.round(9) == []
    told = [each for each in house.round(4) if each[0] == "line"]
    assert sorted(told) == [("line", zone, OPEN_OHMS) for zone in (5, 6, 7, 8)]
    house.bus.dead = []
    assert [each[1] for each in house.round() if each[0] == "line"] == [5, 6, 7, 8]


def test_a_line_is_never_given_what_was_measured_at_another() -> None:
    house = Terminals()
    house.wire(5, None)
    house.round()
    house.lines.begin(0)
    house.bus.dead = [0x49]
    house.lines.begin(1)  # Is not heard: the converter still holds the line before.
    house.bus.dead = []
    house.lines.collect(1)
    assert house.lines.judge() == []


def test_a_converter_that_is_missing_at_the_start_leaves_its_lines_cut() -> None:
    house = Terminals()
    house.bus.dead = [0x49]
    ((_, zones_open, lines),) = house.round()
    assert zones_open == [5, 6, 7, 8]
    assert dict(lines)[8] == OPEN_OHMS


def test_every_wiring_is_told_right_with_parts_at_their_limits() -> None:
    """1 % parts, up to 100 ohm of cable, and a supply that is 2 % off: docs/boards.md says so."""
    for wiring, first, second in [
        ("2k2/4k7", 2_200, 4_700),
        ("4k7/4k7", 4_700, 4_700),
        ("1k/1k", 1_000, 1_000),
        ("5k6", 5_600, None),
    ]:
        for supply_uv in (3_234_000, 3_366_000):
            for percent in (99, 101):
                for cable in (0, 100):
                    closed = first * percent // 100 + cable
                    opened = 0 if second is None else (first + second) * percent // 100 + cable
                    check(wiring, supply_uv, closed, line.NORMAL)
                    check(wiring, supply_uv, opened, line.OPEN)
                    check(wiring, supply_uv, None, line.TAMPER)
                    if second is not None:
                        check(wiring, supply_uv, cable, line.TAMPER)


def check(wiring: str, supply_uv: int, resistance: "int | None", expected: int) -> None:
    uv = supply_uv if resistance is None else supply_uv * resistance // (FEED + resistance)
    measured = line.Line(wiring, False)
    # What the panel assumes of its supply, whatever that is.
    measured.preset(ohms(uv, SUPPLY_UV, FEED))
    assert measured.condition == expected, (wiring, supply_uv, resistance)


def test_noise_below_ground_is_no_resistance() -> None:
    assert ohms(-125, SUPPLY_UV, FEED) == 0
    assert ohms(SUPPLY_UV + 125, SUPPLY_UV, FEED) == OPEN_OHMS
