"""Reads docs/requirements.md and compares it with the list of requirements, the tests and their outcome.

The page's tables have four columns: id, promise, state ("shown" or "owed"), and the tests that show it or the
work that will. A line "Owed at most: N" is the ceiling that may only fall.
"""

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "requirements.md"

# How many requirements there are of each kind: panel, cloud, customer pages, simulator, installer.
COUNTS = {"P": 31, "C": 19, "A": 9, "S": 8, "I": 4}
KNOWN_IDS = [f"{letter}{number:02}" for letter, count in COUNTS.items() for number in range(1, count + 1)]

_ROW = re.compile(r"^\| *(?P<id>[A-Z]\d+) *\|(?P<promise>[^|]*)\|(?P<state>[^|]*)\|(?P<by>[^|]*)\|$")
_CEILING = re.compile(r"^Owed at most: (\d+)\b", re.MULTILINE)
_TEST = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Row:
    """One requirement: where it stands in the page, its state, and the node ids of the tests that show it."""

    line: int
    id: str
    promise: str
    state: str
    by: str

    @property
    def tests(self) -> list[str]:
        """The pytest node ids named in the row."""
        return _TEST.findall(self.by)


@dataclass(frozen=True)
class Page:
    """What docs/requirements.md says; `ceiling` is None when the line is missing."""

    rows: list[Row]
    ceiling: int | None

    @property
    def owed(self) -> int:
        """How many requirements are owed."""
        return sum(row.state == "owed" for row in self.rows)


def read_page(text: str) -> Page:
    """Parse the page. A table row whose first cell looks like an id but which does not fit is a ValueError."""
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        if not re.match(r"^\| *[A-Z]\d+ *\|", line):
            continue
        found = _ROW.match(line)
        if not found:
            raise ValueError(f"docs/requirements.md:{number}: a row has exactly four cells: id, promise, state, by")
        rows.append(Row(number, *(found[name].strip() for name in ("id", "promise", "state", "by"))))
    ceiling = _CEILING.search(text)
    return Page(rows, int(ceiling[1]) if ceiling else None)


def known_tests(root: Path) -> set[str]:
    """Return the node ids, without parameters, of all test functions under `root`/tests, found by parsing."""
    found: set[str] = set()
    for path in sorted(root.glob("tests/**/test_*.py")):
        where = path.relative_to(root).as_posix()
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef):
                found.update(f"{where}::{node.name}::{name}" for name in _functions(node.body))
            else:
                found.update(f"{where}::{name}" for name in _functions([node]))
    return found


def _functions(body: Iterable[ast.stmt]) -> list[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node.name for node in body if isinstance(node, kinds) and node.name.startswith("test_")]


def check_ids(page: Page) -> list[str]:
    """Return complaints about ids that are missing, unknown or there twice."""
    present = [row.id for row in page.rows]
    complaints = [f"{name} is missing: add its row" for name in KNOWN_IDS if name not in present]
    for row in page.rows:
        if row.id not in KNOWN_IDS:
            complaints.append(f"line {row.line}: {row.id} is no known requirement")
        elif present.count(row.id) > 1:
            complaints.append(f"line {row.line}: {row.id} stands there more than once")
    return complaints


def check_rows(page: Page, tests: set[str]) -> list[str]:
    """Return complaints about rows that are neither shown by tests that exist nor owed by somebody."""
    complaints = []
    for row in page.rows:
        where = f"line {row.line}: {row.id}"
        if row.state not in ("shown", "owed"):
            complaints.append(f'{where}: the state is "shown" or "owed", not "{row.state}"')
        elif row.state == "owed" and not row.by:
            complaints.append(f"{where} is owed: name the work that will show it")
        elif row.state == "shown" and not row.tests:
            complaints.append(f"{where} is shown: name its tests as `tests/...py::test_...`")
        complaints += [
            f"{where}: there is no test {name}; rename it here too, or mark the row owed"
            for name in row.tests
            if name.partition("[")[0] not in tests
        ]
    return complaints


def check_ceiling(page: Page, earlier: Iterable[int]) -> list[str]:
    """Return complaints about the number owed: it equals the ceiling, which has never been lower before."""
    if page.ceiling is None:
        return ['the line "Owed at most: N" is missing']
    complaints = []
    if page.owed > page.ceiling:
        complaints.append(f"{page.owed} are owed, at most {page.ceiling} may be: show them again")
    if page.owed < page.ceiling:
        complaints.append(f'only {page.owed} are owed now: write "Owed at most: {page.owed}"')
    lowest = min(earlier, default=page.ceiling)
    if page.ceiling > lowest:
        complaints.append(f"the ceiling was {lowest} before: it may only fall, not rise to {page.ceiling}")
    return complaints


def check_outcomes(page: Page, outcomes: Mapping[str, str]) -> list[str]:
    """Return complaints about shown rows whose tests did not all pass in a run of the whole suite.

    `outcomes` maps node ids, with parameters, to "passed", "failed" or "skipped". A name without parameters
    stands for all of them.
    """
    complaints = []
    for row in page.rows:
        for name in row.tests if row.state == "shown" else []:
            results = {result for node, result in outcomes.items() if name in (node, node.partition("[")[0])}
            if results != {"passed"}:
                complaints.append(f"{row.id} is not shown: {name} {' and '.join(sorted(results)) or 'did not run'}")
    return complaints
