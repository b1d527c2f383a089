"""What the loader runs, once it has chosen an image: the panel, or what a panel does that was never installed.

Whatever fails in here before the panel serves counts against an image on trial, and ends in a restart. It stays in
memory as long as the panel runs; so it is small.
"""

import asyncio
import gc

from hemlarm_firmware.panel.config import forget

COLLECT_EVERY_BYTES = 4_096
"""While modules are loaded: what stays of them then lies packed, not between what was read of their files."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_boot.loader import Started
    from hemlarm_firmware.board import Board


def run(slots: "Started") -> None:
    """Run the panel on this board, from these slots, for ever."""
    gc.threshold(COLLECT_EVERY_BYTES)  # type: ignore[attr-defined]  # MicroPython's.
    asyncio.run(serve(_once("board_choice").this_board(slots)))


async def serve(board: "Board") -> None:
    """Run the panel on this board, for ever. Raises what goes wrong before it has begun."""
    await _once("beginning").program(board)(board)


def _once(name: str) -> "Any":
    module = __import__("hemlarm_firmware." + name, None, None, ("",))
    forget([name], "hemlarm_firmware")
    return module
