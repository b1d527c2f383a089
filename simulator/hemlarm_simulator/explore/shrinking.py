"""Shortens a schedule that breaks a promise until hardly anything is left that does not matter."""

from collections.abc import Callable
from dataclasses import replace

from hemlarm_simulator.explore.schedule import Move, Schedule

TRIES_MAX = 150
"""Schedules tried at most: some two minutes."""

_TRIES_FOR_TIMES = 20

_IDLE_MS = 300_000
_AFTERWARDS_MS = 600_000

Breaks = Callable[[Schedule], bool]
"""Whether a schedule still breaks the same promise."""


def shrink(schedule: Schedule, breaks: Breaks, tries_max: int = TRIES_MAX) -> Schedule:
    """Drops chunks of moves, then single ones, as long as the same promise breaks, and ends it soon afterwards."""
    left = tries_max - _TRIES_FOR_TIMES

    def still(candidate: Schedule) -> bool:
        nonlocal left
        left -= 1
        return left >= 0 and breaks(candidate)

    chunk = max(1, len(schedule.moves) // 2)
    while True:
        schedule = _without_chunks(schedule, chunk, still)
        if chunk == 1 or left <= 0:
            break
        chunk = max(1, min(chunk // 2, len(schedule.moves)))
    left = max(0, left) + _TRIES_FOR_TIMES
    return _earlier_end(_earlier_start(schedule, still), still)


def _without_chunks(schedule: Schedule, chunk: int, still: Breaks) -> Schedule:
    """From the end to the beginning, because what happens after the promise broke is dropped at once."""
    end = len(schedule.moves)
    while end > 0:
        start = max(0, end - chunk)
        kept: tuple[Move, ...] = schedule.moves[:start] + schedule.moves[end:]
        candidate = schedule.with_moves(kept)
        if still(candidate):
            schedule = candidate
        end = start
    return schedule


def _earlier_start(schedule: Schedule, still: Breaks) -> Schedule:
    """Leaves out the time in which nothing happens any more: before the first move, and then between the others."""
    for place in range(len(schedule.moves)):
        before_ms = schedule.moves[place - 1].at_ms if place else 0
        idle_ms = schedule.moves[place].at_ms - before_ms - _IDLE_MS
        if idle_ms <= 0:
            continue
        later = (Move(move.at_ms - idle_ms, move.words) for move in schedule.moves[place:])
        candidate = replace(
            schedule.with_moves((*schedule.moves[:place], *later)), lasts_ms=schedule.lasts_ms - idle_ms
        )
        if still(candidate):
            schedule = candidate
    return schedule


def _earlier_end(schedule: Schedule, still: Breaks) -> Schedule:
    last_ms = schedule.moves[-1].at_ms if schedule.moves else 0
    shorter = replace(schedule, lasts_ms=last_ms + _AFTERWARDS_MS)
    return shorter if shorter.lasts_ms < schedule.lasts_ms and still(shorter) else schedule
