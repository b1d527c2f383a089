"""How the work goes on: bars on a terminal, a line for each step elsewhere, nothing where JSON is wanted."""

from types import TracebackType
from typing import Self

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.prompt import Prompt

from hemlarm_installer.board_line import Progress as Told

CODE_ASKED = "Code on the keypad / koden på manöverpanelen (empty: it was typed in the cloud)"


class DeskView:
    """Shows steps on standard error. A context manager."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._console = Console(stderr=True)
        columns = TextColumn("{task.description:24}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
        self._bars = Progress(*columns, console=self._console, disable=quiet or not self._console.is_terminal)

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def step(self, name: str) -> Told:
        """Begin a step; what is returned takes how much of it is done."""
        if not self._quiet and not self._console.is_terminal:
            typer.echo(name, err=True)
        task = self._bars.add_task(name, total=None)
        return lambda done, of: self._bars.update(task, completed=done, total=of)

    def ask_code(self, tries_left: int) -> str:
        """Ask the person for the code that the keypad shows."""
        self._bars.stop()
        try:
            return Prompt.ask(f"{CODE_ASKED} [{tries_left}]", console=self._console)
        finally:
            self._bars.start()
