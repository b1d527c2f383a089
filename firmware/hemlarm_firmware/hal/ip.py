"""TLS over the machine's own network, for ports with `socket` and `tls` (Unix, ESP32). Runs on MicroPython only.

Both sides show certificates. The server's must be signed by the panel's authority, be within its dates by the machine's
clock (set to its floor before the first connection: see `clock.py`) and carry the host's name.

The handshake happens in the first write, because this port can tell of its end in no other way (`getpeercert` is
missing, and `cipher` crashes before it). So a refused server shows there, and the time it takes is the writer's.

A TLS object has no descriptor, so stock asyncio looks at it every millisecond: an idle panel would wake 900 times a
second. Once the handshake is done, `TlsStream` therefore waits for the TCP socket below, which a poll can watch. It
always asks TLS first, which may hold decrypted bytes that no poll knows of.
"""

import asyncio
import socket
from errno import EAGAIN, ECONNRESET, EINPROGRESS, ETIMEDOUT

import tls as tls_library  # type: ignore[import-not-found]  # What `ssl` wraps in Python, for 1 KB of memory.

from hemlarm_protocol.constant import const

CONNECT_S = 20
"""Longest wait for TCP: four repeated SYNs."""

_IPPROTO_TCP = const(6)
_TCP_NODELAY = const(1)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class TlsStream:
    """A `board.Stream` over TLS whose first use must be a write. Every failure is an OSError.

    A wait for the network ends when the network is ready, or by the waiting task being cancelled; `close` ends none.
    Cancel reader and writer together: asyncio stops watching the socket for both when either is cancelled.
    """

    def __init__(self, raw: "Any", tls: "Any") -> None:
        self._raw = raw
        self._tls = tls
        # During the handshake only the TLS object knows which way it waits; it passes that on to a stock poll.
        self._watched = tls

    async def read(self, n: int) -> bytes:
        """Return 1 to `n` bytes as soon as there are any, b"" at the end."""
        while True:
            received: bytes | None = self._ask(self._open().read, n)
            if received is not None:
                return received
            await _readable(self._watched)

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
                await _writable(self._watched)
            else:
                self._watched = self._raw
                rest = rest[written:]

    def close(self) -> None:
        """Let go of the connection at once."""
        if self._tls is not None:
            tls, self._tls = self._tls, None
            _close(tls, self._raw)

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


async def connect(credentials: "dict[str, Any]", timeout_s: float = CONNECT_S) -> TlsStream:
    """Connect to `host` and `port` of the credentials; the first write shakes hands. Raises OSError.

    Looking a name up blocks, for as long as the port's resolver does; a host given as an address does not.
    """
    try:
        context = _context(credentials)
        return await asyncio.wait_for(_connect(context, credentials["host"], credentials["port"]), timeout_s)
    except asyncio.TimeoutError:
        raise OSError(ETIMEDOUT) from None
    except ValueError as error:
        raise OSError("credentials that TLS cannot read: " + str(error)) from None


async def _connect(context: "Any", host: str, port: int) -> TlsStream:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)[0]
    raw: Any = socket.socket(family, kind, protocol)
    stream = None
    try:
        await _dial(raw, address)
        stream = TlsStream(raw, context.wrap_socket(raw, server_hostname=host, do_handshake_on_connect=False))
    finally:
        # Whatever ends the attempt, a cancellation too, must not leave the socket behind.
        if stream is None:
            raw.close()
    return stream


def _context(credentials: "dict[str, Any]") -> "Any":
    context = tls_library.SSLContext(tls_library.PROTOCOL_TLS_CLIENT)
    context.verify_mode = tls_library.CERT_REQUIRED
    context.load_verify_locations(credentials["authority"])
    context.load_cert_chain(credentials["certificate"], credentials["key"])
    return context


async def _dial(raw: "Any", address: "Any") -> None:
    raw.setblocking(False)
    # An event is one small packet that must not wait for the acknowledgement of the last one.
    raw.setsockopt(_IPPROTO_TCP, _TCP_NODELAY, 1)
    try:
        raw.connect(address)
    except OSError as error:
        if error.errno not in (EINPROGRESS, EAGAIN):
            raise
    await _writable(raw)


def _close(tls: "Any", raw: "Any") -> None:
    for part in (tls, raw):
        try:
            part.close()
        except OSError:
            pass


def _readable(part: "Any") -> "Any":
    yield asyncio.core._io_queue.queue_read(part)  # type: ignore[attr-defined]


def _writable(part: "Any") -> "Any":
    yield asyncio.core._io_queue.queue_write(part)  # type: ignore[attr-defined]
