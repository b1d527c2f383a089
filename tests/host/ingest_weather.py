"""A panel, a store and an ingest with a bad network between, for tests that play what may go wrong in any order.

Frames wait on the line until somebody delivers, repeats or loses them. The store can be copied and put back, a commit
can fail or be the last thing a process does, and the cloud's wall clock can be set.
"""

import random
from typing import Any

from hemlarm_cloud.ingest.core import IngestCore
from hemlarm_cloud.store import Event, Panel, StoreError
from hemlarm_cloud.vault import MASTER_KEY_BYTES, Vault
from hemlarm_protocol import topics
from hemlarm_simulator.virtual.crashing_store import CrashingStore, IngestCrashError
from ingest_support import BEGAN_MS, ROOT_KEY, BenchPanel

HEARTBEAT_MS = 60_000


class Weather:
    """`up` and `down` are the frames on the line."""

    def __init__(self) -> None:
        self.panel = BenchPanel()
        self.store = CrashingStore.open()
        self.vault = Vault(bytes(range(MASTER_KEY_BYTES)))
        with self.store.begin() as tx:
            wrapped = self.vault.wrap(self.panel.id, ROOT_KEY)
            tx.add_panel(Panel(self.panel.id, topics.shard(self.panel.id), wrapped, "1", BEGAN_MS))
        self.up: list[bytes] = []
        self.down: list[bytes] = []
        self.steady_ms = 5_000_000
        self.wrong_ms = 0
        self.ingests = 0
        self.recorded: set[tuple[bytes, int]] = set()
        self.kids = {self.panel.recorder._key.kid}
        self.start_ingest()

    @property
    def unix_ms(self) -> int:
        """The cloud's wall clock."""
        return BEGAN_MS + self.steady_ms + self.wrong_ms

    def start_ingest(self) -> None:
        """A new process, that knows what the store knows."""
        self.ingests += 1
        chance = random.Random(self.ingests).randbytes
        self.core = IngestCore(self.store, self.vault, chance, HEARTBEAT_MS, lambda: self.steady_ms)
        self.down += self._frames(self.core.pump(self.unix_ms))

    def pass_time(self, ms: int) -> None:
        """Let time go by for both."""
        self.steady_ms += ms
        self.panel.now_ms += ms

    # The panel.

    def record(self, qcode: int, area: int = 1, detail: int = 0) -> int:
        """The panel journals an event."""
        number = self.panel.recorder.record(qcode, area, 1, 0, 0, detail)
        self.recorded.add((self.panel.recorder._key.kid, number))
        self.panel.end.poke(self.panel.now_ms)
        self.collect()
        return number

    def connect(self) -> None:
        """The panel connects anew: what was on the line is lost."""
        self.disconnect()
        self.panel.end.connected(self.panel.now_ms)
        self.collect()

    def disconnect(self) -> None:
        """The line breaks."""
        self.panel.end.disconnected()
        self.up, self.down = [], []

    def reboot(self) -> None:
        """The panel starts from its flash."""
        self.disconnect()
        self.panel.boot()

    def begin_incarnation(self) -> None:
        """The panel's numbering begins anew, under another key."""
        self.panel.recorder._begin_incarnation()
        self.panel.memory.save()
        self.kids.add(self.panel.recorder._key.kid)

    def forget_state(self) -> None:
        """All of the panel's memory but the journal is gone."""
        for sector in range(0, self.panel.state.size, self.panel.state.sector_size):
            self.panel.state.erase(sector)
        self.reboot()
        self.kids.add(self.panel.recorder._key.kid)

    def wake(self) -> None:
        """Go on to the panel's next deadline."""
        deadline_ms = self.panel.end.deadline_ms()
        if deadline_ms is not None:
            self.pass_time(max(0, deadline_ms - self.panel.now_ms))
            self.panel.end.wake(self.panel.now_ms)
            self.collect()

    def collect(self) -> None:
        """Take what the panel wants to send, and do what the session tells its shell."""
        self.panel.take_happenings()
        self.up += self.panel.end.to_send()

    # The line and the cloud.

    def deliver_up(self, place: int = 0, keep: bool = False) -> None:
        """One frame reaches the ingest; with `keep` it will do so once more."""
        frame = self.up[place] if keep else self.up.pop(place)
        self.core.receive(self.panel.id, frame, self.unix_ms)

    def deliver_down(self, place: int = 0, keep: bool = False) -> None:
        """One frame reaches the panel."""
        frame = self.down[place] if keep else self.down.pop(place)
        self.panel.end.received(frame, self.panel.now_ms)
        self.collect()

    def commit(self, trouble: str = "") -> None:
        """The ingest commits. `trouble`: "full" disk, or a crash at a point of `crashing_store.CRASH_POINTS`."""
        self.store.at_commit = (lambda point: self._trouble(trouble, point)) if trouble else None
        try:
            self.down += self._frames(self.core.commit(self.unix_ms))
        except StoreError:
            pass
        except IngestCrashError:
            self.store.at_commit = None
            self.start_ingest()
        self.store.at_commit = None

    def restore(self, copy: bytes) -> None:
        """The store is put back to an old copy."""
        self.store.restore(copy)
        self.start_ingest()

    def exchange(self) -> None:
        """Deliver what is on the line, and what follows from it."""
        while self.up or self.down:
            for _ in range(len(self.up)):
                self.deliver_up()
            self.commit()
            for _ in range(len(self.down)):
                self.deliver_down()

    def settle(self, heartbeats: int = 12) -> None:
        """Nothing goes wrong any more, for so many heartbeats."""
        until_ms = self.steady_ms + heartbeats * HEARTBEAT_MS
        self.exchange()
        while self.steady_ms < until_ms:
            self.wake()
            self.exchange()

    # What there is.

    def stored(self) -> list[Event]:
        """All events in the store, void records too."""
        with self.store.read() as reading:
            return reading.events(self.panel.id, limit=100_000)

    def store_knows_every_key(self) -> bool:
        """Tell whether all incarnations of the panel are in the store."""
        with self.store.read() as reading:
            return self.kids == {incarnation.kid for incarnation in reading.incarnations(self.panel.id)}

    def journalled(self) -> set[tuple[bytes, int]]:
        """The events that are in the panel's journal still, acknowledged or not."""
        return {(kid, number) for kid, number in self.recorded if self.panel.journal.holds(kid, number)}

    def _frames(self, published: list[tuple[str, bytes]]) -> list[bytes]:
        return [frame for _, frame in published]

    def _trouble(self, trouble: str, point: str) -> Any:
        if trouble == point:
            raise IngestCrashError(point)
        if trouble == "full" and point == "before-commit":
            raise StoreError("disk full")
