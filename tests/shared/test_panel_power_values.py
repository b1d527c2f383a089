"""A battery's numbers, each at the edge where it decides something."""

from hemlarm_firmware.panel.power_battery import HOURS_UNKNOWN, Battery

HOUR_MS = 3_600_000


def giving(mv: int, ma: int = 0, kind: str = "lead-acid", mah: int = 7000, tenths: "int | None" = 200) -> Battery:
    """A battery that feeds something."""
    battery = Battery(kind, mah)
    battery.take(mv, -ma, tenths, True, 0)
    return battery


def charging(mv: int, ma: int = 0, kind: str = "lead-acid", mah: int = 7000, tenths: "int | None" = 200) -> Battery:
    """A battery at the charger."""
    battery = Battery(kind, mah)
    battery.take(mv, ma, tenths, False, 0)
    return battery


def test_a_lead_acid_battery_shows_its_charge_by_its_voltage() -> None:
    points = [(10_000, 0), (10_500, 0), (11_000, 2), (11_300, 5), (11_600, 11), (11_950, 27), (12_200, 50)]
    points += [(12_500, 75), (12_800, 100), (13_600, 100), (12_350, 62), (11_150, 3), (12_075, 38), (11_775, 19)]
    for mv, percent in points:
        assert giving(mv).percent() == percent, mv


def test_a_millivolt_less_is_a_per_cent_less_at_the_points_of_the_curves() -> None:
    for mv, percent in (
        (11_000, 2),
        (11_300, 5),
        (11_600, 11),
        (11_950, 27),
        (12_200, 50),
        (12_500, 75),
        (12_800, 100),
    ):
        assert giving(mv).percent() == giving(mv - 1).percent() + 1 == percent, mv
    assert giving(12_000, 0, "lifepo4").percent() == giving(11_999, 0, "lifepo4").percent() + 1 == 15


def test_the_drop_over_its_resistance_is_added() -> None:
    assert giving(12_200 - 27, 1000).percent() == 50 == giving(12_200 - 54, 1000, mah=3500).percent()
    assert giving(12_200 - 27, 1000, mah=3500).percent() > 50


def test_lifepo4_shows_its_charge_only_at_the_end() -> None:
    assert [giving(mv, 0, "lifepo4").percent() for mv in (12_400, 12_399, 12_200, 12_000, 11_600, 11_200)] == [
        100,
        27,
        21,
        15,
        7,
        0,
    ]


def test_a_wrong_voltage_shows_no_charge() -> None:
    assert giving(8000).percent() == 0 and giving(7999).percent() == 100


def test_charge_is_counted_by_the_second_and_never_beyond_full_or_empty() -> None:
    battery = giving(13_000, 700, "lifepo4")
    battery.count(HOUR_MS)
    assert battery.percent() == 90
    for ms in range(0, HOUR_MS, 400):
        battery.count(HOUR_MS + ms)
    battery.count(2 * HOUR_MS)
    assert battery.percent() == 80
    battery.count(20 * HOUR_MS)
    assert battery.percent() == 0
    battery.take(13_200, 1000, 200, False, 20 * HOUR_MS)
    battery.count(27 * HOUR_MS - 60_000)
    assert battery.percent() == 99
    battery.count(90 * HOUR_MS)
    assert battery.percent() == 100


def test_lead_acid_keeps_nine_tenths_of_what_is_charged() -> None:
    battery = giving(10_000)
    battery.take(12_500, 700, 200, False, 0)
    battery.count(5 * HOUR_MS)
    assert battery.percent() == 45


def test_another_capacity_keeps_the_per_cents() -> None:
    battery = giving(12_200 - 21, 800)
    battery.adopt(Battery("lead-acid", 20_000))
    assert battery.percent() == 50 and battery.hours_left() == 10
    battery.adopt(Battery("lifepo4", 10_000))
    assert battery.percent() == 50 and not battery.is_low()
    battery.take(11_999, -800, 200, True, 0)
    assert battery.is_low()


def test_hours_are_those_of_the_average_load() -> None:
    battery = giving(13_600, 100, mah=10_000)
    assert battery.hours_left() == 80
    battery.take(13_600, -1000, 200, True, 0)
    assert battery.hours_left() == 80
    battery.count(600_000)
    battery.take(13_600, -1000, 200, True, 600_000)
    assert battery.hours_left() == 14, "550 mA"
    battery.take(13_600, 0, 200, False, 600_000)
    battery.take(13_600, -100, 200, True, 600_000)
    assert battery.hours_left() == 80, "a new outage, a new average"


def test_hours_that_nobody_knows_or_needs_are_255() -> None:
    assert Battery("lead-acid", 7000).hours_left() == HOURS_UNKNOWN == 255
    assert giving(13_000, 1).hours_left() == 255 == giving(13_000, 0).hours_left()
    assert giving(13_000, 22, mah=7000).hours_left() == 254
    assert giving(13_000, 100, "lifepo4", 6000).hours_left() == 48


