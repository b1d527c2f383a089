"""Writes the receiving centre's tables into docs/receiving-centre.md: plans, conditions, results, authority, outcomes.

`python tools/centre_tables.py` writes them, `--check` only says whether they are current (exit code 1 when not). Each
stands between two comments; the text outside is written by hand.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from hemlarm_cloud.cases.categories import SERVICE_KINDS, URGENCY
from hemlarm_cloud.handling.default_plans import PLANS
from hemlarm_cloud.handling.outcomes import OUTCOMES
from hemlarm_cloud.handling.steps import CONDITIONS, RESULTS
from hemlarm_cloud.sites import authority

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "receiving-centre.md"


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def categories() -> str:
    """What comes first."""
    kind = {category: name for name, covered in SERVICE_KINDS.items() for category in covered}
    rows = [[name, str(urgency), kind.get(name, "")] for name, urgency in URGENCY.items()]
    return _table(["category", "urgency", "covered by service mode of"], rows)


def plans() -> str:
    """The default plan of each category, one step behind the other."""
    rows = []
    for name, plan in PLANS.items():
        steps = [f"{step.kind}{f' *if {step.only_if}*' if step.only_if else ''}" for step in plan]
        rows.append([name, " → ".join(steps)])
    return _table(["plan", "steps"], rows)


def conditions() -> str:
    """What a step's condition asks for."""
    rows = []
    for name, condition in CONDITIONS.items():
        if name:
            when = " or ".join(sorted(condition.when)) or "always"
            never = " or ".join(sorted(condition.never)) or "nothing"
            rows.append([name, when, never, "taken" if condition.otherwise else "left out"])
    return _table(["condition", "holds with", "unless", "when all is asked and nothing known"], rows)


def results() -> str:
    """How each kind of task can end, and what is known then."""
    rows = []
    for kind, ends in RESULTS.items():
        told = [f"{end} ({' and '.join(sorted(facts))})" if facts else end for end, facts in ends.items()]
        rows.append([kind, ", ".join(told)])
    return _table(["task", "results, and the facts that they bring"], rows)


def authorities() -> str:
    """Who may have what done."""
    rows = []
    for action in authority.ACTIONS:
        levels = [level for level in "ABC" if authority.may(action, [authority.Standing(level)], 0)]
        rows.append([action, ", ".join(levels), _installer(action)])
    return _table(["what", "levels", "an installer on the company's list"], rows)


def outcomes() -> str:
    """How a case can end."""
    rows = [[name, ", ".join(outcome.kinds), outcome.en] for name, outcome in OUTCOMES.items()]
    return _table(["outcome", "of cases of kind", "what the customer reads after an alarm"], rows)


TABLES: dict[str, Callable[[], str]] = {
    "categories": categories,
    "plans": plans,
    "conditions": conditions,
    "results": results,
    "authority": authorities,
    "outcomes": outcomes,
}


def _installer(action: str) -> str:
    """With which papers an installer may, tried out on the rule itself."""
    papers = {
        "yes": authority.Standing("I"),
        "with police approval": authority.Standing("I", police_approval_until_ms=1),
        "with a fire certificate": authority.Standing("I", fire_certificate_until_ms=1),
    }
    for told, standing in papers.items():
        if authority.may(action, [standing], 0):
            return told
    return "no"


def rewritten(document: str) -> str:
    """The document with every table made anew. Raises ValueError when it lacks the place of one."""
    for name, make in TABLES.items():
        begin, end = f"<!-- table: {name} -->", f"<!-- end: {name} -->"
        before, found, rest = document.partition(begin)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise ValueError(f"docs/receiving-centre.md needs the lines {begin} and {end}")
        document = f"{before}{begin}\n\n{make()}\n\n{end}{after}"
    return document


def main(arguments: list[str]) -> int:
    """Writes the tables, or with --check compares; returns the exit code."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: python tools/centre_tables.py [--check]\n")
        return 2
    old = DOCUMENT.read_text(encoding="utf-8")
    new = rewritten(old)
    if arguments:
        if old == new:
            return 0
        sys.stderr.write("docs/receiving-centre.md is not current: run python tools/centre_tables.py\n")
        return 1
    DOCUMENT.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
