"""Draws docs/demo.svg, the picture of the demonstration in the README, by running the demonstration.

.venv/bin/python tools/demo_picture.py docs/demo.svg
"""

import sys
from io import StringIO
from pathlib import Path

from rich.console import Console

from hemlarm_simulator.demo.run import run_demo
from hemlarm_simulator.demo.show import LiveView, summary

_WIDTH = 100


def main(arguments: list[str]) -> int:
    """Write the picture to the file named; returns the exit status."""
    if len(arguments) != 1:
        sys.stderr.write("usage: demo_picture.py FILE\n")
        return 2
    view = LiveView(Console(file=StringIO()))
    figures = run_demo("nats", view)
    paper = Console(record=True, width=_WIDTH, file=StringIO())
    paper.print(view.picture())
    paper.print(summary(figures))
    Path(arguments[0]).write_text(paper.export_svg(title="make demo"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
