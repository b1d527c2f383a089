"""The script that measures the panel core does so in a panel's interpreter, and what must cost no memory costs none."""

import pytest

from hemlarm_simulator.bench.panel import CoreFigures, measure_core
from hemlarm_simulator.description import load_house
from hemlarm_simulator.launch import ForkServer

KINDS = {
    "door",
    "motion",
    "contact",
    "line moves",
    "radio report",
    "radio check-in",
    "smoke",
    "digit",
    "right code",
    "wrong code",
    "tag",
    "command",
    "clock",
    "wake",
    "menu opens",
    "menu key",
}
UNCHANGED = ("unchanged line", "unchanged contact")
DAY_MIN = 1000


@pytest.fixture(name="figures", scope="module")
def _figures() -> CoreFigures:
    with ForkServer() as server:
        return measure_core(server, load_house("big-villa"), lambda _done: None)


def test_every_kind_of_input_is_measured(figures: CoreFigures) -> None:
    assert set(figures.times["times"]) >= KINDS
    assert len(figures.day()) >= DAY_MIN
    assert 0 < figures.floor < figures.hash_floor


def test_an_unchanged_sample_allocates_nothing(figures: CoreFigures) -> None:
    assert [max(figures.allocated[kind]) for kind in UNCHANGED] == [0, 0]
    assert min(figures.allocated["door"]) > 0
