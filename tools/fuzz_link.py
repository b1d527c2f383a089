"""The MQTT codec from the broker's side."""

from typing import Any

from tools.fuzz_targets import Target, held_bytes, pieces

from hemlarm_firmware.link import mqtt

HELD_MAX = mqtt.PACKET_MAX + 1_000
"""What a decoder may hold on CPython: its one buffer, and what an object of two attributes takes."""

_KINDS = {mqtt.CONNACK: 2, mqtt.SUBACK: 2, mqtt.PUBLISH: 3, mqtt.PINGRESP: 1}

Packet = tuple[Any, ...]


def decoded(stream: bytes, sizes: bytes) -> "tuple[list[Packet], bool]":
    """The packets of a stream fed in such pieces, and whether it was refused in the end."""
    decoder = mqtt.Decoder()
    found: list[Packet] = []
    try:
        for piece in pieces(stream, sizes):
            left = piece
            while left:
                room = decoder.room()
                assert room > 0, "the decoder takes nothing more and never will"
                decoder.feed(left[:room])
                left = left[room:]
                found += decoder.packets()
            if len(piece) > 16:
                assert held_bytes(decoder) <= HELD_MAX, f"the decoder holds {held_bytes(decoder)} bytes"
    except mqtt.MqttError:
        return found, True
    return found, False


def check_mqtt(data: bytes) -> None:
    """The first two bytes say in which pieces the others come; these and large pieces mean the same."""
    stream, sizes = data[2:], data[:2] or b"\x01"
    whole, refused = decoded(stream, b"\x00")
    found, also_refused = decoded(stream, sizes)
    assert also_refused == refused, f"refused in pieces of {list(sizes)}: {also_refused}, in large ones: {refused}"
    # What came before a bad packet and in the same piece may go with it: the connection is given up anyway.
    both = min(len(found), len(whole)) if refused else None
    assert found[:both] == whole[:both], f"in pieces of {list(sizes)} {found}, in large ones {whole}"
    for packet in found:
        _check_packet(packet)
    assert sum(_content(packet) for packet in found) <= len(stream), "more came out than went in"


def _check_packet(packet: Packet) -> None:
    kind = packet[0]
    assert len(packet) == _KINDS[kind], f"{kind} has {len(packet)} parts"
    if kind == mqtt.PUBLISH:
        again, refused = decoded(mqtt.publish(packet[1], packet[2]), b"\x00")
        assert not refused, "what was taken is refused when it is sent again"
        assert again == [packet], f"{packet} comes back as {again}"


def _content(packet: Packet) -> int:
    return len(packet[1].encode()) + len(packet[2]) + 4 if packet[0] == mqtt.PUBLISH else 2


TARGETS = (
    Target(
        name="mqtt",
        modules=("hemlarm_firmware.link.mqtt",),
        check=check_mqtt,
        words=(
            b"\x20\x02\x00\x00",
            b"\x90\x03\x00\x01\x00",
            b"\xd0\x00",
            b"\x30\x05\x00\x01t",
            b"\xf8\x0a",
            b"\xff\xff\xff\x7f",
        ),
        seeds=(
            b"\x05\x07\x20\x02\x00\x00\x90\x03\x00\x01\x00\xd0\x00" + mqtt.publish("a/b", bytes(40)),
            b"\x00\x00" + mqtt.publish("hemlarm/1/00/0011223344556677/down", bytes(range(256)) * 3),
            b"\x01\x02\x31\x03\x00\x01t\xd0\x00\xd0\x00\x20\x02\x00\x05",
            b"\x09\x09\x30\xf5\x0a\x00\x01t" + bytes(1_500),
        ),
    ),
)
