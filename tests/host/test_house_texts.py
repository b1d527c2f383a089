"""The house page's script: every text is there in two languages and used, and no file grows too long."""

import re
from pathlib import Path

import pytest

from hemlarm_simulator.description import houses, load_house
from hemlarm_simulator.page.plan import plan_of

STATIC = Path(__file__).parents[2] / "simulator" / "hemlarm_simulator" / "page" / "static"
SCRIPTS = {path.name: path.read_text() for path in STATIC.glob("*.js")}
ENTRY = re.compile(r'^  "([\w.-]+)": \["((?:[^"\\]|\\.)+)", "((?:[^"\\]|\\.)+)"\],$', re.MULTILINE)
TEXTS = {key: (swedish, english) for key, swedish, english in ENTRY.findall(SCRIPTS["texts.js"])}
CODE = "\n".join(text for name, text in SCRIPTS.items() if name not in ("texts.js", "names.js"))
LINES_MAX = 400


def test_every_text_that_the_script_asks_for_is_there() -> None:
    asked = set(re.findall(r'\bt\("([\w.-]+)"', CODE))
    assert asked
    assert asked <= set(TEXTS)


def test_every_text_is_asked_for() -> None:
    groups = set(re.findall(r"`([\w.-]+)\$\{", CODE))
    unused = [key for key in TEXTS if f'"{key}"' not in CODE and not any(key.startswith(group) for group in groups)]
    assert unused == []


def test_both_languages_have_the_same_gaps() -> None:
    def gaps(text: str) -> list[str]:
        return sorted(re.findall(r"\{\d\}", text))

    assert [key for key, pair in TEXTS.items() if gaps(pair[0]) != gaps(pair[1])] == []


@pytest.mark.parametrize("name", houses())
def test_rooms_are_named_in_both_languages(name: str) -> None:
    named = set(re.findall(r'^  "?([\w-]+)"?: \["[^"]+", "[^"]+"\],$', SCRIPTS["names.js"], re.MULTILINE))
    assert {room.name for room in plan_of(load_house(name)).rooms} <= named


def test_no_script_and_no_style_is_too_long() -> None:
    long = {path.name for path in STATIC.iterdir() if len(path.read_text().splitlines()) > LINES_MAX}
    assert long == set()
