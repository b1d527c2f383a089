"""The cut-off: the panel parks before its battery is harmed, and wakes as it was; and what it switches off before."""

from panel_house import CODE, ENTRY_MS, FRONT_DOOR, SIREN_MS, SMOKE, WINDOW, House
from power_support import DELAY_MS, HOUR_MS, MINUTE_MS, PowerHouse

BYPASS = 7
CUT_MS = 10_000
LIGHT_MS = 60_000
LOOK_MS, HIDE_MS = 120_000, 28 * MINUTE_MS


def on_battery(**config: "int | str") -> PowerHouse:
    """A house without mains for some time, with its loss told and the battery low."""
    house = PowerHouse(**config)
    house.measured()
    empties(house)
    return house


def empties(house: PowerHouse) -> None:
    """Mains is lost until the battery is low, and both are told."""
    house.loses_mains(11_700)
    house.passes(DELAY_MS)
    house.forget()


def is_cut_off(house: PowerHouse, mv: int = 10_450) -> None:
    """The battery has come to its end."""
    house.measured(False, mv, -130)
    house.passes(CUT_MS)


# Parking.


def test_the_panel_parks_when_the_battery_was_at_its_end_for_some_seconds() -> None:
    for kind, mv in (("lead-acid", 10_499), ("lifepo4", 11_199)):
        house = on_battery(battery=kind)
        house.measured(False, mv + 1, -130)
        house.passes(HOUR_MS)
        house.forget()
        house.measured(False, mv, -130)
        house.passes(CUT_MS - 1)
        assert house.codes() == [] and not house.parked
        house.passes(1)
        assert house.full_events() == [(1308, 0, 0, 0, 0, mv // 100)] and house.parked
        kinds = [item[0] for item in house.heard]
        assert kinds.index("event") < kinds.index("save") < kinds.index("park") == len(kinds) - 1


def test_a_battery_changed_before_the_board_has_parked_is_told() -> None:
    house = on_battery()
    is_cut_off(house)
    house.measured(False, 10_999, -130)
    assert house.codes() == [1308]
    house.measured(False, 11_000, -130)
    assert house.codes() == [1308, 3308]


def test_a_voltage_that_recovers_parks_nothing() -> None:
    house = on_battery()
    for _ in range(5):
        house.measured(False, 10_300, -500)
        house.passes(CUT_MS - 1)
        house.measured(False, 10_800, -130)
        house.passes(MINUTE_MS)
    assert house.codes() == [] and not house.parked


def test_park_comes_after_what_the_same_step_brings() -> None:
    house = on_battery()
    house.measured(False, 10_400, -130)
    house.now += CUT_MS
    outputs = house.panel.handle(("command", 4, 1, 1), house.now)
    assert [item[0] for item in outputs][-2:] == ["result", "park"]


def test_a_parked_panel_wakes_armed_with_its_bypasses() -> None:
    house = PowerHouse()
    house.command(BYPASS, WINDOW)
    house.arms("night")
    before = house.panel.snapshot()
    house.measured()
    empties(house)
    is_cut_off(house)
    assert house.parked
    house.restart()
    house.forget()
    house.measured(True, 11_200, 500)
    assert house.codes() == [3308] and not house.parked
    house.passes(MINUTE_MS)
    assert house.codes() == [3308, 3301]
    after = house.panel.snapshot()
    assert after["areas"] == before["areas"] and after["zones"] == before["zones"]
    house.opens(WINDOW)
    assert house.siren() == "off"
    house.opens(FRONT_DOOR)
    house.passes(ENTRY_MS)
    assert house.siren() == "intrusion"


def test_a_panel_woken_without_mains_parks_again() -> None:
    house = on_battery()
    is_cut_off(house)
    house.restart()
    house.forget()
    house.measured(False, 10_480, -130)
    assert house.codes() == [3308]
    house.passes(CUT_MS)
    assert house.codes() == [3308, 1308] and house.parked


def test_mains_coming_back_just_before_the_board_parks_is_told() -> None:
    house = on_battery()
    is_cut_off(house)
    house.measured(True, 11_500, 500)
    assert house.codes() == [1308, 3308]
    house.restart()
    house.measured(True, 11_600, 500)
    house.passes(HOUR_MS)
    assert house.codes() == [1308, 3308, 3301]


def test_no_siren_is_cut_off_while_it_may_sound() -> None:
    house = on_battery()
    house.opens(SMOKE)
    house.closes(SMOKE)
    is_cut_off(house)
    house.passes(SIREN_MS - 2 * CUT_MS)
    assert house.siren() == "fire" and not house.parked
    house.passes(3 * CUT_MS)
    assert house.siren() == "off" and house.parked


def test_an_entry_delay_is_not_cut_off() -> None:
    house = PowerHouse()
    house.arms()
    house.measured()
    empties(house)
    house.opens(FRONT_DOOR)
    is_cut_off(house)
    assert not house.parked
    house.keys(CODE, "disarm")
    house.passes(CUT_MS)
    assert house.parked


def test_a_parked_panels_snapshot_survives_and_the_empty_battery_is_known() -> None:
    house = on_battery()
    is_cut_off(house)
    house.restart()
    house.forget()
    house.measured(True, 11_600, 500)
    assert house.panel.site.power.health()[2] == 0 and house.display() == ("Panel battery", "Charging")
    house.passes(5 * HOUR_MS)
    house.measured(True, 12_900, 500)
    assert 3302 not in house.codes()
    house.passes(5 * HOUR_MS)
    house.measured(True, 13_000, 500)
    house.passes(MINUTE_MS)
    assert 3302 in house.codes()


# What is switched off.


def test_the_keypad_goes_dark_on_battery_when_nobody_used_it_for_a_minute() -> None:
    house = PowerHouse()
    house.measured()
    house.passes(MINUTE_MS)
    house.loses_mains()
    house.passes(LIGHT_MS - 1)
    assert house.on["keypad-light"], "somebody will look at it now"
    house.passes(1)
    assert not house.on["keypad-light"]
    house.press("1")
    assert house.on["keypad-light"]
    house.passes(LIGHT_MS - 1)
    house.says("tag", b"any")
    house.passes(LIGHT_MS - 1)
    assert house.on["keypad-light"]
    house.passes(1)
    assert not house.on["keypad-light"]
    house.measured()
    assert house.on["keypad-light"]


def test_the_keypad_is_lit_in_the_entry_delay_and_in_an_alarm() -> None:
    house = PowerHouse()
    house.arms()
    house.measured()
    house.loses_mains()
    house.passes(LIGHT_MS)
    assert not house.on["keypad-light"]
    house.opens(FRONT_DOOR)
    assert house.on["keypad-light"]
    house.passes(ENTRY_MS + SIREN_MS)
    assert house.siren() == "off" and house.on["keypad-light"]
    house.passes(LIGHT_MS)
    assert not house.on["keypad-light"]


def test_ethernet_that_leads_nowhere_is_off_on_battery_but_for_two_minutes_of_thirty() -> None:
    for first in ("mains", "network"):
        house = PowerHouse()
        house.measured()
        house.says("network", True)
        if first == "network":
            house.says("network", False)
            assert house.on["ethernet"], "with mains it stays on"
        house.loses_mains()
        house.says("network", False)
        for _ in range(3):
            assert not house.on["ethernet"]
            house.passes(HIDE_MS - 1)
            assert not house.on["ethernet"]
            house.passes(1)
            assert house.on["ethernet"]
            house.says("network", False)
            house.passes(LOOK_MS - 1)
            assert house.on["ethernet"]
            house.passes(1)
        house.measured()
        assert house.on["ethernet"]


def test_ethernet_stays_on_when_a_try_reaches_the_cloud() -> None:
    house = PowerHouse()
    house.measured()
    house.loses_mains()
    house.says("network", False)
    house.passes(HIDE_MS)
    house.says("network", True)
    house.passes(5 * HOUR_MS)
    assert house.on["ethernet"]


def test_an_alarm_and_a_low_battery_get_ethernet_for_a_try_and_a_fault_does_not() -> None:
    house = PowerHouse()
    house.arms()
    house.measured()
    house.loses_mains(12_300)
    house.says("network", False)
    house.passes(DELAY_MS)
    assert 1301 in house.codes() and not house.on["ethernet"]
    house.measured(False, 11_700, -130)
    house.passes(MINUTE_MS)
    assert 1302 in house.codes() and house.on["ethernet"]
    house.passes(LOOK_MS)
    assert not house.on["ethernet"]
    house.opens(FRONT_DOOR)
    assert house.on["ethernet"]
    house.passes(ENTRY_MS + SIREN_MS + LOOK_MS - 1)
    assert house.on["ethernet"]
    house.passes(2 * LOOK_MS)
    assert not house.on["ethernet"]


def test_a_tamper_gets_ethernet_too_and_an_arming_does_not() -> None:
    house = PowerHouse()
    house.fits(WINDOW, radio=b"id-3", key=b"k" * 16)
    house.hears(WINDOW)
    house.measured()
    house.loses_mains()
    house.says("network", False)
    house.arms("night")
    house.passes(LOOK_MS)
    assert not house.on["ethernet"]
    house.hears(WINDOW, 2)
    assert house.codes() == [1144] and house.on["ethernet"]


def test_a_silent_alarm_gets_ethernet_too() -> None:
    house = PowerHouse()
    house.fits(WINDOW, type="hold_up", silent=True)
    house.measured()
    house.loses_mains()
    house.says("network", False)
    assert not house.on["ethernet"]
    house.opens(WINDOW)
    assert house.codes() == [1122] and house.on["ethernet"] and house.siren() == "off"
    house.passes(LOOK_MS)
    assert not house.on["ethernet"]


def test_after_a_restart_the_board_has_everything_on_and_it_is_shed_anew() -> None:
    house = PowerHouse()
    house.measured()
    house.loses_mains()
    house.says("network", False)
    house.passes(LIGHT_MS)
    assert not house.on["ethernet"] and not house.on["keypad-light"]
    house.restart()
    house.loses_mains()
    assert house.on["ethernet"] and house.on["keypad-light"]
    house.says("network", False)
    house.passes(LIGHT_MS)
    assert not house.on["ethernet"] and not house.on["keypad-light"]


def test_a_changed_configuration_leaves_what_is_shed() -> None:
    house = PowerHouse()
    house.measured()
    house.loses_mains()
    house.says("network", False)
    house.passes(LIGHT_MS)
    house.takes_over(language="sv")
    assert not house.on["ethernet"] and not house.on["keypad-light"]
    house.press("1")
    assert house.on["keypad-light"]


def test_on_mains_nothing_is_shed() -> None:
    house = PowerHouse(battery_test_h=0)
    house.measured()
    house.says("network", False)
    house.passes(24 * HOUR_MS)
    house.opens(SMOKE)
    house.passes(HOUR_MS)
    assert house.on["ethernet"] and house.on["keypad-light"]
    assert isinstance(house, House)
