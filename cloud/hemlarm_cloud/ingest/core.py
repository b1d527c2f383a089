"""The ingest without I/O: frames in, rows committed, frames to publish out.

`receive` only takes note. `commit` writes everything noted since the last one in a single transaction, and acknowledges
when that has ended. So nothing acknowledged is ever lost, and a failed commit costs a repetition by the panel.
"""

from collections.abc import Callable
from typing import Any

from hemlarm_cloud.store import Command, CommandState, Event, Store, StoreError
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.vault import Vault, VaultError
from hemlarm_protocol import messages, sealing
from hemlarm_protocol.cloud_end import CloudEnd
from hemlarm_protocol.session import Refusals

HEARTBEAT_MS = 60_000
"""How often a panel reports: three times in the 180 s link level, the trade's recommendation."""

PANELS_MAX = 20_000
"""Panels whose session is kept in memory, about 4 KB each; one beyond them is greeted anew."""

COMMAND_REPEAT_MS = 5_000
"""A command that was sent and not answered is sent again; the panel executes an id only once."""

KNOWN_LIFE_MS = 20_000
"""How long a panel's row is trusted before it is read again: a revoked panel is refused well within a minute."""

GAPS_AT_ONCE = 2
"""Ranges asked for after one heartbeat; the next one asks for the rest."""


class _Panel:
    """One panel that this process serves."""

    def __init__(self, end: CloudEnd, checked_ms: int) -> None:
        self.end = end
        self.checked_ms = checked_ms


class _Batch:
    """What was received since the last commit."""

    def __init__(self) -> None:
        self.salts: list[tuple[str, bytes, bytes]] = []
        self.events: list[tuple[str, bytes, int, bytes, Any, int]] = []
        self.results: list[tuple[str, Any]] = []
        self.complete: dict[str, int] = {}

    def __bool__(self) -> bool:
        return bool(self.salts or self.events or self.results or self.complete)


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

    def receive(self, panel: str, frame: bytes, now_ms: int) -> None:
        """Take one frame from the broker. What is not from this panel is counted and has no other effect."""
        end = self._end(panel, now_ms)
        if end is None:
            self.refusals.add("unknown or revoked panel")
            return
        self._speaking[panel] = end
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
                # The panels send events and results again, but their Hello only once a session.
                self._batch.salts = batch.salts
                raise
            self._acknowledge(batch, gaps)
        return self._frames()

    def pump(self, now_ms: int, shards: tuple[str, str] = ("00", "ff")) -> list[tuple[str, bytes]]:
        """Send the commands that wait for a panel with a session; return the frames to publish. Raises StoreError."""
        with self._store.read() as reading:
            due = reading.due_commands(now_ms, shards)
        waiting = [command for command in due if _is_due(command, now_ms) and self._send(command)]
        if waiting:
            with self._store.begin() as tx:
                for command in waiting:
                    tx.set_command_state(command.id, "sent", now_ms)
        return self._frames()

    def expire(self, now_ms: int) -> None:
        """Give up commands whose time is over. Raises StoreError."""
        with self._store.begin() as tx:
            tx.expire_commands(now_ms)

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
        elif kind == "result":
            self._batch.results.append((panel, fact[1]))
        elif kind == "heartbeat" and fact[1].pending == 0:
            # Nothing is on its way, so whatever the store lacks below the next number has to be asked for.
            self._batch.complete[panel] = fact[1].next_number

    # Committing.

    def _write(self, tx: Transaction, batch: _Batch, now_ms: int) -> list[tuple[str, bytes, int, int]]:
        for panel, kid, salt in batch.salts:
            if tx.learn_incarnation(panel, kid, salt, now_ms) == "conflict":
                tx.add_alert(panel, "conflict", f"two incarnations have the key id {kid.hex()}", now_ms)
        self._write_events(tx, batch.events, now_ms)
        for panel, result in batch.results:
            state: CommandState = "done" if result.status == 0 else "failed"
            tx.set_command_state(result.id, state, now_ms, result.status, result.detail, panel=panel)
        return [gap for panel, below in batch.complete.items() for gap in self._gaps(tx, panel, below)]

    def _write_events(self, tx: Transaction, events: list[Any], now_ms: int) -> None:
        plain = [_row(event, now_ms) for event in events if not isinstance(event[4], messages.Void)]
        outcomes = list(tx.add_events(plain))
        for event in events:
            if isinstance(event[4], messages.Void):
                outcomes.append(tx.add_void(_row(event, now_ms), *event[4]))
        for outcome in outcomes:
            self.counts[outcome] += 1

    def _gaps(self, tx: Transaction, panel: str, below: int) -> list[tuple[str, bytes, int, int]]:
        end = self._speaking[panel]
        if end.hello is None:
            return []
        kid = end.learn(end.hello.salts[0])
        return [(panel, kid, first, last) for first, last in tx.missing(panel, kid, below, GAPS_AT_ONCE)]

    # Sending.

    def _acknowledge(self, batch: _Batch, gaps: list[tuple[str, bytes, int, int]]) -> None:
        by_panel: dict[str, list[tuple[bytes, int, bytes]]] = {}
        for panel, kid, number, sealed, _message, _received_ms in batch.events:
            by_panel.setdefault(panel, []).append((kid, number, sealing.short_tag(sealed)))
        for panel, events in by_panel.items():
            self._speaking[panel].acknowledge(events)
        for panel, kid, first, last in gaps:
            self._speaking[panel].ask_again(kid, first, last)

    def _send(self, command: Command) -> bool:
        known = self._panels.get(command.panel)
        if known is None:
            return False
        self._speaking[command.panel] = known.end
        expires_s = command.expires_ms // 1000
        return known.end.command(messages.Command(command.id, command.verb, command.argument, command.user, expires_s))

    def _frames(self) -> list[tuple[str, bytes]]:
        frames = [(panel, frame) for panel, end in self._speaking.items() for frame in end.to_send()]
        self._speaking = {}
        return frames


def _is_due(command: Command, now_ms: int) -> bool:
    return command.sent_ms is None or now_ms - command.sent_ms >= COMMAND_REPEAT_MS


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
