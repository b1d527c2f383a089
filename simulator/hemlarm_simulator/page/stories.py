"""The stories that come with the simulator, to be picked from a list and watched on the running clock."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from hemlarm_simulator.board_link import PanelGoneError
from hemlarm_simulator.names import pick
from hemlarm_simulator.scenario import SCENARIOS, Scenario, read_scenario
from hemlarm_simulator.scenario_text import Expectation, Stage, parse_time
from hemlarm_simulator.simulated_panel import PanelCrashedError

_LINES_SHOWN = 400


@cache
def listed() -> list[dict[str, Any]]:
    """What there is: name, title, the rows that it shows, house, whether it has a centre, and how long it lasts."""
    return [_entry(path) for path in sorted(SCENARIOS.glob("*.txt"))]


def story(name: str) -> Scenario:
    """The story of that name. Raises UnknownNameError, ScenarioError."""
    names = [path.stem for path in SCENARIOS.glob("*.txt")]
    return read_scenario(SCENARIOS / f"{pick(names, name, 'story')}.txt")


def _entry(path: Path) -> dict[str, Any]:
    """What the heads of a file say. Its lines are read when it is played: to read them all takes a second."""
    heads: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        head, _, rest = line.split("#", 1)[0].strip().partition(" ")
        if not line[:1].isspace():
            heads[head] = rest.strip()
    return {
        "name": path.stem,
        "title": heads.get("title", ""),
        "shows": heads.get("shows", "").split(),
        "house": heads.get("house", ""),
        "centre": "centre" in heads,
        "lasts_ms": parse_time(heads["at"].split(" ", 1)[0]),
    }


class Playing:
    """One story as it goes; `told` takes what the page shows of it whenever that changes."""

    def __init__(self, scenario: Scenario, stage: Stage, told: Callable[[dict[str, Any]], None]) -> None:
        self._scenario = scenario
        self._stage = stage
        self._told = told
        self._done = 0
        self._result = ""
        self.tell()

    @property
    def next_ms(self) -> int | None:
        """When its next line comes, None when it is over."""
        if self._result or self._done >= len(self._scenario.steps):
            return None
        return self._scenario.steps[self._done].at_ms

    def step(self) -> None:
        """Plays the line whose time has come."""
        step = self._scenario.steps[self._done]
        try:
            self._result = self._play(step.statement)
        except (PanelCrashedError, PanelGoneError) as error:
            self._result = str(error)
        if not self._result:
            self._done += 1
            if self._done == len(self._scenario.steps):
                self._result = "passed"
        self.tell()

    def stop(self) -> None:
        """It goes no further."""
        if not self._result:
            self._result = "stopped"
            self.tell()

    def tell(self) -> None:
        """What the page shows of it: its lines, the one that comes next, and how it ended."""
        steps = self._scenario.steps[:_LINES_SHOWN]
        self._told(
            {
                "name": self._scenario.name,
                "title": self._scenario.title,
                "running": not self._result,
                "result": self._result,
                "line": self._done,
                "lines": [{"at_ms": step.at_ms, "text": step.text} for step in steps],
            }
        )

    def _play(self, statement: Any) -> str:
        """Returns what is wrong, or nothing."""
        if not isinstance(statement, Expectation):
            statement.run(self._stage)
            return ""
        complaint = statement.complaint(self._stage)
        if complaint is None:
            statement.passed(self._stage)
            return ""
        return f"{self._scenario.steps[self._done].text}: but {complaint}"
