"""How a release spreads: who is in which ring, and whether a ring's panels fare well enough. Without clock or store.

The rings are written as how far each one reaches, counted over all panels of the release: "1, 5%, 25%, 100%". Who comes
first follows from a hash over release and panel: another release begins at other homes.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from hemlarm_cloud.errors import InvalidError

DEFAULT = "1, 5%, 25%, 100%"
RINGS_MAX = 8

_SHARE = re.compile(r"([1-9][0-9]{0,5})(%?)")


class Reach(NamedTuple):
    """How far a ring reaches: so many panels, or so many percent of all."""

    amount: int
    percent: bool

    def count(self, of: int) -> int:
        """Return how many of so many panels that is: of a share at least one."""
        return min(of, -(-of * self.amount // 100) if self.percent else self.amount)

    def __str__(self) -> str:
        return f"{self.amount}%" if self.percent else str(self.amount)


class Tally(NamedTuple):
    """A ring's panels by what became of them. `away` are those that wait and cannot be reached."""

    waiting: int = 0
    going: int = 0
    good: int = 0
    bad: int = 0
    away: int = 0
    tried: int = 0
    """Those that have begun with the version, whatever came of it."""
    excused: int = 0
    """Those among the bad ones that count no more, since somebody has resumed the release."""

    @property
    def total(self) -> int:
        """All of them."""
        return self.waiting + self.going + self.good + self.bad


def parse(written: str) -> list[Reach]:
    """Return the rings that somebody wrote. Raises InvalidError."""
    parts = [part.strip() for part in written.split(",")]
    found = [_SHARE.fullmatch(part) for part in parts]
    if not all(found) or len(parts) > RINGS_MAX:
        raise InvalidError(f"rings: {written[:60]!r} is not 1 to {RINGS_MAX} numbers or shares, as in {DEFAULT}")
    reaches = [Reach(int(match[1]), bool(match[2])) for match in found if match]
    shares = [each.amount for each in reaches if each.percent]
    counts = [each.amount for each in reaches if not each.percent]
    ordered = [each for each in reaches if not each.percent] + [each for each in reaches if each.percent]
    if not shares or shares[-1] != 100 or ordered != reaches or not (_rises(counts) and _rises(shares)):
        raise InvalidError(f"rings: numbers of panels come first, then shares, each larger, up to 100%: {DEFAULT}")
    return reaches


def plan(release: int, panels: Iterable[str], first: Collection[str], reaches: Sequence[Reach]) -> dict[str, int]:
    """Return the ring of each panel. The `first` ones are all in ring 0, which has others too as far as it reaches."""
    named = set(first)
    order = sorted(set(panels), key=lambda panel: (panel not in named, _place(release, panel)))
    ends = [each.count(len(order)) for each in reaches]
    ends[0] = max(ends[0], len(named & set(order)))
    return {panel: next(ring for ring, end in enumerate(ends) if place < end) for place, panel in enumerate(order)}


def fails(ring: int, tally: Tally, percent: int) -> bool:
    """Tell whether more panels of a ring failed than may: none of the first ring, of others a share of those tried."""
    return tally.bad - tally.excused > (percent * tally.tried // 100 if ring else 0)


def holds(tally: Tally) -> bool:
    """Tell whether a ring may be watched towards the next: half of those that count run the version."""
    counted = tally.total - tally.away - tally.excused
    return counted <= 0 or (tally.good > 0 and 2 * tally.good >= counted)


def _place(release: int, panel: str) -> bytes:
    return hashlib.sha256(f"{release} {panel}".encode()).digest()


def _rises(numbers: Sequence[int]) -> bool:
    return all(low < high for low, high in pairwise(numbers))
