"""Requests to addresses that customers name, which never reach what only this machine or its networks can reach.

The check is made on the addresses that a name leads to, and the connection goes to just these: a name that leads
elsewhere at the second look gains nothing. No redirect is followed, no answer is read, and everything is bounded.
"""

import ipaddress
import socket
import ssl
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpcore

from hemlarm_cloud.notices.trouble import SendError

STEP_S = 5.0
"""The patience with each step of a request: connecting, a read, a write."""

READS_MAX = 16
"""An answer's head comes in a few pieces; who drips it byte by byte does not hold us up for longer than 80 s."""

URL_MAX = 1_000
"""Characters, as in the schema."""

_TRIED_MAX = 2
"""Addresses of one name that are tried."""

_TRANSLATED = tuple(ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16"))
"""IPv6 addresses that lead to IPv4 ones, which could be anything (RFC 6052, 8215, 3056)."""


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to the open internet; a name does not."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if any(found in net for net in _TRANSLATED):
            return False
    return found.is_global and not found.is_multicast


def addresses(host: str, port: int, inward: bool) -> list[str]:
    """Return the IP addresses that a host's name leads to, some of them. Raises SendError.

    Unless `inward`, a name of which any address is not public is refused as a whole.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise SendError(f"{host}: no such host is known; check the address") from None
    listed = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not inward and not all(is_public(each) for each in listed):
        raise SendError(f"{host} is no public address; private_targets = 'yes' in the settings allows others", True)
    return listed[:_TRIED_MAX]


def check_url(url: str, inward: bool) -> SplitResult:
    """Return the parts of an https URL that may be asked for; with `inward` plain http too. Raises SendError."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - What is no port is found out here.
    except ValueError:
        raise SendError("the address is no URL", True) from None
    schemes = ("https", "http") if inward else ("https",)
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= URL_MAX
    if not plain or parts.scheme not in schemes or not parts.hostname or parts.username is not None:
        raise SendError(f"the address is no {schemes[0]} URL of at most {URL_MAX} characters", True)
    return parts


def post(
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    inward: bool = False,
    context: ssl.SSLContext | None = None,
) -> int:
    """Post, and return the status of the answer. Raises SendError; `context` replaces the machine's authorities."""
    host = check_url(url, inward).hostname
    pool = httpcore.ConnectionPool(
        ssl_context=context or ssl.create_default_context(), network_backend=_Guarded(inward)
    )
    lines: list[tuple[bytes | str, bytes | str]] = list(headers.items())
    patience = dict.fromkeys(("connect", "read", "write", "pool"), STEP_S)
    try:
        with (
            pool,
            pool.stream("POST", url, headers=lines, content=body, extensions={"timeout": patience}) as got,
        ):
            return int(got.status)
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as error:
        raise SendError(f"{host}: {type(error).__name__}") from None


class _Guarded(httpcore.NetworkBackend):
    """Connects to where a name leads, if that is allowed."""

    def __init__(self, inward: bool) -> None:
        self._inward = inward
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        trouble: Exception = OSError("no address")
        for address in addresses(host, port, self._inward):
            try:
                stream = self._plain.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                trouble = error
            else:
                return _Patient(stream)
        raise trouble


class _Patient(httpcore.NetworkStream):
    """A stream that is read so often and no more."""

    def __init__(self, stream: httpcore.NetworkStream, left: int = READS_MAX) -> None:
        self._stream = stream
        self._left = left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._left -= 1
        if self._left < 0:
            raise httpcore.ReadTimeout
        return self._stream.read(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Patient(self._stream.start_tls(ssl_context, server_hostname, timeout), self._left)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
