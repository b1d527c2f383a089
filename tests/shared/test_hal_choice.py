"""Which board this is, as the slots or a file say; and that no other board's module is loaded."""

import sys

from hemlarm_firmware import board_choice
from support import raises

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class OfBoard:
    """Slots, as far as their board is asked for."""

    def __init__(self, board: str) -> None:
        self.board = board


class Made:
    """What a board's module has for a board."""

    def __init__(self, slots: "Any") -> None:
        self.slots = slots


class Module:
    DeskBoard = Made


def test_the_board_is_made_by_the_module_of_its_name() -> None:
    slots: Any = OfBoard("desk")
    sys.modules["desk"] = Module()  # type: ignore[assignment]
    try:
        made: Any = board_choice.this_board(slots)
    finally:
        del sys.modules["desk"]
    assert made.slots is slots


def test_a_board_that_nobody_knows_is_named_in_the_error() -> None:
    slots: Any = OfBoard("toaster")
    assert "toaster" in str(raises(RuntimeError, board_choice.this_board, slots))
    assert "simulator" in str(raises(RuntimeError, board_choice.this_board, None))
