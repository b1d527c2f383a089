"""Measures on MicroPython how long a journal takes to find its records, in a file that stands for the chip.

Run by `hemlarm bench flash-start`. The world sends ["measure", path, rounds] and gets ["start", starts, floors,
pending]: microseconds of each round, for the journal and for reading every page alone, and the records found.
"""

import gc
import time

from board_stream import BoardStream  # type: ignore[import-not-found]

from hemlarm_firmware.app import COLLECT_EVERY_BYTES
from hemlarm_firmware.board import Flash
from hemlarm_firmware.journal import Journal

PAGE = 256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class FileFlash(Flash):
    """A chip that can only be read."""

    def __init__(self, path: str) -> None:
        self._file = open(path, "rb")  # noqa: SIM115, PTH123  Open for the life of the process.
        self.size = self._file.seek(0, 2)

    def read_into(self, offset: int, buffer: "bytearray | memoryview") -> None:
        """As `board.Flash.read_into`."""
        self._file.seek(offset)
        self._file.readinto(buffer)


def read_all(flash: FileFlash) -> None:
    """What nobody can do without."""
    page = bytearray(PAGE)
    for offset in range(0, flash.size, PAGE):
        flash.read_into(offset, page)


def times(rounds: int, work: "Callable[[FileFlash], Any]", flash: FileFlash) -> "list[int]":
    """Return the microseconds of each round."""
    found = []
    for _ in range(rounds):
        gc.collect()
        began = time.ticks_us()  # type: ignore[attr-defined]  # MicroPython's.
        work(flash)
        found.append(time.ticks_diff(time.ticks_us(), began))  # type: ignore[attr-defined]
    return found


def main() -> None:
    """Answer the world's one request."""
    gc.threshold(COLLECT_EVERY_BYTES)  # type: ignore[attr-defined]
    stream = BoardStream(open(3, "r+b"))  # noqa: SIM115  Open for the life of the process.
    _, path, rounds = stream.receive()
    flash = FileFlash(path)
    pending = Journal(flash).pending
    stream.post("start", times(rounds, Journal, flash), times(rounds, read_all, flash), pending)


main()
