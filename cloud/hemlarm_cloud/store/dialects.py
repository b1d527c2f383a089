"""The places where databases differ. Everything else in the store is SQL that SQLite and PostgreSQL share."""

import os
import sqlite3
import stat
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Insert, Table, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.pool import StaticPool

from hemlarm_cloud.store.errors import StoreError

SUPPORTED = ("sqlite", "postgresql")

WRITING = "hemlarm_writing"
"""Execution option of a connection whose transactions write."""

BUSY_MS = 10_000
"""How long to wait for another process's lock: many times the longest batch, and short enough to be told about."""

_LOOK_MS = 2
_LOOKS_MAX = BUSY_MS // _LOOK_MS

_SWITCH_ATTEMPTS = 100
"""Each fails only while another process does the same to a new database, which happens once in its life."""

_LOG_BYTES = 1000 * 4096
"""SQLite moves its log into the database whenever it holds 1,000 pages, so it never needs to be much longer."""

_PLANNING = "-c plan_cache_mode=force_custom_plan"
"""A plan that was made while a table was small is kept for the life of a connection otherwise; ours live for months."""

_WRITER_LOCK = 0x48454D4C
"""Number of PostgreSQL's advisory lock for writers; any constant of our own will do."""


def insert_unless_present(dialect: str, table: Table) -> Insert:
    """Return an INSERT that leaves out rows whose unique values are already there; `rowcount` says how many went in."""
    if dialect == "postgresql":
        insertion = postgresql.insert(table).on_conflict_do_nothing()
        return insertion.execution_options(preserve_rowcount=True)
    return sqlite.insert(table).on_conflict_do_nothing()


def insert_or_replace(dialect: str, table: Table) -> Insert:
    """Return an INSERT that gives a row whose primary key is already there the new values."""
    keys = [column.name for column in table.primary_key]
    insertion = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
    others = {column.name: insertion.excluded[column.name] for column in table.columns if column.name not in keys}
    return insertion.on_conflict_do_update(index_elements=keys, set_=others)


def make_engine(url: URL) -> Engine:
    """Return an engine whose commits are durable and whose writers follow one another.

    One writer at a time is what makes the ids of events ascend in the order of their commits. Raises StoreError.
    """
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    try:
        engine = create_engine(url, connect_args={} if "options" in url.query else {"options": _PLANNING})
    except ModuleNotFoundError as error:
        raise StoreError(f"database {url!r} needs the Python package {error.name}: install it") from None
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get(WRITING):
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _WRITER_LOCK})


def _sqlite_engine(url: URL) -> Engine:
    arguments: dict[str, Any] = {"connect_args": {"check_same_thread": False, "timeout": BUSY_MS / 1000}}
    if in_memory(url):
        # Such a database lives and dies with its connection, so there is only the one.
        arguments["poolclass"] = StaticPool
    else:
        _create_private(Path(str(url.database)))
    engine = create_engine(url, **arguments)
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def grow_log(connection: Connection) -> None:
    """Give SQLite's write-ahead log its full size before it is needed.

    A commit that makes the log longer changes the file system's own records too, and takes about twice as long. The
    log shrinks only when the last connection closes. It costs 30 ms, and as much space in the database as in the log.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("CREATE TABLE log_filler (filler BLOB)")
        connection.exec_driver_sql("INSERT INTO log_filler VALUES (zeroblob(?))", (_LOG_BYTES,))
        connection.exec_driver_sql("DROP TABLE log_filler")


def in_memory(url: URL) -> bool:
    """Tell whether this is an SQLite database without a file."""
    return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


def _create_private(file: Path) -> None:
    """Create the database's file readable by its owner only: it tells when people are at home."""
    try:
        # Not by opening it: closing a descriptor of this file would take away SQLite's locks in the whole process.
        os.mknod(file, stat.S_IFREG | 0o600)
    except FileExistsError:
        return
    except OSError as error:
        remedy = "create its folder" if isinstance(error, FileNotFoundError) else "give this user access to it"
        raise StoreError(f"database {file} cannot be opened ({error.strerror}); {remedy}") from None


def _configure_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # Transactions begin in `_begin_sqlite`, so the driver must begin none by itself, whichever Python this is.
    connection.isolation_level = None
    mode = _journal_mode(connection)
    if mode not in ("wal", "memory"):
        raise sqlite3.OperationalError(f"no write-ahead log here (journal mode {mode}); keep it on a local disk")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _journal_mode(connection: sqlite3.Connection) -> str:
    """Switch to a write-ahead log and return the mode that holds now."""
    for _ in range(_SWITCH_ATTEMPTS):
        try:
            return str(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            # Somebody else creates this database. The switch itself never waits for them, a transaction does.
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    return "undecided"


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get(WRITING)
    driver: Any = connection.connection.driver_connection
    # Said to the driver itself: SQLAlchemy's way round takes a worker that just woke up longer than SQLite does.
    if writing:
        _begin_writing(driver)
    else:
        driver.execute("BEGIN")


def _begin_writing(driver: sqlite3.Connection) -> None:
    """Wait for the other writer by looking often.

    SQLite by itself looks less and less often, down to ten times a second. A writer that begins again some
    milliseconds after each commit, as the ingest does in a flood, would then keep all others out for ever.
    """
    driver.execute(f"PRAGMA busy_timeout = {_LOOK_MS}")
    try:
        for attempt in range(_LOOKS_MAX):
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or attempt == _LOOKS_MAX - 1:
                    raise
            else:
                return
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
