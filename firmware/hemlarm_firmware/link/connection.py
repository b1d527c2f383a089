"""One MQTT connection: opened, subscribed to what the cloud says to this panel, and passing frames both ways.

Whatever goes wrong is a LinkDownError with a reason; the connection is then of no further use. Its user may wait for
it, or let it serve by itself, with two tasks: one opens and reads, one writes what the network did not take at once.
"""

import asyncio

from hemlarm_firmware.link import mqtt
from hemlarm_firmware.waiting import Pause
from hemlarm_protocol import panel_topics
from hemlarm_protocol.constant import const

OPEN_LIMIT_S = 20
"""For TCP, TLS, CONNECT and SUBSCRIBE together; a handshake over a slow mobile path takes up to ten seconds."""

DRAIN_LIMIT_S = 60
"""For what the network did not take at once: by then the cloud's silence would have ended the connection as well."""

FAILURES = (OSError, MemoryError)
"""What a connection is given up for. A new one starts with all the memory that the old one held."""

KEEPALIVE_S = 0
"""No pings: the sealed heartbeat shows more, namely that the cloud itself is alive, and costs bytes only once."""

_READ_MAX = const(256)  # Bytes at a time: an acknowledgement whole, without a large free block.

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.board import Board, Stream
    from hemlarm_firmware.link.uplink import Uplink


class LinkDownError(OSError):
    """The connection cannot be used (any more); the text says why."""


class Connection:
    """A connection for the panel with this id (16 hex digits), over a stream that the board makes.

    What it carries is counted in `up` and `down` of `traffic`, or of itself, as the board's stream takes and gives it:
    before encryption. One that serves by itself tells the uplink `opened`, `received` and, once, `ended` and why.
    """

    path = 1
    up = down = 0
    is_open = False

    def __init__(self, board: "Board", panel: str, traffic: "Any" = None) -> None:
        self._board = board
        self._client = panel
        self._traffic = traffic or self
        self._down = panel_topics.down(panel)
        self._up = panel_topics.up(panel)
        self._decoder = mqtt.Decoder()
        self._packets: list[tuple[Any, ...]] = []
        self._unsent: list[bytes] = []
        self._draining = False
        self._stream: Stream | None = None
        self._pause = Pause()
        self._tasks: list[Any] = []

    def serve(self, uplink: "Uplink") -> None:
        """Open and read, from now on, until it is closed or fails."""
        self._tasks = [asyncio.create_task(self._carry(uplink))]

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
        if self.blocked:
            self._pause.end()

    async def drain(self) -> None:
        """Wait until the network has taken everything. Raises OSError."""
        self._draining = True
        try:
            while self._unsent:
                await self._write(self._unsent[0])
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
        """Let go of the stream, whatever state it is in. Whoever serves, and has called this, finds it closed."""
        for task in self._tasks:
            if task is not asyncio.current_task():
                task.cancel()
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    async def _carry(self, uplink: "Uplink") -> None:
        try:
            await self.open()
            self.is_open = True
            self._tasks.append(asyncio.create_task(self._drain(uplink)))
            uplink.opened(self)
            while True:
                uplink.received(self, await self.receive())
        except Exception as failure:  # noqa: BLE001  The uplink knows what to do, or ends.
            uplink.ended(self, failure)

    async def _drain(self, uplink: "Uplink") -> None:
        try:
            while True:
                if self.blocked:
                    await asyncio.wait_for(self.drain(), DRAIN_LIMIT_S)
                else:
                    await self._pause.wait(None)
        except asyncio.TimeoutError:
            uplink.ended(self, LinkDownError(f"the network took nothing for {DRAIN_LIMIT_S} s"))
        except Exception as failure:  # noqa: BLE001  As above.
            uplink.ended(self, failure)

    async def _open(self) -> None:
        self._stream = await self._connect()
        await self._write(mqtt.connect(self._client, KEEPALIVE_S))
        code = await self._answer(mqtt.CONNACK)
        if code:
            raise LinkDownError(f"the broker refuses: code {code} (MQTT 3.1.1, table 3.1)")
        await self._write(mqtt.subscribe(self._down))
        if await self._answer(mqtt.SUBACK):
            raise LinkDownError("the broker refuses the subscription")

    async def _connect(self) -> "Stream":
        return await self._board.connect()

    async def _write(self, packet: bytes) -> None:
        await self._in_use().write(packet)
        self._traffic.up += len(packet)

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
                self._traffic.down += len(data)
                self._decoder.feed(data)
                self._packets = self._decoder.packets()
        except mqtt.MqttError as error:
            raise LinkDownError(str(error)) from None
        return self._packets.pop(0)

    def _push(self) -> None:
        while self._unsent:
            packet = self._unsent[0]
            taken = self._in_use().write_now(packet)
            self._traffic.up += taken
            if taken < len(packet):
                self._unsent[0] = packet[taken:]
                return
            self._unsent.pop(0)

    def _in_use(self) -> "Stream":
        if self._stream is None:
            raise LinkDownError("the connection is closed")
        return self._stream
