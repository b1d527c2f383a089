"""Opening the store, and its transactions."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, make_url
from sqlalchemy.exc import ArgumentError

from hemlarm_cloud.store import dialects
from hemlarm_cloud.store.errors import StoreError, explained
from hemlarm_cloud.store.picture_keys import PictureKeys
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.transaction import Transaction

PICTURE_KEYS = "picture-keys"
"""The folder of the pictures' keys, in that of all else that the cloud keeps."""


class Store:
    """The cloud's database.

    What a `begin` block wrote is on disk when the block has ended without an exception, and not at all otherwise. All
    trouble with the database is a StoreError that names it and a remedy. `picture_keys` are kept beside it.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        """Use `Store.open`."""
        self._engine = engine
        self._driver: Any = engine.dialect.dbapi
        self._name = name
        self._connections = threading.local()
        self.picture_keys = PictureKeys()

    @classmethod
    def open(cls, url: str, picture_keys: Path | None = None) -> "Store":
        """Open the database at an SQLAlchemy URL, creating it or bringing an older schema up to date first.

        `sqlite:///FILE` is one file; `sqlite://` lives in memory, for a single thread. `picture_keys` is the folder of
        the pictures' keys: without it, that is one beside the file, and of other databases the keys live as long as the
        process. Raises StoreError for a database that cannot be opened, is not the store's, or was written by a newer
        version.
        """
        try:
            parsed = make_url(url)
        except ArgumentError:
            raise StoreError(f"database {url!r} is no URL; write sqlite:///FILE or postgresql://...") from None
        if parsed.get_backend_name() not in dialects.SUPPORTED:
            raise StoreError(f"database {parsed!r}: use one of {', '.join(dialects.SUPPORTED)}")
        name = str(parsed.database) if parsed.get_backend_name() == "sqlite" else repr(parsed)
        store = cls(dialects.make_engine(parsed), "in memory" if dialects.in_memory(parsed) else name)
        if picture_keys is None and parsed.get_backend_name() == "sqlite" and not dialects.in_memory(parsed):
            picture_keys = Path(str(parsed.database)).parent / PICTURE_KEYS
        store.picture_keys = PictureKeys(picture_keys)
        try:
            store._migrate()
        except BaseException:
            store.close()
            raise
        return store

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Give a transaction that writes. It commits at the end of the block, and is undone by any exception."""
        with self._within(self._kept("writer")) as connection:
            yield Transaction(connection, self.picture_keys)

    @contextmanager
    def read(self) -> Iterator[Queries]:
        """Give queries that all see the same moment."""
        connection = self._kept("reader")
        if connection.in_transaction():
            with self._connected(writing=False) as connection:
                yield Queries(connection, self.picture_keys)
        else:
            with self._within(connection):
                yield Queries(connection, self.picture_keys)

    def expect_writes(self) -> None:
        """Prepare for a process that writes one event at a time and wants each commit to be quick."""
        with self._within(self._kept("writer")) as connection:
            dialects.grow_log(connection)

    def close(self) -> None:
        """Close this thread's connections and those that nobody uses."""
        for connection in vars(self._connections).values():
            connection.close()
        vars(self._connections).clear()
        self._engine.dispose()

    def _kept(self, use: str) -> Connection:
        """This thread's "writer" or "reader", kept between transactions: a new one costs as much as a commit."""
        connection: Connection | None = getattr(self._connections, use, None)
        if connection is None:
            connection = self._engine.connect().execution_options(**{dialects.WRITING: use == "writer"})
            setattr(self._connections, use, connection)
        return connection

    @contextmanager
    def _within(self, connection: Connection) -> Iterator[Connection]:
        with explained(self._name, self._driver), connection.begin():
            try:
                yield connection
            except self._driver.Error as error:
                # Said to the driver itself, so SQLAlchemy does not know yet that this connection is gone.
                if connection.dialect.is_disconnect(error, connection.connection.driver_connection, None):
                    connection.invalidate(error)
                raise

    @contextmanager
    def _connected(self, writing: bool) -> Iterator[Connection]:
        with explained(self._name, self._driver), self._engine.connect() as plain:
            connection = plain.execution_options(**{dialects.WRITING: writing})
            with connection.begin():
                yield connection

    def _migrate(self) -> None:
        scripts = _alembic_config()
        with self._connected(writing=False) as connection:
            if not self._is_outdated(connection, scripts):
                return
        with self._connected(writing=True) as connection:
            # Alembic looks again at the version, so whoever waited here for another process's upgrade does nothing.
            scripts.attributes["connection"] = connection
            command.upgrade(scripts, "head")

    def _is_outdated(self, connection: Connection, scripts: Config) -> bool:
        directory = ScriptDirectory.from_config(scripts)
        revision = MigrationContext.configure(connection).get_current_revision()
        if revision is None and inspect(connection).get_table_names():
            raise StoreError(f"database {self._name} holds tables that are not Hemlarm's; name another database")
        if revision is not None and revision not in {script.revision for script in directory.walk_revisions()}:
            raise StoreError(
                f"database {self._name} was written by a newer Hemlarm (schema {revision}, this one knows up to "
                f"{directory.get_current_head()}); install that version, or restore a copy from before its upgrade"
            )
        return revision != directory.get_current_head()


def _alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", "hemlarm_cloud.store:migrations")
    return config
