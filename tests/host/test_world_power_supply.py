"""The supply on its clock: what it reports and when, what fails with it, and that a quiet house plans nothing."""

from itertools import pairwise

import pytest

from hemlarm_simulator.plants.charger import FAULTS
from power_bench import HOUR, MINUTE, REFERENCE_LOADS, SECOND, PowerBench, described


def test_a_house_with_mains_and_a_full_battery_plans_nothing() -> None:
    bench = PowerBench()
    bench.run(HOUR)
    assert bench.is_quiet
    assert [report[1:] for report in bench.reports] == [(True, 13_650, 0, 200)]
    before = bench.fired
    bench.run(1000 * 24 * HOUR)
    assert bench.fired == before
    assert bench.supply.battery.charge.total > 0.99


def test_the_first_report_comes_when_the_board_has_measured() -> None:
    bench = PowerBench()
    assert [report[0] for report in bench.reports] == [250]


def test_mains_lost_is_reported_with_what_the_loads_draw_then() -> None:
    bench = PowerBench()
    bench.supply.mains = False
    bench.run(3 * SECOND)
    assert bench.what_was_done() == ["router False"]
    at_ms, mains, mv, ma, _ = bench.reports[-1]
    assert (at_ms, mains) == (2 * SECOND, False)
    # Those behind regulators draw less at a higher voltage: 100 mA of the 148 at 12 V.
    assert ma == pytest.approx(-(100 * 12_000 / mv + 48), abs=1)


def test_a_flicker_of_mains_is_never_reported_as_lost() -> None:
    bench = PowerBench()
    for _ in range(20):
        bench.supply.mains = False
        bench.run(900)
        bench.supply.mains = True
        bench.run(900)
    bench.run(10 * SECOND)
    assert all(report[1] for report in bench.reports)
    assert bench.what_was_done().count("router False") == 20


def test_on_battery_it_reports_steps_of_50_mv_and_no_more_often() -> None:
    bench = PowerBench()
    bench.supply.mains = False
    bench.run(SECOND + 1)
    bench.reports.clear()
    bench.run(40 * HOUR)
    assert all(45 <= abs(mv - later_mv) <= 55 for (_, _, mv, _, _), (_, _, later_mv, _, _) in pairwise(bench.reports))
    assert 20 < len(bench.reports) < 60
    assert bench.fired < 400


def test_a_worn_out_battery_ends_the_panel_and_mains_starts_it_again() -> None:
    bench = PowerBench()
    bench.supply.mains = False
    dead_ms = bench.run_until_done("brown-out", 100 * HOUR)
    assert 48 < dead_ms / HOUR < 54
    reported = len(bench.reports)
    bench.run(100 * HOUR)
    assert len(bench.reports) == reported
    assert bench.is_quiet
    bench.supply.mains = True
    bench.run(SECOND)
    assert bench.what_was_done()[-2:] == ["router True", "on"]
    assert bench.reports[-1][3] == 500  # mA into the battery.
    bench.run(48 * HOUR)
    assert bench.is_quiet
    assert bench.reports[-1][3] < 30


def test_what_charging_left_on_the_voltage_goes_slowly_and_not_at_once() -> None:
    bench = PowerBench()
    bench.supply.fill(0.3)
    for hours in (8, 40):  # In the middle of its charging, and full.
        bench.run(hours * HOUR)
        charging_mv = bench.supply.battery_mv
        bench.supply.mains = False
        assert charging_mv - bench.supply.battery_mv < 30
        bench.run(20 * MINUTE)
        assert charging_mv - bench.supply.battery_mv > 200
        bench.supply.mains = True


def test_a_full_battery_that_has_rested_takes_on_the_chargers_voltage() -> None:
    bench = PowerBench()
    bench.supply.fill(1.0)
    bench.run(HOUR)
    bench.supply.mains = False
    assert bench.supply.battery_mv > 13_600


def test_every_start_is_told_of_the_supply_even_if_nothing_has_changed() -> None:
    bench = PowerBench()
    for boots in (2, 3):
        bench.supply.panel_ended()
        bench.power_on()
        bench.run(MINUTE)
        assert [report[1:] for report in bench.reports] == [(True, 13_650, 0, 200)] * boots


