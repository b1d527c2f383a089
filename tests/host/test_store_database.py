"""The store as a file: durable through a kill, honest about trouble, migrated forward only."""

import os
import re
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from hemlarm_cloud.store import Event, Panel, Store, StoreError, all_tables, dialects, schema
from hemlarm_cloud.store.hot_path import hot_path

PANEL, KID = "00112233445566ff", b"kid1"

WRITER = """
import sys
from hemlarm_cloud.store import Event, Store
store, number = Store.open(sys.argv[1]), 1
while True:
    batch = [Event("00112233445566ff", b"kid1", n, bytes(8), bytes(64), 0, 0, 1130) for n in range(number, number + 20)]
    with store.begin() as tx:
        assert tx.add_events(batch) == ["new"] * 20
    number += 20
    print(number - 1, flush=True)
"""


def make_event(number: int, size: int = 64) -> Event:
    return Event(PANEL, KID, number, bytes(8), bytes(size), 0, 0, 1130)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "store.db"
    store = Store.open(f"sqlite:///{path}")
    with store.begin() as tx:
        tx.add_panel(Panel(PANEL, "00", b"wrapped", "1f", 0))
        tx.learn_incarnation(PANEL, KID, bytes(16), 0)
    store.close()
    return path


def tables(path: Path) -> set[str]:
    with sqlite3.connect(path) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_a_killed_writer_loses_nothing_whose_commit_returned(file: Path) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    program = [sys.executable, "-c", WRITER, f"sqlite:///{file}"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True, env=environment) as writer:
        assert writer.stdout is not None
        for _ in range(10):
            assert writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
        committed = int(([200, *map(int, writer.stdout.read().split())])[-1])
    with Store.open(f"sqlite:///{file}").read() as reading:
        numbers = [event.number for event in reading.events(limit=1_000_000)]
    assert numbers == [*range(1, len(numbers) + 1)]
    assert len(numbers) >= committed
    assert len(numbers) % 20 == 0, "half a batch was stored"
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_commit_waits_for_the_disk(file: Path) -> None:
    full = 2
    store = Store.open(f"sqlite:///{file}")
    with store.begin() as tx:
        assert tx._connection.exec_driver_sql("PRAGMA synchronous").scalar() == full
        assert tx._connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert tx._connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_the_file_is_private_and_so_is_what_stands_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    store = Store.open(f"sqlite:///{path}")
    with store.read():
        modes = {stat.S_IMODE(found.stat().st_mode) for found in tmp_path.iterdir()}
    assert modes == {0o600}


def test_a_full_disk_is_told_and_leaves_the_store_as_it_was(file: Path) -> None:
    store = Store.open(f"sqlite:///{file}")
    with store.begin() as tx:
        tx.add_event(make_event(1))
    limit_pages(store, 0)
    with pytest.raises(StoreError, match=r"store\.db: the disk .* full .*free some space"), store.begin() as tx:
        tx.add_events([make_event(number, size=4_000) for number in range(2, 200)])
    with store.read() as reading:
        assert [event.number for event in reading.events()] == [1]
    limit_pages(store, 1_000_000)
    with store.begin() as tx:
        assert tx.add_event(make_event(2)) == "new"
        assert tx.missing(PANEL, KID, 3) == []
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def limit_pages(store: Store, pages: int) -> None:
    """Let the file grow no further than `pages`, or than it is, on the connection that writes."""
    with store.begin() as tx:
        tx._connection.exec_driver_sql(f"PRAGMA max_page_count = {max(pages, 1)}")


def test_a_locked_database_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialects, "BUSY_MS", 20)
    store = Store.open(f"sqlite:///{file}")
    with sqlite3.connect(file, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"store\.db: another process holds its lock"), store.begin():
            pass
        other.execute("ROLLBACK")
    with store.begin() as tx:
        assert tx.add_event(make_event(1)) == "new"


def test_readers_see_one_moment_while_a_writer_goes_on(file: Path) -> None:
    store = Store.open(f"sqlite:///{file}")
    with store.read() as reading:
        assert reading.events() == []
        with store.begin() as tx:
            tx.add_event(make_event(1))
        assert reading.events() == []
    with store.read() as reading:
        assert len(reading.events()) == 1


def test_a_file_that_is_no_database_is_told_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("These are not the rows you are looking for. " * 50)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"notes\.txt: it is not an SQLite database .*restore"):
        Store.open(f"sqlite:///{path}")
    assert path.read_bytes() == before


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"nowhere/store\.db cannot be opened .*create its folder"):
        Store.open(f"sqlite:///{tmp_path}/nowhere/store.db")


@pytest.mark.parametrize(
    ("url", "told"), [("store.db", "is no URL"), ("mysql://host/name", "use one of sqlite, postgresql")]
)
def test_a_wrong_url_is_told(url: str, told: str) -> None:
    with pytest.raises(StoreError, match=told):
        Store.open(url)


def test_a_password_in_the_url_is_not_told() -> None:
    with pytest.raises(StoreError, match="needs the Python package") as caught:
        Store.open("postgresql+pg8000://user:hunter2@host/name")
    assert "hunter2" not in str(caught.value)


