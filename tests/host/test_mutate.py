"""The mutation tool tried on a toy panel whose test is known to be weak at one place."""

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tool_loading import load_tool

ROOT = Path(__file__).parents[2]
TOOL = ROOT / "tools" / "mutate.py"

TOY = '''"""A toy."""
QUIET = 0
ALARM = 1
NEXT = {QUIET: (ALARM,), ALARM: (QUIET,)}


def is_over(now: int, deadline: int) -> bool:
    return now >= deadline


def spent(count: int) -> int:
    while count > 0:
        count -= 1
    return count
'''
# Nothing asks what happens just at the deadline.
WEAK_TEST = """from hemlarm_firmware.panel import toy


def test_the_deadline() -> None:
    assert toy.is_over(5, 3) and not toy.is_over(1, 3)


def test_the_states() -> None:
    assert toy.NEXT == {0: (1,), 1: (0,)} and (toy.QUIET, toy.ALARM) == (0, 1)


def test_spending() -> None:
    assert (toy.spent(2), toy.spent(1), toy.spent(-1)) == (0, 0, -1)
"""
SURVIVOR = "| `panel.toy` | `is_over` | `return now >= deadline → return now > deadline` | A toy. |\n"
KILLED = "| `panel.toy` | `is_over` | `return now >= deadline → return now < deadline` | A toy. |\n"
NO_MUTANT = "| `panel.toy` | `is_over` | `return now == deadline → return now != deadline` | A toy. |\n"


tool = load_tool("mutate")


def plant(root: Path, test: str = WEAK_TEST, rows: str = "") -> Path:
    """A tree of the project's layout with the toy in it."""
    files = {
        "firmware/hemlarm_firmware/__init__.py": "",
        "firmware/hemlarm_firmware/panel/__init__.py": "",
        "firmware/hemlarm_firmware/panel/toy.py": TOY,
        "firmware/hemlarm_firmware/panel/texts.py": "WORDS = 1\n",
        "tests/shared/test_panel_toy.py": test,
        "tests/shared/test_panel_recorded.py": "raise AssertionError('takes no part')\n",
        "docs/mutation-survivors.md": rows,
    }
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    return root


