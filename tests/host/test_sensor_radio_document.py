"""What `docs/sensor-radio.md` claims: its examples, sizes and times are those of the code and of `cryptography`."""

import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from hypothesis import given, settings
from hypothesis import strategies as st

from hemlarm_firmware.sensors import radio
from hemlarm_protocol import sensor_frames as frames
from hemlarm_protocol import sensor_radio

DOCUMENT = (Path(__file__).parents[2] / "docs" / "sensor-radio.md").read_text()
KEY = bytes(range(16))
SENSOR, EPOCH, NEXT_EPOCH = bytes.fromhex("0000002a"), bytes.fromhex("5eed0001"), bytes.fromhex("0badcafe")
COUNTER, FLAGS, VALUE = 1024, 5, 215

KEYS = st.binary(min_size=16, max_size=16)
FOUR = st.binary(min_size=4, max_size=4)
COUNTERS = st.integers(0, frames.COUNTER_MAX)
VALUES = st.none() | st.integers(-frames.VALUE_MAX, frames.VALUE_MAX)
FAST = settings(max_examples=100, deadline=None, derandomize=True)


def example(name: str) -> bytes:
    """Return the bytes in the first column of an example."""
    found = re.search(rf"^```hex {name}\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert found, name
    return bytes.fromhex("".join(line.split("  ")[0] for line in found[1].splitlines()))


def report() -> bytes:
    return frames.seal_report(KEY, SENSOR, EPOCH, COUNTER, FLAGS, VALUE)


def test_the_examples_are_what_the_code_makes() -> None:
    assert example("report") == report()
    assert example("acknowledgement") == frames.seal_answer(KEY, EPOCH, report())
    assert example("another epoch") == frames.seal_answer(KEY, NEXT_EPOCH, report())
    for fixed in (KEY, SENSOR):
        assert f"`{fixed.hex()}`" in DOCUMENT


def test_the_examples_open_to_what_they_show() -> None:
    assert frames.open_report(KEY, example("report")) == (EPOCH, COUNTER, FLAGS, VALUE)
    assert frames.open_answer(KEY, example("report"), example("acknowledgement")) == EPOCH
    assert frames.open_answer(KEY, example("report"), example("another epoch")) == NEXT_EPOCH


@FAST
@given(KEYS, FOUR, FOUR, COUNTERS, st.integers(0, frames.FLAGS), VALUES, FOUR)
def test_the_frames_in_words_are_what_cryptography_makes_of_them(
    key: bytes, sensor: bytes, epoch: bytes, counter: int, flags: int, value: int | None, panel: bytes
) -> None:
    ccm = AESCCM(key, tag_length=8)
    head = b"\x11" + sensor + epoch + counter.to_bytes(4, "big")
    text = bytes([flags]) + (0 if value is None else value + 32768).to_bytes(2, "big")
    made = frames.seal_report(key, sensor, epoch, counter, flags, value)
    assert made == head + ccm.encrypt(b"\x11" + bytes(4) + head[5:], text, head)
    assert frames.open_report(key, made) == (epoch, counter, flags, value)
    answer = b"\x12" + sensor + panel
    nonce = b"\x12" + panel + epoch + counter.to_bytes(4, "big")
    assert frames.seal_answer(key, panel, made) == answer + ccm.encrypt(nonce, b"", made)


@pytest.mark.parametrize(("title", "length"), [("report", frames.REPORT_BYTES), ("answer", frames.ANSWER_BYTES)])
def test_the_tables_of_bytes_add_up(title: str, length: int) -> None:
    start = DOCUMENT.index(f"| {title}, {length} bytes | bytes |")
    rows = DOCUMENT[start:].split("\n\n")[0].splitlines()[2:]
    assert sum(int(row.split("|")[2]) for row in rows) == length


def test_the_table_of_times_is_the_codes() -> None:
    start = DOCUMENT.index("| what | value |")
    rows = [row.split("|") for row in DOCUMENT[start:].split("\n\n")[0].splitlines()[2:]]
    shown = [int(row[2]) for row in rows]
    report_ms, answer_ms = frames.air_time_ms(frames.REPORT_BYTES), frames.air_time_ms(frames.ANSWER_BYTES)
    reports = sensor_radio.BURST + 3_600_000 // sensor_radio.REFILL_MS
    answers = radio._BURST + 3_600_000 // radio._REFILL_MS
    allowed = [
        report_ms,
        answer_ms,
        sensor_radio.BURST,
        sensor_radio.REFILL_MS,
        reports,
        reports * report_ms,
        answers,
        answers * answer_ms,
    ]
    assert shown == allowed


def test_the_times_in_words_are_the_codes() -> None:
    for text in (
        f"after {sensor_radio.FIRST_RETRY_MS} ms",
        f"{sensor_radio.LAST_RETRY_MS // 1000} s, each wait",
        f"at most {sensor_radio.CHECK_IN_MS // 60_000} minutes",
        f"takes {sensor_radio.RESERVATION} numbers",
        f"listens for {sensor_radio.LISTEN_MS} ms",
    ):
        assert text in DOCUMENT.replace("\n  ", " ").replace("\n", " "), text


def test_the_document_names_the_flags() -> None:
    numbers = (frames.OPEN, frames.TAMPER, frames.BATTERY_LOW, frames.BUTTON, frames.FAULT)
    names = ("open", "tamper", "battery low", "button", "fault")
    assert ", ".join(f"{name} {number}" for name, number in zip(names, numbers, strict=True)) in DOCUMENT
