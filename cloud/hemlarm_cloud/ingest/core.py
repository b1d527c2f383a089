"""The ingest without I/O: frames in, rows committed, frames to publish out.

`receive` only takes note. `commit` writes everything noted since the last one in a single transaction, and acknowledges
when that has ended. So nothing acknowledged is ever lost, and a failed commit costs a repetition by the panel.
"""

from collections.abc import Callable
from typing import Any

from hemlarm_cloud.ingest.configuration_reading import ConfigurationReading
from hemlarm_cloud.ingest.entry_delays import GRACE_MS, EntryDelays
from hemlarm_cloud.store import Change, Command, CommandState, Event, PresumedAlarm, Store, StoreError
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.vault import Vault, VaultError
from hemlarm_protocol import messages, sealing
from hemlarm_protocol.cloud_end import CloudEnd
from hemlarm_protocol.errors import BadMessage
from hemlarm_protocol.session import Refusals

HEARTBEAT_MS = 60_000
"""How often a panel reports: three times in the 180 s link level, the trade's recommendation."""

PANELS_MAX = 20_000
"""Panels whose session is kept in memory, about 4 KB each; one beyond them is greeted anew."""

COMMAND_REPEAT_MS = 5_000
"""A command that was sent and not answered is sent again; the panel executes an id only once."""

KNOWN_LIFE_MS = 20_000
"""How long a panel's row is trusted before it is read again: a revoked panel is refused well within a minute."""

RECONFIGURED = (1305, 1306)
"""A restart and a change of the configuration: the panel may have another than the one stored."""

GAPS_AT_ONCE = 2
"""Ranges asked for after one heartbeat; the next one asks for the rest."""


class _Panel:
    """One panel that this process serves."""

    def __init__(self, end: CloudEnd, checked_ms: int) -> None:
        self.end = end
        self.checked_ms = checked_ms
        self.next_number = 0


class _Batch:
    """What was received since the last commit."""

    def __init__(self) -> None:
        self.ends: dict[str, CloudEnd] = {}
        self.salts: list[tuple[str, bytes, bytes]] = []
        self.events: list[tuple[str, bytes, int, bytes, Any, int]] = []
        self.results: list[tuple[str, Any]] = []
        self.complete: dict[str, int] = {}
        self.opened: set[str] = set()
        self.documents: dict[str, tuple[int, bytes]] = {}
        self.outdated: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self.salts or self.events or self.results or self.complete or self.opened or self.documents)

    def what_comes_once(self) -> "_Batch":
        """Return what the panel will not send again by itself when this batch could not be stored."""
        kept = _Batch()
        kept.salts, kept.opened, kept.documents = self.salts, self.opened, self.documents
        return kept