def test_a_battery_that_only_sags_lets_the_panel_start_again_when_the_load_has_gone() -> None:
    bench = PowerBench(described(age=5))
    bench.supply.mains = False
    bench.run(MINUTE)
    bench.supply.show("siren", "intrusion")
    bench.run(5 * SECOND)
    assert bench.what_was_done()[-1] == "brown-out"
    bench.run(SECOND)
    assert bench.what_was_done()[-2:] == ["brown-out", "on"]
    bench.run(MINUTE)
    assert bench.what_was_done()[-1] == "on"


def test_a_parked_panel_draws_next_to_nothing_and_wakes_with_mains() -> None:
    bench = PowerBench()
    bench.supply.mains = False
    bench.run(10 * HOUR)
    bench.park()
    before = bench.supply.battery.charge.total
    bench.run(100 * HOUR)
    assert before - bench.supply.battery.charge.total < 0.03
    assert bench.what_was_done() == ["router False"]
    bench.supply.mains = True
    bench.run(499)
    assert bench.what_was_done() == ["router False", "router True"]
    bench.run(1)
    assert bench.what_was_done()[-1] == "on"


def test_mains_that_goes_again_at_once_wakes_nobody() -> None:
    bench = PowerBench()
    bench.supply.mains = False
    bench.run(MINUTE)
    bench.park()
    bench.supply.mains = True
    bench.run(300)
    bench.supply.mains = False
    bench.run(MINUTE)
    assert "on" not in bench.what_was_done()


def test_a_panel_that_somebody_switched_off_stays_off_when_mains_returns() -> None:
    bench = PowerBench()
    bench.supply.panel_ended()
    bench.supply.mains = False
    bench.run(MINUTE)
    bench.supply.mains = True
    bench.run(MINUTE)
    assert "on" not in bench.what_was_done()


def test_without_a_battery_the_panel_goes_with_mains_and_starts_with_it() -> None:
    bench = PowerBench()
    bench.supply.connect_battery(False)
    bench.run(MINUTE)
    assert bench.reports[-1][2:4] == (13_650, 0)  # The charger's voltage: only its pause tells.
    bench.supply.mains = False
    bench.run(19)
    assert "cut" not in bench.what_was_done()
    bench.run(1)
    assert "cut" in bench.what_was_done()
    bench.power_on()
    assert "on" not in bench.what_was_done()
    bench.supply.mains = True
    bench.run(SECOND)
    assert bench.what_was_done()[-1] == "on"


def test_a_dead_panel_starts_with_a_battery_that_is_plugged_in() -> None:
    bench = PowerBench()
    bench.supply.connect_battery(False)
    bench.supply.mains = False
    bench.run(MINUTE)
    bench.supply.connect_battery(True)
    bench.run(SECOND)
    assert bench.what_was_done()[-2:] == ["cut", "on"]


def test_an_empty_battery_starts_nothing() -> None:
    bench = PowerBench()
    bench.supply.connect_battery(False)
    bench.supply.mains = False
    bench.run(MINUTE)
    bench.supply.fill(-0.05)
    bench.supply.connect_battery(True)
    bench.run(SECOND)
    assert bench.what_was_done()[-1] == "cut"


def test_a_house_of_which_mains_is_all_there_is() -> None:
    bench = PowerBench(described(battery="none"))
    assert [report[1:] for report in bench.reports] == [(True, 0, 0, 200)]
    assert bench.is_quiet
    bench.supply.temperature(-10)
    bench.supply.mains = False
    bench.run(SECOND)
    assert "cut" in bench.what_was_done()


def test_the_test_load_draws_about_an_ampere() -> None:
    bench = PowerBench()
    bench.supply.show("power", ("charger", False))
    bench.run(5 * SECOND)
    bench.supply.show("power", ("test-load", True))
    bench.run(5 * SECOND)
    assert -1200 < bench.reports[-1][3] < -1000
    assert bench.reports[-1][1]
    bench.supply.show("power", ("test-load", False))
    bench.supply.show("power", ("charger", True))
    bench.run(HOUR)
    assert bench.reports[-1][2] == 13_650


