"""docs/pages.md: its commands work as they stand there, and its pictures are those that the command takes."""

import re
import shlex
from pathlib import Path

from PIL import Image

from cloud_terminal import Terminal
from registered_site import register
from tool_loading import load_tool

tool = load_tool("screenshots")


def test_the_table_of_pictures_is_current_and_each_is_there_at_its_size() -> None:
    document = tool.DOCUMENT.read_text(encoding="utf-8")
    assert tool.relisted(document) == document, "run python tools/screenshots.py --list"
    for shot in tool.SHOTS:
        for size, viewport in tool.SIZES.items():
            for theme in tool.THEMES:
                with Image.open(tool.FOLDER / f"{shot.name}-{size}-{theme}.png") as taken:
                    assert taken.size == (viewport["width"], viewport["height"]), shot.name


def test_no_picture_is_left_of_a_page_that_is_no_more() -> None:
    named = set(re.findall(r"screens/([a-z-]+\.png)", tool.DOCUMENT.read_text(encoding="utf-8")))
    assert {file.name for file in tool.FOLDER.glob("*.png")} == named


def test_the_commands_of_the_page_work_one_after_the_other(tmp_path: Path) -> None:
    commands = re.findall(r"^    hemlarm cloud (.*)$", tool.DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(commands) >= 6
    terminal = Terminal(tmp_path)
    there = register(terminal.store())
    owner = ("--role", "customer", "--customer", str(there.customer), "--person", str(there.a))
    assert terminal.facts("account", "add", "anna", *owner)["account"] == 1
    typed = "fyra glada sjungande grodor\n" * 2
    for command in commands:
        result = terminal.run(*shlex.split(command), typed=typed)
        assert (result.exit_code, result.stderr) == (0, ""), command
