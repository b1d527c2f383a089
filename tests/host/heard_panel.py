"""A panel that is only a session, and an ingest core with a store: who is heard, when, and on which path.

Both clocks of the cloud are moved by hand, and each frame can be kept and delivered later.
"""

import random

from hemlarm_cloud.ingest.core import IngestCore
from hemlarm_cloud.store import LineFault, Panel
from hemlarm_cloud.vault import MASTER_KEY_BYTES, Vault
from hemlarm_protocol import keys, messages, sealing, topics
from hemlarm_protocol.session import Reader, Writer
from hemlarm_simulator.virtual.crashing_store import CrashingStore

IP, MOBILE = 1, 2
ROOT_KEY = bytes(range(32))
BEGAN_MS = 1_800_000_000_000


class HeardPanel:
    """One panel. `frame...` make what it says; `uptime_ms` is its own clock."""

    def __init__(self, number: int = 1, firmware: int = 1_003) -> None:
        self._random = random.Random(number).randbytes
        self.panel = bytes([number]) * 8
        self.id = self.panel.hex()
        self.salt = self._random(16)
        self.firmware = firmware
        self.uptime_ms = 0
        self.journal = keys.journal_key(ROOT_KEY, self.panel, self.salt)
        self._hello = b""
        self._writer: Writer | None = None
        self._reader: Reader | None = None
        self.heard: list[messages.Message] = []

    def hello(self) -> bytes:
        """It wants a session."""
        key = keys.hello_key(ROOT_KEY, self.panel)
        hello = messages.Hello(1, self._random(16), self.uptime_ms, None, 1, 0, self.firmware, [self.salt])
        self._hello = sealing.frame(key, sealing.seal_random(key, self._random(13), messages.encode(hello)))
        return self._hello

    def take(self, frames: list[bytes]) -> None:
        """Frames from the cloud: the first one is a Welcome's, if it is not in session."""
        for frame in frames:
            kid, sealed = sealing.split_frame(frame)
            if kid == keys.welcome_key(ROOT_KEY, self.panel, self._hello).kid:
                up = keys.session_key(ROOT_KEY, self.panel, self._hello, frame, keys.UP, 0)
                down = keys.session_key(ROOT_KEY, self.panel, self._hello, frame, keys.DOWN, 0)
                self._writer, self._reader = Writer(up), Reader(down, keys.DOWN)
            elif self._reader and kid == self._reader.kid:
                self.heard.append(self._reader.open(sealed))

    def heartbeat(self, path: int = IP) -> bytes:
        """A heartbeat of this moment; firmware before 1.3 knows no paths."""
        if self.firmware < 1_003:
            return self.say(messages.Heartbeat(self.uptime_ms, 1, 0, 1000, 0))
        return self.say(messages.PathHeartbeat(self.uptime_ms, 1, 0, 1000, 0, path))

    def say(self, message: "messages.Message") -> bytes:
        """A message in its session."""
        assert self._writer, "it has no session"
        return self._writer.frame(message)

    def event(self, number: int, qcode: int = 1130) -> bytes:
        """A sealed event behind its key id, as it is sent over any path."""
        event = messages.Event(qcode, 1, 1, 0, 0, 0, 1, self.uptime_ms, None)
        return sealing.frame(self.journal, sealing.seal_numbered(self.journal, number, messages.encode(event)))

    def levels(self) -> list[tuple[int, int]]:
        """The levels it has been told, in order."""
        return [(each.primary_ms, each.standby_ms) for each in self.heard if isinstance(each, messages.Levels)]


class Watch:
    """A cloud with some such panels, supervised every second."""

    def __init__(self, *panels: HeardPanel, heartbeat_ms: int | None = None) -> None:
        self.panels = panels or (HeardPanel(),)
        self.panel = self.panels[0]
        self.vault = Vault(bytes(range(MASTER_KEY_BYTES)))
        self.store = CrashingStore.open()
        self.heartbeat_ms = heartbeat_ms
        self.steady_ms = 7_000_000
        self.wrong_ms = 0
        with self.store.begin() as tx:
            for panel in self.panels:
                wrapped = self.vault.wrap(panel.id, ROOT_KEY)
                tx.add_panel(Panel(panel.id, topics.shard(panel.id), wrapped, "1", BEGAN_MS))
        self.start_ingest()

    @property
    def unix_ms(self) -> int:
        """The wall clock."""
        return BEGAN_MS + self.steady_ms + self.wrong_ms

    def start_ingest(self) -> None:
        """A new process."""
        chance = random.Random(self.steady_ms).randbytes
        self.core = IngestCore(self.store, self.vault, chance, self.heartbeat_ms, lambda: self.steady_ms)
        self.core.pump(self.unix_ms)
        self.core.supervise(self.unix_ms)

    def pass_time(self, ms: int, step_ms: int = 1_000) -> None:
        """Let time go by, with a look at who is silent in each step."""
        for elapsed_ms in range(0, ms, step_ms):
            self.skip(min(step_ms, ms - elapsed_ms))
            self.core.supervise(self.unix_ms)

    def skip(self, ms: int) -> None:
        """Let time go by, and nobody looks."""
        self.steady_ms += ms
        for panel in self.panels:
            panel.uptime_ms += ms

    def give(self, *frames: bytes, panel: HeardPanel | None = None) -> list[bytes]:
        """Give the ingest frames of a panel, which gets what is answered."""
        panel = panel or self.panel
        for frame in frames:
            self.core.receive(panel.id, frame, self.unix_ms)
        answers = [frame for _, frame in self.core.commit(self.unix_ms)]
        panel.take(answers)
        return answers

    def connect(self, panel: HeardPanel | None = None) -> None:
        """A panel opens a session, on IP."""
        panel = panel or self.panel
        self.give(panel.hello(), panel=panel)
        self.give(panel.heartbeat(), panel=panel)

    def faults(self, panel: HeardPanel | None = None) -> list[LineFault]:
        """All line faults in the store, oldest first."""
        with self.store.read() as reading:
            return reading.line_faults((panel or self.panel).id)

    def lasting(self, panel: HeardPanel | None = None) -> list[tuple[str, int]]:
        """What lasts, as (kind, path)."""
        return sorted((fault.kind, fault.path) for fault in self.faults(panel) if fault.ended_ms is None)

    def alerts(self) -> list[str]:
        """What a person is to look at."""
        with self.store.read() as reading:
            return [alert.kind for alert in reading.alerts() if not alert.kind.endswith("-restored")]
