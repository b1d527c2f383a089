"""The gateway between SMS and ingest: what can be an event goes on, and junk costs a look-up at most."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemlarm_cloud.sms import envelope, outbox
from hemlarm_cloud.sms.gateway import CANDIDATES_MAX, SmsGateway
from hemlarm_cloud.sms.numbers import is_number
from hemlarm_cloud.sms.outbox import OUTBOX_MAX, RETRY_MS, Outbox
from hemlarm_protocol import cbor, topics
from hemlarm_protocol.errors import BadMessage

PANEL, OTHER, NUMBER = "0123456789abcdef", "f123456789abcdef", "+46701740605"
FRAME, SECOND = b"kid1" + bytes(64), b"kid2" + bytes(64)


def known(kid: bytes, at_most: int) -> Sequence[str]:
    assert at_most == CANDIDATES_MAX
    return {b"kid1": [PANEL], b"kid2": [PANEL, OTHER]}.get(kid, [])


def nobody(kid: bytes, at_most: int) -> Sequence[str]:
    return []


def test_an_sms_goes_to_the_ingest_of_the_panel_whose_key_it_names() -> None:
    ((topic, payload),) = SmsGateway().received(NUMBER, FRAME, known)
    assert topic == topics.sms_up(PANEL)
    assert envelope.unpack_up(payload) == (NUMBER, [FRAME])


def test_two_events_stay_together_and_each_goes_to_all_that_it_can_be_from() -> None:
    published = SmsGateway().received(NUMBER, FRAME + SECOND, known)
    assert [(topic, envelope.unpack_up(payload)[1]) for topic, payload in published] == [
        (topics.sms_up(PANEL), [FRAME, SECOND]),
        (topics.sms_up(OTHER), [SECOND]),
    ]


@pytest.mark.parametrize("octets", [b"", FRAME[:-1], FRAME + b"x", FRAME + SECOND + FRAME, bytes(140)])
def test_what_has_not_the_size_of_events_is_dropped_without_a_question(octets: bytes) -> None:
    def never(kid: bytes, at_most: int) -> Sequence[str]:
        raise AssertionError("asked")

    gateway = SmsGateway()
    assert gateway.received(NUMBER, octets, never) == []
    assert gateway.counts["no events"] == 1


def test_an_unknown_key_is_counted_and_dropped() -> None:
    gateway = SmsGateway()
    assert gateway.received(NUMBER, FRAME, nobody) == []
    assert gateway.counts["unknown key"] == 1


def test_a_sender_of_any_length_does_no_harm() -> None:
    ((_, payload),) = SmsGateway().received("A" * 1000, FRAME, known)
    assert envelope.unpack_up(payload) == ("A" * envelope.SENDER_MAX, [FRAME])


def test_what_the_ingest_wants_sent_goes_to_its_number() -> None:
    assert SmsGateway().to_send(envelope.pack_down(NUMBER, bytes(132))) == (NUMBER, bytes(132))


@pytest.mark.parametrize("payload", [b"", b"junk", cbor.encode([NUMBER]), cbor.encode([NUMBER, bytes(141)])])
def test_what_cannot_be_sent_is_counted(payload: bytes) -> None:
    gateway = SmsGateway()
    assert gateway.to_send(payload) is None
    assert gateway.counts["cannot be sent"] == 1


def test_nothing_is_sent_to_what_is_no_number() -> None:
    assert SmsGateway().to_send(envelope.pack_down("Hemlarm", bytes(68))) is None


@given(st.binary(max_size=300))
def test_any_bytes_are_an_envelope_or_one_documented_error(payload: bytes) -> None:
    for unpack in (envelope.unpack_up, envelope.unpack_down):
        try:
            unpack(payload)
        except BadMessage:
            continue


values = st.recursive(
    st.one_of(st.integers(0, 300), st.binary(max_size=140), st.text(max_size=20), st.none()),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=6,
)


@given(values)
def test_any_values_are_an_envelope_or_one_documented_error(value: "cbor.Value") -> None:
    payload = cbor.encode(value)
    try:
        sender, frames = envelope.unpack_up(payload)
        assert envelope.pack_up(sender, frames) == payload
    except BadMessage:
        pass
    try:
        number, octets = envelope.unpack_down(payload)
        assert envelope.pack_down(number, octets) == payload
    except BadMessage:
        pass


def test_a_receipt_names_what_it_is_for_and_nothing_else_is_one() -> None:
    gateway = SmsGateway()
    ((_, payload),) = gateway.received(NUMBER, FRAME, known)
    assert gateway.taken(envelope.pack_receipt(payload)) == envelope.receipt(payload)
    assert envelope.receipt(payload) != envelope.receipt(payload[:-1])
    for other in (payload, envelope.pack_down(NUMBER, FRAME), b"", b"junk", cbor.encode([bytes(7)])):
        assert gateway.taken(other) is None


@pytest.mark.parametrize("frames", [[], [FRAME[1:]], [FRAME] * 3])
def test_an_envelope_holds_what_one_sms_can(frames: list[bytes]) -> None:
    with pytest.raises(ValueError, match="one or two frames"):
        envelope.pack_up(NUMBER, frames)


@pytest.mark.parametrize(
    ("number", "is_one"),
    [(NUMBER, True), ("72456", True), ("+12", False), ("", False), ("+", False), ("+46-70", False), ("٣٤٥٦٧", False)],
)
def test_a_number_has_digits_and_perhaps_a_plus(number: str, is_one: bool) -> None:
    assert is_number(number) is is_one


# On their way out.


def test_what_goes_at_once_is_sent_once() -> None:
    box = Outbox()
    assert box.put(NUMBER, FRAME, 0)
    outgoing = box.take(0)
    assert outgoing
    assert (outgoing.number, outgoing.octets) == (NUMBER, FRAME)
    box.sent()
    assert (box.take(10**9), box.next_ms(), box.counts["sent"]) == (None, None, 1)


def test_what_does_not_go_is_tried_again_for_less_than_a_panel_waits_and_then_given_up() -> None:
    box, now_ms, tries = Outbox(), 0, 0
    box.put(NUMBER, FRAME, now_ms)
    while (next_ms := box.next_ms()) is not None:
        now_ms = next_ms
        outgoing = box.take(now_ms)
        assert outgoing
        tries += 1
        box.failed(outgoing, now_ms)
    assert (tries, now_ms, box.counts["given up"]) == (len(RETRY_MS) + 1, sum(RETRY_MS), 1)
    assert now_ms < 60_000


def test_what_never_goes_is_given_up_at_once() -> None:
    box = Outbox()
    box.put(NUMBER, FRAME, 0)
    outgoing = box.take(0)
    assert outgoing
    box.failed(outgoing, 0, for_good=True)
    assert box.next_ms() is None


def test_one_that_waits_for_its_next_try_holds_nobody_up() -> None:
    box = Outbox()
    box.put("+461111", FRAME, 0)
    first = box.take(0)
    assert first
    box.failed(first, 0)
    box.put("+462222", FRAME, 0)
    second = box.take(0)
    assert second
    assert second.number == "+462222"


def test_more_than_fit_are_dropped_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert OUTBOX_MAX >= 1_000
    monkeypatch.setattr(outbox, "OUTBOX_MAX", 2)
    box = Outbox()
    assert [box.put(NUMBER, FRAME, 0) for _ in range(3)] == [True, True, False]
    assert box.counts["no room"] == 1
