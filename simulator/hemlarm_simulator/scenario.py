"""The scenario format: a story of a house, line by line, with what must be seen at which time. See `docs/scenarios.md`.

This file knows lines, times and files; `scenario_words.py` knows what can be said.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from hemlarm_simulator import scenario_words
from hemlarm_simulator.description import HouseDescription, HouseError, houses, load_house
from hemlarm_simulator.house import UnknownNameError
from hemlarm_simulator.scenario_words import Expectation, Move, WordsError

SCENARIOS = Path(__file__).with_name("scenarios")
"""The folder of those that come with the simulator."""

AT_MAX_MS = 400 * 24 * 3600 * 1000
"""More than a year: the longest period of any timer in the trade."""

_HEADS = ("title", "house", "at")
_UNITS_MS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_TIME = re.compile(r"(?:\d+(?:ms|s|m|h|d))+")
_TIME_PART = re.compile(r"(\d+)(ms|s|m|h|d)")


class ScenarioError(Exception):
    """A scenario that cannot be read; the text names the file and the line, and says what is allowed."""


@dataclass(frozen=True)
class Step:
    """One statement: what it says, where it stands, when it happens, and the move or expectation that it is."""

    at_ms: int
    where: str
    text: str
    statement: Move | Expectation


@dataclass
class Scenario:
    """A story. `name` is its file's name without the ending; `source` the whole text, for whoever shows it."""

    name: str
    title: str = ""
    house_name: str = ""
    house: HouseDescription | None = None
    steps: list[Step] = field(default_factory=list)
    source: str = ""


def read_scenario(path: Path) -> Scenario:
    """Reads a scenario file. Raises ScenarioError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path}: cannot be read: {error}") from error
    return parse_scenario(text, path.name)


def parse_scenario(text: str, file_name: str) -> Scenario:
    """Reads a scenario's text; `file_name` is for its errors. Raises ScenarioError."""
    reader = _Reader(Scenario(Path(file_name).stem, source=text))
    for number, line in enumerate(text.splitlines(), 1):
        where = f"{file_name}:{number}"
        try:
            reader.take(line.split("#", 1)[0].rstrip(), where)
        except (WordsError, UnknownNameError, HouseError) as error:
            raise ScenarioError(f"{where}: {error}") from error
    if not reader.scenario.steps:
        raise ScenarioError(f"{file_name}: nothing happens in it; write a line such as `at 10s open front-door`")
    return reader.scenario


class _Reader:
    """Takes one line after the other."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self._at_ms = -1

    def take(self, line: str, where: str) -> None:
        if not line:
            return
        if line[0].isspace() and self._at_ms >= 0:
            self._statement(line.strip(), where)
            return
        head, _, rest = line.strip().partition(" ")
        if head == "title":
            self.scenario.title = rest.strip()
        elif head == "house":
            self.scenario.house_name = rest.strip()
            self.scenario.house = load_house(self.scenario.house_name)
        elif head == "at":
            self._at(rest.strip(), where)
        else:
            raise WordsError(scenario_words.unknown(head, _HEADS, "beginning of a line"))

    def _at(self, rest: str, where: str) -> None:
        word, _, statement = rest.partition(" ")
        at_ms = parse_time(word)
        if at_ms < self._at_ms:
            raise WordsError(f"{word} is before the line above; a story goes forward")
        self._at_ms = at_ms
        self._statement(statement.strip(), where)

    def _statement(self, text: str, where: str) -> None:
        if self.scenario.house is None:
            raise WordsError(f"before anything happens, name the house: `house {houses()[0]}`")
        statement = scenario_words.parse(text, self.scenario.house)
        self.scenario.steps.append(Step(self._at_ms, where, text, statement))


def parse_time(word: str) -> int:
    """Milliseconds of a time such as `90s`, `2m30s`, `500ms`, `48h` or `3d`. Raises WordsError."""
    if not _TIME.fullmatch(word):
        raise WordsError(f"{word!r} is no time; write for example 90s, 2m30s, 500ms, 48h or 3d")
    total = sum(int(count) * _UNITS_MS[unit] for count, unit in _TIME_PART.findall(word))
    if total > AT_MAX_MS:
        raise WordsError(f"{word} is beyond {AT_MAX_MS // _UNITS_MS['d']}d, the longest story there can be")
    return total
