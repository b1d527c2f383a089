"""The only code that touches hardware and the machine's own network: one module for each kind of it."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.board import Board


def this_board() -> "Board":
    """Return the board that this runs on. Raises RuntimeError where there is no support for it."""
    raise RuntimeError("no support for a board of platform " + sys.platform + " yet; use the simulator")
