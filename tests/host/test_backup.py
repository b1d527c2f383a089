"""Copies of the database: made while it is written, brought back into an empty place only, and whole or not at all."""

import itertools
import os
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import databases
from cloud_terminal import Terminal
from hemlarm_cloud.operations.backup import backup, restore
from hemlarm_cloud.operations.errors import BackupError
from hemlarm_cloud.store import Panel, Store
from hemlarm_protocol import topics
from ingest_support import BURGLARY, PANEL, ROOT_KEY
from ingest_weather import Weather

_numbers = itertools.count()

EmptyUrl = Callable[[], str]


@pytest.fixture
def empty_url(store_url: str, tmp_path: Path) -> Iterator[EmptyUrl]:
    """Addresses of databases of the same kind without anything in them."""
    made = []

    def new() -> str:
        if store_url.startswith("sqlite"):
            return f"sqlite:///{tmp_path / f'restored-{next(_numbers)}.db'}"
        name = f"restored_{next(_numbers)}"
        databases.server().execute(f"CREATE DATABASE {name}")
        made.append(databases.server().url(name))
        return made[-1]

    yield new
    for url in made:
        databases.discard(url)


def add_alerts(store: Store, count: int) -> None:
    """Adds rows, each in a transaction of its own."""
    for number in range(count):
        with store.begin() as tx:
            tx.add_alert(PANEL.hex(), "test", str(number), number)


def opened(url: str) -> Store:
    """The store with a panel in it."""
    store = Store.open(url)
    with store.begin() as tx:
        tx.add_panel(Panel(PANEL.hex(), topics.shard(PANEL.hex()), b"", "1", 0))
    return store


def alerts(url: str) -> int:
    """How many alerts a database holds, after it was opened as usual."""
    store = Store.open(url)
    with store.read() as reading:
        found = len(reading.alerts(PANEL.hex()))
    store.close()
    return found


def test_a_copy_comes_back_whole_and_for_its_owner_only(store_url: str, empty_url: EmptyUrl, tmp_path: Path) -> None:
    store = opened(store_url)
    add_alerts(store, 3)
    copy, target = tmp_path / "copy", empty_url()
    backup(store_url, copy)
    add_alerts(store, 2)
    store.close()
    restore(copy, target)
    assert alerts(target) == 3
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if "unfinished" in path.name] == []


def test_a_copy_made_while_others_write_is_one_moments(store_url: str, empty_url: EmptyUrl, tmp_path: Path) -> None:
    store = opened(store_url)
    ended = threading.Event()
    written = itertools.count()

    def write() -> None:
        writing = Store.open(store_url)
        while not ended.is_set():
            with writing.begin() as tx:
                for _ in range(2):
                    tx.add_alert(PANEL.hex(), "test", str(next(written)), 0)
        writing.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = [tmp_path / f"copy-{number}" for number in range(3)]
        for copy in copies:
            backup(store_url, copy)
    finally:
        ended.set()
        writer.join()
    store.close()
    for copy in copies:
        target = empty_url()
        restore(copy, target)
        assert alerts(target) % 2 == 0


def test_panels_send_again_what_the_copy_lacks(store_url: str, empty_url: EmptyUrl, tmp_path: Path) -> None:
    weather: Any = Weather()
    with weather.store.read() as reading:
        (panel,) = reading.panels()
    assert weather.vault.unwrap(PANEL.hex(), panel.root_key) == ROOT_KEY
    weather.store = Store.open(store_url)
    with weather.store.begin() as tx:
        tx.add_panel(panel)
    weather.start_ingest()
    weather.connect()
    weather.record(BURGLARY)
    weather.settle(1)
    backup(store_url, tmp_path / "copy")
    for _ in range(3):
        weather.record(BURGLARY)
    weather.settle(1)
    assert weather.panel.recorder.pending == 0, "the cloud has acknowledged all of them"
    weather.store.close()
    target = empty_url()
    restore(tmp_path / "copy", target)
    weather.store = Store.open(target)
    weather.start_ingest()
    known = {(event.kid, event.number) for event in weather.stored()}
    assert len(known & weather.recorded) == 1
    weather.settle(5)
    assert {(event.kid, event.number) for event in weather.stored()} >= weather.recorded
    weather.store.close()


def test_nothing_is_restored_over_what_is_there(store_url: str, tmp_path: Path) -> None:
    store = opened(store_url)
    add_alerts(store, 1)
    store.close()
    backup(store_url, tmp_path / "copy")
    with pytest.raises(BackupError, match=r"there already|not empty"):
        restore(tmp_path / "copy", store_url)
    assert alerts(store_url) == 1


def test_a_copy_is_written_over_nothing(store_url: str, tmp_path: Path) -> None:
    opened(store_url).close()
    copy = tmp_path / "copy"
    copy.write_text("precious")
    with pytest.raises(BackupError, match="there already"):
        backup(store_url, copy)
    assert copy.read_text() == "precious"


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0" + bytes(5000), b"PGDMP" + bytes(100), b"text"])
def test_a_broken_copy_leaves_nothing_behind(
    store_url: str, empty_url: EmptyUrl, tmp_path: Path, content: bytes
) -> None:
    copy, target = tmp_path / "copy", empty_url()
    copy.write_bytes(content)
    with pytest.raises(BackupError):
        restore(copy, target)
    copy.unlink()
    backup_of_good, good = tmp_path / "good", Store.open(store_url)
    backup(store_url, backup_of_good)
    good.close()
    restore(backup_of_good, target)


def test_the_log_of_another_database_is_not_taken_for_ones_own(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    opened(url).close()
    backup(url, tmp_path / "copy")
    (tmp_path / "b.db-wal").write_bytes(b"left")
    with pytest.raises(BackupError, match=r"b\.db-wal"):
        restore(tmp_path / "copy", f"sqlite:///{tmp_path / 'b.db'}")


def test_a_missing_program_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    with pytest.raises(BackupError, match="pg_dump is not installed"):
        backup("postgresql:///x", tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []


def test_the_password_is_not_in_the_list_of_processes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    program = tmp_path / "pg_dump"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" "$PGPASSWORD" > {seen}\nexit 1\n')
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(BackupError, match="pg_dump: failed"):
        backup("postgresql://anna:hunter2@db/x", tmp_path / "copy")
    *arguments, password = seen.read_text().split()
    assert password == "hunter2"
    assert not any("hunter2" in argument for argument in arguments)


def test_the_terminal_copies_and_brings_back(tmp_path: Path) -> None:
    terminal, other = Terminal(tmp_path / "one"), Terminal(tmp_path / "other")
    panel = terminal.facts("panel", "add")["panel"]
    copy = str(tmp_path / "copy")
    assert terminal.facts("backup", copy)["bytes"] > 0
    assert other.facts("restore", copy) == {"file": copy}
    assert [shown["panel"] for shown in other.facts("panel", "list")["panels"]] == [panel]
    again = terminal.run("restore", copy)
    assert again.exit_code == 1
    assert "there already" in again.stderr
