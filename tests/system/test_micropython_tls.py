"""The firmware's TLS stream on real MicroPython, against a TLS server that is sometimes wrong, slow or gone."""

import socket
import ssl
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tls_support import (
    NOW,
    READ_TO_THE_END,
    SAY_HELLO,
    TIMEOUT_S,
    WAIT_AND_COUNT_POLLS,
    Papers,
    deaf_port,
    echo,
    issue,
    reset,
    run_client,
    serving,
    tls_server,
)

LONG_AGO = datetime(2012, 1, 1, tzinfo=UTC)
"""A server's certificate of that day is good from 2020 to 2022."""


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return issue(tmp_path_factory.mktemp("authority"), NOW, ["127.0.0.1", "localhost"])


def test_what_is_sent_comes_back(papers: Papers, tmp_path: Path) -> None:
    with tls_server(papers, tmp_path, echo) as port:
        assert run_client(papers, port, SAY_HELLO) == ["ended", "hello"]


def test_a_host_given_by_name_is_verified_by_name(papers: Papers, tmp_path: Path) -> None:
    with tls_server(papers, tmp_path, echo) as port:
        assert run_client(papers, port, SAY_HELLO, host="localhost") == ["ended", "hello"]


def test_the_server_sees_the_panel_s_certificate(papers: Papers, tmp_path: Path) -> None:
    seen: list[bytes | None] = []

    def talk(tls: ssl.SSLSocket) -> None:
        seen.append(tls.getpeercert(binary_form=True))
        echo(tls)

    with tls_server(papers, tmp_path, talk) as port:
        assert run_client(papers, port, SAY_HELLO) == ["ended", "hello"]
    assert seen == [papers.panel.certificate]


# Who is refused.


def test_a_server_of_another_authority_is_refused(papers: Papers, tmp_path: Path) -> None:
    others = issue(tmp_path / "others", NOW, ["127.0.0.1"])
    with tls_server(others, tmp_path, echo) as port:
        kind, text = run_client(papers, port, SAY_HELLO)
    assert kind == "OSError"
    assert "not correctly signed by the trusted CA" in text


def test_a_server_of_another_name_is_refused(papers: Papers, tmp_path: Path) -> None:
    elsewhere = papers.authority.issue_server("server-other", ["broker.example"], NOW)
    with tls_server(Papers(papers.authority, elsewhere, papers.panel), tmp_path, echo) as port:
        kind, text = run_client(papers, port, SAY_HELLO)
    assert kind == "OSError"
    assert "does not match with the expected CN" in text


def test_a_server_whose_certificate_has_expired_is_refused(papers: Papers, tmp_path: Path) -> None:
    expired = papers.authority.issue_server("server-old", ["127.0.0.1"], LONG_AGO)
    with tls_server(Papers(papers.authority, expired, papers.panel), tmp_path, echo) as port:
        kind, text = run_client(papers, port, SAY_HELLO)
    assert kind == "OSError"
    assert "expired" in text


def test_a_panel_s_certificate_makes_no_server(papers: Papers, tmp_path: Path) -> None:
    with tls_server(Papers(papers.authority, papers.panel, papers.panel), tmp_path, echo) as port:
        assert run_client(papers, port, SAY_HELLO)[0] == "OSError"


def test_a_panel_of_another_authority_is_refused_by_the_server(papers: Papers, tmp_path: Path) -> None:
    others = issue(tmp_path / "others", NOW, ["127.0.0.1"])
    stranger = Papers(papers.authority, papers.server, others.panel)
    with tls_server(papers, tmp_path, echo) as port:
        assert run_client(stranger, port, SAY_HELLO)[0] == "OSError"


def test_credentials_that_cannot_be_read_are_an_oserror(papers: Papers) -> None:
    for name in ("certificate", "key", "authority"):
        assert run_client(papers, 1, SAY_HELLO, **{name: "00ff"})[0] == "OSError"


def test_a_closed_port_is_an_oserror(papers: Papers) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert run_client(papers, port, SAY_HELLO)[0] == "OSError"


# Large and slow.


