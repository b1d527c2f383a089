"""The command `hemlarm sim explore`."""

import json
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from hemlarm_simulator.board_link import PanelGoneError
from hemlarm_simulator.explore import seeded_bugs, show
from hemlarm_simulator.explore.explore import explore, replay
from hemlarm_simulator.explore.schedule import Schedule, ScriptError, parse
from hemlarm_simulator.explore.workers import WorkerError
from hemlarm_simulator.house_table import HouseError
from hemlarm_simulator.launch import LaunchError
from hemlarm_simulator.names import UnknownNameError

FAILED, BAD_USAGE = 1, 2
PROCESSES = 2


def sim_explore(
    panel_days: Annotated[float, typer.Option("--panel-days", min=0.01, help="How long all runs last together.")] = 10,
    seed: Annotated[int, typer.Option(min=0, help="Decides everything.")] = 1,
    processes: Annotated[int, typer.Option(min=1, max=64, help="Play in so many; changes no outcome.")] = PROCESSES,
    script: Annotated[Path | None, typer.Option(help="Play this one script and nothing else.")] = None,
    shrink: Annotated[bool, typer.Option("--shrink/--no-shrink", help="Shorten the scripts of what broke.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    seeded_bug: Annotated[str, typer.Option("--seeded-bug", hidden=True)] = "",
) -> None:
    """Look for faults: random lives and misfortunes, and after each run the promises that must have held."""
    try:
        seeded_bugs.check(seeded_bug)
        if script is not None:
            _replay(parse(script.read_text()), as_json)
            return
        with show.bar(Console(stderr=True), panel_days) as progress:
            found = explore(seed, panel_days, seeded_bug, processes, shrink, progress)
    except (OSError, UnicodeError, ScriptError, HouseError, UnknownNameError, seeded_bugs.UnknownBugError) as error:
        _fail(str(error), BAD_USAGE)
    except (WorkerError, LaunchError, PanelGoneError) as error:
        _fail(str(error), FAILED)
    if as_json:
        typer.echo(json.dumps(found.to_json()))
    else:
        Console().print(show.report(found))
    if found.violations:
        raise typer.Exit(FAILED)


def _replay(schedule: Schedule, as_json: bool) -> None:
    outcome = replay(schedule)
    if as_json:
        document = {**outcome.__dict__, "faults": dict(sorted(outcome.faults.items()))}
        typer.echo(json.dumps(document))
    else:
        told = f"{outcome.broken}: {outcome.complaint}" if outcome.broken else "every promise held"
        typer.echo(f"{told}\ntrace {outcome.sha256}")
    if outcome.broken:
        raise typer.Exit(FAILED)


def _fail(text: str, status: int) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(status)
