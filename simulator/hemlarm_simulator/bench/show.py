"""The figures on a terminal: a table of all, below it what each is made of, and a bar while they are taken."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console, Group
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from hemlarm_simulator.bench.panel import Progress as Tell
from hemlarm_simulator.bench.result import Result


@contextmanager
def bar(console: Console, name: str) -> Iterator[Tell]:
    """A progress bar if a person watches, else nothing; gives what is to be told of the part that is done."""
    if not console.is_terminal:
        yield lambda _done: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(name, total=1.0)
        yield lambda done: progress.update(task, completed=done)


def tables(results: Mapping[str, Result]) -> Group:
    """All figures, and the parts of each."""
    summary = _table("name", "value", "unit", "floor", "ratio")
    parts: list[Table] = []
    for name, result in results.items():
        summary.add_row(name, f"{result.value:,g}", result.unit, f"{result.floor:,g}", f"{result.ratio:,g}")
        columns = list(next(iter(result.details.values()), {}))
        table = _table(name, *columns)
        table.title = f"{name}, in {result.unit}; floor: {result.floor_is}"
        for part, values in result.details.items():
            table.add_row(part, *(_cell(values[column]) for column in columns))
        parts.append(table)
    return Group(summary, *parts)


def _table(first: str, *columns: str) -> Table:
    table = Table(title_justify="left")
    table.add_column(first)
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _cell(value: float | None) -> str:
    if value is None:
        return ""
    if value == round(value) or value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.3g}"
