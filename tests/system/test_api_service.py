"""The API in processes of its own: over the network, in TLS, live within 200 ms, and replaced without a gap."""

import json
import signal
import socket
import ssl
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, insert, select
from websockets.exceptions import ConnectionClosed

import centre_rows as rows
from api_process import ENDS_S, Process, add_account, live, opened
from api_support import NOW_MS, VAULT
from broker_support import await_true
from hemlarm_cloud.api import live as module
from hemlarm_cloud.api.app import make_app
from hemlarm_cloud.api.service import ApiError, ApiService, Certificate
from hemlarm_cloud.authority import Authority
from hemlarm_cloud.broker.child import free_port
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_cases import alarm_case, foreign_event
from hemlarm_cloud.store.schema_cases import signal as signal_table

LIVE_S = 0.2
"""From a commit to a client of the live feed."""


@pytest.fixture
def app(store: Store) -> FastAPI:
    """The API over the store."""
    return make_app(store, VAULT, lambda: NOW_MS)


@pytest.fixture
def served(app: FastAPI) -> Iterator[str]:
    """Its address, in this process."""
    service = ApiService(app, ("127.0.0.1", 0))
    service.start()
    yield f"http://127.0.0.1:{service.port}/api/v1"
    service.stop()


def test_a_commit_is_with_twenty_clients_within_200_ms(store: Store, served: str) -> None:
    tenant = rows.add_tenant(store, "north")
    token = add_account(store)
    connections = [live(served, token=token) for _ in range(20)]
    took = []
    for _ in range(30):
        rows.add_signal(store, tenant)
        began_s = time.monotonic()
        for connection in connections:
            assert json.loads(connection.recv(ENDS_S))["type"] == "signal"
        took.append(time.monotonic() - began_s)
    for connection in connections:
        connection.close()
    assert statistics.median(took) < LIVE_S, took


def test_a_client_that_does_not_read_is_cut_off_and_goes_on_later(
    store: Store, app: FastAPI, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SEND_S", 0.2)
    tenant, token = rows.add_tenant(store, "north"), add_account(store)
    with live(served, small_window=True, token=token) as slow, live(served, token=token) as quick:
        numbers = rows.add_signals(store, tenant, 3000, text="x" * 200)
        assert [json.loads(quick.recv(ENDS_S))["id"] for _ in numbers] == numbers
        await_true(lambda: app.state.watcher.listeners == 1, "the slow one is cut off")
        seen = []
        with suppress(ConnectionClosed):
            while True:
                seen.append(json.loads(slow.recv(ENDS_S))["id"])
    assert seen == numbers[: len(seen)]
    assert 0 < len(seen) < len(numbers)
    with live(served, token=token, after={"signal": seen[-1], "log": 0}) as again:
        assert [json.loads(again.recv(ENDS_S))["id"] for _ in numbers[len(seen) :]] == numbers[len(seen) :]


def test_it_speaks_tls_with_a_certificate_of_ours(app: FastAPI, tmp_path: Path) -> None:
    authority = Authority.create(tmp_path / "authority", datetime.now(UTC))
    server = authority.issue_server("server-api", ("localhost",), datetime.now(UTC))
    certificate = Certificate(tmp_path / "api.pem", tmp_path / "api-key.pem")
    certificate.file.write_bytes(server.certificate_pem)
    certificate.key.write_bytes(server.key_pem)
    service = ApiService(app, ("127.0.0.1", 0), certificate)
    service.start()
    try:
        trusting = ssl.create_default_context(cadata=authority.certificate_pem.decode())
        assert httpx.get(f"https://localhost:{service.port}/api/v1/health", verify=trusting).status_code == 200
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"https://localhost:{service.port}/api/v1/health")
    finally:
        service.stop()


def test_what_cannot_be_served_says_why(app: FastAPI, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ApiError, match=f"port {port}.*set another api_listen"):
            ApiService(app, ("127.0.0.1", port))
    missing = Certificate(tmp_path / "none.pem", tmp_path / "none.pem")
    with pytest.raises(ApiError, match="api_certificate"):
        ApiService(app, ("127.0.0.1", 0), missing)


