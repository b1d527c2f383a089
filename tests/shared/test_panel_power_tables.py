"""A battery's curves and sums to the last thousandth, seen by the hours that it lasts.

A capacity of 1000 Ah makes thousandths visible: what is counted on is 800 Ah, and of two loads that differ by a
milliampere one lasts an hour less.
"""

from hemlarm_firmware.panel.power_battery import HOURS_UNKNOWN, Battery

MAH = 1_000_000
COUNTED_ON_MAH = 800_000
SECOND_MS, HOUR_MS = 1000, 3_600_000


def hours(ma: int, kind: str = "lead-acid", mv: int = 13_600, tenths: int = 200, percent: "int | None" = None) -> int:
    """How long a large battery says that it feeds this."""
    battery = Battery(kind, MAH)
    battery.take(mv, -ma, tenths, True, 0)
    if percent is not None:
        battery.set_percent(percent)
    return battery.hours_left()


def is_left(per_mille: int, kind: str = "lead-acid", mv: int = 13_600, tenths: int = 200) -> bool:
    """Whether exactly so much of what is counted on is there: it feeds a load for 200 h, and not for 1 mA more."""
    ma = COUNTED_ON_MAH * per_mille // 1000 // 200
    return hours(ma, kind, mv, tenths) == 200 > hours(ma + 1, kind, mv, tenths)


def test_the_cold_takes_its_thousandths() -> None:
    lead = [(-151, 650), (-150, 650), (-149, 651), (-1, 848), (0, 850), (1, 850), (199, 999), (200, 1000), (201, 1000)]
    for tenths, per_mille in lead + [(399, 1019), (400, 1020), (401, 1020)]:
        assert is_left(per_mille, tenths=tenths), tenths
    for tenths, per_mille in ((-201, 600), (-200, 600), (-199, 601), (-1, 848), (0, 850), (1, 850), (199, 999)):
        assert is_left(per_mille, "lifepo4", tenths=tenths), tenths
    assert is_left(1000, "lifepo4", tenths=201)


def test_the_voltage_at_rest_shows_thousandths() -> None:
    # The load of 200 h draws the voltage down by the one millivolt that is taken off here.
    for rest_mv, per_mille in ((10_525, 1), (10_999, 19), (11_000, 20), (11_299, 49), (12_799, 999), (12_800, 1000)):
        assert is_left(per_mille, mv=rest_mv - 1), rest_mv
    for rest_mv, per_mille in ((11_206, 1), (12_000, 150), (12_040, 163), (12_399, 279)):
        assert is_left(per_mille, "lifepo4", rest_mv - 1), rest_mv
    assert hours(1, mv=10_499) == hours(4, mv=10_499) == hours(4, mv=10_523) == 0, "empty"
    assert hours(4, "lifepo4", 11_199) == hours(4, "lifepo4", 11_204) == 0


def test_a_large_load_takes_its_thousandths() -> None:
    # 50, 95 and 170 mA by Ah leave 1000, 950 and 850 thousandths, which last 16, 8 and 4 h to the milliampere.
    assert [hours(ma) for ma in (50_000, 50_001, 95_000, 95_001, 170_000, 170_001)] == [16, 15, 8, 7, 4, 3]
    # Beyond 50 it is less from the first step on.
    assert [hours(ma, percent=96) for ma in (51_097, 51_098)] == [15, 14]
    assert [hours(ma, percent=51) for ma in (50_999, 51_000)] == [8, 7]
    # From 170 to 600 it falls to 600 thousandths, and 518 mA by Ah leave just less than an hour.
    assert [hours(ma) for ma in (517_999, 518_000)] == [1, 0]


def test_what_is_counted_on_is_four_fifths_to_the_milliampere() -> None:
    assert hours(400_000, "lifepo4") == 2 and hours(400_001, "lifepo4") == 1


def test_the_load_is_an_average_over_ten_minutes() -> None:
    for mah, lasting in ((1_010_000, 160), (1_009_998, 159)):
        battery = Battery("lead-acid", mah)
        battery.take(13_600, -100, 200, True, 0)
        battery.take(13_600, -10_000, 200, True, 0)
        battery.take(13_600, -10_000, 200, True, 600 * SECOND_MS)
        assert battery.hours_left() == lasting, "of 5050 mA"


def test_an_empty_battery_that_feeds_nothing_lasts_for_nobody_knows_how_long() -> None:
    battery = Battery("lead-acid", 7000)
    battery.set_percent(0)
    assert battery.hours_left() == HOURS_UNKNOWN
    for ma, lasting in ((0, HOURS_UNKNOWN), (1, 0)):
        battery.take(10_000, -ma, 200, True, 0)
        battery.take(10_000, -ma, 200, False, 0)
        assert battery.hours_left() == lasting
    battery.take(10_000, 0, 200, True, 0)
    battery.take(10_000, -1, 200, False, 0)
    assert battery.hours_left() == HOURS_UNKNOWN


def test_a_load_that_ended_is_forgotten_by_and_by() -> None:
    battery = Battery("lead-acid", 7000)
    battery.take(10_000, -1, 200, True, 0)
    battery.take(10_000, 0, 200, True, 0)
    battery.count(600 * SECOND_MS)
    assert battery.hours_left() == HOURS_UNKNOWN


def test_the_load_of_the_last_outage_is_remembered_on_mains() -> None:
    battery = Battery("lead-acid", 10_000)
    battery.take(13_600, -100, 200, True, 0)
    for _ in range(2):
        battery.take(13_600, 50, 200, False, 0)
    assert battery.hours_left() == 80


def test_a_temperature_that_is_no_longer_measured_is_twenty_degrees() -> None:
    battery = Battery("lead-acid", 10_000)
    battery.take(13_600, -100, -150, True, 0)
    assert battery.hours_left() == 52
    battery.take(13_600, -100, None, True, 0)
    assert battery.hours_left() == 80


def test_every_second_counts_and_none_counts_twice() -> None:
    battery = Battery("lifepo4", 7000)
    battery.take(13_000, -252, 200, True, 0)
    battery.count(999)
    assert battery.percent() == 100
    battery.count(1000)
    assert battery.percent() == 99, "a hundredth is what is whole of it"
    battery.count(1000 * SECOND_MS)
    assert battery.percent() == 99
    battery.count(2001 * SECOND_MS)
    assert battery.percent() == 97


def test_an_empty_battery_is_charged_from_nothing() -> None:
    for kind, ma, seconds in (("lifepo4", 1, 36_000), ("lead-acid", 100, 400)):
        battery = Battery(kind, 1000)
        battery.set_percent(0)
        battery.take(9000, -5000, 200, True, 0)
        battery.take(13_000, ma, 200, False, HOUR_MS)
        battery.count(HOUR_MS + (seconds - 1) * SECOND_MS)
        assert battery.percent() == 0, kind
        battery.count(HOUR_MS + seconds * SECOND_MS)
        assert battery.percent() == 1, kind


def test_what_trickles_into_lead_is_lost() -> None:
    battery = Battery("lead-acid", 1000)
    battery.set_percent(0)
    battery.take(13_000, 1, 200, False, 0)
    battery.count(100 * HOUR_MS)
    assert battery.percent() == 0


def test_a_small_worn_battery_may_sag_by_much_and_not_a_millivolt_more() -> None:
    battery = Battery("lead-acid", 1890)
    battery.take(13_000, -1000, 200, False, 0)
    assert not battery.is_worn(14_000, 0) and battery.is_worn(14_001, 0)
