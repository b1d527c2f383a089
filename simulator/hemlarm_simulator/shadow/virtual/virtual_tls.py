"""The panel's end of the stand-in for TLS in virtual time, over a modem's socket. See `virtual/tls_stand_in.py`.

It is as strict as the real one: bytes that were lost, doubled or reordered below it end the connection.
"""

from binascii import crc32
from errno import ECONNRESET, EINVAL

_FLIGHTS = ((142, 753), (643, 51))
_HEADER = b"\x17\x03\x03"
_ADDED = 29
_RECORD_MAX = 4096
_READ_MAX = 256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class VirtualSecureStream:
    """A `board.Stream` over a line with `readinto`, `write`, `readable` and `writable`."""

    def __init__(self, line: "Any") -> None:
        self._line = line
        self._in = b""
        self._plain = b""
        self._shaken = False
        self._unsent = b""
        self._begun = False
        self._sent = self._received = 0
        self._buffer = bytearray(_READ_MAX)

    async def read(self, count: int) -> bytes:
        """Return 1 to `count` bytes, b"" at the end. Raises OSError."""
        while not self._plain:
            if not self._records() and not await self._fill():
                return b""
        taken, self._plain = self._plain[:count], self._plain[count:]
        return taken

    def write_now(self, data: "bytes | bytearray | memoryview") -> int:
        """Take all of `data` or, as TLS does, nothing until it is offered again. Raises OSError."""
        if not self._shaken:
            return 0
        if not self._begun:
            self._unsent = _record(self._sent, bytes(data))
            self._sent += 1
            self._begun = True
        if not self._push():
            return 0
        self._begun = False
        return len(data)

    async def write(self, data: "bytes | bytearray | memoryview") -> None:
        """Shake hands if that has not happened, and return when the line has taken all of `data`. Raises OSError."""
        if not self._shaken:
            await self._shake_hands()
        while not self.write_now(data):
            await self._open().writable()

    def close(self) -> None:
        """Let go of the line."""
        line, self._line = self._line, None
        if line is not None:
            line.close()

    async def _shake_hands(self) -> None:
        for sent, answered in _FLIGHTS:
            self._unsent = bytes(sent)
            while not self._push():
                await self._open().writable()
            while len(self._in) < answered:
                if not await self._fill():
                    raise OSError(ECONNRESET)
            if self._in[:answered] != bytes(answered):
                raise OSError(EINVAL)
            self._in = self._in[answered:]
        self._shaken = True

    def _push(self) -> bool:
        """Offer what was not taken yet; return whether all of it was taken."""
        while self._unsent:
            taken = self._open().write(self._unsent)
            if not taken:
                return False
            self._unsent = self._unsent[taken:]
        return True

    async def _fill(self) -> bool:
        """Wait for bytes; False at the end."""
        while True:
            count = self._open().readinto(self._buffer)
            if count is not None:
                self._in += self._buffer[:count]
                return bool(count)
            await self._open().readable()

    def _records(self) -> bool:
        """Take the next whole record; return whether there was one. Raises OSError where it is not genuine."""
        if len(self._in) < 5:
            return False
        end = 5 + int.from_bytes(self._in[3:5], "big")
        if not _ADDED <= end <= _RECORD_MAX:
            raise OSError(EINVAL)
        if len(self._in) < end:
            return False
        whole, self._in = self._in[:end], self._in[end:]
        plain = whole[_ADDED:]
        if whole != _record(self._received, plain):
            raise OSError(EINVAL)
        self._received += 1
        self._plain += plain
        return True

    def _open(self) -> "Any":
        if self._line is None:
            raise OSError(ECONNRESET)
        return self._line


def _record(number: int, data: bytes) -> bytes:
    head = _HEADER + (_ADDED - 5 + len(data)).to_bytes(2, "big") + number.to_bytes(8, "big")
    return head + bytes(12) + (crc32(data) & 0xFFFFFFFF).to_bytes(4, "big") + data
