"""The databases that tests of the cloud run on: SQLite, and Debian's PostgreSQL server that the tests start.

A server is started once for each process of the tests, by a user of its own where the tests run as root, which
PostgreSQL refuses. It keeps nothing: it lives in a temporary folder and does not wait for the disk.
"""

import atexit
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path

import psycopg

from hemlarm_cloud.store import Store

KINDS = ("sqlite", "postgresql")

_DEBIAN = Path("/usr/lib/postgresql")
_STARTS_S = 30.0
_numbers = itertools.count()


class NoPostgresqlError(Exception):
    """Debian's package postgresql is missing."""


class PostgresqlServer:
    """A server on a socket in its own folder."""

    def __init__(self) -> None:
        programs = _programs()
        self._user = _other_user()
        self._folder = Path(tempfile.mkdtemp(prefix="hemlarm-pg-"))
        if self._user is not None:
            shutil.chown(self._folder, self._user)
        data = self._folder / "data"
        setup = [programs / "initdb", "-D", data, "-A", "trust", "-U", "hemlarm", "--no-sync", "-E", "UTF8"]
        subprocess.run([str(word) for word in setup], check=True, capture_output=True, user=self._user, cwd="/")
        self._server = self._start(programs / "postgres", data)
        self._wait()

    def url(self, database: str) -> str:
        """The address of a database, for SQLAlchemy."""
        return f"postgresql:///{database}?host={self._folder}&user=hemlarm"

    def execute(self, statement: str) -> None:
        """Runs one statement outside any transaction."""
        with psycopg.connect(f"host={self._folder} user=hemlarm dbname=postgres", autocommit=True) as connection:
            connection.execute(statement.encode())

    def stop(self) -> None:
        """Ends the server; all it held is gone."""
        self._server.terminate()
        try:
            self._server.wait(10)
        except subprocess.TimeoutExpired:
            self._server.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, program: Path, data: Path) -> "subprocess.Popen[bytes]":
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._folder),
            "fsync": "off",
            "full_page_writes": "off",
            "max_connections": "200",
        }
        words = [str(program), "-D", str(data)]
        for name, value in settings.items():
            words += ["-c", f"{name}={value}"]
        quiet = subprocess.DEVNULL
        # A session of its own, so that Ctrl-C at the tests ends them before it ends the server under them.
        return subprocess.Popen(
            words, stdin=quiet, stdout=quiet, stderr=quiet, user=self._user, cwd="/", start_new_session=True
        )

    def _wait(self) -> None:
        ends_s = time.monotonic() + _STARTS_S
        while True:
            try:
                self.execute("SELECT 1")
            except psycopg.OperationalError:
                if time.monotonic() > ends_s or self._server.poll() is not None:
                    raise
                time.sleep(0.05)
            else:
                return


@cache
def server() -> PostgresqlServer:
    """This process's server, started when it is first asked for. Raises NoPostgresqlError."""
    started = PostgresqlServer()
    pid = os.getpid()
    atexit.register(lambda: started.stop() if os.getpid() == pid else None)
    started.execute("CREATE DATABASE template")
    Store.open(started.url("template")).close()
    return started


def new_url(kind: str, folder: Path) -> str:
    """The address of a new database with all tables in it; an SQLite one is a file in `folder`."""
    if kind == "sqlite":
        return f"sqlite:///{folder / f'store-{next(_numbers)}.db'}"
    name = f"store_{next(_numbers)}"
    server().execute(f"CREATE DATABASE {name} TEMPLATE template")
    return server().url(name)


def discard(url: str) -> None:
    """A database is used no more."""
    if url.startswith("postgresql"):
        name = url.partition("///")[2].partition("?")[0]
        server().execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _programs() -> Path:
    for folder in sorted(_DEBIAN.glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    raise NoPostgresqlError("Debian's package postgresql is missing: apt-get install postgresql")


def _other_user() -> str | None:
    """Whom the server runs as; PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"
