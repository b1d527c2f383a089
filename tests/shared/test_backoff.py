"""Pauses between attempts to connect: bounded, growing, scattered, and cut short when something urgent waits."""

from hemlarm_firmware.link.backoff import FIRST_MS, HURRY_MS, MOST_MS, Backoff
from nor_flash import Dice


def shortest(n: int) -> bytes:
    """Chance that always draws the shortest pause."""
    return bytes(n)


def longest(n: int) -> bytes:
    """Chance that always draws the longest pause."""
    return b"\xff" * n


def test_pauses_double_up_to_a_minute() -> None:
    backoff = Backoff(longest)
    assert [backoff.next_ms() for _ in range(10)] == [
        1_000,
        2_000,
        4_000,
        8_000,
        16_000,
        32_000,
        MOST_MS,
        MOST_MS,
        MOST_MS,
        MOST_MS,
    ]


def test_no_pause_is_shorter_than_half_of_what_is_due() -> None:
    backoff = Backoff(shortest)
    assert [backoff.next_ms() for _ in range(3)] == [FIRST_MS // 2, FIRST_MS, 2 * FIRST_MS]


def test_an_answer_from_the_cloud_makes_the_next_loss_a_first_one() -> None:
    backoff = Backoff(longest)
    for _ in range(6):
        backoff.next_ms()
    backoff.reset()
    assert backoff.next_ms() == FIRST_MS


def test_a_burst_of_alarms_cuts_short_one_pause_in_two_seconds() -> None:
    backoff = Backoff(longest)
    hurried = [now_ms for now_ms in range(0, 10_000, 10) if backoff.hurry(now_ms)]
    assert hurried == [0, HURRY_MS, 2 * HURRY_MS, 3 * HURRY_MS, 4 * HURRY_MS]


def test_hurrying_does_not_shorten_the_pauses_that_follow() -> None:
    backoff = Backoff(longest)
    for _ in range(9):
        backoff.next_ms()
    assert backoff.hurry(0)
    assert backoff.next_ms() == MOST_MS


def test_ten_thousand_panels_scatter_over_half_a_minute() -> None:
    dice = Dice(1)
    seconds = [0] * 61
    for _ in range(10_000):
        backoff = Backoff(lambda n: bytes([dice.roll(256) for _ in range(n)]))
        for _ in range(9):
            pause_ms = backoff.next_ms()
        seconds[pause_ms // 1000] += 1
    assert sum(seconds[:30]) == 0
    assert max(seconds) < 450, "an even scatter puts 333 into each second"
