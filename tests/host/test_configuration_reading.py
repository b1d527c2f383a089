"""Reading a configuration in pieces: all of one revision, however the pieces come."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemlarm_cloud.ingest.configuration_reading import LIFE_MS, REPEAT_MS, TRIES, ConfigurationReading
from hemlarm_protocol import cbor
from hemlarm_protocol.errors import BadMessage
from hemlarm_protocol.messages import CONFIG_BYTES_MAX, ConfigPart, ReadConfig

NOW_MS = 1_800_000_000_000


def make_reading() -> ConfigurationReading:
    return ConfigurationReading(random.Random(1).randbytes)


def document(revision: int) -> bytes:
    return cbor.encode({"revision": revision, "zones": [{"number": n, "name": "x" * 16} for n in range(1, 65)]})


def answer(question: ReadConfig | None, revision: int = 3, whole: bytes | None = None) -> ConfigPart:
    """Return what a panel answers."""
    assert question is not None
    data = document(revision) if whole is None else whole
    piece = data[question.offset : question.offset + CONFIG_BYTES_MAX]
    return ConfigPart(question.id, revision, len(data), question.offset, piece)


def test_the_pieces_make_the_whole() -> None:
    reading = make_reading()
    pieces = 0
    whole = None
    while whole is None:
        pieces += 1
        whole = reading.take(answer(reading.ask(NOW_MS, NOW_MS)))
    assert whole == (3, document(3))
    assert pieces == -(-len(document(3)) // CONFIG_BYTES_MAX) > 1


def test_a_question_is_asked_once_until_it_is_overdue() -> None:
    reading = make_reading()
    first = reading.ask(NOW_MS, NOW_MS)
    assert first is not None
    assert first.expires == (NOW_MS + LIFE_MS) // 1000
    assert reading.ask(NOW_MS + REPEAT_MS - 1, NOW_MS) is None
    again = reading.ask(NOW_MS + REPEAT_MS, NOW_MS)
    assert again is not None
    assert (again.id, again.offset) == (first.id, first.offset)


def test_a_panel_that_never_answers_is_asked_a_few_times_and_no_more() -> None:
    reading = make_reading()
    asked = [reading.ask(NOW_MS + REPEAT_MS * turn, NOW_MS) is not None for turn in range(TRIES + 5)]
    assert asked == [True] * TRIES + [False] * 5
    assert reading.given_up


def test_a_change_between_two_pieces_begins_the_reading_again() -> None:
    reading = make_reading()
    first = reading.ask(NOW_MS, NOW_MS)
    assert reading.take(answer(first)) is None
    assert reading.take(answer(reading.ask(NOW_MS, NOW_MS), revision=4)) is None
    anew = reading.ask(NOW_MS, NOW_MS)
    assert first is not None
    assert anew is not None
    assert anew.offset == 0
    assert anew.id != first.id


@pytest.mark.parametrize(
    "change",
    [
        {"id": bytes(8)},
        {"offset": 700},
        {"total": 5},
    ],
)
def test_a_piece_that_answers_no_question_has_no_effect(change: dict[str, object]) -> None:
    reading = make_reading()
    part = answer(reading.ask(NOW_MS, NOW_MS))
    assert reading.take(part._replace(**change)) is None
    assert reading.ask(NOW_MS, NOW_MS) is None
    assert reading.take(part) is None
    following = reading.ask(NOW_MS, NOW_MS)
    assert following is not None
    assert following.offset == CONFIG_BYTES_MAX


@pytest.mark.parametrize("whole", [cbor.encode([1]), b"\xff", cbor.encode({}) + b"\0"])
def test_what_is_no_map_is_refused(whole: bytes) -> None:
    reading = make_reading()
    with pytest.raises(BadMessage):
        reading.take(answer(reading.ask(NOW_MS, NOW_MS), whole=whole))


@given(st.lists(st.sampled_from(["answer", "lose", "repeat", "change", "wait"]), max_size=40))
def test_whatever_is_lost_repeated_or_changed_the_result_is_one_revision_as_it_was(steps: list[str]) -> None:
    reading, revision, now_ms = make_reading(), 1, NOW_MS
    question: ReadConfig | None = None
    last: ConfigPart | None = None
    for step in [*steps, *["wait", "answer"] * 20]:
        question = reading.ask(now_ms, NOW_MS) or question
        whole = None
        if step == "wait":
            now_ms += REPEAT_MS
        elif step == "change":
            revision += 1
        elif step == "repeat" and last:
            whole = reading.take(last)
        elif step == "answer" and question and not reading.given_up:
            last = answer(question, revision)
            whole = reading.take(last)
        if whole:
            assert whole == (whole[0], document(whole[0]))
            return
    assert reading.given_up
