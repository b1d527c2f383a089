"""The way to the broker over the machine's own network, for ports with `socket` and `tls`. Runs on MicroPython only."""

import asyncio
import socket
from errno import EAGAIN, EINPROGRESS, ETIMEDOUT

from hemlarm_firmware.hal.tls_stream import TlsStream, writable
from hemlarm_protocol.constant import const

CONNECT_S = 20
"""Longest wait for TCP: four repeated SYNs."""

_IPPROTO_TCP = const(6)
_TCP_NODELAY = const(1)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


async def connect(credentials: "dict[str, Any]", timeout_s: float = CONNECT_S) -> TlsStream:
    """Connect to `host` and `port` of the credentials; the first write shakes hands. Raises OSError.

    Looking a name up blocks, for as long as the port's resolver does; a host given as an address does not.
    """
    try:
        return await asyncio.wait_for(_connect(credentials), timeout_s)
    except asyncio.TimeoutError:
        raise OSError(ETIMEDOUT) from None


async def _connect(credentials: "dict[str, Any]") -> TlsStream:
    place = socket.getaddrinfo(credentials["host"], credentials["port"], 0, socket.SOCK_STREAM)[0]
    raw: Any = socket.socket(*place[:3])
    stream = None
    try:
        await _dial(raw, place[4])
        stream = TlsStream(raw, credentials)
    finally:
        # Whatever ends the attempt, a cancellation too, must not leave the socket behind.
        if stream is None:
            raw.close()
    return stream


async def _dial(raw: "Any", address: "Any") -> None:
    raw.setblocking(False)
    # An event is one small packet that must not wait for the acknowledgement of the last one.
    raw.setsockopt(_IPPROTO_TCP, _TCP_NODELAY, 1)
    try:
        raw.connect(address)
    except OSError as error:
        if error.errno not in (EINPROGRESS, EAGAIN):
            raise
    await writable(raw)
