"""Line supervision and the store: what is heard is kept now and then, faults are begun and ended.

What is in memory follows the store and never runs ahead of it: a fault lasts here once it is committed, and ends here
once its end is.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

from hemlarm_cloud.ingest.levels import Levels
from hemlarm_cloud.ingest.line_supervision import LINE, Line, LineSupervision, Silence
from hemlarm_cloud.ingest.moment import Moment
from hemlarm_cloud.store import LineFault
from hemlarm_cloud.store.lines import path_text
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_protocol import topics

KEEP_MS = 600_000
"""What is stored of when a panel was heard is renewed so often, for people: what counts is in memory."""

KEEPS_MAX = 8
"""And at most so often within a long link level."""

BEGIN_MAX = 200
"""Faults begun in one transaction, some 50 ms of work: when an operator is out, alarms still come first."""

Begun = list[tuple[str, Silence]]


class LineKeeping:
    """The lines of the panels that one process serves. `heartbeat_ms` as in `Levels.paced`."""

    def __init__(self, heartbeat_ms: int | None) -> None:
        self._heartbeat_ms = heartbeat_ms
        self._supervision = LineSupervision(0)
        self._listens = self._loaded = False
        self._stored_ms: dict[tuple[str, int], int] = {}

    def listening(self, now: Moment) -> None:
        """From now on what panels say is heard: no silence counts from before."""
        self._listens = True
        self._supervision.listening(now.steady_ms)

    def forget(self, panels: Iterable[str]) -> None:
        """Expect nothing of these, for they were revoked."""
        for panel in panels:
            self._supervision.forget(panel)

    def heard(self, panel: str, levels: Levels, path: int, made_ms: int, now: Moment) -> bool:
        """A heartbeat came that was made at `made_ms` on the steady clock. Tells whether the store has to know."""
        line = self._supervision.get(panel)
        if line is None:
            if not self._listens:
                self.listening(now)
            line = self._supervision.line(panel, levels)
        if made_ms > line.heard.get(path, -1):
            line.heard[path] = made_ms
        if line.keep_ms is None or now.steady_ms >= line.keep_ms or path not in line.paths:
            return True
        return bool(line.faults and line.ended(now.steady_ms))

    def write(self, tx: Transaction, panels: Iterable[str], now: Moment) -> None:
        """Store when these panels were heard, and the end of what ended by it."""
        heard = []
        for panel in panels:
            line = self._supervision.get(panel)
            if line is None:
                continue
            heard += [(panel, path, heard_ms + now.ahead_ms) for path, heard_ms in line.heard.items()]
            for silence in line.ended(now.steady_ms):
                tx.end_line_fault(panel, *silence, now.unix_ms)
        tx.keep_heard(heard)

    def written(self, panels: Iterable[str], now: Moment) -> list[str]:
        """What `write` said of these is committed. Returns those of whom a fault has ended."""
        restored = []
        for panel in panels:
            line = self._supervision.get(panel)
            if line is None:
                continue
            ended = line.ended(now.steady_ms)
            line.faults.difference_update(ended)
            line.paths.update(line.heard)
            line.keep_ms = now.steady_ms + max(line.levels.link_ms // KEEPS_MAX, KEEP_MS)
            self._supervision.changed(panel)
            if ended:
                restored.append(panel)
        return restored

    def relevel(self, panel: str, levels: Levels) -> None:
        """A panel's levels are others."""
        line = self._supervision.get(panel)
        if line is not None:
            line.levels = levels
            self._supervision.changed(panel)

    def due(
        self, reading: Callable[[], AbstractContextManager[Queries]], now: Moment, shards: tuple[str, str]
    ) -> list[str]:
        """Return panels that were silent for too long, of a range of shards. Reads the store the first time."""
        if not self._loaded:
            with reading() as queries:
                self._load(queries, now, shards)
        return self._supervision.due(now.steady_ms, BEGIN_MAX)

    def begin(self, tx: Transaction, panels: Iterable[str], now: Moment) -> Begun:
        """Store the faults that have begun, each with an alert. They count once `begun` is told of them."""
        begun: Begun = []
        for panel in panels:
            known, line = tx.panel(panel), self._supervision.get(panel)
            if known is None or known.revoked_ms is not None or line is None:
                self.forget([panel])
                continue
            for silence in self._supervision.begun(panel, now.steady_ms):
                fault = LineFault(panel, *silence, now.unix_ms, self._last_heard_ms(panel, line, silence, now))
                if tx.begin_line_fault(fault):
                    tx.add_alert(panel, silence.kind, _told(silence, line.levels), now.unix_ms)
                begun.append((panel, silence))
        return begun

    def begun(self, begun: Begun) -> None:
        """These faults are committed."""
        for panel, silence in begun:
            line = self._supervision.get(panel)
            if line is not None:
                line.faults.add(silence)
                self._supervision.changed(panel)

    def next_ms(self) -> int | None:
        """Return when a silence will have lasted too long, on the steady clock, or None."""
        return self._supervision.next_ms()

    def _load(self, reading: Queries, now: Moment, shards: tuple[str, str]) -> None:
        if not self._listens:
            self.listening(now)
        found = [heard for heard in reading.heard_paths() if shards[0] <= topics.shard(heard.panel) <= shards[1]]
        for heard in found:
            line = self._supervision.line(heard.panel, Levels.of(heard).paced(self._heartbeat_ms))
            line.paths.add(heard.path)
            self._stored_ms[heard.panel, heard.path] = heard.heard_ms
        for fault in reading.open_line_faults():
            line_or_none = self._supervision.get(fault.panel)
            if line_or_none is not None:
                line_or_none.faults.add(Silence(fault.kind, fault.path))
        for panel in {heard.panel for heard in found}:
            self._supervision.changed(panel)
        self._loaded = True

    def _last_heard_ms(self, panel: str, line: Line, silence: Silence, now: Moment) -> int:
        """Return when what this silence is about was heard last, in ms since 1970."""
        here = {path: heard_ms + now.ahead_ms for path, heard_ms in line.heard.items()}
        paths = sorted(line.paths) if silence == LINE else [silence.path]
        return max(here.get(path, self._stored_ms.get((panel, path), 0)) for path in paths)


def _told(silence: Silence, levels: Levels) -> str:
    if silence == LINE:
        return f"silent on every path for {duration_text(levels.link_ms)}"
    return f"silent on the {path_text(silence.path)} for {duration_text(levels.standby_ms)}"


def duration_text(ms: int) -> str:
    """Return a level as people say it: 90 s, 5 h."""
    return f"{ms // 3_600_000} h" if ms >= 3_600_000 and ms % 3_600_000 == 0 else f"{ms // 1000} s"
