"""The ingest without I/O: frames in, rows committed, frames to publish out.

`receive` only takes note. `commit` writes everything noted since the last one in a single transaction, and acknowledges
when that has ended. So nothing acknowledged is ever lost, and a failed commit costs a repetition by the panel.
"""

from collections.abc import Callable
from typing import Any

from hemlarm_cloud.ingest import answers, dating, readings
from hemlarm_cloud.ingest.asking_again import Range
from hemlarm_cloud.ingest.batch import Batch, Received
from hemlarm_cloud.ingest.configuration_reading import ConfigurationReadings
from hemlarm_cloud.ingest.entry_delays import EntryDelays, decide
from hemlarm_cloud.ingest.levels import HEARTBEAT_MS, Levels
from hemlarm_cloud.ingest.line_keeping import LineKeeping
from hemlarm_cloud.ingest.moment import Moment
from hemlarm_cloud.ingest.requests_sent import COMMAND_REPEAT_MS, RequestsSent, send, set_state
from hemlarm_cloud.ingest.served_panels import LEVELS_TELLS, ServedPanel, ServedPanels
from hemlarm_cloud.ingest.texting import Text, Texting
from hemlarm_cloud.keys.serving import KeyChanges
from hemlarm_cloud.pictures import arriving
from hemlarm_cloud.store import (
    Change,
    Command,
    Event,
    Outcome,
    PathReport,
    Store,
    StoreConflictError,
    StoreError,
)
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.updates import progress
from hemlarm_cloud.updates.serving import Serving
from hemlarm_cloud.vault import Vault
from hemlarm_protocol import message_names, messages, path_names, sealing
from hemlarm_protocol.errors import BadMessage
from hemlarm_protocol.session import Refusals

__all__ = ["COMMAND_REPEAT_MS", "HEARTBEAT_MS", "IngestCore"]

SUPERVISED = (path_names.IP, path_names.MOBILE)
"""The paths that heartbeats come on."""

RECONFIGURED = (1305, 1306)
"""A restart and a change of the configuration: the panel may have another than the one stored."""


