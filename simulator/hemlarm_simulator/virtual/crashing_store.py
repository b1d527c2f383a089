"""The cloud's store in virtual time: it lives in memory, its owner can die around a commit, and it can be copied."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from hemlarm_cloud.store import Store
from hemlarm_cloud.store.dialects import make_engine
from hemlarm_cloud.store.transaction import Transaction

IN_MEMORY = "sqlite://"

CRASH_POINTS = ("before-commit", "after-commit")


class IngestCrashError(Exception):
    """Raised by `at_commit`: the process that owns the store dies here."""


class CrashingStore(Store):
    """Open it with `CrashingStore.open()`."""

    at_commit: Callable[[str], None] | None = None
    """Told of each point of CRASH_POINTS as a writing transaction passes it; may raise IngestCrashError."""

    @classmethod
    def open(cls, url: str = IN_MEMORY, picture_keys: Path | None = None) -> "CrashingStore":
        """A new store in memory. Of all but the first, the tables are copied, for there are thousands of worlds.

        A file is opened as any store is: several threads can look into that one.
        """
        if url != IN_MEMORY:
            opened = super().open(url, picture_keys)
            assert isinstance(opened, cls)
            return opened
        store = cls(make_engine(make_url(url)), "in memory")
        store.restore(_with_tables())
        return store

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """As `Store.begin`; a crash before the commit undoes all of it, one after the commit nothing."""
        with super().begin() as tx:
            yield tx
            self._pass("before-commit")
        self._pass("after-commit")

    def backup(self) -> bytes:
        """Everything that is committed."""
        with self._engine.connect() as connection:
            return bytes(_driver(connection).serialize())

    def restore(self, copy: bytes) -> None:
        """Becomes what it was when `copy` was made."""
        source = sqlite3.connect(":memory:")
        try:
            source.deserialize(copy)
            with self._engine.connect() as connection:
                source.backup(_driver(connection))
        finally:
            source.close()

    def _pass(self, point: str) -> None:
        if self.at_commit is not None:
            self.at_commit(point)


@cache
def _with_tables() -> bytes:
    store = Store.open(IN_MEMORY)
    try:
        with store.begin() as tx:
            return bytes(_driver(tx.connection).serialize())
    finally:
        store.close()


def _driver(connection: Any) -> sqlite3.Connection:
    driver: sqlite3.Connection = connection.connection.driver_connection
    return driver
