"""A cable that can be pulled, for real time: a TCP relay between the panel and a real broker.

While it is down, bytes on open connections are held, as TCP would hold them, and new connections are reset. In a black
hole new connections are made, as far as the relay, and nobody answers on them.
"""

import contextlib
import socket
import struct
import threading
from types import TracebackType
from typing import Self

_CHUNK = 65536
_RESET = struct.pack("ii", 1, 0)  # Linger for no time: closing sends a reset.


class Relay:
    """Listens on a port of its own on the loopback interface and connects through to `host` and `port`."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._gate = threading.Event()
        self._gate.set()
        self._up, self._black_hole = True, False
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        """Where the panel connects to."""
        threading.Thread(target=self._accept, name="relay", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def up(self) -> bool:
        """Whether the cable is plugged in."""
        return self._up

    @up.setter
    def up(self, up: bool) -> None:
        self._up = up
        self._set_gate()

    @property
    def black_hole(self) -> bool:
        """Whether packets vanish, and nobody is told."""
        return self._black_hole

    @black_hole.setter
    def black_hole(self, open_: bool) -> None:
        self._black_hole = open_
        self._set_gate()

    def _set_gate(self) -> None:
        if self._up and not self._black_hole:
            self._gate.set()
        else:
            self._gate.clear()

    def close(self) -> None:
        """Ends all connections."""
        _shut(self._listener)
        self._gate.set()
        for end in self._open:
            _shut(end)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if self.up:
                    self._join(near)
                else:
                    near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                    near.close()

    def _join(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(self._target)
        except OSError:
            near.close()
            return
        for end in (near, far):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._open += [near, far]
        for source, target in ((near, far), (far, near)):
            threading.Thread(target=self._carry, args=(source, target), name="relay", daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                self._gate.wait()
                target.sendall(data)
        self._gate.wait()
        _shut(source)
        _shut(target)


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