def test_a_megabyte_goes_both_ways_at_once(papers: Papers, tmp_path: Path) -> None:
    act = """
    async def act(stream):
        piece = bytes(range(256)) * 64
        reader = asyncio.create_task(read_all(stream, 1 << 20, 3000))
        for _ in range(64):
            await stream.write(piece)
        return await reader
    """
    expected = sum(range(256)) * 4096 % 65521
    with tls_server(papers, tmp_path, echo) as port:
        assert run_client(papers, port, act) == ["ended", [1 << 20, expected]]


def test_a_slow_reader_loses_nothing(papers: Papers, tmp_path: Path) -> None:
    received = bytearray()
    gate = socket.create_server(("127.0.0.1", 0))
    gate.settimeout(TIMEOUT_S)

    def talk(tls: ssl.SSLSocket) -> None:
        gate.accept()[0].close()
        while len(received) < 4 << 20:
            received.extend(tls.recv(65536))
        tls.sendall(b"all")

    # More than the sockets hold: the client is stuck until it has the server read on, through the gate.
    act = """
    import socket
    async def act(stream):
        done = []
        async def fill():
            for number in range(256):
                await stream.write(bytes([number]) * 16384)
            done.append(True)
        filler = asyncio.create_task(fill())
        await asyncio.sleep_ms(100)
        stuck = not done
        gate = socket.socket()
        gate.connect(socket.getaddrinfo("127.0.0.1", job["gate"])[0][-1])
        await filler
        gate.close()
        return [stuck, str(await stream.read(10), "utf-8")]
    """
    with gate, tls_server(papers, tmp_path, talk) as port:
        assert run_client(papers, port, act, gate=gate.getsockname()[1]) == ["ended", [True, "all"]]
    assert bytes(received) == b"".join(bytes([number]) * 16384 for number in range(256))


def test_what_is_not_taken_at_once_can_be_written_later(papers: Papers, tmp_path: Path) -> None:
    received = bytearray()
    gate = socket.create_server(("127.0.0.1", 0))
    gate.settimeout(TIMEOUT_S)

    def talk(tls: ssl.SSLSocket) -> None:
        received.extend(tls.recv(1))
        gate.accept()[0].close()
        while not received.endswith(b"end"):
            received.extend(tls.recv(65536))

    act = """
    import socket
    async def act(stream):
        await stream.write(b"x")
        sent = 0
        while True:
            piece = bytes([sent % 251]) * 10000
            taken = stream.write_now(piece)
            sent += len(piece)
            if taken < len(piece):
                break
        gate = socket.socket()
        gate.connect(socket.getaddrinfo("127.0.0.1", job["gate"])[0][-1])
        await stream.write(piece[taken:])
        await stream.write(b"end")
        await stream.read(1)
        gate.close()
        return sent
    """
    with gate, tls_server(papers, tmp_path, talk) as port:
        kind, sent = run_client(papers, port, act, gate=gate.getsockname()[1])
    assert kind == "ended"
    assert bytes(received) == b"x" + b"".join(bytes([at % 251]) * 10000 for at in range(0, sent, 10000)) + b"end"


def test_bytes_that_came_with_the_handshake_are_not_lost(papers: Papers, tmp_path: Path) -> None:
    def talk(tls: ssl.SSLSocket) -> None:
        tls.sendall(b"first words")
        echo(tls)

    act = """
    async def act(stream):
        await stream.write(b"hello")
        return await read_all(stream, 11, 4)
    """
    with tls_server(papers, tmp_path, talk) as port:
        assert run_client(papers, port, act) == ["ended", [11, sum(b"first words")]]


def test_an_idle_panel_does_not_wake(papers: Papers, tmp_path: Path) -> None:
    with tls_server(papers, tmp_path, echo) as port:
        kind, polls = run_client(papers, port, WAIT_AND_COUNT_POLLS)
    assert kind == "ended"
    assert polls < 20


# Partings.


def test_a_goodbye_ends_the_reading(papers: Papers, tmp_path: Path) -> None:
    def talk(tls: ssl.SSLSocket) -> None:
        tls.sendall(b"bye")
        tls.unwrap()

    with tls_server(papers, tmp_path, talk) as port:
        assert run_client(papers, port, READ_TO_THE_END) == ["ended", [3, sum(b"bye")]]


def test_a_close_without_goodbye_ends_the_reading_or_is_an_oserror(papers: Papers, tmp_path: Path) -> None:
    def talk(tls: ssl.SSLSocket) -> None:
        tls.recv(10)
        tls.sendall(b"by")

    with tls_server(papers, tmp_path, talk) as port:
        kind, told = run_client(papers, port, READ_TO_THE_END)
    assert kind == "OSError" or told == [2, sum(b"by")]