def add_event(store: Store, tenant: rows.Tenant, number: int) -> None:
    """Commits what the receiver of another centre's alarms would."""
    row = {"transmitter": tenant.transmitter, "fingerprint": number.to_bytes(16, "big"), "telegram": b""}
    with store.begin() as tx:
        tx.connection.execute(
            insert(foreign_event), row | {"code": "BA", "qcode": 1130, "area": 1, "zone": 1, "received_ms": NOW_MS}
        )


class Feeder(threading.Thread):
    """Commits alarms until it is stopped."""

    def __init__(self, data: Path, tenant: rows.Tenant) -> None:
        super().__init__()
        self.count = 0
        self._store = opened(data)
        self._tenant = tenant
        self._ended = threading.Event()

    def run(self) -> None:
        """Commit one after the other."""
        while not self._ended.wait(0.01):
            self.count += 1
            add_event(self._store, self._tenant, self.count)
        self._store.close()

    def await_more(self) -> None:
        """Return when some more are committed."""
        reached = self.count + 20
        await_true(lambda: self.count > reached, "events go on")

    def stop(self) -> None:
        """End."""
        self._ended.set()
        self.join()


class Operator:
    """Follows the live feed and asks for things, through whichever process answers; comes again when cut off."""

    def __init__(self, port: int, token: str) -> None:
        self.seen: list[int] = []
        self.asked = self.failed = 0
        self._port, self._token = port, token
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=work) for work in (self._follow, self._ask)]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End."""
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _follow(self) -> None:
        while not self._ended.is_set():
            after = {"signal": self.seen[-1] if self.seen else 0, "log": 0}
            url = f"http://127.0.0.1:{self._port}/api/v1"
            with suppress(ConnectionClosed, OSError), live(url, token=self._token, after=after) as connection:
                while not self._ended.is_set():
                    with suppress(TimeoutError):
                        told = json.loads(connection.recv(0.1))
                        if told["type"] == "signal":
                            self.seen.append(told["id"])

    def _ask(self) -> None:
        while not self._ended.wait(0.02):
            self.asked += 1
            # Once again where the process that was asked ended meanwhile.
            self.failed += not (self._is_answered() or self._is_answered())

    def _is_answered(self) -> bool:
        asking = HTTPConnection("127.0.0.1", self._port, timeout=ENDS_S)
        try:
            asking.request("GET", "/api/v1/me", headers={"Authorization": f"Bearer {self._token}"})
            return asking.getresponse().status == 200
        except (HTTPException, OSError):
            return False
        finally:
            asking.close()


def signals(store: Store) -> list[int]:
    """The ids of all signals."""
    with store.read() as reading:
        return list(reading.connection.scalars(select(signal_table.c.id).order_by(signal_table.c.id)))


def test_processes_replace_each_other_and_nothing_is_lost(tmp_path: Path) -> None:
    store = opened(tmp_path)
    tenant, token = rows.add_tenant(store, "north"), add_account(store)
    settings = {"api_listen": f"127.0.0.1:{free_port('127.0.0.1')}", "api_shared": "yes"}
    process = Process(tmp_path, "cases,api", **settings)
    feeder, operator = Feeder(tmp_path, tenant), Operator(process.facts["api_port"], token)
    feeder.start()
    operator.start()
    try:
        for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGTERM):
            next_one = Process(tmp_path, "cases,api", **settings)
            process.end(number)
            process = next_one
            feeder.await_more()
        feeder.stop()
        await_true(lambda: len(signals(store)) == feeder.count, "every event has its signal")
        await_true(lambda: operator.seen[-1:] == signals(store)[-1:], "the operator has seen all")
    finally:
        feeder.stop()
        operator.stop()
        process.end()
    assert operator.seen == signals(store), "in order, and each of them once"
    assert operator.asked > 10
    assert operator.failed == 0
    with store.read() as reading:
        lost = select(func.count()).select_from(signal_table).where(signal_table.c.case.is_(None))
        assert reading.connection.scalar(lost) == 0, "each alarm has its case"
        assert reading.connection.scalar(select(func.min(alarm_case.c.id))) == 1
    store.close()


def test_parts_run_alone_and_an_unknown_one_is_told(tmp_path: Path) -> None:
    process = Process(tmp_path, "api", api_listen=f"127.0.0.1:{free_port('127.0.0.1')}")
    assert set(process.facts) == {"pid", "api_host", "api_port"}
    assert httpx.get(f"{process.url}/health").json() == {"status": "ok"}
    process.end()
