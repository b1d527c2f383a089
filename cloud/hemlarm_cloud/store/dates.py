"""When something happened that no clock and no session tells: arithmetic on what happened around it, no database."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple


class Undated(NamedTuple):
    """An event without a date: its row, its number, the boot it happened in, and its arrival at the latest."""

    id: int
    number: int
    boot: int
    uptime_ms: int
    received_ms: int


class Dated(NamedTuple):
    """A neighbour with a date."""

    number: int
    boot: int
    uptime_ms: int
    dated_ms: int

    @property
    def epoch_ms(self) -> int:
        """When its boot began."""
        return self.dated_ms - self.uptime_ms


def dates_between(run: Sequence[Undated], before: Dated | None, after: Dated | None) -> list[int]:
    """Return dates for events that follow one another by number, between two neighbours.

    Within one boot the uptimes tell the distances exactly, and so a neighbour of the same boot tells the date. A boot
    between others began after what was before it, and ended before what came after it and before its events arrived: it
    is put in the middle. The dates never decrease.
    """
    boots = [list(events) for _, events in groupby(run, key=lambda event: event.boot)]
    begins_max_ms = _latest(boots, after)
    dates: list[int] = []
    floor_ms = before.dated_ms if before else None
    for events, latest_ms in zip(boots, begins_max_ms, strict=True):
        begins_ms = latest_ms if floor_ms is None else max(floor_ms, (floor_ms + latest_ms) // 2)
        for neighbour in (before, after):
            if neighbour and neighbour.boot == events[0].boot:
                begins_ms = neighbour.epoch_ms
        for event in events:
            floor_ms = max(begins_ms + event.uptime_ms, floor_ms if floor_ms is not None else 0)
            dates.append(floor_ms)
    return dates


def _latest(boots: Sequence[Sequence[Undated]], after: Dated | None) -> list[int]:
    """Return when each boot began at the latest."""
    latest: list[int] = []
    ends_ms = after.epoch_ms if after and not (boots and after.boot == boots[-1][0].boot) else None
    for events in reversed(boots):
        begins_ms = min(event.received_ms - event.uptime_ms for event in events)
        if ends_ms is not None:
            begins_ms = min(begins_ms, ends_ms - events[-1].uptime_ms)
        ends_ms = begins_ms
        latest.append(begins_ms)
    return latest[::-1]
