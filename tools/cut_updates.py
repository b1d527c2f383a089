"""Cuts the power at every operation of a panel's flash during an update, and at every one of what follows.

    python tools/cut_updates.py [--torn 6] [--torn-twice 1] [--again 1] [STORY...]

Prints for each story how many operations it has, how many cuts were survived and how many starts that took. The cuts
in pairs take some minutes; `--again 0` leaves them out. Exits 1 with the first cut that a panel did not survive.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests" / folder) for folder in ("system", "host", "shared")]

from update_cutting import STORIES, CutError, Extent, cut, prepare  # noqa: E402

AT_ONCE = 2


def main() -> int:
    """Make the cuts that were asked for, and print a table of what was counted."""
    parser = argparse.ArgumentParser(description="Cuts the power during updates.")
    parser.add_argument("--torn", type=int, default=6, help="ways in which an operation is torn")
    parser.add_argument("--torn-twice", type=int, default=1, help="the same, where power is cut twice")
    parser.add_argument("--again", type=int, default=1, help="every so-manieth is cut the second time; 0: none")
    parser.add_argument("stories", nargs="*", metavar="STORY", default=STORIES)
    given = parser.parse_args()
    extents = [Extent(given.torn)]
    if given.again:
        extents += [Extent(given.torn_twice, first=first, step=AT_ONCE, again=given.again) for first in range(AT_ONCE)]
    try:
        for line in survived(given.stories, extents):
            sys.stdout.write(line + "\n")
    except CutError as error:
        sys.stderr.write(str(error))
        return 1
    return 0


def survived(stories: list[str], extents: list[Extent]) -> list[str]:
    """Return a table in Markdown of what was counted. Raises CutError."""
    lines = ["| story | operations | cuts | second cuts | starts |", "|---|---|---|---|---|"]
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with (
        tempfile.TemporaryDirectory() as name,
        ThreadPoolExecutor(AT_ONCE) as pool,
        Progress(*columns, console=Console(stderr=True)) as progress,
    ):
        prepare(Path(name))
        jobs = {}
        for story in stories:
            for extent in extents:
                bar = progress.add_task(f"{story}{', twice' if extent.again else ''}", total=None)
                jobs[pool.submit(cut, Path(name), story, extent, _reporter(progress, bar))] = story
        found: dict[str, list[dict[str, int]]] = {story: [] for story in stories}
        for job, story in jobs.items():
            found[story].append(job.result())
    for story, counts in found.items():
        sums = [sum(count[what] for count in counts) for what in ("cuts", "second_cuts", "starts")]
        lines.append(f"| {story} | {counts[0]['operations']} | {' | '.join(map(str, sums))} |")
    return lines


def _reporter(progress: Progress, bar: TaskID) -> Callable[[int, int], None]:
    return lambda done, whole: progress.update(bar, completed=done, total=whole)


if __name__ == "__main__":
    sys.exit(main())
