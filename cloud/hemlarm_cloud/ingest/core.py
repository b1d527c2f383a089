"""The ingest without I/O: frames in, rows committed, frames to publish out.

`receive` only takes note. `commit` writes everything noted since the last one in a single transaction, and acknowledges
when that has ended. So nothing acknowledged is ever lost, and a failed commit costs a repetition by the panel.
"""

from collections.abc import Callable
from typing import Any

from hemlarm_cloud.ingest import dating
from hemlarm_cloud.ingest.asking_again import Range
from hemlarm_cloud.ingest.batch import Batch, Received
from hemlarm_cloud.ingest.configuration_reading import ConfigurationReading
from hemlarm_cloud.ingest.entry_delays import EntryDelays
from hemlarm_cloud.ingest.moment import Moment
from hemlarm_cloud.ingest.requests_sent import COMMAND_REPEAT_MS, RequestsSent
from hemlarm_cloud.ingest.served_panels import ServedPanel, ServedPanels
from hemlarm_cloud.store import (
    Change,
    Command,
    CommandState,
    Event,
    Outcome,
    PanelHealth,
    PresumedAlarm,
    Store,
    StoreConflictError,
    StoreError,
)
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.vault import Vault
from hemlarm_protocol import messages, sealing
from hemlarm_protocol.errors import BadMessage
from hemlarm_protocol.session import Refusals

__all__ = ["COMMAND_REPEAT_MS", "HEARTBEAT_MS", "IngestCore"]

HEARTBEAT_MS = 60_000
"""How often a panel reports: three times in the 180 s link level, the trade's recommendation."""

RECONFIGURED = (1305, 1306)
"""A restart and a change of the configuration: the panel may have another than the one stored."""


