"""The battery while it feeds the panel: low in time, its charge, and measurements that cannot be."""

from panel_house import SIREN_MS, SMOKE, WINDOW, House
from power_support import CHARGED_MS, DELAY_MS, FLOAT_MV, HOUR_MS, MINUTE_MS, PowerHouse, discharge, on_battery

SIREN_MA = 400


def test_low_battery_comes_at_least_two_hours_before_the_end() -> None:
    # The measuring configuration, 9 Ah aged to 80 % with the loads that shedding leaves or not, and knees of data
    # sheets. The panel knows the battery as it was new.
    for ma in (68, 128, 148):
        for knee in (0.7, 0.85, 0.95):
            told = discharge(PowerHouse(battery_mah=9000), 7200, ma, knee)
            codes = [code for _, code in told]
            assert codes == [1301, 1302, 1308], (ma, knee, told)
            assert told[2][0] - told[1][0] >= 2, (ma, knee, told)
            assert told[1][0] >= told[2][0] / 2, "it was early"


def test_a_battery_that_is_emptied_fast_is_called_low_by_its_hours() -> None:
    house = on_battery()
    house.measured(False, 12_600, -4000)
    house.passes(HOUR_MS)
    assert house.full_events() == [(1302, 0, 0, 0, 0, 1)]


def test_low_battery_names_the_hours_left_at_the_keypad() -> None:
    house = on_battery()
    assert house.display() == ("Mains lost", "On battery")
    house.measured(False, 11_700, -130)
    house.passes(MINUTE_MS - 1)
    assert house.codes() == []
    house.passes(1)
    hours = house.full_events()[0][5]
    assert house.codes() == [1302] and 3 < hours < 10
    assert house.display() == ("Panel battery", f"{hours} hours left") and house.lamp("fault")


def test_age_cold_and_a_heavy_load_leave_fewer_hours() -> None:
    # A new battery of 5 Ah gives 5.0, 4.75, 4.25 and 3.0 Ah in 20, 10, 5 and 1 h; one that is due, 80 % of that.
    def hours(ma: int, tenths: "int | None") -> int:
        house = PowerHouse(battery_mah=5000)
        house.measured(False, 12_800, -ma, tenths)
        return house.panel.site.power.battery.hours_left()

    assert [hours(250, 200), hours(475, 200), hours(850, 200), hours(2400, 200)] == [16, 8, 4, 1]
    assert [hours(250, tenths) for tenths in (0, -150, None, 30_000)] == [13, 10, 16, 16]


def test_a_sirens_sag_does_not_make_low_battery() -> None:
    house = PowerHouse()
    house.arms()
    house.measured()
    house.loses_mains(11_950, -130)
    house.passes(DELAY_MS)
    house.opens(WINDOW)
    house.forget()
    house.measured(False, 11_950 - 250, -130 - SIREN_MA)
    house.passes(SIREN_MS - 1)
    assert house.siren() == "intrusion" and house.codes() == []
    house.passes(1)
    house.measured(False, 11_930, -130)
    house.passes(HOUR_MS)
    assert house.codes() == [] and house.lamp("fault")


def test_a_battery_that_is_low_indeed_is_told_when_the_siren_ends() -> None:
    house = on_battery()
    house.opens(SMOKE)
    house.measured(False, 11_500, -500)
    house.passes(SIREN_MS)
    house.forget()
    house.passes(MINUTE_MS)
    assert house.codes() == [1302]


def test_the_battery_is_no_longer_low_when_it_is_half_full() -> None:
    for kind, low_mv in (("lead-acid", 11_500), ("lifepo4", 11_900)):
        house = on_battery(battery=kind, battery_test_h=0)
        house.measured(False, low_mv, -130)
        house.passes(HOUR_MS)
        assert house.codes() == [1302]
        house.forget()
        house.measured(False, 11_950, -130)
        house.passes(HOUR_MS)
        assert house.codes() == [], "a voltage that recovers is no charge"
        house.measured(True, 13_000, 250)
        assert house.display() == ("Panel battery", "Charging")
        house.passes(4 * HOUR_MS)
        house.measured(True, 13_050, 250)
        assert house.codes() == [3301], kind
        house.passes(10 * HOUR_MS)
        house.measured(True, 13_100, 250)
        house.passes(MINUTE_MS)
        assert house.codes() == [3301, 3302], kind