def test_an_error_repeats_nothing_of_what_was_to_be_stored(file: Path) -> None:
    store = Store.open(f"sqlite:///{file}")
    with pytest.raises(StoreError) as caught, store.begin() as tx:
        tx.add_event(make_event(1)._replace(kid=b"none", sealed=b"PRIVATE"))
    assert "PRIVATE" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_newer_schema_is_refused_and_left_alone(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match=r"store\.db was written by a newer Hemlarm \(schema 9999"):
        Store.open(f"sqlite:///{file}")


def test_somebody_elses_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(StoreError, match="tables that are not Hemlarm's"):
        Store.open(f"sqlite:///{path}")
    assert tables(path) == {"recipes"}


def test_a_migration_that_fails_leaves_nothing_half_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade = command.upgrade

    def upgrade_and_fail(config: Config, revision: str) -> None:
        upgrade(config, revision)
        raise KeyError

    monkeypatch.setattr(command, "upgrade", upgrade_and_fail)
    path = tmp_path / "store.db"
    with pytest.raises(KeyError):
        Store.open(f"sqlite:///{path}")
    assert tables(path) == set()
    monkeypatch.undo()
    Store.open(f"sqlite:///{path}").close()


def test_opening_a_store_twice_keeps_the_locks_of_the_first(file: Path) -> None:
    """Without its locks the next process to leave would delete the log that the first one still writes to."""
    first = Store.open(f"sqlite:///{file}")
    with first.begin() as tx:
        tx.add_event(make_event(1))
    Store.open(f"sqlite:///{file}").close()
    visit = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM event').connection.close()"
    subprocess.run([sys.executable, "-c", visit, str(file)], check=True)
    assert file.with_name("store.db-wal").exists()


def test_opening_at_once_from_several_sides_migrates_once(tmp_path: Path) -> None:
    url, failures, together = f"sqlite:///{tmp_path / 'store.db'}", [], threading.Barrier(8)

    def open_it() -> None:
        together.wait()
        try:
            Store.open(url).close()
        except StoreError as error:
            failures.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_switch_to_the_log_that_meets_another_one_waits_for_it_and_tries_again() -> None:
    class Connection:
        """Answers as SQLite does when two processes create one database."""

        said: list[str] = []  # noqa: RUF012

        def execute(self, statement: str) -> "Connection":
            self.said.append(statement)
            if len(self.said) == 1:
                error = sqlite3.OperationalError("database is locked")
                error.sqlite_errorcode = sqlite3.SQLITE_BUSY
                raise error
            return self

        def fetchone(self) -> tuple[str]:
            return ("wal",)

    connection: Any = Connection()
    assert dialects._journal_mode(connection) == "wal"
    switch = "PRAGMA journal_mode = WAL"
    assert connection.said == [switch, "BEGIN IMMEDIATE", "ROLLBACK", switch]


def test_the_migrations_end_in_the_schema(file: Path) -> None:
    made = create_engine("sqlite://")
    all_tables.metadata.create_all(made)
    query = (
        "SELECT type, name, sql FROM sqlite_master "
        "WHERE name NOT LIKE 'sqlite_%' AND tbl_name <> 'alembic_version' AND type <> 'trigger'"
    )
    with made.connect() as expected, create_engine(f"sqlite:///{file}").connect() as migrated:
        assert compare_metadata(MigrationContext.configure(migrated), all_tables.metadata) == []
        # Alembic sees neither checks nor AUTOINCREMENT; the statements themselves hold everything.
        assert normalised(migrated.exec_driver_sql(query).all()) == normalised(expected.exec_driver_sql(query).all())


def normalised(found: "object") -> list[tuple[str, str, list[str]]]:
    """Statements with their lines sorted: the order of columns and constraints means nothing.

    SQLite puts a column that is added later on the line of the one before it.
    """
    return sorted(
        (kind, name, sorted(line.strip(" ,\t") for line in re.split(r"\n|, (?=\w+ [A-Z])", sql)))
        for kind, name, sql in found  # type: ignore[attr-defined]
    )


def test_every_table_and_the_insert_can_be_said_to_postgresql() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    for table in all_tables.metadata.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=dialect))
    insert = dialects.insert_unless_present("postgresql", schema.event)
    assert "ON CONFLICT DO NOTHING" in str(insert.compile(dialect=dialect))
    assert "id BIGSERIAL" in str(CreateTable(schema.event).compile(dialect=dialect))


def test_the_statements_of_the_hot_path_can_be_said_to_postgresql() -> None:
    statements = hot_path(postgresql.dialect())  # type: ignore[no-untyped-call]
    for statement in statements:
        assert "?" not in statement._sql
        assert statement._order is None, "values go by name"
    assert "ON CONFLICT DO NOTHING" in statements.insert_event._sql
    assert "%(at_most)s" in statements.due_commands._sql
    assert "WHERE dating = 'between' AND qcode <> 0" in str(
        CreateIndex(next(index for index in schema.event.indexes if index.name == "ix_event_estimated")).compile(
            dialect=postgresql.dialect()  # type: ignore[no-untyped-call]
        )
    )
