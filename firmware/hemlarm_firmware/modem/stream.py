"""A modem's connection as a stream without TLS, for whoever has a network that is trusted."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.modem.socket import ModemSocket


class ModemStream:
    """A `board.Stream` over a modem's open socket."""

    def __init__(self, line: "ModemSocket") -> None:
        self._line = line
        self.close = line.close

    async def read(self, n: int) -> bytes:
        """Return 1 to `n` bytes as soon as there are any, b"" at the end. Raises OSError."""
        buffer = bytearray(n)
        while True:
            await self._line.readable()
            count = self._line.readinto(buffer)
            if count is not None:
                return bytes(buffer[:count])

    def write_now(self, data: "bytes | memoryview") -> int:
        """Return how many bytes were taken without waiting."""
        return self._line.write(data) or 0

    async def write(self, data: "bytes | bytearray | memoryview") -> None:
        """Return when all of `data` is on its way to the modem. Raises OSError."""
        rest = memoryview(data)
        while rest:
            await self._line.writable()
            rest = rest[self._line.write(rest) or 0 :]
