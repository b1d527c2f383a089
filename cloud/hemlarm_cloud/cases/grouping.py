"""Which signals of a site are one incident: pure, and the same whatever order they came in."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from hemlarm_cloud.cases import meaning
from hemlarm_cloud.cases.categories import FIRE, GAS, HOLD_UP, INTRUSION, URGENCY
from hemlarm_cloud.cases.signals import Signal

LINKED_MS = 30 * 60_000
"""Alarms of one site that follow one another within this time are one incident."""

TEST_MAX_MS = 24 * meaning.HOUR_MS
"""A yearly test that was begun and never ended is over by then: the day that the panel gives it."""

DURESS_MS = 60_000
"""A cancel so near to a duress alarm of the same panel was forced, and is none."""

NEVER_CANCELLED = (FIRE, GAS, HOLD_UP)
"""Categories that no code takes back: somebody has to look, or help is on its way."""


class Incident(NamedTuple):
    """Alarms that belong together, in their order, and the cancels and ends of tests that belong to them.

    `cancelled_ms` is when the last of the alarms was cancelled by code, None while one is not. `test` says that all of
    them came in a yearly test.
    """

    alarms: tuple[Signal, ...]
    others: tuple[Signal, ...]
    cancelled_ms: int | None
    test: bool

    @property
    def members(self) -> tuple[Signal, ...]:
        """All of its signals."""
        return self.alarms + self.others

    @property
    def foremost(self) -> Signal:
        """The alarm that the incident is about: of the most urgent ones the first."""
        return min(self.alarms, key=lambda alarm: (URGENCY[alarm.category], alarm.order))

    @property
    def closes(self) -> bool:
        """Whether nobody needs to look at it: people at the site took it back, and no test was to be made."""
        return self.cancelled_ms is not None and not self.test


def incidents(signals: Iterable[Signal]) -> list[Incident]:
    """Return the incidents of one site's signals, earliest first."""
    ordered = sorted(signals, key=lambda each: each.order)
    tests = _tests(ordered)
    grouping = _Grouping(_forced(ordered))
    for each in ordered:
        grouping.take(each)
    grouping.finish()
    found = [_incident(alarms, cancels, cancelled, tests) for alarms, cancels, cancelled in grouping.found]
    return _with_ends_of_tests(found, tests)


def cancels(cancel: Signal, alarm: Signal) -> bool:
    """Whether this cancel takes this alarm back. What the cloud presumed a disarm takes back too."""
    presumed = alarm.origin == meaning.CLOUD
    if cancel.role != meaning.CANCEL and not (presumed and cancel.role == meaning.DISARM):
        return False
    same_area = cancel.area == alarm.area or 0 in (cancel.area, alarm.area)
    return same_area and cancel.transmitter == alarm.transmitter and alarm.category not in NEVER_CANCELLED


class _Grouping:
    """Takes signals in their order."""

    def __init__(self, forced: set[int]) -> None:
        self.found: list[tuple[list[Signal], list[Signal], dict[int, int]]] = []
        self._forced = forced
        self._alarms: list[Signal] = []
        self._cancels: list[Signal] = []
        self._cancelled: dict[int, int] = {}

    def take(self, each: Signal) -> None:
        if self._alarms and each.dated_ms - self._alarms[-1].dated_ms > LINKED_MS:
            self.finish()
        if each.role == meaning.ALARM:
            self._alarms.append(each)
        elif self._alarms and each.id not in self._forced:
            self._cancel(each)

    def finish(self) -> None:
        if self._alarms:
            self.found.append((self._alarms, self._cancels, self._cancelled))
        self._alarms, self._cancels, self._cancelled = [], [], {}

    def _cancel(self, cancel: Signal) -> None:
        taken_back = [alarm.id for alarm in self._alarms if cancels(cancel, alarm)]
        if not taken_back:
            return
        self._cancels.append(cancel)
        for alarm_id in taken_back:
            self._cancelled.setdefault(alarm_id, cancel.dated_ms)
        if len(self._cancelled) == len(self._alarms):
            self.finish()


class _Test(NamedTuple):
    """A yearly test of one transmitter; `ended` is the signal of its end."""

    transmitter: str
    from_ms: int
    until_ms: int
    ended: Signal | None


def _tests(ordered: Sequence[Signal]) -> list[_Test]:
    tests: list[_Test] = []
    begun: dict[str, Signal] = {}
    for each in ordered:
        if each.role == meaning.TEST_BEGUN:
            begun.setdefault(each.transmitter, each)
        elif each.role == meaning.TEST_ENDED and each.transmitter in begun:
            first = begun.pop(each.transmitter)
            until_ms = min(each.dated_ms, first.dated_ms + TEST_MAX_MS)
            tests.append(_Test(each.transmitter, first.dated_ms, until_ms, each))
    tests += [_Test(name, first.dated_ms, first.dated_ms + TEST_MAX_MS, None) for name, first in begun.items()]
    return tests


def _is_tested(alarm: Signal, test: _Test) -> bool:
    same = alarm.transmitter == test.transmitter and alarm.category == INTRUSION
    return same and test.from_ms <= alarm.dated_ms <= test.until_ms


def _forced(ordered: Sequence[Signal]) -> set[int]:
    """Return the cancels that were made under duress."""
    duress = [each for each in ordered if each.qcode == meaning.DURESS_QCODE]
    return {
        each.id
        for each in ordered
        if each.role in (meaning.CANCEL, meaning.DISARM)
        and any(
            each.transmitter == alarm.transmitter and abs(each.dated_ms - alarm.dated_ms) <= DURESS_MS
            for alarm in duress
        )
    }


def _incident(
    alarms: list[Signal], cancelling: list[Signal], cancelled: dict[int, int], tests: list[_Test]
) -> Incident:
    cancelled_ms = max(cancelled.values()) if len(cancelled) == len(alarms) else None
    test = all(any(_is_tested(alarm, each) for each in tests) for alarm in alarms)
    return Incident(tuple(alarms), tuple(cancelling), cancelled_ms, test)


def _with_ends_of_tests(found: list[Incident], tests: list[_Test]) -> list[Incident]:
    """Put the end of each test to the last incident of the test: it says what the test came to."""
    for test in tests:
        made = [index for index, each in enumerate(found) if each.test and _is_tested(each.alarms[-1], test)]
        if test.ended is not None and made:
            last = found[made[-1]]
            found[made[-1]] = last._replace(others=(*last.others, test.ended))
    return found