class IngestCore:
    """The ingest of one process, which alone serves its panels. `random(n)` gives n bytes.

    All times are milliseconds since 1970.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        random: Callable[[int], bytes],
        heartbeat_ms: int = HEARTBEAT_MS,
    ) -> None:
        self.refusals = Refusals()
        self.counts = {"new": 0, "duplicate": 0, "clone": 0}
        self._store = store
        self._vault = vault
        self._random = random
        self._heartbeat_ms = heartbeat_ms
        self._panels: dict[str, _Panel] = {}
        self._batch = _Batch()
        self._speaking: dict[str, CloudEnd] = {}
        self._entry_delays = EntryDelays()
        self._readings: dict[str, ConfigurationReading] = {}

    def receive(self, panel: str, frame: bytes, now_ms: int) -> None:
        """Take one frame from the broker. What is not from this panel is counted and has no other effect."""
        end = self._end(panel, now_ms)
        if end is None:
            self.refusals.add("unknown or revoked panel")
            return
        self._speaking[panel] = self._batch.ends[panel] = end
        for fact in end.received(frame, now_ms):
            self._note(panel, fact, now_ms)

    def commit(self, now_ms: int) -> list[tuple[str, bytes]]:
        """Make what was received durable, and return the frames to publish.

        Raises StoreError; then nothing of it is stored or acknowledged, and the panels will send it again.
        """
        batch, self._batch = self._batch, _Batch()
        if batch:
            try:
                with self._store.begin() as tx:
                    gaps = self._write(tx, batch, now_ms)
            except StoreError:
                self._batch = batch.what_comes_once()
                self._entry_delays.forget()
                raise
            self._acknowledge(batch, gaps)
            for panel in batch.outdated:
                self._readings[panel] = ConfigurationReading(self._random)
        self._ask_for_configurations(now_ms)
        return self._frames()

    def pump(self, now_ms: int, shards: tuple[str, str] = ("00", "ff")) -> list[tuple[str, bytes]]:
        """Do what is due by now, and return the frames to publish. Raises StoreError.

        Commands and changes that wait for a panel with a session are sent, and alarms raised for entry delays that
        nothing ended.
        """
        with self._store.read() as reading:
            due: list[Command | Change] = [*reading.due_commands(now_ms, shards)]
            due += reading.due_changes(now_ms, shards)
            delays = self._entry_delays.due(reading, now_ms, shards)
        sent = [request for request in due if _is_due(request, now_ms) and self._send(request)]
        if sent or delays:
            try:
                with self._store.begin() as tx:
                    self._mark_sent(tx, sent, now_ms)
                    self._decide(tx, delays, now_ms)
            except StoreError:
                self._entry_delays.forget()
                raise
        self._ask_for_configurations(now_ms)
        return self._frames()

    def deadline_ms(self, now_ms: int) -> int | None:
        """Return when `pump` has something to do that time alone brings, or None. Raises StoreError."""
        with self._store.read() as reading:
            next_ms = self._entry_delays.next_ms(reading, now_ms)
        times = [time_ms for time_ms in (next_ms, *(asked.due_ms for asked in self._readings.values())) if time_ms]
        return min(times, default=None)

    def expire(self, now_ms: int) -> None:
        """Give up commands and changes whose time is over. Raises StoreError."""
        with self._store.begin() as tx:
            tx.expire_commands(now_ms)
            tx.expire_changes(now_ms)

    def refusal_counts(self) -> dict[str, int]:
        """Return how many frames were refused, by reason, over all panels in memory."""
        counts = dict(self.refusals.counts)
        for panel in self._panels.values():
            for reason, count in panel.end.refusals.counts.items():
                counts[reason] = counts.get(reason, 0) + count
        return counts

    # Panels.

    def _end(self, panel: str, now_ms: int) -> CloudEnd | None:
        known = self._panels.get(panel)
        if known and now_ms - known.checked_ms < KNOWN_LIFE_MS:
            return known.end
        with self._store.read() as reading:
            row = reading.panel(panel)
            incarnations = reading.incarnations(panel) if row and not known else []
        if row is None or row.revoked_ms is not None:
            self._panels.pop(panel, None)
            return None
        if known:
            known.checked_ms = now_ms
            return known.end
        return self._load(panel, row.root_key, [incarnation.salt for incarnation in incarnations], now_ms)

    def _load(self, panel: str, wrapped: bytes, salts: list[bytes], now_ms: int) -> CloudEnd | None:
        try:
            root_key = self._vault.unwrap(panel, wrapped)
        except VaultError as error:
            self.refusals.add(str(error))
            return None
        end = CloudEnd(bytes.fromhex(panel), root_key, self._random, self._heartbeat_ms)
        for salt in salts:
            end.learn(salt)
        if len(self._panels) >= PANELS_MAX:
            del self._panels[next(iter(self._panels))]
        self._panels[panel] = _Panel(end, now_ms)
        return end

    # Receiving.

    def _note(self, panel: str, fact: tuple[Any, ...], now_ms: int) -> None:
        kind = fact[0]
        if kind == "salt":
            self._batch.salts.append((panel, fact[1], fact[2]))
        elif kind == "event":
            self._batch.events.append((panel, *fact[1:], now_ms))
        elif kind in ("result", "refusal"):
            self._batch.results.append((panel, fact[1]))
        elif kind == "opened":
            self._batch.opened.add(panel)
        elif kind == "config-part":
            self._take_part(panel, fact[1])
        elif kind == "heartbeat":
            self._panels[panel].next_number = fact[1].next_number
            if fact[1].pending == 0:
                # Nothing is on its way, so whatever the store lacks below the next number has to be asked for.
                self._batch.complete[panel] = fact[1].next_number

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

    def _write(self, tx: Transaction, batch: _Batch, now_ms: int) -> list[tuple[str, bytes, int, int]]:
        for panel, kid, salt in batch.salts:
            if tx.learn_incarnation(panel, kid, salt, now_ms) == "conflict":
                tx.add_alert(panel, "conflict", f"two incarnations have the key id {kid.hex()}", now_ms)
        # A document first: whatever else came with it may have made it old.
        for panel, (revision, document) in batch.documents.items():
            tx.keep_configuration(panel, revision, document, now_ms)
        batch.outdated |= {panel for panel in batch.opened if _is_outdated(tx, panel)}
        self._write_events(tx, batch, now_ms)
        for panel, result in batch.results:
            if isinstance(result, messages.Refusal):
                tx.explain_change(result.id, panel, _readable(result.text))
            else:
                self._write_result(tx, batch, panel, result, now_ms)
        reported = batch.complete.items()
        return [gap for panel, below in reported for gap in self._gaps(tx, batch.ends[panel], panel, below)]

    def _write_events(self, tx: Transaction, batch: _Batch, now_ms: int) -> None:
        plain = [_row(event, now_ms) for event in batch.events if not isinstance(event[4], messages.Void)]
        outcomes = list(tx.add_events(plain))
        for row, outcome in zip(plain, outcomes, strict=True):
            if outcome != "duplicate":
                self._entry_delays.stored(tx, row)
                if row.qcode in RECONFIGURED:
                    _outdate(tx, batch, row.panel)
        for event in batch.events:
            if isinstance(event[4], messages.Void):
                outcomes.append(tx.add_void(_row(event, now_ms), *event[4]))
        for outcome in outcomes:
            self.counts[outcome] += 1

    def _write_result(self, tx: Transaction, batch: _Batch, panel: str, result: Any, now_ms: int) -> None:
        state: CommandState = "done" if result.status == 0 else "failed"
        answer = (result.id, state, now_ms, result.status, result.detail, panel)
        if not tx.set_command_state(*answer) and tx.set_change_state(*answer):
            # Done, it is another configuration now; refused as a conflict, it has been another one for some time.
            _outdate(tx, batch, panel)

    def _gaps(self, tx: Transaction, end: CloudEnd, panel: str, below: int) -> list[tuple[str, bytes, int, int]]:
        if end.hello is None:
            return []
        kid = end.learn(end.hello.salts[0])
        return [(panel, kid, first, last) for first, last in tx.missing(panel, kid, below, GAPS_AT_ONCE)]

    # What time brings.

    def _mark_sent(self, tx: Transaction, sent: list[Command | Change], now_ms: int) -> None:
        for request in sent:
            mark = tx.set_change_state if isinstance(request, Change) else tx.set_command_state
            mark(request.id, "sent", now_ms)

    def _decide(self, tx: Transaction, delays: list[PresumedAlarm], now_ms: int) -> None:
        for delay in delays:
            if now_ms >= delay.received_ms + GRACE_MS or self._heard_all_since(tx, delay):
                self._entry_delays.decide(tx, delay, now_ms)

    def _heard_all_since(self, tx: Transaction, delay: PresumedAlarm) -> bool:
        """Tell whether nothing is missing that the panel has recorded up to its last report, made after this event.

        An event that comes late is often followed by others that are just as late, and one of them may settle it.
        """
        known = self._panels.get(delay.panel)
        if known is None or known.end.hello is None or known.next_number <= delay.number:
            return False
        kid = known.end.learn(known.end.hello.salts[0])
        return kid == delay.kid and not tx.missing(delay.panel, kid, known.next_number, at_most=1)

    # Sending.

    def _acknowledge(self, batch: _Batch, gaps: list[tuple[str, bytes, int, int]]) -> None:
        by_panel: dict[str, list[tuple[bytes, int, bytes]]] = {}
        for panel, kid, number, sealed, _message, _received_ms in batch.events:
            by_panel.setdefault(panel, []).append((kid, number, sealing.short_tag(sealed)))
        for panel, events in by_panel.items():
            batch.ends[panel].acknowledge(events)
        for panel, kid, first, last in gaps:
            batch.ends[panel].ask_again(kid, first, last)
        self._speaking.update(batch.ends)

    def _send(self, request: Command | Change) -> bool:
        known = self._panels.get(request.panel)
        if known is None:
            return False
        self._speaking[request.panel] = known.end
        expires_s = request.expires_ms // 1000
        if isinstance(request, Change):
            change = messages.Configure(request.id, request.base, request.user, expires_s, request.edits)
            return known.end.configure(change)
        return known.end.command(messages.Command(request.id, request.verb, request.argument, request.user, expires_s))

    def _ask_for_configurations(self, now_ms: int) -> None:
        for panel, asked in list(self._readings.items()):
            known = self._panels.get(panel)
            question = asked.ask(now_ms) if known and known.end.hello else None
            if known and question:
                self._speaking[panel] = known.end
                known.end.read_config(question)
            elif asked.given_up or not known:
                del self._readings[panel]

    def _frames(self) -> list[tuple[str, bytes]]:
        frames = [(panel, frame) for panel, end in self._speaking.items() for frame in end.to_send()]
        self._speaking = {}
        return frames


def _is_due(request: Command | Change, now_ms: int) -> bool:
    return request.sent_ms is None or now_ms - request.sent_ms >= COMMAND_REPEAT_MS


def _is_outdated(tx: Transaction, panel: str) -> bool:
    configuration = tx.configuration(panel)
    return configuration is not None and not configuration.complete


def _outdate(tx: Transaction, batch: _Batch, panel: str) -> None:
    tx.expect_configuration(panel)
    batch.outdated.add(panel)


def _readable(text: bytes) -> str:
    """Return a panel's words without what a terminal would obey and a database may not take: control characters."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text.decode())


def _row(event: tuple[str, bytes, int, bytes, Any, int], now_ms: int) -> Event:
    panel, kid, number, sealed, message, received_ms = event
    stored = Event(panel, kid, number, sealing.short_tag(sealed), sealed, received_ms, now_ms, qcode=0)
    if isinstance(message, messages.Void):
        return stored
    return stored._replace(
        qcode=message.qcode,
        area=message.area,
        zone=message.zone,
        user=message.user,
        source=message.source,
        detail=message.detail,
        boot=message.boot,
        uptime_ms=message.uptime_ms,
        panel_time_ms=None if message.time is None else 1000 * message.time,
    )