def mutate(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(TOOL), "--root", str(root), *options],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a run with nothing listed printed and wrote."""
    root = plant(tmp_path_factory.mktemp("toy"))
    run = mutate(root, "--json", str(root / "result.json"))
    return run, json.loads((root / "result.json").read_text())


def test_the_fault_that_no_test_notices_survives_and_is_named(outcome: Any) -> None:
    run, result = outcome
    assert [one["mutated"] for one in result["survivors"]] == ["return now > deadline"]
    assert "firmware/hemlarm_firmware/panel/toy.py:8 is_over  not listed" in run.stdout
    assert "  - return now >= deadline\n  + return now > deadline" in run.stdout
    assert "survivors not listed: 1" in run.stderr
    assert run.returncode == 1


def test_an_endless_loop_is_a_kill(outcome: Any) -> None:
    killed = {one["mutation"]: one["how"] for one in outcome[1]["others"]}
    assert killed["count -= 1 → count += 1"] == "OutOfTimeError"


def test_rows_of_a_table_are_changed_and_removed(outcome: Any) -> None:
    mutations = {one["mutation"] for one in outcome[1]["others"]}
    assert {"QUIET: (ALARM,) → QUIET: (QUIET,)", "QUIET: (ALARM,) → (removed)"} <= mutations


def test_words_for_people_are_left_alone(outcome: Any) -> None:
    assert {one["module"] for one in outcome[1]["others"]} == {"panel.toy"}


def test_too_few_kills_fail_the_run_and_say_so(outcome: Any) -> None:
    assert outcome[1]["rate"] >= tool.KILLED_MIN
    assert "is asked for" not in outcome[0].stderr
    assert tool.rate([]) == 1.0
    fates = [tool.Result(None, fate, None, None) for fate in (tool.KILLED, tool.SURVIVED, tool.STILLBORN)]
    assert tool.rate(fates) == 0.5


def test_a_listed_survivor_is_accepted(tmp_path: Path) -> None:
    run = mutate(plant(tmp_path, rows=SURVIVOR), "--module", "toy", "--only", "8")
    assert (run.returncode, "listed: A toy." in run.stdout) == (0, True), run.stderr


def test_rows_that_are_out_of_date_fail_the_run(tmp_path: Path) -> None:
    run = mutate(plant(tmp_path, rows=SURVIVOR + KILLED + NO_MUTANT), "--module", "toy")
    assert run.returncode == 1
    assert "the tests kill it; strike it: panel.toy, is_over: return now >= deadline → return now <" in run.stderr
    assert "no such mutant; strike it: panel.toy, is_over: return now == deadline" in run.stderr


def test_tests_that_fail_without_a_mutation_are_refused(tmp_path: Path) -> None:
    run = mutate(plant(tmp_path, test="def test_wrong() -> None:\n    assert 1 == 2\n"))
    assert run.returncode == 2
    assert "test_panel_toy.test_wrong fails without any mutation" in run.stderr


def mutations(source: str) -> set[str]:
    tree = ast.parse(source)
    siblings = {"toy": tool.mutation_survey.siblings_of(tree)}
    return {mutant.mutated for mutant in tool.mutation_survey.survey("toy", tree, siblings)}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("return a < b", {"return a <= b", "return a >= b"}),
        ("return a is None", {"return a is not None"}),
        ("return a and b", {"return a or b", "return a", "return b"}),
        ("return not a", {"return a"}),
        ("return a + 2", {"return a - 2", "return a + 3", "return a + 1", "return None"}),
        ("return True", {"return False"}),
        ("return min(a, b)", {"return max(a, b)", "return None"}),
        ("return [x for x in a if x]", {"return [x for x in a]", "return None"}),
        ("self.a = 0", {"self.a = 1", "(removed)"}),
        ("a += b", {"a -= b", "a = b", "(removed)"}),
        ("if a: go()", {"if not a:", "(removed)"}),
        ("if a == 'fire': raise ValueError('cold')", {"if a != 'fire':", "if a == 'fire~':", "(removed)"}),
        ("for x in a: go()", {"for x in ():", "(removed)"}),
        ("return a if b else c", {"return a if not b else c", "return None"}),
        ("return {'n': a}", {"(removed)", "return None"}),
        ("assert a < 3", set()),
        ("a: 'int' = b", set()),
    ],
)
def test_each_operator_changes_one_thing(line: str, expected: set[str]) -> None:
    assert mutations(f"def go(a: int, b: int = c) -> bool:\n    {line}\n") == expected


def test_a_constant_becomes_the_one_beside_it() -> None:
    source = "A = 0\nB = 1\n\nC = 2\nUSED = [A, C]\n"
    assert {"USED = [B, C]", "[A, C]: A"} & mutations(source) == {"USED = [B, C]"}
    assert not {"USED = [A, A]", "USED = [A, B]"} & mutations(source)


def test_what_occurs_twice_in_a_function_has_two_keys() -> None:
    tree = ast.parse("def go(a):\n    if a:\n        stop()\n    else:\n        stop()\n")
    keys = [mutant.key for mutant in tool.mutation_survey.survey("toy", tree, {})]
    assert len(keys) == len(set(keys))
    assert ("toy", "go", "stop() → (removed) (2)") in keys


def test_a_row_says_what_it_was_made_from() -> None:
    key = ("panel.toy", "go", "a | b → a & b")
    document = "Words.\n\n| module | where |\n|---|---|\n" + tool.mutation_survivors.row(key, "Equal.") + "\n"
    assert tool.mutation_survivors.listed(document) == {key: "Equal."}


@pytest.mark.parametrize("rows", [SURVIVOR.replace("A toy.", ""), SURVIVOR * 2, "| `panel.toy` | `go` |\n"])
def test_a_row_without_a_reason_or_twice_is_refused(rows: str) -> None:
    with pytest.raises(ValueError, match=r"line \d: "):
        tool.mutation_survivors.listed(rows)
