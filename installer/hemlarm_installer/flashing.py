"""`hemlarm install flash`: MicroPython, the boot loader and a signed release onto a board, over its cable.

What is there already, and right, stays: a repetition does nothing, and one after a pulled cable goes on where it was.
A panel in use keeps its keys, its settings and the version that it was updated to, unless it is erased.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol

from hemlarm_installer import board_files, esptool_run, partitions, stock_image
from hemlarm_installer.board_line import BoardLine, Progress, wait_for
from hemlarm_installer.boards import VERSION_MIN, BoardKind
from hemlarm_installer.errors import InstallError, UnpluggedError

_STARTS_S = 20.0
"""MicroPython formats its file system at the first start; on the reference board that takes seconds."""
_QUICK, _PATIENT = 1, 8
"""Tries of 2 s each to get a prompt: first, and where the loader does not answer either."""
_PUT_ASIDE = "main.off"
"""What the main program is called while files are put on a board that ran."""
_UF2 = "hemlarm-micropython.uf2"


class Steps(Protocol):
    """Who is told how it goes on."""

    def step(self, name: str) -> Progress:
        """A step of this name begins; what is returned is told how much of it is done."""


class Wanted(NamedTuple):
    """What a board is to have. `image` is the stock image, read only when the board needs it."""

    kind: BoardKind
    image: Callable[[], bytes]
    files: list[tuple[str, bytes]]
    erase: bool = False
    drive: Path | None = None


class Flashed(NamedTuple):
    """What was done: whether the interpreter was written, and the files that were."""

    interpreter: bool
    files: list[str]


def flash(port: str, wanted: Wanted, steps: Steps) -> Flashed:
    """Bring a board to what is wanted, and start it. Raises InstallError; repeat it then."""
    found = _Found(False, False, []) if wanted.erase else _look(port, wanted, _QUICK)
    written = not found.ready
    if written and not found.answers and not wanted.erase and not _loader_answers(port, wanted.kind):
        found = _look(port, wanted, _PATIENT)
        written = not found.ready
    if written:
        _write_interpreter(port, wanted, found.answers or wanted.erase, steps)
        with wait_for(port, _STARTS_S) as line:
            missing = _missing(line, wanted.files)
    else:
        missing = found.missing
    if missing:
        _put(port, wanted.files, missing, steps)
    return Flashed(written, missing)


class _Found(NamedTuple):
    answers: bool
    ready: bool
    missing: list[str]


def _look(port: str, wanted: Wanted, tries: int) -> _Found:
    """See whether MicroPython answers, is new enough and has our partitions; and then what is missing there."""
    try:
        with BoardLine(port, tries) as line:
            ready = _is_ready(line, wanted.kind)
            missing = _missing(line, wanted.files) if ready else []
            if ready and not missing:
                # It was stopped to be looked at.
                line.leave("import machine\nmachine.reset()")
            return _Found(True, ready, missing)
    except UnpluggedError:
        if wanted.kind.loader == "esptool" and not Path(port).exists():
            raise
        return _Found(False, False, [])


def _loader_answers(port: str, kind: BoardKind) -> bool:
    """Whether what is silent waits in its loader; else it may be MicroPython that has not started yet."""
    if kind.loader != "esptool":
        return True
    try:
        esptool_run.has(port, kind.chip, partitions.TABLE_AT, partitions.table())
    except UnpluggedError:
        if not Path(port).exists():
            raise
        return False
    return True


def _is_ready(line: BoardLine, kind: BoardKind) -> bool:
    if tuple(line.value("__import__('sys').implementation.version[:2]")) < VERSION_MIN:
        return False
    if kind.loader != "esptool":
        return True
    line.run(
        "import esp32\nl=lambda n:[p.info()[2:4] for p in esp32.Partition.find(esp32.Partition.TYPE_DATA,label=n)]"
    )
    ours = [part for part in partitions.ESP32_S3 if part.label in partitions.OURS]
    return all(line.value(f"l({part.label!r})") == [(part.offset, part.size)] for part in ours)


def _write_interpreter(port: str, wanted: Wanted, answers: bool, steps: Steps) -> None:
    image = wanted.image()
    if wanted.kind.loader == "uf2":
        _copy_to_drive(image, wanted, steps)
        return
    image = stock_image.with_our_table(image)
    if answers:
        _enter_loader(port)
    # Where our table is, the partitions were erased before it was written, and what they hold since is a panel's.
    ours = not wanted.erase and esptool_run.has(port, wanted.kind.chip, partitions.TABLE_AT, partitions.table())
    esptool_run.write(port, wanted.kind.chip, image, not ours, steps.step("MicroPython"))


def _enter_loader(port: str) -> None:
    """Ask a board that runs MicroPython for its loader in ROM; one that does not answer esptool gets there itself."""
    try:
        with BoardLine(port, tries=1) as line:
            line.leave("import machine\nmachine.bootloader()")
    except UnpluggedError:
        if not Path(port).exists():
            raise


def _copy_to_drive(image: bytes, wanted: Wanted, steps: Steps) -> None:
    if wanted.drive is None or not (wanted.drive / "INFO_UF2.TXT").is_file():
        raise InstallError(
            f"{wanted.drive or 'no drive'} is not the drive of a board in its loader: hold BOOTSEL while the cable "
            "goes in, and name the drive that appears with --drive"
        )
    if len(image) > shutil.disk_usage(wanted.drive).total:
        raise InstallError(f"the image does not fit on {wanted.drive}: is this the board's drive?")
    progress = steps.step("MicroPython")
    try:
        (wanted.drive / _UF2).write_bytes(image)
    except OSError as error:
        raise UnpluggedError(f"{wanted.drive} went away ({error.strerror}): repeat from BOOTSEL") from None
    progress(len(image), len(image))


def _missing(line: BoardLine, files: list[tuple[str, bytes]]) -> list[str]:
    """Return what must be put there. A panel that was once complete keeps its release: that is updated over the air."""
    there = line.value("os.listdir('/')")
    complete = board_files.PROGRAM in there or _PUT_ASIDE in there
    missing = line.differing([(f"/{path}", data) for path, data in files])
    return [path[1:] for path in missing if not (complete and path[1:] == board_files.IMAGE)]


def _put(port: str, files: list[tuple[str, bytes]], missing: list[str], steps: Steps) -> None:
    _stop_for_good(port)
    with wait_for(port, _STARTS_S) as line:
        for folder in sorted({path.rpartition("/")[0] for path in missing} - {""}):
            line.make_folder(f"/{folder}")
        for path, data in files:
            if path in missing or path == board_files.PROGRAM:
                line.upload(f"/{path}", data, steps.step(path))
        if _PUT_ASIDE in line.value("os.listdir('/')"):
            line.run(f"os.remove('/{_PUT_ASIDE}')")
        line.leave("import machine\nmachine.reset()")


def _stop_for_good(port: str) -> None:
    """Put the main program aside and reset: else the watchdog of a panel that ran strikes in the middle."""
    with wait_for(port, _STARTS_S) as line:
        if board_files.PROGRAM in line.value("os.listdir('/')"):
            line.run(f"os.rename('/{board_files.PROGRAM}','/{_PUT_ASIDE}')")
            line.leave("import machine\nmachine.reset()")
