"""Power at its edges: the very millisecond, the very per cent, and what happens between two things at once."""

from panel_house import CODE, EXIT_MS, SMOKE, WINDOW
from power_support import CHARGED_MS, DAY_MS, DELAY_MS, HOUR_MS, MINUTE_MS, STEP_MS, PowerHouse, on_battery

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CUT_MS, RECOUNT_MS = 10_000, 15 * MINUTE_MS
BYPASS, WALK_TEST = 7, 9
TOLD_LOST, TOLD_LOW = 32, 2


def kept(told: int, percent: int) -> PowerHouse:
    """A house whose panel had told this before a restart, with a battery that was so full."""
    house = PowerHouse(battery_test_h=0)
    house.measured()
    house.saved = house.panel.snapshot()
    house.saved["power"] = [told, percent, 0]
    house.restart()
    house.forget()
    return house


def test_a_low_battery_is_over_at_half_of_its_charge_and_after_a_minute() -> None:
    house = kept(TOLD_LOW, 49)
    house.measured(True, 13_000, 0)
    house.passes(MINUTE_MS)
    assert house.codes() == []
    house = kept(TOLD_LOW, 50)
    house.measured(True, 13_000, 0)
    house.passes(MINUTE_MS - 1)
    assert house.codes() == []
    house.passes(1)
    assert house.codes() == [3302]