class IngestCore:
    """The ingest of one process, which alone serves its panels. `random(n)` gives n bytes.

    The times given are milliseconds since 1970. What lasts is measured by `steady_ms`, a clock in milliseconds that
    nobody sets; without it the times given are taken for steady. `heartbeat_ms` is how often panels are asked to be
    heard; without it each panel's levels say so. After a start call `pump` once: what the process before has left waits
    from then on.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        random: Callable[[int], bytes],
        heartbeat_ms: int | None = None,
        steady_ms: Callable[[], int] | None = None,
    ) -> None:
        self.refusals = Refusals()
        self.counts = {"new": 0, "duplicate": 0, "clone": 0}
        self._store = store
        self._vault = vault
        self._random = random
        self._steady_ms = steady_ms
        self._panels = ServedPanels(store, vault, random, heartbeat_ms, self.refusals)
        self._batch = Batch()
        self._speaking: dict[str, ServedPanel] = {}
        self._entry_delays = EntryDelays()
        self._requests = RequestsSent()
        self._updates = Serving()
        self._keys = KeyChanges(vault, self._panels, self.refusals)
        self._readings = ConfigurationReadings(self._panels, random)
        self._heartbeat_ms = heartbeat_ms
        self._lines = LineKeeping(heartbeat_ms)
        self._texting = Texting()

    def receive(self, panel: str, frame: bytes, now_ms: int) -> None:
        """Take one frame from the broker. What is not from this panel is counted and has no other effect."""
        now = self._moment(now_ms)
        served = self._find(panel, now)
        if served is not None:
            for fact in served.end.received(frame, now.steady_ms, now_ms):
                self._note(panel, served, fact, now)

    def receive_sms(self, panel: str, frame: bytes, now_ms: int, sender: str = "") -> None:
        """Take one frame that came by SMS, from the number `sender`, which proves nothing. Only events come so."""
        now = self._moment(now_ms)
        served = self._find(panel, now)
        if served is not None:
            for fact in served.end.received_by_sms(frame, now.steady_ms):
                if fact[0] == "event":
                    _, kid, number, sealed, message = fact
                    self._batch.events.append(Received(panel, kid, number, sealed, message, now, sender))

    def commit(self, now_ms: int) -> list[tuple[str, bytes]]:
        """Make what was received durable, and return the frames to publish.

        Raises StoreError; then nothing of it is stored or acknowledged, and the panels will send it again.
        """
        now = self._moment(now_ms)
        batch, self._batch = self._batch, Batch()
        if batch:
            try:
                with self._store.begin() as tx:
                    outcomes, gaps = self._write(tx, batch, now)
            except StoreError as error:
                self._take_back(batch, error)
                raise
            self._acknowledge(batch, outcomes, now)
            self._ask_again(batch, gaps, now)
            for panel, picture, got in batch.picture_states:
                batch.panels[panel].end.picture_state(picture, got)
            self._updates.want(batch.upkeep, now)
            self._keys.written(self._store.read)
            for panel in batch.outdated:
                self._readings.begin(panel)
            for panel in self._lines.written(batch.heard, now):
                batch.panels[panel].levels_tells = LEVELS_TELLS
        self._speaking |= self._readings.ask(now)
        return self._frames()

    def texts(self) -> list[Text]:
        """Return what is to go by SMS since the last call: acknowledgements of what came so and is committed."""
        return self._texting.to_send()

    def pump(self, now_ms: int, shards: tuple[str, str] = ("00", "ff")) -> list[tuple[str, bytes]]:
        """Do what is due by now, and return the frames to publish. Raises StoreError.

        Commands, changes and levels that wait for a panel with a session are sent, and alarms raised for entry delays
        that nothing ended.
        """
        now = self._moment(now_ms)
        with self._store.read() as reading:
            waiting: list[Command | Change] = [*reading.due_commands(now_ms, shards)]
            waiting += reading.due_changes(now_ms, shards)
            untold = reading.untold_levels(shards)
            self._updates.look(reading, now, shards)
            self._speaking |= self._keys.pump(reading, now, shards)
        delays = self._entry_delays.due(self._store.read, now, shards)
        sent = [request for request in self._requests.due(waiting, now) if self._send(request, now)]
        if sent or delays or untold:
            try:
                with self._store.begin() as tx:
                    for request in sent:
                        set_state(tx, request.id, "sent", now_ms)
                    decide(tx, self._entry_delays, delays, self._panels, now)
                    levels = self._take_levels(tx, untold)
            except StoreError:
                self._entry_delays.forget()
                raise
            self._relevel(levels)
        self._speaking |= self._readings.ask(now) | self._updates.send(self._panels.get, now)
        return self._frames()

    def supervise(self, now_ms: int, shards: tuple[str, str] = ("00", "ff")) -> None:
        """Begin the line faults of panels that were silent for too long. Raises StoreError.

        Call it while all that has arrived is received. The first call reads what the process before has left.
        """
        now = self._moment(now_ms)
        silent = self._lines.due(self._store.read, now, shards)
        if silent:
            with self._store.begin() as tx:
                begun = self._lines.begin(tx, silent, now)
            self._lines.begun(begun)

    def listening(self, now_ms: int) -> None:
        """What panels say reaches us again, after a time in which it may not have: their silence counts from now."""
        self._lines.listening(self._moment(now_ms))

    def deadline_ms(self, now_ms: int) -> int | None:
        """Return when `pump` or `supervise` has something to do that time alone brings, or None. Raises StoreError."""
        now = self._moment(now_ms)
        times = self._readings.due_ms() + self._updates.due_ms(now) + self._keys.due_ms()
        for next_ms in (self._entry_delays.next_ms(self._store.read, now), self._lines.next_ms()):
            if next_ms is not None:
                times.append(next_ms)
        return min(times) + now.ahead_ms if times else None

    def expire(self, now_ms: int) -> None:
        """Give up commands and changes whose time is over. Raises StoreError."""
        with self._store.begin() as tx:
            tx.expire_commands(now_ms)
            tx.expire_changes(now_ms)
            for request_id in self._requests.outlived(self._moment(now_ms)):
                set_state(tx, request_id, "expired", now_ms)

    def refusal_counts(self) -> dict[str, int]:
        """Return how many frames were refused, by reason, over all panels in memory."""
        counts = dict(self.refusals.counts)
        for served in self._panels.all():
            for reason, count in served.end.refusals.counts.items():
                counts[reason] = counts.get(reason, 0) + count
        return counts

    def _moment(self, now_ms: int) -> Moment:
        return Moment(now_ms, self._steady_ms() if self._steady_ms else now_ms)

    # Receiving.

    def _find(self, panel: str, now: Moment) -> ServedPanel | None:
        served = self._panels.find(panel, now.steady_ms)
        if served is None:
            self.refusals.add("unknown or revoked panel")
        else:
            self._speaking[panel] = self._batch.panels[panel] = served
        return served

    def _note(self, panel: str, served: ServedPanel, fact: tuple[Any, ...], now: Moment) -> None:
        kind = fact[0]
        if kind == "event":
            _, kid, number, sealed, message = fact
            self._batch.events.append(Received(panel, kid, number, sealed, message, now))
        elif kind == "heartbeat":
            self._note_heartbeat(panel, served, fact[1], now)
        elif kind == "salt":
            self._batch.salts.append((panel, fact[1], fact[2]))
            served.told_ahead_ms = now.ahead_ms
        elif kind in ("result", "refusal"):
            self._batch.results.append((panel, fact[1]))
        elif kind == "opened":
            served.opened(now)
            self._batch.opened.add(panel)
        elif kind == "config-part":
            self._take_part(panel, fact[1])
        elif kind == "path-report":
            self._take_path_report(panel, fact[1], now)
        else:
            self._batch.told(panel, fact, now.unix_ms)

    def _note_heartbeat(
        self, panel: str, served: ServedPanel, told: messages.Heartbeat | messages.PathHeartbeat, now: Moment
    ) -> None:
        served.told_ahead_ms = now.ahead_ms
        served.boots.heard(told.uptime_ms, now.steady_ms)
        if served.boots.news(now):
            self._batch.reporting.add(panel)
        path = told.path if isinstance(told, messages.PathHeartbeat) else path_names.IP
        if path not in SUPERVISED:
            self.refusals.add("a heartbeat of no known path")
        elif self._lines.heard(panel, served.levels, path, served.boots.made_ms(told.uptime_ms, now.steady_ms), now):
            self._batch.heard[panel] = None
        if served.levels_tells:
            self._panels.tell_levels(served)
        incomplete = served.asking.heartbeat(told.next_number, told.pending, now.steady_ms)
        if incomplete or (served.undated and told.pending == 0):
            self._batch.asking.add(panel)

    def _take_part(self, panel: str, part: messages.ConfigPart) -> None:
        try:
            whole = self._readings.take(panel, part)
        except BadMessage as refusal:
            self.refusals.add(str(refusal))
            return
        if whole:
            self._batch.documents[panel] = whole

    def _take_path_report(self, panel: str, told: messages.PathReport, now: Moment) -> None:
        if told.path not in message_names.PATHS:
            self.refusals.add("a report of no known path")
            return
        self._batch.path_reports[panel, told.path] = PathReport(panel, told.path, now.unix_ms, *told[1:])

    # Committing.

    def _write(self, tx: Transaction, batch: Batch, now: Moment) -> tuple[list[Outcome], dict[str, list[Range]]]:
        for panel, kid, salt in batch.salts:
            if tx.learn_incarnation(panel, kid, salt, now.unix_ms) == "conflict":
                tx.add_alert(panel, "conflict", f"two incarnations have the key id {kid.hex()}", now.unix_ms)
        # A document first: whatever else came with it may have made it old.
        for panel, (revision, document) in batch.documents.items():
            tx.keep_configuration(panel, revision, document, now.unix_ms)
        batch.outdated |= {panel for panel in batch.opened if answers.is_outdated(tx, panel)}
        for panel in batch.reporting:
            dating.tell_boots(tx, panel, batch.panels[panel], now)
        outcomes = self._write_events(tx, batch, now)
        answers.write(tx, batch, now.unix_ms)
        progress.write(tx, batch, now.unix_ms)
        self._keys.write(tx, batch, now)
        for health in batch.health.values():
            tx.keep_health(health)
        for report in batch.path_reports.values():
            tx.keep_path_report(report)
        readings.write(tx, batch.readings)
        self._lines.write(tx, batch.heard, now)
        self._texting.look_up(tx, batch.events)
        batch.picture_states = arriving.write(tx, batch.picture_parts, now.unix_ms)
        return outcomes, {panel: self._gaps(tx, panel, batch.panels[panel], now) for panel in batch.asking}

    def _write_events(self, tx: Transaction, batch: Batch, now: Moment) -> list[Outcome]:
        """Store the events of a batch; returns what each one was, in their order."""
        outcomes: list[Outcome | None] = [None] * len(batch.events)
        plain = []
        for place, received in enumerate(batch.events):
            if not isinstance(received.message, messages.Void):
                row = received.row(now.unix_ms)
                plain.append((place, dating.dated(tx, row, batch.panels[row.panel], now)))
        for (place, row), outcome in zip(plain, tx.add_events([row for _, row in plain]), strict=True):
            outcomes[place] = outcome
            if outcome != "duplicate":
                self._stored(tx, batch, row, batch.events[place].at)
        ended = [
            outcome or tx.add_void(received.row(now.unix_ms), *received.message)
            for received, outcome in zip(batch.events, outcomes, strict=True)
        ]
        for outcome in ended:
            self.counts[outcome] += 1
        return ended

    def _stored(self, tx: Transaction, batch: Batch, row: Event, at: Moment) -> None:
        age_ms = batch.panels[row.panel].boots.age_ms(row.kid, row.boot, row.uptime_ms, at.steady_ms)
        self._entry_delays.stored(tx, row, at, age_ms)
        if row.qcode in RECONFIGURED:
            answers.outdate(tx, batch, row.panel)

    def _gaps(self, tx: Transaction, panel: str, served: ServedPanel, now: Moment) -> list[Range]:
        if served.undated:
            dating.date_what_is_left(tx, panel, served)
        return served.asking.gaps(tx, panel, now.steady_ms)

    def _take_back(self, batch: Batch, error: StoreError) -> None:
        """Nothing of this batch was stored."""
        self._entry_delays.forget()
        if isinstance(error, StoreConflictError):
            # The store is not the one that these panels were read from: begin with them anew.
            self._panels.forget(batch.panels)
            self._lines = LineKeeping(self._heartbeat_ms)
            self._speaking = {}
        else:
            self._batch = batch.what_comes_once()

    # What time brings.

    def _take_levels(self, tx: Transaction, untold: list[str]) -> dict[str, Levels]:
        """Take note of levels that somebody has set."""
        for panel in untold:
            tx.take_levels(panel)
        known = [row for row in map(tx.panel, untold) if row]
        return {row.id: Levels.of(row).paced(self._heartbeat_ms) for row in known}

    def _relevel(self, levels: dict[str, Levels]) -> None:
        for panel, each in levels.items():
            self._lines.relevel(panel, each)
            served = self._panels.relevel(panel, each)
            if served is not None and served.end.hello:
                self._panels.tell_levels(served)
                self._speaking[panel] = served

    # Sending.

    def _acknowledge(self, batch: Batch, outcomes: list[Outcome], now: Moment) -> None:
        by_panel: dict[str, list[tuple[bytes, int, bytes]]] = {}
        new: dict[tuple[str, bytes], bool] = {}
        for received, outcome in zip(batch.events, outcomes, strict=True):
            key = received.panel, received.kid
            new[key] = new.get(key, False) or outcome == "new"
            acknowledged = received.kid, received.number, sealing.short_tag(received.sealed)
            by_panel.setdefault(received.panel, []).append(acknowledged)
        for panel, events in by_panel.items():
            served = batch.panels[panel]
            served.end.acknowledge(events)
            served.event_ms = now.steady_ms
        self._texting.answer(batch, outcomes, now)
        for (panel, kid), is_new in new.items():
            numbers = [number for key_id, number, _ in by_panel[panel] if key_id == kid]
            batch.panels[panel].asking.stored(kid, numbers, is_new, now.steady_ms)
        self._speaking.update(batch.panels)

    def _ask_again(self, batch: Batch, gaps: dict[str, list[Range]], now: Moment) -> None:
        for panel in batch.reporting:
            batch.panels[panel].boots.stored(now)
        for panel, ranges in gaps.items():
            served = batch.panels[panel]
            served.asking.asked(now.steady_ms)
            served.undated.clear()
            for kid, first, last in ranges:
                served.end.ask_again(kid, first, last)

    def _send(self, request: Command | Change, now: Moment) -> bool:
        served = self._panels.get(request.panel)
        if served is None:
            return False
        self._speaking[request.panel] = served
        sent = send(request, served, now, self._vault)
        if sent:
            self._requests.sent(request.id, now)
        return sent

    def _frames(self) -> list[tuple[str, bytes]]:
        frames = [(panel, frame) for panel, served in self._speaking.items() for frame in served.end.to_send()]
        self._speaking = {}
        return frames
