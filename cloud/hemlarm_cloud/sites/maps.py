"""A site's map: its rooms, and where in them each zone is, so that an operator can tell a guard where to look.

It is data, never a drawing that somebody sends: whoever shows it draws it. Lengths are whole decimetres from the upper
left corner.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, insert, select

from hemlarm_cloud import scope
from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import InvalidError
from hemlarm_cloud.sites import changes, names, values
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_homes import site_map
from hemlarm_cloud.store.transaction import Transaction

ROOMS_MAX = 60
MARKS_MAX = 250
"""Zones: as many as a transmitter has names for."""

EXTENT_MAX_DM = 5_000
"""Half a kilometre, which is a large works."""

ROOM_NAME_MAX = 30


@dataclass(frozen=True)
class Room:
    """A rectangle with a name; buildings of several floors have them beside one another."""

    name: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Mark:
    """Where a zone is. Without a transmitter it is that of the site's only one."""

    zone: int
    x: int
    y: int
    transmitter: str = ""


@dataclass(frozen=True)
class Map:
    """The whole map."""

    rooms: tuple[Room, ...] = ()
    marks: tuple[Mark, ...] = ()

    @property
    def width(self) -> int:
        """How far it reaches to the right."""
        return max([room.x + room.width for room in self.rooms] + [mark.x for mark in self.marks], default=0)

    @property
    def height(self) -> int:
        """How far it reaches down."""
        return max([room.y + room.height for room in self.rooms] + [mark.y for mark in self.marks], default=0)


def replace(
    tx: Transaction, actor: Actor, site_id: int, wanted: Map, version: int, now_ms: int, reason: str = ""
) -> int:
    """Put this map in the place of the site's and return the site's new version; one without rooms takes it away.

    Takes authority A, or an installer on the company's list. Raises NotFoundError, RefusedError, InvalidError,
    ConflictError.
    """
    row = changes.begin(tx, actor, site_id, "change-map", version, now_ms, reason)
    drawn = _checked(wanted)
    tx.connection.execute(delete(site_map).where(site_map.c.site == site_id))
    if drawn.rooms:
        stored = {"site": site_id, "drawing": json.dumps(asdict(drawn), ensure_ascii=False)}
        tx.connection.execute(insert(site_map), stored)
    told = {"rooms": len(drawn.rooms), "zones": len(drawn.marks)}
    return changes.finish(tx, actor, row, "change-map", told, now_ms, reason)


def find(reading: Queries, actor: Actor, site_id: int) -> Map | None:
    """Return a site's map, None where nobody drew one. Raises NotFoundError."""
    scope.expect_site(reading, actor, site_id)
    drawing = reading.connection.scalar(select(site_map.c.drawing).where(site_map.c.site == site_id))
    return None if drawing is None else _read(json.loads(drawing))


def _read(drawing: dict[str, Any]) -> Map:
    rooms = tuple(Room(**room) for room in drawing["rooms"])
    return Map(rooms, tuple(Mark(**mark) for mark in drawing["marks"]))


def _checked(wanted: Map) -> Map:
    _expect_few(wanted.rooms, "rooms", ROOMS_MAX)
    _expect_few(wanted.marks, "marks", MARKS_MAX)
    for room in wanted.rooms:
        for length in (room.x, room.y):
            _expect_within(length, f"room {room.name[:ROOM_NAME_MAX]!r}", 0)
        for length in (room.width, room.height):
            _expect_within(length, f"room {room.name[:ROOM_NAME_MAX]!r}", 1)
    for mark in wanted.marks:
        _expect_within(mark.x, f"zone {mark.zone}", 0)
        _expect_within(mark.y, f"zone {mark.zone}", 0)
        if not 1 <= mark.zone <= names.NUMBER_MAX:
            raise InvalidError(f"map: zone {mark.zone} is not between 1 and {names.NUMBER_MAX}")
    places = [(mark.transmitter, mark.zone) for mark in wanted.marks]
    if len(set(places)) < len(places):
        raise InvalidError("map: a zone is in two places; leave one of them out")
    rooms = tuple(
        Room(values.text(room.name, "name of a room", ROOM_NAME_MAX), room.x, room.y, room.width, room.height)
        for room in wanted.rooms
    )
    marks = tuple(
        Mark(mark.zone, mark.x, mark.y, values.text(mark.transmitter, "transmitter", 60)) for mark in wanted.marks
    )
    return Map(rooms, marks)


def _expect_few(found: Sequence[object], what: str, at_most: int) -> None:
    if len(found) > at_most:
        raise InvalidError(f"map: {len(found)} {what}, at most {at_most}")


def _expect_within(length: int, what: str, at_least: int) -> None:
    if not at_least <= length <= EXTENT_MAX_DM:
        raise InvalidError(f"map: {what} has a length of {length}; they are {at_least} to {EXTENT_MAX_DM} decimetres")
