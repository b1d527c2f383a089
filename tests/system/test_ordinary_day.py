"""A whole day's ordinary use leaves the heap without a trend.

After the first quarter of the day, in which everything is used once and what a first use costs for good is spent, the
heap at a heartbeat must be in the last quarter what it was in the second: its median, which is the panel at rest, and
its minimum, which is the panel with a menu open.
"""

import dataclasses
from statistics import median

import pytest

from hemlarm_simulator import ordinary_day
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.ordinary_day import DAY_MS, Day, HeapSample

HEARTBEATS = 24 * 60
SENSOR_EVENTS_MIN = 200

AT_REST_BYTES_MAX = 1024
"""How much less may be free at rest: names met for the first time, lists that have grown to what a day needs."""

IN_A_MENU_BYTES_MAX = 8 * 1024
"""The same with a menu open, which depends on which of its pages a heartbeat meets."""

SMALLEST_LEAK = 32
"""The smallest object of the heap: one block of the 64-bit port."""


@pytest.fixture(name="day", scope="module")
def _day() -> Day:
    with ForkServer() as server:
        return ordinary_day.live(server)


def trend(day: Day) -> tuple[float, int]:
    """Bytes that are free less in the last quarter than in the second: at rest, and with a menu open."""
    _, second, _, last = day.quarters()
    return median(second) - median(last), min(second) - min(last)


def test_the_day_is_a_full_one(day: Day) -> None:
    assert day.sensor_events >= SENSOR_EVENTS_MIN
    assert len(day.samples) >= HEARTBEATS - 1
    assert all(second.at_ms > first.at_ms for first, second in zip(day.samples, day.samples[1:], strict=False))


def test_an_ordinary_day_leaves_the_heap_without_a_trend(day: Day) -> None:
    at_rest, in_a_menu = trend(day)
    assert at_rest <= AT_REST_BYTES_MAX
    assert in_a_menu <= IN_A_MENU_BYTES_MAX


def test_one_object_lost_with_each_sensor_event_would_be_a_trend(day: Day) -> None:
    def leaking(sample: HeapSample) -> HeapSample:
        lost = SMALLEST_LEAK * day.sensor_events * sample.at_ms // DAY_MS
        return dataclasses.replace(sample, free=sample.free - lost)

    at_rest, _ = trend(dataclasses.replace(day, samples=tuple(leaking(sample) for sample in day.samples)))
    assert at_rest > AT_REST_BYTES_MAX
