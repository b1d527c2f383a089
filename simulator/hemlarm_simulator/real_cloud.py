"""A real cloud on this machine: real broker, real ingest process, real database, each of which can be killed.

For the demonstration, for scenarios in real time and for tests. Everything lives in one folder.
"""

import os
import shutil
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from hemlarm_cloud.authority import Authority
from hemlarm_cloud.broker import BrokerLogin, start_broker
from hemlarm_cloud.ingest import __main__ as ingest_process
from hemlarm_cloud.ingest.readings import readings_of
from hemlarm_cloud.ingest.requests_sent import CODE_PURPOSE
from hemlarm_cloud.pictures import arriving
from hemlarm_cloud.provision import PanelCredentials, is_admitted, provision_panel, revoke
from hemlarm_cloud.store import Alert, Change, Command, Configuration, Event, PresumedAlarm, Store
from hemlarm_cloud.vault import Vault
from hemlarm_protocol import cbor

COMMAND_LIFE_MS = 60_000
_STOP_S = 10.0
_EVENTS_MAX = 1_000_000


class RealCloud:
    """A cloud in `folder`, running between `start` and `stop`, or as a context manager.

    `heartbeat_ms` is how often it wants to hear from panels; `traced(line)` gets one JSON line after each commit of the
    ingest, from a thread of its own.
    """

    def __init__(
        self,
        folder: Path,
        broker: str = "nats",
        heartbeat_ms: int = 5_000,
        traced: Callable[[str], None] | None = None,
    ) -> None:
        self._folder = folder
        self._kind = broker
        self._heartbeat_ms = heartbeat_ms
        self._traced = traced
        self._worker: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._vault_file = folder / "master.key"
        self.database = folder / "store.db"

    def start(self) -> None:
        """Make or open everything, and return when panels can connect and the ingest has started."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self.store = Store.open(self._url)
        new = not self._vault_file.exists()
        self.vault = Vault.create(self._vault_file, os.urandom) if new else Vault.load(self._vault_file)
        authority = self._folder / "authority"
        self.authority = Authority.load(authority) if authority.exists() else Authority.create(authority, _now())
        self.broker = start_broker(
            self._kind, self._folder / "broker", self.authority, self._admitted, check_period_s=1.0
        )
        self._login: BrokerLogin = self.broker.login(self.authority.issue_cloud("cloud-ingest", _now()))
        self.start_ingest()

    def stop(self) -> None:
        """End everything in good order."""
        self.stop_ingest()
        self.broker.stop()
        self.store.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # Its parts.

    def start_ingest(self) -> None:
        """Start the ingest process."""
        further = ["--heartbeat-ms", str(self._heartbeat_ms)] + (["--trace"] if self._traced else [])
        command = ingest_process.arguments_for(self._url, self._vault_file, self._login, *further)
        with (self._folder / "ingest.log").open("a") as log:
            self._worker = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        if self._traced:
            self._reader = threading.Thread(target=self._read, args=(self._worker, self._traced), daemon=True)
            self._reader.start()

    def stop_ingest(self) -> None:
        """End the ingest process in good order."""
        self._end_ingest(signal.SIGTERM)

    def kill_ingest(self) -> None:
        """End the ingest process with SIGKILL."""
        self._end_ingest(signal.SIGKILL)

    def copy_store(self, target: Path) -> None:
        """Copy the database as it is now to the file `target`."""
        with closing(sqlite3.connect(self.database)) as now, closing(sqlite3.connect(target)) as copy:
            now.backup(copy)

    def restore_store(self, source: Path) -> None:
        """Put the copy `source` in place of the database; the ingest must be stopped."""
        self.store.close()
        for file in self._folder.glob(f"{self.database.name}*"):
            file.unlink()
        shutil.copy2(source, self.database)
        self.store = Store.open(self._url)

    def _end_ingest(self, number: signal.Signals) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        worker.send_signal(number)
        worker.wait(_STOP_S)
        if self._reader:
            self._reader.join(_STOP_S)
            self._reader = None
        if worker.stdout:
            worker.stdout.close()

    def _read(self, worker: "subprocess.Popen[str]", traced: Callable[[str], None]) -> None:
        assert worker.stdout is not None
        for line in worker.stdout:
            traced(line)

    @property
    def _url(self) -> str:
        return f"sqlite:///{self.database}"

    # Panels, events, commands.

    def provision(self) -> PanelCredentials:
        """Make a panel known, and return what it must know."""
        host, port = self.broker.host, self.broker.port
        return provision_panel(self.store, self.vault, self.authority, os.urandom, _now(), host=host, port=port)

    def revoke(self, panel: str) -> None:
        """Put a panel out."""
        revoke(self.store, panel, _now())

    def events(self, panel: str, after_id: int = 0) -> list[Event]:
        """Return a panel's committed events, in the order of their commits."""
        with self.store.read() as reading:
            return reading.events(panel, after_id, _EVENTS_MAX)

    def alerts(self, panel: str) -> list[Alert]:
        """Return what a person should look at."""
        with self.store.read() as reading:
            return reading.alerts(panel)

    def send_command(self, panel: str, verb: int, argument: int, user: int, code: str = "") -> bytes:
        """Ask something of a panel, perhaps with a user's code; returns the command's id."""
        now_ms = round(_now().timestamp() * 1000)
        command_id = os.urandom(8)
        sealed = self.vault.seal(CODE_PURPOSE, command_id.hex(), code.encode()) if code else None
        life = now_ms, now_ms + COMMAND_LIFE_MS
        with self.store.begin() as tx:
            tx.add_command(Command(command_id, panel, "simulator", verb, argument, user, *life, code=sealed))
        return command_id

    def readings(self, panel: str) -> dict[tuple[int, int], int]:
        """Return what a panel last told of its temperatures, plugs, locks and areas, by kind and number."""
        with self.store.read() as reading:
            return readings_of(reading, panel)

    def command(self, command_id: bytes) -> Command | Change | None:
        """Return a command, or a change of the configuration, and what became of it."""
        with self.store.read() as reading:
            return reading.command(command_id) or reading.change(command_id)

    def configure(self, panel: str, edits: "Sequence[cbor.Value]", user: int, base: int | None) -> bytes:
        """Ask a panel to change its configuration of revision `base`, or as stored here; returns the change's id."""
        if base is None:
            stored = self.configuration(panel)
            base = stored.revision or 0 if stored else 0
        now_ms = round(_now().timestamp() * 1000)
        change_id = os.urandom(8)
        with self.store.begin() as tx:
            tx.add_change(
                Change(change_id, panel, "simulator", user, base, cbor.encode(edits), now_ms, now_ms + COMMAND_LIFE_MS)
            )
        return change_id

    def configuration(self, panel: str) -> Configuration | None:
        """Return what a panel last told of its configuration."""
        with self.store.read() as reading:
            return reading.configuration(panel)

    def presumed_alarms(self, panel: str) -> list[PresumedAlarm]:
        """Return the alarms raised for a panel that went silent in its entry delay, oldest first."""
        with self.store.read() as reading:
            return reading.presumed_alarms(panel)

    def _admitted(self, panel: str) -> bool:
        return is_admitted(self.store, panel)


