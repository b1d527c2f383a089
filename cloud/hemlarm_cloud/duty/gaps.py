"""Where a roster leaves nobody on duty, or two people in the same place. Pure."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Literal, NamedTuple


class Duty(NamedTuple):
    """Somebody's time on duty. `position` 1 is called first."""

    person: int
    from_ms: int
    until_ms: int
    position: int = 1


class Trouble(NamedTuple):
    """A time in which nobody is on duty, or several have one position; a gap's position is 0."""

    kind: Literal["gap", "overlap"]
    from_ms: int
    until_ms: int
    position: int = 0


def troubles(duties: Iterable[Duty], from_ms: int, until_ms: int) -> list[Trouble]:
    """Return the troubles of a roster between two moments, in order of time; neighbours of one kind are one."""
    within = [duty for duty in duties if duty.from_ms < until_ms and duty.until_ms > from_ms]
    edges = {from_ms, until_ms}
    for duty in within:
        edges |= {max(duty.from_ms, from_ms), min(duty.until_ms, until_ms)}
    moments = sorted(edges)
    found: list[Trouble] = []
    for begins, ends in pairwise(moments):
        present = [duty.position for duty in within if duty.from_ms <= begins < duty.until_ms]
        if not present:
            _append(found, Trouble("gap", begins, ends))
        for position in sorted({each for each in present if present.count(each) > 1}):
            _append(found, Trouble("overlap", begins, ends, position))
    return found


def _append(found: list[Trouble], new: Trouble) -> None:
    for index, old in enumerate(found):
        if (old.kind, old.position, old.until_ms) == (new.kind, new.position, new.from_ms):
            found[index] = old._replace(until_ms=new.until_ms)
            return
    found.append(new)
