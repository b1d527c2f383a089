"""A TLS server in a thread, and a MicroPython client of it that uses the firmware's TLS stream."""

import json
import socket
import ssl
import struct
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hemlarm_cloud.authority import Authority, Credentials

ROOT = Path(__file__).parents[2]
MICROPYTHON = Path(sys.executable).with_name("micropython")
PANEL = "00112233445566ff"
NOW = datetime.now(UTC)
TIMEOUT_S = 30

CLIENT = """
import asyncio, json, sys
from binascii import unhexlify
from hemlarm_firmware.hal import ip

job = json.loads(sys.stdin.readline())
for name in ("certificate", "key", "authority"):
    job[name] = unhexlify(job[name])

async def read_all(stream, wanted=1 << 30, piece=512):
    count = total = 0
    while count < wanted:
        data = await stream.read(min(piece, wanted - count))
        if not data:
            break
        count += len(data)
        total = (total + sum(data)) % 65521
    return [count, total]

async def main():
    stream = await ip.connect(job, job.get("timeout_s", 10))
    try:
        return await act(stream)
    finally:
        stream.close()
        stream.close()

{act}

try:
    print(json.dumps(["ended", asyncio.run(main())]))
except OSError as error:
    print(json.dumps(["OSError", str(error)]))
except asyncio.TimeoutError:
    print(json.dumps(["TimeoutError", ""]))
"""

SAY_HELLO = """
async def act(stream):
    await stream.write(b"hello")
    return str(await stream.read(100), "utf-8")
"""

WAIT_AND_COUNT_POLLS = """
    async def act(stream):
        await stream.write(b"x")
        await stream.read(1)
        await asyncio.sleep_ms(20)
        polls = []
        poller = asyncio.core._io_queue.poller
        class Counted:
            def ipoll(self, dt):
                polls.append(dt)
                return poller.ipoll(dt)
            def __getattr__(self, name):
                return getattr(poller, name)
        asyncio.core._io_queue.poller = Counted()
        reader = asyncio.create_task(stream.read(1))
        await asyncio.sleep_ms(150)
        asyncio.core._io_queue.poller = poller
        reader.cancel()
        return len(polls)
    """
"""Reads where nothing comes, for 150 ms, and counts how often the event loop looks."""

READ_TO_THE_END = """
async def act(stream):
    await stream.write(b"hello")
    return await read_all(stream)
"""


@dataclass(frozen=True)
class Papers:
    """An authority, its server certificate for 127.0.0.1 and localhost, and a panel's certificate."""

    authority: Authority
    server: Credentials
    panel: Credentials


def issue(folder: Path, now: datetime, hosts: list[str]) -> Papers:
    authority = Authority.create(folder, NOW)
    server = authority.issue_server("server-broker", hosts, now)
    return Papers(authority, server, authority.issue_panel(PANEL, NOW))


def server_context(papers: Papers, folder: Path) -> ssl.SSLContext:
    """A server as brokers are: TLS 1.2 and the client's certificate demanded."""
    chain = folder / "server.pem"
    chain.write_bytes(papers.server.certificate_pem + papers.server.key_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=papers.authority.certificate_pem.decode())
    context.load_cert_chain(chain)
    return context


@contextmanager
def serving(handle: Callable[[socket.socket], None]) -> Iterator[int]:
    """Accept one connection in a thread and let `handle` serve it; its failures are the client's business."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(TIMEOUT_S)

    def serve() -> None:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        connection.settimeout(TIMEOUT_S)
        try:
            handle(connection)
        except OSError:
            pass
        finally:
            connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()
        thread.join()


@contextmanager
def tls_server(papers: Papers, folder: Path, talk: Callable[[ssl.SSLSocket], None]) -> Iterator[int]:
    """Shake hands with one client and let `talk` have it."""
    context = server_context(papers, folder)

    def handle(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as tls:
            talk(tls)

    with serving(handle) as port:
        yield port


def run_client(papers: Papers, port: int, act: str, **changes: Any) -> list[Any]:
    """Run `act` on MicroPython and return what it told: ["ended", value] or ["OSError", text]."""
    job = {
        "host": "127.0.0.1",
        "port": port,
        "certificate": papers.panel.certificate.hex(),
        "key": papers.panel.key.hex(),
        "authority": papers.authority.certificate.hex(),
        **changes,
    }
    outcome = subprocess.run(
        [MICROPYTHON, "-X", "heapsize=192k", "-c", CLIENT.replace("{act}", textwrap.dedent(act))],
        input=json.dumps(job) + "\n",
        env={"MICROPYPATH": f"{ROOT / 'protocol'}:{ROOT / 'firmware'}:.frozen"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
    told: list[Any] = json.loads(outcome.stdout)
    return told


def echo(tls: ssl.SSLSocket) -> None:
    """Send back whatever comes until the client goes."""
    while data := tls.recv(65536):
        tls.sendall(data)


def reset(connection: socket.socket) -> None:
    """Make the close that follows a reset, without a last word."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@contextmanager
def deaf_port() -> Iterator[int]:
    """A port whose queue is full, so that no more connections to it are ever finished."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            yield port
