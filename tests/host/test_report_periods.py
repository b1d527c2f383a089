"""Periods by a calendar and a time zone: the hours that summer time takes and gives belong to their months."""

from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from hemlarm_cloud.errors import InvalidError
from hemlarm_cloud.reports import periods

STOCKHOLM = ZoneInfo("Europe/Stockholm")
HOUR_MS = 3_600_000


def hours(text: str) -> float:
    period = periods.parse(text, STOCKHOLM)
    return (period.until_ms - period.from_ms) / HOUR_MS


def test_periods_are_as_long_as_the_clocks_there_say() -> None:
    assert hours("2026") == 365 * 24
    assert hours("2028") == 366 * 24
    assert hours("2026-03") == 31 * 24 - 1
    assert hours("2026-10") == 31 * 24 + 1
    assert hours("2026-10-25") == 25
    assert hours("2026-10-05..2026-10-11") == 7 * 24


def test_a_month_begins_at_midnight_there() -> None:
    assert periods.month("2027-01", STOCKHOLM).from_ms == 1_798_758_000_000
    assert periods.month_at(1_798_758_000_000 - 1, STOCKHOLM) == "2026-12"
    assert periods.month_at(1_798_758_000_000, STOCKHOLM) == "2027-01"
    assert periods.month_at(1_798_758_000_000, ZoneInfo("UTC")) == "2026-12"


def test_months_and_days_of_a_period_follow_one_another_without_a_gap() -> None:
    for text in ("2026", "2026-02-15..2026-04-03", "2026-10"):
        period = periods.parse(text, STOCKHOLM)
        for parts in (periods.months_of(period), periods.days_of(period)):
            assert parts[0].from_ms == period.from_ms
            assert parts[-1].until_ms == period.until_ms
            assert all(one.until_ms == next_one.from_ms for one, next_one in pairwise(parts))
    assert len(periods.days_of(periods.parse("2026-10", STOCKHOLM))) == 31
    assert [part.name for part in periods.months_of(periods.parse("2026-02-15..2026-04-03", STOCKHOLM))] == [
        "2026-02",
        "2026-03",
        "2026-04",
    ]


def test_a_year_so_far_ends_with_its_month() -> None:
    assert periods.year_to("2026-01", STOCKHOLM).name == "2026-01"
    march = periods.year_to("2026-03", STOCKHOLM)
    assert march.name == "2026-01..2026-03"
    assert (march.from_ms, march.until_ms) == (
        periods.month("2026-01", STOCKHOLM).from_ms,
        periods.month("2026-03", STOCKHOLM).until_ms,
    )


def test_months_before_and_after_cross_the_year() -> None:
    assert periods.month_after("2026-12") == "2027-01"
    assert periods.month_before("2026-01") == "2025-12"


@pytest.mark.parametrize(
    "text",
    ["", "26", "2026-1", "2026-00", "2026-13", "1999-12", "2026-02-30", "2026-10-11..2026-10-05", "2026-10..2026-11"],
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(InvalidError, match=r"2026|year|period"):
        periods.parse(text, STOCKHOLM)


def test_a_moment_that_no_calendar_has_is_shown_all_the_same() -> None:
    for at_ms, year in ((-5, 1970), (0, 1970), (1 << 62, 9999)):
        assert periods.local(at_ms, STOCKHOLM).year == year


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "Europe"])
def test_what_is_no_time_zone_is_refused(name: str) -> None:
    with pytest.raises(InvalidError, match="no time zone"):
        periods.zone_of(name)
