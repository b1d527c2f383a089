"""A panel and the ingest core on one bench: the real recorder, journal, session and store, with time moved by hand."""

import random
from pathlib import Path
from typing import Any

from hemlarm_cloud.ingest.core import IngestCore
from hemlarm_cloud.store import Event, Panel, Store
from hemlarm_cloud.vault import MASTER_KEY_BYTES, Vault
from hemlarm_firmware.clock import Clock
from hemlarm_firmware.journal import Journal
from hemlarm_firmware.memory import Memory
from hemlarm_firmware.recorder import Recorder
from hemlarm_firmware.settings import Settings
from hemlarm_protocol import topics
from hemlarm_protocol.panel_end import PanelEnd, Status
from nor_flash import NorFlash

BEGAN_MS = 1_800_000_000_000
PANEL = bytes.fromhex("a1b2c3d4e5f60718")
ROOT_KEY = bytes(range(32))
BURGLARY, RESTORE, FIRE = 1130, 3130, 1111


class BenchPanel:
    """The firmware's half without its shell: what `App` wires together, minus the alarm logic and the tasks."""

    def __init__(self, seed: int = 1, panel: bytes = PANEL, root_key: bytes = ROOT_KEY) -> None:
        self.id = panel.hex()
        self.now_ms = 0
        self.firmware = 1000
        self.random = random.Random(seed).randbytes
        self.flash, self.state = NorFlash(16), NorFlash(4)
        self._panel, self._root_key = panel, root_key
        self.happened: list[tuple[Any, ...]] = []
        self.boot()

    def boot(self) -> None:
        """Start from whatever is on flash."""
        self.now_ms = 0
        self.clock = Clock(lambda: self.now_ms)
        self.journal = Journal(self.flash)
        self.memory = Memory(Settings(self.state))
        self.memory.boot += 1
        self.recorder = Recorder(self._panel, self._root_key, self.random, self.memory, self.journal, self.clock)
        self.recorder.start()
        self.end = PanelEnd(self._panel, self._root_key, self.random, self.recorder, self._status)

    def record(self, qcode: int = BURGLARY, zone: int = 1) -> int:
        """Journal an event and let the session know."""
        number = self.recorder.record(qcode, 1, zone, 0, 0, 0)
        self.end.poke(self.now_ms)
        return number

    def take_happenings(self) -> None:
        """Do what the shell does with what the session brings, and keep it for the test."""
        for fact in self.end.happenings():
            self.happened.append(fact)
            if fact[0] == "resend":
                self.recorder.send_again(fact[1].kid, fact[1].first, fact[1].last)
                self.end.poke(self.now_ms)

    def _status(self) -> Status:
        return Status(
            self.memory.boot, self.clock.time_s(), self.recorder.next_number, 0, self.firmware, self.memory.salts
        )


class Bench:
    """One panel and one ingest core; frames pass at once unless a test takes them out of `up` or `down`."""

    def __init__(self, url: str = "sqlite://", heartbeat_ms: int = 60_000) -> None:
        self.url = url
        self.heartbeat_ms = heartbeat_ms
        self.vault = Vault(bytes(range(MASTER_KEY_BYTES)))
        self.store = Store.open(url)
        self.panel = BenchPanel()
        self.add_panel(self.panel.id)
        self.now_ms = BEGAN_MS
        self.wire: list[bytes] = []
        self.start_ingest()

    def add_panel(self, panel: str, root_key: bytes = ROOT_KEY) -> None:
        """Make a panel known to the cloud."""
        row = Panel(panel, topics.shard(panel), self.vault.wrap(panel, root_key), "1", BEGAN_MS)
        with self.store.begin() as tx:
            tx.add_panel(row)

    def start_ingest(self) -> None:
        """Start a new ingest process on the same store."""
        self.core = IngestCore(self.store, self.vault, random.Random(2).randbytes, self.heartbeat_ms)
        self.core.pump(self.now_ms)

    def pass_time(self, milliseconds: int) -> None:
        """Let time go by for both ends."""
        self.now_ms += milliseconds
        self.panel.now_ms += milliseconds

    def connect(self) -> None:
        """Open a session and settle."""
        self.panel.end.connected(self.panel.now_ms)
        self.settle()

    def settle(self) -> None:
        """Exchange frames until both ends are silent."""
        for _ in range(200):
            up = self.panel.end.to_send()
            down = self.exchange(up)
            self.down(down)
            self.panel.take_happenings()
            if not up and not down:
                return
        raise AssertionError("the two ends never stop talking")

    def exchange(self, up: list[bytes]) -> list[bytes]:
        """Give frames to the ingest, commit, and return what it answers."""
        self.wire += up
        for frame in up:
            self.core.receive(self.panel.id, frame, self.now_ms)
        return [frame for _, frame in self.core.commit(self.now_ms)]

    def down(self, frames: list[bytes]) -> None:
        """Give frames to the panel."""
        self.wire += frames
        for frame in frames:
            self.panel.end.received(frame, self.panel.now_ms)

    def wake(self) -> None:
        """Move to the panel's next deadline and settle."""
        deadline_ms = self.panel.end.deadline_ms()
        assert deadline_ms is not None
        self.pass_time(max(0, deadline_ms - self.panel.now_ms))
        self.panel.end.wake(self.panel.now_ms)
        self.settle()

    def stored(self) -> list[Event]:
        """Return the stored events that are not void records."""
        with self.store.read() as reading:
            return [event for event in reading.events(self.panel.id, 0, 10_000) if event.qcode]


def file_url(folder: Path) -> str:
    """Return the URL of a database file in a folder."""
    return f"sqlite:///{folder / 'store.db'}"
