"""The virtual board's cameras, which stand in the simulated world. Only boards with some load it."""

import asyncio
import errno

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from virtual_board import VirtualBoard


class VirtualCameras:
    """See `Cameras` in `hemlarm_firmware/board.py` for the promises."""

    def __init__(self, board: "VirtualBoard") -> None:
        self._board = board
        self._answer: list[Any] | None = None
        self._answered = asyncio.Event()
        for kind in ("camera-taken", "camera-failed", "camera-data"):
            board.handlers[kind] = self._take

    async def take(self, zone: int, flash: bool) -> int:
        """Takes a picture; returns its size. Raises OSError."""
        answer = await self._ask("camera-take", zone, flash)
        if answer[0] != "camera-taken":
            raise OSError(errno.EIO)
        size: int = answer[1]
        return size

    async def read(self, offset: int, n: int) -> bytes:
        """Reads a piece of it. Raises OSError."""
        answer = await self._ask("camera-read", offset, n)
        if answer[0] != "camera-data":
            raise OSError(errno.EIO)
        data: bytes = answer[1]
        return data

    async def _ask(self, *frame: "Any") -> "list[Any]":
        self._board.listen()
        self._answered.clear()
        self._board.post(*frame)
        await self._answered.wait()
        assert self._answer is not None
        return self._answer

    def _take(self, frame: "list[Any]") -> None:
        self._answer = frame
        self._answered.set()
