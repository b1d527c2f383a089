"""A NOR flash chip: programs clear bits, erases set whole sectors, power can go in the middle, and sectors wear."""

import errno
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

PAGE = 256
"""Bytes of one page; a program stays within one. Common to the SPI NOR chips on the boards we aim at."""

Hook = Callable[[str, int, bytes], None]


class PowerCut(Exception):  # noqa: N818  Not an error, but what a hook orders.
    """Raised by a hook: power goes in this operation, when `done` bytes of it, from the first, are as they should be.

    The bytes behind those are torn as far as `torn` goes: bits that are 1 in it have not been cleared yet by a program,
    or are set already by an erase.
    """

    def __init__(self, done: int = 0, torn: bytes = b"") -> None:
        super().__init__(f"power cut after {done} bytes")
        self.done = done
        self.torn = torn


class FlashMisuseError(Exception):
    """An operation that no such chip can do: a mistake in the code that asked for it."""


@dataclass(frozen=True)
class Wear:
    """How a sector ends its life: "erase" or "program" then fail with an OSError; "bits" stay 0 and nothing is said.

    It begins with the sector's erase number `erases`, counted from 1. `stuck` are (offset in the sector, bits).
    """

    erases: int
    fails: Literal["erase", "program", "bits"] = "erase"
    stuck: tuple[tuple[int, int], ...] = ((0, 0x10),)


class NorFlash:
    """The plant, with the methods of the firmware's `Flash` seam and counts of what was done.

    `before` is called with ("program", offset, data) or ("erase", offset, b"") ahead of each operation, and may
    raise PowerCut. `wear` says of sectors, by their number, how they end; `failures` counts what then failed.
    """

    def __init__(self, size: int, sector_size: int = 4096, program_size: int = PAGE) -> None:
        if size % sector_size:
            raise FlashMisuseError(f"{size} bytes are no whole number of sectors of {sector_size}")
        self.size = size
        self.sector_size = sector_size
        self.program_size = program_size
        self.contents = bytearray(b"\xff" * size)
        self.programs = 0
        self.programmed_bytes = 0
        self.failures = 0
        self.wear: dict[int, Wear] = {}
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
        """Clears the bits at `offset` that are 0 in `data`. Raises FlashMisuseError, PowerCut, OSError if worn."""
        self._check(offset, len(data))
        if offset % self.program_size or len(data) % self.program_size:
            raise FlashMisuseError(f"{len(data)} bytes at {offset} are not on units of {self.program_size}")
        if offset % PAGE + len(data) > PAGE:
            raise FlashMisuseError(f"a program of {len(data)} bytes at {offset} crosses a page of {PAGE}")
        try:
            self._ask("program", offset, bytes(data))
        except PowerCut as cut:
            done = bytes(data)[: cut.done]
            self._clear(offset, done)
            behind = zip(bytes(data)[cut.done :], cut.torn, strict=False)
            self._clear(offset + len(done), bytes(byte | torn for byte, torn in behind))
            raise
        self.programs += 1
        self.programmed_bytes += len(data)
        self._fail_if_worn("program", offset)
        self._clear(offset, bytes(data))

    def erase(self, offset: int) -> None:
        """Sets the sector at `offset` to 0xFF. Raises FlashMisuseError, PowerCut, OSError if worn."""
        self._check(offset, self.sector_size)
        if offset % self.sector_size:
            raise FlashMisuseError(f"no sector starts at {offset}")
        try:
            self._ask("erase", offset, b"")
        except PowerCut as cut:
            self._tear_erase(offset, cut)
            raise
        self.erases[offset // self.sector_size] += 1
        self._fail_if_worn("erase", offset)
        self.contents[offset : offset + self.sector_size] = b"\xff" * self.sector_size
        if self._is_worn("bits", offset):
            self.failures += 1
            for at, bits in self.wear[offset // self.sector_size].stuck:
                self.contents[offset + at] &= ~bits

    def _tear_erase(self, offset: int, cut: PowerCut) -> None:
        clean = min(cut.done, self.sector_size)
        self.contents[offset : offset + clean] = b"\xff" * clean
        for at, torn in enumerate(cut.torn[: self.sector_size - clean], offset + clean):
            self.contents[at] |= torn

    def _is_worn(self, fails: str, offset: int) -> bool:
        sector = offset // self.sector_size
        wear = self.wear.get(sector)
        return wear is not None and wear.fails == fails and self.erases[sector] >= wear.erases

    def _fail_if_worn(self, operation: str, offset: int) -> None:
        if self._is_worn(operation, offset):
            self.failures += 1
            raise OSError(errno.EIO, f"sector {offset // self.sector_size} is worn: {operation} failed")

    def _ask(self, operation: str, offset: int, data: bytes) -> None:
        if self.before is not None:
            self.before(operation, offset, data)

    def _clear(self, offset: int, data: bytes) -> None:
        for at, byte in enumerate(data, offset):
            self.contents[at] &= byte

    def _check(self, offset: int, count: int) -> None:
        if offset < 0 or count < 0 or offset + count > self.size:
            raise FlashMisuseError(f"{count} bytes at {offset} are outside of the chip's {self.size}")
