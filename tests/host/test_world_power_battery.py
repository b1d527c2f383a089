"""The battery's physics against what makers promise: capacity by current, voltage by charge, age, cold, recovery."""

import pytest

from hemlarm_simulator.plants.battery import FULL, LEAD_ACID, LIFEPO4, Battery, Charge, Chemistry
from hemlarm_simulator.plants.charger import Charger
from hemlarm_simulator.plants.loads import terminals

_STEP_H = 1 / 600


def discharge(battery: Battery, ma: float, cut_off_mv: float, charge: Charge = FULL) -> tuple[float, Charge]:
    """The hours that it gives `ma` before its terminals are at `cut_off_mv`, and what it holds then."""
    steps = 0
    while battery.source_mv(charge) - ma * battery.resistance_ohm > cut_off_mv:
        charge = battery.later(charge, _STEP_H, -ma)
        steps += 1
    return steps * _STEP_H, charge


@pytest.mark.parametrize(("hours", "ah"), [(20, 5.0), (10, 4.75), (5, 4.25), (1, 3.0)])
def test_a_battery_of_5_ah_gives_less_the_faster_it_is_emptied(hours: int, ah: float) -> None:
    lasted_h, _ = discharge(Battery(LEAD_ACID, 5000), ah * 1000 / hours, 10_500)
    assert lasted_h == pytest.approx(hours, rel=0.01)


def test_a_slow_discharge_takes_out_hardly_more_than_the_rating() -> None:
    lasted_h, _ = discharge(Battery(LEAD_ACID, 5000), 50, 10_500)
    assert 5.0 < lasted_h * 0.05 < 5.35


def test_lifepo4_gives_nearly_all_of_it_at_any_current() -> None:
    slow_h, _ = discharge(Battery(LIFEPO4, 7000), 120, 11_200)
    fast_h, _ = discharge(Battery(LIFEPO4, 7000), 1400, 11_200)
    assert slow_h * 0.12 == pytest.approx(7 * 0.95, rel=0.01)
    assert fast_h * 1.4 > 0.95 * slow_h * 0.12


@pytest.mark.parametrize(("percent", "cell_v"), [(88, 3.35), (78, 3.30), (50, 3.20), (28, 3.10)])
def test_lifepo4_rests_at_the_voltages_of_its_cells(percent: int, cell_v: float) -> None:
    assert Battery(LIFEPO4, 7000).rest_mv(Charge(percent / 100)) == pytest.approx(4000 * cell_v)


@pytest.mark.parametrize("kind", [LEAD_ACID, LIFEPO4], ids=lambda kind: kind.name)
def test_a_fuller_battery_never_has_less_voltage(kind: Chemistry) -> None:
    battery = Battery(kind, 7000)
    voltages = [battery.rest_mv(Charge(total / 200)) for total in range(201)]
    assert voltages == sorted(voltages)
    assert len(set(voltages)) == len(voltages)


def test_an_aged_battery_gives_its_share_and_resists_more() -> None:
    new, old = Battery(LEAD_ACID, 9000), Battery(LEAD_ACID, 9000, 0.8)
    new_h, _ = discharge(new, 148, 10_500)
    old_h, _ = discharge(old, 148, 10_500)
    assert old_h == pytest.approx(0.8 * new_h, rel=0.01)
    assert old.resistance_ohm == pytest.approx(1.56 * new.resistance_ohm, rel=0.01)


def test_a_new_battery_of_7_ah_has_27_milliohms() -> None:
    assert Battery(LEAD_ACID, 7000).resistance_ohm == pytest.approx(0.027)


def test_cold_takes_capacity_and_adds_resistance() -> None:
    warm, cold = Battery(LEAD_ACID, 7000, temperature_c=20), Battery(LEAD_ACID, 7000, temperature_c=-10)
    assert 0.7 < cold.full_mah / warm.full_mah < 0.8
    assert cold.resistance_ohm > warm.resistance_ohm


