"""A person's way through a house: through doors and round corners, and what the house notices of it on the way.

Pure: a walk is planned as a list of steps, and whoever has the clock takes them.
"""

import heapq
import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

from hemlarm_simulator.page.plan import OUTSIDE, Opening, Plan, Point, Room

WALK_M_S = 1.3
"""How fast people walk at home, in metres a second."""

STEP_MS = 250
"""How often a walking person is somewhere else."""

SEEN_MS = 1_000
"""How often a motion detector sees somebody who walks in its room."""

DOOR_MS = 2_000
"""How long somebody needs for a door: to open it, to step through and to close it."""

STAIRS_MS = 2_500
"""How long a flight of stairs takes."""

SHY_M = 0.3
"""How close to a wall people walk."""

_PASSING_M = 0.45
"""How far before and behind a door people stop to open and to close it."""

_CORNER_M = 0.5

SEES_PEOPLE = ("motion", "pet-motion", "camera", "pet-camera")


@dataclass(frozen=True)
class Step:
    """Where the person is `at_ms` after setting out, which door that takes, and which detectors see it."""

    at_ms: int
    x: float
    y: float
    room: str
    opens: str = ""
    closes: str = ""
    sees: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Node:
    """A point of the map, the door or stairs that it belongs to, and the room that it stands in."""

    at: Point
    room: str
    door: Opening | None = None


def walk(
    plan: Plan,
    start: Point,
    to: Point,
    kinds: dict[str, str],
    stand_open: Collection[str] = (),
    locked: Collection[str] = (),
) -> list[Step]:
    """The steps from `start` to the place nearest to `to` where somebody can stand; none where no way leads there.

    `kinds` has the kind of each sensor of the house. Doors named in `stand_open` (by their sensors) are left as they
    are, those in `locked` are no way.
    """
    way = _way(plan, _standing(plan, start), _standing(plan, to), locked)
    watchers: dict[str, tuple[str, ...]] = {}
    for name, at in plan.sensors.items():
        if kinds.get(name) in SEES_PEOPLE:
            room = plan.room_at(at)
            watchers[room] = (*watchers.get(room, ()), name)
    return list(_steps(way, watchers, stand_open)) if way else []


def _standing(plan: Plan, point: Point) -> Point:
    """The nearest place to stand: in a room at some distance of its walls, or in the garden."""
    name = plan.room_at(point)
    if name != OUTSIDE:
        room = plan.room(name)
        shy = min(SHY_M, room.w / 2, room.h / 2)
        return (
            min(max(point[0], room.x + shy), room.x + room.w - shy),
            min(max(point[1], room.y + shy), room.y + room.h - shy),
        )
    left, top, right, bottom = plan.garden
    return (
        min(max(point[0], left + SHY_M), right - SHY_M),
        min(max(point[1], top + SHY_M), bottom - SHY_M),
    )


def _way(plan: Plan, start: Point, to: Point, locked: Collection[str]) -> list[_Node]:
    """The shortest way over the map's points (Dijkstra's algorithm), from start to end."""
    nodes, joined = _map(plan, locked)
    first, last = len(nodes), len(nodes) + 1
    nodes += [_Node(start, plan.room_at(start)), _Node(to, plan.room_at(to))]
    best = {first: 0.0}
    before: dict[int, int] = {}
    queue = [(0.0, first)]
    while queue:
        length, here = heapq.heappop(queue)
        if here == last:
            break
        if length > best[here]:
            continue
        for there in range(len(nodes)):
            if there == here or not _reaches(plan, nodes, joined, here, there):
                continue
            longer = length + math.dist(nodes[here].at, nodes[there].at)
            if longer < best.get(there, math.inf):
                best[there] = longer
                before[there] = here
                heapq.heappush(queue, (longer, there))
    if last not in best:
        return []
    way = [last]
    while way[-1] != first:
        way.append(before[way[-1]])
    return [nodes[number] for number in reversed(way)]