def test_under_the_test_load_a_worn_battery_sags_and_a_fair_one_does_not() -> None:
    sags = []
    for age in (100, 80, 30):
        bench = PowerBench(described(age=age))
        bench.supply.show("power", ("charger", False))
        bench.run(5 * SECOND)
        rest = bench.supply.battery_mv
        bench.supply.show("power", ("test-load", True))
        bench.run(5 * SECOND)
        sags.append(rest - bench.supply.battery_mv)
    assert 0 < sags[0] < sags[1] < 150
    assert sags[2] > 300


def test_without_a_battery_a_pause_of_the_charger_shows_nothing_there() -> None:
    bench = PowerBench()
    bench.supply.connect_battery(False)
    bench.supply.show("power", ("charger", False))
    bench.run(SECOND)
    assert bench.reports[-1][2] == 0


def test_switched_outputs_change_what_is_drawn() -> None:
    bench = PowerBench()
    bench.supply.mains = False
    bench.run(MINUTE)
    full_ma = bench.supply.battery_ma
    bench.supply.show("power", ("ethernet", False))
    bench.supply.show("power", ("keypad-light", False))
    shed_ma = bench.supply.battery_ma
    assert shed_ma - full_ma == pytest.approx(55 * 12_000 / bench.supply.battery_mv, abs=1)
    assert bench.what_was_done() == ["router False", "port False"]
    bench.supply.show("siren", "intrusion")
    assert bench.supply.battery_ma - shed_ma == pytest.approx(-400, abs=5)
    bench.supply.show("siren", "off")
    assert bench.supply.battery_ma == pytest.approx(shed_ma, abs=1)


def test_a_panel_that_starts_anew_has_its_outputs_as_the_board_has_them() -> None:
    bench = PowerBench()
    for output in (("ethernet", False), ("charger", False), ("test-load", True), ("unheard-of", True)):
        bench.supply.show("power", output)
    bench.supply.panel_ended()
    bench.power_on()
    assert bench.supply.outputs == {"charger": True, "test-load": False, "keypad-light": True, "ethernet": True}
    assert bench.what_was_done() == ["port False", "port True", "on"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_charger_that_fails_shows_by_a_voltage_that_falls_within_hours(fault: str) -> None:
    bench = PowerBench()
    bench.supply.break_charger(fault)
    bench.run(12 * HOUR)
    _, mains, mv, ma, _ = bench.reports[-1]
    assert mains
    assert mv < 13_000
    assert ma == 0
    bench.supply.break_charger("")
    bench.run(12 * HOUR)
    assert bench.reports[-1][2] == 13_650


def test_a_blown_fuse_leaves_the_panel_without_its_battery() -> None:
    bench = PowerBench()
    bench.supply.break_charger("fuse")
    bench.run(HOUR)
    bench.supply.mains = False
    bench.run(SECOND)
    assert "cut" in bench.what_was_done()


def test_the_routers_own_supply_keeps_it_on() -> None:
    bench = PowerBench(described(router_backup=True))
    bench.supply.mains = False
    assert bench.what_was_done() == ["router True"]
    bench.supply.back_up_router(False)
    assert bench.what_was_done() == ["router True", "router False"]


def test_cold_is_reported_in_steps_of_two_degrees_and_shortens_what_is_left() -> None:
    bench = PowerBench()
    bench.supply.temperature(19)
    bench.run(MINUTE)
    assert [report[4] for report in bench.reports] == [200]
    bench.supply.temperature(-10)
    bench.run(MINUTE)
    assert bench.reports[-1][4] == -100
    assert bench.reports[-1][2] == 14_250  # 20 mV a degree.
    bench.supply.mains = False
    dead_ms = bench.run_until_done("brown-out", 100 * HOUR)
    assert 35 < dead_ms / HOUR < 42


def test_lifepo4_lasts_by_its_charge() -> None:
    bench = PowerBench(described("lifepo4", 7000, 100, loads={**REFERENCE_LOADS, "core": 5}))
    bench.supply.mains = False
    dead_ms = bench.run_until_done("brown-out", 100 * HOUR)
    assert 7000 / 128 < dead_ms / HOUR < 7000 / 118


def test_two_runs_are_the_same_to_the_last_report() -> None:
    seen = []
    for _ in range(2):
        bench = PowerBench()
        bench.run(1234)
        bench.supply.mains = False
        bench.run(60 * HOUR)
        bench.supply.mains = True
        bench.run(60 * HOUR)
        seen.append((bench.reports, bench.done))
    assert seen[0] == seen[1]
