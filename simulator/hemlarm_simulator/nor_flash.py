"""A NOR flash chip: programs only clear bits, erases set whole sectors, and power can go in the middle of either."""

from collections.abc import Callable

PAGE = 256
"""Bytes of one page; a program stays within one. Common to the SPI NOR chips on the boards we aim at."""

Hook = Callable[[str, int, bytes], None]


class PowerCut(Exception):  # noqa: N818  Not an error, but what a hook orders.
    """Raised by a hook: power goes before this operation. `done` bytes of a program still reach the chip."""

    def __init__(self, done: int = 0) -> None:
        super().__init__(f"power cut after {done} bytes")
        self.done = done


class FlashMisuseError(Exception):
    """An operation that no such chip can do: a mistake in the code that asked for it."""


class NorFlash:
    """The plant, with the methods of the firmware's `Flash` seam and counts of what was done.

    `before` is called with ("program", offset, data) or ("erase", offset, b"") ahead of each operation, and may
    raise PowerCut.
    """

    def __init__(self, size: int, sector_size: int = 4096, program_size: int = PAGE) -> None:
        if size % sector_size:
            raise FlashMisuseError(f"{size} bytes are no whole number of sectors of {sector_size}")
        self.size = size
        self.sector_size = sector_size
        self.program_size = program_size
        self.contents = bytearray(b"\xff" * size)
        self.programs = 0
        self.erases = [0] * (size // sector_size)
        self.before: Hook | None = None

    def read(self, offset: int, count: int) -> bytes:
        """`count` bytes from `offset`. Raises FlashMisuseError."""
        self._check(offset, count)
        return bytes(self.contents[offset : offset + count])

    def read_into(self, offset: int, buffer: bytearray | memoryview) -> None:
        """Fills `buffer` from `offset`. Raises FlashMisuseError."""
        buffer[:] = self.read(offset, len(buffer))

    def program(self, offset: int, data: bytes | bytearray | memoryview) -> None:
        """Clears the bits at `offset` that are 0 in `data`. Raises FlashMisuseError, PowerCut."""
        self._check(offset, len(data))
        if offset % self.program_size or len(data) % self.program_size:
            raise FlashMisuseError(f"{len(data)} bytes at {offset} are not on units of {self.program_size}")
        if offset % PAGE + len(data) > PAGE:
            raise FlashMisuseError(f"a program of {len(data)} bytes at {offset} crosses a page of {PAGE}")
        try:
            self._ask("program", offset, bytes(data))
        except PowerCut as cut:
            self._clear(offset, bytes(data)[: cut.done])
            raise
        self.programs += 1
        self._clear(offset, bytes(data))

    def erase(self, offset: int) -> None:
        """Sets the sector at `offset` to 0xFF. Raises FlashMisuseError, PowerCut."""
        self._check(offset, self.sector_size)
        if offset % self.sector_size:
            raise FlashMisuseError(f"no sector starts at {offset}")
        self._ask("erase", offset, b"")
        self.erases[offset // self.sector_size] += 1
        self.contents[offset : offset + self.sector_size] = b"\xff" * self.sector_size

    def _ask(self, operation: str, offset: int, data: bytes) -> None:
        if self.before is not None:
            self.before(operation, offset, data)

    def _clear(self, offset: int, data: bytes) -> None:
        for at, byte in enumerate(data, offset):
            self.contents[at] &= byte

    def _check(self, offset: int, count: int) -> None:
        if offset < 0 or count < 0 or offset + count > self.size:
            raise FlashMisuseError(f"{count} bytes at {offset} are outside of the chip's {self.size}")