def test_the_voltage_recovers_when_the_load_has_gone() -> None:
    battery = Battery(LEAD_ACID, 5000)
    _, empty = discharge(battery, 3000, 10_500)
    at_once = battery.source_mv(empty)
    rested = battery.later(empty, 5, 0)
    assert battery.source_mv(rested) > at_once + 1000
    more_h, _ = discharge(battery, 250, 10_500, rested)
    assert more_h * 0.25 > 1.5  # What lay too deep for the large current.


def test_time_in_one_piece_is_the_same_as_in_many() -> None:
    battery = Battery(LEAD_ACID, 7000)
    whole = battery.later(Charge(0.9, 0.01, 500), 3, -700)
    pieces = Charge(0.9, 0.01, 500)
    for _ in range(1000):
        pieces = battery.later(pieces, 0.003, -700)
    assert (pieces.total, pieces.lag) == pytest.approx((whole.total, whole.lag))
    assert pieces.surface_mv == pytest.approx(whole.surface_mv)


def test_a_battery_in_a_drawer_loses_a_few_per_cent_a_month() -> None:
    battery = Battery(LEAD_ACID, 7000)
    assert battery.later(FULL, 30 * 24, 0).total == pytest.approx(0.97)
    assert battery.rest_mv(battery.later(FULL, 100 * 365 * 24, 0)) == 0


def test_what_charging_left_on_the_voltage_goes_with_the_first_charge_drawn() -> None:
    battery = Battery(LEAD_ACID, 7000)
    floated = Charge(1.0, 0.0, 800)
    loaded = battery.later(floated, 5 / 60, -1000)
    rested = battery.later(floated, 5 / 60, 0)
    assert loaded.surface_mv < 100
    assert rested.surface_mv > 750


def test_charging_is_by_constant_current_first_and_then_by_voltage() -> None:
    battery, charger = Battery(LEAD_ACID, 7000), Charger()
    charge, hours, currents, voltages = Charge(0.2), 0.0, [], []
    while (flow := charger.into(battery, charge))[1] > 0:
        voltages.append(flow[0])
        currents.append(flow[1])
        charge = battery.later(charge, 0.1, flow[1])
        hours += 0.1
    assert currents[0] == 500
    assert currents == sorted(currents, reverse=True)
    assert voltages == sorted(voltages)
    assert voltages[-1] == 13_650
    assert charge.total > 0.99
    assert 20 < hours < 48


def test_a_charger_has_the_largest_battery_ready_within_three_days() -> None:
    battery, charger = Battery(LEAD_ACID, 18_000), Charger()
    charge = Charge(0.0)
    for _ in range(72):
        charge = battery.later(charge, 1, charger.into(battery, charge)[1])
    assert charge.total > 0.8  # As EN 50131-6 has it for grades 1 and 2.


@pytest.mark.parametrize(("degrees", "mv"), [(20, 13_650), (0, 14_050), (40, 13_250)])
def test_the_float_voltage_falls_with_warmth(degrees: int, mv: int) -> None:
    assert Charger().set_mv(Battery(LEAD_ACID, 7000, temperature_c=degrees)) == mv


def test_too_low_a_voltage_charges_only_a_part() -> None:
    battery, charger = Battery(LEAD_ACID, 7000), Charger()
    charger.fault = "undervoltage"
    assert charger.into(battery, Charge(0.5))[1] > 0
    assert charger.into(battery, Charge(0.9))[1] == 0


def test_what_the_terminals_show_is_what_the_loads_leave() -> None:
    mv, ma = terminals(12_600, 0.05, power_w=1.2, current_a=0.048, outer_ohm=12.0)
    assert ma == pytest.approx(1200 / (mv / 1000) + 48 + mv / 12)
    assert mv == pytest.approx(12_600 - 0.05 * ma)


def test_a_source_that_cannot_give_so_much_power_collapses() -> None:
    assert terminals(9000, 5.0, power_w=10, current_a=0, outer_ohm=float("inf")) == (0.0, 0.0)
