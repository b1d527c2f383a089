"""Stories on the house page: the list, and how one goes line by line."""

from typing import Any, cast

import pytest

from hemlarm_simulator.names import UnknownNameError
from hemlarm_simulator.page import stories
from hemlarm_simulator.page.stories import Playing
from hemlarm_simulator.scenario import SCENARIOS, Scenario, Step, read_scenario
from hemlarm_simulator.scenario_text import Expectation, Move, Stage

STAGE = cast(Stage, object())


def playing(*statements: Move | Expectation) -> tuple[Playing, list[dict[str, Any]]]:
    steps = [Step(1_000 * n, f"story.txt:{n}", f"line {n}", said) for n, said in enumerate(statements)]
    told: list[dict[str, Any]] = []
    return Playing(Scenario("story", "A story", steps=steps), STAGE, told.append), told


@pytest.mark.parametrize("name", ["centre-break-in", "power-48-hours", "path-sms-as-last-resort"])
def test_the_list_says_what_the_story_itself_says(name: str) -> None:
    entry = next(entry for entry in stories.listed() if entry["name"] == name)
    whole = read_scenario(SCENARIOS / f"{name}.txt")
    assert entry == {
        "name": name,
        "title": whole.title,
        "shows": list(whole.shows),
        "house": whole.house_name,
        "centre": whole.centre is not None,
        "lasts_ms": whole.steps[-1].at_ms,
    }


def test_every_story_is_in_the_list_with_a_title_a_house_and_an_end() -> None:
    listed = stories.listed()
    assert [entry["name"] for entry in listed] == [path.stem for path in sorted(SCENARIOS.glob("*.txt"))]
    assert all(entry["title"] and entry["house"] and entry["lasts_ms"] > 0 for entry in listed)


def test_a_story_that_is_not_there_is_not_looked_for_elsewhere() -> None:
    with pytest.raises(UnknownNameError):
        stories.story("../../pyproject")


def test_a_story_tells_of_each_line_as_it_happens() -> None:
    done: list[str] = []
    story, told = playing(Move(lambda _stage: done.append("moved")), Expectation(lambda _stage: None))
    assert (told[-1]["line"], told[-1]["running"], story.next_ms) == (0, True, 0)
    assert [line["text"] for line in told[-1]["lines"]] == ["line 0", "line 1"]
    story.step()
    assert (done, told[-1]["line"], story.next_ms) == (["moved"], 1, 1_000)
    story.step()
    assert (told[-1]["line"], told[-1]["running"], told[-1]["result"], story.next_ms) == (2, False, "passed", None)


def test_a_story_that_goes_another_way_says_where_and_how() -> None:
    story, told = playing(Expectation(lambda _stage: "the siren is off"), Expectation(lambda _stage: None))
    story.step()
    assert (told[-1]["running"], told[-1]["line"], story.next_ms) == (False, 0, None)
    assert told[-1]["result"] == "line 0: but the siren is off"


def test_a_story_can_be_stopped_and_keeps_its_result() -> None:
    story, told = playing(Expectation(lambda _stage: None), Expectation(lambda _stage: None))
    story.step()
    story.stop()
    assert (told[-1]["result"], told[-1]["running"], story.next_ms) == ("stopped", False, None)
    finished, told = playing(Expectation(lambda _stage: None))
    finished.step()
    finished.stop()
    assert told[-1]["result"] == "passed"
