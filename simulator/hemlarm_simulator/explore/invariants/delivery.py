"""Nothing is lost: what was journalled is in the store exactly once, and the numbers have no unexplained gap."""

from typing import Any

from hemlarm_cloud.store import Event
from hemlarm_protocol import messages
from hemlarm_simulator.explore.account import Account, Journalled
from hemlarm_simulator.explore.invariants.base import Ending, Invariant

DROPPED = 1
"""The cause of a void for records that made way in a full journal."""

NOT_HELD = 3
"""The cause of a void for numbers that the cloud asked for and the panel does not have."""

JOURNAL_ROOMY = 1_000
"""With fewer records than this no journal of ours is ever full, nor writes over what it holds."""


class EveryEventOnce(Invariant):
    """Every event that the panel journalled and did not declare lost is in the store exactly once.

    But for an incarnation of which the panel's memory was taken away before the store has learned its salt, or kept it:
    nobody can open its events any more.
    """

    name = "every-event-once"

    def end(self, ending: Ending) -> None:
        """Compares what the world heard of with what the store has."""
        full = len(self.account.records) >= JOURNAL_ROOMY
        dropped = {(v.kid, n) for v in ending.voids if v.cause == DROPPED for n in range(v.first, v.last + 1)}
        for record, event in self.account.events():
            times = len(ending.by_sealed.get(record.sealed, []))
            excused = full and (record.kid, record.number) in dropped
            if times > 1:
                self.complain(f"event {record.number} ({event.qcode}) is stored {times} times")
            elif not times and not excused and self._can_be_opened(record, ending):
                self.complain(
                    f"event {record.number} ({event.qcode}), journalled at {record.written_ms} ms, is not in the store"
                )

    def _can_be_opened(self, record: Journalled, ending: Ending) -> bool:
        forgotten = any(when >= record.written_ms for when in self.account.forgotten_ms)
        return record.kid in ending.kids or not forgotten


class ForgetsOnlyWhatIsStored(Invariant):
    """The panel takes an event for delivered only when the store has, or once had, committed it."""

    name = "forgets-only-what-is-stored"

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._stored: set[bytes] = set()

    def watch(self, at_ms: int, kind: str, values: tuple[Any, ...]) -> None:
        """Compares the panel's word for an acknowledgement with the rows so far."""
        if kind == "stored":
            self._stored.add(Event(*values).sealed)
        elif kind == "trace" and values[0] == "acknowledged":
            records = [record for record in self.account.records.values() if record.number == values[2]]
            if records and not any(record.sealed in self._stored for record in records):
                self.complain(f"the panel took event {values[2]} for delivered at {at_ms} ms, and no store had it")


class NumbersComplete(Invariant):
    """The numbers of each incarnation are complete or declared void, and void is only what was never there."""

    name = "numbers-complete"

    def end(self, ending: Ending) -> None:
        """Looks at every incarnation that the store knows."""
        for kid in sorted({event.kid for event in ending.events}):
            self._gaps(ending, kid)
        self._voids(ending)

    def _gaps(self, ending: Ending, kid: bytes) -> None:
        there = {event.number for event in ending.events if event.kid == kid}
        there |= {n for void in ending.voids if void.kid == kid for n in range(void.first, void.last + 1)}
        missing = [number for number in range(1, max(there) + 1) if number not in there]
        # An incarnation that was forgotten can declare nothing any more; what it has journalled still comes.
        if kid != self.account.ring.present:
            missing = [n for n in missing if any(r.kid == kid and r.number == n for r, _ in self.account.events())]
        if missing:
            self.complain(f"of incarnation {kid.hex()} the numbers {_short(missing)} neither came nor are void")

    def _voids(self, ending: Ending) -> None:
        if len(self.account.records) >= JOURNAL_ROOMY:
            return
        journalled = {(record.kid, record.number) for record, _ in self.account.events()}
        unused = self._declared_unused()
        for void in ending.voids:
            numbers = range(void.first, void.last + 1)
            wrong = [n for n in numbers if (void.kid, n) in journalled]
            if wrong:
                self.complain(f"{_short(wrong)} are declared void with cause {void.cause}, and were journalled")
            # Asked for before that declaration arrived, they may be declared anew.
            if void.cause == NOT_HELD and any((void.kid, n) not in unused for n in numbers):
                self.complain(f"{void.first} to {void.last} are not held, though nothing can have written over them")

    def _declared_unused(self) -> set[tuple[bytes, int]]:
        """The numbers that the panel has declared void of its own accord."""
        found: set[tuple[bytes, int]] = set()
        for record in self.account.records.values():
            void = record.message
            if isinstance(void, messages.Void) and void.cause != NOT_HELD:
                found |= {(record.kid, n) for n in range(void.first, void.last + 1)}
        return found


def _short(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:5]))
    return f"{shown}, ... ({len(numbers)} in all)" if len(numbers) > 5 else shown
