"""The sensors' radio against somebody with a radio: replays, forgeries and noise have no effect on either end."""

from hemlarm_firmware.sensors.radio import Receiver
from hemlarm_protocol import sensor_frames as frames
from sensor_air import CELLAR, DOOR, HALL, Air, always, key_of, never
from session_support import Chance

OPEN, TAMPER, BUTTON = frames.OPEN, frames.TAMPER, frames.BUTTON


def test_no_recorded_report_ever_has_an_effect() -> None:
    air = Air().settled()
    for flags in (OPEN, 0, TAMPER, 0):
        air.becomes(flags)
    recorded = [frame for _, frame in air.reports]
    heard = list(air.heard)
    for frame in recorded[:-1]:
        assert air.receiver.received(frame, air.now_ms) is None
    assert air.receiver.replies == []
    assert air.receiver.refused.counts["a replay"] == len(recorded) - 1 == 3
    assert air.receiver.received(recorded[-1], air.now_ms) is None
    air.starts_panel()
    for frame in recorded:
        assert air.receiver.received(frame, air.now_ms) is None
    air.becomes(OPEN)
    assert air.heard == heard + [(1, OPEN, None)], "and the sensor itself is still believed"
    for frame in recorded:
        assert air.receiver.received(frame, air.now_ms) is None


def test_a_report_that_a_jammer_held_back_is_believed_late_but_never_after_a_newer_one() -> None:
    air = Air().settled()
    air.loses_report = always
    air.becomes(OPEN)
    held = air.reports[0][1]
    assert air.receiver.received(held, 0) == (1, OPEN, None)
    air.becomes(OPEN | TAMPER)
    held = air.reports[-1][1]
    air.loses_report = never
    air.becomes(OPEN | TAMPER | BUTTON)
    assert air.heard == [(1, OPEN | TAMPER | BUTTON, None)]
    assert air.receiver.received(held, 0) is None


def test_no_recorded_answer_ever_has_an_effect() -> None:
    air = Air().settled()
    air.becomes(OPEN)
    air.starts_panel()
    air.becomes(0)
    recorded = list(air.answers)
    air.loses_report = always
    air.becomes(TAMPER)
    for answer in recorded:
        air.end.received(answer, air.now_ms)
    assert air.end.refused == len(recorded)
    air.loses_report = never
    air.passes(1000)
    assert air.heard[-1] == (1, TAMPER, None)


def test_an_acknowledgement_counts_once() -> None:
    air = Air().settled()
    air.becomes(OPEN)
    due_ms = air.end.deadline_ms()
    air.now_ms += 60_000
    air.end.received(air.answers[0], air.now_ms)
    assert air.end.refused == 1
    assert air.end.deadline_ms() == due_ms


def test_a_sensor_that_has_said_nothing_takes_no_answer() -> None:
    air = Air()
    air.end.received(b"\x12" + DOOR + bytes(12), 0)
    air.end.received(b"", 0)
    assert air.end.refused == 2
    assert air.end.to_send() == []


def test_an_answer_to_a_report_that_is_superseded_acknowledges_nothing() -> None:
    air = Air().settled()
    air.loses_answer = always
    air.becomes(OPEN)
    late = air.answers[0]
    air.loses_report = always
    air.becomes(OPEN | TAMPER)
    air.end.received(late, air.now_ms)
    assert air.end.refused == 1
    air.loses_report = air.loses_answer = never
    air.passes(1000)
    assert air.heard == [(1, OPEN, None), (1, OPEN | TAMPER, None)]


def test_every_flipped_bit_and_every_truncation_of_a_report_is_refused() -> None:
    air = Air().settled()
    air.loses_report = always
    air.becomes(OPEN, 215)
    frame = air.reports[0][1]
    for bit in range(8 * len(frame)):
        wrong = bytearray(frame)
        wrong[bit // 8] ^= 1 << (bit % 8)
        assert air.receiver.received(bytes(wrong), 0) is None
    for length in range(len(frame)):
        assert air.receiver.received(frame[:length], 0) is None
    assert air.receiver.received(frame + b"\0", 0) is None
    assert air.receiver.replies == []
    assert air.receiver.refused.total() == 8 * len(frame) + len(frame) + 1 + 1
    assert air.receiver.received(frame, 0) == (1, OPEN, 215)


def test_every_flipped_bit_and_every_truncation_of_an_answer_is_refused() -> None:
    air = Air().settled()
    air.loses_answer = always
    air.becomes(OPEN)
    answer = air.answers[0]
    for bit in range(8 * len(answer)):
        wrong = bytearray(answer)
        wrong[bit // 8] ^= 1 << (bit % 8)
        air.end.received(bytes(wrong), air.now_ms)
    for length in range(len(answer)):
        air.end.received(answer[:length], air.now_ms)
    assert air.end.refused == 9 * len(answer)
    air.end.received(answer, air.now_ms)
    air.passes(10_000)
    assert len(air.reports) == 1, "the true one still counts"


def test_a_sensor_cannot_speak_for_another() -> None:
    air = Air(HALL).settled()
    epoch = frames.open_answer(key_of(DOOR), *_answered(air.receiver, DOOR, bytes(4)))
    for key in (HALL, CELLAR, b"them"):
        forged = frames.seal_report(key_of(key), DOOR, epoch, 9, OPEN, None)
        assert air.receiver.received(forged, 0) is None
    stranger = frames.seal_report(key_of(b"them"), b"them", epoch, 9, OPEN, None)
    assert air.receiver.received(stranger, 0) is None
    assert air.receiver.refused.counts["an unknown sensor"] == 1
    assert air.receiver.refused.counts["the seal does not fit"] == 3
    true = frames.seal_report(key_of(DOOR), DOOR, epoch, 9, OPEN, None)
    assert air.receiver.received(true, 0) == (1, OPEN, None)


def _answered(receiver: Receiver, sensor: bytes, epoch: bytes) -> "tuple[bytes, bytes]":
    report = frames.seal_report(key_of(sensor), sensor, epoch, 0, 0, None)
    receiver.received(report, 0)
    return report, receiver.replies.pop()


def test_a_false_panel_cannot_acknowledge() -> None:
    air = Air().settled()
    air.loses_report = always
    air.becomes(OPEN)
    report = air.reports[0][1]
    for key in (key_of(HALL), bytes(16)):
        for epoch in (report[5:9], bytes(4)):
            air.end.received(frames.seal_answer(key, epoch, report), air.now_ms)
    assert air.end.refused == 4
    air.loses_report = never
    air.passes(1000)
    assert air.heard == [(1, OPEN, None)]


def test_noise_has_no_effect_on_either_end() -> None:
    air, chance = Air().settled(), Chance(8)
    for turn in range(300):
        noise = chance.bytes(40)
        if turn % 2 and len(noise) > 5:
            noise = (b"\x11" + DOOR + noise[5:] + bytes(24))[: frames.REPORT_BYTES]
        assert air.receiver.received(noise, turn) is None
        air.end.received(noise, turn)
    assert air.receiver.refused.total() == 301
    assert len(air.receiver.refused.counts) <= 5
    air.becomes(OPEN)
    assert air.heard == [(1, OPEN, None)]


def test_what_the_shell_leaves_lying_is_bounded() -> None:
    receiver = Receiver([(DOOR, key_of(DOOR), 1)], bytes)
    for counter in range(30):
        receiver.received(frames.seal_report(key_of(DOOR), DOOR, b"\0\0\0\1", counter, 0, None), 0)
    assert len(receiver.replies) == 8
