"""The panel's end of the stream to the simulated world: frames of a 4-byte big-endian length and one JSON array.

`board_link.py`, on the world's side, lists the kinds of frames and says how bytes travel.
"""

import json
from binascii import hexlify, unhexlify

_OUT_MAX = 1024  # Bytes collected before they are written anyhow, in one buffer made at the start.

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, BinaryIO


class WorldEndedError(BaseException):
    """The other end of the stream has closed: there is nobody left to be a panel for, so no task may catch this."""


class BoardStream:
    """Frames to and from the world. With `collect`, outgoing ones wait for `flush`, to go in one write."""

    flushed_by_waiting = False
    """Whether the panel's wait sends what was collected."""

    def __init__(self, file: "BinaryIO") -> None:
        self.readable: Any = file  # What to poll for frames.
        self._file = file
        self.collect = False
        self.exchanges = 0
        """How often the world has answered: by then it has done all that was asked before."""
        self._out = bytearray(_OUT_MAX)
        self._length = 0

    def post(self, *frame: "Any") -> None:
        """Sends one frame; its first item is the kind."""
        body = _encode(frame)
        end = self._length + 4 + len(body)
        if end > _OUT_MAX:
            self.flush()
            end = 4 + len(body)
        if end > _OUT_MAX:
            self._file.write(len(body).to_bytes(4, "big") + body)
            return
        self._out[self._length : self._length + 4] = len(body).to_bytes(4, "big")
        self._out[self._length + 4 : end] = body
        self._length = end
        if not self.collect:
            self.flush()

    def flush(self) -> None:
        """Writes what `post` has collected."""
        if self._length:
            self._file.write(memoryview(self._out)[: self._length])
            self._length = 0

    def receive(self) -> "list[Any]":
        """Waits for the next frame. Raises WorldEndedError."""
        size = self._exactly(4)
        return _decode(self._exactly(int.from_bytes(size, "big")))

    def _exactly(self, count: int) -> bytes:
        data = self._file.read(count)
        if not data or len(data) < count:
            raise WorldEndedError("the world has closed the stream")
        return data


def with_bytes(value: "Any") -> "Any":
    """What a frame's value says, bytes at any depth among it."""
    if type(value) is str and value[:1] == "\0":
        return unhexlify(value[1:])
    if isinstance(value, list):
        return [with_bytes(item) for item in value]
    if isinstance(value, dict):
        return {key: with_bytes(item) for key, item in value.items()}
    return value


def _encode(frame: "tuple[Any, ...]") -> bytes:
    for item in frame:
        if type(item) is bytes:
            frame = tuple("\0" + hexlify(item).decode() if type(item) is bytes else item for item in frame)
            break
    return json.dumps(frame).encode()


def _decode(body: bytes) -> "list[Any]":
    frame: list[Any] = json.loads(body)
    for index, item in enumerate(frame):
        if type(item) is str and item[:1] == "\0":
            frame[index] = unhexlify(item[1:])
    return frame
