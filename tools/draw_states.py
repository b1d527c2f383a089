"""Draws the panel's state diagrams from its tables into docs/panel-states.md.

`python tools/draw_states.py` writes the drawings, `--check` only says whether they are current (exit code 1 when
not). In the document every drawing stands between two comments that name it; the text outside is written by hand.
"""

import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "panel-states.md"
sys.path[:0] = [str(ROOT / "protocol"), str(ROOT / "firmware")]

from hemlarm_firmware.panel import area, latch, latch_tables, table_names, tables  # noqa: E402 - found only with the path above.

Rows = dict[tuple[int, str], tuple[int, tuple[str, ...]]]


def rows(
    decide: Callable[[int, int], tuple[int, tuple[int, ...]]],
    methods: tuple[Callable[..., None], ...],
    states: dict[int, str],
    stimuli: dict[int, str],
) -> Rows:
    """A machine row by row, stimuli and actions in words."""
    table: Rows = {}
    for state in states:
        for stimulus, name in stimuli.items():
            following, actions = decide(state, stimulus)
            table[(state, name)] = following, tuple(methods[action].__name__ for action in actions)
    return table


DRAWINGS: dict[str, tuple[Rows, dict[int, str], int]] = {
    "intrusion": (
        rows(tables.decide, area.ACTIONS, table_names.STATES, table_names.STIMULI),
        table_names.STATES,
        tables.DISARMED,
    ),
    "always-on": (
        rows(latch_tables.decide, latch.ACTIONS, table_names.LATCH_STATES, table_names.LATCH_STIMULI),
        table_names.LATCH_STATES,
        latch_tables.QUIET,
    ),
}


def diagram(rows: Rows, states: dict[int, str], first: int) -> str:
    """The Mermaid diagram of one machine: every row that changes the state or does something; the rest is ignored."""
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{states[state]}" as s{state}' for state in sorted(states)]
    lines.append(f"    [*] --> s{first}")
    arrows: dict[tuple[int, int, str], list[str]] = {}
    for (state, stimulus), (following, actions) in rows.items():
        if following != state or actions:
            arrows.setdefault((state, following, deeds(actions)), []).append(stimulus)
    for (state, following, done), stimuli in sorted(arrows.items()):
        lines.append(f"    s{state} --> s{following}: {' or '.join(sorted(stimuli))}{done}")
    return "\n".join([*lines, "```"])


def deeds(actions: tuple[str, ...]) -> str:
    """The actions as the arrow's second half."""
    return " / " + ", ".join(action.replace("_", " ") for action in actions) if actions else ""


def ignored(rows: Rows, states: dict[int, str]) -> str:
    """A list of what has no effect in which state."""
    lines = []
    for state in sorted(states):
        stimuli = sorted(what for (where, what), row in rows.items() if where == state and row == (state, ()))
        if stimuli:
            lines.append(f"- {states[state]}: {'; '.join(stimuli)}")
    return "\n".join(lines)


def redrawn(document: str) -> str:
    """The document with every drawing made anew. Raises ValueError when it lacks the place of one."""
    for name, (rows, states, first) in DRAWINGS.items():
        begin, end = f"<!-- drawn: {name} -->", f"<!-- end: {name} -->"
        before, found, rest = document.partition(begin)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise ValueError(f"docs/panel-states.md needs the lines {begin} and {end} around the drawing")
        body = f"{diagram(rows, states, first)}\n\nWithout effect:\n\n{ignored(rows, states)}"
        document = f"{before}{begin}\n\n{body}\n\n{end}{after}"
    return document


def main(arguments: list[str]) -> int:
    """Draws, or with --check compares; returns the exit code."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: python tools/draw_states.py [--check]\n")
        return 2
    old = DOCUMENT.read_text(encoding="utf-8")
    new = redrawn(old)
    if arguments:
        if old == new:
            return 0
        sys.stderr.write("docs/panel-states.md is not current: run python tools/draw_states.py\n")
        return 1
    DOCUMENT.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
