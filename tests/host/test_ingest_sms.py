"""What comes by SMS goes the way of everything else, and only what is authentic is answered, to whom it should be."""

import pytest

from heard_panel import ROOT_KEY, HeardPanel, Watch
from hemlarm_cloud.ingest import allowance
from hemlarm_cloud.ingest.texting import Text
from hemlarm_cloud.store import StoreError
from hemlarm_protocol import keys, messages, sealing

PANELS_NUMBER, OTHER_NUMBER = "+46701740605", "+4670999999"


@pytest.fixture
def watch() -> Watch:
    """The panel's incarnation is known from a session that is long over."""
    watch = Watch()
    watch.connect()
    watch.start_ingest()
    return watch


def text(watch: Watch, *frames: bytes, sender: str = PANELS_NUMBER) -> list[Text]:
    """One SMS with these frames; returns what goes back by SMS once it is committed."""
    for frame in frames:
        watch.core.receive_sms(watch.panel.id, frame, watch.unix_ms, sender)
    assert watch.core.texts() == []
    watch.core.commit(watch.unix_ms)
    return watch.core.texts()


def acknowledged(watch: Watch, texts: list[Text]) -> list[list[int]]:
    """The numbers that each SMS acknowledges, as the panel reads them."""
    key = keys.sms_key(ROOT_KEY, watch.panel.panel)
    numbers = []
    for each in texts:
        kid, sealed = sealing.split_frame(each.frame)
        assert kid == key.kid
        message = messages.decode(sealing.open_random(key, sealed), keys.SMS, keys.DOWN)
        assert isinstance(message, messages.Acknowledgement)
        numbers.append(list(message.acks[::2]))
    return numbers


def stored(watch: Watch) -> list[int]:
    """The numbers of the stored events."""
    with watch.store.read() as reading:
        return [event.number for event in reading.events(watch.panel.id)]


def register(watch: Watch, number: str | None) -> None:
    with watch.store.begin() as tx:
        tx.set_sms_number(watch.panel.id, number)


def test_an_event_that_comes_by_sms_is_stored_once_and_acknowledged_to_its_sender(watch: Watch) -> None:
    frame = watch.panel.event(1)
    (answer,) = text(watch, frame)
    assert (answer.panel, answer.number) == (watch.panel.id, PANELS_NUMBER)
    assert acknowledged(watch, [answer]) == [[1]]
    assert len(answer.frame) <= 140
    watch.give(frame)
    assert stored(watch) == [1]


def test_what_came_over_a_session_and_comes_by_sms_again_is_stored_once(watch: Watch) -> None:
    frame = watch.panel.event(1)
    watch.give(frame)
    text(watch, frame)
    assert stored(watch) == [1]


def test_an_acknowledgement_names_the_events_content(watch: Watch) -> None:
    frame = watch.panel.event(1)
    (answer,) = text(watch, frame)
    key = keys.sms_key(ROOT_KEY, watch.panel.panel)
    message = messages.decode(sealing.open_random(key, answer.frame[4:]), keys.SMS, keys.DOWN)
    assert isinstance(message, messages.Acknowledgement)
    assert message.kid == watch.panel.journal.kid
    assert message.acks[1] == sealing.short_tag(frame[4:])


def test_both_events_of_one_sms_are_acknowledged_by_one(watch: Watch) -> None:
    assert acknowledged(watch, text(watch, watch.panel.event(1), watch.panel.event(2))) == [[1, 2]]


def test_more_than_four_acknowledgements_take_a_second_sms(watch: Watch) -> None:
    answers = text(watch, *(watch.panel.event(number) for number in range(1, 7)))
    assert acknowledged(watch, answers) == [[1, 2, 3, 4], [5, 6]]
    assert all(len(answer.frame) <= 140 for answer in answers)


def test_largest_numbers_still_fit_one_sms(watch: Watch) -> None:
    numbers = range(0xFFFFFFFF - 3, 0xFFFFFFFF + 1)
    (answer,) = text(watch, *(watch.panel.event(number) for number in numbers))
    assert len(answer.frame) <= 140


