"""From power-on to the firmware: nothing runs that was not signed, and a trial that fails to start is over.

It is installed over the cable and never updated over the air. `main.py` calls `start`. This module and `imports.py`
stay in memory while the firmware runs; the others of this package are there only while somebody needs them.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from hemlarm_boot.image import Head
    from hemlarm_boot.imports import ImageFiles
    from hemlarm_boot.slots import Slots

PLACE = "/app"
"""Where the image is mounted, and the only place that firmware is imported from."""

_NOTHING = "Hemlarm: no signed firmware for this board here; install it again by `hemlarm install flash`"
_FROZEN = ".frozen"
_FIRMWARE = "hemlarm_firmware.start"
_PACKAGE = "hemlarm_boot"
_STAYING = ["hemlarm_boot.loader", "hemlarm_boot.imports"]


class Started:
    """What a start decided, which is all that a panel without an update needs of its slots; `open` gives the rest.

    `root` is the folder of the slots, "" or one that ends in "/", `board` the board's name, `slot` "a" or "b", `files`
    and `running` are those of the image that runs (an `image.Head`). `on_trial` is whether that has yet to prove
    itself, `floor` the oldest version that may run here again, and `news` whether `open` has anything to see to: a
    trial, a `note`, or data to be put back.
    """

    on_trial = False
    news = False
    floor = 0

    def __init__(self, root: str, board: str, slot: str, files: "ImageFiles", running: "Head") -> None:
        self.root = root
        self.board = board
        self.slot = slot
        self.files = files
        self.running = running

    def open(self) -> "Slots":
        """Return all there is to know and to do; one at a time, as each has the state in its own memory."""
        slots: Slots = loaded("slots").Slots(self.root, self)
        return slots

    def crashed(self) -> None:
        """What runs ended by an exception. What is in the way of noting that is left to the next start."""
        try:
            self.open().crashed()
        except (OSError, MemoryError):
            pass


def start(
    root: str = "", restart: "Callable[[], object]" = sys.exit, warn: "Callable[[object], object]" = print
) -> None:
    """Run the firmware in the slots in `root`; return only where there is none that may run, `warn`ed of.

    A firmware that ends is followed by `restart`, which is a soft reset on a board. Raises KeyboardInterrupt and
    SystemExit.
    """
    try:
        started = load(root)
    except RuntimeError as error:
        warn(error)
        return
    try:
        __import__(_FIRMWARE, None, None, ("",)).run(started)
    except Exception as error:  # noqa: BLE001 - Whatever ends it, the panel must run on.
        sys.print_exception(error)  # type: ignore[attr-defined]
        started.crashed()
    restart()


def load(root: str = "", beside: "Sequence[str]" = ()) -> Started:
    """Choose the image that runs and let everything be imported from it, and nothing from the file system.

    `beside` are folders to import from before the image: a simulator's stand-ins for a board. Raises RuntimeError where
    there is none that may run. Where what is imported then ends by an exception, call `Started.crashed`.
    """
    started: Started | None = loaded("slots").Slots(root).begin()
    if started is None:
        raise RuntimeError(_NOTHING)
    import vfs

    vfs.mount(started.files, PLACE, readonly=True)
    sys.path[:] = list(beside) + [PLACE, _FROZEN]
    return started


def loaded(name: str) -> "Any":
    """Return a module of this package that is needed for a moment: what uses it holds it, and then its memory goes."""
    module = __import__(_PACKAGE + "." + name, None, None, ("",))
    package = sys.modules[_PACKAGE]
    for used in list(sys.modules):
        if used.startswith(_PACKAGE + ".") and used not in _STAYING:
            sys.modules.pop(used)
            if hasattr(package, used[len(_PACKAGE) + 1 :]):
                delattr(package, used[len(_PACKAGE) + 1 :])
    return module
