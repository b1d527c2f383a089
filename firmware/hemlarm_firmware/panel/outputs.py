"""Plugs and locks: what they were told, what a lock says of itself, and what is reported of that.

Loaded only where the configuration has outputs. A plug does as it is told. A lock is a machine of its own, with a motor
and a knob: it is as it says, and what it was told counts only once it says so.
"""

from hemlarm_firmware.panel.countdown import earlier
from hemlarm_protocol import contact_id
from hemlarm_protocol.constant import const
from hemlarm_protocol.household import JAMMED, LOCK, LOCKED, MOVING, PLUG, UNLOCKED

MOVE_MS = 15_000
"""How long a lock may take: a motor needs 2 s, a battery that is nearly empty several times that."""

_UNLOCKED = const(1422)
_LOCKED = const(3422)
_FAILED = const(1432)
_MENDED = const(3432)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from hemlarm_firmware.panel.cause import Cause
    from hemlarm_firmware.panel.config import Config


class _Plug:
    def __init__(self, number: int) -> None:
        self.number = number
        self.on = False
        self.deadline_ms: int | None = None  # Never: it has nothing to wait for.

    def reading(self) -> "list[int]":
        return [PLUG, self.number, int(self.on)]

    def snapshot(self) -> "list[int] | None":
        return [self.number, 1] if self.on else None

    def restore(self, known: "Sequence[int]") -> None:
        self.on = bool(known[1])

    def take_over(self, before: "Any") -> None:
        self.on = before.on


class _Lock:
    """`state` as the lock says, None until it has spoken; `told` where it stood last, whether or not it moves now."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.state: int | None = None
        self.told: int | None = None
        self.failed = False
        self.wanted: int | None = None
        self.asker = (0, contact_id.SOURCE_PANEL)
        self.deadline_ms: int | None = None

    def reading(self) -> "list[int]":
        return [] if self.state is None else [LOCK, self.number, self.state]

    def snapshot(self) -> "list[int] | None":
        return None if self.told is None else [self.number, self.told, int(self.failed)]

    def restore(self, known: "Sequence[int]") -> None:
        if len(known) > 2 and known[1] in (UNLOCKED, LOCKED):
            self.told, self.failed = known[1], bool(known[2])

    def take_over(self, before: "Any") -> None:
        for name in ["state", "told", "failed", "wanted", "asker", "deadline_ms"]:
            setattr(self, name, getattr(before, name))

    def move(self, wanted: int, cause: "Cause") -> None:
        if self.state == wanted and self.deadline_ms is None:
            return
        self.wanted, self.asker = wanted, (cause.user, cause.source)
        self.state, self.deadline_ms = MOVING, cause.now_ms + MOVE_MS
        cause.show("lock", (self.number, wanted == LOCKED))

    def says(self, state: int, cause: "Cause") -> None:
        """Where it stands on the way to what was asked of it says nothing yet."""
        if state == JAMMED:
            self._fail(cause)
        elif state == MOVING:
            self.state = state
            if self.deadline_ms is None:
                self.deadline_ms = cause.now_ms + MOVE_MS
        elif self.wanted is None or self.wanted == state or state != self.told:
            self._stands(state, cause)

    def _stands(self, state: int, cause: "Cause") -> None:
        user, source = cause.user, cause.source
        if self.wanted == state:
            cause.acts_for(*self.asker)
        if self.told is not None and self.told != state:
            cause.event(_LOCKED if state == LOCKED else _UNLOCKED, 0, self.number)
        cause.acts_for(user, source)
        if self.failed:
            cause.event(_MENDED, 0, self.number)
        self.state = self.told = state
        self.failed = False
        self.wanted = self.deadline_ms = None

    def _fail(self, cause: "Cause") -> None:
        if not self.failed:
            cause.event(_FAILED, 0, self.number)
        self.state, self.failed = JAMMED, True
        self.wanted = self.deadline_ms = None

    def run_due(self, cause: "Cause") -> None:
        if self.deadline_ms is not None and cause.now_ms >= self.deadline_ms:
            self._fail(cause)


class Outputs:
    """The outputs of a configuration. The caller has set who acts, in the cause."""

    def __init__(self, items: "list[Config]") -> None:
        self._plugs: dict[int, Any] = {
            item["number"]: _Plug(item["number"]) for item in items if item["kind"] == "plug"
        }
        self._locks: dict[int, Any] = {
            item["number"]: _Lock(item["number"]) for item in items if item["kind"] == "lock"
        }
        self._all = [self._plugs.get(item["number"]) or self._locks[item["number"]] for item in items]

    def has_plug(self, number: int) -> bool:
        """Whether there is a plug of this number."""
        return number in self._plugs

    def has_lock(self, number: int) -> bool:
        """Whether there is a lock of this number."""
        return number in self._locks

    def switch(self, number: int, on: bool, cause: "Cause") -> None:
        """Switches a plug that is there."""
        self._plugs[number].on = on
        cause.show("plug", (number, on))

    def turn(self, number: int, lock: bool, cause: "Cause") -> None:
        """Tells a lock that is there to lock or unlock; what comes of it is reported."""
        self._locks[number].move(LOCKED if lock else UNLOCKED, cause)

    def says(self, event: "Sequence[Any]", cause: "Cause") -> None:
        """A lock has told how it stands: (kind, output, state)."""
        if event[1] in self._locks and event[2] in (UNLOCKED, LOCKED, MOVING, JAMMED):
            self._locks[event[1]].says(event[2], cause)

    def readings(self) -> "list[int]":
        """Kind, number and value of each, as in a Readings message; of a lock that has not spoken nothing."""
        told: list[int] = []
        for each in self._all:
            told += each.reading()
        return told

    def show(self, cause: "Cause") -> None:
        """Sets the plugs as they were before the panel restarted; locks stay as they are."""
        for number, plug in self._plugs.items():
            cause.show("plug", (number, plug.on))

    # Time and restarts.

    def run_due(self, cause: "Cause") -> None:
        """A lock that has not confirmed in time is at fault."""
        for lock in self._locks.values():
            lock.run_due(cause)

    def deadline_ms(self) -> "int | None":
        """When `run_due` has something to do."""
        at_ms: int | None = None
        for lock in self._locks.values():
            at_ms = earlier(lock.deadline_ms, at_ms)
        return at_ms

    def snapshot(self) -> "list[Any]":
        """What a restart must know: plugs that are on, and how each lock stood."""
        kept = []
        for each in self._all:
            item = each.snapshot()
            if item:
                kept.append(item)
        return kept

    def restore(self, known: "Sequence[Sequence[int]]") -> None:
        """Takes up a snapshot; what is no longer configured is forgotten."""
        for each in self._all:
            for item in known:
                if item[0] == each.number:
                    each.restore(item)

    def take_over(self, before: "Outputs") -> None:
        """The configuration changed around them: outputs that are there still go on."""
        for mine, known in ((self._plugs, before._plugs), (self._locks, before._locks)):
            for number, each in mine.items():
                if number in known:
                    each.take_over(known[number])
