"""Plays scenarios in a world and tells which of them came out as they say."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hemlarm_simulator.board_link import PanelGoneError
from hemlarm_simulator.clock import WORLD_BEGAN_UNIX_MS
from hemlarm_simulator.description import HouseDescription
from hemlarm_simulator.launch import ForkServer, LaunchError
from hemlarm_simulator.scenario import Scenario, ScenarioError, Step, read_scenario
from hemlarm_simulator.scenario_text import Expectation, Stage
from hemlarm_simulator.simulated_panel import PanelCrashedError
from hemlarm_simulator.virtual.world import VirtualWorld
from hemlarm_simulator.world import World

GRACE_REAL_MS = 3_000
"""In real time an expectation may come true so much later than its line says: computers are sometimes busy."""

RealWorldMaker = Callable[[ForkServer, HouseDescription], AbstractContextManager[World]]


@dataclass(frozen=True)
class ScenarioResult:
    """How a scenario ended; `failure` is empty if it passed. `virtual_s` is the time that passed in the story."""

    name: str
    passed: bool
    virtual_s: float
    seed: int
    failure: str

    def to_json(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)


def run_scenarios(
    files: Iterable[Path], seed: int = 1, real_time: bool = False, real_world: RealWorldMaker | None = None
) -> list[ScenarioResult]:
    """Reads all files, then plays one after the other. With `real_time`, `real_world` makes each its world.

    Raises ScenarioError before anything is played if one of them cannot be read, LaunchError if no panel can start.
    """
    scenarios = [read_scenario(path) for path in files]
    for scenario in scenarios:
        if real_time and scenario.began_unix_ms != WORLD_BEGAN_UNIX_MS:
            raise ScenarioError(f"{scenario.name}: it has a date of its own, which real time cannot have; leave it out")
        if real_time and scenario.centre is not None:
            raise ScenarioError(f"{scenario.name}: its receiving centre works in virtual time only; play it there")
    with ForkServer() as server:
        return [play(scenario, server, seed, real_world if real_time else None) for scenario in scenarios]


def play(
    scenario: Scenario, server: ForkServer, seed: int = 1, real_world: RealWorldMaker | None = None
) -> ScenarioResult:
    """Plays one scenario: in virtual time, or in the world that `real_world` makes."""
    house = scenario.house
    assert house is not None
    grace_ms = 0 if real_world is None else GRACE_REAL_MS
    reached_ms = 0
    failure = ""
    try:
        with real_world(server, house) if real_world else _virtual_world(scenario, server, seed) as world:
            stage = Stage(world, house)
            if isinstance(world, VirtualWorld) and scenario.centre is not None:
                # Brings the whole centre, which most stories do without.
                from hemlarm_simulator.virtual.centre import open_desk

                stage.centre = open_desk(world, house, scenario.centre)
            failure = _play_steps(stage, scenario.steps, grace_ms)
            reached_ms = world.now_ms
    except (PanelCrashedError, PanelGoneError, LaunchError) as error:
        failure = f"{scenario.name}: {error}"
    return ScenarioResult(scenario.name, not failure, reached_ms / 1000, seed, failure)


def _virtual_world(scenario: Scenario, server: ForkServer, seed: int) -> VirtualWorld:
    assert scenario.house is not None
    return VirtualWorld(server, scenario.house, seed, began_unix_ms=scenario.began_unix_ms)


def _play_steps(stage: Stage, steps: Iterable[Step], grace_ms: int) -> str:
    """Returns the first failure, or nothing."""
    for step in steps:
        stage.world.run_until(step.at_ms)
        if isinstance(step.statement, Expectation):
            complaint = step.statement.complaint
            if not stage.world.wait_for(lambda seen=complaint: seen(stage) is None, grace_ms):  # type: ignore[misc]
                return f"{step.where}: at {step.at_ms / 1000:g} s: {step.text}: but {complaint(stage)}"
            step.statement.passed(stage)
        else:
            step.statement.run(stage)
    return ""
