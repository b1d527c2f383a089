"""Round trips of every value and message; hostile bytes mean something in their one form, or raise the one error."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hemlarm_protocol import cbor, keys, messages, sealing, topics
from hemlarm_protocol.cloud_end import CloudEnd
from hemlarm_protocol.errors import BadMessage
from message_examples import home
from protocol_strategies import ARRAYS, EVENTS, MESSAGES, PLACES, VOIDS, damaged
from session_support import PANEL, ROOT_KEY, SALT, Chance, changed

FAST = settings(max_examples=200, deadline=None, derandomize=True)

NUMBERS = st.integers(0, sealing.NUMBER_MAX)
KEY = keys.journal_key(ROOT_KEY, PANEL, SALT)

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-1 - cbor.UINT_MAX, cbor.UINT_MAX)
    | st.binary(max_size=300)
    | st.text(max_size=30)
)
MAP_KEYS = st.integers(-1 - cbor.UINT_MAX, cbor.UINT_MAX) | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(MAP_KEYS, inner, max_size=4), max_leaves=12
)
HOSTILE = st.binary(max_size=80) | damaged(VALUES.map(lambda value: encoded_or_empty(value)))


def encoded_or_empty(value: Any) -> bytes:
    """Return the encoding of a value, or nothing where it is nested too deeply."""
    try:
        return cbor.encode(value)
    except ValueError:
        return b""


def depth(value: Any) -> int:
    """Return how many containers stand in each other."""
    if isinstance(value, dict):
        return 1 + max((depth(item) for item in value.values()), default=0)
    if isinstance(value, list):
        return 1 + max((depth(item) for item in value), default=0)
    return 0


@FAST
@given(VALUES)
def test_every_value_comes_back_unless_it_is_nested_too_deeply(value: Any) -> None:
    if depth(value) > cbor.DEPTH_MAX:
        with pytest.raises(ValueError, match="nested deeper"):
            cbor.encode(value)
    else:
        assert cbor.decode(cbor.encode(value)) == value


@settings(FAST, max_examples=1000)
@given(HOSTILE)
def test_any_bytes_are_the_one_form_of_a_value_or_raise_the_one_error(data: bytes) -> None:
    try:
        value = cbor.decode(data)
    except BadMessage:
        return
    assert cbor.encode(value) == data


@FAST
@given(MESSAGES, st.integers(0, 40))
def test_every_message_comes_back_from_under_any_padding(message: Any, padding: int) -> None:
    encoded = messages.encode(message)
    decoded = messages.decode(encoded + bytes(padding), *home(message))
    assert type(decoded) is type(message)
    assert decoded == message


@settings(FAST, max_examples=1000)
@given(
    st.sampled_from(PLACES), damaged(MESSAGES.map(messages.encode)) | ARRAYS.map(cbor.encode) | st.binary(max_size=60)
)
def test_any_plaintext_is_the_one_form_of_a_message_or_raises_the_one_error(
    place: tuple[int, int], data: bytes
) -> None:
    try:
        message = messages.decode(data, *place)
    except BadMessage:
        return
    encoded = messages.encode(message)
    assert data == encoded + bytes(len(data) - len(encoded))
    assert type(message) in messages.ALLOWED[place]


@FAST
@given(EVENTS | VOIDS, NUMBERS)
def test_every_event_and_void_range_is_sealed_in_64_bytes_and_opens_again(message: Any, number: int) -> None:
    sealed = sealing.seal_numbered(KEY, number, messages.encode(message))
    assert len(sealed) == 64
    opened, padded = sealing.open_numbered(KEY, sealed)
    assert opened == number
    assert messages.decode(padded, keys.JOURNAL, keys.UP) == message


@FAST
@given(EVENTS, NUMBERS, st.data())
def test_no_changed_shortened_or_spliced_event_is_taken(message: Any, number: int, data: st.DataObject) -> None:
    cloud = CloudEnd(PANEL, ROOT_KEY, Chance(1))
    cloud.learn(SALT)
    frame = sealing.frame(KEY, sealing.seal_numbered(KEY, number, messages.encode(message)))
    other = sealing.frame(KEY, sealing.seal_numbered(KEY, number ^ 1, messages.encode(message)))
    cut = data.draw(st.integers(4, len(frame) - 1))
    wrong = [
        changed(frame, data.draw(st.integers(0, 8 * len(frame) - 1))),
        frame[:cut],
        frame + data.draw(st.binary(min_size=1, max_size=70)),
        data.draw(damaged(st.just(frame))),
    ]
    for bad in wrong + ([frame[:cut] + other[cut:]] if cut < 49 else []):
        if bad not in (frame, other):
            assert [fact[0] for fact in cloud.received(bad, 0)] == ["refused"]
    assert [fact[0] for fact in cloud.received(frame, 0)] == ["event"]


@FAST
@given(st.binary(max_size=1100))
def test_a_frame_of_any_bytes_has_no_effect_on_a_cloud_but_to_be_counted(frame: bytes) -> None:
    cloud = CloudEnd(PANEL, ROOT_KEY, Chance(1))
    assert [fact[0] for fact in cloud.received(frame, 0)] == ["refused"]
    assert cloud.refusals.total() == 1


@FAST
@given(st.text(max_size=60) | st.text("hemlar/1up+#0123456789abcdef", max_size=40).map("hemlarm/1/".__add__))
def test_any_topic_is_the_one_form_of_a_panels_or_raises_the_one_error(topic: str) -> None:
    try:
        panel, direction = topics.parse(topic)
    except BadMessage:
        return
    assert topic == (topics.up(panel) if direction == "up" else topics.down(panel))
