"""The explorer's own account of one run, from what the world's ledger tells: what was journalled, shown and stored.

It never asks the firmware that runs. It reads the panel's flash as the firmware would, and opens what is sealed.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hemlarm_installer import firmware_code
from hemlarm_protocol import contact_id, messages
from hemlarm_simulator.explore.sealed_records import KeyRing, find
from hemlarm_simulator.nor_flash import NorFlash

EVENT = "event"
"""The panel's trace of an event that is journalled: number and code."""

PARKED = 1308
"""After this event the panel stops until it has power again."""

_SENSES = ("zone", "line", "radio", "button")


@dataclass
class Journalled:
    """One record of the journal. An event counts from the moment that its trace reached the world: `traced`.

    `turn` numbers the panel's turn in which it was written, `whole` says that this turn came to its end.
    """

    kid: bytes
    number: int
    sealed: bytes
    message: "messages.Message | None"
    written_ms: int
    order: int
    traced: bool = False
    acknowledged: bool = False
    whole: bool = False
    sent: bool = False

    @property
    def event(self) -> "messages.Event | None":
        """What it says, if it is an event."""
        return self.message if isinstance(self.message, messages.Event) else None

    @property
    def urgency(self) -> int:
        """As `contact_id` has it; that of a void record is the last."""
        event = self.event
        return contact_id.urgency(event.qcode) if event else 7


@dataclass
class Shown:
    """Something that the panel showed."""

    at_ms: int
    output: str
    value: Any


@dataclass
class Account:
    """What happened so far. `flash` is the panel's, `credentials` too."""

    flash: Mapping[str, NorFlash]
    credentials: Mapping[str, Any]
    records: dict[bytes, Journalled] = field(default_factory=dict)
    shown: list[Shown] = field(default_factory=list)
    boots: list[int] = field(default_factory=list)
    """When each start began, in ms."""
    troubles: list[tuple[int, int]] = field(default_factory=list)
    """From when to when the panel was off, or hung until its next start, in ms."""
    now_ms: int = 0
    sensor_inputs: int = 0
    forgotten_ms: list[int] = field(default_factory=list)
    """When the panel's state was taken away."""
    faults: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.ring = KeyRing(self.credentials["root_key"], self.credentials["panel"])
        self._open: list[Journalled] = []
        self._by_number: dict[int, Journalled] = {}
        self._troubled_ms: int | None = None
        self._handlers = {
            "boot": self._booted,
            "power cut": self._cut,
            "reset": self._cut,
            "watchdog": self._cut,
            "fault": self._fault,
            "program": self._programmed,
            "trace": self._traced,
            "show": self._show,
            "input": self._input,
        }

    def watch(self, at_ms: int, kind: str, values: tuple[Any, ...]) -> None:
        """For the ledger."""
        if at_ms != self.now_ms:
            self.end_of_turn()
            self.now_ms = at_ms
        handler = self._handlers.get(kind)
        if handler is not None:
            handler(values)

    def end_of_turn(self) -> None:
        """Whatever the panel wanted to do in this turn, it has done."""
        for record in self._open:
            record.whole = True
        self._open.clear()

    # What others ask.

    @property
    def lit(self) -> bool:
        """Whether the panel runs, as far as can be told from outside."""
        return self._troubled_ms is None

    def troubled(self, start_ms: int, end_ms: int) -> bool:
        """Whether the panel was off, hung or started between the two moments, both included."""
        current = self._troubled_ms is not None and self._troubled_ms <= end_ms
        return current or any(start <= end_ms and start_ms <= end for start, end in self.troubles)

    def trouble_ms(self, start_ms: int, end_ms: int) -> int:
        """How long of this time it was so."""
        spans = [*self.troubles, *([] if self._troubled_ms is None else [(self._troubled_ms, self.now_ms)])]
        return sum(max(0, min(end, end_ms) - max(start, start_ms)) for start, end in spans)

    def quiet_stretches(self, start_ms: int, end_ms: int) -> list[tuple[int, int]]:
        """The times within the two moments in which the panel ran untroubled."""
        found, at_ms = [], start_ms
        spans = [*self.troubles, *([] if self._troubled_ms is None else [(self._troubled_ms, self.now_ms)])]
        for start, end in sorted(spans):
            if end >= at_ms and start <= end_ms:
                if start > at_ms:
                    found.append((at_ms, start))
                at_ms = max(at_ms, end)
        if at_ms < end_ms:
            found.append((at_ms, end_ms))
        return found

    def events(self) -> list[tuple[Journalled, "messages.Event"]]:
        """All events that are surely journalled, in their order."""
        return [(record, record.event) for record in self.records.values() if record.traced and record.event]

    def memory(self) -> Any:
        """What the panel would find in its memory if it started now, as the firmware's own `Memory`."""
        settings = firmware_code.load("hemlarm_firmware.settings")
        memory = firmware_code.load("hemlarm_firmware.memory").Memory(settings.Settings(self.flash["state"]))
        self.ring.learn(memory.salts)
        return memory

    # What the ledger tells.

    def _booted(self, _values: tuple[Any, ...]) -> None:
        self._end_trouble()
        self.boots.append(self.now_ms)
        self.troubles.append((self.now_ms, self.now_ms))

    def _cut(self, _values: tuple[Any, ...]) -> None:
        self._open.clear()
        self._begin_trouble()

    def _fault(self, values: tuple[Any, ...]) -> None:
        self.faults[values[0]] += 1
        if values[0] in ("panel-hang-busy", "panel-hang-inputs", "panel-reset"):
            self._begin_trouble()
        elif values[0] == "state-forgotten":
            self.forgotten_ms.append(self.now_ms)

    def _begin_trouble(self) -> None:
        if self._troubled_ms is None:
            self._troubled_ms = self.now_ms

    def _end_trouble(self) -> None:
        if self._troubled_ms is not None:
            self.troubles.append((self._troubled_ms, self.now_ms))
            self._troubled_ms = None

    def _programmed(self, values: tuple[Any, ...]) -> None:
        if values[0] != "journal" or len(values[2]) < 64:
            return
        for found in find(values[2]):
            if found.sealed not in self.records:
                self._journalled(found.sealed, found.nonce)

    def _journalled(self, sealed: bytes, nonce: bytes) -> None:
        opened = self.ring.open(sealed)
        if opened is None:
            self.memory()
            opened = self.ring.open(sealed)
        kid, number, message = opened or (self.ring.present or b"", int.from_bytes(nonce, "big"), None)
        record = Journalled(kid, number, sealed, message, self.now_ms, len(self.records))
        self.records[sealed] = self._by_number[number] = record
        self._open.append(record)

    def _traced(self, values: tuple[Any, ...]) -> None:
        if values[0] == EVENT and values[2] in self._by_number:
            self._by_number[values[2]].traced = True
            if values[3] == PARKED:
                self._begin_trouble()
        elif values[0] == "acknowledged" and values[2] in self._by_number:
            self._by_number[values[2]].acknowledged = True

    def _show(self, values: tuple[Any, ...]) -> None:
        self.shown.append(Shown(self.now_ms, values[0], values[1]))

    def _input(self, values: tuple[Any, ...]) -> None:
        if values[0] in _SENSES:
            self.sensor_inputs += 1
