"""One TCP connection at a time through the modem's own sockets, as a byte line for TLS (or `stream.py`).

A task of the connection's own sends what was written and fetches what came, one AT command at a time; whoever uses the
line never waits but in `readable` and `writable`, where a connection that failed says why. Each connection has another
of the modem's socket numbers than the last one, so that late news of an old connection never concern a new one.
"""

import asyncio
import io
from errno import ECONNRESET, EINVAL

from hemlarm_firmware.modem.at import AtError, ModemSilentError
from hemlarm_firmware.waiting import Pause
from hemlarm_protocol.constant import const

OPEN_MS = 60_000
"""For the modem to say that a connection is open: four repeated SYNs on a slow network."""

SEND_MS = 20_000
"""For the modem to take what is sent, which it then repeats by itself."""

UNSENT_MAX = 1024
"""Bytes that wait for the modem: a TLS handshake's longest flight, or eight events."""

FETCH_MAX = 512
"""Bytes fetched from the modem at a time, and no more before they were read."""

_SOCKETS = const(4)
_OPEN, _ENDING, _ENDED, _CLOSED = const(0), const(1), const(2), const(3)
_POLL, _CLOSE = const(3), const(4)  # MicroPython's requests to a stream.
_POLL_READ, _POLL_WRITE = const(1), const(4)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.clock import Clock
    from hemlarm_firmware.modem.air import Air
    from hemlarm_firmware.modem.at import AtChannel


class Sockets:
    """The modem's sockets, spoken to as `profile` (`quectel` or `simcom`) says. For the life of the AT channel."""

    def __init__(self, at: "AtChannel", profile: "Any", clock: "Clock", air: "Air") -> None:
        self.at = at
        self.profile = profile
        self.clock = clock
        self.air = air
        self.current: ModemSocket | None = None  # Until its close has ended too.
        self._last = 0
        for prefix in (profile.OPENED, profile.SENT, profile.ARRIVED, profile.CLOSED):
            if prefix:
                at.subscribe(prefix, self._heard)

    async def connect(self, host: str, port: int) -> "ModemSocket":
        """Return a new connection, while the context is up; one that is there already is closed. Raises OSError."""
        if self.current is not None:
            self.current.close()
        self._last = (self._last + 1) % _SOCKETS
        line = self.current = ModemSocket(self, self._last)
        try:
            await line.open(host, port)
        except BaseException as error:
            # Whatever ends the attempt, a cancellation too, must not leave the modem's socket behind.
            if isinstance(error, OSError):
                line.fail(error)
            line.close()
            raise
        return line

    def lost(self, why: str) -> None:
        """The modem restarted, or has no context any more: what was connected is not."""
        if self.current is not None:
            self.current.fail(ModemSilentError("the connection over the modem is lost: " + why))

    def _heard(self, line: str) -> None:
        """Take news of a socket. Raises ValueError or IndexError for a garbled line."""
        profile = self.profile
        for prefix in (profile.OPENED, profile.SENT, profile.ARRIVED, profile.CLOSED):
            if prefix and line.startswith(prefix):
                break
        fields = [int(field) for field in line[len(prefix) :].split(",")]
        self.air.exchange(self.clock.uptime_ms())
        current = self.current
        if current is None or current.number != fields[0]:
            return
        if prefix == profile.ARRIVED:
            current.look()
        elif prefix == profile.CLOSED:
            current.end()
        else:
            current.outcome = fields[1:][-1]
            current.pause.end()