def test_large_currents_and_cold_take_their_part_of_the_capacity() -> None:
    def hours(ma: int, kind: str = "lead-acid", tenths: int = 200) -> int:
        return giving(13_600, ma, kind, 50_000, tenths).hours_left() if ma else 0

    # 40 Ah of 50 are counted on; those, times what the rate leaves, by the current.
    assert [hours(ma) for ma in (400, 2500, 4750, 6625, 8500, 19_250, 30_000, 45_000)] == [100, 16, 8, 5, 4, 1, 0, 0]
    assert [hours(ma) for ma in (5300, 9400, 16_000, 17_600)] == [7, 3, 1, 1]
    assert [hours(400, tenths=tenths) for tenths in (-400, -150, -75, 0, 100, 200, 300, 400, 850)] == [
        65,
        65,
        75,
        85,
        92,
        100,
        101,
        102,
        102,
    ]
    assert [hours(400, "lifepo4", tenths) for tenths in (-400, -200, -100, 0, 100, 200, 850)] == [
        60,
        60,
        72,
        85,
        92,
        100,
        100,
    ]
    assert hours(20_000, "lifepo4") == 2


def test_a_temperature_that_cannot_be_is_twenty_degrees() -> None:
    for tenths in (-401, 851, None):
        assert giving(13_600, 400, mah=50_000, tenths=tenths).hours_left() == 100
    battery = charging(13_600, 0, tenths=-400)
    assert not battery.is_charged()
    assert charging(13_600, 0, tenths=-401).is_charged()
    assert charging(12_000, 0, tenths=850).is_charged() and not charging(12_000, 0, tenths=851).is_charged()


def test_low_is_below_11_8_or_three_hours() -> None:
    assert giving(11_799).is_low() and not giving(11_800).is_low()
    assert giving(11_999, 0, "lifepo4").is_low() and not giving(12_000, 0, "lifepo4").is_low()
    assert giving(12_500, 3000).is_low() and not giving(11_796, 1000, mah=50_000).is_low()
    assert not giving(13_000, 1000, "lifepo4", 5000).is_low(), "four hours"
    assert giving(13_000, 1001, "lifepo4", 5000).is_low(), "three"


def test_the_cut_off_is_10_5_or_four_times_2_8() -> None:
    assert giving(10_500).spare_mv() == 0 == giving(11_200, 0, "lifepo4").spare_mv()
    assert giving(10_400, 500).spare_mv() == -100, "as measured"


def test_charged_is_a_voltage_and_little_current() -> None:
    assert charging(13_200, 139).is_charged() and not charging(13_200, 140).is_charged()
    assert not charging(13_199, 0).is_charged() and charging(13_200, -139).is_charged()
    assert charging(13_300, 0, "lifepo4").is_charged() and not charging(13_299, 0, "lifepo4").is_charged()
    assert charging(12_800, 0, tenths=400).is_charged() and not charging(12_799, 0, tenths=400).is_charged()
    assert charging(13_300, 0, "lifepo4", tenths=0).is_charged()


def test_a_charger_fails_that_gives_too_little_or_too_much() -> None:
    assert charging(13_199, 19).is_charged_wrongly() and not charging(13_199, 20).is_charged_wrongly()
    assert not charging(13_200, 0).is_charged_wrongly()
    assert (
        charging(12_999, 0, "lifepo4").is_charged_wrongly() and not charging(13_000, 0, "lifepo4").is_charged_wrongly()
    )
    assert charging(15_001, 500).is_charged_wrongly() and not charging(15_000, 500).is_charged_wrongly()


def test_what_gives_the_test_load_next_to_nothing_is_missing() -> None:
    assert charging(12_500, -300).answers() and not charging(12_500, -299).answers()
    assert charging(8000, -700).answers() and not charging(7999, -700).answers()


def test_a_worn_battery_sags_by_ten_times_its_resistance_when_new() -> None:
    for kind, mah, limit_mohm in (("lead-acid", 7000, 270), ("lead-acid", 50_000, 135), ("lifepo4", 7000, 500)):
        battery = charging(13_000, -1000, kind, mah)
        assert not battery.is_worn(13_000 + limit_mohm, 0), kind
        assert battery.is_worn(13_001 + limit_mohm, 0), kind
        assert not battery.is_worn(13_000 + limit_mohm // 2 * 3, 500), kind
    assert charging(12_299, -1000).is_worn(12_299, 0) and not charging(12_300, -1000).is_worn(12_300, 0)
    assert charging(12_799, -1000, "lifepo4").is_worn(12_799, 0)
    assert not charging(12_800, -1000, "lifepo4").is_worn(12_800, 0)
