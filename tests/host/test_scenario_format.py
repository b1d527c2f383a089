"""The scenario format: what can be read, and how mistakes are told."""

import re
from pathlib import Path

import pytest

from hemlarm_simulator.description import HouseError, houses, load_house, read_house
from hemlarm_simulator.scenario import SCENARIOS, ScenarioError, parse_scenario, parse_time, read_scenario
from hemlarm_simulator.scenario_words import _EXPECTATIONS, _STATEMENTS, Expectation, Move, WordsError

PAGE = Path(__file__).parents[2] / "docs" / "scenarios.md"
HEAD = "house villa\n"


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.txt")), ids=lambda path: path.stem)
def test_the_scenarios_that_come_along_can_be_read(path: Path) -> None:
    scenario = read_scenario(path)
    assert scenario.title
    assert scenario.name == path.stem
    assert {type(step.statement) for step in scenario.steps} == {Move, Expectation}


@pytest.mark.parametrize(
    ("word", "ms"),
    [("0s", 0), ("90s", 90_000), ("2m30s", 150_000), ("500ms", 500), ("48h", 172_800_000), ("3d", 3 * 86_400_000)],
)
def test_times_are_read_as_people_write_them(word: str, ms: int) -> None:
    assert parse_time(word) == ms


@pytest.mark.parametrize("word", ["", "10", "s", "1.5s", "-1s", "10 s", "10x", "500d"])
def test_what_is_no_time_is_refused(word: str) -> None:
    with pytest.raises(WordsError, match=r"90s|longest story"):
        parse_time(word)


def test_a_line_that_starts_with_a_blank_goes_on_at_the_same_time() -> None:
    scenario = parse_scenario(
        HEAD + "at 1s open front-door\n   close front-door # at once\n\nat 2s expect disarmed", "x.txt"
    )
    assert [(step.at_ms, step.where, step.text) for step in scenario.steps] == [
        (1000, "x.txt:2", "open front-door"),
        (1000, "x.txt:3", "close front-door"),
        (2000, "x.txt:5", "expect disarmed"),
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", r"x\.txt: nothing happens in it"),
        ("at 1s open front-door", r"x\.txt:1: before anything happens, name the house: `house villa`"),
        ("house vila", r"x\.txt:1: no house is called 'vila'; there are villa"),
        (
            HEAD + "ad 1s open front-door",
            r"x\.txt:2: 'ad' is no beginning of a line; allowed are title, house, at",
        ),
        (HEAD + "  open front-door", r"x\.txt:2: 'open' is no beginning of a line"),
        (HEAD + "at 5s open front-door\nat 4s close front-door", r"x\.txt:3: 4s is before the line above"),
        (HEAD + "at 1s opne front-door", r"'opne' is no statement; allowed are open, .*; did you mean open\?"),
        (HEAD + "at 1s", r"statement is missing: open, close"),
        (
            HEAD + "at 1s open frontdoor",
            r"'frontdoor' is no door or window here; there are .*; did you mean front-door\?",
        ),
        (HEAD + "at 1s open", r"the door or window is missing"),
        (HEAD + "at 1s open hall", r"'hall' is no door or window here"),
        (HEAD + "at 1s smoke kitchen", r"state of the smoke is missing: on, off"),
        (HEAD + "at 1s code 12a4 away", r"'12a4' is no code; it has digits only"),
        (HEAD + "at 1s code 1234 awya", r"'awya' is no mode; allowed are away, home, disarm; did you mean away\?"),
        (HEAD + "at 1s code 1234 away please", r"nothing can stand behind here: 'please'"),
        (HEAD + "at 1s command disarm as ana", r"'ana' is no user here; there are anna, bertil; did you mean anna\?"),
        (HEAD + "at 1s cut power", r"'power' is no thing to cut; allowed are network"),
        (HEAD + "at 1s expect siren of", r"'of' is no siren sound; allowed are off, .*; did you mean off\?"),
        (HEAD + "at 1s expect event 1999", r"'1999' is no event code; it is a qualifier \(1, 3 or 6\) and one of"),
        (HEAD + "at 1s expect event 1130 zone attic", r"'attic' is no zone here; there are .*kitchen"),
        (HEAD + "at 1s expect no siren", r"'siren' is no thing that can be absent; allowed are event"),
        (HEAD + "at 1s expect display", r"what the display should say is missing"),
        (HEAD + "at 1s expect command maybe", r"'maybe' is no answer to a command; allowed are done, refused"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_is_allowed(text: str, complaint: str) -> None:
    with pytest.raises(ScenarioError, match=complaint):
        parse_scenario(text, "x.txt")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"nothing\.txt: cannot be read"):
        read_scenario(tmp_path / "nothing.txt")


def test_the_page_tells_of_every_statement() -> None:
    told = set(re.findall(r"`(?:expect )?([a-z-]+)", PAGE.read_text()))
    assert set(_STATEMENTS) - {"expect"} <= told
    assert set(_EXPECTATIONS) <= told


@pytest.mark.parametrize("name", houses())
def test_the_houses_that_come_along_can_be_read(name: str) -> None:
    house = load_house(name)
    assert house.title
    assert {"door", "smoke"} <= {sensor.kind for sensor in house.sensors}


AREA = "[[area]]\nnumber = 1\nexit_s = 60\nentry_s = 30\n"
DOOR = '[[sensor]]\nname = "door"\nkind = "door"\nzone = 1\ntype = "entry"\n'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("title = 3", r"title = 3 is not of type str"),
        ("", r"house\.toml: title is missing"),
        ('title = "x"\ncolour = 1\n' + AREA, r"unknown field colour; allowed are area, "),
        (
            'title = "x"\n' + AREA + DOOR.replace('"door"\nzone', '"gate"\nzone'),
            r"sensor 1: kind = 'gate' is not one of door",
        ),
        ('title = "x"\n' + AREA + DOOR + DOOR, r"two sensors are called 'door'"),
        ('title = "x"\n' + AREA + DOOR.replace("entry", "exit"), r"zones\[0\]\.type: 'exit' is not one of"),
        ('title = "x"\n' + AREA.replace("30", "400"), r"areas\[0\]\.entry_s: 400 is not a whole number from 0 to 300"),
        ("title = ", r"house\.toml"),
    ],
)
def test_a_mistake_in_a_house_is_told_with_its_place(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "house.toml").write_text(text)
    with pytest.raises(HouseError, match=complaint):
        read_house(tmp_path / "house.toml")
