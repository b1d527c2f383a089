"""Which board this is. Loaded when the panel starts, and then forgotten."""

import sys

# For each board the module and the class; what the others need is never loaded, and not shipped to this one.
_BOARDS = {
    "esp32-s3": ("hemlarm_firmware.hal.esp32_s3", "Esp32S3"),
    "pico-2-w": ("hemlarm_firmware.hal.pico_2_w", "Pico2W"),
    "desk": ("desk", "DeskBoard"),  # A process on an installer's desk, which brings its own hardware along.
    "simulated": ("board_beside", "board"),  # A process of the simulator, likewise.
}

_BOARD_FILE = "board"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_boot.loader import Started
    from hemlarm_firmware.board import Board


def this_board(slots: "Started | None" = None) -> "Board":
    """Return the board that this runs on, as `slots` or else the file "board" names it.

    Raises RuntimeError where there is no support for it, OSError where its hardware is not there.
    """
    name = slots.board if slots is not None else _named()
    if name not in _BOARDS:
        raise RuntimeError(f"no support for a board called {name!r} on platform {sys.platform}; use the simulator")
    module, kind = _BOARDS[name]
    made: Any = getattr(__import__(module, None, None, (kind,)), kind)
    board: Board = made(slots)
    return board


def _named() -> str:
    try:
        with open(_BOARD_FILE) as file:  # noqa: PTH123  MicroPython has no pathlib.
            name: str = file.read(32).strip()
            return name
    except OSError:
        return ""
