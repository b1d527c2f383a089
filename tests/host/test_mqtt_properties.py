"""The MQTT decoder against arbitrary bytes: packets, nothing yet, or the one error, in one buffer that never grows."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hemlarm_firmware.link import mqtt
from hemlarm_firmware.link.mqtt import Decoder, MqttError

Packet = tuple[Any, ...]

FROM_THE_BROKER = st.one_of(
    st.builds(lambda code: (bytes((0x20, 2, 0, code)), (mqtt.CONNACK, code)), st.integers(0, 255)),
    st.builds(lambda code: (b"\x90\x03\x00\x01" + bytes((code,)), (mqtt.SUBACK, code)), st.integers(0, 255)),
    st.just((b"\xd0\x00", (mqtt.PINGRESP,))),
    st.builds(
        lambda topic, payload: (mqtt.publish(topic, payload), (mqtt.PUBLISH, topic, payload)),
        st.text(max_size=40),
        st.binary(max_size=300),
    ),
)


def feed_all(decoder: Decoder, data: bytes, sizes: list[int]) -> list[Packet]:
    """Feed the bytes in pieces of these sizes, over and over, and return every packet."""
    found: list[Packet] = []
    start = turn = 0
    while start < len(data):
        size = min(sizes[turn % len(sizes)], decoder.room())
        assert size > 0, "after every packet is taken there is room for one more byte"
        decoder.feed(data[start : start + size])
        found += decoder.packets()
        start += size
        turn += 1
    return found


@given(st.lists(FROM_THE_BROKER), st.lists(st.integers(1, 600), min_size=1))
def test_what_a_broker_sends_comes_out_however_it_is_cut(sent: list[tuple[bytes, Packet]], sizes: list[int]) -> None:
    stream = b"".join(data for data, _ in sent)
    assert feed_all(Decoder(), stream, sizes) == [packet for _, packet in sent]


@given(st.binary(max_size=5000), st.lists(st.integers(1, 600), min_size=1))
def test_any_bytes_give_packets_or_the_one_error(data: bytes, sizes: list[int]) -> None:
    try:
        found = feed_all(Decoder(), data, sizes)
    except MqttError:
        return
    assert all(packet[0] in (mqtt.CONNACK, mqtt.SUBACK, mqtt.PINGRESP, mqtt.PUBLISH) for packet in found)


@given(st.lists(FROM_THE_BROKER, min_size=1), st.data())
def test_a_changed_byte_never_breaks_the_decoder(sent: list[tuple[bytes, Packet]], data: st.DataObject) -> None:
    stream = bytearray(b"".join(packet for packet, _ in sent))
    at = data.draw(st.integers(0, len(stream) - 1))
    stream[at] ^= data.draw(st.integers(1, 255))
    try:
        found = feed_all(Decoder(), bytes(stream), [512])
    except MqttError:
        return
    assert sum(len(packet[2]) for packet in found if packet[0] == mqtt.PUBLISH) <= len(stream)
