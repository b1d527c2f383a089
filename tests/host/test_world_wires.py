"""Wired lines as physics: what a board measures, at every corner of tolerance and cable, and with every fault."""

from typing import Any

import pytest

from bench import Bench, sensor
from hemlarm_simulator.plants.wires import CABLE_OHMS_MAX, SHORT_OHMS, TOLERANCE_PPM, EndOfLine

OPEN_OHMS = 1_000_000

# The ranges of the trade, ohms, as the panel has to tell them apart: at rest from to, alarm from to.
RANGES = {
    "2k2/4k7": ((1_500, 3_000), (3_000, 15_000)),
    "4k7/4k7": ((4_000, 6_000), (6_000, 12_000)),
    "1k/1k": ((800, 1_500), (1_500, 12_000)),
}


def line(wiring: str, cable_ohms: int = 0, tolerance_ppm: tuple[int, int] = (0, 0)) -> EndOfLine:
    return EndOfLine(7, wiring, cable_ohms, tolerance_ppm, lambda *values: None)


def test_nominal_parts_measure_as_they_are_named() -> None:
    assert line("5k6").ohms() == 5_600
    for wiring, rest, alarm in (("2k2/4k7", 2_200, 6_900), ("4k7/4k7", 4_700, 9_400), ("1k/1k", 1_000, 2_000)):
        loop = line(wiring)
        assert loop.ohms() == rest
        loop.alarm(True)
        assert loop.ohms() == alarm


@pytest.mark.parametrize("wiring", RANGES)
@pytest.mark.parametrize("cable_ohms", [0, CABLE_OHMS_MAX])
@pytest.mark.parametrize("first", [-TOLERANCE_PPM, TOLERANCE_PPM])
@pytest.mark.parametrize("second", [-TOLERANCE_PPM, TOLERANCE_PPM])
def test_every_corner_of_parts_and_cable_lies_within_its_range(
    wiring: str, cable_ohms: int, first: int, second: int
) -> None:
    loop = line(wiring, cable_ohms, (first, second))
    for alarm, (least, most) in zip((False, True), RANGES[wiring], strict=True):
        loop.alarm(alarm)
        assert least < loop.ohms() < most


@pytest.mark.parametrize("wiring", ["5k6", *RANGES])
def test_faults_of_the_cable_are_no_alarm_and_no_rest(wiring: str) -> None:
    loop = line(wiring)
    rest = loop.ohms()
    loop.cable("cut")
    assert loop.ohms() == OPEN_OHMS
    loop.alarm(True)
    assert loop.ohms() == OPEN_OHMS
    loop.cable("short")
    assert loop.ohms() == SHORT_OHMS
    loop.alarm(False)
    loop.cable("")
    assert loop.ohms() == rest
    loop.tamper(True)
    assert loop.ohms() == OPEN_OHMS


def test_a_detector_shorts_a_single_end_of_line() -> None:
    loop = line("5k6", cable_ohms=50)
    loop.alarm(True)
    assert loop.ohms() == 50 + SHORT_OHMS


def test_the_board_tells_of_changes_at_once_and_of_nothing_else() -> None:
    bench = Bench(sensor("front-door", "door", 3, wiring="2k2/4k7"), filter_ms=400)
    house = bench.house
    (_, rest), *_ = house.start_values()[1]
    for act in (house.open, house.open, house.close):
        act("front-door")
    house.cable("front-door", "cut")
    house.open("front-door")
    kinds = [(at_ms, values[:2]) for at_ms, values in bench.inputs]
    assert kinds == [(0, ("line", 3))] * 3
    ohms = [values[2] for values in bench.values()]
    assert ohms[0] > ohms[1] == rest
    assert ohms[2] == OPEN_OHMS
    assert house.start_values() == ([], [(3, OPEN_OHMS)])


def test_parts_differ_by_chance_within_their_tolerance() -> None:
    sensors = [sensor(f"window-{zone}", "window", zone, wiring="1k/1k") for zone in range(1, 40)]
    lines = Bench(*sensors).house.start_values()[1]
    assert len({ohms for _, ohms in lines}) > 20
    assert all(990 <= ohms <= 1_110 for _, ohms in lines)
    assert lines == Bench(*sensors).house.start_values()[1]


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda house: house.cable("door", "cut"), [("zone", 1, True)]),
        (lambda house: house.cable("door", "short"), []),
        (lambda house: (house.cable("door", "short"), house.open("door")), []),
        (lambda house: (house.cable("door", "cut"), house.cable("door", "")), [("zone", 1, True), ("zone", 1, False)]),
    ],
)
def test_a_digital_contact_cannot_tell_a_fault_from_an_alarm(act: Any, told: list[Any]) -> None:
    bench = Bench(sensor("door", "door"))
    act(bench.house)
    assert bench.values() == told
