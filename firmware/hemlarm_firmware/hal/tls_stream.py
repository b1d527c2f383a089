"""TLS with certificates on both sides, over a socket of the machine's own or of a modem. Runs on MicroPython only.

The server's certificate must be signed by the panel's authority, be within its dates by the machine's clock (set to its
floor before the first connection: see `clock.py`) and carry the host's name.

The handshake happens in the first write, because this port can tell of its end in no other way (`getpeercert` is
missing, and `cipher` crashes before it). So a refused server shows there, and the time it takes is the writer's.
"""

import asyncio
from errno import ECONNRESET

import tls as tls_library  # type: ignore[import-not-found]  # What `ssl` wraps in Python, for 1 KB of memory.

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.modem.socket import ModemSocket


class TlsStream:
    """A `board.Stream` over TLS whose first use must be a write. Every failure is an OSError.

    A wait for the network ends when the network is ready, or by the waiting task being cancelled; `close` ends none.
    Cancel reader and writer together: asyncio stops watching a socket for both when either is cancelled.
    """

    _shaken = False  # Whether the handshake is done.

    def __init__(self, raw: "Any", credentials: "dict[str, Any]") -> None:
        """Lay TLS over `raw`, a socket that does not block. Raises OSError for credentials that cannot be read."""
        self._raw = raw
        try:
            context = tls_library.SSLContext(tls_library.PROTOCOL_TLS_CLIENT)
            context.verify_mode = tls_library.CERT_REQUIRED
            context.load_verify_locations(credentials["authority"])
            context.load_cert_chain(credentials["certificate"], credentials["key"])
            self._tls: Any = context.wrap_socket(
                raw, server_hostname=credentials["host"], do_handshake_on_connect=False
            )
        except ValueError as error:
            raise OSError("credentials that TLS cannot read: " + str(error)) from None

    async def read(self, n: int) -> bytes:
        """Return 1 to `n` bytes as soon as there are any, b"" at the end."""
        while True:
            received: bytes | None = self._ask(self._open().read, n)
            if received is not None:
                return received
            await self._readable()

    def write_now(self, data: "bytes | memoryview") -> int:
        """Return how many bytes were taken without waiting; what is left must be offered next, as it is."""
        return self._ask(self._open().write, data) or 0

    async def write(self, data: "bytes | bytearray | memoryview") -> None:
        """Return when TLS and the socket have taken all of `data`."""
        rest = memoryview(data)
        while rest:
            # What could not be sent is offered again unchanged, as TLS demands of an interrupted write.
            written = self._ask(self._open().write, rest)
            if written is None:
                await self._writable()
            else:
                self._shaken = True
                rest = rest[written:]

    def close(self) -> None:
        """Let go of the connection at once."""
        if self._tls is not None:
            tls, self._tls = self._tls, None
            for part in (tls, self._raw):
                try:
                    part.close()
                except OSError:
                    pass

    def _open(self) -> "Any":
        if self._tls is None:
            raise OSError(ECONNRESET)
        return self._tls

    def _ask(self, method: "Any", argument: "Any") -> "Any":
        try:
            return method(argument)
        except ValueError as error:
            # How MicroPython reports a certificate that it refuses.
            raise OSError(str(error).strip()) from None

    # A TLS object has no descriptor, so stock asyncio looks at it every millisecond: an idle panel would wake 900 times
    # a second. Once the handshake is done these wait for the socket below, which a poll can watch; TLS was asked first,
    # which may hold decrypted bytes that no poll knows of. During the handshake only TLS knows which way it waits.

    async def _readable(self) -> None:
        await readable(self._raw if self._shaken else self._tls)

    async def _writable(self) -> None:
        await writable(self._raw if self._shaken else self._tls)


class ModemTlsStream(TlsStream):
    """Over a modem's socket, which no poll can watch, and which therefore tells by itself when it is ready.

    The first write must have returned before anybody reads.
    """

    _raw: "ModemSocket"

    async def _readable(self) -> None:
        await self._raw.readable()

    async def _writable(self) -> None:
        # A handshake that waits while the modem would take more can only wait for the server.
        await (self._raw.writable() if self._shaken or self._raw.blocked else self._raw.readable())


def secure(credentials: "dict[str, Any]", line: "ModemSocket") -> TlsStream:
    """Lay TLS over a modem's open socket; the first write shakes hands. Raises OSError."""
    return ModemTlsStream(line, credentials)


def readable(part: "Any") -> "Any":
    """Wait, awaited, until a socket of the machine's can be read."""
    yield asyncio.core._io_queue.queue_read(part)  # type: ignore[attr-defined]


def writable(part: "Any") -> "Any":
    """Wait, awaited, until it can be written."""
    yield asyncio.core._io_queue.queue_write(part)  # type: ignore[attr-defined]
