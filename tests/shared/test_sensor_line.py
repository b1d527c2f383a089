"""Wired lines: what a resistance means, at every corner of the tolerances, and what the filter lets through."""

from hemlarm_firmware.panel.inputs import OPEN_OHMS
from hemlarm_firmware.sensors.line import FAULT, FILTER_MS, NORMAL, OPEN, TAMPER, WIRINGS, Line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

micropython: "Any"
try:
    micropython = __import__("micropython")
except ImportError:  # CPython counts no allocations.
    micropython = None

# The resistors in ohms: the one that is always in the line, and what an open contact adds.
DOUBLES = {"2k2/4k7": (2200, 4700), "4k7/4k7": (4700, 4700), "1k/1k": (1000, 1000)}
CABLES = (0, 1, 50, 99, 100)
HUNDREDTHS = (99, 100, 101)

QUIET, OPENED = 2200, 6900
"""What a double end-of-line 2k2/4k7 shows with its contact closed and open."""


def says(wiring: str, ohms: int, fire: bool = False) -> int:
    line = Line(wiring, fire)
    line.preset(ohms)
    return line.condition


def test_the_conditions_have_numbers_of_their_own() -> None:
    assert (NORMAL, OPEN, TAMPER, FAULT) == (0, 1, 2, 3)


def test_a_double_line_is_understood_at_every_corner_of_the_tolerances() -> None:
    assert sorted(WIRINGS) == sorted(list(DOUBLES) + ["5k6"])
    for wiring, (series, added) in DOUBLES.items():
        for cable in CABLES:
            assert says(wiring, cable) == TAMPER, "a short anywhere along the cable"
            for of_series in HUNDREDTHS:
                closed = series * of_series // 100 + cable
                assert says(wiring, closed) == NORMAL, (wiring, closed)
                for of_added in HUNDREDTHS:
                    opened = closed + added * of_added // 100
                    assert says(wiring, opened) == OPEN, (wiring, opened)
        assert says(wiring, OPEN_OHMS) == TAMPER


