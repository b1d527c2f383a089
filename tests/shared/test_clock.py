"""The panel's clock: an uptime over the wrap of the ticks, and a date that only the cloud can give."""

from hemlarm_firmware.clock import FLOOR_S, TICKS_PERIOD, Clock

BEFORE_S = FLOOR_S + 1_000_000
"""The last time that was good before a restart."""

HOUR_MS = 3_600_000


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


def restarted() -> "tuple[Ticks, Clock]":
    """Return a clock after a restart, with the floor that the last boot left."""
    ticks = Ticks(0)
    return ticks, Clock(ticks, BEFORE_S)


def test_a_date_before_the_last_good_one_is_not_believed() -> None:
    _, clock = restarted()
    clock.set(BEFORE_S * 1000 - 1)
    assert clock.time_s() is None
    clock.set(BEFORE_S * 1000)
    assert clock.time_s() == BEFORE_S


def test_a_floor_below_the_first_release_raises_none() -> None:
    clock = Clock(Ticks(0), 0)
    clock.set(FLOOR_S * 1000 - 1)
    assert clock.time_s() is None


def test_a_cloud_that_insists_for_an_hour_is_believed_since_the_floor_may_be_wrong() -> None:
    ticks, clock = restarted()
    clock.set(FLOOR_S * 1000 + 5_000)
    ticks.now += HOUR_MS - 1
    clock.set(FLOOR_S * 1000 + 5_000 + HOUR_MS - 1)
    assert clock.time_s() is None
    ticks.now += 1
    clock.set(FLOOR_S * 1000 + 5_000 + HOUR_MS)
    assert clock.time_s() == FLOOR_S + 5 + 3600
    ticks.now += 60_000
    clock.set(FLOOR_S * 1000 + 7_000 + HOUR_MS + 60_000)
    assert clock.time_s() == FLOOR_S + 7 + 3660


def test_a_cloud_that_says_other_things_below_the_floor_is_never_believed() -> None:
    ticks, clock = restarted()
    for hour in range(5):
        clock.set(FLOOR_S * 1000)
        ticks.now += HOUR_MS
        assert clock.time_s() is None, hour


def test_a_good_date_between_makes_the_hour_begin_anew() -> None:
    ticks, clock = restarted()
    clock.set(FLOOR_S * 1000)
    clock.set(BEFORE_S * 1000)
    ticks.now += HOUR_MS
    clock.set(FLOOR_S * 1000 + HOUR_MS)
    assert clock.time_s() == BEFORE_S + 3600


def test_a_date_before_the_first_release_is_never_insisted_on() -> None:
    ticks, clock = restarted()
    for _ in range(3):
        clock.set(ticks.now)
        ticks.now += HOUR_MS
    assert clock.time_s() is None


def test_a_running_clock_follows_the_cloud_back_to_the_floor() -> None:
    _, clock = restarted()
    clock.set((BEFORE_S + 7200) * 1000)
    clock.set(BEFORE_S * 1000)
    assert clock.time_s() == BEFORE_S


def test_a_kept_time_is_taken_from_the_floor_up_to_ten_years() -> None:
    ten_years_s = 315_360_000
    for kept_ms, taken in (
        (None, False),
        (0, False),
        (BEFORE_S * 1000 - 1, False),
        (BEFORE_S * 1000, True),
        ((BEFORE_S + ten_years_s) * 1000 - 1, True),
        ((BEFORE_S + ten_years_s) * 1000, False),
    ):
        _, clock = restarted()
        clock.take_kept(kept_ms)
        assert clock.time_s() == (kept_ms // 1000 if taken and kept_ms is not None else None), kept_ms


def test_the_cloud_is_believed_over_a_kept_time() -> None:
    _, clock = restarted()
    clock.take_kept((BEFORE_S + 5000) * 1000)
    clock.set((BEFORE_S + 60) * 1000)
    assert clock.time_s() == BEFORE_S + 60


def test_the_uptime_does_not_depend_on_the_date() -> None:
    ticks, clock = restarted()
    for unix_ms in (BEFORE_S * 1000, (BEFORE_S + 10_000) * 1000, BEFORE_S * 1000):
        ticks.now += 10
        before_ms = clock.uptime_ms()
        clock.set(unix_ms)
        clock.take_kept(unix_ms)
        assert clock.uptime_ms() == before_ms
