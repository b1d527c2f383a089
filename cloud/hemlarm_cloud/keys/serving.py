"""What the ingest does about keys: tells panels of changes that wait for them, and takes what they answer.

All that changes which root keys a panel may speak under is done by the process that serves the panel, and counts for it
once it is committed.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Row, select

from hemlarm_cloud.ingest.batch import Batch
from hemlarm_cloud.ingest.moment import Moment
from hemlarm_cloud.ingest.served_panels import ServedPanel, ServedPanels
from hemlarm_cloud.keys import renewal, rotation
from hemlarm_cloud.store import schema
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_keys import panel_certificate, panel_rekey
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.vault import Vault, VaultError
from hemlarm_protocol import messages, upkeep
from hemlarm_protocol.errors import BadMessage
from hemlarm_protocol.session import Refusals

LOOK_MS = 1_000
"""How often the store is asked what waits: people wait for neither."""

REPEAT_MS = 20_000
"""A panel needs a second to draw its keys, and 12 s to find out that nobody hears it under a new one."""

AT_ONCE = 200
"""Rows of each kind in one look; the next one goes on behind them."""

ANSWER_MS = 86_400_000
"""How long a panel may take that asks again for a change it has answered before."""

_U32 = (1 << 32) - 1


class KeyChanges:
    """The changes that wait for panels of this process."""

    def __init__(self, vault: Vault, panels: ServedPanels, refusals: Refusals) -> None:
        self._vault = vault
        self._panels = panels
        self._refusals = refusals
        self._looked_ms: int | None = None
        self._behind = {panel_rekey: "", panel_certificate: ""}
        self._sent: dict[tuple[str, bytes, int], int] = {}
        self._got: dict[str, tuple[bytes, int]] = {}
        self._changed: set[str] = set()
        self._waits = False

    def pump(self, reading: Queries, now: Moment, shards: tuple[str, str]) -> dict[str, ServedPanel]:
        """Say what is due to be said; returns the panels that have something to send."""
        if self._looked_ms is not None and now.steady_ms - self._looked_ms < LOOK_MS:
            return {}
        self._looked_ms = now.steady_ms
        self._sent = {key: at_ms for key, at_ms in self._sent.items() if now.steady_ms - at_ms < REPEAT_MS}
        rekeys = self._waiting(reading, panel_rekey, panel_rekey.c.state.in_(rotation.UNFINISHED), shards)
        offers = self._waiting(reading, panel_certificate, panel_certificate.c.document.is_not(None), shards)
        self._waits = bool(rekeys or offers)
        speaking = {}
        for row in rekeys + offers:
            served = self._panels.get(row.panel)
            tell = self._rekey if "public" in row._fields else self._offer
            if served is not None and tell(row, served, now):
                speaking[row.panel] = served
        return speaking

    def write(self, tx: Transaction, batch: Batch, now: Moment) -> None:
        """Store what panels answered, and what their sessions prove."""
        self._changed = set()
        for panel, message in batch.upkeep:
            if isinstance(message, upkeep.Rekeyed):
                self._take_answer(tx, panel, message, now)
            elif isinstance(message, upkeep.CredentialState):
                self._take_state(tx, panel, message, now)
        for panel in batch.opened:
            served = batch.panels.get(panel)
            if served is not None and len(served.end.roots) > 1:
                self._opened(tx, panel, served, now)

    def written(self, read: Callable[[], AbstractContextManager[Queries]]) -> None:
        """It is committed: panels are heard under the root keys that they may have now. Raises StoreError."""
        changed, self._changed = self._changed, set()
        if not changed:
            return
        with read() as reading:
            for panel in changed:
                served, row = self._panels.get(panel), reading.panel(panel)
                if served is not None and row is not None:
                    served.end.use_roots(rotation.roots(reading, self._vault, panel, row.root_key))

    def due_ms(self) -> list[int]:
        """Return when `pump` has something to do that time alone brings, on the steady clock."""
        return [self._looked_ms + LOOK_MS] if self._waits and self._looked_ms is not None else []

    # Saying.

    def _waiting(self, reading: Queries, table: Any, what: Any, shards: tuple[str, str]) -> list[Row[Any]]:
        panel = schema.panel
        query = select(table).join(panel, panel.c.id == table.c.panel)
        query = query.where(what, panel.c.revoked_ms.is_(None), panel.c.shard.between(*shards))
        query = query.where(table.c.panel > self._behind[table]).order_by(table.c.panel).limit(AT_ONCE)
        rows = list(reading.connection.execute(query))
        self._behind[table] = rows[-1].panel if len(rows) == AT_ONCE else ""
        return rows

    def _rekey(self, row: Row[Any], served: ServedPanel, now: Moment) -> bool:
        """Ask, or ask again a panel that is back under the former key: it may be, until it has forgotten that."""
        former = served.end.roots[-1 if row.state == rotation.PROVED else 0]
        if served.end.session_root != former or not self._is_due(row.panel, row.id, 0, now):
            return False
        expires_ms = row.expires_ms if row.state == rotation.ASKED else now.unix_ms + ANSWER_MS
        expires_s = (expires_ms - now.unix_ms + served.time_ms(now)) // 1000
        if not 0 < expires_s <= _U32:
            return False
        return served.end.upkeep(upkeep.Rekey(bytes(row.id), 0, expires_s, bytes(row.public)))

    def _offer(self, row: Row[Any], served: ServedPanel, now: Moment) -> bool:
        """The next piece of a certificate; the panel says with each how far it has come."""
        offer, got = self._got.get(row.panel, (b"", 0))
        if offer != row.offer:
            got = 0
        if served.end.hello is None or not self._is_due(row.panel, row.offer, got + 1, now):
            return False
        try:
            whole = self._vault.open_sealed(renewal.PURPOSE, row.panel, bytes(row.document))
        except VaultError as error:
            self._refusals.add(str(error))
            return False
        got = got if got < len(whole) else 0
        piece = whole[got : got + messages.CONFIG_BYTES_MAX]
        return served.end.upkeep(upkeep.Credential(bytes(row.offer), upkeep.CONNECTION, len(whole), got, piece))

    def _is_due(self, panel: str, what: bytes, part: int, now: Moment) -> bool:
        key = (panel, bytes(what), part)
        if key in self._sent:
            return False
        self._sent[key] = now.steady_ms
        return True

    # Taking.

    def _take_answer(self, tx: Transaction, panel: str, answer: Any, now: Moment) -> None:
        try:
            if rotation.answered(tx, self._vault, panel, answer.id, answer.public, now.unix_ms):
                self._changed.add(panel)
        except (BadMessage, VaultError) as refusal:
            self._refusals.add(str(refusal))

    def _take_state(self, tx: Transaction, panel: str, state: Any, now: Moment) -> None:
        row = renewal.find(tx, panel)
        if row is None or row.offer != state.id:
            return
        total = 0
        if row.document is not None:
            try:
                total = len(self._vault.open_sealed(renewal.PURPOSE, panel, bytes(row.document)))
            except VaultError as error:
                self._refusals.add(str(error))
                return
        self._got[panel] = (state.id, state.got)
        renewal.told(tx, panel, state.id, state.got, total, now.unix_ms)
        if state.got == total:
            self._got.pop(panel, None)

    def _opened(self, tx: Transaction, panel: str, served: ServedPanel, now: Moment) -> None:
        row, root_key = rotation.unfinished(tx, panel), served.end.session_root
        if row is None or root_key is None:
            return
        if row.state == rotation.ANSWERED and self._vault.unwrap(panel, bytes(row.root_next)) == root_key:
            rotation.proved(tx, panel, now.unix_ms)
            self._changed.add(panel)
        known = tx.panel(panel)
        is_new = known is not None and self._vault.unwrap(panel, known.root_key) == root_key
        has_begun = is_new and all(served.end.is_under(salt, root_key) for salt in served.end.hello.salts)
        if has_begun and rotation.finished(tx, panel, now.unix_ms):
            self._changed.add(panel)
