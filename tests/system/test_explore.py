"""The explorer on the real firmware: its promises hold, one seed is one trace, what is broken on purpose is found."""

import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from explore_scripts import SCRIPTS, script
from hemlarm_simulator.cli import app
from hemlarm_simulator.explore import seeded_bugs
from hemlarm_simulator.explore.explore import Exploration, explore
from hemlarm_simulator.explore.run import Run
from hemlarm_simulator.explore.schedule import parse
from hemlarm_simulator.launch import ForkServer

FIXED_SEED = 1
PANEL_DAYS = 6


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


def told(found: Exploration) -> str:
    """What broke, with the scripts to see it again."""
    return "\n".join(f"{each.seed} {each.invariant}: {each.complaint}\n{each.script}" for each in found.violations)


def test_every_promise_holds_under_the_fixed_seed() -> None:
    found = explore(FIXED_SEED, PANEL_DAYS)
    assert not found.violations, told(found)
    assert found.panel_days >= PANEL_DAYS
    assert sum(found.faults.values()) > PANEL_DAYS


def test_every_promise_holds_under_a_new_seed_each_time(capsys: pytest.CaptureFixture[str]) -> None:
    seed = secrets.randbelow(1_000_000)
    with capsys.disabled():
        print(f"\nexploring with seed {seed}")  # noqa: T201  It is the only way to see it again.
    found = explore(seed, PANEL_DAYS)
    assert not found.violations, f"seed {seed}\n{told(found)}"


def test_one_seed_gives_one_trace_however_many_processes_play_it() -> None:
    one, two = explore(2, 2, processes=1), explore(2, 2, processes=2)
    assert one.trace_sha256 == two.trace_sha256
    assert one.faults == two.faults
    assert explore(3, 2, processes=1).trace_sha256 != one.trace_sha256


def test_there_is_a_script_for_every_bug_that_can_be_planted() -> None:
    assert set(SCRIPTS) == set(seeded_bugs.NAMES)


@pytest.mark.parametrize("bug", seeded_bugs.NAMES)
def test_a_planted_bug_breaks_its_promise_and_nothing_else_does(server: ForkServer, bug: str) -> None:
    outcome = Run(parse(script(bug, planted=True))).play(server)
    assert outcome.broken == SCRIPTS[bug][0], outcome.complaint
    outcome = Run(parse(script(bug, planted=False))).play(server)
    assert outcome.broken == "", outcome.complaint


def test_a_script_that_breaks_a_promise_is_told_and_fails(tmp_path: Path) -> None:
    file = tmp_path / "broken.txt"
    file.write_text(script("void-range-off-by-one", planted=True))
    done = CliRunner().invoke(app, ["sim", "explore", "--script", str(file), "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["broken"] == "numbers-complete"
    file.write_text("seed 1\n")
    done = CliRunner().invoke(app, ["sim", "explore", "--script", str(file)])
    assert done.exit_code == 2
    assert "the line 'house' is missing" in done.stderr


def test_a_planted_bug_is_found_by_chance_and_its_script_shortened() -> None:
    arguments = ["--seeded-bug", "void-range-off-by-one", "--panel-days", "10", "--json"]
    done = CliRunner().invoke(app, ["sim", "explore", *arguments])
    assert done.exit_code == 1
    violation = json.loads(done.stdout)["violations"][0]
    assert violation["invariant"] == "numbers-complete"
    assert len(parse(violation["script"]).moves) <= 5
