"""TLS over the machine's own network, for ports with `socket` and `ssl` (Unix, ESP32). Runs on MicroPython only.

Both sides show certificates. The server's must be signed by the panel's authority, be within its dates by the machine's
clock (set to its floor before the first connection: see `clock.py`) and carry the host's name.

A TLS object has no descriptor, so stock asyncio looks at it every millisecond: an idle panel would wake 900 times a
second. So once the handshake is done, `TlsStream` waits for the TCP socket below, which a poll can watch, and always asks
TLS first, which may hold decrypted bytes that no poll knows of.
"""

import asyncio
import socket
import ssl
from errno import EAGAIN, ECONNRESET, EINPROGRESS, ETIMEDOUT

CONNECT_S = 30
"""Longest wait for TCP and the handshake: 28 ms here, several seconds for a small chip over a bad mobile path."""

_IPPROTO_TCP, _TCP_NODELAY = 6, 1

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class TlsStream:
    """A `board.Stream` over TLS. Every failure is an OSError.

    A wait for the network ends when the network is ready, or by the waiting task being cancelled; `close` ends none.
    Cancel reader and writer together: asyncio stops watching the socket for both when either is cancelled.
    """

    def __init__(self, raw: "Any", tls: "Any", early: bytes) -> None:
        self._raw = raw
        self._tls = tls
        self._early = early

    async def read(self, n: int) -> bytes:
        """Return 1 to `n` bytes as soon as there are any, b"" at the end."""
        if self._early:
            data, self._early = self._early[:n], self._early[n:]
            return data
        while True:
            received: bytes | None = self._open().read(n)
            if received is not None:
                return received
            await _readable(self._raw)

    async def write(self, data: "bytes | bytearray | memoryview") -> None:
        """Return when TLS and the socket have taken all of `data`."""
        rest = memoryview(data)
        while rest:
            # What could not be sent is offered again unchanged, as TLS demands of an interrupted write.
            written = self._open().write(rest)
            if written is None:
                await _writable(self._raw)
            else:
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


async def connect(credentials: "dict[str, Any]", timeout_s: float = CONNECT_S) -> TlsStream:
    """Connect to `host` and `port` of the credentials, TLS done and the server verified. Raises OSError.

    Looking a name up blocks, for as long as the port's resolver does; a host given as an address does not.
    """
    try:
        return await asyncio.wait_for(_connect(credentials), timeout_s)
    except asyncio.TimeoutError:
        raise OSError(ETIMEDOUT) from None
    except ValueError as error:
        # How MicroPython reports a certificate that was refused, and credentials that it cannot read.
        raise OSError(str(error).strip()) from None


async def _connect(credentials: "dict[str, Any]") -> TlsStream:
    context = _context(credentials)
    address = socket.getaddrinfo(credentials["host"], credentials["port"], 0, socket.SOCK_STREAM)[0][-1]
    raw: Any = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    tls = raw
    try:
        await _dial(raw, address)
        tls = context.wrap_socket(raw, server_hostname=credentials["host"], do_handshake_on_connect=False)
        stream = TlsStream(raw, tls, await _shake_hands(tls))
        tls = None
        return stream
    finally:
        # Whatever ends the attempt, a cancellation too, must not leave the socket behind.
        if tls is not None:
            _close(tls, raw)


def _context(credentials: "dict[str, Any]") -> "Any":
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=credentials["authority"])
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


async def _shake_hands(tls: "Any") -> bytes:
    """Drive the handshake to its end, and return what the server may already have sent behind it.

    A read drives it, and the peer's certificate is known only after it. TLS says neither whether it waits to read or
    to write; polling the TLS object knows, so these few waits are the stock ones.
    """
    while tls.getpeercert(True) is None:
        early: bytes | None = tls.read(1)
        if early is not None:
            if not early:
                raise OSError(ECONNRESET)
            return early
        if tls.getpeercert(True) is None:
            await _readable(tls)
    return b""


def _close(tls: "Any", raw: "Any") -> None:
    # Closing TLS says goodbye to the peer if the socket takes it; the socket closes with it or right after.
    for part in (tls, raw):
        try:
            part.close()
        except OSError:
            pass


def _readable(part: "Any") -> "Any":
    yield asyncio.core._io_queue.queue_read(part)  # type: ignore[attr-defined]


def _writable(part: "Any") -> "Any":
    yield asyncio.core._io_queue.queue_write(part)  # type: ignore[attr-defined]