def _map(plan: Plan, locked: Collection[str]) -> tuple[list[_Node], set[frozenset[int]]]:
    """The points that ways lead over, and which of them a door or stairs join."""
    nodes: list[_Node] = []
    joined: set[frozenset[int]] = set()

    def join(pair: tuple[_Node, _Node]) -> None:
        joined.add(frozenset((len(nodes), len(nodes) + 1)))
        nodes.extend(pair)

    for door in plan.doors:
        if not (door.sensor and door.sensor in locked):
            dx, dy = (_PASSING_M, 0.0) if door.upright else (0.0, _PASSING_M)
            ends = [(door.at[0] + sign * dx, door.at[1] + sign * dy) for sign in (-1, 1)]
            join((_Node(ends[0], plan.room_at(ends[0]), door), _Node(ends[1], plan.room_at(ends[1]), door)))
    for stairs in plan.stairs:
        join((_Node(stairs.at, plan.room_at(stairs.at)), _Node(stairs.to, plan.room_at(stairs.to))))
    for room in plan.rooms:
        if room.ground:
            for x in (room.x - _CORNER_M, room.x + room.w + _CORNER_M):
                for y in (room.y - _CORNER_M, room.y + room.h + _CORNER_M):
                    if plan.room_at((x, y)) == OUTSIDE:
                        nodes.append(_Node((x, y), OUTSIDE))
    return nodes, joined


def _reaches(plan: Plan, nodes: list[_Node], joined: set[frozenset[int]], here: int, there: int) -> bool:
    """Whether nothing stands between two points. Rooms are rectangles, so that in one nothing ever does."""
    if frozenset((here, there)) in joined:
        return True
    a, b = nodes[here], nodes[there]
    return a.room == b.room and (a.room != OUTSIDE or not _crosses_a_room(plan, a.at, b.at))


def _crosses_a_room(plan: Plan, a: Point, b: Point) -> bool:
    return any(_cuts(a, b, room) for room in plan.rooms)


def _cuts(a: Point, b: Point, room: Room) -> bool:
    """Whether the line from a to b runs through the room: some is left when it is clipped (Liang and Barsky)."""
    enters, leaves = 0.0, 1.0
    for start, way, low, high in (
        (a[0], b[0] - a[0], room.x, room.x + room.w),
        (a[1], b[1] - a[1], room.y, room.y + room.h),
    ):
        if way == 0:
            if not low <= start <= high:
                return False
            continue
        first, last = sorted(((low - start) / way, (high - start) / way))
        enters, leaves = max(enters, first), min(leaves, last)
    return enters <= leaves


def _steps(way: list[_Node], watchers: dict[str, tuple[str, ...]], stand_open: Collection[str]) -> Iterator[Step]:
    at_ms = 0
    seen: dict[str, int] = {}
    for here, there in pairwise(way):
        door = here.door if here.door is there.door else None
        sensor = door.sensor if door and door.sensor not in stand_open else ""
        stairs = door is None and here.room != there.room
        count = _count(here, there, bool(sensor), stairs)
        for number in range(1, count + 1):
            at_ms += STEP_MS
            part = number / count
            x, y = _between(here.at, there.at, round(part) if stairs else part)
            room = here.room if part < 0.5 else there.room
            sees: tuple[str, ...] = ()
            if room in watchers and at_ms - seen.get(room, -SEEN_MS) >= SEEN_MS:
                seen[room] = at_ms
                sees = watchers[room]
            yield Step(at_ms, x, y, room, sensor if number == 1 else "", sensor if number == count else "", sees)


def _count(here: _Node, there: _Node, handles_door: bool, stairs: bool) -> int:
    """How many steps it takes."""
    if stairs:
        return STAIRS_MS // STEP_MS
    least = DOOR_MS // STEP_MS if handles_door else 1
    return max(least, math.ceil(math.dist(here.at, there.at) / (WALK_M_S * STEP_MS / 1000)))


def _between(a: Point, b: Point, part: float) -> Point:
    return (round(a[0] + (b[0] - a[0]) * part, 3), round(a[1] + (b[1] - a[1]) * part, 3))
