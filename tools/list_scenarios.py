"""Lists the scenarios that come with the simulator in docs/scenarios.md: name, title, and what each shows.

`python tools/list_scenarios.py` writes the table, `--check` only says whether it is current (exit code 1 when not). In
the document it stands between two comments; the text outside is written by hand.
"""

import sys
from pathlib import Path

from hemlarm_simulator.scenario import SCENARIOS, Scenario, read_scenario

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "scenarios.md"
BEGIN, END = "<!-- listed: scenarios -->", "<!-- end: scenarios -->"


def scenarios() -> list[Scenario]:
    """All that come along, by name, so that those of one kind stand together. Raises ScenarioError."""
    return [read_scenario(path) for path in sorted(SCENARIOS.glob("*.txt"))]


def table(told: list[Scenario]) -> str:
    """The table's lines."""
    rows = [f"| `{scenario.name}` | {scenario.title} | {' '.join(scenario.shows)} |" for scenario in told]
    return "\n".join(["| name | what it tells | shows |", "|---|---|---|", *rows])


def relisted(document: str, told: list[Scenario]) -> str:
    """The document with the table made anew. Raises ValueError when it lacks the place of it."""
    before, found, rest = document.partition(BEGIN)
    _, closed, after = rest.partition(END)
    if not found or not closed:
        raise ValueError(f"docs/scenarios.md needs the lines {BEGIN} and {END} around the table")
    return f"{before}{BEGIN}\n\n{table(told)}\n\n{END}{after}"


def main(arguments: list[str]) -> int:
    """Writes the table, or with --check compares; returns the exit code."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: python tools/list_scenarios.py [--check]\n")
        return 2
    old = DOCUMENT.read_text(encoding="utf-8")
    new = relisted(old, scenarios())
    if arguments:
        if old == new:
            return 0
        sys.stderr.write("docs/scenarios.md is not current: run python tools/list_scenarios.py\n")
        return 1
    DOCUMENT.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
