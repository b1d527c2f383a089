"""Carries out what the core decides, in one order: events are journalled and sent, the state is saved, people shown.

So whatever a person has seen is already safe. A failing flash is reported and silences nothing. Where memory runs out
in the middle, what is left to do is done all the same, and only then the error goes on its way.
"""

import gc

from hemlarm_firmware.condition import FLASH
from hemlarm_firmware.settings import SettingsError
from hemlarm_protocol import contact_id
from hemlarm_protocol.constant import const

UNHEARD_MAX = 32
"""Fire and hold-up alarms of which the keypad knows whether the centre has them; of older ones it no longer says."""

_SELF_TEST_FAILED = const(1307)
_PANELS_OWN = range(300, 320)  # Codes of what goes wrong in the panel itself.

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from hemlarm_firmware.board import Board
    from hemlarm_firmware.clock import Clock
    from hemlarm_firmware.condition import Condition
    from hemlarm_firmware.link.uplink import Uplink
    from hemlarm_firmware.memory import Memory
    from hemlarm_firmware.panel.core import Panel
    from hemlarm_firmware.recorder import Recorder

    Outputs = list[tuple[Any, ...]]


class Performer:
    """`unheard` numbers the fire and hold-up alarms that the centre has not acknowledged since the start."""

    def __init__(
        self,
        board: "Board",
        clock: "Clock",
        memory: "Memory",
        recorder: "Recorder",
        uplink: "Uplink",
        condition: "Condition",
    ) -> None:
        self.unheard: list[int] = []
        self._board = board
        self._clock = clock
        self._memory = memory
        self._recorder = recorder
        self._uplink = uplink
        self._condition = condition
        self._told_of_flash = False
        self._out_of_memory: MemoryError | None = None

    def carry_out(self, outputs: "Outputs", core: "Panel") -> bool:
        """Perform the events, the saving and the showing among `outputs`. Returns whether there were events to confirm.

        Raises MemoryError, when all is done for which there was memory.
        """
        events = [output for output in outputs if output[0] == "event"]
        numbers = [self._attempt(self._recorder.record, *event[1:]) for event in events]
        self._attempt(
            self._uplink.poke, min([contact_id.urgency(event[1]) for event in events], default=contact_id.ROUTINE)
        )
        for number, event in zip(numbers, events):
            self._note(number, event[1])
        if ("save",) in outputs:
            self._attempt(self.save, core)
        for output in outputs:
            if output[0] == "show":
                self._attempt(self._board.show, output[1], output[2])
        if any(event[1] % 1000 in _PANELS_OWN for event in events):
            self._attempt(self._uplink.tell_health)
        error, self._out_of_memory = self._out_of_memory, None
        if error:
            raise error
        return bool(events)

    def record(self, qcode: int, zone: int = 0, detail: int = 0) -> None:
        """Journal an event of the panel itself. What calls this pokes the link."""
        self._note(self._recorder.record(qcode, 0, zone, 0, contact_id.SOURCE_PANEL, detail), qcode)

    def failed(self, fault: int) -> None:
        """A self-test failed; `fault` is one of `condition`'s."""
        self.record(_SELF_TEST_FAILED, 0, fault)
        self._uplink.poke(contact_id.FAULT)
        self._uplink.tell_health()

    def flash_failed(self) -> None:
        """Report it, once until a save succeeds again."""
        if not self._told_of_flash:
            self._told_of_flash = True
            self.failed(FLASH)

    def confirm(self) -> None:
        """Read back what was journalled."""
        if not self._recorder.confirm():
            self.flash_failed()
            self._uplink.poke()

    def save(self, core: "Panel") -> None:
        """Make the core's state durable, and with it all else that `Memory` holds."""
        self._memory.core = core.saved
        self._memory.time_s = self._clock.time_s() or self._memory.time_s
        try:
            self._memory.save()
            self._told_of_flash = self._condition.unsaved = False
        except (OSError, SettingsError):
            self._condition.unsaved = True
            self.flash_failed()

    def _note(self, number: "int | None", qcode: int) -> None:
        if number is None:
            return
        self._board.trace("event", number, qcode)
        if qcode < 2000 and contact_id.urgency(qcode) <= contact_id.HOLD_UP:
            self.unheard = self.unheard[1 - UNHEARD_MAX :] + [number]

    def _attempt(self, work: "Callable[..., Any]", *arguments: "Any") -> "Any":
        """Do one thing; where memory runs out, once more without garbage; and then leave it, for the others' sake."""
        for _ in range(2):
            try:
                return work(*arguments)
            except MemoryError as error:
                failure = error
                gc.collect()
        self._out_of_memory = failure
        return None
