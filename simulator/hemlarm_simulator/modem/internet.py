"""What the modem's sockets lead to: the world provides it, in virtual time or with real sockets."""

from collections.abc import Callable
from typing import Any, Protocol

Event = tuple[Any, ...]
"""("connected",), ("failed", reason), ("data", bytes) or ("closed",); nothing follows "failed" and "closed".

A reason is "dns", "refused", "unreachable" or "timeout"."""


class Socket(Protocol):
    """One TCP connection."""

    def send(self, data: bytes) -> None:
        """Takes bytes; they arrive in order or the connection fails."""

    def close(self) -> None:
        """Ends it; no event follows. One that also has `lose()` can end without telling the other side."""


class Internet(Protocol):
    """Opens connections from the mobile network's side."""

    def open(self, host: str, port: int, on_event: Callable[[Event], None]) -> Socket:
        """Begins to connect and tells `on_event` what becomes of it, never before this returns."""


class NoInternet:
    """Where every connection attempt finds no way: for a modem that only sends SMS."""

    def __init__(self, call_in: Callable[[int, Callable[[], None]], Any]) -> None:
        self._call_in = call_in

    def open(self, host: str, port: int, on_event: Callable[[Event], None]) -> Socket:  # noqa: ARG002 -- as promised
        """Fails at once."""
        self._call_in(0, lambda: on_event(("failed", "unreachable")))
        return _NoSocket()


class _NoSocket:
    def send(self, data: bytes) -> None:
        """Loses it."""

    def close(self) -> None:
        """Nothing to end."""