def test_charge_is_counted_where_the_voltage_says_little() -> None:
    house = on_battery(13_150, -300, battery="lifepo4", battery_mah=6000)
    for _ in range(36):
        house.passes(30 * MINUTE_MS)
    house.measured(False, 13_100, -300)
    assert house.panel.site.power.health()[2:4] == (9, 1)
    assert house.codes() == [1302], "at the latest with three hours left"


def test_a_battery_that_drains_evenly_is_low_though_nothing_is_measured_anew() -> None:
    house = on_battery(13_150, -500, battery="lifepo4", battery_mah=6000)
    house.passes(10 * HOUR_MS)
    assert house.codes() == [1302]


def test_the_voltage_of_lifepo4_is_believed_when_it_is_nearly_empty() -> None:
    house = on_battery(13_200, -130, battery="lifepo4")
    house.measured(False, 12_000, -130)
    assert house.panel.site.power.health()[2] == 15
    house.measured(False, 11_950, -130)
    house.passes(MINUTE_MS)
    assert house.codes() == [1302]


def test_a_whole_discharge_costs_few_saves() -> None:
    house = PowerHouse()
    house.measured()
    discharge(house, 7000, 128, 0.9)
    assert house.panel.snapshot()["power"] == [32 + 2 + 64, 0, 0]
    house = PowerHouse()
    house.measured()
    house.loses_mains()
    house.passes(DELAY_MS)
    house.forget()
    for mv in range(12_700, 11_850, -10):
        house.measured(False, mv, -128)
        house.measured(False, mv + 5, -130)
        house.passes(MINUTE_MS)
    assert house.saves() <= 10


def test_the_counted_charge_outlives_a_restart_and_a_full_battery_is_forgotten() -> None:
    house = on_battery(13_150, -500, battery="lifepo4", battery_test_h=0)
    house.passes(6 * HOUR_MS)
    assert 52 <= house.panel.site.power.health()[2] <= 62
    house.restart()
    house.measured(False, 13_150, -500)
    assert 52 <= house.panel.site.power.health()[2] <= 62
    house.measured(True, 13_500, 50)
    house.passes(CHARGED_MS)
    assert house.panel.site.power.health()[2] == 100 and "power" not in house.panel.snapshot()


# Wrong measurements.


def test_what_cannot_have_been_measured_has_no_effect() -> None:
    house = on_battery()
    told = house.panel.snapshot()
    house.says("power", None, None, None, None)
    house.says("power", 1, 12_000, 0, 200)
    house.says("power", False, "12 V", -100, 200)
    house.says("power", False, -5, -100, 200)
    house.says("power", False, 10**9, -100, 200)
    house.says("power", False, 12_000, 10**9, 200)
    house.says("power", True)
    house.says("power")
    house.passes(HOUR_MS)
    assert house.codes() == [] and house.panel.snapshot() == told


def test_no_voltage_while_the_panel_lives_from_its_battery_is_a_wrong_measurement() -> None:
    for mv in (0, 1970, 7999):
        house = on_battery()
        house.measured(False, mv, -130)
        house.passes(10 * HOUR_MS)
        assert house.codes() == [] and not house.parked, mv


def test_one_wrong_measurement_on_mains_is_passed_over() -> None:
    house = PowerHouse()
    house.charged()
    house.measured(True, 0, 0)
    house.passes(1500)
    house.measured()
    house.passes(HOUR_MS)
    assert house.codes() == []


def test_without_a_sensible_temperature_it_is_twenty_degrees() -> None:
    house = PowerHouse()
    for tenths in (None, "warm", -5000, 20_000):
        house.measured(True, FLOAT_MV, 0, tenths)
    house.passes(CHARGED_MS)
    assert not house.on["charger"], "it is charged, and the test begins"


def test_health_tells_what_is_known() -> None:
    assert House().panel.site.power.health() == (2, 0, 255, 255, 0)
    house = PowerHouse()
    house.measured(True, 13_100, 400)
    assert house.panel.site.power.health() == (1, 13_100, 100, 255, 1)
    house.measured(True, 13_000, 20)
    house.passes(300_000)
    assert house.panel.site.power.health()[4] == 0
    house.measured(True, 13_000, 19)
    house.passes(300_000)
    assert house.panel.site.power.health()[4] == 8
    house.measured(True, 2000, 21)
    house.passes(MINUTE_MS)
    assert house.panel.site.power.health()[4] == 1 + 4 + 8
    house = on_battery(11_700, -130)
    house.passes(MINUTE_MS)
    mains, mv, percent, hours, flags = house.panel.site.power.health()
    assert (mains, mv, flags) == (0, 11_700, 2) and 10 < percent < 20 and 3 < hours < 12
