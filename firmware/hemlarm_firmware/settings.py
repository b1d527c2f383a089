"""One small blob on flash, written as a log: power may go at any moment, and either the old or the new is there.

The partition has two halves. Records stand one behind the other: magic, sequence number, length, CRC-32 and data; the
valid one with the highest number counts. A save goes behind whatever the half in use holds, torn records included. When
that half is full, the other is erased and begun: never the one with the newest record. Past what is not valid the next
magic is looked for, so one bad spot hides nothing that stands behind it.
"""

import struct
from binascii import crc32

from hemlarm_protocol.constant import const

_PAGE = const(256)
_HEADER = "<4sIII"
_HEADER_SIZE = const(16)
_MAGIC = b"HmS1"
_BLANK = b"\xff"
_TRIES = const(3)  # Places tried in one save: a worn spot costs one of them.
_ERASED_MIN = const(2)  # Sectors of a half that are begun with: a quick erase, and room for many small records.

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hemlarm_firmware.board import Flash


class SettingsError(Exception):
    """Nothing was saved, and the former settings still stand: the data was too long, or the flash failed."""


class Settings:
    """The log on one partition of at least two sectors. Raises ValueError for a smaller one.

    `faults` counts writes and erases that failed, those that a second place made good among them.
    """

    def __init__(self, flash: "Flash") -> None:
        self._flash = flash
        self._half = flash.size // flash.sector_size // 2 * flash.sector_size
        if not self._half:
            raise ValueError(f"the two halves of settings need two sectors, not {flash.size} bytes")
        self.size_max = self._half - _HEADER_SIZE
        self.faults = 0
        self._sequence = -1  # The highest used, for records or for tries; -1 before the flash was looked at.
        self._newest = -1  # Where the record that counts begins.
        self._end = self._limit = 0  # Where the next may begin, and where its half ends.
        self._ready = False  # The half without the newest record was erased since the boot.

    def load(self) -> "bytes | None":
        """Return what the last finished `save` wrote, None when there never was one. Raises OSError."""
        if self._newest < 0 or not self._check(self._newest)[0]:
            self._look()
        return self._read(self._newest, self._check(self._newest)[1]) if self._newest >= 0 else None

    def history(self) -> "Iterator[bytes]":
        """Yield what the half in use holds, the oldest first and the settings last. Raises OSError."""
        self._look()
        last = 0
        for at, sequence, length in self._records(self._half - self._other()) if self._newest >= 0 else ():
            if sequence > last:  # Or it was left by an erase that failed.
                last = sequence
                yield self._read(at, length)

    def save(self, data: bytes, whole: "Callable[[], bytes] | None" = None) -> None:
        """Replace the settings; returns once they have been read back.

        With `whole`, what that returns is written in the place of `data` where a half is begun, so that `data` may lean
        on the `history`. Raises SettingsError for more than `size_max` bytes, or when the flash fails.
        """
        if len(data) > self.size_max:
            raise SettingsError(f"settings of {len(data)} bytes do not fit the {self.size_max} bytes of a half")
        try:
            if self._sequence < 0:
                self._look()
            for _ in range(_TRIES):
                at, content = self._next(data, whole)
                if at < 0:
                    break
                if self._write(at, content):
                    self._newest = at
                    return
        except OSError as error:
            raise SettingsError(f"the settings' flash failed: {error}") from None
        raise SettingsError("the settings' flash did not take what was written to it")

    def tidy(self) -> bool:
        """Erase ahead the half that comes next, if it soon will; return whether it did. Call it when nothing is urgent.

        An erase takes some 50 ms, at worst 400.
        """
        if self._ready or self._newest < 0 or self._end + self._half // 4 < self._limit:
            return False
        self._ready = self._erase(_ERASED_MIN * self._flash.sector_size)
        return self._ready

    def _look(self) -> None:
        """Find the newest record of both halves, and the end of what its half holds."""
        self._newest, self._end, self._limit = -1, 0, self._half
        best = 0
        for start in (0, self._half):
            for at, sequence, length in self._records(start):
                if sequence > best:
                    best, self._newest, self._limit = sequence, at, start + self._half
                if self._limit == start + self._half:
                    self._end = at + _HEADER_SIZE + length  # Its last bytes may look blank.
        self._end = max(self._end, self._used(self._limit - self._half, self._limit))
        self._sequence = max(best, self._sequence)

    def _records(self, start: int) -> "Iterator[tuple[int, int, int]]":
        """Yield (place, sequence number, length) of each valid record of the half that begins at `start`."""
        at, end = start, self._used(start, start + self._half)
        while at < end:
            sequence, length = self._check(at)
            if sequence:
                yield at, sequence, length
                at += _HEADER_SIZE + length
            else:
                at = self._find_magic(at + 1, end)

    def _read(self, at: int, length: int) -> bytes:
        data = bytearray(length)
        self._flash.read_into(at + _HEADER_SIZE, data)
        return bytes(data)

    def _check(self, at: int) -> "tuple[int, int]":
        """Return sequence number and length of the record at `at`, (0, 0) when there is none that is whole."""
        page = bytearray(_PAGE)
        limit = (at // self._half + 1) * self._half
        if at + _HEADER_SIZE > limit:
            return 0, 0
        self._flash.read_into(at, memoryview(page)[:_HEADER_SIZE])
        magic, sequence, length, crc = struct.unpack_from(_HEADER, page, 0)
        end = at + _HEADER_SIZE + length
        if magic != _MAGIC or end > limit:
            return 0, 0
        found = crc32(memoryview(page)[:12])
        for offset in range(at + _HEADER_SIZE, end, _PAGE):
            piece = memoryview(page)[: min(_PAGE, end - offset)]
            self._flash.read_into(offset, piece)
            found = crc32(piece, found)
        return (sequence, length) if found == crc else (0, 0)

    def _find_magic(self, at: int, end: int) -> int:
        """Return where a record may begin, from `at` on; `end` if nowhere."""
        page = bytearray(_PAGE)
        while at < end:
            piece = memoryview(page)[: min(_PAGE, end - at)]
            self._flash.read_into(at, piece)
            found = bytes(piece).find(_MAGIC)
            if found >= 0:
                return at + found
            at += max(len(piece) - len(_MAGIC) + 1, 1)
        return end

    def _used(self, start: int, stop: int) -> int:
        """Return the place behind the last byte that is not blank, `start` if all are."""
        page = bytearray(_PAGE)
        while stop > start:
            piece = memoryview(page)[: min(_PAGE, stop - start)]
            stop -= len(piece)
            self._flash.read_into(stop, piece)
            used = len(bytes(piece).rstrip(_BLANK))
            if used:
                return stop + used
        return start

    def _next(self, data: bytes, whole: "Callable[[], bytes] | None") -> "tuple[int, bytes]":
        """Return the place for what is written next, and what that is; (-1, ...) where there is no place."""
        in_use = self._limit - self._half
        content = whole() if whole and in_use == self._other() else data
        at = self._place(len(content))
        if at < 0:
            content = whole() if whole else data
            self._begin(len(content))
            at = self._place(len(content))
        return at, content

    def _place(self, length: int) -> int:
        """Return where the half in use is blank for a record with so much data; -1 if nowhere."""
        size = _HEADER_SIZE + length
        while self._end + size <= self._limit:
            used = self._used(self._end, self._end + size)
            if used == self._end:
                return used
            self._end = used
        return -1

    def _begin(self, length: int) -> None:
        """Go to the half that does not hold the newest record, and erase it as far as that much data needs."""
        size = max(_HEADER_SIZE + length, _ERASED_MIN * self._flash.sector_size)
        if not self._ready or size > _ERASED_MIN * self._flash.sector_size:
            self._erase(size)
        self._ready = False
        self._end = self._other()
        self._limit = self._end + self._half

    def _other(self) -> int:
        return self._half if 0 <= self._newest < self._half else 0

    def _erase(self, size: int) -> bool:
        """Erase that much of the half without the newest record; a sector that fails will be found not to be blank."""
        start, faults = self._other(), self.faults
        for at in range(start, start + min(size, self._half), self._flash.sector_size):
            try:
                self._flash.erase(at)
            except OSError:
                self.faults += 1
        return self.faults == faults

    def _write(self, at: int, data: bytes) -> bool:
        """Program a record and read it back; return whether it is there. Neither place nor number is used again."""
        size = _HEADER_SIZE + len(data)
        self._end = at + size
        self._sequence += 1
        header = struct.pack("<4sII", _MAGIC, self._sequence, len(data))
        header += struct.pack("<I", crc32(data, crc32(header)))
        try:
            done = 0
            while done < size:
                end = min(size, done + _PAGE - (at + done) % _PAGE)
                piece = header[done:end] + data[max(0, done - _HEADER_SIZE) : max(0, end - _HEADER_SIZE)]
                self._program(at + done, piece)
                done = end
            if self._check(at)[0] == self._sequence:
                return True
            self.faults += 1
        except OSError:
            self.faults += 1
        try:
            self._program(at, b"\0")  # It must not be found whole one day, when it was said not to be there.
        except OSError:
            pass
        return False

    def _program(self, offset: int, data: bytes) -> None:
        """Program bytes within a page; where the chip takes only whole units, with 0xFF around them."""
        before = offset % self._flash.program_size
        behind = -(before + len(data)) % self._flash.program_size
        self._flash.program(offset - before, _BLANK * before + data + _BLANK * behind)