class ModemSocket(io.IOBase):
    """A byte line that never blocks: what `tls.wrap_socket` wants, and what its user waits on.

    One task may wait in `readable` and one in `writable`. A connection that the other side has closed gives what came
    before and then ends; one that failed gives and takes nothing, and tells why in both waits.
    """

    def __init__(self, sockets: "Sockets", number: int) -> None:
        self.number = number
        self.outcome: int | None = None
        self.pause = Pause()
        self._sockets = sockets
        self._state = _OPEN
        self._failure: OSError | MemoryError | None = None
        self._there = False  # Something may wait in the modem.
        self._in = b""
        self._in_at = 0
        self._out = bytearray()
        self._reader = Pause()
        self._writer = Pause()
        self._task: Any = None

    # For the user.

    def readinto(self, buffer: "bytearray | memoryview") -> "int | None":
        """Return how many bytes it got, 0 at the end, None where there is nothing yet or the connection failed."""
        count = min(len(buffer), len(self._in) - self._in_at)
        if not count:
            return 0 if self._state == _ENDED and self._failure is None else None
        buffer[:count] = self._in[self._in_at : self._in_at + count]
        self._in_at += count
        if self._in_at == len(self._in):
            self._in, self._in_at = b"", 0
            self.pause.end()
        return count

    def write(self, data: "Any") -> "int | None":
        """Return how many bytes were taken, None where none can be now or the connection failed."""
        taken = min(len(data), UNSENT_MAX - len(self._out))
        if self._state != _OPEN or not taken:
            return None
        self._out.extend(data[:taken])
        self.pause.end()
        return taken

    @property
    def blocked(self) -> bool:
        """Whether `write` takes nothing now."""
        return len(self._out) >= UNSENT_MAX

    async def readable(self) -> None:  # type: ignore[override]
        """Return when there is something to read, or the end. Raises OSError if the connection failed."""
        while not self._in and self._state != _ENDED:
            self._check()
            await self._reader.wait(None)

    async def writable(self) -> None:  # type: ignore[override]
        """Return when something can be written. Raises OSError if the connection failed or the other side closed it."""
        self._check()
        while self.blocked and self._state == _OPEN:
            await self._writer.wait(None)
            self._check()
        if self._state != _OPEN:
            raise OSError(ECONNRESET)

    def ioctl(self, request: int, argument: int) -> int:
        """Answer MicroPython's streams: what may be read or written, and that they are done with it."""
        if request == _POLL:
            ready = _POLL_READ if self._in or self._state != _OPEN else 0
            return argument & (ready | (0 if self.blocked else _POLL_WRITE))
        if request == _CLOSE:
            self.close()
            return 0
        return -EINVAL

    def close(self) -> None:
        """Let go of the connection; what was not sent yet is lost. Never waits."""
        if self._state != _CLOSED:
            self._state = _CLOSED
            self._failure = self._failure or OSError(ECONNRESET)
            self._in, self._in_at, self._out = b"", 0, bytearray()
            if self._task is None:
                self._task = asyncio.create_task(self._run())
            self._wake()

    # For `Sockets`.

    async def open(self, host: str, port: int) -> None:
        """Connect. Raises OSError."""
        profile = self._sockets.profile
        await self._command(profile.OPEN.format(self.number, host, port), SEND_MS)
        await self._told(OPEN_MS)
        if self.outcome:
            raise OSError(f"the modem could not connect to {host}: error {self.outcome}")
        self._task = asyncio.create_task(self._run())

    def look(self) -> None:
        """Something came."""
        self._there = True
        self.pause.end()

    def end(self) -> None:
        """The other side has closed the connection; what it sent before may still be fetched."""
        if self._state == _OPEN:
            self._state = _ENDING
            self._out = bytearray()
            self._writer.end()
            self.look()

    def fail(self, why: "OSError | MemoryError") -> None:
        """The connection is no more."""
        self._failure = self._failure or why
        self._wake()

    # The task.

    async def _run(self) -> None:
        """Send and fetch until the connection is closed at both ends, and then give the modem's socket back."""
        try:
            while self._state != _CLOSED and self._failure is None:
                if self._out:
                    await self._send()
                if self._there and not self._in:
                    await self._fetch()
                elif self._state == _ENDING and not self._in:
                    self._state = _ENDED
                    self._reader.end()
                elif not self._out:
                    await self.pause.wait(None)
        except (OSError, MemoryError) as error:
            self.fail(error)
        try:
            # A modem that restarted has no sockets, and one that is silent must not be waited for once more.
            if not isinstance(self._failure, ModemSilentError):
                await self._command(self._sockets.profile.CLOSE.format(self.number), SEND_MS)
        except OSError:
            pass  # It was closed already.
        if self._sockets.current is self:
            self._sockets.current = None

    async def _send(self) -> None:
        sockets = self._sockets
        piece = bytes(self._out)
        self.outcome = None
        try:
            await self._command(sockets.profile.SEND.format(self.number, len(piece)), SEND_MS, piece)
        except AtError:
            # Either it is closed, of which the news is still on its way, or it is so stuck that a new one is better.
            self.end()
            return
        taken = len(piece)
        if sockets.profile.SENT:
            await self._told(SEND_MS)
            taken = self.outcome or 0
            if not 0 < taken <= len(piece):
                self.end()
                return
        sockets.air.sent(taken, sockets.clock.uptime_ms())
        self._out = self._out[taken:]
        self._writer.end()
        # The notice of what came may have been garbled, and no other one follows: each sending is a chance to see.
        self._there = True

    async def _fetch(self) -> None:
        sockets, profile = self._sockets, self._sockets.profile
        self._there = False
        try:
            answer = await sockets.at.command(
                profile.READ.format(self.number, FETCH_MAX), SEND_MS, want=profile.READ_WANT, raw=self._length
            )
        except AtError:
            return  # How some modems say that there is nothing.
        # A garbled header may stand before the one that brought the data.
        data = [item for item in answer if isinstance(item, bytes)]
        if data and self._state != _CLOSED:
            self._in = data[0]
            self._there = True  # A modem may give no other notice before everything was fetched.
            sockets.air.received(len(self._in), sockets.clock.uptime_ms())
            self._reader.end()

    def _length(self, line: str) -> int:
        return int(line.split(":")[1].split(",")[self._sockets.profile.READ_FIELD])

    async def _command(self, text: str, timeout_ms: int, data: "bytes | None" = None) -> None:
        self._sockets.air.exchange(self._sockets.clock.uptime_ms())
        await self._sockets.at.command(text, timeout_ms, data)

    async def _told(self, timeout_ms: int) -> None:
        """Wait until `outcome` is told. Raises OSError."""
        until_ms = self._sockets.clock.uptime_ms() + timeout_ms
        while self.outcome is None:
            self._check()
            left_ms = until_ms - self._sockets.clock.uptime_ms()
            if left_ms <= 0:
                raise OSError("the modem does not tell what became of the connection")
            await self.pause.wait(left_ms)

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _wake(self) -> None:
        for pause in (self.pause, self._reader, self._writer):
            pause.end()
