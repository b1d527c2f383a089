"""The picture of the heap over a day can be made, and the one in docs/ is such a picture."""

import xml.etree.ElementTree as ET
from pathlib import Path
from types import ModuleType

import pytest

from hemlarm_simulator.ordinary_day import DAY_MS, Day, HeapSample
from tool_loading import load_tool

ROOT = Path(__file__).parents[2]

_SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(name="heap_picture", scope="module")
def _heap_picture() -> ModuleType:
    return load_tool("heap_picture")


def curve(svg: str) -> list[tuple[float, float]]:
    """The points of a drawing's curve."""
    line = ET.fromstring(svg).find(f"{_SVG}polyline")  # noqa: S314 - our own file.
    assert line is not None
    return [(float(x), float(y)) for x, y in (point.split(",") for point in line.attrib["points"].split())]


def test_every_heartbeat_is_a_point_and_less_free_is_lower(heap_picture: ModuleType) -> None:
    free = (100_000, 90_000, 95_000)
    samples = tuple(HeapSample(index * DAY_MS // 2, bytes_free) for index, bytes_free in enumerate(free))
    (x1, y1), (x2, y2), (x3, y3) = curve(heap_picture.picture(Day(200, 80, samples)))
    assert x1 < x2 < x3
    assert y1 < y3 < y2


def test_the_picture_in_the_documents_shows_a_whole_day() -> None:
    points = curve((ROOT / "docs" / "heap-day.svg").read_text())
    assert len(points) >= 24 * 60 - 1
