"""How wide the columns of a printed table become. Pure arithmetic on what their cells need."""

from collections.abc import Sequence
from typing import NamedTuple


class Need(NamedTuple):
    """What one column needs, in points: `least` lets its longest word stand whole, `most` each cell in one line."""

    least: float
    most: float


def share_out(needs: Sequence[Need], room: float) -> list[float]:
    """Return the width of each column; together they fill `room` exactly.

    Where all fit in one line, what is left over is shared evenly. Otherwise those that ask for little get it
    all, and the others share the rest, none of them less than its longest word if that can be.
    """
    if not needs:
        return []
    asked = sum(need.most for need in needs)
    if asked <= room:
        return [need.most + (room - asked) / len(needs) for need in needs]
    least = sum(need.least for need in needs)
    if least >= room:
        return [need.least * room / least for need in needs]
    spare = room - least
    wanting = _level([need.most - need.least for need in needs], spare)
    return [need.least + more for need, more in zip(needs, wanting, strict=True)]


def _level(wants: Sequence[float], spare: float) -> list[float]:
    """Share `spare` so that nobody gets more than it wants, and whoever gets less gets as much as any other."""
    given = [0.0] * len(wants)
    order = sorted(range(len(wants)), key=lambda index: wants[index])
    for place, index in enumerate(order):
        given[index] = min(wants[index], spare / (len(wants) - place))
        spare -= given[index]
    return given
