"""Where walls stand: the edges of all rooms, less the doors and windows in them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from hemlarm_simulator.page.plan import Opening, Plan

_DIGITS = 3
"""Millimetres: what lies closer is the same line."""


@dataclass(frozen=True)
class Wall:
    """A piece of wall from one point to another, in metres. An `outer` one has a room on one side only."""

    x1: float
    y1: float
    x2: float
    y2: float
    outer: bool


Line = tuple[bool, float]
Span = tuple[float, float]


def walls(plan: Plan) -> list[Wall]:
    """Every piece of wall, those in one line joined, doors and windows left out."""
    edges: dict[Line, list[Span]] = defaultdict(list)
    for room in plan.rooms:
        for x in (room.x, room.x + room.w):
            edges[(True, round(x, _DIGITS))].append((room.y, room.y + room.h))
        for y in (room.y, room.y + room.h):
            edges[(False, round(y, _DIGITS))].append((room.x, room.x + room.w))
    gaps: dict[Line, list[Span]] = defaultdict(list)
    for opening in (*plan.doors, *plan.windows):
        line, middle = _line(opening)
        gaps[line].append((middle - opening.width / 2, middle + opening.width / 2))
    return [
        _wall(line, span, outer)
        for line, spans in sorted(edges.items())
        for span, outer in _pieces(spans, gaps.get(line, []))
    ]


def _line(opening: Opening) -> tuple[Line, float]:
    along, across = (opening.at[1], opening.at[0]) if opening.upright else opening.at
    return (opening.upright, round(across, _DIGITS)), along


def _pieces(spans: list[Span], gaps: list[Span]) -> list[tuple[Span, bool]]:
    """The stretches of one line that are wall, and whether each is an outer one."""
    cuts = sorted({round(end, _DIGITS) for span in (*spans, *gaps) for end in span})
    found: list[tuple[Span, bool]] = []
    for start, end in pairwise(cuts):
        middle = (start + end) / 2
        rooms = _count(spans, middle)
        if not rooms or _count(gaps, middle):
            continue
        outer = rooms == 1
        if found and found[-1][1] == outer and found[-1][0][1] == start:
            found[-1] = ((found[-1][0][0], end), outer)
        else:
            found.append(((start, end), outer))
    return found


def _count(spans: Iterable[Span], at: float) -> int:
    return sum(start < at < end for start, end in spans)


def _wall(line: Line, span: Span, outer: bool) -> Wall:
    upright, across = line
    return Wall(across, span[0], across, span[1], outer) if upright else Wall(span[0], across, span[1], across, outer)
