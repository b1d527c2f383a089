"""A jammer on the sensors' channel: what is on the air with it is lost, and the board says that the channel is busy."""

from typing import Any

from bench import Bench, sensor
from hemlarm_protocol import sensor_frames
from hemlarm_simulator.description import SensorDescription
from hemlarm_simulator.plants.radio import NOTICE_MS

MINUTE_MS = 60_000
REPORT_MS = sensor_frames.air_time_ms(24)


def door() -> SensorDescription:
    return sensor("door", "door", 5, radio=True)


def heard(bench: Bench) -> list[tuple[int, Any]]:
    """The times at which a frame came in."""
    return [(at_ms, values[0]) for at_ms, values in bench.inputs if values[0] == "radio"]


def noise(bench: Bench) -> list[tuple[int, bool]]:
    return [(at_ms, values[1]) for at_ms, values in bench.inputs if values[0] == "noise"]


def quiet_bench() -> Bench:
    """A door whose sensor has given up for the next minutes: nobody answers here."""
    bench = Bench(door())
    bench.run_until(10 * MINUTE_MS)
    bench.inputs.clear()
    return bench


def test_while_it_is_jammed_no_report_gets_through() -> None:
    bench = quiet_bench()
    bench.house.jam(True)
    bench.house.open("door")
    bench.run_until(70 * MINUTE_MS)
    assert heard(bench) == []
    bench.house.jam(False)
    bench.run_until(80 * MINUTE_MS)
    assert heard(bench)


def test_a_frame_that_a_jammer_begins_or_ends_within_is_lost() -> None:
    for begins_ms, ends_ms, lost in ((1, 2, True), (-1, 1, True), (-2, -1, False), (REPORT_MS + 1, 20, False)):
        bench = quiet_bench()
        begin_ms = bench.clock.now_ms + 50
        for at_ms, act in sorted(
            [(begin_ms + begins_ms, True), (begin_ms + ends_ms, False), (begin_ms, None)], key=lambda item: item[0]
        ):
            bench.run_until(at_ms)
            if act is None:
                bench.house.open("door")
            else:
                bench.house.jam(act)
        bench.run_until(begin_ms + REPORT_MS)
        assert (heard(bench) == []) == lost, (begins_ms, ends_ms)


def test_what_the_panel_says_is_lost_too() -> None:
    bench = quiet_bench()
    listened: list[bytes] = []
    door_sensor = bench.house._radio("door")
    door_sensor.hear = listened.append  # type: ignore[assignment, method-assign]
    bench.house.radio_heard(b"answer")
    bench.run_until(bench.clock.now_ms + 100)
    bench.house.jam(True)
    bench.house.radio_heard(b"answer in the noise")
    bench.run_until(bench.clock.now_ms + 100)
    bench.house.jam(False)
    bench.run_until(bench.clock.now_ms + 100)
    assert listened == [b"answer"]


def test_the_board_calls_the_channel_busy_after_a_moment_and_free_at_once() -> None:
    bench = quiet_bench()
    begin_ms = bench.clock.now_ms
    bench.house.jam(True)
    bench.house.jam(True)
    bench.run_until(begin_ms + 5_000)
    bench.house.jam(False)
    bench.house.jam(False)
    bench.run_until(begin_ms + 10_000)
    assert noise(bench) == [(begin_ms + NOTICE_MS, True), (begin_ms + 5_000, False)]


def test_our_own_frames_and_short_clicks_are_no_noise() -> None:
    bench = quiet_bench()
    bench.house.jam(True)
    bench.run_until(bench.clock.now_ms + NOTICE_MS - 1)
    bench.house.jam(False)
    bench.house.open("door")
    bench.run_until(bench.clock.now_ms + MINUTE_MS)
    assert noise(bench) == []
    assert heard(bench)


def test_a_panel_that_starts_is_told_of_a_jammer_that_is_there_already() -> None:
    bench = quiet_bench()
    bench.house.jam(True)
    bench.run_until(bench.clock.now_ms + 1_000)
    bench.house.lose_power()
    bench.inputs.clear()
    bench.house.regain_power()
    start_ms = bench.clock.now_ms
    bench.run_until(start_ms + 1_000)
    assert noise(bench) == [(start_ms + NOTICE_MS, True)]
    bench.house.lose_power()
    bench.house.jam(False)
    bench.house.regain_power()
    bench.inputs.clear()
    bench.run_until(start_ms + MINUTE_MS)
    assert noise(bench) == []
