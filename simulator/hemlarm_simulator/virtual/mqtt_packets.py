"""The broker's half of MQTT 3.1.1, as far as the stand-in broker needs it."""

from dataclasses import dataclass

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, PINGREQ, PINGRESP, DISCONNECT = 1, 2, 3, 4, 8, 9, 12, 13, 14

PACKET_MAX = 4096
"""Longer packets are refused; Hemlarm's are below 400 bytes."""

_LENGTH_BYTES_MAX = 4


class MqttError(Exception):
    """A client that breaks the protocol; brokers close its connection."""


@dataclass(frozen=True)
class Packet:
    """One control packet: its type, the four flag bits, and what follows the length."""

    kind: int
    flags: int
    body: bytes


class PacketReader:
    """Cuts a stream of bytes into packets."""

    def __init__(self) -> None:
        self._data = b""

    def feed(self, data: bytes) -> list[Packet]:
        """Takes bytes, returns the packets that are complete with them. Raises MqttError."""
        self._data += data
        packets = []
        while (end := self._end()) is not None:
            length_bytes, total = end
            head = self._data[0]
            packets.append(Packet(head >> 4, head & 15, self._data[1 + length_bytes : total]))
            self._data = self._data[total:]
        return packets

    def _end(self) -> tuple[int, int] | None:
        """(bytes of the length field, bytes of the whole packet) if that is complete."""
        length = 0
        for at in range(1, 1 + _LENGTH_BYTES_MAX):
            if at >= len(self._data):
                return None
            length |= (self._data[at] & 0x7F) << (7 * (at - 1))
            if not self._data[at] & 0x80:
                if length > PACKET_MAX:
                    raise MqttError(f"a packet of {length} bytes")
                total = 1 + at + length
                return (at, total) if len(self._data) >= total else None
        raise MqttError("a packet length of more than four bytes")


class Fields:
    """The fields in a packet's body, one after the other. Every method raises MqttError where the body is too short."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def uint(self, size: int) -> int:
        """An unsigned integer of `size` bytes."""
        return int.from_bytes(self.take(size), "big")

    def data(self) -> bytes:
        """Bytes behind a 16-bit length."""
        return self.take(self.uint(2))

    def text(self) -> str:
        """UTF-8 behind a 16-bit length."""
        try:
            return self.data().decode()
        except UnicodeDecodeError as error:
            raise MqttError("text that is not UTF-8") from error

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        if count > len(self._body):
            raise MqttError("a packet that ends in the middle of a field")
        taken, self._body = self._body[:count], self._body[count:]
        return taken

    def rest(self) -> bytes:
        """All that is left."""
        return self.take(len(self._body))

    def __bool__(self) -> bool:
        return bool(self._body)


def packet(kind: int, body: bytes, flags: int = 0) -> bytes:
    """The bytes of one packet."""
    out = bytearray([kind << 4 | flags])
    length = len(body)
    while True:
        low, length = length & 0x7F, length >> 7
        out.append(low | 0x80 if length else low)
        if not length:
            return bytes(out) + body


def publish(topic: str, payload: bytes) -> bytes:
    """A QoS 0 message."""
    name = topic.encode()
    return packet(PUBLISH, len(name).to_bytes(2, "big") + name + payload)
