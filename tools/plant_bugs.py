"""Plants each of the explorer's seeded bugs and shows that it is found: the run's seed, the promise, the panel-days.

    python tools/plant_bugs.py [--seed N] [--panel-days N] [NAME...]

Takes some minutes, so it is no part of the tests, which look for each bug once, where it is known to show.
"""

import argparse
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from hemlarm_simulator.explore.seeded_bugs import NAMES

HEMLARM = Path(sys.executable).with_name("hemlarm")
AT_ONCE = 2


def look_for(bug: str, seed: int, panel_days: int) -> dict[str, Any]:
    """What the explorer says with that bug planted. Raises CalledProcessError when it does not work."""
    command = [str(HEMLARM), "sim", "explore", "--json", "--no-shrink", "--seeded-bug", bug]
    done = subprocess.run(
        [*command, "--seed", str(seed), "--panel-days", str(panel_days)], capture_output=True, text=True, check=False
    )
    if done.returncode > 1 or not done.stdout:
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def line(bug: str, found: dict[str, Any]) -> str:
    """One line of a table in Markdown."""
    if not found["violations"]:
        return f"| {bug} | NOT FOUND | | {found['panel_days']:.0f} |"
    first = found["violations"][0]
    return f"| {bug} | {first['invariant']} | {first['seed']} | {found['panel_days']:.0f} |"


def main() -> int:
    """Looks for all bugs, or those that are named; returns how many were not found."""
    parser = argparse.ArgumentParser(description="Plants bugs and shows that the explorer finds them.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--panel-days", type=int, default=200)
    parser.add_argument("names", nargs="*", metavar="NAME", default=NAMES)
    given = parser.parse_args()
    missed = 0
    _say("| bug | found by | seed of the run | panel-days |\n|---|---|---|---|")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = [pool.submit(look_for, bug, given.seed, given.panel_days) for bug in given.names]
        for bug, job in zip(given.names, jobs, strict=True):
            found = job.result()
            missed += not found["violations"]
            _say(line(bug, found))
    return missed


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
