"""Power that goes at a chosen flash operation of a panel, and may tear that operation."""

from hemlarm_simulator.board_link import Frame
from hemlarm_simulator.chance import Chance
from hemlarm_simulator.nor_flash import NorFlash, PowerCut
from hemlarm_simulator.simulated_panel import Handler, SimulatedPanel
from hemlarm_simulator.virtual.faults import Faults


class FlashCut:
    """Counts the programs and erases of all of a panel's chips, over its restarts too.

    Its PowerCut leaves `SimulatedPanel.handle`, so that nothing of what the panel has sent behind that operation is
    ever looked at.
    """

    def __init__(self, panel: SimulatedPanel, faults: Faults, chance: Chance) -> None:
        self._flash = panel.flash
        self._faults = faults
        self._chance = chance
        self._left = 0
        self._torn: float | None = None
        for operation in ("program", "erase"):
            panel.handlers[operation] = self._watched(panel.handlers[operation])

    def order(self, operation: int, torn: float | None) -> None:
        """Power goes at the operation of this number from now, the first being 1; 0 takes the order back.

        `torn` is the part of it that is done by then, from 0 to 1; None: it is not begun.
        """
        assert operation >= 0
        assert torn is None or 0 <= torn <= 1
        self._left = operation
        self._torn = torn

    def _watched(self, handler: Handler) -> Handler:
        def handle(frame: Frame) -> None:
            if self._left == 1:
                self._cut(frame)
            if self._left:
                self._left -= 1
            handler(frame)

        return handle

    def _cut(self, frame: Frame) -> None:
        self._left = 0
        operation, chip, offset = frame[:3]
        self._faults.happened("flash-cut", operation, chip, offset)
        if self._torn is not None:
            self._faults.happened("flash-torn", operation, chip, offset)
            _tear(self._flash[chip], frame, self._torn, self._chance)
        raise PowerCut


def _tear(flash: NorFlash, frame: Frame, torn: float, chance: Chance) -> None:
    """Does a part of an operation.

    A program is torn between two bytes or within one. An erase works on the whole sector at once, so what it has
    reached by then lies anywhere in it.
    """
    offset = frame[2]
    if frame[0] == "program":
        done, begun = divmod(torn * len(frame[3]), 1)
        reached = bytearray(frame[3][: int(done)])
        if begun:
            reached.append(frame[3][int(done)] | chance(1)[0])
        for at, byte in enumerate(reached, offset):
            flash.contents[at] &= byte
        return
    for at, byte in enumerate(chance(flash.sector_size), offset):
        if byte < torn * 256:
            flash.contents[at] = 0xFF
