"""Forwarding at work in a test, in real time."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from forward_support import KEY, VAULT
from hemlarm_cloud.forward.service import ForwardService
from hemlarm_cloud.store import Store
from hemlarm_cloud.trade import dc09, sos_access

DONE_S = 60.0

Answer = Callable[[bytes, socket.socket], bytes]
"""What a receiver says to what came, having done with the line what it likes."""


def clock_ms() -> int:
    """The wall clock."""
    return time.time_ns() // 1_000_000


@contextmanager
def forwarding(store: Store) -> Iterator[ForwardService]:
    """The service, between its start and its stop."""
    service = ForwardService(store, VAULT, clock_ms, os.urandom)
    service.start()
    try:
        yield service
    finally:
        service.stop()


def wait_until(condition: Callable[[], bool], at_most_s: float = DONE_S) -> None:
    """Wait for a condition that comes by itself."""
    ends_s = time.monotonic() + at_most_s
    while not condition():
        assert time.monotonic() < ends_s, "it did not come to that in time"
        time.sleep(0.02)


class Receiver:
    """Answers each telegram as `answer` does, over one line at a time; `taken` are those that it kept."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.heard = 0
        self.taken: list[bytes] = []
        self._ended = False
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def recording(self, honest: Answer) -> Answer:
        """Answers as `honest` does, and keeps what was answered."""

        def answer(data: bytes, line: socket.socket) -> bytes:
            self.taken.append(data)
            return honest(data, line)

        return answer

    def end(self) -> None:
        """Stops listening."""
        self._ended = True
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        while not self._ended:
            line, _ = self._socket.accept()
            with line:
                line.settimeout(5)
                try:
                    while data := line.recv(65_536):
                        self.heard += 1
                        line.sendall(self.answer(data, line))
                except OSError:
                    continue


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that says nothing yet."""
    made = Receiver(lambda _data, _line: b"")
    yield made
    made.end()


def honest_dc09(data: bytes, _line: socket.socket) -> bytes:
    """Acknowledges."""
    return dc09.reply(dc09.ACK, dc09.parse(data, KEY), KEY, clock_ms())


def honest_sos(data: bytes, _line: socket.socket) -> bytes:
    """Acknowledges."""
    request = sos_access.parse_request(data)
    return sos_access.encode(sos_access.Response(sos_access.kind_of(request), 0, "OK", request.reference))
