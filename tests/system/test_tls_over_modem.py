"""The firmware's TLS over a modem's sockets, on real MicroPython, against a real TLS server that is sometimes wrong.

The modem is `tests/shared/modem_peer.py` with a TCP socket behind it.
"""

import json
import socket
import ssl
import subprocess
import textwrap
from pathlib import Path
from typing import Any

import pytest

from tls_support import (
    MICROPYTHON,
    NOW,
    ROOT,
    TIMEOUT_S,
    WAIT_AND_COUNT_POLLS,
    Papers,
    echo,
    issue,
    reset,
    serving,
    tls_server,
)

FAMILIES = ("quectel", "simcom")

CLIENT = """
import asyncio, json, socket, sys
from binascii import unhexlify
from errno import EAGAIN
from hemlarm_firmware.hal import tls_stream
from hemlarm_firmware.modem import quectel, simcom
from modem_peer import Peer
from modem_wire import run

job = json.loads(sys.stdin.readline())
for name in ("certificate", "key", "authority"):
    job[name] = unhexlify(job[name])

class Bridge(Peer):
    # What it passes on, as [1 for up, 0 for down, bytes] for each turn.
    def __init__(self, family):
        super().__init__(family)
        self.turns = []
        self.raw = None

    def _answer(self, command):
        if self.raw is None and str(command).startswith(self.family.OPEN.split("=")[0]):
            self.raw = socket.socket()
            self.raw.connect(socket.getaddrinfo("127.0.0.1", job["port"])[0][-1])
            self.raw.setblocking(False)
            asyncio.create_task(self._bring())
        return super()._answer(command)

    def _count(self, up, n):
        if not self.turns or self.turns[-1][0] != up:
            self.turns.append([up, 0])
        self.turns[-1][1] += n

    def _took(self, data):
        self._count(1, len(data))
        self.raw.write(data)
        self.peer = bytearray()  # The server has it.
        self.wire.sent.clear()
        return super()._took(data)

    async def _bring(self):
        while True:
            await tls_stream.readable(self.raw)
            data = b""
            try:
                data = self.raw.recv(600)
            except OSError as error:
                if error.errno == EAGAIN:
                    continue
            if not data:
                self.part()
                return
            self._count(0, len(data))
            self.come(data)

bridge = Bridge(quectel if job["family"] == "quectel" else simcom)

async def read_all(stream, wanted):
    count = total = 0
    while count < wanted:
        data = await stream.read(min(500, wanted - count))
        if not data:
            break
        count += len(data)
        total = (total + sum(data)) % 65521
    return [count, total]

async def main():
    line = await bridge.sockets.connect("127.0.0.1", job["port"])
    stream = tls_stream.secure(job, line)
    try:
        return await act(stream)
    finally:
        stream.close()
        stream.close()
        await asyncio.sleep_ms(5)

{act}

try:
    print(json.dumps(["ended", run(bridge, main)]))
except OSError as error:
    print(json.dumps(["OSError", str(error)]))
"""

SAY_HELLO = """
async def act(stream):
    await stream.write(b"hello")
    return str(await stream.read(100), "utf-8")
"""


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return issue(tmp_path_factory.mktemp("authority"), NOW, ["127.0.0.1", "localhost"])


