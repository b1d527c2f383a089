"""Radio sensors in a house: real frames, answered by the panel's own receiver, through air that loses some."""

from typing import Any

import pytest

from bench import Bench, sensor
from hemlarm_installer import firmware_code
from hemlarm_protocol import sensor_frames
from hemlarm_simulator.chance import Chance
from hemlarm_simulator.description import SensorDescription

MINUTE_MS = 60_000
OPEN, TAMPER, BATTERY_LOW, BUTTON, FAULT = 1, 2, 4, 8, 16


class Panel(Bench):
    """A bench whose panel answers radio frames at once, as the firmware's receiver says; `said` is what it believed."""

    def __init__(self, *sensors: SensorDescription) -> None:
        self.said: list[tuple[int, int, int, int | None]] = []
        self.frames = 0
        self.on = True
        self._keys = [(sensor.radio_id, sensor.radio_key, sensor.zone) for sensor in sensors]
        self.restart()
        super().__init__(*sensors)

    def restart(self) -> None:
        receiver = firmware_code.load("hemlarm_firmware.sensors.radio").Receiver
        self._receiver = receiver(self._keys, Chance(7, "panel"))

    def _take(self, *values: Any) -> None:
        super()._take(*values)
        assert values[0] == "radio"
        self.frames += 1
        if not self.on:
            return
        if told := self._receiver.received(values[1], self.clock.now_ms):
            self.said.append((self.clock.now_ms, *told))
        for frame in self._receiver.replies:
            self.house.radio_heard(frame)
        self._receiver.replies.clear()

    def last(self, zone: int) -> tuple[int, int | None]:
        return next((flags, value) for _, number, flags, value in reversed(self.said) if number == zone)


def door(**more: Any) -> SensorDescription:
    return sensor("door", "door", 5, radio=True, **more)


def test_a_new_sensor_is_believed_and_rests_until_its_next_check_in() -> None:
    panel = Panel(door())
    panel.run_until(10_000)
    assert panel.last(5) == (0, None)
    heard = panel.frames
    panel.run_until(15 * MINUTE_MS)
    assert panel.frames == heard
    panel.run_until(20 * MINUTE_MS + 10_000)
    assert panel.frames > heard


def test_a_door_is_told_within_milliseconds() -> None:
    panel = Panel(door())
    panel.run_until(10_000)
    panel.house.open("door")
    panel.run_until(10_100)
    assert panel.last(5) == (OPEN, None)
    assert panel.said[-1][0] - 10_000 == sensor_frames.air_time_ms(sensor_frames.REPORT_BYTES)
    panel.house.close("door")
    panel.run_until(11_000)
    assert panel.last(5) == (0, None)


def test_a_button_pressed_for_a_moment_is_not_lost() -> None:
    panel = Panel(sensor("attic", "smoke", 5, radio=True))
    panel.run_until(10_000)
    panel.house.press("attic")
    panel.run_until(20_000)
    assert [flags for _, _, flags, _ in panel.said[-2:]] == [BUTTON, 0]


def test_battery_tamper_and_fault_are_told() -> None:
    panel = Panel(door())
    panel.run_until(10_000)
    panel.house.battery("door", True)
    panel.house.fault("door", True)
    panel.house.dismount("door", True)
    panel.run_until(20_000)
    assert panel.last(5) == (BATTERY_LOW | TAMPER | FAULT, None)
    panel.house.battery("door", False)
    panel.house.fault("door", False)
    panel.house.dismount("door", False)
    panel.run_until(30_000)
    assert panel.last(5) == (0, None)


def test_a_thermometer_tells_tenths_of_a_degree() -> None:
    panel = Panel(sensor("cellar", "temperature", 5, radio=True))
    panel.run_until(10_000)
    assert panel.last(5) == (0, 200)
    panel.house.temperature("cellar", 3.4)
    panel.run_until(20_000)
    assert panel.last(5) == (0, 34)
    panel.house.temperature("cellar", -12.5)
    panel.run_until(30_000)
    assert panel.last(5) == (0, -125)


def test_out_of_reach_nothing_is_heard_and_back_again_all_is_told() -> None:
    panel = Panel(door())
    panel.run_until(10_000)
    panel.house.reach("door", False)
    heard = panel.frames
    panel.house.open("door")
    panel.run_until(120 * MINUTE_MS)
    assert panel.frames == heard
    panel.house.reach("door", True)
    panel.run_until(127 * MINUTE_MS)
    assert panel.last(5) == (OPEN, None)


@pytest.mark.parametrize("loss_percent", [30, 60])
def test_lost_frames_cost_time_and_nothing_else(loss_percent: int) -> None:
    panel = Panel(door(loss_percent=loss_percent))
    panel.run_until(60 * MINUTE_MS)
    panel.house.open("door")
    panel.run_until(180 * MINUTE_MS)
    panel.house.close("door")
    panel.run_until(300 * MINUTE_MS)
    flags = [flags for _, _, flags, _ in panel.said]
    assert (flags[0], flags[-1]) == (0, 0)
    assert OPEN in flags


def test_a_panel_that_was_restarted_believes_again_after_one_exchange() -> None:
    panel = Panel(door())
    panel.run_until(10_000)
    panel.restart()
    panel.said.clear()
    panel.house.open("door")
    panel.run_until(11_000)
    assert panel.last(5) == (OPEN, None)


def test_supervision_decides_how_often_a_sensor_checks_in() -> None:
    panel = Panel(door(fields={"supervise_min": 3}))
    panel.run_until(30 * MINUTE_MS)
    assert len(panel.said) >= 30


def test_two_sensors_answer_to_their_own_keys() -> None:
    panel = Panel(door(), sensor("window", "window", 6, radio=True))
    panel.run_until(10_000)
    panel.house.open("window")
    panel.run_until(11_000)
    assert panel.last(5) == (0, None)
    assert panel.last(6) == (OPEN, None)
