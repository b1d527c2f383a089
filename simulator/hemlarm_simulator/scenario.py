"""The scenario format: a story of a house, line by line, with what must be seen at which time. See `docs/scenarios.md`.

This file knows lines, times and files; `scenario_words.py` knows what can be said.
"""

import datetime
import re
from dataclasses import dataclass, field
from pathlib import Path

from hemlarm_installer import firmware_code
from hemlarm_simulator import scenario_words
from hemlarm_simulator.centre_description import CentreDescription, centres, load_centre
from hemlarm_simulator.clock import WORLD_BEGAN_UNIX_MS
from hemlarm_simulator.description import HouseDescription, houses, load_house
from hemlarm_simulator.house_table import HouseError
from hemlarm_simulator.names import UnknownNameError
from hemlarm_simulator.scenario_text import Expectation, Move, WordsError, parse_time, unknown

SCENARIOS = Path(__file__).with_name("scenarios")
"""The folder of those that come with the simulator."""

_HEADS = ("title", "shows", "house", "centre", "date", "at")
_ROW = re.compile(r"[A-Z]\d{2}")
_UTC_OFFSET_MIN, _DST = 60, "eu"
"""The panel's local time where its house says nothing else: the firmware's defaults, Sweden's."""


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
    """A story. `name` is its file's name without the ending; `source` the whole text, for whoever shows it.

    `shows` names the rows of docs/requirements.md that it tells of. `began_unix_ms` is the date and time at which it
    begins.
    """

    name: str
    title: str = ""
    shows: tuple[str, ...] = ()
    house_name: str = ""
    house: HouseDescription | None = None
    centre: CentreDescription | None = None
    steps: list[Step] = field(default_factory=list)
    source: str = ""
    began_unix_ms: int = WORLD_BEGAN_UNIX_MS


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
        elif head == "shows":
            self.scenario.shows = _rows(rest)
        elif head == "house":
            self.scenario.house_name = rest.strip()
            self.scenario.house = load_house(self.scenario.house_name)
        elif head == "centre":
            self.scenario.centre = load_centre(rest.strip())
        elif head == "date":
            self.scenario.began_unix_ms = _unix_ms(rest.strip(), self._house())
        elif head == "at":
            self._at(rest.strip(), where)
        else:
            raise WordsError(unknown(head, _HEADS, "beginning of a line"))

    def _at(self, rest: str, where: str) -> None:
        word, _, statement = rest.partition(" ")
        at_ms = parse_time(word)
        if at_ms < self._at_ms:
            raise WordsError(f"{word} is before the line above; a story goes forward")
        self._at_ms = at_ms
        self._statement(statement.strip(), where)

    def _statement(self, text: str, where: str) -> None:
        statement = scenario_words.parse(text, self._house())
        if statement.centre is not None:
            self._expect_people(statement.centre)
        self.scenario.steps.append(Step(self._at_ms, where, text, statement))

    def _expect_people(self, people: tuple[str, ...]) -> None:
        centre = self.scenario.centre
        if centre is None:
            raise WordsError(f"this story has no receiving centre; write `centre {centres()[0]}` behind its house")
        for name in people:
            centre.expect_person(name)

    def _house(self) -> HouseDescription:
        if self.scenario.house is None:
            raise WordsError(f"before anything happens, name the house: `house {houses()[0]}`")
        return self.scenario.house


def _rows(text: str) -> tuple[str, ...]:
    """Ids of rows, each once."""
    rows = text.split()
    for row in rows:
        if not _ROW.fullmatch(row) or rows.count(row) > 1:
            raise WordsError(f"{row!r} is no row of docs/requirements.md, or is named twice; write for example P02 S02")
    if not rows:
        raise WordsError("which rows of docs/requirements.md it shows is missing; write for example: shows P02")
    return tuple(rows)


def _unix_ms(text: str, house: HouseDescription) -> int:
    """When a clock on the wall of this house shows `text`; of two such moments in autumn, the first."""
    try:
        shown = datetime.datetime.strptime(f"{text} +0000", "%Y-%m-%d %H:%M %z")
    except ValueError as error:
        raise WordsError(f"{text!r} is no date and time; write for example 2026-11-23 08:00") from error
    local_time = firmware_code.load("hemlarm_firmware.panel.local_time")
    wall_s = int(shown.timestamp())
    zone = house.fields.get("utc_offset_min", _UTC_OFFSET_MIN), house.fields.get("dst", _DST)
    unix_s = wall_s
    for summer_s in (3600, 0):
        unix_s = wall_s - zone[0] * 60 - summer_s
        if local_time.local_s(unix_s, *zone) == wall_s:
            break
    floor_s: int = firmware_code.load("hemlarm_firmware.clock").FLOOR_S
    if unix_s < floor_s:
        earliest = datetime.datetime.fromtimestamp(floor_s, datetime.UTC).date()
        raise WordsError(f"{text} is before {earliest}, when there was no such panel")
    return unix_s * 1000
