"""The cable that can be pulled: a relay between a panel and a real broker."""

import socket
import threading
from collections.abc import Iterator

import pytest

from hemlarm_simulator.relay import Relay

WAIT_S = 10


@pytest.fixture(name="relay")
def _relay() -> Iterator[Relay]:
    """A relay to a server that answers each line in capitals."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server,), daemon=True).start()
        with Relay("127.0.0.1", server.getsockname()[1]) as relay:
            yield relay


def _serve(server: socket.socket) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(connection,), daemon=True).start()


def _answer(connection: socket.socket) -> None:
    with connection, connection.makefile("rwb", buffering=0) as lines:
        for line in lines:
            lines.write(line.upper())


def _connect(relay: Relay) -> socket.socket:
    return socket.create_connection(("127.0.0.1", relay.port), timeout=WAIT_S)


def test_bytes_go_through_both_ways(relay: Relay) -> None:
    with _connect(relay) as panel, _connect(relay) as other:
        for end, word in ((panel, b"door\n"), (other, b"window\n")):
            end.sendall(word)
            assert end.recv(100) == word.upper()


def test_a_pulled_cable_holds_bytes_until_it_is_back(relay: Relay) -> None:
    with _connect(relay) as panel:
        panel.sendall(b"one\n")
        assert panel.recv(100) == b"ONE\n"
        relay.up = False
        panel.sendall(b"two\n")
        panel.settimeout(0.2)
        with pytest.raises(TimeoutError):
            panel.recv(100)
        relay.up = True
        panel.settimeout(WAIT_S)
        assert panel.recv(100) == b"TWO\n"


def test_a_pulled_cable_resets_new_connections_and_takes_them_again(relay: Relay) -> None:
    relay.up = False
    assert not relay.up
    with pytest.raises(ConnectionError):
        _connect(relay).recv(1)
    relay.up = True
    with _connect(relay) as panel:
        panel.sendall(b"back\n")
        assert panel.recv(100) == b"BACK\n"


def test_a_connection_to_a_broker_that_is_gone_is_closed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with Relay("127.0.0.1", port) as relay, _connect(relay) as panel:
        assert panel.recv(100) == b""


def test_both_sides_see_the_end(relay: Relay) -> None:
    panel = _connect(relay)
    panel.sendall(b"x\n")
    assert panel.recv(10) == b"X\n"
    relay.close()
    assert panel.recv(10) == b""
    panel.close()
