"""Starts `tests/shared/update_cuts.py`: the boards and releases of its stories, on the loader as it ships.

Used by the tests, and by `tools/cut_updates.py` for every cut.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import images
from hemlarm_installer.firmware_build import compiled_loader

ROOT = Path(__file__).parents[2]
MICROPYTHON = Path(sys.executable).with_name("micropython")
STORIES = ("stays", "crashes", "given-up", "given-up-and-data")
FORMER, UPDATE = 1005, 1006
LATE_BYTES = 5000
"""More than a sector, so that a download has sectors of its own."""

_LIMIT_S = 3600


class CutError(Exception):
    """A panel did not survive a cut; the text says which, and has its traceback."""


@dataclass(frozen=True)
class Extent:
    """How many of the cuts are made: see `tests/shared/update_cuts.py`."""

    torn: int
    first: int = 0
    step: int = 1
    again: int = 0


def prepare(folder: Path) -> None:
    """Put there what the stories start from, and the loader."""
    for place, code in compiled_loader().items():
        path = folder / "loader" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(code)
    for story in STORIES:
        (folder / story).mkdir()
        for name, data in _board(story).items():
            (folder / story / name).write_bytes(data)


def cut(folder: Path, story: str, extent: Extent, report: Callable[[int, int], None] | None = None) -> dict[str, int]:
    """Cut a story short; return what was counted. Operations done, and how many there are, are reported.

    Raises CutError.
    """
    options = {"folder": str(folder / story), "story": story, **asdict(extent)}
    beside = [str(ROOT / place) for place in ("tests/shared", "firmware", "protocol")]
    process = subprocess.Popen(
        [str(MICROPYTHON), "-X", "heapsize=32M", str(ROOT / "tests/shared/update_cuts.py"), json.dumps(options)],
        env={**os.environ, "MICROPYPATH": ":".join([str(folder / "loader"), *beside, ".frozen"])},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    printed, counted = [], ""
    for line in process.stdout:
        word, _, rest = line.partition(" ")
        if word == "done" and report is not None:
            done, whole = rest.split()
            report(int(done), int(whole))
        elif word == "counted":
            counted = rest
        elif word != "done":
            printed.append(line)
    if process.wait(_LIMIT_S) or not counted:
        raise CutError("".join(printed) or f"MicroPython ended with {process.returncode} and said nothing")
    counts: dict[str, int] = json.loads(counted)
    return counts


def _board(story: str) -> dict[str, bytes]:
    data_format = 3 if story == "given-up-and-data" else 2
    update = _modules(UPDATE, "raise RuntimeError('planted')" if story == "crashes" else "AS_SIGNED = True")
    return {
        "trust": images.TEST_KEY.public,
        "board": b"simulated\n",
        "a.img": images.signed_image(FORMER, _modules(FORMER, "AS_SIGNED = True")),
        "release": images.signed_image(UPDATE, update, floor=UPDATE, data_format=data_format),
    }


def _modules(version: int, late: str) -> dict[str, bytes]:
    return {
        "panel_code/__init__.py": b"",
        "panel_code/version.py": f"VERSION = {version}\n".encode(),
        "panel_code/late.py": late.encode() + b"\n" + b"#" * LATE_BYTES,
    }
