"""What the modem's sockets lead to in real time: TCP connections of this computer, served in the world's own loop.

Whatever address the modem asks for, it reaches the broker: the fixed line's cable, which can be pulled, is not in the
way.
"""

import contextlib
import select
import socket
from collections.abc import Callable

from hemlarm_simulator.modem.internet import Event

_CHUNK = 4096
_FAILURES = {ConnectionRefusedError: "refused", TimeoutError: "timeout"}


class RealSocket:
    """One connection. `forget` is called once at its end."""

    def __init__(
        self, to: tuple[str, int], on_event: Callable[[Event], None], forget: Callable[["RealSocket"], None]
    ) -> None:
        self._on_event = on_event
        self._forget = forget
        self._unsent = b""
        self._connected = False
        self._open = True
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(BlockingIOError):
            self._socket.connect(to)

    def fileno(self) -> int:
        """For pollers."""
        return self._socket.fileno()

    @property
    def awaited(self) -> int:
        """What to poll for."""
        return select.POLLIN if self._connected and not self._unsent else select.POLLIN | select.POLLOUT

    def send(self, data: bytes) -> None:
        """Takes bytes."""
        self._unsent += data
        self._push()

    def close(self) -> None:
        """Ends it; no event follows."""
        if self._open:
            self._open = False
            self._forget(self)
            self._socket.close()

    def ready(self) -> None:
        """Something has happened to it, as far as a poll can tell."""
        if not self._connected:
            self._finish_connecting()
            return
        self._push()
        self._take()

    def _finish_connecting(self) -> None:
        number = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number:
            reason = _FAILURES.get(type(OSError(number, "")), "unreachable")
            self._end(("failed", reason))
            return
        self._connected = True
        self._on_event(("connected",))
        self._push()

    def _push(self) -> None:
        if self._connected and self._unsent:
            with contextlib.suppress(OSError):  # An end shows as soon as it is read from.
                self._unsent = self._unsent[self._socket.send(self._unsent) :]

    def _take(self) -> None:
        try:
            data = self._socket.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._on_event(("data", data))
        else:
            self._end(("closed",))

    def _end(self, event: Event) -> None:
        self.close()
        self._on_event(event)


class RealInternet:
    """The mobile network's side of the Internet: the broker at `broker`, host and port.

    While it is not `passing` nothing is read or written, as in a black hole. Bytes that have left are the kernel's.
    """

    def __init__(self, broker: tuple[str, int]) -> None:
        self._broker = broker
        self.opened = 0
        """How many connections there have been."""
        self._sockets: list[RealSocket] = []
        self.passing = True

    def open(self, host: str, port: int, on_event: Callable[[Event], None]) -> RealSocket:  # noqa: ARG002 -- see above
        """A connection to the broker, wherever it was meant to go."""
        opened = RealSocket(self._broker, on_event, self._sockets.remove)
        self._sockets.append(opened)
        self.opened += 1
        return opened

    def watch(self, poller: select.poll) -> None:
        """Registers what to wait for."""
        if self.passing:
            for each in self._sockets:
                poller.register(each, each.awaited)

    def serve(self, ready: list[tuple[int, int]]) -> None:
        """Serves those sockets that a poll found ready."""
        numbers = {number for number, _ in ready}
        for each in [each for each in self._sockets if each.fileno() in numbers]:
            each.ready()

    def close(self) -> None:
        """Ends all connections."""
        for each in list(self._sockets):
            each.close()
