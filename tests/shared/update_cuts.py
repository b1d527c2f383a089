"""Cuts the power at every operation of the flash while a panel takes an update, and lets it start again.

`micropython tests/shared/update_cuts.py '{"folder": ..., "story": ..., "torn": 2, "first": 0, "step": 1, "again": 0}'`:
the folder holds the files of an installed board and `release`. Of all operations each `step`-th is cut, from `first`
on: it does not happen, or is torn in as many ways. With `again`, each again-th operation of what follows is cut too.
Prints a line for each operation done and last what was counted; exits 1 with the cut that failed.
"""

import hashlib
import json
import os
import struct
import sys

import update_life
from nor_flash import NorFlash, PowerCut

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class RecordingChip(NorFlash):
    """Keeps in `log` what is done to it: functions that do it to another chip."""

    def __init__(self, like: NorFlash) -> None:
        super().__init__(update_life.sectors())
        self.cells = bytearray(like.cells)
        self.log: list[Callable[[NorFlash], None]] = []

    def program(self, offset: int, data: "bytes | bytearray | memoryview") -> None:
        """As `board.Flash.program`."""
        kept = bytes(data)
        self.log.append(lambda chip: chip.program(offset, kept))
        super().program(offset, data)

    def erase(self, offset: int) -> None:
        """As `board.Flash.erase`."""
        self.log.append(lambda chip: chip.erase(offset))
        super().erase(offset)


class Cuts:
    """One story, and what was counted while its power was cut."""

    def __init__(self, folder: str, story: str, torn: int, again: int) -> None:
        self._story = story
        self._torn = torn
        self._again = again
        self._release = _read(folder + "/release")
        self._digest = hashlib.sha256(self._release[: struct.unpack_from("<I", self._release, 4)[0]]).digest()
        self._chip = NorFlash(update_life.sectors())
        files = [name for name in sorted(os.listdir(folder)) if name != "release"]  # noqa: PTH208
        update_life.install(self._chip, {name: _read(folder + "/" + name) for name in files})
        self.counts = {"operations": 0, "cuts": 0, "second_cuts": 0, "starts": 0}

    def make(self, first: int, step: int) -> None:
        """Let the story happen once, then cut it short at every operation of that."""
        log = self._lived(self._chip, 0)
        self.counts["operations"] = len(log)
        for number, operation in enumerate(log):
            if number % step == first:
                for torn in range(self._torn + 1):
                    self._cut(torn, number, operation)
                _say(f"done {number + 1} {len(log)}")
            operation(self._chip)

    def _cut(self, torn: int, number: int, operation: "Callable[[NorFlash], None]") -> None:
        chip = _cut_short(self._chip, torn, number, operation)
        self.counts["cuts"] += 1
        try:
            log = self._lived(chip, 1)
            if self._again:
                self._cut_again(chip, number, log)
        except BaseException:
            _say(f"FAILED {self._story}: operation {number}, torn {torn}")
            raise

    def _cut_again(self, chip: NorFlash, first: int, log: "list[Callable[[NorFlash], None]]") -> None:
        for number, operation in enumerate(log):
            if (first + number) % self._again == 0:
                self._lived(_cut_short(chip, number % (self._torn + 1), number, operation), 2)
                self.counts["second_cuts"] += 1
            operation(chip)

    def _lived(self, chip: NorFlash, cuts: int) -> "list[Callable[[NorFlash], None]]":
        """Let the panel live on what is on the chip, which stays as it is; return what was done to the copy."""
        copy = RecordingChip(chip)
        life = update_life.Life(copy, self._story, self._release, self._digest, cuts)
        life.live()
        self.counts["starts"] += life.starts
        return copy.log


def _cut_short(chip: NorFlash, torn: int, number: int, operation: "Callable[[NorFlash], None]") -> NorFlash:
    """Return a copy of the chip on which the operation did not happen, or was torn in this way."""
    copy = chip.copy()
    copy.cut_at, copy.torn = 0, torn and torn * 1000 + number
    try:
        operation(copy)
    except PowerCut:
        pass
    return copy.copy()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _read(path: str) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123 - MicroPython has no pathlib.
        return file.read()


def main(options: "dict[str, Any]") -> None:
    """Make the cuts and print what was counted."""
    cuts = Cuts(options["folder"], options["story"], options["torn"], options["again"])
    cuts.make(options["first"], options["step"])
    _say("counted " + json.dumps(cuts.counts))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