def test_a_reset_is_an_oserror(papers: Papers, tmp_path: Path) -> None:
    def talk(tls: ssl.SSLSocket) -> None:
        tls.recv(10)
        reset(tls)

    with tls_server(papers, tmp_path, talk) as port:
        assert run_client(papers, port, READ_TO_THE_END)[0] == "OSError"


def test_a_peer_that_goes_during_a_long_write_is_an_oserror(papers: Papers, tmp_path: Path) -> None:
    def talk(tls: ssl.SSLSocket) -> None:
        tls.recv(10)
        reset(tls)

    act = """
    async def act(stream):
        for _ in range(4000):
            await stream.write(bytes(16384))
    """
    with tls_server(papers, tmp_path, talk) as port:
        assert run_client(papers, port, act)[0] == "OSError"


def test_garbage_in_place_of_a_record_is_an_oserror(papers: Papers, tmp_path: Path) -> None:
    def talk(tls: ssl.SSLSocket) -> None:
        tls.recv(10)
        raw = socket.socket(fileno=tls.detach())
        raw.sendall(b"\x17\x03\x03\x00\x20" + bytes(32))
        raw.close()

    with tls_server(papers, tmp_path, talk) as port:
        assert run_client(papers, port, READ_TO_THE_END)[0] == "OSError"


@pytest.mark.parametrize("first_bytes", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x16\x03\x03\xff\xff", b"\x15"])
def test_a_peer_that_does_not_speak_tls_is_an_oserror(papers: Papers, first_bytes: bytes) -> None:
    def handle(connection: socket.socket) -> None:
        connection.recv(1)
        connection.sendall(first_bytes)

    with serving(handle) as port:
        assert run_client(papers, port, SAY_HELLO)[0] == "OSError"


def test_a_peer_that_never_shakes_hands_is_left_when_the_writer_gives_up(papers: Papers) -> None:
    act = """
    async def act(stream):
        await asyncio.wait_for(stream.write(b"hello"), 0.2)
    """
    gone = threading.Event()

    def wait(connection: socket.socket) -> None:
        gone.wait(TIMEOUT_S)

    with serving(wait) as port:
        try:
            assert run_client(papers, port, act) == ["TimeoutError", ""]
        finally:
            gone.set()


def test_a_port_that_does_not_answer_is_given_up_in_time(papers: Papers) -> None:
    with deaf_port() as port:
        kind, text = run_client(papers, port, SAY_HELLO, timeout_s=0.2)
    assert kind == "OSError"
    assert "ETIMEDOUT" in text


def test_a_cancelled_read_takes_nothing_with_it(papers: Papers, tmp_path: Path) -> None:
    act = """
    async def act(stream):
        await stream.write(b"before")
        await read_all(stream, 6)
        for _ in range(3):
            reader = asyncio.create_task(stream.read(10))
            await asyncio.sleep_ms(2)
            reader.cancel()
            try:
                await reader
            except asyncio.CancelledError:
                pass
        await stream.write(b"after")
        return await read_all(stream, 5)
    """
    with tls_server(papers, tmp_path, echo) as port:
        assert run_client(papers, port, act) == ["ended", [5, sum(b"after")]]


def test_a_closed_stream_refuses_both_ways(papers: Papers, tmp_path: Path) -> None:
    act = """
    async def act(stream):
        stream.close()
        refused = 0
        for wait in (stream.read(1), stream.write(b"x")):
            try:
                await wait
            except OSError:
                refused += 1
        return refused
    """
    with tls_server(papers, tmp_path, echo) as port:
        assert run_client(papers, port, act) == ["ended", 2]


def test_no_socket_is_left_behind_by_attempts_that_fail(papers: Papers) -> None:
    act = """
    import os
    async def main():
        open_files = []
        for _ in range(4):
            try:
                await ip.connect(job, 0.05)
            except OSError:
                pass
            open_files.append(len(list(os.ilistdir("/proc/self/fd"))))
        return open_files[-1] - open_files[1]
    """
    with deaf_port() as port:
        assert run_client(papers, port, act) == ["ended", 0]
