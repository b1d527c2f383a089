"""The state diagrams in docs/ are drawn from the tables and are current."""

from pathlib import Path

import pytest

from hemlarm_firmware.panel import area, latch, latch_tables, tables
from tool_loading import load_tool

ROOT = Path(__file__).parents[2]


tool = load_tool("draw_states")


def test_the_diagrams_in_the_documentation_are_current() -> None:
    assert tool.main(["--check"]) == 0, "run python tools/draw_states.py"


def test_a_changed_table_makes_the_documentation_outdated(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows, states, first = tool.DRAWINGS["intrusion"]
    changed = {**rows, (2, "disarm"): (4, ())}
    monkeypatch.setitem(tool.DRAWINGS, "intrusion", (changed, states, first))
    assert tool.main(["--check"]) == 1
    assert "is not current" in capsys.readouterr().err


def test_every_row_is_drawn_or_listed_as_without_effect() -> None:
    for rows, states, first in tool.DRAWINGS.values():
        drawn, listed = tool.diagram(rows, states, first), tool.ignored(rows, states)
        for (state, stimulus), (following, actions) in rows.items():
            if following == state and not actions:
                assert any(line.startswith(f"- {states[state]}: ") and stimulus in line for line in listed.splitlines())
            else:
                assert any(
                    line.strip().startswith(f"s{state} --> s{following}:") and stimulus in line
                    for line in drawn.splitlines()
                )


def test_a_document_without_the_place_for_a_drawing_is_refused() -> None:
    with pytest.raises(ValueError, match="needs the lines <!-- drawn: intrusion -->"):
        tool.redrawn("nothing here")


def test_every_action_has_the_number_of_the_method_of_its_name() -> None:
    for module, actions in ((tables, area.ACTIONS), (latch_tables, latch.ACTIONS)):
        for number, action in enumerate(actions):
            assert getattr(module, "_" + action.__name__.upper()) == number, action.__name__