def run_client(papers: Papers, port: int, act: str, family: str = "quectel", host: str = "127.0.0.1") -> list[Any]:
    """Run `act` on MicroPython and return what it told: ["ended", value] or ["OSError", text]."""
    job = {
        "family": family,
        "host": host,
        "port": port,
        "certificate": papers.panel.certificate.hex(),
        "key": papers.panel.key.hex(),
        "authority": papers.authority.certificate.hex(),
    }
    path = ":".join(str(ROOT / folder) for folder in ("protocol", "firmware", "tests/shared"))
    outcome = subprocess.run(
        [MICROPYTHON, "-X", "heapsize=256k", "-c", CLIENT.replace("{act}", textwrap.dedent(act))],
        input=json.dumps(job) + "\n",
        env={"MICROPYPATH": path + ":.frozen"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
    told: list[Any] = json.loads(outcome.stdout)
    return told


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_sent_comes_back(papers: Papers, tmp_path: Path, family: str) -> None:
    with tls_server(papers, tmp_path, echo) as port:
        assert run_client(papers, port, SAY_HELLO, family) == ["ended", "hello"]


def test_the_server_sees_the_panel_s_certificate(papers: Papers, tmp_path: Path) -> None:
    seen: list[bytes | None] = []

    def talk(tls: ssl.SSLSocket) -> None:
        seen.append(tls.getpeercert(binary_form=True))
        echo(tls)

    with tls_server(papers, tmp_path, talk) as port:
        assert run_client(papers, port, SAY_HELLO) == ["ended", "hello"]
    assert seen == [papers.panel.certificate]


def test_a_handshake_takes_two_round_trips_and_two_kilobytes(papers: Papers, tmp_path: Path) -> None:
    act = """
    async def act(stream):
        await stream.write(b"hello")
        await stream.read(5)
        return bridge.turns
    """
    with tls_server(papers, tmp_path, echo) as port:
        kind, turns = run_client(papers, port, act)
    assert kind == "ended"
    # The last flight of the panel's has the first record behind it: 29 bytes more than what is in it.
    assert [turn[0] for turn in turns] == [1, 0, 1, 0, 1, 0]
    assert turns[4:] == [[1, 34], [0, 34]]
    assert sum(turn[1] for turn in turns[:4]) < 2048


@pytest.mark.parametrize("family", FAMILIES)
def test_much_goes_both_ways_at_once(papers: Papers, tmp_path: Path, family: str) -> None:
    act = """
    async def act(stream):
        piece = bytes(range(256)) * 16
        await stream.write(piece)
        reader = asyncio.create_task(read_all(stream, 1 << 14))
        for _ in range(3):
            await stream.write(piece)
        return await reader
    """
    with tls_server(papers, tmp_path, echo) as port:
        assert run_client(papers, port, act, family) == ["ended", [1 << 14, sum(range(256)) * 64 % 65521]]


def test_what_is_not_taken_at_once_can_be_written_later(papers: Papers, tmp_path: Path) -> None:
    received = bytearray()

    def talk(tls: ssl.SSLSocket) -> None:
        while not received.endswith(b"end"):
            received.extend(tls.recv(65536))
        tls.sendall(b".")

    act = """
    async def act(stream):
        await stream.write(b"x")
        piece = bytes(range(250)) * 8
        taken = stream.write_now(piece)
        short = taken < len(piece)
        await stream.write(piece[taken:])
        await stream.write(b"end")
        await stream.read(1)
        return short
    """
    with tls_server(papers, tmp_path, talk) as port:
        assert run_client(papers, port, act) == ["ended", True]
    assert bytes(received) == b"x" + bytes(range(250)) * 8 + b"end"


# Who is refused, and partings.


def test_a_server_of_another_authority_is_refused(papers: Papers, tmp_path: Path) -> None:
    others = issue(tmp_path / "others", NOW, ["127.0.0.1"])
    with tls_server(others, tmp_path, echo) as port:
        kind, text = run_client(papers, port, SAY_HELLO)
    assert kind == "OSError"
    assert "not correctly signed by the trusted CA" in text


def test_a_server_of_another_name_is_refused(papers: Papers, tmp_path: Path) -> None:
    with tls_server(papers, tmp_path, echo) as port:
        assert run_client(papers, port, SAY_HELLO, host="broker.example")[0] == "OSError"


def test_a_panel_of_another_authority_is_refused_by_the_server(papers: Papers, tmp_path: Path) -> None:
    others = issue(tmp_path / "others", NOW, ["127.0.0.1"])
    with tls_server(papers, tmp_path, echo) as port:
        assert run_client(Papers(papers.authority, papers.server, others.panel), port, SAY_HELLO)[0] == "OSError"


@pytest.mark.parametrize("family", FAMILIES)
def test_a_goodbye_ends_the_reading(papers: Papers, tmp_path: Path, family: str) -> None:
    def talk(tls: ssl.SSLSocket) -> None:
        tls.sendall(b"bye")
        tls.unwrap()

    act = """
    async def act(stream):
        await stream.write(b"hello")
        return await read_all(stream, 1000)
    """
    with tls_server(papers, tmp_path, talk) as port:
        assert run_client(papers, port, act, family) == ["ended", [3, sum(b"bye")]]


def test_a_reset_is_an_oserror_or_the_end(papers: Papers, tmp_path: Path) -> None:
    def talk(tls: ssl.SSLSocket) -> None:
        tls.recv(10)
        reset(tls)

    act = """
    async def act(stream):
        await stream.write(b"hello")
        count, total = await read_all(stream, 1000)
        try:
            await stream.write(b"more")
        except OSError:
            return count
    """
    with tls_server(papers, tmp_path, talk) as port:
        told = run_client(papers, port, act)
    assert told[0] == "OSError" or told == ["ended", 0]


@pytest.mark.parametrize("first_bytes", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x16\x03\x03\xff\xff", b"\x15"])
def test_a_peer_that_does_not_speak_tls_is_an_oserror(papers: Papers, first_bytes: bytes) -> None:
    def handle(connection: socket.socket) -> None:
        connection.recv(1)
        connection.sendall(first_bytes)

    with serving(handle) as port:
        assert run_client(papers, port, SAY_HELLO)[0] == "OSError"


def test_a_modem_that_restarts_is_an_oserror_that_says_so(papers: Papers, tmp_path: Path) -> None:
    act = """
    async def act(stream):
        await stream.write(b"hello")
        await stream.read(5)
        bridge.sockets.lost("it restarted")
        await stream.read(5)
    """
    with tls_server(papers, tmp_path, echo) as port:
        kind, text = run_client(papers, port, act)
    assert kind == "OSError"
    assert "restarted" in text


def test_an_idle_connection_does_not_wake_the_panel(papers: Papers, tmp_path: Path) -> None:
    with tls_server(papers, tmp_path, echo) as port:
        kind, polls = run_client(papers, port, WAIT_AND_COUNT_POLLS)
    assert kind == "ended"
    assert polls < 20
