"""Which numbers are missing: arithmetic on sorted numbers and ranges, no database."""

from collections.abc import Iterable
from heapq import merge


def first_gaps(
    start: int, below: int, numbers: Iterable[int], voids: Iterable[tuple[int, int]], at_most: int
) -> tuple[int, list[tuple[int, int]]]:
    """Return (complete below, gaps) for the numbers from `start` on.

    `numbers` (stored, repeats allowed) and `voids` (first, last) ascend and are read only as far as needed. A gap is a
    range (first, last) of numbers below `below` that are neither; at most `at_most` of them are returned, lowest first.
    Every number from `start` up to, not including, the first result is stored or void.
    """
    assert at_most > 0
    gaps: list[tuple[int, int]] = []
    position = start
    for first, last in merge(((number, number) for number in numbers), voids):
        if first >= below or len(gaps) == at_most:
            break
        if first > position:
            gaps.append((position, first - 1))
        position = max(position, last + 1)
    if position < below and len(gaps) < at_most:
        gaps.append((position, below - 1))
    return (gaps[0][0] if gaps else position), gaps
