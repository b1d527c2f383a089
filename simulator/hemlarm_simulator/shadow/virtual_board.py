"""The virtual board: the firmware's `Board`, with all hardware in the simulated world at the other end of a stream.

The same class serves both clocks. What differs stands beside it: in virtual time `virtual/` replaces `time`,
`select`, `os` and `random`, and connections run over the stream too (`virtual_network.py`).
"""

import asyncio
import errno
import os
import select
import sys
import time

RESET_STATUS, CRASH_STATUS, PARKED_STATUS = 3, 4, 5
"""Exit statuses: start the panel again, that too though it crashed, and start it when mains is back."""

_CRASHED = 3  # The cause that `Board.reset` is given then.

_INPUTS_MAX = 32  # Inputs held here before the rest stays in the stream.
_PAGE = 256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any, NoReturn

    from board_stream import BoardStream
    from virtual_cameras import VirtualCameras
    from virtual_modem import VirtualModem


class VirtualFlash:
    """One flash chip. Programs and erases are orders that the world carries out in turn, in a file.

    Reading is reading that file, and an exchange with the world when orders may still be under way.
    """

    def __init__(self, board: "VirtualBoard", name: str, geometry: "list[Any]") -> None:
        self.size, self.sector_size, self.program_size, _ = geometry
        self._board = board
        self._name = name
        self._file = open(board.flash_file(name), "rb")  # noqa: SIM115, PTH123  Open for the life of the process.
        self._ordered = -1  # The exchanges there had been at the last order.

    def read_into(self, offset: int, buffer: "bytearray | memoryview") -> None:
        """Fills `buffer` from `offset`. Raises OSError for a failing chip, ValueError outside of it."""
        self._check(offset, len(buffer))
        if self._ordered == self._board.exchanges:
            self._board.exchange()
        self._file.seek(offset)
        self._file.readinto(buffer)

    def program(self, offset: int, data: "bytes | bytearray | memoryview") -> None:
        """Clears bits at `offset`, within one page. Raises OSError for a failing chip, ValueError for misuse."""
        self._check(offset, len(data))
        if offset % self.program_size or len(data) % self.program_size:
            raise ValueError(f"{self._name}: {len(data)} bytes at {offset} are not on units of {self.program_size}")
        if offset % _PAGE + len(data) > _PAGE:
            raise ValueError(f"{self._name}: a program of {len(data)} bytes at {offset} crosses a page")
        self._ordered = self._board.exchanges
        self._board.post("program", self._name, offset, bytes(data))

    def erase(self, offset: int) -> None:
        """Sets the sector at `offset` to 0xFF. Raises OSError for a failing chip, ValueError for misuse."""
        self._check(offset, self.sector_size)
        if offset % self.sector_size:
            raise ValueError(f"{self._name}: no sector starts at {offset}")
        self._ordered = self._board.exchanges
        self._board.post("erase", self._name, offset)

    def _check(self, offset: int, count: int) -> None:
        if offset < 0 or offset + count > self.size:
            raise ValueError(f"{self._name}: {count} bytes at {offset} are outside of its {self.size} bytes")
        if self._name in self._board.failing_flash:
            raise OSError(errno.EIO)


