"""When so many sites are struck within so short a time that it must be one cause. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

SITES_MIN = 25
WITHIN_MS = 10 * 60_000
"""So many sites of one region with the same fault within this time are an incident, and so is what follows as soon."""


class Struck(NamedTuple):
    """A condition of a site, and the case it has."""

    id: int
    site: int
    began_ms: int
    case: int | None


def is_near(each: Struck, from_ms: int, until_ms: int) -> bool:
    """Whether a condition belongs to an incident that lasted from and until then."""
    return from_ms - WITHIN_MS <= each.began_ms <= until_ms + WITHIN_MS


def clusters(struck: Iterable[Struck]) -> list[list[Struck]]:
    """Return the runs of conditions that are so dense, each with those that hang on to it by time, earliest first."""
    ordered = sorted(struck, key=lambda each: (each.began_ms, each.id))
    runs: list[list[Struck]] = []
    for each in ordered:
        if runs and each.began_ms - runs[-1][-1].began_ms <= WITHIN_MS:
            runs[-1].append(each)
        else:
            runs.append([each])
    return [run for run in runs if _is_dense(run)]


def _is_dense(run: Sequence[Struck]) -> bool:
    """Whether some window has enough different sites in it."""
    inside: Counter[int] = Counter()
    first = 0
    for each in run:
        inside[each.site] += 1
        while each.began_ms - run[first].began_ms > WITHIN_MS:
            inside[run[first].site] -= 1
            inside += Counter()
            first += 1
        if len(inside) >= SITES_MIN:
            return True
    return False