def test_a_battery_that_drains_fast_under_a_charger_is_low_however_full() -> None:
    house = PowerHouse(battery_test_h=0)
    house.measured(True, 12_600, -4000)
    house.passes(HOUR_MS // 4)
    assert house.panel.site.power.health()[2] >= 50
    assert sorted(house.codes()) == [1302, 1312]


def test_a_dead_battery_is_told_after_a_minute_and_a_mended_charger_as_well() -> None:
    house = PowerHouse()
    house.measured(True, 7999, 300)
    house.passes(MINUTE_MS - 1)
    assert house.codes() == []
    house.passes(1)
    assert house.codes() == [1311]
    house = PowerHouse(battery_test_h=0)
    house.measured(True, 12_900, 0)
    house.passes(DELAY_MS)
    house.measured(True, 12_900, 400)
    house.passes(MINUTE_MS - 1)
    assert house.codes() == [1312]
    house.passes(1)
    assert house.codes() == [1312, 3312]


def test_eight_volts_are_a_battery() -> None:
    house = PowerHouse(battery_test_h=0)
    house.measured(True, 8000, 300)
    house.passes(HOUR_MS)
    assert house.codes() == []
    house = PowerHouse(mains_delay_s=0)
    house.measured()
    house.measured(False, 8000, -130)
    house.passes(CUT_MS)
    assert house.parked


def test_health_names_each_fault_by_its_own_flag() -> None:
    house = PowerHouse(battery_test_h=0)
    house.measured(True, 2000, 0)
    house.passes(MINUTE_MS)
    assert house.panel.site.power.health()[4] == 4
    house = PowerHouse()
    house.measured()
    house.passes(CHARGED_MS)
    house.answers_test(12_200)
    assert house.full_events() == [(1309, 0, 0, 0, 0, 122)]
    assert house.panel.site.power.health()[4] == 16


def test_nothing_charges_without_mains() -> None:
    house = PowerHouse()
    house.measured(False, 12_700, 30)
    assert house.panel.site.power.health()[4] == 0


def test_a_voltage_beyond_a_byte_is_told_as_the_highest() -> None:
    house = PowerHouse(battery_test_h=0)
    house.measured(True, 26_000, 300)
    house.passes(DELAY_MS)
    assert house.full_events() == [(1312, 0, 0, 0, 0, 255)]


def test_only_what_no_board_can_measure_is_passed_over() -> None:
    power = PowerHouse().panel.site.power
    wrong: list[Any] = [(False, -1, 0), (False, 30_001, 0), (False, 12_000, 50_001), (False, 12_000, -50_001)]
    wrong += [(1, 12_000, 0), (False, 0.5, 0), (False, 12_000, 0.5)]
    power.sample(("power", True, 13_000, 0, 200), 0)
    for mains, mv, ma in wrong:
        power.sample(("power", mains, mv, ma, 200), 0)
        assert power.health()[:2] == (1, 13_000), (mains, mv, ma)
    for mains, mv, ma in ((False, 30_000, 50_000), (False, 29_000, -50_000), (False, 0, 0)):
        power.sample(("power", mains, mv, ma, 200), 0)
        assert power.health()[:2] == (0, mv)


def test_neither_a_wrong_measurement_nor_a_repeated_one_is_news() -> None:
    house = on_battery()
    power = house.panel.site.power
    samples: list[Any] = [("power",), ("power", None, 1, 1, 200), ("power", False, -5, 0, 200)]
    samples.append(("power", False, 12_500, -130, 200))
    for sample in samples:
        assert power.sample(sample, house.now) is False, sample


def test_without_mains_any_voltage_shows_the_charge_and_with_mains_one_that_gives() -> None:
    for mains, ma, percent in ((False, -10, 50), (False, 0, 50), (True, -20, 100), (True, -21, 50)):
        house = PowerHouse()
        house.measured(mains, 12_200, ma)
        assert house.panel.site.power.health()[2] == percent, (mains, ma)


def test_an_even_drain_is_counted_every_quarter_of_an_hour() -> None:
    house = PowerHouse()
    house.measured()
    house.loses_mains()
    began_ms = house.now
    house.passes(DELAY_MS)
    assert house.panel.deadline_ms() == began_ms + RECOUNT_MS
    house.passes(RECOUNT_MS)
    assert house.panel.deadline_ms() == began_ms + 2 * RECOUNT_MS


def test_the_charge_outlives_a_restart_when_nothing_is_wrong_any_more() -> None:
    house = on_battery(13_150, -500, battery="lifepo4", battery_test_h=0)
    house.passes(6 * HOUR_MS)
    house.measured(True, 13_200, 50)
    house.passes(MINUTE_MS)
    assert house.codes() == [3301]
    house.restart()
    house.measured(True, 13_200, 50)
    assert 50 <= house.panel.site.power.health()[2] <= 65


def test_a_panel_without_a_battery_keeps_no_charge() -> None:
    house = PowerHouse(battery="none")
    house.measured()
    house.loses_mains(9000)
    house.passes(DELAY_MS)
    assert house.panel.snapshot()["power"] == [TOLD_LOST, 100, 0]


def test_mains_coming_back_to_a_panel_whose_battery_is_gone_is_told() -> None:
    house = on_battery()
    house.measured(True, 0, 0)
    house.passes(MINUTE_MS)
    assert house.codes() == [3301, 1311]


def test_a_loss_of_mains_is_told_before_the_panel_parks_soon_after_it() -> None:
    house = PowerHouse(mains_delay_s=5)
    house.measured()
    house.loses_mains(10_400)
    house.passes(CUT_MS)
    assert house.codes() == [1301, 1308] and house.parked


def test_a_panel_restarted_on_its_battery_parks_for_good() -> None:
    house = on_battery()
    house.restart()
    house.loses_mains()
    house.measured(False, 10_450)
    house.passes(CUT_MS)
    assert house.codes() == [1308] and house.parked


def test_a_charger_that_is_mended_while_a_siren_sounds_is_told_at_once() -> None:
    house = PowerHouse(siren_s=900, battery_test_h=0)
    house.measured(True, 12_900, 0)
    house.passes(DELAY_MS)
    house.opens(SMOKE)
    house.measured(True, 12_900, 400)
    house.passes(MINUTE_MS)
    assert house.siren() == "fire" and house.codes() == [1312, 1111, 3312]


# The battery's test.


def test_a_battery_put_in_is_tested_as_soon_as_it_is_charged() -> None:
    house = PowerHouse()
    house.charged()
    house.passes(2 * HOUR_MS)
    house.measured(True, 0, 0)
    house.passes(MINUTE_MS)
    house.measured()
    house.passes(CHARGED_MS)
    house.answers_test(12_900)
    assert house.codes() == [1311, 3311]


def test_a_battery_that_charges_again_is_not_tested_until_it_is_charged() -> None:
    house = PowerHouse()
    house.charged()
    house.measured(True, 12_900, 500)
    house.passes(2 * DAY_MS)
    assert house.heard == []


def test_whatever_a_person_begins_ends_a_test_at_once() -> None:
    house = PowerHouse()
    house.measured()
    house.passes(CHARGED_MS + 1000)
    assert not house.on["charger"]
    house.command(WALK_TEST, 1)
    assert house.on["charger"]
    house = PowerHouse()
    house.measured()
    house.passes(CHARGED_MS + STEP_MS + 1000)
    assert house.on["test-load"]
    house.keys(CODE, "night")
    assert house.on["charger"] and not house.on["test-load"]


def test_a_test_that_is_due_is_not_made_when_tests_were_just_switched_off() -> None:
    house = PowerHouse()
    house.charged()
    house.passes(DAY_MS - MINUTE_MS)
    house.takes_over(battery_test_h=0)
    house.forget()
    house.passes(MINUTE_MS)
    assert house.heard == []


def test_a_test_that_runs_goes_on_under_a_configuration_without_tests() -> None:
    house = PowerHouse()
    house.measured()
    house.passes(CHARGED_MS)
    house.takes_over(battery_test_h=0)
    house.answers_test(12_200)
    assert house.codes() == [1309]
    house.measured()
    house.passes(100 * DAY_MS)
    assert house.on["charger"] and house.codes() == [1309, 3309], "as far as can be known without tests"


def test_a_changed_configuration_puts_off_no_test() -> None:
    house = PowerHouse()
    house.measured(True, 12_000, 500)
    house.passes(36 * HOUR_MS)
    house.takes_over(language="sv")
    house.passes(36 * HOUR_MS - 1)
    assert house.on["charger"]
    house.passes(1)
    assert not house.on["charger"]


def test_arming_neither_hastens_nor_delays_a_test() -> None:
    house = PowerHouse()
    house.charged()
    house.passes(DAY_MS - 2 * HOUR_MS)
    house.arms()
    house.passes(2 * HOUR_MS - EXIT_MS - 1)
    assert house.heard == []
    house.passes(1)
    assert not house.on["charger"]


def test_a_test_lasts_its_time_whatever_else_comes() -> None:
    house = PowerHouse()
    house.measured()
    house.passes(CHARGED_MS + STEP_MS)
    house.press("1")
    house.says("network", False)
    assert house.on["test-load"] and house.codes() == []


def test_a_failed_test_is_made_again_after_an_hour_and_a_disturbed_one_after_five_minutes() -> None:
    house = PowerHouse()
    house.measured()
    house.passes(CHARGED_MS)
    house.answers_test(12_200)
    house.measured()
    house.passes(HOUR_MS - 1)
    assert house.on["charger"]
    house.passes(1)
    assert not house.on["charger"]
    house.opens(SMOKE)
    assert house.on["charger"]
    house.closes(SMOKE)
    house.keys(CODE, "disarm")
    house.passes(5 * MINUTE_MS - 1)
    assert house.on["charger"]
    house.passes(1)
    assert not house.on["charger"]


# What is switched off.


def test_a_panel_that_starts_without_mains_and_without_the_cloud_sheds_at_once() -> None:
    house = PowerHouse()
    house.says("network", False)
    house.loses_mains()
    assert not house.on["ethernet"] and house.on["keypad-light"]


def test_a_tamper_that_is_only_reported_gets_ethernet_for_a_try() -> None:
    house = PowerHouse()
    house.fits(WINDOW, radio=b"id-3", key=b"k" * 16)
    house.hears(WINDOW)
    house.command(BYPASS, WINDOW)
    house.measured()
    house.loses_mains()
    house.says("network", False)
    house.forget()
    house.hears(WINDOW, 2)
    assert house.codes() == [1144] and house.shown["buzzer"] == "off"
    assert house.on["ethernet"]
