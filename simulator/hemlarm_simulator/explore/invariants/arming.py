"""Arming state and bypasses are what the last acknowledged change made them, over every restart."""

from typing import Any

from hemlarm_simulator.explore.account import Account, Journalled
from hemlarm_simulator.explore.arming_account import Guarding, from_memory
from hemlarm_simulator.explore.invariants.base import Ending, Invariant


class ArmingKept(Invariant):
    """At each start and at the end, the panel's memory holds what was acknowledged last.

    A change is acknowledged when its turn came to its end: only then anything was shown or answered. One that was cut
    off in the middle may be old or new.
    """

    name = "arming-kept"

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._known = Guarding()
        self._seen = 0
        self._lamp: bool | None = None

    def watch(self, at_ms: int, kind: str, values: tuple[Any, ...]) -> None:
        """Looks at the flash before each start."""
        if kind == "boot":
            self._compare(f"at the start at {at_ms} ms", self.account.memory())
            self._lamp = None
        elif kind == "fault" and values[0] == "state-forgotten":
            self._catch_up()
            self._known = Guarding()
        elif kind == "show" and values[0] == "lamp" and values[1][0] == "armed":
            self._lamp = bool(values[1][1])

    def end(self, ending: Ending) -> None:
        """And once more."""
        self._compare("at the end", ending.memory)
        armed = bool(self._known.armed())
        if self._lamp is not None and self._lamp != armed:
            self.complain(f"at the end the keypad says armed: {self._lamp}, and the panel's memory says {armed}")

    def _compare(self, when: str, memory: Any) -> None:
        allowed = self._catch_up()
        found = from_memory(memory)
        if not any(_same(found, each) for each in allowed):
            self.complain(f"{when} the panel's memory has {found}; acknowledged was {allowed[-1]}")
        self._known = found

    def _catch_up(self) -> list[Guarding]:
        """Takes all new events into account; returns what may be: after each change since the last whole turn."""
        allowed = [self._known.copy()]
        records: list[Journalled] = list(self.account.records.values())
        for record in records[self._seen :]:
            event = record.event
            # An event that was journalled and cut off before the world heard of it is a change cut off in the middle.
            if event is None or not self._known.after(event):
                continue
            if record.whole:
                allowed = [self._known.copy()]
            else:
                allowed.append(self._known.copy())
        self._seen = len(records)
        return allowed


def _same(one: Guarding, other: Guarding) -> bool:
    return one.armed() == other.armed() and one.bypassed == other.bypassed
