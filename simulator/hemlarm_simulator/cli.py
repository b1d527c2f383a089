"""`hemlarm`: the demonstration, the simulator, and, under `cloud`, `install` and `update`, what serves panels.

With --json a command prints one JSON document on standard output and nothing else. Errors go to standard error. The
exit status is 0 for success, 1 for a failed check, 2 for wrong usage.
"""

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from hemlarm_cloud.broker import KINDS, BrokerError
from hemlarm_cloud.cli import app as cloud_app
from hemlarm_installer.install_commands import install_app
from hemlarm_installer.update_commands import update_app
from hemlarm_simulator.bench import show as bench_show
from hemlarm_simulator.bench.panel import BENCHES, BenchError
from hemlarm_simulator.board_link import PanelGoneError
from hemlarm_simulator.demo.run import Watcher, run_demo
from hemlarm_simulator.demo.show import LiveView, PlainView, summary
from hemlarm_simulator.demo.story import StoryError
from hemlarm_simulator.desk_board.command import sim_board
from hemlarm_simulator.explore.command import sim_explore
from hemlarm_simulator.launch import ForkServer, LaunchError
from hemlarm_simulator.modem.pty_command import sim_modem
from hemlarm_simulator.ordinary_day import DayError
from hemlarm_simulator.page.command import sim_open
from hemlarm_simulator.real_house import real_worlds
from hemlarm_simulator.scenario import ScenarioError
from hemlarm_simulator.scenario_run import ScenarioResult, run_scenarios
from hemlarm_simulator.simulated_panel import PanelCrashedError

FAILED, BAD_USAGE = 1, 2

app = typer.Typer(name="hemlarm", no_args_is_help=True, pretty_exceptions_enable=False)
sim_app = typer.Typer(help="The simulator: houses, panels, stories.", no_args_is_help=True)
app.add_typer(sim_app, name="sim")
app.add_typer(cloud_app, name="cloud")
app.add_typer(install_app, name="install")
app.add_typer(update_app, name="update")

Broker = Annotated[str, typer.Option("--broker", help=f"Which broker to run: {' or '.join(KINDS)}.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.callback()
def _hemlarm() -> None:
    """The open home alarm."""


@app.command()
def demo(
    seconds: Annotated[float, typer.Option(min=0, help="Last at least so long.")] = 0,
    broker: Broker = "nats",
    as_json: Json = False,
) -> None:
    """Watch the real firmware, a real broker and a real cloud through a break-in and a fire."""
    console = Console()
    view: Any
    if as_json:
        view = nullcontext(Watcher())
    else:
        view = LiveView(console) if console.is_terminal else nullcontext(PlainView(console))
    try:
        with view as watcher:
            figures = run_demo(broker, watcher, seconds)
    except (StoryError, BrokerError, LaunchError, PanelCrashedError, PanelGoneError) as error:
        _fail(str(error))
    if as_json:
        _print_json(figures.to_json())
    else:
        console.print(summary(figures))
    if not figures.passed:
        raise typer.Exit(FAILED)


@app.command()
def bench(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME...]", help=f"Of {', '.join(BENCHES)}.")] = None,
    as_json: Json = False,
) -> None:
    """Measure speed and memory, as ratios to floors of the same run; without names, all there is."""
    unknown = [name for name in names or () if name not in BENCHES]
    if unknown:
        _fail(f"nothing to measure is called {unknown[0]!r}; there are {', '.join(BENCHES)}", BAD_USAGE)
    console = Console()
    results = {}
    try:
        with ForkServer() as server:
            for name in names or BENCHES:
                with bench_show.bar(console, name) as progress:
                    results[name] = BENCHES[name](server, progress)
    except (BenchError, DayError, LaunchError, PanelCrashedError) as error:
        _fail(str(error))
    if as_json:
        _print_json({name: result.to_json() for name, result in results.items()})
    else:
        console.print(bench_show.tables(results))


@sim_app.command("run")
def sim_run(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Scenario files.")],
    seed: Annotated[int, typer.Option(help="Decides all that is left to chance.")] = 1,
    real_time: Annotated[bool, typer.Option("--real-time", help="Real broker and cloud, at the pace of life.")] = False,
    broker: Broker = "nats",
    as_json: Json = False,
) -> None:
    """Play scenarios and tell which came out as they say."""
    try:
        results = run_scenarios(files, seed, real_time, real_worlds(broker))
    except ScenarioError as error:
        _fail(str(error), BAD_USAGE)
    except (BrokerError, LaunchError) as error:
        _fail(str(error))
    if as_json:
        _print_json({"scenarios": [result.to_json() for result in results]})
    else:
        Console().print(_result_table(results))
    if not all(result.passed for result in results):
        raise typer.Exit(FAILED)


sim_app.command("board")(sim_board)
sim_app.command("explore")(sim_explore)
sim_app.command("modem")(sim_modem)
sim_app.command("open")(sim_open)


def main() -> None:
    """The program."""
    app()


def _result_table(results: list[ScenarioResult]) -> Table:
    table = Table(show_header=True)
    for heading in ("scenario", "passed", "virtual s", "seed", "failure"):
        table.add_column(heading)
    for result in results:
        passed = "yes" if result.passed else "NO"
        table.add_row(result.name, passed, f"{result.virtual_s:g}", str(result.seed), result.failure)
    return table


def _print_json(document: Any) -> None:
    typer.echo(json.dumps(document))


def _fail(text: str, status: int = FAILED) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(status)
