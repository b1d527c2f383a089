"""A NOR flash for tests: bits only clear, erase works by sector, and power can go at any operation.

`NorFlash` refuses what a chip would spoil: programs across a page, out of bounds or off the program unit. With
`cut_at` the n-th program or erase raises `PowerCut`: before anything happened, half way, or just after. `torn` is the
seed of what half way leaves behind. `WatchedFlash` shows every such cut of one run to a function.
"""

from hemlarm_firmware.board import Flash

PAGE = 256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class PowerCut(Exception):  # noqa: N818  Not an error, but what a test orders.
    """The supply went away during a flash operation. No OSError: code that handles those must not survive this."""


class Dice:
    """Numbers from a seed, the same on both interpreters (a linear congruence; the high bits are good enough here)."""

    def __init__(self, seed: int) -> None:
        self._state = (seed * 2654435761 + 12345) & 0x7FFFFFFF

    def roll(self, sides: int) -> int:
        """Return 0 to sides - 1."""
        self._state = (self._state * 1103515245 + 12345) & 0x7FFFFFFF
        return (self._state >> 8) % sides


class NorFlash(Flash):
    """Implements the Flash of `hemlarm_firmware.board` in memory."""

    def __init__(self, sectors: int, program_size: int = 1, sector_size: int = 4096) -> None:
        self.size = sectors * sector_size
        self.sector_size = sector_size
        self.program_size = program_size
        self.cells = bytearray(b"\xff" * self.size)
        self.programs = 0
        self.erases = 0
        self.reads = 0
        self.cut_at = -1
        self.torn = 0
        self.bad_programs = 0
        self.bad_erases = 0
        self.dead = False

    @property
    def operations(self) -> int:
        """Programs and erases so far."""
        return self.programs + self.erases

    def copy(self) -> "NorFlash":
        """Return the same chip after a power cycle: its cells, no faults planned, counters at 0."""
        other = NorFlash(1, self.program_size, self.sector_size)
        other.size = self.size
        other.cells = bytearray(self.cells)
        return other

    def read_into(self, offset: int, buffer: "bytearray | memoryview") -> None:
        """As `board.Flash.read_into`."""
        assert 0 <= offset <= offset + len(buffer) <= self.size, "read out of bounds"
        if self.dead:
            raise OSError(5)
        self.reads += 1
        buffer[:] = self.cells[offset : offset + len(buffer)]

    def program(self, offset: int, data: "bytes | bytearray | memoryview") -> None:
        """As `board.Flash.program`."""
        assert 0 <= offset <= offset + len(data) <= self.size, "program out of bounds"
        assert data and offset // PAGE == (offset + len(data) - 1) // PAGE, "program across a page"
        assert offset % self.program_size == 0 == len(data) % self.program_size, "program off its unit"
        cut = self.operations == self.cut_at
        self.programs += 1
        if self.dead or self.bad_programs:
            self.bad_programs = max(0, self.bad_programs - 1)
            raise OSError(5)
        if cut and not self.torn:
            raise PowerCut
        clears = self._torn_clears(data) if cut else data
        for position, byte in enumerate(clears):
            self.cells[offset + position] &= byte
        if cut:
            raise PowerCut

    def erase(self, offset: int) -> None:
        """As `board.Flash.erase`."""
        assert offset % self.sector_size == 0 and 0 <= offset < self.size, "erase off a sector"
        cut = self.operations == self.cut_at
        self.erases += 1
        if self.dead or self.bad_erases:
            self.bad_erases = max(0, self.bad_erases - 1)
            raise OSError(5)
        if cut and not self.torn:
            raise PowerCut
        before = self.cells[offset : offset + self.sector_size]
        self.cells[offset : offset + self.sector_size] = b"\xff" * self.sector_size
        if cut:
            self._tear_erase(offset, before)
            raise PowerCut

    def _torn_clears(self, data: "bytes | bytearray | memoryview") -> bytearray:
        """Return what a program that lost its power had cleared: all, a prefix, or bits here and there."""
        dice = Dice(self.torn)
        kind = dice.roll(4)
        clears = bytearray(data)
        if kind == 0:
            return clears
        kept = dice.roll(len(data) + 1)
        for position in range(len(data)):
            if kind == 1 or (kind == 3 and position >= kept):
                clears[position] |= dice.roll(256)
            elif kind == 2 and position >= kept:
                clears[position] = 0xFF
        return clears

    def _tear_erase(self, offset: int, before: bytearray) -> None:
        """Leave an interrupted erase behind: one page clean and the rest as before, or a clean part and random bits."""
        dice = Dice(self.torn)
        kind = dice.roll(4)
        if kind == 3:
            page = dice.roll(self.sector_size // PAGE) * PAGE if dice.roll(2) else PAGE
            before[page : page + PAGE] = b"\xff" * PAGE
            self.cells[offset : offset + self.sector_size] = before
            return
        clean = (0, dice.roll(self.sector_size), self.sector_size)[kind]
        # Random bytes, repeated from a random place: drawing each of 4,096 takes too long in thousands of cuts.
        noise = bytes([dice.roll(256) for _ in range(509)]) * (self.sector_size // 509 + 2)
        start = dice.roll(509)
        self.cells[offset + clean : offset + self.sector_size] = noise[start : start + self.sector_size - clean]


class WatchedFlash(NorFlash):
    """Before each operation calls `watch` with the chips that a power cut in it would leave: one for each of `torn`.

    0 in `torn` stands for a cut before anything happened, other numbers for seeds of torn operations.
    """

    def __init__(self, like: NorFlash, torn: "tuple[int, ...]", watch: "Callable[[NorFlash], None]") -> None:
        super().__init__(1, like.program_size, like.sector_size)
        self.size = like.size
        self.cells = bytearray(like.cells)
        self._torn = torn
        self._watch = watch

    def program(self, offset: int, data: "bytes | bytearray | memoryview") -> None:
        """As `board.Flash.program`."""
        self._show_cuts(lambda chip: chip.program(offset, data))
        super().program(offset, data)

    def erase(self, offset: int) -> None:
        """As `board.Flash.erase`."""
        self._show_cuts(lambda chip: chip.erase(offset))
        super().erase(offset)

    def _show_cuts(self, operation: "Callable[[NorFlash], None]") -> None:
        for seed in self._torn:
            chip = self.copy()
            chip.cut_at, chip.torn = 0, seed and seed * 1000 + self.operations
            try:
                operation(chip)
            except PowerCut:
                self._watch(chip.copy())
