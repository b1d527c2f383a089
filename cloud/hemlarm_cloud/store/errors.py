"""What goes wrong with a database, told with its name and a remedy."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import DBAPIError


class StoreError(Exception):
    """The store could not do what was asked, and nothing of it was done. The text names the database and a remedy."""


class StoreConflictError(StoreError):
    """What was to be stored needs something that is not there: the store is another than it was, from a backup."""


_TROUBLE = {
    sqlite3.SQLITE_FULL: ("the disk or the database's page limit is full", "free some space; nothing was half-written"),
    sqlite3.SQLITE_BUSY: ("another process holds its lock", "end what else writes to it, or try again"),
    sqlite3.SQLITE_LOCKED: ("another connection holds its lock", "end what else writes to it, or try again"),
    sqlite3.SQLITE_NOTADB: ("it is not an SQLite database", "name the right file, or restore a copy"),
    sqlite3.SQLITE_CORRUPT: ("it is damaged", "restore a copy; panels send again what the copy lacks"),
    sqlite3.SQLITE_CANTOPEN: ("it cannot be opened", "create its folder and make it writable"),
    sqlite3.SQLITE_READONLY: ("it cannot be written", "give this user write permission on the file and its folder"),
    sqlite3.SQLITE_PERM: ("access is denied", "give this user permission on the file and its folder"),
    sqlite3.SQLITE_IOERR: ("the disk fails to read or write it", "check the disk and its free space, then try again"),
}


def explain(name: str, error: BaseException) -> str:
    """Return what happened to the database `name`, in words a person can act on."""
    extended = getattr(error, "sqlite_errorcode", None)
    if extended is not None and extended & 0xFF in _TROUBLE:
        problem, remedy = _TROUBLE[extended & 0xFF]
        return f"database {name}: {problem} ({error}); {remedy}"
    return f"database {name}: {error}"


@contextmanager
def explained(name: str, driver: Any) -> Iterator[None]:
    """Turn every error of the database within the block into a StoreError about the database `name`.

    `driver` is the database driver's module: what is said to the driver itself fails with the driver's own errors.
    """
    try:
        yield
    except DBAPIError as error:
        # SQLAlchemy's own text would repeat the parameters, and those hold what people do in their homes.
        raise _told(name, error.orig or error, driver) from None
    except (sqlite3.Error, driver.Error) as error:
        raise _told(name, error, driver) from None


def _told(name: str, error: BaseException, driver: Any) -> StoreError:
    conflict = isinstance(error, (sqlite3.IntegrityError, driver.IntegrityError))
    return (StoreConflictError if conflict else StoreError)(explain(name, error))