class IngestCore:
    """The ingest of one process, which alone serves its panels. `random(n)` gives n bytes.

    The times given are milliseconds since 1970. What lasts is measured by `steady_ms`, a clock in milliseconds that
    nobody sets; without it the times given are taken for steady. After a start call `pump` once: what the process
    before has left waits from then on.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        random: Callable[[int], bytes],
        heartbeat_ms: int = HEARTBEAT_MS,
        steady_ms: Callable[[], int] | None = None,
    ) -> None:
        self.refusals = Refusals()
        self.counts = {"new": 0, "duplicate": 0, "clone": 0}
        self._store = store
        self._random = random
        self._steady_ms = steady_ms
        self._panels = ServedPanels(store, vault, random, heartbeat_ms, self.refusals)
        self._batch = Batch()
        self._speaking: dict[str, ServedPanel] = {}
        self._entry_delays = EntryDelays()
        self._requests = RequestsSent()
        self._readings: dict[str, ConfigurationReading] = {}

    def receive(self, panel: str, frame: bytes, now_ms: int) -> None:
        """Take one frame from the broker. What is not from this panel is counted and has no other effect."""
        now = self._moment(now_ms)
        served = self._panels.find(panel, now.steady_ms)
        if served is None:
            self.refusals.add("unknown or revoked panel")
            return
        self._speaking[panel] = self._batch.panels[panel] = served
        for fact in served.end.received(frame, now.steady_ms, now_ms):
            self._note(panel, served, fact, now)

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
            for panel in batch.outdated:
                self._readings[panel] = ConfigurationReading(self._random)
        self._ask_for_configurations(now)
        return self._frames()

    def pump(self, now_ms: int, shards: tuple[str, str] = ("00", "ff")) -> list[tuple[str, bytes]]:
        """Do what is due by now, and return the frames to publish. Raises StoreError.

        Commands and changes that wait for a panel with a session are sent, and alarms raised for entry delays that
        nothing ended.
        """
        now = self._moment(now_ms)
        with self._store.read() as reading:
            waiting: list[Command | Change] = [*reading.due_commands(now_ms, shards)]
            waiting += reading.due_changes(now_ms, shards)
        delays = self._entry_delays.due(self._store.read, now, shards)
        sent = [request for request in self._requests.due(waiting, now) if self._send(request, now)]
        if sent or delays:
            try:
                with self._store.begin() as tx:
                    self._mark_sent(tx, sent, now_ms)
                    self._decide(tx, delays, now)
            except StoreError:
                self._entry_delays.forget()
                raise
        self._ask_for_configurations(now)
        return self._frames()

    def deadline_ms(self, now_ms: int) -> int | None:
        """Return when `pump` has something to do that time alone brings, or None. Raises StoreError."""
        now = self._moment(now_ms)
        times = [asked.due_ms for asked in self._readings.values() if asked.due_ms]
        delay_ms = self._entry_delays.next_ms(self._store.read, now)
        if delay_ms is not None:
            times.append(delay_ms)
        return min(times) + now.ahead_ms if times else None

    def expire(self, now_ms: int) -> None:
        """Give up commands and changes whose time is over. Raises StoreError."""
        with self._store.begin() as tx:
            tx.expire_commands(now_ms)
            tx.expire_changes(now_ms)
            for request_id in self._requests.outlived(self._moment(now_ms)):
                _set_state(tx, request_id, "expired", now_ms)

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
        elif kind == "health":
            self._batch.health[panel] = PanelHealth(panel, now.unix_ms, *fact[1])

    def _note_heartbeat(self, panel: str, served: ServedPanel, told: messages.Heartbeat, now: Moment) -> None:
        served.told_ahead_ms = now.ahead_ms
        served.boots.heard(told.uptime_ms, now.steady_ms)
        if served.boots.news(now):
            self._batch.reporting.add(panel)
        incomplete = served.asking.heartbeat(told.next_number, told.pending, now.steady_ms)
        if incomplete or (served.undated and told.pending == 0):
            self._batch.asking.add(panel)

    def _take_part(self, panel: str, part: messages.ConfigPart) -> None:
        asked = self._readings.get(panel)
        try:
            whole = asked.take(part) if asked else None
        except BadMessage as refusal:
            self.refusals.add(str(refusal))
            del self._readings[panel]
            return
        if whole:
            del self._readings[panel]
            self._batch.documents[panel] = whole

    # Committing.

    def _write(self, tx: Transaction, batch: Batch, now: Moment) -> tuple[list[Outcome], dict[str, list[Range]]]:
        for panel, kid, salt in batch.salts:
            if tx.learn_incarnation(panel, kid, salt, now.unix_ms) == "conflict":
                tx.add_alert(panel, "conflict", f"two incarnations have the key id {kid.hex()}", now.unix_ms)
        # A document first: whatever else came with it may have made it old.
        for panel, (revision, document) in batch.documents.items():
            tx.keep_configuration(panel, revision, document, now.unix_ms)
        batch.outdated |= {panel for panel in batch.opened if _is_outdated(tx, panel)}
        for panel in batch.reporting:
            dating.tell_boots(tx, panel, batch.panels[panel], now)
        outcomes = self._write_events(tx, batch, now)
        for panel, result in batch.results:
            if isinstance(result, messages.Refusal):
                tx.explain_change(result.id, panel, _readable(result.text))
            else:
                self._write_result(tx, batch, panel, result, now.unix_ms)
        for health in batch.health.values():
            tx.keep_health(health)
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
            _outdate(tx, batch, row.panel)

    def _write_result(self, tx: Transaction, batch: Batch, panel: str, result: Any, now_ms: int) -> None:
        state: CommandState = "done" if result.status == 0 else "failed"
        answer = (result.id, state, now_ms, result.status, result.detail, panel)
        if not tx.set_command_state(*answer) and tx.set_change_state(*answer):
            # Done, it is another configuration now; refused as a conflict, it has been another one for some time.
            _outdate(tx, batch, panel)

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
            self._speaking = {}
        else:
            self._batch = batch.what_comes_once()

    # What time brings.

    def _mark_sent(self, tx: Transaction, sent: list[Command | Change], now_ms: int) -> None:
        for request in sent:
            _set_state(tx, request.id, "sent", now_ms)

    def _decide(self, tx: Transaction, delays: list[PresumedAlarm], now: Moment) -> None:
        for delay in delays:
            served = self._panels.get(delay.panel)
            event_ms = served.event_ms if served else 0
            if self._entry_delays.is_over(delay, event_ms, now) or (served and _heard_all_since(tx, served, delay)):
                self._entry_delays.decide(tx, delay, now)

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
        # By the clock the panel has from us, which may have been set since.
        expires_s = (request.expires_ms - now.unix_ms + served.time_ms(now)) // 1000
        if isinstance(request, Change):
            change = messages.Configure(request.id, request.base, request.user, expires_s, request.edits)
            sent = served.end.configure(change)
        else:
            asked = messages.Command(request.id, request.verb, request.argument, request.user, expires_s)
            sent = served.end.command(asked)
        if sent:
            self._requests.sent(request.id, now)
        return sent

    def _ask_for_configurations(self, now: Moment) -> None:
        for panel, asked in list(self._readings.items()):
            served = self._panels.get(panel)
            question = asked.ask(now.steady_ms, served.time_ms(now)) if served and served.end.hello else None
            if served and question:
                self._speaking[panel] = served
                served.end.read_config(question)
            elif asked.given_up or not served:
                del self._readings[panel]

    def _frames(self) -> list[tuple[str, bytes]]:
        frames = [(panel, frame) for panel, served in self._speaking.items() for frame in served.end.to_send()]
        self._speaking = {}
        return frames


def _heard_all_since(tx: Transaction, served: ServedPanel, delay: PresumedAlarm) -> bool:
    """Tell whether nothing is missing that the panel has recorded up to its last report, made after this event.

    An event that comes late is often followed by others that are just as late, and one of them may settle it.
    """
    asking = served.asking
    if asking.present != delay.kid or asking.next_number <= delay.number:
        return False
    return not tx.missing(delay.panel, delay.kid, asking.next_number, at_most=1)


def _set_state(tx: Transaction, request_id: bytes, state: CommandState, now_ms: int) -> None:
    if not tx.set_command_state(request_id, state, now_ms):
        tx.set_change_state(request_id, state, now_ms)


def _is_outdated(tx: Transaction, panel: str) -> bool:
    configuration = tx.configuration(panel)
    return configuration is not None and not configuration.complete


def _outdate(tx: Transaction, batch: Batch, panel: str) -> None:
    tx.expect_configuration(panel)
    batch.outdated.add(panel)


def _readable(text: bytes) -> str:
    """Return a panel's words without what a terminal would obey and a database may not take: control characters."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text.decode())