def _now() -> datetime:
    return datetime.now(UTC)


class PanelInCloud:
    """One panel as its cloud knows it: what a world and a scenario ask of a cloud."""

    def __init__(self, cloud: RealCloud, panel: str) -> None:
        self._cloud = cloud
        self._panel = panel
        self._events: list[Event] = []

    def events(self) -> list[Event]:
        """All events that the cloud has committed for the panel, in the order of their commits."""
        after_id = self._events[-1].id if self._events else 0
        self._events = self._events + self._cloud.events(self._panel, after_id)
        return self._events

    def events_seen(self) -> list[Event]:
        """The events that the last call of `events` returned, for a thread that must not ask the store."""
        return self._events

    def send_command(self, verb: int, argument: int, user: int, code: str = "") -> bytes:
        """Ask something of the panel, perhaps with a user's code; returns the command's id."""
        return self._cloud.send_command(self._panel, verb, argument, user, code)

    def pictures(self) -> list[int]:
        """Return the camera's zone of each of the panel's pictures that has arrived whole."""
        with self._cloud.store.read() as reading:
            return arriving.arrived(reading, self._panel)

    def readings(self) -> dict[tuple[int, int], int]:
        """Return what the panel last told of its temperatures, plugs, locks and areas, by kind and number."""
        return self._cloud.readings(self._panel)

    def command(self, command_id: bytes) -> Command | Change | None:
        """Return the command, or the change of the configuration, with that id."""
        return self._cloud.command(command_id)

    def configure(self, edits: "Sequence[cbor.Value]", user: int = 0, base: int | None = None) -> bytes:
        """Ask the panel to change its configuration of revision `base`, or as stored; returns the change's id."""
        return self._cloud.configure(self._panel, edits, user, base)

    def configuration(self) -> Configuration | None:
        """Return what the panel last told of its configuration, without secrets; None before it was ever asked for."""
        return self._cloud.configuration(self._panel)

    def presumed_alarms(self) -> list[PresumedAlarm]:
        """Return the alarms raised for the panel because it went silent in its entry delay, oldest first."""
        return self._cloud.presumed_alarms(self._panel)
