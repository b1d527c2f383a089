"""An urgent event that is journalled while there is a connection is on the wire within a second, most urgent first."""

from typing import Any

from hemlarm_protocol import contact_id
from hemlarm_simulator.board_link import Frame
from hemlarm_simulator.explore.account import Account, Journalled
from hemlarm_simulator.explore.invariants.base import Ending, Invariant
from hemlarm_simulator.explore.sealed_records import find

ON_THE_WIRE_MS = 1_000
"""From the journal to the wire, for what does not wait for a pause between connections."""

URGENT = contact_id.TAMPER


class UrgentAtOnce(Invariant):
    """The panel says what is urgent at once where it can, and never keeps it back for something less urgent."""

    name = "urgent-at-once"

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._connection: int | None = None
        self._usable_ms: int | None = None
        self._unsent: dict[bytes, Journalled] = {}

    def wire(self, at_ms: int, frame: Frame) -> None:
        """Keeps account of the connection and of what was sent on it."""
        if frame[0] == "connect":
            self._lost(frame[1])
        elif frame[0] == "close" and frame[1] == self._connection:
            self._lost(None)
        elif frame[0] == "send" and frame[1] == self._connection:
            for found in find(frame[2]):
                # The first sealed message is the Hello: with it the connection is open.
                self._usable_ms = at_ms if self._usable_ms is None else self._usable_ms
                self._sent(at_ms, found.sealed)

    def watch(self, at_ms: int, kind: str, values: tuple[Any, ...]) -> None:
        """A power cut ends the connection; a program may be of a new record."""
        if kind in ("power cut", "boot"):
            self._lost(None)
            self._unsent.clear()
        elif kind == "program" and values[0] == "journal":
            for found in find(values[2]):
                record = self.account.records.get(found.sealed)
                if record is not None and record.written_ms == at_ms and record.urgency <= URGENT:
                    self._unsent[found.sealed] = record
        if self._unsent:
            self._overdue(at_ms)

    def end(self, ending: Ending) -> None:
        """Nothing urgent may be left."""
        self._overdue(ending.scene.now_ms)

    def _lost(self, connection: int | None) -> None:
        self._connection = connection
        self._usable_ms = None

    def _sent(self, at_ms: int, sealed: bytes) -> None:
        self._unsent.pop(sealed, None)
        record = self.account.records.get(sealed)
        if record is None:
            return
        for other in self._unsent.values():
            if other.urgency < record.urgency and other.written_ms < at_ms:
                self.complain(
                    f"event {record.number} went out at {at_ms} ms before {other.number}, which is more urgent"
                )

    def _overdue(self, at_ms: int) -> None:
        if self._usable_ms is None:
            return
        for sealed, record in list(self._unsent.items()):
            if at_ms > max(record.written_ms, self._usable_ms) + ON_THE_WIRE_MS:
                del self._unsent[sealed]
                if not self.account.troubled(record.written_ms, at_ms):
                    self.complain(
                        f"event {record.number}, journalled at {record.written_ms} ms, was not on the wire "
                        f"{ON_THE_WIRE_MS} ms later, though there was a connection"
                    )
