"""Which panels have been silent for too long: decisions without a store, on one steady clock.

A panel is silent while nothing is heard of it on any path, and then its line is faulty; a path is silent by itself when
the panel has others. A silence counts from when the panel was heard last, or from when the cloud began to listen: what
was said while nobody listened is no silence of the panel's. Only what is heard ends a fault.
"""

from collections.abc import Iterable, Mapping
from heapq import heappop, heappush
from typing import NamedTuple

from hemlarm_cloud.ingest.levels import Levels
from hemlarm_cloud.store import LineFaultKind

EVERY_PATH = 0
"""The path of a fault that is the whole line's."""


class Silence(NamedTuple):
    """A silence that is a fault once it lasts too long: of one path, or of every path."""

    kind: LineFaultKind
    path: int


LINE = Silence("line-fault", EVERY_PATH)


def limits(levels: Levels, paths: Iterable[int]) -> dict[Silence, int]:
    """Return for how long each silence of a panel with these paths may last, in ms. One never heard has none."""
    paths = sorted(paths)
    if not paths:
        return {}
    each = {Silence("path-fault", path): levels.standby_ms for path in paths} if len(paths) > 1 else {}
    return {LINE: levels.link_ms, **each}


def heard_ms(silence: Silence, heard: Mapping[int, int]) -> int | None:
    """Return when what this silence is about was heard last, or None where that was never."""
    if silence == LINE:
        return max(heard.values(), default=None)
    return heard.get(silence.path)


class Line:
    """One panel's: its levels, the paths it has, when each was `heard` by this process, and the faults that last.

    `keep_ms` is when the store is told next that it was heard, `queued_ms` when its next silence is looked at.
    """

    def __init__(self, levels: Levels) -> None:
        self.levels = levels
        self.paths: set[int] = set()
        self.heard: dict[int, int] = {}
        self.faults: set[Silence] = set()
        self.keep_ms: int | None = None
        self.queued_ms: int | None = None

    def begun(self, since_ms: int, now_ms: int) -> list[Silence]:
        """Return the silences that are faults by now and were not yet, for a cloud that listens since `since_ms`."""
        return [silence for silence, end_ms in self._ends(since_ms) if end_ms <= now_ms]

    def ended(self, now_ms: int) -> list[Silence]:
        """Return the faults that last and are over, since their path was heard."""
        if not self.faults:
            return []
        allowed = limits(self.levels, self.paths)
        return [silence for silence in sorted(self.faults) if self._is_heard(silence, allowed.get(silence, 0), now_ms)]

    def due_ms(self, since_ms: int) -> int | None:
        """Return when the next silence will be a fault, or None where all of them are."""
        return min((end_ms for _, end_ms in self._ends(since_ms)), default=None)

    def _is_heard(self, silence: Silence, allowed_ms: int, now_ms: int) -> bool:
        last_ms = heard_ms(silence, self.heard)
        return last_ms is not None and now_ms - last_ms < allowed_ms

    def _ends(self, since_ms: int) -> list[tuple[Silence, int]]:
        """Return the silences that are no faults yet, each with the time at which it will be one."""
        ends = []
        for silence, allowed_ms in limits(self.levels, self.paths).items():
            if silence not in self.faults:
                last_ms = heard_ms(silence, self.heard)
                ends.append((silence, max(since_ms, since_ms if last_ms is None else last_ms) + allowed_ms))
        return ends


class LineSupervision:
    """All lines. Hearing costs no search: each line waits once in a queue, and is looked at when it comes up."""

    def __init__(self, since_ms: int) -> None:
        self._since_ms = since_ms
        self._lines: dict[str, Line] = {}
        self._queue: list[tuple[int, str]] = []

    def listening(self, since_ms: int) -> None:
        """What panels say is heard again, from now on; how long it was not, nobody knows."""
        self._since_ms = since_ms

    def get(self, panel: str) -> Line | None:
        """Return a panel's line, if it has one."""
        return self._lines.get(panel)

    def line(self, panel: str, levels: Levels) -> Line:
        """Return a panel's line, with these levels if it is new."""
        line = self._lines.get(panel)
        if line is None:
            line = self._lines[panel] = Line(levels)
        return line

    def changed(self, panel: str) -> None:
        """A panel's levels, paths or faults are others: look when the next silence will be a fault."""
        line = self._lines[panel]
        due_ms = line.due_ms(self._since_ms)
        if due_ms is not None and (line.queued_ms is None or due_ms < line.queued_ms):
            self._wait(panel, line, due_ms)

    def forget(self, panel: str) -> None:
        """Expect this panel no more."""
        self._lines.pop(panel, None)

    def due(self, now_ms: int, at_most: int) -> list[str]:
        """Return panels of which a silence is a fault by now, those first that were due first.

        The same ones come again until `changed` has seen their faults.
        """
        due: list[str] = []
        while len(due) < at_most and (first_ms := self.next_ms()) is not None and first_ms <= now_ms:
            _, panel = heappop(self._queue)
            self._lines[panel].queued_ms = None
            due.append(panel)
        for panel in due:
            self.changed(panel)
        return due

    def begun(self, panel: str, now_ms: int) -> list[Silence]:
        """Return the silences of a panel that are faults by now and were not yet."""
        line = self._lines.get(panel)
        return line.begun(self._since_ms, now_ms) if line else []

    def next_ms(self) -> int | None:
        """Return when there is something due, or None."""
        while self._queue:
            queued_ms, panel = self._queue[0]
            line = self._lines.get(panel)
            if line is None or line.queued_ms != queued_ms:
                heappop(self._queue)
                continue
            due_ms = line.due_ms(self._since_ms)
            if due_ms == queued_ms:
                return due_ms
            heappop(self._queue)
            line.queued_ms = None
            if due_ms is not None:
                self._wait(panel, line, due_ms)
        return None

    def _wait(self, panel: str, line: Line, due_ms: int) -> None:
        line.queued_ms = due_ms
        heappush(self._queue, (due_ms, panel))
