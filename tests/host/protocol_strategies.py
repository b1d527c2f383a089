"""Random messages and hostile bytes, for the tests that hypothesis drives."""

from typing import Any

from hypothesis import strategies as st

from hemlarm_protocol import cbor, household, messages, upkeep
from hemlarm_protocol.keys import DOWN, HELLO, JOURNAL, KNOCK, SESSION, SMS, UP, WELCOME

PLACES = [(JOURNAL, UP), (HELLO, UP), (WELCOME, DOWN), (KNOCK, DOWN), (SESSION, UP), (SESSION, DOWN), (SMS, DOWN)]

_U8, _U16, _U32, _U40, _U64 = (st.integers(0, (1 << bits) - 1) for bits in (8, 16, 32, 40, 64))
_SMALL, _NUMBER, _TIME = st.integers(0, 23), st.integers(0, 999), st.none() | _U32


def _octets(length: int) -> st.SearchStrategy[bytes]:
    return st.binary(min_size=length, max_size=length)


def _ordered(first: int, second: int) -> tuple[int, int]:
    return min(first, second), max(first, second)


_RANGE = st.builds(_ordered, _U32, _U32)
_ACKS = st.lists(st.tuples(_U32, _octets(8)), min_size=1, max_size=messages.ACKS_MAX)
_PIECES = st.binary(min_size=1, max_size=messages.CONFIG_BYTES_MAX)
_READINGS = st.lists(st.tuples(_SMALL, _NUMBER, _U16), min_size=1, max_size=household.READINGS_MAX)
_CODES = st.binary(min_size=household.CODE_DIGITS_MIN, max_size=household.CODE_DIGITS_MAX)
_REASONS = st.text(min_size=1, max_size=messages.REASON_BYTES_MAX // 4).map(str.encode)

EVENTS = st.builds(messages.Event, st.integers(1000, 6999), _SMALL, _NUMBER, _NUMBER, _SMALL, _U8, _U32, _U64, _TIME)
VOIDS = st.builds(lambda span, cause: messages.Void(span[0], span[1], cause), _RANGE, _SMALL)

MESSAGES: st.SearchStrategy[Any] = st.one_of(
    EVENTS,
    VOIDS,
    st.builds(
        messages.Hello, _U32, _octets(16), _U64, _TIME, _U32, _U16, _U32, st.lists(_octets(16), min_size=1, max_size=3)
    ),
    st.builds(messages.Welcome, _octets(16), _U64, _U32),
    st.builds(messages.Heartbeat, _U40, _U32, _U16, _U32, _U16),
    st.builds(messages.HeartbeatReply, _U40, _U64),
    st.builds(lambda kid, acks: messages.Acknowledgement(kid, [x for pair in acks for x in pair]), _octets(4), _ACKS),
    st.builds(messages.Command, _octets(8), _U8, _U16, _NUMBER, _U32),
    st.builds(messages.Result, _octets(8), _SMALL, _U16),
    st.builds(lambda kid, span: messages.Resend(kid, *span), _octets(4), _RANGE),
    st.just(messages.Knock()),
    st.builds(messages.Configure, _octets(8), _U32, _NUMBER, _U32, _PIECES),
    st.builds(messages.ReadConfig, _octets(8), _U16, _U32),
    st.builds(messages.ConfigPart, _octets(8), _U32, _U16, _U16, _PIECES),
    st.builds(messages.Refusal, _octets(8), _REASONS),
    st.builds(messages.Health, _U32, _SMALL, _SMALL, _U32, *[_U16] * 4, _U32, _SMALL, _SMALL, _U16, *[_U8] * 3),
    st.builds(messages.PathHeartbeat, _U40, _U32, _U16, _U32, _U16, _SMALL),
    st.builds(messages.PathReport, *[_SMALL] * 4, _U8, *[_U32] * 3, _U16, *[_U32] * 3),
    st.builds(messages.Levels, _U32, _U32),
    st.builds(household.CodedCommand, _octets(8), _U8, _U16, _NUMBER, _U32, _CODES),
    st.builds(lambda groups: household.Readings([x for group in groups for x in group]), _READINGS),
    st.builds(household.PicturePart, _octets(8), _octets(4), _U32, _NUMBER, _SMALL, _TIME, *[_U16] * 2, _PIECES),
    st.builds(household.PictureState, _octets(8), _U16),
    st.builds(upkeep.UpdateOffer, _octets(8), _NUMBER, _U32, _U16, _U32, _octets(32)),
    st.builds(upkeep.UpdatePart, _octets(8), _U32, _PIECES),
    st.builds(upkeep.UpdateWanted, _octets(8), _U32, _SMALL),
    st.builds(upkeep.UpdateState, _octets(8), _SMALL, _SMALL, _U16, _U16, _U32),
    st.builds(upkeep.Rekey, _octets(8), _NUMBER, _U32, _octets(32)),
    st.builds(upkeep.Rekeyed, _octets(8), _octets(32)),
    st.builds(upkeep.Credential, _octets(8), _SMALL, _U16, _U16, _PIECES),
    st.builds(upkeep.CredentialState, _octets(8), _U16),
)


_ITEMS = st.none() | st.booleans() | st.integers(-1 - cbor.UINT_MAX, cbor.UINT_MAX) | st.binary(max_size=20) | st.text()

ARRAYS = st.lists(_ITEMS | st.lists(_ITEMS, max_size=4), max_size=12)
"""Arrays that look like messages and mostly are none."""


@st.composite
def damaged(draw: st.DrawFn, whole: st.SearchStrategy[bytes]) -> bytes:
    """Return bytes like those of `whole` with a few of them changed, left out, doubled or added."""
    data = bytearray(draw(whole))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 3))
        data[at : at + length] = draw(st.binary(max_size=4))
    return bytes(data)
