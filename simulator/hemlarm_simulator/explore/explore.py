"""Explores: so many panel-days of chance from one seed, what was done to them, and what broke."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hemlarm_simulator.explore import chances
from hemlarm_simulator.explore.run import DAY_MS, Outcome, Run
from hemlarm_simulator.explore.schedule import Schedule
from hemlarm_simulator.explore.shrinking import shrink
from hemlarm_simulator.explore.workers import Progress, pinned, play_all, play_until_broken
from hemlarm_simulator.launch import ForkServer

SHRUNK_MAX = 3
"""Of so many violations the scripts are shortened; the rest are told as they are."""

_SEEDS_APART = 1_000_000
"""Run number i of seed s has the seed s * 1,000,000 + i, so that it can be played alone."""


@dataclass(frozen=True)
class Violation:
    """A promise that was broken: the seed of the run, the invariant, what it says, and the script to see it again."""

    seed: int
    invariant: str
    complaint: str
    script: str

    def to_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "seed": self.seed,
            "invariant": self.invariant,
            "complaint": self.complaint,
            "script": self.script,
        }


@dataclass(frozen=True)
class Exploration:
    """What came of it. The counts are of what really happened in the runs, and `faults` has them by kind."""

    seed: int
    runs: int
    panel_days: float
    cpu_s: float
    sensor_events: int
    sensor_events_per_busy_day: float
    events: int
    faults: dict[str, int]
    violations: tuple[Violation, ...]
    trace_sha256: str

    def to_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {**self.__dict__, "violations": [violation.to_json() for violation in self.violations]}


def schedules(seed: int, panel_days: float) -> list[Schedule]:
    """The runs of a seed that together last so many panel-days."""
    found: list[Schedule] = []
    left_ms = panel_days * DAY_MS
    while left_ms > 0:
        found.append(chances.schedule(seed * _SEEDS_APART + len(found)))
        left_ms -= found[-1].lasts_ms
    return found


def explore(
    seed: int,
    panel_days: float,
    bug: str = "",
    processes: int = 2,
    shrinking: bool = True,
    progress: Progress = lambda _outcome: None,
) -> Exploration:
    """Plays so many panel-days, or with a bug until that is found. Raises WorkerError, LaunchError."""
    made = schedules(seed, panel_days)
    seeds = [each.seed for each in made]
    batch = play_until_broken(seeds, bug, progress) if bug else play_all(seeds, processes, progress)
    made = made[: len(batch.outcomes)]
    violations = [
        Violation(each.seed, outcome.broken, outcome.complaint, str(chances.schedule(each.seed, bug)))
        for each, outcome in zip(made, batch.outcomes, strict=True)
        if outcome.broken
    ]
    if shrinking and violations:
        violations[:SHRUNK_MAX] = _shortened(violations[:SHRUNK_MAX], bug)
    return _summed(seed, made, batch.outcomes, batch.cpu_s, violations)


def replay(schedule: Schedule) -> Outcome:
    """Plays one schedule."""
    with pinned(0), ForkServer() as server:
        return Run(schedule).play(server)


def _shortened(violations: list[Violation], bug: str) -> list[Violation]:
    with pinned(0), ForkServer() as server:
        return [_short(server, violation, chances.schedule(violation.seed, bug)) for violation in violations]


def _short(server: ForkServer, violation: Violation, schedule: Schedule) -> Violation:
    breaks: Callable[[Schedule], bool] = lambda each: Run(each).play(server).broken == violation.invariant  # noqa: E731
    short = shrink(schedule, breaks)
    return Violation(violation.seed, violation.invariant, Run(short).play(server).complaint, str(short))


def _summed(
    seed: int, made: list[Schedule], outcomes: tuple[Outcome, ...], cpu_s: float, violations: list[Violation]
) -> Exploration:
    faults: Counter[str] = Counter()
    for outcome in outcomes:
        faults += outcome.faults
    busy = [outcome for each, outcome in zip(made, outcomes, strict=True) if chances.is_busy(each)]
    busy_days = sum(each.lasts_ms for each in made if chances.is_busy(each)) / DAY_MS
    digest = hashlib.sha256("".join(outcome.sha256 for outcome in outcomes).encode()).hexdigest()
    return Exploration(
        seed,
        len(outcomes),
        round(sum(outcome.virtual_ms for outcome in outcomes) / DAY_MS, 3),
        round(cpu_s, 2),
        sum(outcome.sensor_events for outcome in outcomes),
        round(sum(outcome.sensor_events for outcome in busy) / busy_days, 1) if busy_days else 0.0,
        sum(outcome.events for outcome in outcomes),
        dict(sorted(faults.items())),
        tuple(violations),
        digest,
    )
