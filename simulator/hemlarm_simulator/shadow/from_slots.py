"""A simulated panel that runs from its slots, as a real board does: what `firmware/main.py` is there, this is here.

The loader and the images lie in LittleFS on the flash chip "files" (`board_files.py`). Nothing of the firmware is on
the search path beside them, only the board's stand-ins. What the loader does with a firmware that fails is a crash for
the world: it must survive crashes.
"""

import sys

import board_beside
import vfs
from files_device import FilesDevice

ROOT = "/flash"
UNIT_BYTES = 64
"""As in `board_files.py`."""

_CRASH = 3

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def main(board: "Any") -> None:
    """Runs whatever the loader chooses, for ever: it brings its own event loop."""
    device = FilesDevice(board.flash("files"))
    vfs.mount(vfs.VfsLfs2(device, progsize=UNIT_BYTES, readsize=UNIT_BYTES, mtime=False), ROOT)
    board_beside.here = board
    beside = list(sys.path)
    sys.path.append(ROOT)
    loader = __import__("hemlarm_boot.loader", None, None, ("load",))
    slots = loader.load(ROOT, beside)
    del loader, beside
    try:
        __import__("hemlarm_firmware.start", None, None, ("run",)).run(slots)
    except Exception as error:  # noqa: BLE001  As the loader on a board.
        sys.print_exception(error)  # type: ignore[attr-defined]  # MicroPython's.
        slots.crashed()
    board.reset(_CRASH)
