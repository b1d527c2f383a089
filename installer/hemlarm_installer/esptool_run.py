"""Writes an ESP32's flash by `esptool`, which runs as a program of its own, as its licence (GPL) suggests."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from hemlarm_installer.board_line import Progress
from hemlarm_installer.errors import InstallError, UnpluggedError

_LIMIT_S = 600.0
_PERCENT = re.compile(r"(\d+)\.\d%")
_TOLD_LINES = 400

_REMEDIES: tuple[tuple[str, type[InstallError], str], ...] = (
    # What esptool says, what that is, and what to do.
    (r"Wrong chip argument", InstallError, "this is another chip than the board's: choose the right --board"),
    (r"Permission denied", InstallError, "add yourself to the group dialout, then log in again"),
    (r"exclusively lock|port is busy", UnpluggedError, "end what else has the port open, or put the cable in again"),
    (r"No serial data|Failed to connect|no sync", UnpluggedError, "hold BOOT, press RESET, let both go, and repeat"),
    (r"MD5|Hash of|verif", InstallError, "the flash kept something else: repeat; if it stays so, change the board"),
)
_ELSE = UnpluggedError, "put the cable in again and repeat"


def has(port: str, chip: str, at: int, data: bytes) -> bool:
    """Whether the flash has these bytes there. Leaves the chip in its loader. Raises InstallError."""
    with tempfile.TemporaryDirectory(prefix="hemlarm-flash-") as folder:
        file = Path(folder, "part.bin")
        file.write_bytes(data)
        status, told = _run(
            [*_command(port, chip), "--after", "no-reset", "verify-flash", f"{at:#x}", str(file)], _nobody
        )
    if status and not re.search("mismatch|differ", told, re.IGNORECASE):
        raise _error(told)
    return not status


def write(port: str, chip: str, image: bytes, erase: bool, progress: Progress) -> None:
    """Write `image` at the flash's beginning, let esptool compare digests, and start the chip.

    With `erase` all else is erased before. Raises InstallError. Repeating it after any failure is without harm.
    """
    with tempfile.TemporaryDirectory(prefix="hemlarm-flash-") as folder:
        file = Path(folder, "image.bin")
        file.write_bytes(image)
        # Sizes and modes are in the image; a reset by the watchdog leaves download mode on every kind of port.
        keep = [word for what in ("size", "mode", "freq") for word in (f"--flash-{what}", "keep")]
        erasing = ["--erase-all"] if erase else []
        command = [*_command(port, chip), "--after", "watchdog-reset", "write-flash", *erasing, *keep, "0x0", str(file)]
        status, told = _run(command, progress)
    if status:
        raise _error(told)


def _command(port: str, chip: str) -> list[str]:
    return [sys.executable, "-m", "esptool", "--chip", chip, "--port", port]


def _nobody(_done: int, _of: int) -> None:
    pass


def _run(command: list[str], progress: Progress) -> tuple[int, str]:
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    assert process.stdout is not None
    told: list[str] = []
    try:
        for line in process.stdout:
            found = _PERCENT.search(line)
            if found:
                progress(int(found[1]), 100)
            elif len(told) < _TOLD_LINES:
                told.append(line)
        status = process.wait(_LIMIT_S)
    finally:
        process.kill()
        process.stdout.close()
    return status, "".join(told)


def _error(told: str) -> InstallError:
    kind, remedy = next(
        ((kind, remedy) for pattern, kind, remedy in _REMEDIES if re.search(pattern, told, re.IGNORECASE)), _ELSE
    )
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    last = next((line for line in reversed(lines) if "rror" in line), lines[-1] if lines else "it said nothing")
    return kind(f"esptool could not write the board ({last}): {remedy}")
