"""The cloud in virtual time: the real ingest core and a store in memory, in the world's loop."""

from collections.abc import Mapping, Sequence
from typing import Any

from hemlarm_cloud.ingest.core import COMMAND_REPEAT_MS, IngestCore
from hemlarm_cloud.store import Change, Command, Configuration, Event, Panel, PresumedAlarm, Store
from hemlarm_cloud.vault import MASTER_KEY_BYTES, Vault
from hemlarm_protocol import cbor, topics
from hemlarm_simulator.chance import Chance
from hemlarm_simulator.clock import Clock, Timer
from hemlarm_simulator.ledger import Ledger
from hemlarm_simulator.virtual.broker import StandInBroker

COMMIT_MS = 3
"""From the first frame of a group to its commit: about what the real worker and SQLite take together."""

COMMAND_LIFE_MS = 60_000
_EVENTS_MAX = 100_000


class VirtualCloud:
    """One ingest process and its database; `broker` is its side of the network."""

    def __init__(self, clock: Clock, ledger: Ledger, seed: int) -> None:
        self.store = Store.open("sqlite://")
        self.broker = StandInBroker(clock, self._arrived)
        self._clock = clock
        self._ledger = ledger
        self._chance = Chance(seed, "cloud")
        self._vault = Vault(self._chance(MASTER_KEY_BYTES))
        self.core = IngestCore(self.store, self._vault, self._chance)
        self._group: Timer | None = None
        self._pump: Timer | None = None
        self._last_event = 0

    def provision(self, credentials: Mapping[str, Any]) -> None:
        """Makes a panel known."""
        panel_id = credentials["panel"].hex()
        wrapped = self._vault.wrap(panel_id, credentials["root_key"])
        now_ms = self._clock.unix_ms
        with self.store.begin() as tx:
            tx.add_panel(Panel(panel_id, topics.shard(panel_id), wrapped, "", now_ms))

    def events(self, panel: str) -> list[Event]:
        """All events committed for a panel, in the order of their commits."""
        with self.store.read() as reading:
            return reading.events(panel, limit=_EVENTS_MAX)

    def send_command(self, panel: str, verb: int, argument: int, user: int) -> bytes:
        """Asks something of a panel; returns the command's id."""
        now_ms = self._clock.unix_ms
        command = Command(self._chance(8), panel, "scenario", verb, argument, user, now_ms, now_ms + COMMAND_LIFE_MS)
        with self.store.begin() as tx:
            tx.add_command(command)
        self._pump_now()
        return command.id

    def command(self, command_id: bytes) -> Command | Change | None:
        """The command or the change of the configuration with that id."""
        with self.store.read() as reading:
            return reading.command(command_id) or reading.change(command_id)

    def configure(self, panel: str, edits: "Sequence[cbor.Value]", user: int, base: int | None) -> bytes:
        """Asks a panel to change its configuration of revision `base`, or as stored here; returns the change's id."""
        now_ms = self._clock.unix_ms
        if base is None:
            stored = self.configuration(panel)
            base = stored.revision or 0 if stored else 0
        edits_cbor = cbor.encode(edits)
        change = Change(self._chance(8), panel, "scenario", user, base, edits_cbor, now_ms, now_ms + COMMAND_LIFE_MS)
        with self.store.begin() as tx:
            tx.add_change(change)
        self._pump_now()
        return change.id

    def configuration(self, panel: str) -> Configuration | None:
        """What a panel last told of its configuration."""
        with self.store.read() as reading:
            return reading.configuration(panel)

    def presumed_alarms(self, panel: str) -> list[PresumedAlarm]:
        """The alarms raised for a panel that went silent in its entry delay, oldest first."""
        with self.store.read() as reading:
            return reading.presumed_alarms(panel)

    def close(self) -> None:
        """Frees the database."""
        self.store.close()

    def _arrived(self, topic: str, payload: bytes) -> None:
        panel, _ = topics.parse(topic)
        self.core.receive(panel, payload, self._clock.unix_ms)
        if self._group is None or not self._group.live:
            self._group = self._clock.call_in(COMMIT_MS, self._commit)

    def _commit(self) -> None:
        before = sum(self.core.counts.values())
        self._publish(self.core.commit(self._clock.unix_ms))
        if sum(self.core.counts.values()) > before:
            self._enter_stored()
        if self.core.deadline_ms(self._clock.unix_ms) is not None:
            self._pump_now()

    def _enter_stored(self) -> None:
        with self.store.read() as reading:
            stored = reading.events(after_id=self._last_event, limit=_EVENTS_MAX)
        for event in stored:
            self._last_event = event.id
            self._ledger.enter(self._clock.now_ms, "stored", *event)

    def _pump_now(self) -> None:
        """Does what is due, and looks again as long as something waits: so that a quiet cloud plans no timers."""
        now_ms = self._clock.unix_ms
        self.core.expire(now_ms)
        self._publish(self.core.pump(now_ms))
        with self.store.read() as reading:
            waiting = reading.due_commands(now_ms) or reading.due_changes(now_ms)
        deadline_ms = self.core.deadline_ms(now_ms)
        waits_ms = [COMMAND_REPEAT_MS] if waiting else []
        if deadline_ms is not None:
            waits_ms.append(max(1, deadline_ms - now_ms))
        if self._pump:
            self._pump.cancel()
        self._pump = self._clock.call_in(min(waits_ms), self._pump_now) if waits_ms else None

    def _publish(self, frames: list[tuple[str, bytes]]) -> None:
        for panel, frame in frames:
            self.broker.publish(topics.down(panel), frame)


class PanelCloud:
    """The view of one panel that scenarios ask for."""

    def __init__(self, cloud: VirtualCloud, panel: str) -> None:
        self._cloud = cloud
        self._panel = panel

    def events(self) -> list[Event]:
        """All events that the cloud has committed for the panel, in the order of their commits."""
        return self._cloud.events(self._panel)

    def send_command(self, verb: int, argument: int, user: int) -> bytes:
        """Asks something of the panel; returns the command's id."""
        return self._cloud.send_command(self._panel, verb, argument, user)

    def command(self, command_id: bytes) -> Command | Change | None:
        """The command or the change of the configuration with that id."""
        return self._cloud.command(command_id)

    def configure(self, edits: "Sequence[cbor.Value]", user: int = 0, base: int | None = None) -> bytes:
        """Asks the panel to change its configuration of revision `base`, or as stored here; returns the change's id."""
        return self._cloud.configure(self._panel, edits, user, base)

    def configuration(self) -> Configuration | None:
        """What the panel last told of its configuration, without secrets; None before it was ever asked for."""
        return self._cloud.configuration(self._panel)

    def presumed_alarms(self) -> list[PresumedAlarm]:
        """The alarms raised for the panel because it went silent in its entry delay, oldest first."""
        return self._cloud.presumed_alarms(self._panel)
