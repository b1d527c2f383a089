"""MicroPython as a board's interpreter: a process of its unix port, on a terminal of its own and the board's chip."""

import os
import pty
import signal
import subprocess
import sys
import termios
import time
import tty
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from hemlarm_simulator.desk_board import PROGRAM

_HEAP = "4m"
"""Of the 8 MB that the reference board has; objects are twice as big here."""

_INTERRUPT = b"\x03"
_STOP_S = 10.0
_SETTLES_S = 10.0
"""What an interrupted program takes to end. The unix port dies of a second interrupt then; a board only notes it."""

_CHUNK = 4096


class Interpreter:
    """One run of the interpreter, from power-on or reset to its end.

    `descriptor` can be read when it prints, `wishes` when it wants to be reset or has ended.
    """

    def __init__(self, chip: Path, outputs: Path, partitions: Mapping[str, tuple[int, int]], main: bool) -> None:
        near, far = pty.openpty()
        tty.setraw(far)
        _mark(far)
        places = [f"{name}:{offset}:{size}" for name, (offset, size) in partitions.items()]
        self.wishes, wishes = os.pipe()
        command = [sys.executable, "-m", "micropython_unix", "-X", f"heapsize={_HEAP}", "-i", str(PROGRAM)]
        self._process = subprocess.Popen(
            [*command, str(chip), str(outputs), f"/dev/fd/{wishes}", "main" if main else "repl", *places],
            pass_fds=(wishes,),
            stdin=far,
            stdout=far,
            stderr=far,
            start_new_session=True,
        )
        os.close(far)
        os.close(wishes)
        os.set_blocking(near, False)
        self.descriptor = near
        self._interrupted_s = float("-inf")
        self.up = False
        """Whether it has begun: before that nobody can interrupt it."""

    @property
    def listens(self) -> bool:
        """Whether its prompt waits for input; while a program runs it does not, and input would be lost."""
        return self.up and not termios.tcgetattr(self.descriptor)[3]

    def write(self, data: bytes) -> bytes:
        """Type into its prompt, or interrupt its program; returns what it cannot take yet."""
        if self.listens:
            with suppress(BlockingIOError):
                return data[os.write(self.descriptor, data) :]
            return data
        if self.up and _INTERRUPT in data and time.monotonic() - self._interrupted_s >= _SETTLES_S:
            self._interrupted_s = time.monotonic()
            self._process.send_signal(signal.SIGINT)
            return data.partition(_INTERRUPT)[2]
        return data

    def read(self) -> bytes:
        """What it has printed."""
        # It may have ended: that is told by `wishes`.
        with suppress(OSError):
            return os.read(self.descriptor, _CHUNK)
        return b""

    def wish(self) -> bytes:
        """How it asked to be reset; nothing where it has ended. To be asked when `wishes` is readable."""
        return os.read(self.wishes, 1)

    def kill(self) -> None:
        """Power is gone."""
        self._process.kill()
        self._process.wait(_STOP_S)
        self.close()

    def close(self) -> None:
        """Let go of its terminal."""
        os.close(self.descriptor)
        os.close(self.wishes)


def _mark(far: int) -> None:
    """Leave one local mode on: the interpreter switches all off while its prompt waits, and back for programs."""
    modes = termios.tcgetattr(far)
    modes[3] |= termios.IEXTEN
    termios.tcsetattr(far, termios.TCSANOW, modes)
