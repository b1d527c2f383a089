"""Copies of the database, made while the cloud runs, and brought back into an empty place.

A copy holds the database alone: master key and authority are kept apart, for with both in one place neither would
protect the other. What panels told since a copy was made they are asked for again, as soon as they meet the restored
cloud; what other transmitters told since then and what people did is lost, so copies are made often.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, create_engine, inspect, make_url
from sqlalchemy.exc import SQLAlchemyError

from hemlarm_cloud.operations.errors import BackupError
from hemlarm_cloud.store import Store

_SQLITE_MAGIC = b"SQLite format 3\0"
_POSTGRESQL_MAGIC = b"PGDMP"


def backup(database: str, file: Path) -> None:
    """Write a copy of the database at this URL to a new file, for its owner's eyes only. Raises BackupError.

    The copy is what one moment had committed. A file that is there already is left alone.
    """
    url = make_url(database)
    with _new_file(file) as unfinished:
        if url.get_backend_name() == "sqlite":
            _copy_sqlite(Path(str(url.database)), unfinished)
        else:
            _run("pg_dump", ["--format=custom", f"--file={unfinished}", f"--dbname={_for_libpq(url)}"], url)
        _settle(unfinished)


def restore(file: Path, database: str) -> None:
    """Bring a copy back into a database that has nothing in it yet. Raises BackupError, StoreError.

    Whatever goes wrong leaves nothing behind there. A copy by an older version is brought up to date.
    """
    url = make_url(database)
    expected = _SQLITE_MAGIC if url.get_backend_name() == "sqlite" else _POSTGRESQL_MAGIC
    try:
        with file.open("rb") as copy:
            magic = copy.read(len(expected))
    except OSError as error:
        raise BackupError(f"copy {file}: cannot be read ({error.strerror}); name another file") from None
    if magic != expected:
        kind = url.get_backend_name()
        raise BackupError(f"copy {file}: it is none of a {kind} database; restore it into one of its own kind")
    if url.get_backend_name() == "sqlite":
        target = Path(str(url.database))
        with _new_file(target) as unfinished:
            _expect_no_log(target)
            _copy_sqlite(file, unfinished)
            _settle(unfinished)
    else:
        _expect_empty(url)
        options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
        _run("pg_restore", [*options, f"--dbname={_for_libpq(url)}", str(file)], url)
    Store.open(database).close()


@contextmanager
def _new_file(file: Path) -> Iterator[Path]:
    """Give the name of a file to fill, which gets its own name once it is whole."""
    unfinished = file.with_name(f"{file.name}.unfinished")
    for there in (file, unfinished):
        if there.exists():
            raise BackupError(f"{there} is there already: name another file, or move that one away")
    try:
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield unfinished
        # Linked, not renamed: what came there meanwhile is not replaced.
        os.link(unfinished, file)
    except OSError as error:
        raise BackupError(f"{file}: {error.strerror}; name a place that can be written") from None
    finally:
        unfinished.unlink(missing_ok=True)


def _copy_sqlite(source: Path, target: Path) -> None:
    if not source.exists():
        raise BackupError(f"database {source} is not there; name the one to copy with --database or --data")
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as reading,
            closing(sqlite3.connect(target)) as writing,
        ):
            # In one go: that reads one moment and keeps no writer waiting. In steps it began anew with each commit.
            reading.backup(writing)
            # One file, not three, which can be read where nothing can be written.
            writing.execute("PRAGMA journal_mode = DELETE")
            (verdict,) = writing.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as error:
        raise BackupError(f"database {source} cannot be copied ({error}); check it and the disks' space") from None
    if verdict != "ok":
        raise BackupError(f"database {source} is damaged ({verdict}); restore an older copy")


def _expect_no_log(database: Path) -> None:
    for ending in ("-wal", "-shm", "-journal"):
        left = database.with_name(database.name + ending)
        if left.exists():
            raise BackupError(
                f"{left} is left from another database: move it away, or it would be taken for this one's"
            )


def _expect_empty(url: URL) -> None:
    engine = create_engine(url)
    try:
        tables = inspect(engine).get_table_names()
    except SQLAlchemyError as error:
        raise BackupError(f"database {url!r} cannot be reached ({type(error).__name__}); create it first") from None
    finally:
        engine.dispose()
    if tables:
        raise BackupError(f"database {url!r} is not empty: create another one, and restore into that")


def _run(program: str, arguments: Sequence[str], url: URL) -> None:
    found = shutil.which(program)
    if found is None:
        raise BackupError(f"{program} is not installed: install PostgreSQL's client programs")
    environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    done = subprocess.run([found, *arguments], capture_output=True, env=environment, check=False)
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise BackupError(f"{program}: {said[0] if said else 'failed'}; check the database and its version")


def _for_libpq(url: URL) -> str:
    """The address without its password, which others could read in the list of processes."""
    return url.set(drivername="postgresql", password=None).render_as_string()


def _settle(file: Path) -> None:
    """See to it that the file outlives a power cut."""
    with file.open("rb") as written:
        os.fsync(written.fileno())
