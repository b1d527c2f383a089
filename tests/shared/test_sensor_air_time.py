"""The sensors stay within 4 minutes on air a day together, and each transmitter within its 1 % of every hour."""

from hemlarm_firmware.sensors.radio import Receiver
from hemlarm_protocol import sensor_frames as frames
from sensor_air import DOOR, Air, always, key_of
from session_support import Chance

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
TOGETHER_MS = 240_000
DUTY_MS = HOUR_MS // 100
REPORT_MS = frames.air_time_ms(frames.REPORT_BYTES)
ANSWER_MS = frames.air_time_ms(frames.ANSWER_BYTES)
SENSORS_MAX = 64


def busiest_hour(times: "list[int]") -> int:
    """Return the most frames in any hour; `times` in ms, rising."""
    most = first = 0
    for index, now_ms in enumerate(times):
        while now_ms - times[first] >= HOUR_MS:
            first += 1
        most = max(most, index - first + 1)
    return most


def test_the_time_on_air_is_that_of_all_bits_at_the_bit_rate() -> None:
    assert (REPORT_MS, ANSWER_MS) == (8, 7)
    for length in range(256):
        bits = (5 + 4 + 1 + length + 2) * 8
        assert frames.air_time_ms(length) - 1 < bits / 38.4 <= frames.air_time_ms(length)


def test_thirty_sensors_and_two_hundred_events_a_day_stay_within_four_minutes() -> None:
    airs = [Air(seed=seed) for seed in range(30)]
    chance = Chance(99)
    for index, air in enumerate(airs):
        air.loses_report = air.loses_answer = lambda number: chance.below(10) == 0
        for turn in range(7):
            air.passes(HOUR_MS + 60_000 * index)
            air.becomes(frames.OPEN if turn % 2 == 0 else 0)
        air.passes(DAY_MS - air.now_ms)
    on_air_ms = sum([len(air.reports) for air in airs]) * REPORT_MS
    assert 30 * 72 * REPORT_MS < on_air_ms < TOGETHER_MS // 8
    assert sum([len(air.answers) for air in airs]) * ANSWER_MS < TOGETHER_MS // 8
    assert min([len(air.heard) for air in airs]) >= 72


def test_as_many_sensors_as_there_can_be_stay_within_four_minutes_while_nobody_answers() -> None:
    air = Air()
    air.loses_report = always
    air.passes(DAY_MS)
    day_ms = len(air.reports) * REPORT_MS
    air.passes(HOUR_MS)
    before = len(air.reports)
    air.becomes(frames.OPEN)
    air.passes(300_000)
    event_ms = (len(air.reports) - before) * REPORT_MS
    assert event_ms >= 10 * REPORT_MS
    assert day_ms * SENSORS_MAX + 200 * event_ms < TOGETHER_MS


def test_a_sensor_that_nobody_answers_stays_within_its_duty_cycle() -> None:
    air = Air()
    air.loses_report = always
    times: list[int] = []
    for turn in range(720):
        air.becomes((turn % 31) + 1)
        air.passes(10_000)
        times += [now_ms for now_ms, _ in air.reports]
        air.forgets()
    assert busiest_hour(times) * REPORT_MS < DUTY_MS // 6


def test_a_contact_that_chatters_without_end_stays_within_its_duty_cycle_and_is_still_heard_in_time() -> None:
    air = Air()
    times: list[int] = []
    longest_ms = heard_ms = 0
    for turn in range(2 * 3600 * 2):
        air.becomes(turn & 1)
        air.passes(500)
        heard_ms = air.now_ms if air.heard else heard_ms
        longest_ms = max(longest_ms, air.now_ms - heard_ms)
        times += [now_ms for now_ms, _ in air.reports]
        air.forgets()
    assert 6_000 < longest_ms <= 10_000
    assert busiest_hour(times) * REPORT_MS < DUTY_MS // 6


def test_replays_cannot_make_the_panel_exceed_its_duty_cycle_nor_cost_a_new_report_its_answer() -> None:
    receiver = Receiver([(DOOR, key_of(DOOR), 1)], bytes)
    epoch = b"\0\0\0\1"
    replay = frames.seal_report(key_of(DOOR), DOOR, b"past", 1, 0, None)
    times: list[int] = []
    for now_ms in range(0, HOUR_MS // 4, 250):
        receiver.received(replay, now_ms)
        times += [now_ms] * len(receiver.replies)
        receiver.replies = []
    assert len(times) >= 300
    assert (600 + 3600) * ANSWER_MS < DUTY_MS
    assert len(times) <= 301 + HOUR_MS // 4 // 1000
    new = frames.seal_report(key_of(DOOR), DOOR, epoch, 1, frames.OPEN, None)
    assert receiver.received(new, HOUR_MS // 4) == (1, frames.OPEN, None)
    assert len(receiver.replies) == 1


def test_replays_get_half_of_the_answers_at_once_and_then_one_a_second() -> None:
    receiver = Receiver([(DOOR, key_of(DOOR), 1)], bytes)
    replay = frames.seal_report(key_of(DOOR), DOOR, b"past", 1, 0, None)
    answers = []
    for now_ms in [0] * 310 + [999, 1000, 1001, 1999, 2000]:
        receiver.received(replay, now_ms)
        answers += [now_ms] * len(receiver.replies)
        receiver.replies = []
    assert answers == [0] * 300 + [1000, 2000]


def test_the_panel_answers_no_more_than_its_duty_cycle_allows_and_still_believes() -> None:
    receiver = Receiver([(DOOR, key_of(DOOR), 1)], bytes)
    answered = believed = 0
    for counter in range(700):
        report = frames.seal_report(key_of(DOOR), DOOR, b"\0\0\0\1", counter, 0, None)
        believed += receiver.received(report, 0) is not None
        answered += len(receiver.replies)
        receiver.replies = []
    assert (believed, answered) == (700, 600)


def test_what_may_be_sent_in_any_time_is_a_burst_and_a_steady_rate() -> None:
    air = frames.AirTime(5, 100)
    times = []
    for now_ms in range(0, 2000, 10):
        if now_ms >= air.free_ms():
            air.spend(now_ms)
            times.append(now_ms)
    assert times[:6] == [0, 10, 20, 30, 40, 100]
    assert len(times) == 5 + 19
    assert air.free_ms(reserve=5) > air.free_ms(reserve=2) == air.free_ms() + 200
