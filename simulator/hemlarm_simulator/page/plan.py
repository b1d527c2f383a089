"""The floor plan of a house: rooms, walls, doors, and where everything hangs, in metres from a corner at the top left.

A plan is a file of its own, since houses may share one: what it names and a house does not have is left out, and what
a house has and the plan does not name finds a place of its own. Checked when it is read.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hemlarm_simulator.description import HouseDescription, SensorDescription
from hemlarm_simulator.house_table import HouseError, HouseTable

Point = tuple[float, float]

OUTSIDE = "outside"
"""The name of what is no room."""

MARGIN_M = 1.2
"""How much of the garden is drawn around the house."""

_EDGE_M = 0.3
"""What is drawn beyond a wall without a garden."""

DOOR_M, WINDOW_M = 0.9, 1.2
"""Widths, where the plan says nothing."""

WATCHED = ("door", "window")
"""What a sensor can sit in: it is drawn as that and not as a symbol."""

FURNITURE = ("bed", "sofa", "table", "counter", "stove", "desk", "cupboard", "bath", "car", "plant", "rug", "shelf")
_METRES_MAX = 60.0
_GRID_M = 1.5
_PLACES = ("keypad", "panel", "siren", "outdoor", "person")


@dataclass(frozen=True)
class Room:
    """A rectangle. `ground` tells whether the garden is around it: upper floors and cellars are drawn beside."""

    name: str
    x: float
    y: float
    w: float
    h: float
    ground: bool = True
    furniture: tuple[tuple[str, float, float, float, float], ...] = ()

    def holds(self, point: Point) -> bool:
        """Whether the point lies in it or on its walls."""
        return self.x <= point[0] <= self.x + self.w and self.y <= point[1] <= self.y + self.h


@dataclass(frozen=True)
class Opening:
    """A door or a window in a wall: its middle, whether the wall runs up and down, and the rooms on both sides.

    The first of `between` is the one that a door swings into. Without a `leaf` it is just a gap.
    """

    at: Point
    upright: bool
    width: float
    between: tuple[str, str]
    sensor: str = ""
    leaf: bool = True


@dataclass(frozen=True)
class Stairs:
    """A way between two floors: where it begins and where it ends."""

    at: Point
    to: Point


@dataclass(frozen=True)
class Plan:
    """A whole plan. `places` has keypad, panel, siren, outdoor siren and where the person stands at first."""

    rooms: tuple[Room, ...]
    doors: tuple[Opening, ...] = ()
    windows: tuple[Opening, ...] = ()
    stairs: tuple[Stairs, ...] = ()
    sensors: Mapping[str, Point] = field(default_factory=dict)
    outputs: Mapping[str, Point] = field(default_factory=dict)
    places: Mapping[str, Point] = field(default_factory=dict)

    @property
    def frame(self) -> tuple[float, float, float, float]:
        """What is drawn: x, y, width, height, with the garden."""
        left, top, right, bottom = _bounds(self.rooms)
        garden = self.garden
        left, top = min(left - _EDGE_M, garden[0]), min(top - _EDGE_M, garden[1])
        right, bottom = max(right + _EDGE_M, garden[2]), max(bottom + _EDGE_M, garden[3])
        return (left, top, right - left, bottom - top)

    @property
    def garden(self) -> tuple[float, float, float, float]:
        """The ground outside that can be walked on: left, top, right, bottom."""
        left, top, right, bottom = _bounds([room for room in self.rooms if room.ground])
        return (left - MARGIN_M, top - MARGIN_M, right + MARGIN_M, bottom + MARGIN_M)

    def room_at(self, point: Point) -> str:
        """The name of the room that holds the point, or OUTSIDE."""
        return next((room.name for room in self.rooms if room.holds(point)), OUTSIDE)

    def room(self, name: str) -> Room:
        """The room of that name. Raises KeyError."""
        for room in self.rooms:
            if room.name == name:
                return room
        raise KeyError(name)


def plan_of(house: HouseDescription) -> Plan:
    """The plan of a house, with a place for each of its sensors and outputs. Raises HouseError."""
    plan = read_plan(house.plan) if house.plan is not None else _plain(house)
    present = {sensor.name: sensor for sensor in house.sensors}
    doors = tuple(_known(door, present) for door in plan.doors)
    windows = tuple(_known(window, present) for window in plan.windows)
    drawn = {opening.sensor for opening in (*doors, *windows)}
    symbols = [name for name in present if name not in drawn]
    outputs = [output.name for output in house.outputs]
    free = _free_places(plan)
    return replace(
        plan,
        doors=doors,
        windows=windows,
        sensors={name: plan.sensors.get(name) or next(free) for name in symbols},
        outputs={name: plan.outputs.get(name) or next(free) for name in outputs},
        places={name: plan.places.get(name) or next(free) for name in _PLACES},
    )


def read_plan(path: Path) -> Plan:
    """Reads a plan's file. Raises HouseError, which names the file, the thing and what is allowed."""
    try:
        top = HouseTable(path.name, tomllib.loads(path.read_text()))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise HouseError(f"{path}: {error}") from error
    rooms = tuple(_room(table) for table in top.tables("room"))
    if not rooms:
        raise HouseError(f"{path.name}: a plan needs at least one [[room]]")
    names = [room.name for room in rooms]
    if len({*names, OUTSIDE}) <= len(names):
        raise HouseError(f"{path.name}: every room needs a name of its own, other than {OUTSIDE!r}")
    plan = Plan(
        rooms=rooms,
        doors=tuple(_opening(table, rooms, DOOR_M) for table in top.tables("door")),
        windows=tuple(_opening(table, rooms, WINDOW_M) for table in top.tables("window")),
        stairs=tuple(_stairs(table, rooms) for table in top.tables("stairs")),
        sensors=_points(top.table("sensors")),
        outputs=_points(top.table("outputs")),
        places=_points(top.table("places"), _PLACES),
    )
    top.done()
    return plan


