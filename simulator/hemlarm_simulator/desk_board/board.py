"""The desk board: flash chip, loader in ROM and interpreter behind one cable, which can be pulled at any byte.

Pulling the cable takes the power too, as with any board that USB feeds. What passed over the cable is kept, in both
directions, so that it can be searched for what should never have passed.
"""

import mmap
import os
import pty
import select
import threading
import time
import tty
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from hemlarm_simulator.desk_board import stock
from hemlarm_simulator.desk_board.interpreter import Interpreter
from hemlarm_simulator.rom_loader import RomLoader

CHIP_BYTES = 16 << 20

_RESET, _BOOTLOADER, _SOFT_RESET = b"r", b"b", b"s"
_UP = b"u"
_RAW_PROMPT = b"raw REPL; CTRL-B to exit"
_PROMPT = b'Type "help()"'
_RAW_MODE = b"\x01"
_SOFT_REBOOT = b"MPY: soft reboot\r\n"
_CHUNK = 4096
_STEP_MS = 100
_HELD_STEP_MS = 10
_STOP_S = 10.0


class DeskBoard:
    """A board in `folder` that keeps its flash over power cuts; `port` names its serial port while it is plugged in.

    A context manager: plugged in at the start, pulled out in the end. A blank chip stays in the loader.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = folder / "port"
        self.chip = folder / "chip.bin"
        self.passed = bytearray()
        """All bytes that went over the cable, in the order in which they did, both ways."""
        self.taken = 0
        """How many of them came from the tools."""
        self._outputs = folder / "outputs.txt"
        self._sent, self._answered = _Trap(), _Trap()
        self._near, self._far = -1, -1
        self._interpreter: Interpreter | None = None
        self._loader: RomLoader | None = None
        self._held = b""
        self._tail = b""
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        if not self.chip.exists():
            self.chip.write_bytes(b"\xff" * CHIP_BYTES)
        self._file = self.chip.open("r+b")
        self._memory = mmap.mmap(self._file.fileno(), 0)

    def __enter__(self) -> Self:
        self.plug()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.pull()
        self._memory.close()
        self._file.close()

    @property
    def plugged(self) -> bool:
        """Whether the cable is in."""
        return self._thread is not None and not self._ending.is_set()

    def outputs(self) -> list[str]:
        """What the board has shown, oldest first: one line for each output, as `display ('line 1', 'line 2')`."""
        return self._outputs.read_text().splitlines() if self._outputs.exists() else []

    def plug(self, held: bool = False) -> None:
        """Put the cable in: the board starts, and its port is there. With its BOOT button `held` its loader waits."""
        assert not self.plugged
        self._end_thread()
        self._near, self._far = pty.openpty()
        tty.setraw(self._far)
        os.set_blocking(self._near, False)
        self.port.unlink(missing_ok=True)
        self.port.symlink_to(os.ttyname(self._far))
        self._ending.clear()
        self.pull_behind()
        if held:
            self._loader = RomLoader(self._memory)
        else:
            self._start(main=True)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def pull(self) -> None:
        """Pull the cable out, wherever the board is."""
        self._ending.set()
        self._end_thread()

    def pull_behind(self, sent: int | bytes | None = None, answered: bytes | None = None) -> None:
        """Let the cable be pulled when the tools have sent so many bytes more, or these; or the board has answered so.

        Without either it stays in.
        """
        self._sent = _Trap(sent)
        self._answered = _Trap(answered)

    def _end_thread(self) -> None:
        if self._thread is not None:
            self._thread.join(_STOP_S)
            self._thread = None

    def _serve(self) -> None:
        try:
            while not self._ending.is_set():
                self._step()
        finally:
            self.port.unlink(missing_ok=True)
            os.close(self._near)
            os.close(self._far)
            self._power_off()

    def _step(self) -> None:
        poller = select.poll()
        poller.register(self._near, select.POLLIN)
        if self._interpreter is not None:
            poller.register(self._interpreter.descriptor, select.POLLIN)
            poller.register(self._interpreter.wishes, select.POLLIN)
        ready = [number for number, _ in poller.poll(_HELD_STEP_MS if self._held else _STEP_MS)]
        if self._near in ready:
            with suppress(BlockingIOError):
                self._take(os.read(self._near, _CHUNK))
        if self._held and self._interpreter is not None:
            self._held = self._interpreter.write(self._held)
        if self._interpreter is not None and self._interpreter.descriptor in ready:
            self._listen(self._interpreter)
        if self._interpreter is not None and self._interpreter.wishes in ready:
            self._grant(self._interpreter, self._interpreter.wish())

    def _take(self, data: bytes) -> None:
        arrived = self._sent.passed(data)
        self.passed += arrived
        self.taken += len(arrived)
        if self._loader is not None:
            self._send(self._loader.received(arrived))
            if self._loader.reset:
                self._start(main=True)
        elif not self._sent.sprung:
            self._held += data
        if self._sent.sprung:
            self._ending.set()

    def _listen(self, interpreter: Interpreter) -> None:
        printed = interpreter.read()
        self._tail = (self._tail + printed)[-_CHUNK:]
        self._send(printed)

    def _grant(self, interpreter: Interpreter, wish: bytes) -> None:
        if wish == _UP:
            interpreter.up = True
        elif wish == _BOOTLOADER:
            self._power_off()
            self._loader = RomLoader(self._memory)
        elif wish == _RESET:
            self._start(main=True)
        else:
            self._restart(raw=wish != _SOFT_RESET and self._tail.rfind(_RAW_PROMPT) > self._tail.rfind(_PROMPT))

    def _restart(self, raw: bool) -> None:
        """Its prompt or program has ended: the main program runs anew, unless the prompt was raw."""
        typed = self._held
        self._send(_SOFT_REBOOT)
        self._start(main=not raw)
        self._held = (_RAW_MODE if raw else b"") + typed

    def _start(self, main: bool) -> None:
        self._power_off()
        found = stock.found(self._memory[: len(stock.image())])
        if found:
            self._interpreter = Interpreter(self.chip, self._outputs, found, main)
        else:
            self._loader = RomLoader(self._memory)

    def _power_off(self) -> None:
        if self._interpreter is not None:
            self._interpreter.kill()
        self._interpreter, self._loader = None, None
        self._held, self._tail = b"", b""

    def _send(self, data: bytes) -> None:
        rest = self._answered.passed(data)
        self.passed += rest
        while rest and not self._ending.is_set():
            try:
                rest = rest[os.write(self._near, rest) :]
            except BlockingIOError:
                time.sleep(_HELD_STEP_MS / 1000)
        if self._answered.sprung:
            self._ending.set()


class _Trap:
    """Springs at so many bytes, or behind these."""

    def __init__(self, what: int | bytes | None = None) -> None:
        self._what = what
        self._heard = bytearray()
        self.sprung = False

    def passed(self, data: bytes) -> bytes:
        """Return what of it passes before the trap springs."""
        if self._what is None:
            return data
        before = len(self._heard)
        self._heard += data
        if isinstance(self._what, int):
            end = self._what if len(self._heard) >= self._what else -1
        else:
            place = self._heard.find(self._what)
            end = place + len(self._what) if place >= 0 else -1
        if end < 0:
            return data
        self._what, self.sprung = None, True
        return data[: end - before]
