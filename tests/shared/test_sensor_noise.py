"""When the sensors' radio counts as jammed: blocked for 30 s within 60 s, until it is so for less than 5 s."""

from hemlarm_firmware.sensors.noise import Noise

SECOND_MS = 1_000


class Channel:
    """A channel whose board says when it is busy; `changes` are (ms, jammed)."""

    def __init__(self, now_ms: int = 0) -> None:
        self.noise = Noise(False)
        self.now = now_ms
        self.changes: list[tuple[int, bool]] = []
        self.judged = 0

    def says(self, busy: bool) -> None:
        """The channel is blocked, or free."""
        before = self.noise.jammed
        self.judged += 1
        self.noise.judge(busy, self.now)
        if self.noise.jammed != before:
            self.changes.append((self.now, self.noise.jammed))
        assert self.noise.deadline_ms is None or self.noise.deadline_ms > self.now

    def passes(self, ms: int) -> None:
        """Time goes by."""
        end = self.now + ms
        while self.noise.deadline_ms is not None and self.noise.deadline_ms <= end:
            self.now = self.noise.deadline_ms
            self.says(self.noise.busy)
        self.now = end

    def pulses(self, busy_ms: int, free_ms: int, times: int) -> None:
        """Blocked and free in turns."""
        for _ in range(times):
            self.says(True)
            self.passes(busy_ms)
            self.says(False)
            self.passes(free_ms)


def test_a_channel_blocked_for_thirty_seconds_is_jammed_to_the_millisecond() -> None:
    for begins_ms in (0, 1, 999, 12_345, 86_400_123):
        channel = Channel(begins_ms)
        channel.says(True)
        channel.passes(29_999)
        assert channel.changes == [] and not channel.noise.jammed
        channel.passes(1)
        assert channel.changes == [(begins_ms + 30_000, True)]


def test_a_channel_blocked_for_less_than_thirty_seconds_in_any_minute_is_not_jammed() -> None:
    channel = Channel()
    channel.says(True)
    channel.passes(29_999)
    channel.says(False)
    channel.passes(300_000)
    assert channel.changes == []
    channel = Channel()
    channel.pulses(14_000, 16_000, 40)
    assert channel.changes == []


def test_two_halves_count_together_when_both_lie_within_a_minute() -> None:
    channel = Channel()
    channel.pulses(15_000, 30_000, 1)
    channel.says(True)
    channel.passes(15_000)
    assert channel.changes == [(60_000, True)]
    channel = Channel()
    channel.pulses(15_000, 32_000, 1)
    channel.says(True)
    channel.passes(15_000)
    assert channel.changes == [], "the first two seconds lie more than a minute back"
    channel.passes(15_000)
    assert [jammed for _, jammed in channel.changes] == [True]


def test_a_jammer_that_pulses_is_found_where_it_blocks_half_of_the_time() -> None:
    for busy_ms, free_ms in ((100, 100), (1_000, 1_000), (5_000, 4_000), (10_000, 10_000)):
        channel = Channel()
        channel.pulses(busy_ms, free_ms, 130_000 // (busy_ms + free_ms))
        assert [jammed for _, jammed in channel.changes] == [True], busy_ms


def test_a_jammed_channel_is_free_when_it_was_blocked_for_less_than_five_seconds_of_a_minute() -> None:
    channel = Channel()
    channel.says(True)
    channel.passes(40_000)
    channel.says(False)
    channel.passes(54_999)
    assert channel.changes == [(30_000, True)] and channel.noise.jammed
    channel.passes(2_000)
    assert channel.changes[1:] == [(96_000, False)]


def test_five_seconds_of_a_minute_keep_a_channel_jammed_and_less_does_not() -> None:
    for pulse_ms, free_ms in ((999, 95_999), (1_000, 97_000)):
        channel = Channel()
        channel.says(True)
        channel.passes(40_000)
        channel.says(False)
        channel.passes(20_000)
        channel.pulses(pulse_ms, 40_000, 1)
        assert channel.changes == [(30_000, True), (free_ms, False)]


def test_a_channel_that_is_blocked_again_in_the_moment_when_it_would_be_free_is_free() -> None:
    channel = Channel(500)
    channel.pulses(30_000, 54_700, 1)
    assert channel.noise.jammed
    channel.says(True)
    assert channel.changes == [(30_500, True), (85_200, False)]


def test_a_channel_that_was_jammed_before_a_restart_stays_so_for_a_minute() -> None:
    noise = Noise(True)
    for now_ms, jammed in ((0, True), (59_999, True), (60_000, False)):
        noise.judge(False, now_ms)
        assert noise.jammed == jammed, now_ms


def test_a_little_noise_keeps_a_jammed_channel_jammed() -> None:
    channel = Channel()
    channel.says(True)
    channel.passes(30_000)
    channel.says(False)
    channel.pulses(1_000, 9_000, 60)
    assert channel.changes == [(30_000, True)]
    channel.pulses(1_000, 19_000, 12)
    assert [jammed for _, jammed in channel.changes] == [True, False]


def test_saying_the_same_twice_changes_nothing() -> None:
    channel = Channel()
    for _ in range(3):
        channel.says(True)
        channel.passes(5_000)
    for _ in range(3):
        channel.says(False)
        channel.passes(5_000)
    channel.says(True)
    channel.passes(14_999)
    assert channel.changes == []
    channel.passes(1)
    assert channel.changes == [(45_000, True)]


def test_noise_of_long_ago_does_not_count() -> None:
    channel = Channel()
    channel.says(True)
    channel.passes(10_000)
    channel.says(False)
    channel.passes(3_630_000)  # To where the seconds of then would be filled again in the last ten of the thirty.
    channel.says(True)
    channel.passes(29_999)
    assert channel.changes == []


def test_a_channel_that_is_silent_or_blocked_for_long_asks_for_no_waking() -> None:
    channel = Channel()
    assert channel.noise.deadline_ms is None
    channel.says(True)
    channel.passes(86_400_000)
    assert channel.judged < 5 and channel.noise.deadline_ms is None
    channel.says(False)
    channel.passes(60_000)
    assert channel.changes[-1][1] is False and channel.noise.deadline_ms is None
    channel.says(True)
    channel.passes(1_000)
    channel.says(False)
    assert channel.noise.deadline_ms is None, "a little noise is nothing to wait for"
