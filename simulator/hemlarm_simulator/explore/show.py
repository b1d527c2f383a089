"""What an exploration looks like on a terminal: a bar while it runs, tables when it is over."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich.console import Console, Group
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from hemlarm_simulator.explore.explore import Exploration, Violation
from hemlarm_simulator.explore.run import DAY_MS, Outcome
from hemlarm_simulator.explore.workers import Progress

_GIT_S = 5


@contextmanager
def bar(console: Console, panel_days: float) -> Iterator[Progress]:
    """A progress bar if a person watches, else nothing; gives what is to be told of each run that is over."""
    if not console.is_terminal:
        yield lambda _outcome: None
        return
    columns = (TextColumn("panel-days"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=round(panel_days))
        lived_ms = 0

        def tell(outcome: Outcome) -> None:
            nonlocal lived_ms
            lived_ms += outcome.virtual_ms
            progress.update(task, completed=lived_ms // DAY_MS)

        yield tell


def commit() -> str:
    """Which state of the source this is: git's word for it, or the version that is installed."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        done = subprocess.run(
            command, cwd=Path(__file__).parent, capture_output=True, text=True, timeout=_GIT_S, check=True
        )
        return done.stdout.strip()
    except (OSError, subprocess.SubprocessError):
        pass
    try:
        return version("hemlarm")
    except PackageNotFoundError:
        return "unknown"


def report(found: Exploration) -> Group:
    """All that is to be told of an exploration."""
    table = Table(show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, value in (
        ("seed", found.seed),
        ("runs", found.runs),
        ("panel-days", found.panel_days),
        ("processor time, s", found.cpu_s),
        ("panel-days a processor minute", round(60 * found.panel_days / max(found.cpu_s, 0.01))),
        ("sensor events", found.sensor_events),
        ("sensor events a busy panel-day", found.sensor_events_per_busy_day),
        ("events", found.events),
        ("trace", found.trace_sha256[:16]),
        ("promises broken", len(found.violations)),
    ):
        table.add_row(name, str(value))
    faults = Table("fault", "times")
    faults.columns[1].justify = "right"
    for kind, times in found.faults.items():
        faults.add_row(kind, str(times))
    return Group(table, faults, *map(_violation, found.violations))


def _violation(violation: Violation) -> Text:
    head = (
        f"\n{violation.invariant}: {violation.complaint}\nseed {violation.seed}, commit {commit()}; to see it again, "
    )
    return Text(f"{head}save this and give it to --script:\n\n{violation.script}")
