"""One frame of the sensors' radio at a time: what goes in comes out, and what does not fit is refused."""

from hemlarm_protocol import crypto
from hemlarm_protocol import sensor_frames as frames
from hemlarm_protocol.errors import BadMessage
from support import raises

KEY, SENSOR, EPOCH, LATER = bytes(range(16)), b"door", b"tick", b"tock"


def report(counter: int = 7, flags: int = 0, value: "int | None" = None) -> bytes:
    return frames.seal_report(KEY, SENSOR, EPOCH, counter, flags, value)


def test_a_report_says_what_was_put_into_it() -> None:
    for counter in (0, 1, 255, 256, 0xFFFFFFFF):
        for flags in (0, 1, 31):
            for value in (None, 0, 1, -1, 215, -400, 32767, -32767):
                frame = report(counter, flags, value)
                assert len(frame) == frames.REPORT_BYTES
                assert frames.sensor_of(frame) == SENSOR
                assert frames.open_report(KEY, frame) == (EPOCH, counter, flags, value)


def test_the_frames_are_those_of_the_document() -> None:
    sensor, epoch = bytes.fromhex("0000002a"), bytes.fromhex("5eed0001")
    made = frames.seal_report(KEY, sensor, epoch, 1024, frames.OPEN | frames.BATTERY_LOW, 215)
    assert made.hex() == "110000002a5eed000100000400967020fa0d8e28f2758451"
    assert frames.seal_answer(KEY, epoch, made).hex() == "120000002a5eed0001094548f4e52e160e"


def test_every_report_is_as_long_as_any_other() -> None:
    assert {len(report(value=value)) for value in (None, 0, -400, 32767)} == {frames.REPORT_BYTES}


def test_a_report_that_does_not_fit_is_not_sealed() -> None:
    for counter, flags, value in ((-1, 0, None), (1 << 32, 0, None), (0, 32, None), (0, -1, None), (0, 64, None)):
        raises(ValueError, report, counter, flags, value)
    for value in (32768, -32768, 100_000):
        raises(ValueError, report, 0, 0, value)


def test_a_report_with_a_flag_that_nobody_knows_is_refused() -> None:
    for flag in (32, 64, 128):
        head = report()[:13]
        nonce = head[:1] + bytes(4) + head[5:]
        sealed = crypto.ccm_seal(KEY, nonce, bytes([flag, 0, 0]), head, 8)
        assert "flags" in str(raises(BadMessage, frames.open_report, KEY, head + sealed))


def test_an_answer_names_the_epoch_and_fits_one_report() -> None:
    for epoch in (EPOCH, LATER):
        answer = frames.seal_answer(KEY, epoch, report())
        assert len(answer) == frames.ANSWER_BYTES
        assert frames.open_answer(KEY, report(), answer) == epoch
        for other in (report(8), report(flags=1), report(value=5)):
            raises(BadMessage, frames.open_answer, KEY, other, answer)
        raises(BadMessage, frames.open_answer, bytes(16), report(), answer)


def test_a_report_is_no_answer_and_an_answer_no_report() -> None:
    answer = frames.seal_answer(KEY, EPOCH, report())
    raises(BadMessage, frames.sensor_of, answer)
    raises(BadMessage, frames.sensor_of, answer + bytes(7))
    raises(BadMessage, frames.open_answer, KEY, report(), report())
    raises(BadMessage, frames.open_answer, KEY, report(), report()[:17])


def test_a_frame_of_another_kind_is_refused_whoever_sealed_it() -> None:
    head = b"\x13" + report()[1:13]
    sealed = crypto.ccm_seal(KEY, head[:1] + bytes(4) + head[5:], bytes(3), head, 8)
    raises(BadMessage, frames.open_report, KEY, head + sealed)
    head = b"\x13" + SENSOR + EPOCH
    sealed = crypto.ccm_seal(KEY, head[:1] + EPOCH + report()[5:13], b"", report(), 8)
    raises(BadMessage, frames.open_answer, KEY, report(), head + sealed)


def test_no_two_frames_share_a_nonce() -> None:
    seen: list[bytes] = []
    seal = crypto.ccm_seal

    def watch(key: bytes, nonce: bytes, text: bytes, external: bytes, tag_bytes: int) -> bytes:
        seen.append(nonce)
        return seal(key, nonce, text, external, tag_bytes)

    crypto.ccm_seal = watch  # type: ignore[assignment]
    try:
        for epoch in (frames.NO_EPOCH, EPOCH, LATER):
            for counter in range(20):
                made = frames.seal_report(KEY, SENSOR, epoch, counter, 1, None)
                for panel in (EPOCH, LATER, b"toll"):
                    frames.seal_answer(KEY, panel, made)
    finally:
        crypto.ccm_seal = seal
    assert len(set(seen)) == len(seen) == 3 * 20 * 4