class VirtualBoard:
    """See `hemlarm_firmware/board.py` for the promises. `start` is in the world's first frame."""

    TICKS_PERIOD = 1 << 30

    def __init__(self, stream: "BoardStream", start: "dict[str, Any]") -> None:
        self._stream = stream
        self._start = start
        self._inputs: list[tuple[Any, ...]] = []
        self._arrived = asyncio.Event()
        self._taken = asyncio.Event()
        self._posted = asyncio.Event()
        self._flusher: Any = None
        self._listener: Any = None
        self._deaf = False
        kept_ms = start["kept_unix_ms"]
        self._kept_ahead_ms: int | None = None if kept_ms is None else kept_ms - start["unix_ms"]
        self.failing_flash: list[str] = []
        self.readable = stream.readable
        self.connector: Callable[[VirtualBoard], Awaitable[Any]] | None = None
        self.securer: Callable[[VirtualBoard, Any], Any] | None = None
        self.handlers: dict[str, Callable[[list[Any]], None]] = {
            "input": self._take_input,
            "failing": self._take_failing,
            "hang": self._take_hang,
        }
        self._slots: Any = None
        self._modem: Any = None
        if start["modem"]:
            from virtual_modem import VirtualModem

            self._modem = VirtualModem(self)
        self._cameras: Any = None
        if start["cameras"]:
            from virtual_cameras import VirtualCameras

            self._cameras = VirtualCameras(self)
        self._poll = select.poll()
        self._poll.register(self.readable, select.POLLIN)

    def ticks_ms(self) -> int:
        """Milliseconds since some moment before the boot, wrapping at TICKS_PERIOD."""
        return time.ticks_ms() & (self.TICKS_PERIOD - 1)

    def random(self, count: int) -> bytes:
        """Random bytes fit for keys; in virtual time they follow from the seed."""
        return os.urandom(count)

    def flash(self, name: str) -> VirtualFlash:
        """The chip called `name`. Raises KeyError."""
        return VirtualFlash(self, name, self._start["flash"][name])

    def credentials(self) -> "dict[str, Any] | None":
        """Who this panel is and whom it may trust, as the world read it from the flash."""
        credentials: dict[str, Any] | None = self._start["credentials"]
        return credentials

    def keep_credentials(self, credentials: "dict[str, Any] | None") -> None:
        """Replaces them, on the flash."""
        __import__("hemlarm_firmware.credentials", None, None, ("",)).keep(self.flash("keys"), credentials)
        del sys.modules["hemlarm_firmware.credentials"]
        self.exchange()
        self._start["credentials"] = credentials

    def slots(self) -> "Any":
        """What the firmware runs from, where that is slots."""
        return self._slots

    def run_from(self, slots: "Any") -> None:
        """The loader has chosen."""
        self._slots = slots

    async def next_input(self) -> "tuple[Any, ...]":
        """Waits for the next debounced input."""
        self.listen()
        while self._deaf or not self._inputs:
            self._arrived.clear()
            await self._arrived.wait()
        self._taken.set()
        return self._inputs.pop(0)

    def show(self, output: str, value: "Any") -> None:
        """Sets an output."""
        self.post("show", output, value)

    def transmit(self, frame: bytes) -> None:
        """Sends a frame to the radio sensors."""
        self.post("transmit", frame)

    async def connect(self) -> "Any":
        """A new connection to the broker. Raises OSError."""
        self.listen()
        if self.connector is None:
            raise OSError(errno.EHOSTUNREACH)
        return await self.connector(self)

    def modem(self) -> "VirtualModem | None":
        """The modem, if this board has one."""
        modem: VirtualModem | None = self._modem
        return modem

    def cameras(self) -> "VirtualCameras | None":
        """The cameras, if this board has some."""
        cameras: VirtualCameras | None = self._cameras
        return cameras

    def secure(self, line: "Any") -> "Any":
        """A connection to the broker over the modem's socket `line`."""
        assert self.securer is not None
        return self.securer(self, line)

    def trace(self, what: str, *values: "Any") -> None:
        """Tells whoever watches, with the time in microseconds since 1970."""
        self.post("trace", what, time.time_ns() // 1000, *values)

    def nudge(self) -> None:
        """Makes `next_input` return ("nudge",) behind what waits there."""
        self._inputs.append(("nudge",))
        self._arrived.set()

    def vouch(self, task: int, by_ms: "int | None") -> None:
        """Winds up the watchdog, which is the world's."""
        self.post("vouch", task, by_ms)

    def reset_cause(self) -> "tuple[int, int]":
        """Why the firmware starts, and the task that hung."""
        cause, task = self._start["cause"]
        return cause, task

    def reset(self, cause: int = 1) -> "NoReturn":
        """Restarts the panel."""
        self._stream.flush()
        sys.exit(CRASH_STATUS if cause == _CRASHED else RESET_STATUS)

    def park(self) -> "NoReturn":
        """Rests until mains is back."""
        self._stream.flush()
        sys.exit(PARKED_STATUS)

    def kept_time(self) -> "int | None":
        """What the clock says that runs on over resets, in ms since 1970."""
        return None if self._kept_ahead_ms is None else time.time_ns() // 1_000_000 + self._kept_ahead_ms

    def keep_time(self, unix_ms: int) -> None:
        """Sets that clock."""
        self._kept_ahead_ms = unix_ms - time.time_ns() // 1_000_000
        self.post("keep-time", unix_ms)

    def post(self, *frame: "Any") -> None:
        """Sends one frame to the world, with all others that are posted before the firmware next waits."""
        self._stream.post(*frame)
        if not self._stream.flushed_by_waiting:
            self._posted.set()

    def flash_file(self, name: str) -> str:
        """Where a chip's bytes are."""
        return f"{self._start['folder']}/{self._start['flash'][name][3]}"

    @property
    def exchanges(self) -> int:
        """How often the world has answered since the start."""
        return self._stream.exchanges

    def exchange(self) -> None:
        """Waits until the world has done all that it was asked, taking note of what arrives before."""
        self.post("finish")
        self._stream.flush()
        while (frame := self._stream.receive())[0] != "finished":
            self._take(frame)
        self._stream.exchanges += 1

    def listen(self) -> None:
        """Starts taking frames from the world, once."""
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen())
            if not self._stream.flushed_by_waiting:
                self._flusher = asyncio.create_task(self._flush())

    async def _flush(self) -> None:
        while True:
            await self._posted.wait()
            self._posted.clear()
            self._stream.flush()

    async def _listen(self) -> None:
        while True:
            if len(self._inputs) >= _INPUTS_MAX:
                self._taken.clear()
                await self._taken.wait()
            await _until_readable(self.readable)
            # Asked again, because an exchange may have emptied the stream since the event loop looked.
            while self._poll.poll(0) and len(self._inputs) < _INPUTS_MAX:
                self._take(self._stream.receive())

    def _take(self, frame: "list[Any]") -> None:
        self.handlers[frame[0]](frame)

    def _take_input(self, frame: "list[Any]") -> None:
        self._inputs.append(tuple(frame[1:]))
        self._arrived.set()

    def _take_hang(self, frame: "list[Any]") -> None:
        """A fault: `next_input` never returns again ("inputs"), or nothing else is ever done again ("busy")."""
        self._deaf = True
        if frame[1] == "busy":
            self.post("blocked")
            self._stream.flush()
            while True:
                time.sleep_ms(1 << 20)

    def _take_failing(self, frame: "list[Any]") -> None:
        self.failing_flash = frame[1]


def _until_readable(stream: "Any") -> "Any":
    yield asyncio.core._io_queue.queue_read(stream)  # type: ignore[attr-defined]
