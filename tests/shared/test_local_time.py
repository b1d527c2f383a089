"""Local time: the calendar, and when the clocks change in the EU."""

from hemlarm_firmware.panel import local_time

HOUR = 3600
MARCH_2027 = 1_806_195_600  # Sunday 28 March 2027, 01:00 UTC.
OCTOBER_2027 = 1_824_944_400  # Sunday 31 October 2027, 01:00 UTC.


def test_the_calendar_knows_leap_years() -> None:
    for seconds, day in (
        (0, (1970, 1, 1)),
        (86399, (1970, 1, 1)),
        (951_782_400, (2000, 2, 29)),
        (1_709_164_800, (2024, 2, 29)),
        (1_709_251_200, (2024, 3, 1)),
        (1_735_603_200, (2024, 12, 31)),
        (1_735_689_600, (2025, 1, 1)),
        (4_107_542_400, (2100, 3, 1)),
        (4_107_456_000, (2100, 2, 28)),
    ):
        assert local_time.date(seconds) == day, seconds


def test_every_day_of_a_leap_cycle_follows_the_one_before() -> None:
    year, month, day = local_time.date(0)
    for number in range(1, 1500):
        after = local_time.date(number * 86400)
        assert after in ((year, month, day + 1), (year, month + 1, 1), (year + 1, 1, 1)), number
        assert local_time.weekday(number * 86400) == (number + 3) % 7
        year, month, day = after


def test_every_month_has_its_length() -> None:
    day = 1_798_761_600 // 86400  # 1 January 2027.
    for month, length in enumerate((31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)):
        assert local_time.date(day * 86400) == (2027, month + 1, 1)
        day += length
        assert local_time.date(day * 86400 - 1) == (2027, month + 1, length)
    assert local_time.date(day * 86400) == (2028, 1, 1)


def test_the_clock_tells_minutes_since_midnight() -> None:
    assert local_time.minute_of_day(0) == 0
    assert local_time.minute_of_day(59) == 0
    assert local_time.minute_of_day(86399) == 1439
    assert local_time.minute_of_day(86400 + 8 * HOUR + 61) == 481


def test_summer_time_begins_on_the_last_sunday_of_march() -> None:
    assert local_time.local_s(MARCH_2027 - 1, 60, "eu") == MARCH_2027 - 1 + HOUR
    assert local_time.local_s(MARCH_2027, 60, "eu") == MARCH_2027 + 2 * HOUR


def test_summer_time_ends_on_the_last_sunday_of_october() -> None:
    assert local_time.local_s(OCTOBER_2027 - 1, 60, "eu") == OCTOBER_2027 - 1 + 2 * HOUR
    assert local_time.local_s(OCTOBER_2027, 60, "eu") == OCTOBER_2027 + HOUR


def test_summer_time_is_right_wherever_the_last_sunday_falls() -> None:
    for begins, ends in (
        (1_679_792_400, 1_698_541_200),  # 26 March and 29 October 2023.
        (1_711_846_800, 1_729_990_800),  # 31 March and 27 October 2024.
        (1_743_296_400, 1_761_440_400),  # 30 March and 26 October 2025.
        (1_774_746_000, 1_792_890_000),  # 29 March and 25 October 2026.
        (1_837_645_200, 1_856_394_000),  # 26 March and 29 October 2028.
        (1_869_094_800, 1_887_843_600),  # 25 March and 28 October 2029.
    ):
        for moment, hours in ((begins - 1, 0), (begins, 1), (ends - 1, 1), (ends, 0)):
            assert local_time.local_s(moment, 0, "eu") == moment + hours * HOUR, moment
        for days in range(1, 7 * 30):
            assert local_time.local_s(begins + days * 86400, 0, "eu") == begins + days * 86400 + HOUR
        for days in range(1, 4 * 30):
            assert local_time.local_s(ends + days * 86400, 0, "eu") == ends + days * 86400


def test_all_countries_of_the_eu_change_in_the_same_moment() -> None:
    for offset in (0, 60, 120):
        before = local_time.local_s(MARCH_2027 - 1, offset, "eu")
        assert local_time.local_s(MARCH_2027, offset, "eu") == before + 1 + HOUR


def test_other_months_and_places_are_plain() -> None:
    july, january = MARCH_2027 + 100 * 86400, MARCH_2027 - 70 * 86400
    assert local_time.local_s(july, 60, "eu") == july + 2 * HOUR
    assert local_time.local_s(january, 60, "eu") == january + HOUR
    assert local_time.local_s(july, 60, "none") == july + HOUR
    assert local_time.local_s(july, -90, "none") == july - 90 * 60
