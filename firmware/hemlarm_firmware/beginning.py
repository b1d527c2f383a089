"""What comes before the panel serves, and what serves then. Loaded when the panel starts, and then forgotten."""

import asyncio
import gc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hemlarm_boot.loader import Started
    from hemlarm_firmware.board import Board


def program(board: "Board") -> "Callable[[Board], Awaitable[None]]":
    """Return what this board runs for ever, after all that must be done before anything has read the panel's data."""
    slots = board.slots()
    if slots is not None:
        _see_to(board, slots)
    if board.credentials() is None:
        return _not_installed
    from hemlarm_firmware import app

    return app.main


async def _not_installed(board: "Board") -> None:
    from hemlarm_firmware import factory_reset, unprovisioned

    gc.threshold(-1)  # type: ignore[attr-defined]  # MicroPython's. Nothing is short of memory here.
    await factory_reset.erase_what_is_left(board)
    await unprovisioned.main(board)
    # What ended here would be started over and over; whoever installs it interrupts this.
    while True:
        await asyncio.sleep(3600)


def _see_to(board: "Board", slots: "Started") -> None:
    """Finish a roll-back, and try an update for which there is no memory later."""
    from hemlarm_firmware.extras import offered

    opened = slots.open() if slots.news else None
    if opened is not None and (opened.put_back_due or opened.restored):
        from hemlarm_firmware import putting_back

        putting_back.finish(board, opened)
    if not slots.on_trial and offered(slots):
        from hemlarm_firmware import trying

        trying.at_start(board, slots.open())
