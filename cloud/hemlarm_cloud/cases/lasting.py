"""When faults lasted: pure arithmetic on their beginnings and ends, the same whatever order they came in."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from hemlarm_cloud.cases import meaning
from hemlarm_cloud.cases.signals import Signal

Key = tuple[str, str, int]
"""Transmitter, kind and zone: what a condition is of."""


class Interval(NamedTuple):
    """A fault lasted from the signal of its beginning until `ended_ms`, or still does."""

    begun: Signal
    ended_ms: int | None


class Span(NamedTuple):
    """A stored condition as far as it matters when."""

    id: int
    began_ms: int
    ended_ms: int | None


def key(each: Signal) -> Key:
    """The condition that a fault's signal tells of."""
    fault = meaning.fault(each.qcode, each.origin)
    return each.transmitter, fault.kind, meaning.fault_zone(each.qcode, each.zone, each.origin)


def intervals(signals: Iterable[Signal]) -> list[Interval]:
    """Return when one condition lasted, by its signals. Repetitions change nothing, nor does an end of nothing."""
    found: list[Interval] = []
    for each in sorted(signals, key=lambda one: one.order):
        lasts = bool(found) and found[-1].ended_ms is None
        if each.role == meaning.FAULT_BEGUN and not lasts:
            found.append(Interval(each, None))
        elif each.role == meaning.FAULT_ENDED and lasts:
            found[-1] = found[-1]._replace(ended_ms=each.dated_ms)
    return found


def matched(found: Sequence[Interval], stored: Sequence[Span]) -> list[Span | None]:
    """Return the stored condition of each interval, None for a new one: that with the same beginning, or else the
    first one that began later within it, whose beginning had not come yet.
    """
    free = sorted(stored, key=lambda span: span.began_ms)
    same = {span.began_ms: span for span in free}
    matches: list[Span | None] = [same.get(each.begun.dated_ms) for each in found]
    taken = {span.id for span in matches if span is not None}
    for index, each in enumerate(found):
        if matches[index] is None:
            within = (span for span in free if span.id not in taken and _is_within(span, each))
            matches[index] = next(within, None)
            taken |= {span.id for span in matches[index : index + 1] if span is not None}
    return matches


def _is_within(span: Span, each: Interval) -> bool:
    return span.began_ms > each.begun.dated_ms and (each.ended_ms is None or span.began_ms <= each.ended_ms)


def overlapping(spans: Iterable[Span]) -> list[list[Span]]:
    """Group conditions that lasted at the same time, directly or by others between them; earliest first."""
    groups: list[list[Span]] = []
    until_ms: int | None = -1
    for span in sorted(spans, key=lambda each: (each.began_ms, each.id)):
        if groups and (until_ms is None or span.began_ms <= until_ms):
            groups[-1].append(span)
            until_ms = None if until_ms is None or span.ended_ms is None else max(until_ms, span.ended_ms)
        else:
            groups.append([span])
            until_ms = span.ended_ms
    return groups
