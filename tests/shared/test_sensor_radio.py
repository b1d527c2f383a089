"""Both ends of the sensors' radio together: what is told arrives, and once, whatever gets lost and whoever restarts."""

from hemlarm_firmware.panel import inputs
from hemlarm_firmware.sensors.radio import Receiver
from hemlarm_protocol import sensor_frames as frames
from hemlarm_protocol import sensor_radio
from sensor_air import CELLAR, DOOR, HALL, Air, always, key_of, never
from session_support import Chance
from support import raises

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

OPEN, TAMPER, BUTTON = frames.OPEN, frames.TAMPER, frames.BUTTON
HOUR_MS = 3_600_000


def test_the_flags_are_those_of_the_panel() -> None:
    ours = [frames.OPEN, frames.TAMPER, frames.BATTERY_LOW, frames.BUTTON, frames.FAULT]
    assert ours == [
        inputs.SENSOR_OPEN,
        inputs.SENSOR_TAMPER,
        inputs.SENSOR_BATTERY_LOW,
        inputs.SENSOR_BUTTON,
        inputs.SENSOR_FAULT,
    ]


# What is told arrives.


def test_a_new_sensor_learns_the_epoch_and_is_believed_at_its_second_report() -> None:
    air = Air()
    air.passes(0)
    assert air.heard == [(1, 0, None)]
    assert len(air.reports) == len(air.answers) == 2
    assert air.receiver.refused.counts == {"another epoch": 1}


def test_a_change_is_told_at_once_and_once() -> None:
    air = Air(HALL).settled()
    air.becomes(OPEN)
    air.becomes(OPEN)
    air.becomes(0)
    assert air.heard == [(2, OPEN, None), (2, 0, None)]
    assert len(air.reports) == 2
    air.passes(60_000)
    assert len(air.heard) == 2


def test_a_lost_report_is_repeated_until_it_is_answered() -> None:
    air = Air().settled()
    air.loses_report = lambda index: index < 4
    air.becomes(OPEN)
    assert air.heard == []
    air.passes(4_000)
    assert air.heard == [(1, OPEN, None)]
    assert len(air.reports) == 5
    assert len({frame for _, frame in air.reports}) == 1, "byte for byte"


def test_a_lost_acknowledgement_is_given_again_and_nothing_happens_twice() -> None:
    air = Air().settled()
    air.loses_answer = lambda index: index < 3
    air.becomes(OPEN)
    air.passes(4_000)
    assert air.heard == [(1, OPEN, None)]
    assert len(air.answers) == 4
    assert len(set(air.answers)) == 1
    assert air.receiver.refused.counts["a repetition"] == 3
    assert len(air.reports) == 4


def test_a_door_that_opens_and_shuts_while_nothing_gets_through_is_told_as_both() -> None:
    air = Air().settled()
    air.loses_report = always
    air.becomes(OPEN)
    air.becomes(0)
    air.passes(5_000)
    air.loses_report = never
    air.passes(20_000)
    assert air.heard == [(1, OPEN, None), (1, 0, None)]


def test_a_press_of_a_button_is_never_lost() -> None:
    air = Air().settled()
    air.loses_answer = lambda index: index < 2
    air.becomes(BUTTON)
    air.becomes(0)
    air.passes(5_000)
    assert air.heard == [(1, BUTTON, None), (1, 0, None)]


def test_what_becomes_true_while_nothing_gets_through_does_not_wait_its_turn() -> None:
    air = Air().settled()
    air.loses_report = always
    air.becomes(OPEN)
    air.passes(100_000)
    air.loses_report = never
    air.becomes(OPEN | TAMPER)
    assert air.heard == [(1, OPEN | TAMPER, None)]


def test_a_temperature_is_told_when_it_has_moved_by_half_a_degree() -> None:
    air = Air(CELLAR).settled()
    air.becomes(0, 215)
    for value in (216, 219, 213, 211):
        air.becomes(0, value)
    assert air.heard == [(3, 0, 215)]
    air.becomes(0, 210)
    air.becomes(0, -15)
    air.becomes(0, None)
    assert air.heard[1:] == [(3, 0, 210), (3, 0, -15), (3, 0, None)]


def test_a_value_that_moves_while_nothing_gets_through_waits_for_the_acknowledgement() -> None:
    air = Air(CELLAR).settled()
    air.becomes(0, 200)
    air.loses_report = always
    for value in range(200, 100, -10):
        air.becomes(0, value)
        air.passes(10_000)
    assert len({frame for _, frame in air.reports}) == 2, "nobody collects reports by jamming"
    air.loses_report = never
    air.passes(300_000)
    assert air.heard == [(3, 0, 200), (3, 0, 190), (3, 0, 110)]


