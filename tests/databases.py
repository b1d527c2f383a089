"""The databases that tests of the cloud run on: SQLite, and Debian's PostgreSQL server that the tests start.

A server is started once for each process of the tests, by a user of its own where the tests run as root, which
PostgreSQL refuses. It keeps nothing: it lives in a temporary folder and does not wait for the disk. A database whose
test is over is emptied for the next one, which takes a tenth of the time that a new one does.
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
from typing import Any

import psycopg
from psycopg.sql import SQL, Composed, Identifier, Literal

from hemlarm_cloud.store import Store, all_tables

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

    def address(self, database: str) -> str:
        """The address of a database, for the driver itself."""
        return f"host={self._folder} user=hemlarm dbname={database}"

    def execute(self, statement: str | Composed) -> None:
        """Runs one statement outside any transaction."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode() if isinstance(statement, str) else statement)

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
    """The address of a database with all tables in it and nothing else; an SQLite one is a file in `folder`."""
    if kind == "sqlite":
        file = folder / f"store-{next(_numbers)}.db"
        shutil.copyfile(_sqlite_template(), file)
        file.chmod(0o600)
        return f"sqlite:///{file}"
    if _empty:
        return server().url(_empty.pop())
    name = f"{_PREFIX}{next(_numbers)}"
    server().execute(f"CREATE DATABASE {name} TEMPLATE template")
    return server().url(name)


def discard(url: str) -> None:
    """A database is used no more."""
    if not url.startswith("postgresql"):
        return
    name = url.partition("///")[2].partition("?")[0]
    ended = SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}")
    server().execute(ended.format(Literal(name)))
    if name.startswith(_PREFIX) and _emptied(name):
        _empty.append(name)
    else:
        server().execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


_PREFIX = "store_"
_empty: list[str] = []
"""Databases that are as new."""


@cache
def _sqlite_template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="hemlarm-sqlite-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "template.db"
    store = Store.open(f"sqlite:///{file}")
    with store.begin() as tx:
        # Everything into the file itself: the log beside it is not copied.
        driver: Any = tx.connection.connection.driver_connection
    driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return file


def _emptied(name: str) -> bool:
    """Take every row out of a database, and number anew; False for one whose tables are not those of the store."""
    tables = sorted(all_tables.metadata.tables)
    with psycopg.connect(server().address(name), autocommit=True) as connection:
        there = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        if sorted(table for (table,) in there) != sorted([*tables, "alembic_version"]):
            return False
        # Past the triggers that guard what is only ever added to, and in any order.
        connection.execute("SET session_replication_role = replica")
        asked = SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})")
        each = SQL(" UNION ALL ").join(asked.format(Literal(table), Identifier(table)) for table in tables)
        for (table,) in connection.execute(each).fetchall():
            connection.execute(SQL("DELETE FROM {}").format(Identifier(table)))
        connection.execute("SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'")
    return True


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
