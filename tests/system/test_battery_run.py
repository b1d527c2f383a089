"""Two days on battery and more: the real firmware in the measuring configuration, until it parks and is back."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from hemlarm_simulator import battery_run
from hemlarm_simulator.battery_run import BatteryRun
from hemlarm_simulator.launch import ForkServer

PICTURE = Path(__file__).parents[2] / "docs" / "battery-48h.svg"


@pytest.fixture(name="run", scope="module")
def _run() -> Iterator[BatteryRun]:
    with ForkServer() as server:
        yield battery_run.live(server)


def test_the_battery_lasts_for_longer_than_the_promised_48_hours(run: BatteryRun) -> None:
    assert run.hours(1308) >= 48
    assert run.unshed_h < run.hours(1308)


def test_a_low_battery_is_told_at_least_two_hours_before_the_panel_parks(run: BatteryRun) -> None:
    assert run.hours(1302) <= run.hours(1308) - 2
    assert run.event(1302).detail >= 2


def test_mains_is_told_lost_after_its_delay_and_restored_after_its_return(run: BatteryRun) -> None:
    assert run.hours(1301) * 60 == pytest.approx(5, abs=0.1)
    assert 0 < (run.hours(3301) - run.restored_h) * 60 < 1.5
    assert run.restored_h < run.hours(3308) < run.restored_h + 0.01


def test_each_event_is_told_once_and_in_order(run: BatteryRun) -> None:
    assert [told.qcode for told in run.events] == [1301, 1302, 1308, 3308, 3301]


def test_the_voltage_only_falls_without_mains_and_rests_above_the_cut_off(run: BatteryRun) -> None:
    parked_h = run.hours(1308)
    volts = [point.volts for point in run.curve if 0 <= point.hours <= parked_h]
    assert all(later <= sooner + 0.03 for sooner, later in pairwise(volts))
    resting = [point.volts for point in run.curve if parked_h < point.hours < run.restored_h]
    assert min(resting) > 10.4
    assert run.curve[-1].volts > 12.5


def test_the_picture_in_the_documents_tells_these_hours(run: BatteryRun) -> None:
    assert f"{run.hours(1308):.1f} h: parked" in PICTURE.read_text(), (
        "run tools/battery_picture.py docs/battery-48h.svg, and say why the hours have changed"
    )
