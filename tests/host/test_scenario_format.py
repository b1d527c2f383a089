"""The scenario format: what can be read, and how mistakes are told."""

import re
from pathlib import Path

import pytest

from hemlarm_simulator.scenario import SCENARIOS, ScenarioError, parse_scenario, read_scenario
from hemlarm_simulator.scenario_expectations import EXPECTATIONS
from hemlarm_simulator.scenario_text import Expectation, Move, WordsError, parse_time
from hemlarm_simulator.scenario_words import STATEMENTS

PAGE = Path(__file__).parents[2] / "docs" / "scenarios.md"
HEAD = "house villa\n"
POWERED = "house reference\n"
WITH_MODEM = "house two-paths\n"


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.txt")), ids=lambda path: path.stem)
def test_the_scenarios_that_come_along_can_be_read(path: Path) -> None:
    scenario = read_scenario(path)
    assert scenario.title
    assert scenario.name == path.stem
    assert scenario.shows
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
        ("at 1s open front-door", r"x\.txt:1: before anything happens, name the house: `house .*`"),
        ("house vila", r"x\.txt:1: no house is called 'vila'; there are .*villa"),
        (
            HEAD + "ad 1s open front-door",
            r"x\.txt:2: 'ad' is no beginning of a line; allowed are title, shows, house, centre, date, at",
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
        (
            HEAD + "at 1s code 1234 awya",
            r"'awya' is no mode; allowed are away, home, night, off, ok, disarm; did you mean away\?",
        ),
        (HEAD + "at 1s code 1234 away please", r"nothing can stand behind here: 'please'"),
        (HEAD + "at 1s command disarm as ana", r"'ana' is no user here; there are anna, bertil; did you mean anna\?"),
        (HEAD + "at 1s cut power", r"'power' is no thing to cut; allowed are network"),
        (HEAD + "at 1s expect siren of", r"'of' is no siren sound; allowed are off, .*; did you mean off\?"),
        (HEAD + "at 1s expect event 1999", r"'1999' is no event code; it is a qualifier \(1, 3 or 6\) and one of"),
        (HEAD + "at 1s expect event 1130 zone attic", r"'attic' is no zone here; there are .*kitchen"),
        (HEAD + "at 1s press front-door", r"'front-door' is no thing with a button here; there are .*kitchen"),
        (HEAD + "at 1s code 1234 disarmed", r"'disarmed' is no mode; .*; did you mean disarm\?"),
        (HEAD + "at 1s key 1 2 enter", r"'enter' is no key; allowed are 0, 1, .*, fire, hold-up"),
        (HEAD + "at 1s tag anna", r"'anna' is no user with a tag here; there is none"),
        ("house big-villa\nat 1s tag anna 2", r"anna has 1 tags, no number 2"),
        ("house big-villa\nat 1s tag cecilia", r"'cecilia' is no user with a tag here; there are anna, bertil"),
        (HEAD + "at 1s lose hall", r"'hall' is no radio sensor here; there is none"),
        ("house big-villa\nat 1s cut attic", r"'attic' is no thing to cut; allowed are network, front-door"),
        ("house big-villa\nat 1s battery attic full", r"'full' is no state of the battery; allowed are low, new"),
        (HEAD + "at 1s pet hall fat", r"'fat' is no number for the animal's mass in kg"),
        ("house big-villa\nat 1s heat boiler-room", r"degrees Celsius is missing"),
        (HEAD + "at 1s command bypass", r"the zone's name is missing"),
        (HEAD + "at 1s command chime maybe", r"'maybe' is no state of chime; allowed are off, on"),
        (HEAD + "at 1s command arm-away area 2", r"'2' is no area; allowed are 1"),
        (HEAD + "at 1s change zones entry_s=3", r"the number within zones is missing"),
        (HEAD + "at 1s change areas 1", r"what changes is missing"),
        (HEAD + "at 1s change areas 1 entry_s", r"'entry_s' is no field with its value"),
        (HEAD + "at 1s power-off house", r"'house' is no thing with power; allowed are panel"),
        (HEAD + "at 1s expect siren sounded at last 5s", r"'last' is no limit; allowed are most, least"),
        (HEAD + "at 1s expect siren sounded at least", r"the limit's time is missing"),
        (HEAD + "at 1s expect same siren", r"'siren' is no thing to be the same in panel and cloud; allowed are conf"),
        ("shows\n" + HEAD, r"which rows of docs/requirements\.md it shows is missing; write for example: shows P02"),
        ("shows P2\n" + HEAD, r"x\.txt:1: 'P2' is no row of docs/requirements\.md, or is named twice; write for"),
        ("shows P02 P02\n" + HEAD, r"'P02' is no row of docs/requirements\.md, or is named twice"),
        (HEAD + "at 1s expect beeped ok 2", r"word behind a number is missing: times"),
        (HEAD + "at 1s expect lamp red on", r"'red' is no lamp; allowed are ready, armed, open, alarm, fault"),
        (HEAD + "at 1s expect heard nothing", r"'nothing' is no signal; allowed are temporal-3, temporal-4"),
        (HEAD + "at 1s expect event 1130 by phone", r"'phone' is no source of an event; allowed are panel, code"),
        ("house big-villa\nat 1s expect flashed hall", r"how often it flashed is missing"),
        (HEAD + "at 1s expect no siren", r"'siren' is no thing that can be absent; allowed are event, presumed"),
        (HEAD + "date tomorrow", r"'tomorrow' is no date and time; write for example 2026-11-23 08:00"),
        (HEAD + "date 2020-01-01 08:00", r"2020-01-01 08:00 is before 2026-09-21"),
        ("date 2027-01-01 08:00", r"before anything happens, name the house"),
        (
            HEAD + "at 1s mains off",
            r"this house has no supply of its own; add a \[power\] table to it, or take `house ref",
        ),
        (HEAD + "at 1s expect battery giving", r"this house has no supply of its own"),
        (POWERED + "at 1s mains maybe", r"'maybe' is no state of mains; allowed are off, on"),
        (POWERED + "at 1s battery flat", r"'flat' is no radio sensor here; there is none"),
        (POWERED + "at 1s battery age 40", r"'40' is no percentage from 5% to 100%"),
        (POWERED + "at 1s battery age 4%", r"'4%' is no percentage from 5% to 100%"),
        (
            POWERED + "at 1s charger fails often",
            r"'often' is no fault of the charger; allowed are dead, undervoltage, fuse",
        ),
        (POWERED + "at 1s temperature 20", r"unit of the battery's temperature is missing: C"),
        (POWERED + "at 1s temperature 90 C", r"90 C is no temperature for a battery; it is from -30 to 60"),
        (POWERED + "at 1s temperature cellar 20", r"'cellar' is no thermometer here"),
        (POWERED + "at 1s expect panel asleep", r"'asleep' is no state of the panel; allowed are running, parked, off"),
        (POWERED + "at 1s expect battery above much V", r"'much' is no number for volts"),
        (
            POWERED + "at 1s expect output lamp on",
            r"'lamp' is no output of the supply; allowed are charger, test-load, keypad",
        ),
        (HEAD + "at 1s cable cut", r"'cut' is no state of the cable; allowed are out, in"),
        (HEAD + "at 1s black hole gsm begins", r"'gsm' is no path; allowed are ip, mobile"),
        (HEAD + "at 1s black hole mobile begins", r"this house has no modem; add a \[modem\] table to it"),
        (HEAD + "at 1s sms off", r"this house has no modem"),
        (WITH_MODEM + "at 1s mobile antenna off", r"'antenna' is no thing of the mobile network; allowed are network"),
        (WITH_MODEM + "at 1s modem resets at noon", r"'noon' is no moment of a modem; allowed are connect, prompt"),
        (HEAD + "at 1s expect no case", r"this story has no receiving centre; write `centre family` behind its house"),
        (HEAD + "centre nowhere", r"no centre is called 'nowhere'; there are family"),
        (
            HEAD + "centre family\nat 1s service by doris of fire for 2h",
            r"'doris' is no person whom the centre knows here; there are anna, bertil",
        ),
        (
            HEAD + "centre family\nat 1s service by anna of tea for 2h",
            r"'tea' is nothing that service mode is for: burg",
        ),
        (HEAD + "centre family\nat 1s operator olle does police", r"result of police is missing: called"),
        (HEAD + "at 1s expect display", r"what the display should say is missing"),
        (HEAD + "at 1s expect command maybe", r"'maybe' is no answer to a command; allowed are done, refused"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_is_allowed(text: str, complaint: str) -> None:
    with pytest.raises(ScenarioError, match=complaint):
        parse_scenario(text, "x.txt")


@pytest.mark.parametrize(
    ("date", "unix_s"),
    [
        ("2027-01-15 08:00", 1_799_996_400),  # Winter: 07:00 UTC.
        ("2027-07-15 08:00", 1_815_631_200),  # Summer: 06:00 UTC.
        ("2027-10-31 02:30", 1_824_942_600),  # The hour that comes twice: the first one, 00:30 UTC.
    ],
)
def test_a_date_is_what_the_clock_on_the_wall_shows(date: str, unix_s: int) -> None:
    scenario = parse_scenario(f"{HEAD}date {date}\nat 1s open front-door", "x.txt")
    assert scenario.began_unix_ms == unix_s * 1000


def test_every_example_in_the_pages_tables_can_be_read() -> None:
    examples = re.findall(r"^\| `[^|]* \| `([^|]*)` \| ", PAGE.read_text(), re.MULTILINE)
    assert len(examples) > 40
    of_power = PAGE.read_text().split("## Mains and battery")[1].split("\n## ")[0]
    of_paths = PAGE.read_text().split("## Two paths")[1].split("\n## ")[0]
    for example in examples:
        house = "reference" if f"`{example}`" in of_power else "big-villa"
        house = "two-paths" if f"`{example}`" in of_paths else house
        house = "smart-villa" if re.search(r"\b(front|lamp)\b", example) else house
        parse_scenario(f"house {house}\ncentre family\nat 1s {example}", "x.txt")


def test_a_story_may_name_the_rows_that_it_shows() -> None:
    assert parse_scenario(f"title x\nshows P02 S02\n{HEAD}at 1s open front-door", "x.txt").shows == ("P02", "S02")
    assert parse_scenario(f"{HEAD}at 1s open front-door", "x.txt").shows == ()


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"nothing\.txt: cannot be read"):
        read_scenario(tmp_path / "nothing.txt")


def test_the_page_tells_of_every_statement() -> None:
    told = set(re.findall(r"`(?:expect )?([a-z-]+)", PAGE.read_text()))
    assert set(STATEMENTS) - {"expect"} <= told
    assert set(EXPECTATIONS) <= told
