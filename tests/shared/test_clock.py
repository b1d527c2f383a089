"""The panel's clock: an uptime over the wrap of the ticks, and a date that only the cloud can give."""

from hemlarm_firmware.clock import FLOOR_S, TICKS_PERIOD, Clock


class Ticks:
    """A board's millisecond counter."""

    def __init__(self, start: int) -> None:
        self.now = start

    def __call__(self) -> int:
        return self.now % TICKS_PERIOD


def test_the_uptime_starts_at_zero_wherever_the_ticks_stand() -> None:
    assert Clock(Ticks(123_456)).uptime_ms() == 0


def test_the_uptime_goes_on_over_every_wrap_of_the_ticks() -> None:
    ticks = Ticks(TICKS_PERIOD - 5)
    clock = Clock(ticks)
    for _ in range(7):
        ticks.now += TICKS_PERIOD // 2
        clock.uptime_ms()
    assert clock.uptime_ms() == 7 * (TICKS_PERIOD // 2)


def test_there_is_no_date_before_the_cloud_has_told_it() -> None:
    assert Clock(Ticks(0)).time_s() is None


def test_the_date_goes_on_with_the_uptime() -> None:
    ticks = Ticks(0)
    clock = Clock(ticks)
    clock.set(1_800_000_000_500)
    ticks.now += 1_600
    assert clock.time_s() == 1_800_000_002


def test_a_date_before_the_first_release_is_not_believed() -> None:
    clock = Clock(Ticks(0))
    clock.set(FLOOR_S * 1000 - 1)
    assert clock.time_s() is None
