"""Every requirement is shown by tests that exist, or owed by named work, and what is owed only gets less.

That the named tests also passed is judged at the end of a run of the whole suite: see conftest.py.
"""

import subprocess

import pytest

import traceability as t

NAMED = "tests/test_sample.py::test_arms"
SHOWN = f"| P01 | Arms. | shown | `{NAMED}` |"
OWED = "| P02 | Waits. | owed | panel logic (3) |"
TESTS = {"tests/test_sample.py::test_arms", "tests/test_sample.py::test_waits"}


def page(*lines: str, ceiling: int = 1) -> t.Page:
    """Return the page made of these lines and a ceiling."""
    return t.read_page("\n".join([f"Owed at most: {ceiling}. It may only fall.", *lines]))


def earlier_ceilings() -> list[int]:
    """Return the ceilings in the history that there is: none in a tree without git."""
    try:
        log = subprocess.run(
            ["git", "log", "--format=", "--patch", "--unified=0", "--", str(t.PAGE)],  # noqa: S607
            cwd=t.ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return []
    return [
        number
        for line in log.splitlines()
        if line.startswith("+") and (number := t.read_page(line[1:]).ceiling) is not None
    ]


def test_every_requirement_stands_on_the_page_once() -> None:
    assert t.check_ids(t.read_page(t.PAGE.read_text())) == []


def test_every_row_names_tests_that_exist_or_the_work_that_owes_it() -> None:
    assert t.check_rows(t.read_page(t.PAGE.read_text()), t.known_tests(t.ROOT)) == []


def test_the_number_owed_has_only_fallen() -> None:
    assert t.check_ceiling(t.read_page(t.PAGE.read_text()), earlier_ceilings()) == []


def test_a_missing_an_unknown_and_a_doubled_id_are_found() -> None:
    complaints = t.check_ids(page(SHOWN, SHOWN, OWED.replace("P02", "P99")))
    assert "P02 is missing: add its row" in complaints
    assert "line 2: P01 stands there more than once" in complaints
    assert "line 4: P99 is no known requirement" in complaints


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (SHOWN, ""),
        (OWED, ""),
        (SHOWN.replace("`tests/test_sample.py::test_arms`", ""), "is shown: name its tests"),
        (SHOWN.replace("test_arms", "test_gone"), "there is no test tests/test_sample.py::test_gone"),
        (SHOWN.replace("test_arms", "test_arms[home]"), ""),
        (SHOWN.replace("shown", "done"), 'the state is "shown" or "owed", not "done"'),
        (OWED.replace("panel logic (3)", ""), "is owed: name the work"),
    ],
)
def test_a_row_that_claims_too_much_is_found(row: str, complaint: str) -> None:
    complaints = t.check_rows(page(row), TESTS)
    assert complaint in "".join(complaints)
    assert bool(complaints) == bool(complaint)


def test_a_row_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"requirements\.md:2: a row has exactly four cells"):
        page("| P01 | Arms. | shown |")


@pytest.mark.parametrize(
    ("ceiling", "earlier", "complaint"),
    [
        (1, [], ""),
        (1, [3, 1], ""),
        (0, [], "1 are owed, at most 0 may be"),
        (2, [], 'only 1 are owed now: write "Owed at most: 1"'),
        (1, [0, 5], "the ceiling was 0 before: it may only fall"),
    ],
)
def test_the_ceiling_holds_in_both_directions(ceiling: int, earlier: list[int], complaint: str) -> None:
    complaints = t.check_ceiling(page(SHOWN, OWED, ceiling=ceiling), earlier)
    assert complaint in "".join(complaints)
    assert bool(complaints) == bool(complaint)


def test_a_page_without_a_ceiling_is_found() -> None:
    assert t.check_ceiling(t.read_page(OWED), []) == ['the line "Owed at most: N" is missing']


@pytest.mark.parametrize(
    ("outcomes", "complaint"),
    [
        ({NAMED: "passed"}, ""),
        ({"tests/test_sample.py::test_arms[home]": "passed", "tests/test_sample.py::test_arms[away]": "passed"}, ""),
        (
            {"tests/test_sample.py::test_arms[home]": "passed", "tests/test_sample.py::test_arms[away]": "failed"},
            "failed",
        ),
        ({NAMED: "skipped"}, "skipped"),
        ({f"{NAMED}_twice": "passed"}, "did not run"),
    ],
)
def test_only_tests_that_passed_show_a_requirement(outcomes: dict[str, str], complaint: str) -> None:
    complaints = t.check_outcomes(page(SHOWN, OWED), outcomes)
    assert complaint in "".join(complaints)
    assert bool(complaints) == bool(complaint)


SUITE = """
import pytest

def test_passes():
    pass

@pytest.mark.skip(reason="a sample")
def test_skipped():
    pass
"""


@pytest.mark.parametrize(
    ("named", "fail_on_skip", "expected"),
    [
        ("test_passes", "", "1 passed, 1 skipped"),
        ("test_skipped", "", "P01 is not shown: tests/test_sample.py::test_skipped skipped"),
        ("test_passes", "1", "skipped, and FAIL_ON_SKIP is set: tests/test_sample.py::test_skipped"),
    ],
)
@pytest.mark.parametrize("workers", [[], ["-n1", "--dist=worksteal"]], ids=["alone", "xdist"])
def test_the_end_of_a_run_judges_it(
    named: str,
    fail_on_skip: str,
    expected: str,
    workers: list[str],
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for path in ("conftest.py", "databases.py", "traceability.py"):
        target = pytester.path / "tests" / path
        target.parent.mkdir(exist_ok=True)
        target.write_text((t.ROOT / "tests" / path).read_text())
    (pytester.path / "docs").mkdir()
    (pytester.path / "docs" / "requirements.md").write_text(SHOWN.replace("test_arms", named))
    (pytester.path / "tests" / "test_sample.py").write_text(SUITE)
    pytester.makeini("[pytest]\naddopts=--import-mode=importlib\ntestpaths=tests\npythonpath=tests\n")
    monkeypatch.setenv("FAIL_ON_SKIP", fail_on_skip)
    result = pytester.runpytest_subprocess(*workers)
    assert result.ret == (1 if "P01" in expected or fail_on_skip else 0)
    assert expected in result.stdout.str()
