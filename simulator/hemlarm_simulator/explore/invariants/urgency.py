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

_LEFT_IP, _BACK_ON_IP = 1350, 3350
"""The session goes over the mobile path; it goes over the fixed line again, as it does before the first of them."""


class UrgentAtOnce(Invariant):
    """The panel says what is urgent at once where it can, and never keeps it back for something less urgent.

    This looks at the fixed line, and only while the session goes over it.
    """

    name = "urgent-at-once"

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._connection: int | None = None
        self._usable_ms: int | None = None
        self._elsewhere = False
        self._unsent: dict[bytes, Journalled] = {}

    def wire(self, at_ms: int, frame: Frame) -> None:
        """Keeps account of the connection and of what was sent on it."""
        if frame[0] == "connect":
            self._lost(frame[1])
        elif frame[0] == "close" and frame[1] == self._connection:
            self._lost(None)
        elif frame[0] == "modem-write":
            for found in find(frame[1]):
                self._unsent.pop(found.sealed, None)
        elif frame[0] == "send" and frame[1] == self._connection:
            for found in find(frame[2]):
                # The first sealed message is the Hello: with it the connection is open.
                self._usable_ms = at_ms if self._usable_ms is None else self._usable_ms
                self._sent(at_ms, found.sealed)

    def watch(self, at_ms: int, kind: str, values: tuple[Any, ...]) -> None:
        """A power cut ends the connection; a program may be of a new record, or tell of another path."""
        if kind in ("power cut", "boot"):
            self._lost(None)
            self._unsent.clear()
            self._elsewhere = False
        elif kind == "program" and values[0] == "journal":
            for found in find(values[2]):
                self._programmed(at_ms, self.account.records.get(found.sealed))
        elif kind == "trace" and values[0] == "acknowledged":
            # By SMS, or by the mobile path, where bytes come in pieces.
            self._unsent = {sealed: each for sealed, each in self._unsent.items() if each.number != values[2]}
        if self._unsent:
            self._overdue(at_ms)

    def _programmed(self, at_ms: int, record: Journalled | None) -> None:
        if record is None or record.written_ms != at_ms:
            return
        if record.urgency <= URGENT:
            self._unsent[record.sealed] = record
        if record.event is not None and record.event.qcode in (_LEFT_IP, _BACK_ON_IP):
            self._elsewhere = record.event.qcode == _LEFT_IP
            self._usable_ms = at_ms if self._usable_ms is not None else None

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
        for other in [] if self._elsewhere else self._unsent.values():
            if other.urgency < record.urgency and other.written_ms < at_ms:
                self.complain(
                    f"event {record.number} went out at {at_ms} ms before {other.number}, which is more urgent"
                )

    def _overdue(self, at_ms: int) -> None:
        if self._usable_ms is None or self._elsewhere:
            return
        for sealed, record in list(self._unsent.items()):
            if at_ms > max(record.written_ms, self._usable_ms) + ON_THE_WIRE_MS:
                del self._unsent[sealed]
                if not self.account.troubled(record.written_ms, at_ms):
                    self.complain(
                        f"event {record.number}, journalled at {record.written_ms} ms, was not on the wire "
                        f"{ON_THE_WIRE_MS} ms later, though there was a connection"
                    )