def test_a_quiet_sensor_checks_in_with_its_present_state() -> None:
    air = Air()
    air.becomes(OPEN, 200)
    air.settled()
    air.becomes(OPEN, 203)
    air.passes(24 * HOUR_MS)
    assert 72 <= len(air.heard) <= 24 * 3 * 8 // 7 + 1
    assert air.heard[-1] == (1, OPEN, 203)
    times = [now_ms for now_ms, _ in air.reports]
    gaps = [times[index + 1] - times[index] for index in range(len(times) - 1)]
    assert max(gaps) <= sensor_radio.CHECK_IN_MS
    assert len(set(gaps)) > 10, "scattered, so that two sensors do not meet on air again and again"


def test_a_check_in_that_nobody_answers_goes_on_and_says_what_is_true_when_it_ends() -> None:
    air = Air().settled()
    air.loses_report = always
    air.passes(5 * HOUR_MS)
    air.becomes(OPEN)
    air.loses_report = never
    air.passes(360_000)
    assert air.heard == [(1, OPEN, None)]


def _schedule(random: "Callable[[int], bytes]", lost: int) -> "list[int]":
    """Return the times of all frames until the check-in that follows `lost` lost ones."""
    end = sensor_radio.SensorEnd(DOOR, key_of(DOOR), random, 0, lambda number: None)
    times: list[int] = []
    while len(times) <= lost + 1:
        times.append(end.deadline_ms())
        end.wake(times[-1] - 1)
        assert end.to_send() == [], "not before it is due"
        end.wake(times[-1])
        (report,) = end.to_send()
        if len(times) > lost:
            end.received(frames.seal_answer(key_of(DOOR), report[5:9], report), times[-1])
    return times


def test_the_waits_double_up_to_four_minutes_and_are_scattered_by_half_of_each() -> None:
    soonest = _schedule(lambda length: bytes(length), 15)
    latest = _schedule(lambda length: b"\xff" * length, 15)
    waits = [150 << doublings for doublings in range(11)] + [240_000] * 4
    for index, wait_ms in enumerate(waits):
        assert soonest[index + 1] - max(soonest[index], 0) == wait_ms
        assert latest[index + 1] - max(latest[index], 0) == wait_ms * 3 // 2
    assert soonest[16] - soonest[15] == 20 * 60_000
    assert latest[16] - latest[15] == 20 * 60_000 * 7 // 8


# A restart of either end.


def test_a_report_to_a_panel_that_has_just_started_is_believed_in_one_more_exchange() -> None:
    air = Air().settled()
    air.starts_panel()
    air.becomes(OPEN)
    assert air.heard == [(1, OPEN, None)]
    assert len(air.reports) == 2


def test_a_sensor_with_a_new_battery_goes_on_behind_what_it_had_reserved() -> None:
    air = Air().settled()
    air.becomes(OPEN)
    air.starts_sensor()
    air.passes(1000)
    assert air.heard == [(1, OPEN, None), (1, 0, None)]
    assert air.reserved == [0, sensor_radio.RESERVATION, 2 * sensor_radio.RESERVATION]


def test_no_counter_is_used_before_it_is_reserved_nor_twice() -> None:
    air = Air()
    counters = []
    for turn in range(5):
        air.starts_sensor()
        for flags in (OPEN, 0) * 20:
            air.becomes(flags)
            air.passes(10_000)
        counters = [int.from_bytes(frame[9:13], "big") for _, frame in air.reports]
        assert max(counters) < air.reserved[-1] == (turn + 1) * sensor_radio.RESERVATION
    assert len(set(counters)) == len(counters) > 200


def test_flash_is_written_once_for_a_thousand_reports() -> None:
    air = Air().settled()
    air.reserved = [5120]
    air.starts_sensor()
    told = 0
    for turn in range(1100):
        air.becomes(turn & 1)
        air.passes(10_000)
        told += len(air.heard)
        air.forgets()
    assert told >= 1099
    assert air.reserved == [5120, 6144, 7168]


def test_a_sensor_that_cannot_reserve_sends_nothing() -> None:
    def full(number: int) -> None:
        raise OSError(28)

    end = sensor_radio.SensorEnd(DOOR, key_of(DOOR), Chance(1), 0, full)
    raises(OSError, end.wake, 0)
    assert end.to_send() == []


def test_the_epoch_is_another_at_each_start_and_never_the_one_that_says_none() -> None:
    def epoch(random: "Callable[[int], bytes]") -> bytes:
        receiver = Receiver([(DOOR, key_of(DOOR), 1)], random)
        report = frames.seal_report(key_of(DOOR), DOOR, bytes(4), 0, 0, None)
        assert receiver.received(report, 0) is None, "no report without an epoch is believed"
        return frames.open_answer(key_of(DOOR), report, receiver.replies[0])

    assert epoch(bytes) != frames.NO_EPOCH
    chance = Chance(4)
    assert len({epoch(chance) for _ in range(20)}) == 20
