"""A site file is checked whole: each mistake with its line, in the panel's own words, and nothing is guessed."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemlarm_cloud.installer.differences import compare
from hemlarm_cloud.installer.site_file import TEXT_MAX, read

GOOD = """\
[panel]
language = "en"
siren_s = 120

[[area]]
number = 1
entry_s = 45

[[zone]]
number = 1
name = "Front door"
type = "entry"
area = 1
room = "Hall"

[[zone]]
number = 2
name = "Attic"
type = "fire"
area = 1
radio = "a1b2c3d4"
key = "000102030405060708090a0b0c0d0e0f"

[[user]]
number = 1
name = "Anna"
role = "master"

[[room]]
name = "Hall"
x = 0
y = 0
w = 3.5
h = 2
"""


def test_a_good_file_is_a_configuration_the_panel_takes_with_a_map_beside_it() -> None:
    checked = read(GOOD)
    assert checked.good, checked.problems
    assert checked.config["zones"][1] == {
        "number": 2,
        "name": "Attic",
        "type": "fire",
        "area": 1,
        "radio": bytes.fromhex("a1b2c3d4"),
        "key": bytes(range(16)),
    }
    assert checked.config["zones"][0] == {"number": 1, "name": "Front door", "type": "entry", "area": 1}
    assert checked.config["users"] == [{"number": 1, "role": "master"}]
    assert checked.rooms == ({"name": "Hall", "x": 0, "y": 0, "w": 3.5, "h": 2},)


def test_every_mistake_is_told_at_once_with_its_line_and_what_is_allowed() -> None:
    broken = GOOD.replace('"en"', '"se"').replace("entry_s = 45", "entry_s = 450").replace('"fire"', '"fyr"')
    told = [(problem.line, problem.about, problem.text) for problem in read(broken).problems]
    assert [(line, about) for line, about, _ in told] == [
        (2, "language"),
        (7, "area 1 entry_s"),
        (19, 'zone 2 "Attic" type'),
    ]
    assert told[0][2] == "'se' is wrong; it must be one of sv, en"
    assert told[1][2] == "450 is wrong; it must be a whole number from 0 to 300"
    assert "entry, follower, instant" in told[2][2]


@pytest.mark.parametrize(
    ("broken", "line", "about", "said"),
    [
        (GOOD.replace("a1b2c3d4", "a1b2"), 21, 'zone 2 "Attic" radio', "8 hexadecimal digits"),
        (GOOD.replace("[[zone]]\nnumber = 1", "[[zone]]\nnumber = 2"), 17, 'zone 2 "Attic" number', "used twice"),
        (GOOD.replace('role = "master"', 'code = "1234"'), 27, 'user 1 "Anna" code', "chosen at the keypad"),
        (GOOD.replace("[[area]]", "[area]"), 5, "[area]", "write [[area]]"),
        (GOOD.replace("[panel]", "[pannel]"), 1, "[pannel]", "there are panel, area"),
        (GOOD.replace("w = 3.5", 'w = "wide"'), 29, "room 1", "look at w"),
        (GOOD.replace("siren_s = 120", "siren_s = "), 3, "the file", "is no TOML"),
        ("x" * (TEXT_MAX + 1), 0, "the file", "are the most"),
        ("", 0, "areas", "must be a list of 1 to 8"),
    ],
)
def test_a_mistake_names_line_thing_and_remedy(broken: str, line: int, about: str, said: str) -> None:
    problems = read(broken).problems
    assert [(problem.line, problem.about) for problem in problems][:1] == [(line, about)]
    assert said in problems[0].text


@given(st.text(max_size=300) | st.lists(st.sampled_from(GOOD.splitlines()), max_size=40).map("\n".join))
def test_whatever_is_written_gets_an_answer(text: str) -> None:
    checked = read(text)
    assert checked.good or all(problem.text for problem in checked.problems)


def test_the_edits_take_the_panel_to_what_the_file_says() -> None:
    wanted = read(GOOD).config
    there = {
        "areas": [{"number": 1}],
        "zones": [{"number": 1, "type": "entry", "area": 1, "name": "Door", "home": True}, {"number": 9, "type": "co"}],
        "users": [{"number": 1, "role": "user", "code": True}],
        "siren_s": 180,
        "chime": False,
        "revision": 3,
    }
    compared = compare(wanted, there)
    assert compared.edits == [
        ["panel", 0, {"chime": None, "language": "en", "siren_s": 120}],
        ["areas", 1, {"entry_s": 45}],
        ["zones", 1, {"home": None, "name": "Front door"}],
        [
            "zones",
            2,
            {"area": 1, "key": bytes(range(16)), "name": "Attic", "radio": bytes.fromhex("a1b2c3d4"), "type": "fire"},
        ],
        ["zones", 9, None],
    ]
    assert ("zones", 1, "Front door", "name", "Door", "Front door") in compared.differences
    assert not any(difference.field == "key" for difference in compared.differences)


def test_a_panel_that_is_as_the_file_says_needs_no_edits() -> None:
    wanted = read(GOOD).config
    there = {**wanted, "zones": [{k: v for k, v in zone.items() if k != "key"} for zone in wanted["zones"]]}
    assert compare(wanted, there) == ([], [])


def test_the_documents_example_is_good_and_its_mistakes_are_told_as_it_says() -> None:
    document = (Path(__file__).parents[2] / "docs" / "site-file.md").read_text(encoding="utf-8")
    example = document.partition("```toml\n")[2].partition("```")[0]
    assert read(example).good, read(example).problems
    assert len(read(example).marks) == 2
    broken = example.replace("entry_s = 30", "entry_s = 450").replace('"fire"', '"fyr"')
    told = [f"| {each.line} | {each.about} | {each.text} |" for each in read(broken).problems]
    assert told == [line for line in document.splitlines() if re.match(r"\| \d+ \|", line)]
