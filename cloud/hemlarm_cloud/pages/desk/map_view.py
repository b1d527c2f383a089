"""A site's map as it is drawn beside a case: lengths in the drawing's own units, with what alarmed marked. Pure."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from hemlarm_cloud.sites.maps import Map

MARGIN_DM = 4
_MARK_SHARE = 42
"""A mark's radius is this part of the drawing's longer side, so that it is seen on a works' map as on a flat's."""

_MARK_MIN_DM = 2.2


class Box(NamedTuple):
    """A room. Its name stands at its upper left, in letters that fit its width."""

    name: str
    x: int
    y: int
    width: int
    height: int
    letters: float


class Spot(NamedTuple):
    """A zone; `alarmed` says that something in the case came from it."""

    zone: int
    name: str
    x: int
    y: int
    alarmed: bool


class Drawing(NamedTuple):
    """The whole map; `radius` is that of its marks."""

    view: str
    radius: float
    rooms: list[Box]
    spots: list[Spot]


def drawn(
    site_map: Map, zone_names: Mapping[tuple[str, int], str], alarmed: Iterable[tuple[str, int]], only: str
) -> Drawing:
    """Return the drawing of a map. Zones are (transmitter, number); `only` is the site's transmitter if it has one."""
    struck = set(alarmed)
    longer = max(site_map.width, site_map.height)
    size = f"{-MARGIN_DM} {-MARGIN_DM} {site_map.width + 2 * MARGIN_DM} {site_map.height + 2 * MARGIN_DM}"
    rooms = [
        Box(room.name, room.x, room.y, room.width, room.height, _letters(room.name, room.width, longer))
        for room in site_map.rooms
    ]
    spots = []
    for mark in site_map.marks:
        place = (mark.transmitter or only, mark.zone)
        spots.append(Spot(mark.zone, zone_names.get(place, ""), mark.x, mark.y, place in struck))
    return Drawing(size, max(_MARK_MIN_DM, longer / _MARK_SHARE), rooms, spots)


def _letters(name: str, width: int, longer: int) -> float:
    """The height of letters: a letter is about six tenths as wide as it is high."""
    return round(min(max(3.0, longer / 30), width * 0.9 / max(1.0, len(name) * 0.6)), 1)
