"""The picture of the battery's voltage can be made of a run, and the one in docs/ is such a picture."""

import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest

from hemlarm_simulator.battery_run import BatteryRun, BatteryRunError, Point, Told, unshed_h
from hemlarm_simulator.description import load_house
from tool_loading import load_tool

ROOT = Path(__file__).parents[2]
_SVG = "{http://www.w3.org/2000/svg}"

RUN = BatteryRun(
    curve=(Point(-1, 13.65), Point(0, 13.65), Point(30, 12), Point(60, 10.5), Point(70, 12.5)),
    events=(Told(0.1, 1301, 50), Told(50, 1302, 12), Told(60, 1308, 104), Told(64, 3308, 110), Told(64, 3301, 255)),
    restored_h=64,
    unshed_h=51.0,
)


@pytest.fixture(name="battery_picture", scope="module")
def _battery_picture() -> ModuleType:
    return load_tool("battery_picture")


def curve(svg: str) -> list[tuple[float, float]]:
    """The points of a drawing's curve."""
    line = ET.fromstring(svg).find(f"{_SVG}polyline")  # noqa: S314 - our own file.
    assert line is not None
    return [(float(x), float(y)) for x, y in (point.split(",") for point in line.attrib["points"].split())]


def texts(svg: str) -> list[str]:
    """What is written in a drawing."""
    return [text.text or "" for text in ET.fromstring(svg).findall(f"{_SVG}text")]  # noqa: S314 - our own file.


def test_time_goes_to_the_right_and_less_voltage_is_lower(battery_picture: ModuleType) -> None:
    points = curve(battery_picture.picture(RUN))
    assert all(x < later_x for (x, _), (later_x, _) in pairwise(points))
    assert points[0][1] == points[1][1] < points[2][1] < points[3][1]


def test_every_event_is_named_with_its_time(battery_picture: ModuleType) -> None:
    written = texts(battery_picture.picture(RUN))
    for label in ("6 min: mains lost", "50.0 h: low battery, 12 h left", "60.0 h: parked", "64.0 h: mains restored"):
        assert label in written


def test_the_hours_are_told_in_words(battery_picture: ModuleType) -> None:
    assert battery_picture.summary(RUN) == (
        "Parked after 60.0 h. Low battery told 10.0 h before that; by its own estimate the panel had 12 h left then.",
        "With Ethernet and the keypad's light on all the time the battery would be empty after 51.0 h.",
    )


def test_a_run_in_which_something_was_never_told_is_refused(battery_picture: ModuleType) -> None:
    with pytest.raises(BatteryRunError, match="the panel told no event 1302, low battery"):
        battery_picture.picture(BatteryRun(RUN.curve, (RUN.events[0],), 64, 51))


def test_what_sheds_nothing_would_last_for_about_the_promised_hours() -> None:
    power = load_house("reference").power
    assert power is not None
    assert unshed_h(power) == pytest.approx(50.9, abs=0.2)


def test_the_picture_in_the_documents_shows_it_all(battery_picture: ModuleType) -> None:
    svg = (ROOT / "docs" / "battery-48h.svg").read_text()
    assert len(curve(svg)) > 48 * 6
    for what in battery_picture.TOLD.values():
        assert any(f": {what}" in text for text in texts(svg)), what