def test_nothing_is_acknowledged_that_is_not_committed(watch: Watch) -> None:
    def refuse(point: str) -> None:
        raise StoreError("disk full")

    watch.store.at_commit = refuse
    watch.core.receive_sms(watch.panel.id, watch.panel.event(1), watch.unix_ms, PANELS_NUMBER)
    with pytest.raises(StoreError):
        watch.core.commit(watch.unix_ms)
    watch.store.at_commit = None
    watch.core.commit(watch.unix_ms)
    assert (watch.core.texts(), stored(watch)) == ([], [])


def test_a_registered_number_is_answered_whoever_sent(watch: Watch) -> None:
    register(watch, PANELS_NUMBER)
    frame = watch.panel.event(1)
    assert [answer.number for answer in text(watch, frame, sender=OTHER_NUMBER)] == [PANELS_NUMBER]
    assert [answer.number for answer in text(watch, frame, sender=OTHER_NUMBER)] == [PANELS_NUMBER]


def test_who_repeats_a_recorded_sms_hears_nothing(watch: Watch) -> None:
    frame = watch.panel.event(1)
    watch.give(frame)
    assert text(watch, frame, sender=OTHER_NUMBER) == []


def test_a_repeated_sms_is_answered_where_the_new_one_came_from(watch: Watch) -> None:
    frame = watch.panel.event(1)
    text(watch, frame)
    assert [answer.number for answer in text(watch, frame, sender=OTHER_NUMBER)] == [PANELS_NUMBER]


@pytest.mark.parametrize("sender", ["", "Hemlarm", "+46 70", "+", "1" * 16])
def test_a_sender_that_is_no_number_is_not_answered(watch: Watch, sender: str) -> None:
    assert text(watch, watch.panel.event(1), sender=sender) == []
    assert stored(watch) == [1]


def test_repeating_an_sms_without_end_costs_a_bounded_number_of_answers(watch: Watch) -> None:
    frame = watch.panel.event(1)
    answers = sum(len(text(watch, frame)) for _ in range(200))
    assert answers == allowance.BURST
    watch.skip(3 * allowance.REFILL_MS)
    assert sum(len(text(watch, frame)) for _ in range(200)) == 3
    watch.skip(1000 * allowance.REFILL_MS)
    assert sum(len(text(watch, frame)) for _ in range(200)) == allowance.BURST


def test_nothing_but_events_comes_by_sms(watch: Watch) -> None:
    hello = watch.panel.hello()
    watch.connect()
    heartbeat = watch.panel.heartbeat()
    for frame in (hello, heartbeat, b"", bytes(68), bytes(140)):
        assert text(watch, frame) == []
    assert watch.core.refusal_counts()["not an event of a known incarnation"] == 3
    assert watch.core.refusal_counts()["frame is of no known size class"] == 2


def test_every_flipped_bit_is_refused_and_answered_by_nobody(watch: Watch) -> None:
    frame = watch.panel.event(1)
    for bit in range(0, 8 * len(frame), 7):
        flipped = bytearray(frame)
        flipped[bit // 8] ^= 1 << bit % 8
        assert text(watch, bytes(flipped)) == []
    assert stored(watch) == []


def test_an_sms_of_another_panel_or_of_none_is_refused() -> None:
    watch = Watch(HeardPanel(1), HeardPanel(2))
    for panel in watch.panels:
        watch.connect(panel)
    assert text(watch, watch.panels[1].event(1)) == []
    watch.core.receive_sms("0" * 16, watch.panel.event(1), watch.unix_ms, PANELS_NUMBER)
    watch.core.commit(watch.unix_ms)
    assert (stored(watch), watch.core.texts()) == ([], [])


def test_an_sms_is_no_sign_of_life_of_a_path(watch: Watch) -> None:
    watch.pass_time(180_000)
    text(watch, watch.panel.event(1))
    assert watch.lasting() == [("line-fault", 0)]