def _room(table: HouseTable) -> Room:
    room = Room(
        name=table.get("name", str),
        x=table.number("x", -_METRES_MAX, _METRES_MAX),
        y=table.number("y", -_METRES_MAX, _METRES_MAX),
        w=table.number("w", 0.5, _METRES_MAX),
        h=table.number("h", 0.5, _METRES_MAX),
        ground=table.get("ground", bool, True),
        furniture=tuple(_piece(table, piece) for piece in table.get("furniture", list, [])),
    )
    table.done()
    return room


def _piece(table: HouseTable, piece: Any) -> tuple[str, float, float, float, float]:
    whole = isinstance(piece, list) and len(piece) == 5 and piece[0] in FURNITURE
    if not whole or not all(isinstance(value, (int, float)) for value in piece[1:]):
        raise HouseError(
            f"{table.where}: furniture: {piece!r} is not [kind, x, y, w, h]; kinds: {', '.join(FURNITURE)}"
        )
    kind, x, y, w, h = piece
    return (str(kind), float(x), float(y), float(w), float(h))


def _opening(table: HouseTable, rooms: Iterable[Room], width: float) -> Opening:
    at = _point(table, table.get("at", list), "at")
    sides = _sides(table.where, at, tuple(rooms))
    into = table.get("into", str, sides[1][0])
    if into not in sides[1]:
        raise HouseError(f"{table.where}: into = {into!r} is not one of {', '.join(sides[1])}")
    opening = Opening(
        at=at,
        upright=sides[0],
        width=table.number("width", 0.3, 6.0, width),
        between=sides[1] if into == sides[1][0] else sides[1][::-1],
        sensor=table.get("sensor", str, ""),
        leaf=table.get("leaf", bool, True),
    )
    table.done()
    return opening


