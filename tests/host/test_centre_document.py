"""The tables of docs/receiving-centre.md are those of the program."""

import re
import shlex
from pathlib import Path

import pytest

from cloud_terminal import Terminal
from tool_loading import load_tool

tool = load_tool("centre_tables")


def test_the_tables_in_the_documentation_are_current() -> None:
    assert tool.main(["--check"]) == 0, "run python tools/centre_tables.py"


def test_a_changed_plan_makes_the_documentation_outdated(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(tool.PLANS, "fire", tool.PLANS["water"])
    assert tool.main(["--check"]) == 1
    assert "is not current" in capsys.readouterr().err


def test_the_papers_an_installer_needs_are_tried_on_the_rule_itself() -> None:
    told = tool.authorities()
    assert "| service-fire | A, B | with a fire certificate |" in told
    assert "| service-burglary | A, B, C | with police approval |" in told
    assert "| change-contacts | A | no |" in told


def test_a_document_without_the_place_for_a_table_is_refused() -> None:
    with pytest.raises(ValueError, match=r"needs the lines <!-- table: categories -->"):
        tool.rewritten("nothing here")


def test_the_commands_of_the_page_register_a_site_one_after_the_other(tmp_path: Path) -> None:
    commands = re.findall(r"^    hemlarm cloud (.*)$", tool.DOCUMENT.read_text(), re.MULTILINE)
    assert len(commands) > 10
    terminal = Terminal(tmp_path)
    for command in commands:
        result = terminal.run(*shlex.split(command))
        assert (result.exit_code, result.stderr) == (0, ""), command
    shown = terminal.facts("site", "show", "1")
    assert [each["id"] for each in shown["transmitters"]] == ["00112233445566ff"]
