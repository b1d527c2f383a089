"""What a panel does that was never installed, or was reset: it says so, and leaves its serial line to the installer.

`provisioning.py` is driven over that line, and takes `board` from here.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.board import Board

board: "Board | None" = None
"""The board that waits for its installer."""

DISPLAY = ("Ej installerad", "Not installed")


async def main(given: "Board") -> None:
    """Say on the display that nothing is installed, and return: the interpreter's prompt comes next."""
    global board
    board = given
    given.show("display", DISPLAY)
