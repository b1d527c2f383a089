"""The serial line of the virtual board's modem, which stands in the simulated world. Only boards with one load it."""

import asyncio
import errno

_UNSENT_MAX = 2048
_ARRIVED_MAX = 4096
"""What a board's serial driver holds here. What comes on top is lost, as on a line without flow control."""

_READ_MAX = 256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from virtual_board import VirtualBoard


class VirtualModem:
    """See `Modem` in `hemlarm_firmware/board.py` for the promises."""

    def __init__(self, board: "VirtualBoard") -> None:
        self._board = board
        self._arrived = b""
        self._change = asyncio.Event()
        board.handlers["modem-data"] = self._take

    def write(self, data: bytes) -> None:
        """Sends `data` to the modem. Raises OSError when it is too much at once."""
        if len(data) > _UNSENT_MAX:
            raise OSError(errno.ENOBUFS)
        self._board.post("modem-write", bytes(data))

    async def read(self) -> bytes:
        """Waits for 1 to 256 bytes."""
        self._board.listen()
        while not self._arrived:
            self._change.clear()
            await self._change.wait()
        taken, self._arrived = self._arrived[:_READ_MAX], self._arrived[_READ_MAX:]
        return taken

    def power_key(self, pressed: bool) -> None:
        """Presses the key, or lets it go."""
        self._board.post("modem-key", pressed)

    def supply(self, on: bool) -> None:
        """Switches the modem's power."""
        self._board.post("modem-supply", on)

    def _take(self, frame: "list[Any]") -> None:
        self._arrived = (self._arrived + frame[1])[:_ARRIVED_MAX]
        self._change.set()
