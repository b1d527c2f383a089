"""Every answer of the trade's public pages about an alarm's behaviour has a story, and the story is played."""

import re
from pathlib import Path

from hemlarm_simulator.scenario import SCENARIOS

DOCUMENT = Path(__file__).parents[2] / "docs" / "answers.md"
ROW = re.compile(r"^\| (?P<answer>[^|]+) \| (?P<stories>[^|]*) \|$")


def rows() -> list[tuple[str, list[str]]]:
    """The answers with the names of their stories."""
    found = [match for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if (match := ROW.match(line))]
    told = [(match["answer"], re.findall(r"`([^`]+)`", match["stories"])) for match in found]
    return [(answer, stories) for answer, stories in told if answer not in ("the answer", "---")]


def test_every_answer_has_a_story_that_is_played() -> None:
    played = {path.stem for path in SCENARIOS.glob("*.txt")}
    answers = rows()
    assert len(answers) >= 30, "the table was not found"
    for answer, stories in answers:
        assert stories, f"no story shows: {answer}"
        assert set(stories) <= played, f"{sorted(set(stories) - played)} are not there: {answer}"
