"""The part of MQTT 3.1.1 that a panel speaks, without I/O: packets to bytes, bytes to packets.

Quality of service 0 only, one subscription, a clean session each time: delivery is the sealed session's own work, so
the broker is asked for nothing but to pass bytes on. A decoder holds one packet in one buffer made at its start.
"""

from hemlarm_protocol.constant import const

PACKET_MAX = 1400
"""Largest packet taken, with its header: a topic of 43 bytes and the largest frame, 1,028 bytes, with room to spare."""

_CONNECT = const(1)
_CONNACK = const(2)
_PUBLISH = const(3)
_SUBSCRIBE = const(8)
_SUBACK = const(9)
_PINGRESP = const(13)
_CLEAN_SESSION = const(0x02)
_PACKET_ID = b"\x00\x01"

CONNACK = "connack"
SUBACK = "suback"
PUBLISH = "publish"
PINGRESP = "pingresp"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class MqttError(Exception):
    """Bytes that no broker should send to a client of ours."""


def connect(client_id: str, keepalive_s: int) -> bytes:
    """Return CONNECT with a clean session; the broker forgets us after 1.5 times `keepalive_s` of silence."""
    flags = bytes([4, _CLEAN_SESSION]) + keepalive_s.to_bytes(2, "big")
    return _packet(_CONNECT << 4, _text("MQTT") + flags + _text(client_id))


def subscribe(topic: str) -> bytes:
    """Return SUBSCRIBE for one topic at quality of service 0."""
    return _packet(_SUBSCRIBE << 4 | 2, _PACKET_ID + _text(topic) + b"\x00")


def publish(topic: str, payload: bytes) -> bytes:
    """Return PUBLISH at quality of service 0."""
    return _packet(_PUBLISH << 4, _text(topic) + payload)


class Decoder:
    """Bytes in, packets out: (CONNACK, code), (SUBACK, code), (PUBLISH, topic, payload), (PINGRESP,)."""

    def __init__(self) -> None:
        self._buffer = bytearray(PACKET_MAX)
        self._length = 0

    def room(self) -> int:
        """Return how many bytes `feed` takes now; at least one, after `packets` was called."""
        return PACKET_MAX - self._length

    def feed(self, data: bytes) -> None:
        """Add what came from the broker, at most `room()` bytes."""
        end = self._length + len(data)
        if end > PACKET_MAX:
            raise MqttError("more bytes than the decoder asked for")
        self._buffer[self._length : end] = data
        self._length = end

    def packets(self) -> "list[tuple[Any, ...]]":
        """Return the packets that are complete, in order, and forget them. Raises MqttError."""
        found: list[tuple[Any, ...]] = []
        start = 0
        while True:
            header, size = _header(self._buffer, start, self._length)
            if size < 0 or start + header + size > self._length:
                break
            body = bytes(memoryview(self._buffer)[start + header : start + header + size])
            found.append(_parse(self._buffer[start], body))
            start += header + size
        self._buffer[: self._length - start] = self._buffer[start : self._length]
        self._length -= start
        return found


def _header(buffer: bytearray, start: int, end: int) -> "tuple[int, int]":
    """Return (header length, body length) of the packet at `start`; the latter is -1 while its bytes are missing."""
    size = 0
    for index in range(1, 5):
        if start + index >= end:
            return 0, -1
        byte = buffer[start + index]
        size |= (byte & 0x7F) << 7 * (index - 1)
        if not byte & 0x80:
            if 1 + index + size > PACKET_MAX:
                raise MqttError(f"a packet of {size} bytes is larger than any of ours")
            return 1 + index, size
    raise MqttError("a packet's length has more than four bytes")


def _parse(first: int, body: bytes) -> "tuple[Any, ...]":
    if first == _CONNACK << 4 and len(body) == 2 and body[0] == 0:
        return CONNACK, body[1]
    if first == _SUBACK << 4 and len(body) == 3 and body[:2] == _PACKET_ID:
        return SUBACK, body[2]
    if first == _PINGRESP << 4 and not body:
        return (PINGRESP,)
    if first & 0xF6 == _PUBLISH << 4:
        return _parse_publish(body)
    raise MqttError(f"a packet that starts with {first:#x} and has {len(body)} bytes is none that we take")


def _parse_publish(body: bytes) -> "tuple[Any, ...]":
    length = int.from_bytes(body[:2], "big")
    if len(body) < 2 + length:
        raise MqttError("a PUBLISH is shorter than its topic")
    try:
        topic = str(body[2 : 2 + length], "utf-8")
    except UnicodeError:
        raise MqttError("a PUBLISH has a topic that is no text") from None
    return PUBLISH, topic, body[2 + length :]


def _packet(first: int, body: bytes) -> bytes:
    size, length = len(body), bytearray()
    while True:
        byte, size = size & 0x7F, size >> 7
        length.append(byte | (0x80 if size else 0))
        if not size:
            return bytes([first]) + length + body


def _text(text: str) -> bytes:
    data = text.encode()
    return len(data).to_bytes(2, "big") + data
