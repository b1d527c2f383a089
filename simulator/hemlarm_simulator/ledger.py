"""What happened in a run, in order: enough to tell whether two runs were the same, and to look at afterwards."""

import hashlib
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Watcher = Callable[[int, str, tuple[Any, ...]], None]

KEPT_MAX = 100_000
"""Traces kept for looking at; the digest covers all entries."""


@dataclass(frozen=True)
class Trace:
    """One measurement of a panel: `at_us` microseconds since 1970 by the panel's clock."""

    what: str
    at_us: int
    values: tuple[Any, ...]


class Ledger:
    """Takes every input, output, wire byte, flash operation and stored row.

    In real time no two runs are the same: such a ledger is not `exact`, and saves itself the digest.
    """

    def __init__(self, exact: bool = True) -> None:
        self.entries = 0
        self.traces: deque[Trace] = deque(maxlen=KEPT_MAX)
        self._exact = exact
        self._counts: Counter[str] = Counter()
        self._digest = hashlib.sha256()
        self._watchers: list[Watcher] = []

    def watch(self, watcher: Watcher) -> None:
        """Tells `watcher` of everything that is entered from now on: the time in ms, the kind, the values."""
        self._watchers.append(watcher)

    def enter(self, at_ms: int, kind: str, *values: Any) -> None:
        """Notes one thing. `values` are numbers, strings, bytes, and lists and tuples of these."""
        self.entries += 1
        if self._exact:
            self._digest.update(repr((at_ms, kind, values)).encode())
        for watcher in self._watchers:
            watcher(at_ms, kind, values)

    def trace(self, at_ms: int, frame: list[Any]) -> None:
        """Notes a panel's trace frame."""
        self.enter(at_ms, *frame)
        self._counts[frame[1]] += 1
        self.traces.append(Trace(frame[1], frame[2], tuple(frame[3:])))

    def count(self, what: str) -> int:
        """How many traces of a kind there were."""
        return self._counts[what]

    def sha256(self) -> str:
        """The digest of everything entered so far, hexadecimal; of an exact ledger only."""
        assert self._exact
        return self._digest.copy().hexdigest()
