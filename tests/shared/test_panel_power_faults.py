"""What is wrong with a battery or its charger: the test under a load finds it, or what is measured on mains."""

from panel_house import CODE, ENTRY_MS, FRONT_DOOR, SIREN_MS, SMOKE
from power_support import CHARGED_MS, DAY_MS, DELAY_MS, FLOAT_MV, HOUR_MS, MINUTE_MS, STEP_MS, PowerHouse, on_battery


def test_a_charged_battery_is_tested_once_a_day_and_passes_in_silence() -> None:
    house = PowerHouse()
    house.measured(True, 12_900, 500)
    house.passes(12 * HOUR_MS)
    house.measured(True, FLOAT_MV, 20)
    house.passes(CHARGED_MS - 1)
    assert house.on["charger"]
    house.forget()
    for _ in range(3):
        house.passes(1)
        house.answers_test(12_750)
        house.measured()
        assert house.events() == [] and house.saves() == 0 and not house.lamp("fault")
        house.passes(DAY_MS - 1)


def test_the_test_finds_a_worn_battery_and_after_it_a_new_one() -> None:
    for mv in (12_700, 12_200):  # Too much of a sag, and too little at all.
        house = PowerHouse()
        house.measured()
        house.passes(CHARGED_MS)
        house.answers_test(mv, rest_mv=13_000 if mv > 12_500 else 12_300)
        house.measured()
        assert house.full_events() == [(1309, 0, 0, 0, 0, mv // 100)]
        assert house.display() == ("Battery fault", "Call installer") and house.lamp("fault")
        house.forget()
        house.passes(HOUR_MS)
        house.answers_test(mv, rest_mv=13_000 if mv > 12_500 else 12_300)
        house.measured()
        assert house.events() == [], "once is enough"
        house.passes(HOUR_MS)
        house.answers_test(12_900)
        house.measured()
        assert house.codes() == [3309] and not house.lamp("fault")


def test_the_test_finds_a_missing_battery_and_a_blown_fuse() -> None:
    for mv, ma in ((0, 0), (300, -25), (12_900, 0)):
        house = PowerHouse()
        house.measured()
        house.passes(CHARGED_MS)
        house.answers_test(mv, ma)
        house.measured()
        assert house.full_events() == [(1311, 0, 0, 0, 0, mv // 100)], mv
        house.restart()
        assert house.lamp("fault")
        house.measured()
        house.passes(CHARGED_MS)
        house.answers_test(12_900)
        assert house.codes() == [1311, 3311]


def test_a_missing_battery_is_looked_for_again_every_hour() -> None:
    house = PowerHouse()
    house.measured()
    house.passes(CHARGED_MS)
    house.answers_test(0, 0)
    house.measured()
    house.passes(HOUR_MS)
    house.answers_test(12_900)
    assert house.codes() == [1311, 3311]


def test_a_dead_battery_is_told_without_a_test() -> None:
    house = PowerHouse()
    house.measured(True, 2500, 300)
    house.passes(MINUTE_MS)
    assert house.codes() == [1311] and house.on["charger"]


def test_a_battery_that_never_gets_charged_is_tested_all_the_same() -> None:
    house = PowerHouse()
    house.measured(True, 12_000, 500)
    house.passes(72 * HOUR_MS)
    house.answers_test(10_400)
    assert 1309 in house.codes()


def test_without_tests_a_battery_that_charges_is_a_good_one() -> None:
    house = PowerHouse(battery_test_h=0)
    house.measured(True, 2500, 0)
    house.passes(MINUTE_MS)
    house.measured()
    house.passes(CHARGED_MS)
    assert house.codes() == [1311, 3311]
    house.passes(100 * DAY_MS)
    assert not [item for item in house.heard if item[:2] == ("show", "power")]


def test_nothing_is_tested_while_something_goes_on() -> None:
    house = PowerHouse()
    house.measured()
    house.passes(CHARGED_MS - 1000)
    house.opens(SMOKE)
    house.passes(HOUR_MS)
    assert house.on["charger"]
    house.closes(SMOKE)
    house.keys(CODE, "disarm")
    house.passes(300_000 - STEP_MS)
    assert ("show", "power", ("charger", False)) in house.heard


def test_an_alarm_ends_a_test_at_once_and_it_is_made_later() -> None:
    for waits_ms in (0, STEP_MS):
        house = PowerHouse()
        house.arms()
        house.measured()
        house.passes(CHARGED_MS + waits_ms)
        house.opens(FRONT_DOOR)
        assert house.on["charger"] and not house.on["test-load"]
        house.keys(CODE, "disarm")
        house.closes(FRONT_DOOR)
        house.passes(ENTRY_MS)
        house.forget()
        house.passes(270_000)
        house.answers_test(12_900)
        assert house.events() == []


def test_mains_lost_ends_a_test_at_once_and_says_nothing_of_the_battery() -> None:
    house = PowerHouse()
    house.measured()
    house.passes(CHARGED_MS + STEP_MS)
    assert house.on["test-load"]
    house.measured(False, 12_000, -3000)
    assert house.on["charger"] and not house.on["test-load"]
    assert house.display()[0] == "Mains lost"
    house.passes(500)
    house.measured(False, 12_700, -130)
    house.passes(DELAY_MS - 500)
    assert house.codes() == [1301]


def test_a_short_loss_of_mains_has_the_battery_charged_before_the_next_test() -> None:
    house = PowerHouse()
    house.charged()
    house.passes(DAY_MS - MINUTE_MS)
    house.loses_mains()
    house.measured()
    house.passes(CHARGED_MS - 1)
    assert house.on["charger"]
    house.passes(1)
    assert not house.on["charger"]


def test_tests_are_switched_off_and_on_by_the_configuration() -> None:
    house = PowerHouse()
    house.charged()
    house.takes_over(battery_test_h=0)
    house.passes(100 * DAY_MS)
    assert house.on["charger"] and house.panel.deadline_ms() is None
    house.takes_over(battery_test_h=24)
    house.passes(CHARGED_MS)
    assert not house.on["charger"]


def test_a_discharged_battery_is_not_tested() -> None:
    house = on_battery(11_900)
    house.measured(True, 12_300, 500)
    house.passes(60 * HOUR_MS)
    assert house.on["charger"]


def test_a_charger_that_gives_nothing_is_a_fault_and_mended_is_none() -> None:
    for kind, mv, ma in (("lead-acid", 12_850, 0), ("lead-acid", 12_600, -150), ("lifepo4", 12_900, 0)):
        house = PowerHouse(battery=kind)
        house.charged()
        house.measured(True, mv, ma)
        house.passes(300_000 - 1)
        assert house.codes() == []
        house.passes(1)
        assert house.full_events() == [(1312, 0, 0, 0, 0, mv // 100)]
        assert house.display() == ("Charger fault", "Call installer") and house.lamp("fault")
        house.measured(True, 12_900, 400)
        house.passes(MINUTE_MS)
        assert house.codes() == [1312, 3312] and not house.lamp("fault")


def test_a_charger_that_boils_the_battery_is_a_fault() -> None:
    house = PowerHouse()
    house.measured(True, 15_100, 300)
    house.passes(300_000)
    assert house.codes() == [1312]


def test_warm_batteries_float_lower_and_cold_ones_higher() -> None:
    for mv, tenths, fails in ((12_850, 400, False), (12_850, 200, True), (13_550, 0, True), (13_600, 0, False)):
        house = PowerHouse(battery_test_h=0)
        house.measured(True, mv, 0, tenths)
        house.passes(HOUR_MS)
        assert (1312 in house.codes()) == fails, (mv, tenths)


def test_charging_and_a_passing_load_are_no_charger_fault() -> None:
    house = PowerHouse()
    house.charged()
    house.measured(True, 11_800, 500)
    house.passes(10 * HOUR_MS)
    house.opens(SMOKE)
    house.measured(True, 12_900, -200)
    house.passes(SIREN_MS)
    house.measured(True, 13_300, 100)
    house.passes(MINUTE_MS)
    assert [code for code in house.codes() if code % 1000 // 100 == 3] == []


def test_a_charger_is_not_blamed_while_a_siren_sounds() -> None:
    house = PowerHouse(siren_s=900)
    house.charged()
    house.opens(SMOKE)
    house.measured(True, 12_500, -200)
    house.passes(899_000)
    assert 1312 not in house.codes()
    house.passes(1000 + 300_000)
    assert 1312 in house.codes()


def test_a_battery_that_drains_under_a_dead_charger_becomes_low_but_does_not_park() -> None:
    house = PowerHouse(battery_test_h=0)
    house.measured(True, 11_600, -150)
    house.passes(HOUR_MS)
    house.measured(True, 10_300, -150)
    house.passes(HOUR_MS)
    assert sorted(house.codes()) == [1302, 1312] and not house.parked