def _sides(where: str, at: Point, rooms: tuple[Room, ...]) -> tuple[bool, tuple[str, str]]:
    """Whether the wall at this point runs up and down, and what lies on its two sides, a room first."""
    near = 0.01
    for upright, dx, dy in ((True, near, 0.0), (False, 0.0, near)):
        sides = [
            next((room.name for room in rooms if room.holds((at[0] + sign * dx, at[1] + sign * dy))), OUTSIDE)
            for sign in (-1, 1)
        ]
        if sides[0] != sides[1]:
            first, second = sorted(sides, key=lambda side: side == OUTSIDE)
            return upright, (first, second)
    raise HouseError(f"{where}: at = {list(at)} is on no wall; put it on the edge of a room")


def _stairs(table: HouseTable, rooms: Iterable[Room]) -> Stairs:
    ends = [_point(table, table.get(name, list), name) for name in ("at", "to")]
    for end in ends:
        if not any(room.holds(end) for room in rooms):
            raise HouseError(f"{table.where}: stairs end at {list(end)}, which is in no room")
    table.done()
    return Stairs(*ends)


def _points(table: HouseTable | None, allowed: Iterable[str] | None = None) -> dict[str, Point]:
    if table is None:
        return {}
    names = table.names() if allowed is None else [name for name in allowed if name in table.names()]
    found = {name: _point(table, table.get(name, list), name) for name in names}
    table.done()
    return found


def _point(table: HouseTable, value: list[Any], name: str) -> Point:
    good = len(value) == 2 and all(isinstance(part, (int, float)) and abs(part) <= _METRES_MAX for part in value)
    if not good:
        raise HouseError(
            f"{table.where}: {name} = {value!r} is no point; write [x, y] in metres, up to {_METRES_MAX:g}"
        )
    return (float(value[0]), float(value[1]))


def _known(opening: Opening, present: Mapping[str, SensorDescription]) -> Opening:
    """The opening, without its sensor where this house has none there."""
    sensor = present.get(opening.sensor)
    return opening if sensor is not None and sensor.kind in WATCHED else replace(opening, sensor="")


def _free_places(plan: Plan) -> Iterator[Point]:
    """Places for what the plan does not name, one beside the other through all rooms."""
    for room in plan.rooms:
        for row in range(max(1, int(room.h / _GRID_M))):
            for column in range(max(1, int(room.w / _GRID_M))):
                yield (room.x + (column + 0.5) * _GRID_M, room.y + (row + 0.5) * _GRID_M)
    while True:
        yield (plan.rooms[0].x + 0.5, plan.rooms[0].y + 0.5)


def _plain(house: HouseDescription) -> Plan:
    """A plan for a house that comes without: one room, with its doors and windows along the upper and lower wall."""
    openings = [sensor for sensor in house.sensors if sensor.kind in WATCHED]
    others = len(house.sensors) - len(openings) + len(house.outputs) + len(_PLACES)
    width = max(9.0, 2.0 * len([sensor for sensor in openings if sensor.kind == "door"]))
    width = max(width, 2.0 * len([sensor for sensor in openings if sensor.kind == "window"]))
    height = max(6.0, _GRID_M * (1 + others // int(width / _GRID_M)))
    room = Room("house", 0.0, 0.0, width, height)

    def along(kind: str, y: float, span: float) -> tuple[Opening, ...]:
        names = [sensor.name for sensor in openings if sensor.kind == kind]
        step = width / (len(names) + 1)
        return tuple(
            Opening((step * (number + 1), y), False, span, (room.name, OUTSIDE), name)
            for number, name in enumerate(names)
        )

    return Plan((room,), along("door", height, DOOR_M), along("window", 0.0, WINDOW_M))


def _bounds(rooms: Iterable[Room]) -> tuple[float, float, float, float]:
    rooms = list(rooms)
    return (
        min(room.x for room in rooms),
        min(room.y for room in rooms),
        max(room.x + room.w for room in rooms),
        max(room.y + room.h for room in rooms),
    )
