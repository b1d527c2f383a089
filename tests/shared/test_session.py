"""What both ends share: counters that go up, a window that takes each once, and the retransmission timer."""

from hemlarm_protocol import keys, messages, retransmission, sealing, session
from hemlarm_protocol.errors import BadMessage
from session_support import PANEL, ROOT_KEY, Chance
from support import raises

REPLY = messages.HeartbeatReply(0, 0)


def pair() -> "tuple[session.Writer, session.Reader]":
    key = keys.session_key(ROOT_KEY, PANEL, b"h", b"w", keys.DOWN, 0)
    return session.Writer(key), session.Reader(key, keys.DOWN)


def sealed_frames(count: int) -> "tuple[list[bytes], session.Reader]":
    writer, reader = pair()
    return [sealing.split_frame(writer.frame(REPLY))[1] for _ in range(count)], reader


def test_no_counter_is_used_twice() -> None:
    frames, _ = sealed_frames(300)
    assert len({frame[9:13] for frame in frames}) == 300
    assert frames[0][9:13] == bytes(4)


def test_a_message_that_cannot_be_sent_costs_its_counter() -> None:
    writer, _reader = pair()
    raises(ValueError, writer.frame, messages.HeartbeatReply(-1, 0))
    assert sealing.split_frame(writer.frame(REPLY))[1][9:13] == b"\x00\x00\x00\x01"


def test_messages_in_any_order_within_the_window_are_taken_once_each() -> None:
    frames, reader = sealed_frames(4 * session.WINDOW)
    chance = Chance(5)
    for start in range(0, len(frames), session.WINDOW):
        block = list(range(start, start + session.WINDOW))
        while block:
            number = block.pop(chance.below(len(block)))
            reader.open(frames[number])
            assert "replay" in str(raises(BadMessage, reader.open, frames[number]))


def test_the_oldest_of_the_window_is_taken_and_what_is_older_refused() -> None:
    frames, reader = sealed_frames(session.WINDOW + 2)
    reader.open(frames[session.WINDOW + 1])
    reader.open(frames[2])
    assert "too far behind" in str(raises(BadMessage, reader.open, frames[1]))
    raises(BadMessage, reader.open, frames[2])
    raises(BadMessage, reader.open, frames[session.WINDOW + 1])


def test_a_leap_over_the_whole_window_forgets_nothing_that_matters() -> None:
    frames, reader = sealed_frames(4 * session.WINDOW)
    for number in (0, 1, 3 * session.WINDOW):
        reader.open(frames[number])
    for number in (0, 1, 2 * session.WINDOW, 3 * session.WINDOW):
        raises(BadMessage, reader.open, frames[number])
    reader.open(frames[2 * session.WINDOW + 1])


def test_a_forged_counter_moves_no_window() -> None:
    frames, reader = sealed_frames(3)
    key = keys.session_key(ROOT_KEY, PANEL, b"h", b"other", keys.DOWN, 0)
    for number in (5, 1000, 0xFFFFFFFF):
        raises(BadMessage, reader.open, sealing.seal_numbered(key, number, messages.encode(REPLY)))
    for frame in frames:
        reader.open(frame)


def test_refusals_are_counted_by_reason() -> None:
    refusals = session.Refusals()
    for reason in ("a", "b", "a"):
        refusals.add(reason)
    assert refusals.counts == {"a": 2, "b": 1}
    assert refusals.total() == 3


def test_the_timer_follows_rfc_6298() -> None:
    timer = retransmission.RetransmissionTimer()
    assert timer.timeout_ms == 1000
    timer.measured(400)
    assert timer.timeout_ms == 400 + 4 * 200
    timer.measured(800)
    assert timer.timeout_ms == (7 * 400 + 800) // 8 + 4 * ((3 * 200 + 400) // 4)


def test_the_timer_stays_between_its_bounds() -> None:
    timer = retransmission.RetransmissionTimer()
    for _ in range(50):
        timer.measured(0)
    assert timer.timeout_ms == retransmission.LEAST_MS
    for _ in range(50):
        timer.expired()
    assert timer.timeout_ms == retransmission.MOST_MS
    timer.measured(1 << 40)
    assert timer.timeout_ms == retransmission.MOST_MS


def test_an_answer_ends_the_backing_off() -> None:
    timer = retransmission.RetransmissionTimer()
    for _ in range(5):
        timer.expired()
    assert timer.timeout_ms == 32_000
    timer.measured(100)
    assert timer.timeout_ms == 300
