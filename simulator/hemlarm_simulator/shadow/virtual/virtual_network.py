"""Connections in virtual time: bytes travel as frames on the board's stream, and the world plays the network."""

import asyncio

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from virtual_board import VirtualBoard


class VirtualStream:
    """One connection."""

    def __init__(self, board: "VirtualBoard", number: int, forget: "Callable[[int], None]") -> None:
        self._board = board
        self._forget = forget
        self._number = number
        self._data = b""
        self._change = asyncio.Event()
        self.connected = False
        self.ended = False
        self.error = 0

    async def opened(self) -> None:
        """Waits until it is connected. Raises OSError."""
        while not self.connected and not self.ended:
            await self._changed()
        if self.error:
            raise OSError(self.error)

    async def read(self, count: int) -> bytes:
        """Waits for data: up to `count` bytes, b"" at the end."""
        while not self._data and not self.ended:
            await self._changed()
        taken, self._data = self._data[:count], self._data[count:]
        return taken

    def write_now(self, data: "bytes | bytearray | memoryview") -> int:
        """Sends `data`, always all of it. Raises OSError when the connection is closed."""
        if self.ended:
            raise OSError(32)
        self._board.post("send", self._number, bytes(data))
        return len(data)

    async def write(self, data: "bytes | bytearray | memoryview") -> None:
        """Sends `data`. Raises OSError when the connection is closed."""
        self.write_now(data)

    def close(self) -> None:
        """Ends the connection."""
        if not self.ended:
            self._board.post("close", self._number)
            self._forget(self._number)
        self.end(0)

    def end(self, error: int) -> None:
        """Notes that the other side is gone, with an errno if it never came."""
        self.ended = True
        self.error = error
        self._change.set()

    def arrived(self, data: bytes) -> None:
        """Takes data from the network."""
        self._data += data
        self._change.set()

    def accepted(self) -> None:
        """Notes that the other side has answered."""
        self.connected = True
        self._change.set()

    async def _changed(self) -> None:
        self._change.clear()
        await self._change.wait()


class VirtualNetwork:
    """The board's connector in virtual time, and the place where the network's frames arrive."""

    def __init__(self, board: "VirtualBoard") -> None:
        self._streams: dict[int, VirtualStream] = {}
        self._number = 0
        for kind in ("connected", "failed", "data", "closed"):
            board.handlers[kind] = self._take

    async def connect(self, board: "VirtualBoard") -> VirtualStream:
        """A new connection to the broker. Raises OSError."""
        self._number += 1
        stream = self._streams[self._number] = VirtualStream(board, self._number, self._forget)
        board.post("connect", self._number)
        try:
            await stream.opened()
        except BaseException:
            stream.close()
            raise
        return stream

    def _take(self, frame: "list[Any]") -> None:
        kind, number = frame[0], frame[1]
        stream = self._streams.get(number)
        if stream is None:
            return
        if kind == "connected":
            stream.accepted()
        elif kind == "data":
            stream.arrived(frame[2])
        else:
            self._forget(number)
            stream.end(frame[2] if kind == "failed" else 0)

    def _forget(self, number: int) -> None:
        del self._streams[number]
