"""The desk board: a panel without wires on an installer's desk, whose storage is one file and whose network is real.

It stands in for a board's hardware, not for the firmware. It plays `machine` and `esp32` too, as far as anybody asks
for them.
"""

import asyncio
import errno
import os
import sys
import time

RESET, BOOTLOADER, SOFT_RESET, UP = b"r", b"b", b"s", b"u"
"""What the hardware is told: to start again with main.py, or as the loader in ROM, or the interpreter alone; and that
the interpreter is up, and can be interrupted.
"""

_SECTOR = 4096
_PAGE = 256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn


class Hardware:
    """What `setup` was given: the chip as a file, where outputs and wishes go, and where the partitions are."""

    file: "Any" = None
    outputs: "Any" = None
    wishes: "Any" = None
    partitions: "dict[str, tuple[int, int]]"


class Partition:
    """As in `esp32`: finds partitions by their labels."""

    TYPE_DATA = 1

    def __init__(self, label: str) -> None:
        self._label = label

    @staticmethod
    def find(_kind: int = 1, label: "str | None" = None) -> "list[Partition]":
        return [Partition(name) for name in Hardware.partitions if label in (None, name)]

    def info(self) -> "tuple[int, int, int, int, str, bool]":
        offset, size = Hardware.partitions[self._label]
        return (1, 6, offset, size, self._label, False)


class DeskFlash:
    """One partition; see `hemlarm_firmware.board.Flash`."""

    sector_size = _SECTOR
    program_size = 1

    def __init__(self, name: str) -> None:
        if name not in Hardware.partitions:
            raise OSError(errno.ENODEV)
        self._start, self.size = Hardware.partitions[name]

    def read_into(self, offset: int, buffer: "bytearray | memoryview") -> None:
        self._seek(offset, len(buffer))
        Hardware.file.readinto(buffer)

    def program(self, offset: int, data: "bytes | bytearray | memoryview") -> None:
        if offset % _PAGE + len(data) > _PAGE:
            raise ValueError("a program crosses a page")
        new = bytearray(len(data))
        self.read_into(offset, new)
        for at in range(len(new)):
            new[at] &= data[at]
        self._seek(offset, len(new))
        Hardware.file.write(new)

    def erase(self, offset: int) -> None:
        self._seek(offset, _SECTOR)
        Hardware.file.write(b"\xff" * _SECTOR)

    def _seek(self, offset: int, count: int) -> None:
        if offset < 0 or offset + count > self.size:
            raise ValueError("outside of the partition")
        Hardware.file.seek(self._start + offset)


class DeskBoard:
    """See `hemlarm_firmware.board.Board` for the promises."""

    def __init__(self, slots: "Any" = None) -> None:
        self._slots = slots
        self._asked = asyncio.Event()

    def ticks_ms(self) -> int:
        return time.ticks_ms()

    def random(self, n: int) -> bytes:
        return os.urandom(n)

    def flash(self, name: str) -> "Any":
        return DeskFlash(name)

    def credentials(self) -> "dict[str, Any] | None":
        from hemlarm_firmware import credentials

        return credentials.load(self.flash("keys"))

    def keep_credentials(self, kept: "dict[str, Any] | None") -> None:
        from hemlarm_firmware import credentials

        credentials.keep(self.flash("keys"), kept)

    def slots(self) -> "Any":
        return self._slots

    async def next_input(self) -> "tuple[Any, ...]":
        if not self._asked.is_set():
            self._asked.set()
            return ("start", (), ())
        self._asked.clear()
        await self._asked.wait()
        return ("nudge",)

    def nudge(self) -> None:
        self._asked.set()

    def show(self, output: str, value: "Any") -> None:
        tell(output, value)

    def transmit(self, frame: bytes) -> None:
        pass

    async def connect(self) -> "Any":
        from hemlarm_firmware.hal import ip

        credentials = self.credentials()
        if credentials is None:
            raise OSError(errno.EHOSTUNREACH)
        return await ip.connect(credentials)

    def modem(self) -> None:
        return None

    def cameras(self) -> None:
        return None

    def secure(self, _line: "Any") -> "NoReturn":
        raise OSError(errno.ENODEV)

    def trace(self, what: str, *values: "Any") -> None:
        pass

    def vouch(self, task: int, by_ms: "int | None") -> None:
        pass

    def reset_cause(self) -> "tuple[int, int]":
        return (0, 0)

    def reset(self, _cause: int = 1) -> "NoReturn":
        restart(RESET)

    def park(self) -> "NoReturn":
        restart(RESET)

    def kept_time(self) -> "int | None":
        return None

    def keep_time(self, unix_ms: int) -> None:
        pass


def tell(output: str, value: "Any") -> None:
    """Write an output for whoever watches the desk, one a line."""
    Hardware.outputs.write((output + " " + repr(value) + "\n").encode())


def restart(how: bytes) -> "NoReturn":
    """Have the hardware reset this processor, whatever it does."""
    Hardware.wishes.write(how)
    while True:
        time.sleep(1)


def setup(file: "Any", outputs: "Any", wishes: "Any", partitions: "dict[str, tuple[int, int]]") -> None:
    """Connect the hardware, and put what plays a board's own modules where they are looked for."""
    Hardware.file, Hardware.outputs, Hardware.wishes, Hardware.partitions = file, outputs, wishes, partitions

    class Machine:
        """As `machine`, with what a board has beside it."""

        @staticmethod
        def reset() -> "NoReturn":
            restart(RESET)

        @staticmethod
        def bootloader() -> "NoReturn":
            restart(BOOTLOADER)

        @staticmethod
        def unique_id() -> bytes:
            return b"desk01"

    modules: Any = sys.modules
    modules["machine"] = Machine
    modules["esp32"] = modules[__name__]
