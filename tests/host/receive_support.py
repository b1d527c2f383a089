"""Foreign transmitters for the tests: accounts in a store, telegrams, and a receiver that listens."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from hemlarm_cloud.receive import accounts
from hemlarm_cloud.receive.accounts import Account, AccountSettings
from hemlarm_cloud.receive.limits import Limits
from hemlarm_cloud.receive.service import ReceiveService
from hemlarm_cloud.sites.transmitters import ensure_transmitter
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_cases import foreign_event
from hemlarm_cloud.trade import dc09, sos_access
from hemlarm_cloud.vault import Vault

NOW_MS = 1_790_000_000_000
PASSWORD = "abcdefghijklmno"
KEY = bytes(range(16))
CODE, ACCOUNT = "IO980102", "1234"
SOS, DC09 = f"sos:{CODE}", f"dc09:{ACCOUNT}"


def vault() -> Vault:
    """The same vault each time."""
    return Vault(bytes(range(64)))


@contextmanager
def memory() -> Iterator[Store]:
    """A store that nothing but this test needs: for what does not hang on the kind of database."""
    store = Store.open("sqlite://")
    yield store
    store.close()


def real_ms() -> int:
    """The time, for transmitters that have a clock of their own."""
    return time.time_ns() // 1_000_000


def noise(count: int) -> bytes:
    """No chance at all."""
    return bytes(range(count))


def add_account(
    store: Store,
    transmitter: str = SOS,
    secret: bytes | None = PASSWORD.encode(),
    level_s: int | None = 90,
    settings: AccountSettings | None = None,
) -> None:
    """Let a transmitter report."""
    kind = accounts.SOS_ACCESS if transmitter.startswith("sos:") else accounts.DC_09
    account = Account(transmitter, settings or AccountSettings(), secret, None, level_s, None, None, 0)
    with store.begin() as tx:
        ensure_transmitter(tx, transmitter, kind, NOW_MS)
        accounts.add(tx, vault(), account)


def found(store: Store, transmitter: str = SOS) -> Account:
    """The account as it is stored."""
    with store.read() as reading:
        account = accounts.find(reading, vault(), transmitter)
    assert account is not None
    return account


def events(store: Store) -> list[Any]:
    """What is stored of foreign transmitters, in the order of the commits."""
    with store.read() as reading:
        return list(reading.connection.execute(select(foreign_event).order_by(foreign_event.c.id)))


def alarm(code: str = "BA", **more: str) -> sos_access.AlarmRequest:
    """An alarm over SOS Access."""
    values = {"authentication": PASSWORD, "receiver": "HEMLARM", "transmitter_type": "SV300", "transmitter_code": CODE}
    return sos_access.AlarmRequest(event_code=code, **(values | more))


def ping(authentication: str = PASSWORD, code: str = CODE) -> sos_access.PingRequest:
    """A heartbeat over SOS Access."""
    return sos_access.PingRequest(authentication, "SV300", code)


def cid(sequence: int = 1, text: str = "1130 01 005", time_ms: int | None = None, **more: Any) -> dc09.Frame:
    """A Contact ID event over DC-09."""
    return dc09.Frame(dc09.ADM_CID, sequence, ACCOUNT, f"#{ACCOUNT}|{text}", time_ms=time_ms, **more)


@dataclass(frozen=True)
class Listening:
    """Settings that listen on free ports of this machine."""

    sos_access_listen: tuple[str, int] | None = ("127.0.0.1", 0)
    sos_access_tls_listen: tuple[str, int] | None = None
    sos_access_certificate: Path | None = None
    sos_access_key: Path | None = None
    dc09_listen: tuple[str, int] | None = ("127.0.0.1", 0)


@contextmanager
def receiving(
    store: Store, settings: Listening | None = None, clock_ms: Any = lambda: NOW_MS, limits: Limits | None = None
) -> Iterator[ReceiveService]:
    """A receiver at work."""
    service = ReceiveService(store, vault(), settings or Listening(), clock_ms, noise, limits)
    service.start()
    try:
        yield service
    finally:
        service.stop()


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    """A connection to a receiver, which waits ten seconds at most."""
    with socket.create_connection(("127.0.0.1", port), 10) as line:
        yield line


def asked(port: int, data: bytes) -> bytes:
    """Send bytes to a stream receiver and return all that it says before it closes, or until a telegram ends."""
    with connected(port) as line:
        line.sendall(data)
        return heard(line)


def heard(line: socket.socket) -> bytes:
    """Return the next answer on a line; b"" at its end."""
    said = b""
    while not said.endswith((b"response>", b"\r")):
        try:
            piece = line.recv(4096)
        except ConnectionResetError:
            break
        if not piece:
            break
        said += piece
    return said
