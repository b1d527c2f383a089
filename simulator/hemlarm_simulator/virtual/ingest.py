"""The cloud in virtual time: the real ingest core and a store in memory, in the world's loop.

What a worker does around the core is played here: it commits what came together, pumps when something is due, and
connects to the broker again as `BrokerClient` does. It can die, with all that it has not committed.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hemlarm_cloud.broker.client import RECONNECT_S
from hemlarm_cloud.ingest.core import COMMAND_REPEAT_MS
from hemlarm_cloud.ingest.readings import readings_of
from hemlarm_cloud.ingest.requests_sent import CODE_PURPOSE
from hemlarm_cloud.sms import envelope
from hemlarm_cloud.sms.gateway import SmsGateway
from hemlarm_cloud.store import Change, Command, Configuration, Event, LineFault, Panel, PathReport, PresumedAlarm
from hemlarm_cloud.vault import MASTER_KEY_BYTES, Vault
from hemlarm_protocol import cbor, topics
from hemlarm_simulator.chance import Chance
from hemlarm_simulator.clock import Clock, Timer
from hemlarm_simulator.ledger import Ledger
from hemlarm_simulator.modem.sms_centre import SmsCentre, Subscriber
from hemlarm_simulator.modem_description import CENTRE_NUMBER
from hemlarm_simulator.virtual.broker import StandInBroker
from hemlarm_simulator.virtual.crashing_store import CRASH_POINTS, CrashingStore, IngestCrashError
from hemlarm_simulator.virtual.disturbance import Disturbance
from hemlarm_simulator.virtual.faults import DIRECTIONS, Faults
from hemlarm_simulator.virtual.lying_core import LyingCore

COMMIT_MS = 3
"""From the first frame of a group to its commit: about what the real worker and SQLite take together."""

COMMAND_LIFE_MS = 60_000
_EVENTS_MAX = 100_000

_SETTLED_MS = 10 * COMMAND_LIFE_MS
"""So long behind the last request nothing can expire; supervision pumps on, and must be cheap."""


def _nothing() -> None:
    pass


class VirtualCloud:
    """One ingest process and its database; `broker` is its side of the network."""

    core_type: type[LyingCore] = LyingCore
    """What each new process runs."""

    def __init__(
        self,
        clock: Clock,
        ledger: Ledger,
        seed: int,
        faults: Faults | None = None,
        store: CrashingStore | None = None,
    ) -> None:
        self.store = store or CrashingStore.open()
        self.faults = faults or Faults(clock, ledger)
        self.disturbances = {
            direction: Disturbance(direction, clock, self.faults, Chance(seed, f"disturbance {direction}"))
            for direction in DIRECTIONS
        }
        self.broker = StandInBroker(clock, self._arrived, self.disturbances)
        self.at_rest: Callable[[], None] = _nothing
        """Called after whatever may have stored something, with nothing half-done."""
        self._clock = clock
        self._ledger = ledger
        self._chance = Chance(seed, "cloud")
        self.vault = Vault(self._chance(MASTER_KEY_BYTES))
        self._heartbeat_ms: int | None = None
        self._wrong_by_ms = 0
        self._group: Timer | None = None
        self._pump: Timer | None = None
        self._pump_ms = 0
        self._gateway = SmsGateway()
        self._phones: list[tuple[SmsCentre, Subscriber]] = []
        self._asked_ms = 0
        self._waiting = False
        self._last_event = 0
        self._crash: tuple[str, int] | None = None
        self._committing: int | None = None
        self._returns: Timer | None = None
        self._connects: Timer | None = None
        self.store.at_commit = self._at_commit
        self.core = self._new_core()

    @property
    def unix_ms(self) -> int:
        """The cloud's wall clock: milliseconds since 1970, and wrong by as much as it has been told to jump."""
        return self._clock.unix_ms + self._wrong_by_ms

    @property
    def running(self) -> bool:
        """Whether the ingest's process lives."""
        return self._returns is None or not self._returns.live

    def pace(self, heartbeat_ms: int) -> None:
        """Starts an ingest that wants to hear from panels so often, whatever their levels; the one before is gone."""
        self._heartbeat_ms = heartbeat_ms
        self.core = self._new_core()

    # What people and their tools do with the store.

    def provision(self, credentials: Mapping[str, Any]) -> None:
        """Makes a panel known."""
        panel_id = credentials["panel"].hex()
        wrapped = self.vault.wrap(panel_id, credentials["root_key"])
        now_ms = self.unix_ms
        with self.store.begin() as tx:
            tx.add_panel(Panel(panel_id, topics.shard(panel_id), wrapped, "", now_ms))

    def events(self, panel: str) -> list[Event]:
        """All events committed for a panel, in the order of their commits."""
        with self.store.read() as reading:
            return reading.events(panel, limit=_EVENTS_MAX)

    def send_command(self, panel: str, verb: int, argument: int, user: int, code: str = "") -> bytes:
        """Asks something of a panel, perhaps with a user's code; returns the command's id."""
        now_ms, command_id = self.unix_ms, self._chance(8)
        sealed = self.vault.seal(CODE_PURPOSE, command_id.hex(), code.encode()) if code else None
        life = now_ms, now_ms + COMMAND_LIFE_MS
        command = Command(command_id, panel, "scenario", verb, argument, user, *life, code=sealed)
        with self.store.begin() as tx:
            tx.add_command(command)
        self.asked()
        return command.id

    def readings(self, panel: str) -> dict[tuple[int, int], int]:
        """What a panel last told of its temperatures, plugs, locks and areas, by kind and number."""
        with self.store.read() as reading:
            return readings_of(reading, panel)

    def asked(self) -> None:
        """A request may wait in the store, or may have lived too long there."""
        self._asked_ms = self._clock.now_ms
        self._pump_now()

    def command(self, command_id: bytes) -> Command | Change | None:
        """The command or the change of the configuration with that id."""
        with self.store.read() as reading:
            return reading.command(command_id) or reading.change(command_id)

    def configure(self, panel: str, edits: "Sequence[cbor.Value]", user: int, base: int | None) -> bytes:
        """Asks a panel to change its configuration of revision `base`, or as stored here; returns the change's id."""
        now_ms = self.unix_ms
        if base is None:
            stored = self.configuration(panel)
            base = stored.revision or 0 if stored else 0
        edits_cbor = cbor.encode(edits)
        change = Change(self._chance(8), panel, "scenario", user, base, edits_cbor, now_ms, now_ms + COMMAND_LIFE_MS)
        with self.store.begin() as tx:
            tx.add_change(change)
        self.asked()
        return change.id

    def configuration(self, panel: str) -> Configuration | None:
        """What a panel last told of its configuration."""
        with self.store.read() as reading:
            return reading.configuration(panel)

    def presumed_alarms(self, panel: str) -> list[PresumedAlarm]:
        """The alarms raised for a panel that went silent in its entry delay, oldest first."""
        with self.store.read() as reading:
            return reading.presumed_alarms(panel)

    def set_levels(self, panel: str, link_level_s: int, standby_level_s: int = 90_000) -> None:
        """Sets how long a panel may be silent, and one of its paths."""
        with self.store.begin() as tx:
            tx.set_levels(panel, link_level_s, standby_level_s)
        self._pump_now()

    def register_sms(self, panel: str, number: str | None) -> None:
        """Sets where what came by SMS is acknowledged to."""
        with self.store.begin() as tx:
            tx.set_sms_number(panel, number)

    def line_faults(self, panel: str) -> list[LineFault]:
        """A panel's silences that lasted too long, oldest first."""
        with self.store.read() as reading:
            return reading.line_faults(panel)

    def path_reports(self, panel: str) -> list[PathReport]:
        """What a panel last told of each of its paths."""
        with self.store.read() as reading:
            return reading.path_reports(panel)

    def connect_sms(self, centre: SmsCentre, number: str = CENTRE_NUMBER) -> None:
        """The cloud has a phone number from now on, and a gateway behind it that runs whenever the broker does.

        Houses with an SMS centre of their own each reach it there.
        """
        self._phones.append((centre, centre.subscriber(number, self._sms_arrived)))

    def close(self) -> None:
        """Frees the database."""
        self.store.close()

    # What goes wrong.

    def crash(self, down_ms: int, when: str = "now") -> None:
        """The ingest dies with all that it has not committed, and a new one starts `down_ms` later.

        "now", or around the next commit of an event: "before-commit", or "after-commit" and before it is acknowledged.
        One that is dead already does not die again.
        """
        assert when in ("now", *CRASH_POINTS), when
        if when != "now":
            self._crash = (when, down_ms)
        elif self.running:
            self.faults.happened("ingest-crash-now")
            self._die(down_ms)

    def backup(self) -> bytes:
        """A copy of the store, for `restore`."""
        return self.store.backup()

    def restore(self, token: bytes, down_ms: int) -> None:
        """The store is lost and replaced by an old copy of it; the ingest stands still for `down_ms` from now."""
        self.store.restore(token)
        with self.store.read() as reading:
            stored = reading.events(limit=_EVENTS_MAX)
        self._last_event = max((event.id for event in stored), default=0)
        self.faults.happened("store-restored", len(stored))
        self._die(down_ms)

    def jump_clock(self, delta_ms: int) -> None:
        """The cloud's wall clock jumps, and is wrong until it jumps back."""
        self._wrong_by_ms += delta_ms
        self.faults.happened("cloud-clock-jump", delta_ms)
        self.asked()

    def misacknowledge(self) -> None:
        """The next event that comes in a session is lost, and acknowledged with a tag that is not its own."""
        self.core.lie()

    def wipe_broker(self, down_ms: int) -> None:
        """The broker loses everything and is away for `down_ms`; the ingest connects again by itself."""
        self.faults.happened("broker-wipe")
        self.broker.wipe(down_ms)
        if self.running:
            self._connect(0)

    def calm(self) -> None:
        """Takes back all that was ordered and has not happened. The clock is right again."""
        self._crash = None
        self.core.lie(False)
        for disturbance in self.disturbances.values():
            disturbance.end()
        if self._wrong_by_ms:
            self._wrong_by_ms = 0
            self.asked()

    # The ingest's process.

    def _new_core(self) -> LyingCore:
        return self.core_type(
            self.store,
            self.vault,
            self._chance,
            told=self.faults.happened,
            heartbeat_ms=self._heartbeat_ms,
            steady_ms=lambda: self._clock.now_ms,
        )

    def _die(self, down_ms: int) -> None:
        for timer in (self._group, self._pump, self._connects, self._returns):
            if timer is not None:
                timer.cancel()
        self.broker.listen(False)
        lying = self.core.lying
        self.core = self._new_core()
        self.core.lie(lying)
        self._asked_ms = self._clock.now_ms
        self._returns = self._clock.call_in(down_ms, lambda: self._connect(0))

    def _connect(self, attempt: int) -> None:
        if self._connects is not None:
            self._connects.cancel()
        if not self.broker.up:
            pause_s = RECONNECT_S[min(attempt, len(RECONNECT_S) - 1)]
            self._connects = self._clock.call_in(round(1000 * pause_s), lambda: self._connect(attempt + 1))
            return
        self.broker.listen(True)
        self.core.listening(self.unix_ms)
        self._pump_now()

    def _arrived(self, topic: str, payload: bytes) -> None:
        panel, _ = topics.parse(topic)
        self.core.receive(panel, payload, self.unix_ms)
        self._commit_soon()

    def _sms_arrived(self, sender: str, octets: bytes) -> None:
        if not self.broker.heard:
            return
        with self.store.read() as reading:
            published = self._gateway.received(sender, octets, reading.panels_with)
        for topic, payload in published:
            panel, _ = topics.parse(topic)
            told_sender, frames = envelope.unpack_up(payload)
            for frame in frames:
                self.core.receive_sms(panel, frame, self.unix_ms, told_sender)
        self._commit_soon()

    def _commit_soon(self) -> None:
        if self._group is None or not self._group.live:
            self._group = self._clock.call_in(COMMIT_MS, self._commit)

    def _commit(self) -> None:
        before = self._committing = sum(self.core.counts.values())
        try:
            self._publish(self.core.commit(self.unix_ms))
        except IngestCrashError:
            assert self._crash is not None
            when, down_ms = self._crash
            self._crash = None
            self.faults.happened(f"ingest-crash-{when}")
            self._enter_stored()
            self._die(down_ms)
            return
        finally:
            self._committing = None
        if sum(self.core.counts.values()) > before:
            self._enter_stored()
        self.at_rest()
        now_ms = self.unix_ms
        deadline_ms = self.core.deadline_ms(now_ms)
        if self._waiting or (deadline_ms is not None and deadline_ms <= now_ms):
            self._pump_now()  # A session may have opened for what waits.
        else:
            self._pump_within(None if deadline_ms is None else deadline_ms - now_ms)

    def _at_commit(self, point: str) -> None:
        """Dies here if that was ordered and this commit has events."""
        if self._crash is None or self._crash[0] != point or self._committing is None:
            return
        if sum(self.core.counts.values()) > self._committing:
            raise IngestCrashError(point)

    def _enter_stored(self) -> None:
        with self.store.read() as reading:
            stored = reading.events(after_id=self._last_event, limit=_EVENTS_MAX)
        for event in stored:
            self._last_event = event.id
            self._ledger.enter(self._clock.now_ms, "stored", *event)

    def _pump_now(self) -> None:
        """Does what is due, and looks again as long as something waits: so that a quiet cloud plans no timers."""
        if not self.broker.heard:
            return
        now_ms = self.unix_ms
        if asked := self._clock.now_ms < self._asked_ms + _SETTLED_MS:
            self.core.expire(now_ms)
        self._publish(self.core.pump(now_ms))
        self.core.supervise(now_ms)
        self.at_rest()
        self._waiting = asked and self._waits(now_ms)
        deadline_ms = self.core.deadline_ms(now_ms)
        if self._pump:
            self._pump.cancel()
        self._pump_within(COMMAND_REPEAT_MS if self._waiting else None)
        self._pump_within(None if deadline_ms is None else deadline_ms - now_ms)

    def _waits(self, now_ms: int) -> bool:
        """Whether a request waits; if so, it has to be looked for again."""
        with self.store.read() as reading:
            if reading.due_commands(now_ms) or reading.due_changes(now_ms):
                self._asked_ms = self._clock.now_ms
                return True
        return False

    def _pump_within(self, wait_ms: int | None) -> None:
        """Pumps after so long, unless it does sooner."""
        if wait_ms is None:
            return
        at_ms = self._clock.now_ms + max(1, wait_ms)
        if self._pump is None or not self._pump.live or at_ms < self._pump_ms:
            if self._pump:
                self._pump.cancel()
            self._pump = self._clock.call_in(max(1, wait_ms), self._pump_now)
            self._pump_ms = at_ms

    def _publish(self, frames: list[tuple[str, bytes]]) -> None:
        for panel, frame in frames:
            self.broker.publish(topics.down(panel), frame)
        for text in self.core.texts():
            reached = [phone for centre, phone in self._phones if text.number in centre.numbers]
            for phone in (reached or [phone for _, phone in self._phones])[:1]:
                phone.send(text.number, text.frame)
