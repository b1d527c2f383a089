"""One MQTT connection: opened, subscribed to what the cloud says to this panel, and passing frames both ways.

Whatever goes wrong is a LinkDownError with a reason; the connection is then of no further use.
"""

import asyncio

from hemlarm_firmware.link import mqtt
from hemlarm_protocol import panel_topics
from hemlarm_protocol.constant import const

OPEN_LIMIT_S = 20
"""For TCP, TLS, CONNECT and SUBSCRIBE together; a handshake over a slow mobile path takes up to ten seconds."""

KEEPALIVE_S = 0
"""No pings: the sealed heartbeat shows more, namely that the cloud itself is alive, and costs bytes only once."""

_READ_MAX = const(256)  # Bytes at a time: an acknowledgement whole, without a large free block.

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.board import Board, Stream


class LinkDownError(OSError):
    """The connection cannot be used (any more); the text says why."""


class Connection:
    """A connection for the panel with this id (16 hex digits), over a stream that the board makes."""

    def __init__(self, board: "Board", panel: str) -> None:
        self._board = board
        self._panel = panel
        self._down = panel_topics.down(panel)
        self._up = panel_topics.up(panel)
        self._decoder = mqtt.Decoder()
        self._packets: list[tuple[Any, ...]] = []
        self._unsent: list[bytes] = []
        self._draining = False
        self._stream: Stream | None = None

    async def open(self) -> None:
        """Connect and subscribe. Raises OSError, LinkDownError among them."""
        try:
            await asyncio.wait_for(self._open(), OPEN_LIMIT_S)
        except asyncio.TimeoutError:
            raise LinkDownError(f"the broker did not answer within {OPEN_LIMIT_S} s") from None

    @property
    def blocked(self) -> bool:
        """Whether something waits for `drain`, because the network did not take it at once."""
        return bool(self._unsent) and not self._draining

    def send_now(self, frame: bytes) -> None:
        """Publish one frame without waiting: what the network does not take now goes with `drain`. Raises OSError."""
        self._unsent.append(mqtt.publish(self._up, frame))
        if not self._draining:
            self._push()

    async def drain(self) -> None:
        """Wait until the network has taken everything. Raises OSError."""
        self._draining = True
        try:
            while self._unsent:
                await self._in_use().write(self._unsent[0])
                self._unsent.pop(0)
        finally:
            self._draining = False

    async def receive(self) -> bytes:
        """Wait for the next frame from the cloud. Raises OSError."""
        while True:
            packet = await self._packet()
            if packet[0] == mqtt.PUBLISH and packet[1] == self._down:
                payload: bytes = packet[2]
                return payload
            if packet[0] != mqtt.PINGRESP:
                raise LinkDownError(f"the broker sent an unexpected {packet[0]}")

    def close(self) -> None:
        """Let go of the stream, whatever state it is in."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    async def _open(self) -> None:
        self._stream = await self._board.connect()
        await self._stream.write(mqtt.connect(self._panel, KEEPALIVE_S))
        code = await self._answer(mqtt.CONNACK)
        if code:
            raise LinkDownError(f"the broker refuses: code {code} (MQTT 3.1.1, table 3.1)")
        await self._stream.write(mqtt.subscribe(self._down))
        if await self._answer(mqtt.SUBACK):
            raise LinkDownError("the broker refuses the subscription")

    async def _answer(self, kind: str) -> int:
        packet = await self._packet()
        if packet[0] != kind:
            raise LinkDownError(f"the broker sent {packet[0]} instead of {kind}")
        code: int = packet[1]
        return code

    async def _packet(self) -> "tuple[Any, ...]":
        try:
            while not self._packets:
                data = await self._in_use().read(min(self._decoder.room(), _READ_MAX))
                if not data:
                    raise LinkDownError("the broker closed the connection")
                self._decoder.feed(data)
                self._packets = self._decoder.packets()
        except mqtt.MqttError as error:
            raise LinkDownError(str(error)) from None
        return self._packets.pop(0)

    def _push(self) -> None:
        while self._unsent:
            packet = self._unsent[0]
            taken = self._in_use().write_now(packet)
            if taken < len(packet):
                self._unsent[0] = packet[taken:]
                return
            self._unsent.pop(0)

    def _in_use(self) -> "Stream":
        if self._stream is None:
            raise LinkDownError("the connection is closed")
        return self._stream
