"""Parts of the cloud in processes of their own, and clients that speak to their API over the network."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from websockets.sync.client import ClientConnection, connect

from hemlarm_cloud.actor import SYSTEM
from hemlarm_cloud.settings import Settings
from hemlarm_cloud.sites import accounts
from hemlarm_cloud.store import Store

ENDS_S = 60


class Process:
    """`hemlarm cloud run` with these parts; `facts` is what it tells when it runs."""

    def __init__(self, data: Path, parts: str, **settings: str) -> None:
        program = [sys.executable, "-c", "from hemlarm_cloud.cli import app; app()", "run", "--json", "--parts", parts]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "HEMLARM_DATA": str(data)}
        environment |= {f"HEMLARM_{name.upper()}": value for name, value in settings.items()}
        self.log = data / f"{id(self)}.log"
        with self.log.open("w") as log:
            self._process = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, self.log.read_text()
        self.facts: dict[str, Any] = json.loads(line)

    @property
    def url(self) -> str:
        """Where its API is."""
        return f"http://127.0.0.1:{self.facts['api_port']}/api/v1"

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ends it; by SIGTERM it must do so well."""
        if self._process.poll() is None:
            self._process.send_signal(number)
        status = self._process.wait(ENDS_S)
        assert status == (0 if number == signal.SIGTERM else -number), self.log.read_text()


def opened(data: Path) -> Store:
    """The store of an installation in this folder."""
    data.mkdir(parents=True, exist_ok=True)
    return Store.open(Settings(data=data).database_url)


def add_account(store: Store, role: str = "operator", **values: Any) -> str:
    """Adds an account and returns its token."""
    with store.begin() as tx:
        return accounts.create(tx, SYSTEM, f"some {role}", role, os.urandom(32), 0, **values).token


def live(url: str, small_window: bool = False, **hello: Any) -> ClientConnection:
    """A client of the live feed that has said hello and was answered; with a small window it soon stops the sender."""
    address = urlsplit(url)
    plain = socket.socket()
    if small_window:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    plain.settimeout(ENDS_S)
    plain.connect((address.hostname, address.port))
    plain.settimeout(None)
    connection = connect(url.replace("http", "ws", 1) + "/live", sock=plain, compression=None, legacy=True)
    connection.send(json.dumps(hello))
    assert json.loads(connection.recv(ENDS_S))["type"] == "ready"
    return connection
