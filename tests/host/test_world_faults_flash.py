"""Power that goes at a chosen flash operation: which one, how much of it is done, and what of the chip it reaches."""

from typing import Any, cast

import pytest

from hemlarm_simulator.chance import Chance
from hemlarm_simulator.clock import VirtualClock
from hemlarm_simulator.ledger import Ledger
from hemlarm_simulator.nor_flash import NorFlash, PowerCut
from hemlarm_simulator.simulated_panel import SimulatedPanel
from hemlarm_simulator.virtual.faults import Faults
from hemlarm_simulator.virtual.flash_cut import FlashCut

SECTOR = 4096
ERASE = ["erase", "journal", 0]


class Chips:
    """What `FlashCut` sees of a panel: two chips and the handlers of its frames."""

    def __init__(self, seed: int = 1) -> None:
        self.flash = {name: NorFlash(2 * SECTOR, program_size=1) for name in ("journal", "state")}
        self.handlers = {"program": self._program, "erase": self._erase}
        self.faults = Faults(VirtualClock(), Ledger())
        self.cut = FlashCut(cast("SimulatedPanel", self), self.faults, Chance(seed, "cut"))

    def handle(self, *frames: list[Any]) -> None:
        """The panel sends frames. Raises PowerCut."""
        for frame in frames:
            self.handlers[frame[0]](frame)

    def _program(self, frame: list[Any]) -> None:
        self.flash[frame[1]].program(frame[2], frame[3])

    def _erase(self, frame: list[Any]) -> None:
        self.flash[frame[1]].erase(frame[2])


def program(chip: str, offset: int, data: bytes) -> list[Any]:
    """The frame of a program."""
    return ["program", chip, offset, data]


def test_the_operations_of_all_chips_are_counted_and_those_before_are_done() -> None:
    chips = Chips()
    chips.cut.order(3, None)
    with pytest.raises(PowerCut):
        chips.handle(*(program(chip, 0, b"\0") for chip in ("journal", "state")), ERASE)
    assert [chip.read(0, 1) for chip in chips.flash.values()] == [b"\0", b"\0"]
    assert chips.flash["journal"].erases == [0, 0]
    assert chips.faults.counts == {"flash-cut": 1}


def test_an_order_is_carried_out_once() -> None:
    chips = Chips()
    chips.cut.order(1, None)
    with pytest.raises(PowerCut):
        chips.handle(ERASE)
    chips.handle(ERASE, ERASE)
    assert chips.flash["journal"].erases == [2, 0]


def test_a_new_order_takes_the_place_of_the_old_and_0_takes_it_back() -> None:
    chips = Chips()
    chips.cut.order(1, None)
    chips.cut.order(2, None)
    chips.handle(ERASE)
    chips.cut.order(0, None)
    chips.handle(ERASE, ERASE)
    assert chips.faults.counts == {}


@pytest.mark.parametrize(("torn", "done"), [(0.0, b""), (0.5, b"\0\0"), (0.75, b"\0\0\0"), (1.0, b"\0\0\0\0")])
def test_a_program_is_torn_after_a_part_of_its_bytes(torn: float, done: bytes) -> None:
    chips = Chips()
    chips.cut.order(1, torn)
    with pytest.raises(PowerCut):
        chips.handle(program("state", 8, bytes(4)))
    assert chips.flash["state"].read(7, 6) == b"\xff" + done.ljust(4, b"\xff") + b"\xff"
    assert chips.faults.counts == {"flash-cut": 1, "flash-torn": 1}


def test_a_torn_program_sets_no_bit() -> None:
    chips = Chips()
    chips.flash["state"].contents[:4] = bytes(4)
    chips.cut.order(1, 1.0)
    with pytest.raises(PowerCut):
        chips.handle(program("state", 0, b"\xff" * 4))
    assert chips.flash["state"].read(0, 4) == bytes(4)


def test_a_program_may_be_torn_within_a_byte_and_never_clears_what_it_should_leave() -> None:
    torn = set()
    for seed in range(20):
        chips = Chips(seed)
        chips.cut.order(1, 0.5)
        with pytest.raises(PowerCut):
            chips.handle(program("state", 0, b"\x0f"))
        torn.add(chips.flash["state"].read(0, 1)[0])
    assert len(torn) > 5
    assert all(byte & 0x0F == 0x0F for byte in torn)


@pytest.mark.parametrize(("torn", "least", "most"), [(0.0, 0, 0), (0.25, 900, 1150), (1.0, SECTOR, SECTOR)])
def test_an_erase_is_torn_all_over_its_sector_and_nowhere_else(torn: float, least: int, most: int) -> None:
    chips = Chips()
    flash = chips.flash["journal"]
    flash.contents[:] = bytes(flash.size)
    chips.cut.order(1, torn)
    with pytest.raises(PowerCut):
        chips.handle(ERASE)
    assert least <= flash.contents[:SECTOR].count(0xFF) <= most
    assert flash.contents[SECTOR:] == bytes(SECTOR)
    if least < most:
        assert flash.contents[: SECTOR // 4].count(0xFF) > least // 6
        assert flash.contents[3 * SECTOR // 4 : SECTOR].count(0xFF) > least // 6


def test_an_operation_that_was_not_begun_is_not_torn() -> None:
    chips = Chips()
    chips.cut.order(1, None)
    with pytest.raises(PowerCut):
        chips.handle(program("state", 0, bytes(4)))
    assert chips.flash["state"].read(0, 4) == b"\xff" * 4
    assert chips.faults.counts == {"flash-cut": 1}
