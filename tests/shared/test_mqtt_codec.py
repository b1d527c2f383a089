"""The MQTT codec: exact bytes out, whole packets in, and one error for anything a broker should not send."""

from hemlarm_firmware.link import mqtt
from hemlarm_firmware.link.mqtt import Decoder, MqttError
from support import raises


def decoded(data: bytes) -> "list[tuple[object, ...]]":
    """Feed a new decoder in one go and return the packets."""
    decoder = Decoder()
    decoder.feed(data)
    return decoder.packets()


def refused(data: bytes) -> str:
    """Return what is said of bytes that must be refused."""
    return str(raises(MqttError, decoded, data))


# Out.


def test_connect_is_3_1_1_with_a_clean_session() -> None:
    assert mqtt.connect("ab", 240) == b"\x10\x0e\x00\x04MQTT\x04\x02\x00\xf0\x00\x02ab"


def test_subscribe_asks_for_quality_0() -> None:
    assert mqtt.subscribe("a/b") == b"\x82\x08\x00\x01\x00\x03a/b\x00"


def test_publish_is_quality_0_and_carries_the_payload_as_it_is() -> None:
    assert mqtt.publish("t", b"\x00\xff") == b"\x30\x05\x00\x01t\x00\xff"
    assert mqtt.publish("t", bytes(200))[:3] == b"\x30\xcb\x01"


# In.


def test_the_broker_s_packets_are_understood() -> None:
    assert decoded(b"\x20\x02\x00\x00") == [(mqtt.CONNACK, 0)]
    assert decoded(b"\x20\x02\x00\x05") == [(mqtt.CONNACK, 5)]
    assert decoded(b"\x90\x03\x00\x01\x00") == [(mqtt.SUBACK, 0)]
    assert decoded(b"\x90\x03\x00\x01\x80") == [(mqtt.SUBACK, 0x80)]
    assert decoded(b"\xd0\x00") == [(mqtt.PINGRESP,)]
    assert decoded(b"\x30\x05\x00\x01t\x00\xff") == [(mqtt.PUBLISH, "t", b"\x00\xff")]
    assert decoded(b"\x31\x03\x00\x01t") == [(mqtt.PUBLISH, "t", b"")]


def test_packets_come_out_whole_however_the_bytes_are_cut() -> None:
    stream = b"\x20\x02\x00\x00\x90\x03\x00\x01\x00" + mqtt.publish("t", bytes(range(200))) + b"\xd0\x00"
    whole = decoded(stream)
    assert len(whole) == 4
    for size in (1, 2, 3, 7, 100):
        decoder = Decoder()
        found = []
        for start in range(0, len(stream), size):
            decoder.feed(stream[start : start + size])
            found += decoder.packets()
        assert found == whole


def test_the_largest_packet_passes_behind_any_other() -> None:
    largest = mqtt.publish("t", bytes(mqtt.PACKET_MAX - 6))
    assert len(largest) == mqtt.PACKET_MAX
    decoder = Decoder()
    for data in (b"\xd0\x00" + largest[:-2], largest[-2:], largest, b"\xd0\x00"):
        decoder.feed(data)
        decoder.packets()
        assert decoder.room() > 0
    assert decoder.room() == mqtt.PACKET_MAX


def test_the_buffer_never_grows() -> None:
    raises(MqttError, Decoder().feed, bytes(mqtt.PACKET_MAX + 1))


# Refused.


def test_a_packet_that_is_too_long_is_refused_before_it_is_read() -> None:
    assert "larger than any of ours" in refused(b"\x30\xff\xff\xff\x01")
    assert "larger than any of ours" in refused(b"\x30\xf6\x0a")
    assert decoded(b"\x30\xf5\x0a") == [], "the largest that there can be, of which the rest may still come"


def test_a_length_of_five_bytes_is_refused() -> None:
    assert "four bytes" in refused(b"\xd0\x80\x80\x80\x80")


def test_a_publish_needs_a_whole_topic() -> None:
    for body in (b"\x00\x02t", b"\xff\xfft", b"\x00", b""):
        assert "shorter than its topic" in refused(b"\x30" + bytes([len(body)]) + body)
    assert "no text" in refused(b"\x30\x03\x00\x01\xff")


def test_what_no_broker_should_send_is_refused() -> None:
    for data in (
        b"\x32\x05\x00\x01t\x00\x01",  # Quality 1: never granted to us.
        b"\x36\x05\x00\x01t\x00\x01",
        b"\x40\x02\x00\x01",  # An acknowledgement of what we never asked to be acknowledged.
        b"\x20\x02\x01\x00",  # A session that the broker kept, although ours are clean.
        b"\x20\x01\x00",
        b"\x90\x03\x00\x02\x00",  # An answer to a subscription that was not ours.
        b"\x90\x04\x00\x01\x00\x00",
        b"\xd0\x01\x00",
        b"\xd1\x00",
        b"\xc0\x00",
        b"\x10\x00",
        b"\x00\x00",
        b"\xf0\x00",
    ):
        assert "none that we take" in refused(data)
