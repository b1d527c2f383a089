"""The stories that come along: what each must look at before it ends, what they show together, and their list."""

import re
from pathlib import Path

import pytest

import traceability
from hemlarm_simulator.scenario import SCENARIOS, Scenario, parse_scenario, read_scenario
from tool_loading import load_tool

ROOT = Path(__file__).parents[2]
STORIES = [read_scenario(path) for path in sorted(SCENARIOS.glob("*.txt"))]
STORY = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)

# Rows that a story of one house can show; that the firmware fits a board's heap is shown by tests of the heap.
ROWS = {*(f"P{number:02}" for number in (*range(1, 14), 15, *range(17, 20), 21, 22, 23, *range(27, 32))), "S02"}

# What users of other open panels complain about, as the stories' names tell it.
COMPLAINTS = {
    "a-sensor-comes-back-at-two-at-night",
    "no-entry-follower",
    "no-duress-or-hold-up",
    "a-door-in-the-exit-delay-aborts-arming",
    "a-sensor-opened-during-a-reboot",
    "an-open-door-disarms-after-the-siren",
    "instant-zones-ignored-while-arming",
    "a-reboot-forgets-bypasses",
    "losing-the-network-kills-the-siren",
    "arming-tied-to-nobody",
    "a-dropped-link-needs-a-restart",
}


def last_looks(story: Scenario) -> list[str]:
    """What is expected at the story's last time."""
    end_ms = story.steps[-1].at_ms
    return [step.text for step in story.steps if step.at_ms == end_ms and step.text.startswith("expect ")]


def _looks_at(what: str, looks: list[str]) -> bool:
    return any(re.match(f"expect {what}", look) for look in looks)


@STORY
def test_a_story_ends_with_keypad_sirens_and_cloud(story: Scenario) -> None:
    looks = last_looks(story)
    assert _looks_at("(display|armed) .", looks), "what the keypad shows"
    assert _looks_at("siren", looks), "the indoor siren"
    assert _looks_at("outdoor", looks), "the outdoor siren"
    assert looks[-1] == "expect everything acknowledged"
    assert story.steps[-1].text == looks[-1]


@STORY
def test_a_story_says_of_events_which_zone_or_which_person_they_tell_of(story: Scenario) -> None:
    assert any(re.match(r"expect (\d+ )?events? \d+ (area|zone|user|by|detail)", step.text) for step in story.steps)


@STORY
def test_a_story_shows_rows_that_there_are(story: Scenario) -> None:
    assert set(story.shows) <= set(traceability.KNOWN_IDS)


def test_every_row_that_stories_can_show_is_shown_by_one() -> None:
    assert {row for story in STORIES for row in story.shows} >= ROWS


def test_every_complaint_has_a_story_of_its_name() -> None:
    told = {story.name.removeprefix("complaint-") for story in STORIES if story.name.startswith("complaint-")}
    assert told == COMPLAINTS


tool = load_tool("list_scenarios")


def test_the_list_in_the_documentation_is_current() -> None:
    assert tool.main(["--check"]) == 0, "run python tools/list_scenarios.py"


def test_a_new_story_makes_the_documentation_outdated(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    new = parse_scenario("title A new one\nshows P02\nhouse villa\nat 1s open front-door", "new.txt")
    monkeypatch.setattr(tool, "scenarios", lambda: [*STORIES, new])
    assert tool.main(["--check"]) == 1
    assert "is not current" in capsys.readouterr().err
    assert tool.table([new]).endswith("| `new` | A new one | P02 |")


def test_a_document_without_the_place_for_the_list_is_refused() -> None:
    with pytest.raises(ValueError, match=r"needs the lines <!-- listed: scenarios -->"):
        tool.relisted("nothing here", STORIES)