def test_a_single_line_is_understood_at_every_corner_of_the_tolerances() -> None:
    for cable in CABLES:
        assert says("5k6", cable) == OPEN
        for of_resistor in HUNDREDTHS:
            assert says("5k6", 5600 * of_resistor // 100 + cable) == NORMAL
    assert says("5k6", OPEN_OHMS) == TAMPER


def test_every_range_begins_and_ends_where_it_should() -> None:
    edges = {
        "2k2/4k7": [(0, TAMPER), (1499, TAMPER), (1500, NORMAL), (2999, NORMAL), (3000, OPEN), (14999, OPEN)],
        "4k7/4k7": [(0, TAMPER), (3999, TAMPER), (4000, NORMAL), (5999, NORMAL), (6000, OPEN), (11999, OPEN)],
        "1k/1k": [(0, TAMPER), (799, TAMPER), (800, NORMAL), (1499, NORMAL), (1500, OPEN), (11999, OPEN)],
        "5k6": [(0, OPEN), (2799, OPEN), (2800, NORMAL), (11199, NORMAL)],
    }
    for wiring, meanings in edges.items():
        for ohms, condition in meanings:
            assert says(wiring, ohms) == condition, (wiring, ohms)
        assert says(wiring, meanings[-1][0] + 1) == TAMPER, wiring


def test_a_cut_fire_loop_is_a_fault_and_a_shorted_one_a_fire() -> None:
    assert says("5k6", OPEN_OHMS, fire=True) == FAULT
    assert says("5k6", 0, fire=True) == OPEN
    assert says("5k6", 5600, fire=True) == NORMAL


def test_an_input_longer_than_the_filter_is_processed() -> None:
    line = Line("2k2/4k7", False)
    line.preset(QUIET)
    line.sample(OPENED, 1000)
    assert line.condition == NORMAL
    assert line.deadline_ms == 1000 + FILTER_MS + 1
    assert line.settle(1000 + FILTER_MS + 1)
    assert line.condition == OPEN
    assert line.deadline_ms is None
    assert not line.settle(9000), "told once"


def test_an_input_no_longer_than_the_filter_is_not_processed() -> None:
    line = Line("2k2/4k7", False)
    line.preset(QUIET)
    line.sample(OPENED, 1000)
    assert not line.settle(1000 + FILTER_MS)
    line.sample(QUIET, 1000 + FILTER_MS)
    assert line.deadline_ms is None
    assert not line.settle(9000)
    assert line.condition == NORMAL


def test_a_long_input_counts_even_when_nobody_asked_before_it_ended() -> None:
    line = Line("2k2/4k7", False)
    line.preset(QUIET)
    line.sample(OPENED, 1000)
    line.sample(QUIET, 1450)
    assert line.condition == OPEN
    assert line.settle(1450)
    assert line.deadline_ms == 1450 + FILTER_MS + 1
    assert line.settle(1851)
    assert line.condition == NORMAL


def test_repeated_samples_do_not_begin_the_filter_anew() -> None:
    line = Line("2k2/4k7", False)
    line.preset(QUIET)
    for now_ms in range(1000, 1401, 50):
        line.sample(OPENED + now_ms % 7, now_ms)
        assert not line.settle(now_ms)
    assert line.settle(1401)


def test_repeated_samples_do_not_begin_the_way_back_to_normal_anew() -> None:
    line = Line("2k2/4k7", False)
    line.preset(OPENED)
    for now_ms in range(1000, 1401, 50):
        line.sample(QUIET + now_ms % 7, now_ms)
        assert not line.settle(now_ms)
    assert line.settle(1401)


def test_many_short_inputs_never_add_up_to_a_long_one() -> None:
    line = Line("1k/1k", False)
    line.preset(1000)
    for now_ms in range(0, 60_000, 400):
        line.sample(2000 if now_ms % 800 else 1000, now_ms)
        assert not line.settle(now_ms)
    assert line.condition == NORMAL


def test_a_contact_that_bounces_on_its_way_open_ends_up_open() -> None:
    line = Line("2k2/4k7", False)
    line.preset(QUIET)
    for now_ms, ohms in ((0, OPEN_OHMS), (3, OPENED), (5, OPEN_OHMS), (9, OPENED)):
        line.sample(ohms, now_ms)
    assert line.settle(FILTER_MS + 1)
    assert line.condition == OPEN


def test_a_line_that_flickers_between_open_and_tamper_does_not_pass_for_normal() -> None:
    line = Line("2k2/4k7", False)
    line.preset(QUIET)
    for now_ms in range(0, 10_000, 100):
        line.sample(OPEN_OHMS if now_ms % 200 else OPENED, now_ms)
        line.settle(now_ms)
        assert (line.condition == NORMAL) == (now_ms <= FILTER_MS), now_ms
    line.sample(OPEN_OHMS, 10_000)
    line.settle(10_401)
    assert line.condition == TAMPER, "and shows what it is as soon as it holds still"


def test_a_flicker_does_not_restore_a_line_that_is_not_normal() -> None:
    line = Line("2k2/4k7", False)
    line.preset(OPEN_OHMS)
    for now_ms in range(0, 10_000, 100):
        line.sample((QUIET, OPENED)[now_ms // 100 % 2], now_ms)
        assert not line.settle(now_ms)
    assert line.condition == TAMPER


def test_normal_returns_only_when_it_lasts() -> None:
    line = Line("2k2/4k7", False)
    line.preset(OPENED)
    line.sample(QUIET, 0)
    line.sample(OPENED, 300)
    assert line.deadline_ms is None
    line.sample(QUIET, 350)
    assert not line.settle(750)
    assert line.settle(751)
    assert line.condition == NORMAL


def test_a_new_line_is_filtered_from_its_first_sample() -> None:
    line = Line("5k6", True)
    line.sample(0, 5000)
    assert not line.settle(5000)
    assert line.settle(5401)
    assert line.condition == OPEN


def test_a_condition_taken_over_is_left_as_any_other() -> None:
    line = Line("5k6", False)
    line.condition = OPEN
    line.sample(5600, 100)
    assert line.settle(501)
    assert line.condition == NORMAL


def test_a_preset_ends_a_filter_that_was_running() -> None:
    line = Line("5k6", False)
    line.sample(0, 0)
    line.preset(5600)
    assert line.deadline_ms is None
    assert not line.settle(1000)
    assert line.condition == NORMAL


def test_a_preset_forgets_a_change_that_nobody_was_told_of() -> None:
    line = Line("5k6", False)
    line.sample(0, 0)
    line.sample(5600, 500)
    line.preset(5600)
    assert not line.settle(500)


def test_an_unchanged_sample_costs_no_memory() -> None:
    line, late = Line("2k2/4k7", False), Line("5k6", True)
    late.sample(0, 0)
    line.preset(QUIET)
    if micropython:
        micropython.heap_lock()
    try:
        for _ in range(3):
            line.sample(QUIET, 1000)
            line.settle(1000)
            late.sample(20, 300)
            late.settle(300)
    finally:
        if micropython:
            micropython.heap_unlock()
    assert line.deadline_ms is None
    assert late.deadline_ms == FILTER_MS + 1
