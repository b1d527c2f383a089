"""Mains lost and restored: told after its delay, shown at once, and nothing that guards minds it."""

from hemlarm_firmware.panel import config
from hemlarm_firmware.panel.core import Panel
from hemlarm_protocol import cbor
from panel_house import BEDROOM, CODE, ENTRY_MS, FRONT_DOOR, HALL, SIREN_MS, SMOKE, WINDOW, House, quick_hash
from power_support import AT_START, DELAY_MS, HOUR_MS, MINUTE_MS, PowerHouse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

micropython: "Any"
try:
    micropython = __import__("micropython")
except ImportError:  # CPython counts no allocations; there the test only shows that nothing comes out.
    micropython = None


def test_mains_lost_says_nothing_for_the_delay_and_then_once() -> None:
    for delay_s in (300, 0, 1, 100, 3600):
        house = PowerHouse(mains_delay_s=delay_s)
        house.measured()
        house.loses_mains()
        if delay_s:
            house.passes(delay_s * 1000 - 1)
            assert house.codes() == []
            house.passes(1)
        assert house.codes() == [1301], delay_s
        house.passes(HOUR_MS)
        assert house.codes() == [1301]


def test_a_flicker_says_nothing_and_saves_nothing() -> None:
    house = PowerHouse(battery_test_h=0)
    house.measured()
    house.forget()
    for _ in range(20):
        house.loses_mains()
        house.passes(90_000)
        house.measured()
        house.passes(500)
    house.passes(HOUR_MS)
    assert house.codes() == [] and house.saves() == 0


def test_mains_coming_back_is_told_after_a_minute_if_its_loss_was() -> None:
    house = PowerHouse(battery_test_h=0)
    house.measured()
    house.loses_mains()
    house.passes(DELAY_MS)
    house.measured()
    house.passes(59_999)
    assert house.codes() == [1301]
    house.loses_mains()
    house.passes(1)
    house.measured()
    house.passes(59_999)
    assert house.codes() == [1301], "it was away in between"
    house.passes(1)
    assert house.codes() == [1301, 3301]
    house.passes(HOUR_MS)
    assert house.codes() == [1301, 3301]


def test_mains_lost_names_the_hours_left_and_who_told_it() -> None:
    house = PowerHouse()
    house.measured()
    house.loses_mains(12_800, -140)
    house.passes(DELAY_MS)
    assert house.full_events() == [(1301, 0, 0, 0, 0, 40)]
    house.measured()
    house.passes(MINUTE_MS)
    assert house.full_events()[1][:5] == (3301, 0, 0, 0, 0)


def test_the_keypad_shows_a_mains_loss_at_once_and_its_end_too() -> None:
    house = PowerHouse()
    house.measured()
    house.loses_mains()
    assert house.display() == ("Mains lost", "On battery") and house.lamp("fault")
    house.measured()
    assert house.display() == ("Disarmed", "Ready") and not house.lamp("fault")


def test_a_person_reads_what_is_open_before_the_mains_loss_and_the_alarm_before_all() -> None:
    house = PowerHouse()
    house.measured()
    house.loses_mains()
    house.opens(WINDOW)
    assert house.display() == ("Disarmed", f"Zone {WINDOW} open") and house.lamp("fault")
    house.closes(WINDOW)
    assert house.display() == ("Mains lost", "On battery")
    house.opens(SMOKE)
    assert house.display()[0] == "FIRE"


def test_mains_lost_neither_sounds_nor_arms_nor_disarms() -> None:
    for armed in (False, True):
        house = PowerHouse()
        house.measured()
        if armed:
            house.arms()
        before = house.panel.area_status(1)
        house.forget()
        house.loses_mains()
        house.passes(DELAY_MS)
        house.measured()
        house.passes(MINUTE_MS)
        assert house.panel.area_status(1) == before
        assert house.siren() == "off" and house.shown["buzzer"] == "off"
        assert not [item for item in house.heard if item[0] == "show" and item[1] in ("siren", "outdoor", "buzzer")]


def test_mains_lost_is_told_in_the_middle_of_an_alarm() -> None:
    house = PowerHouse(siren_s=900)
    house.measured()
    house.opens(SMOKE)
    house.loses_mains()
    house.passes(DELAY_MS)
    assert house.codes() == [1111, 1301] and house.siren() == "fire"


def what_a_burglar_brings(house: House) -> "list[Any]":
    """A night's events and sounds, with what the supply has to say taken out."""
    house.arms()
    house.opens(FRONT_DOOR, HALL)
    house.passes(ENTRY_MS)
    house.opens(BEDROOM)
    house.passes(SIREN_MS)
    house.opens(SMOKE)
    house.keys(CODE, "disarm")
    told = [item for item in house.heard if item[0] == "event" and item[1] % 1000 // 100 != 3]
    return told + [item for item in house.heard if item[0] == "show" and item[1] in ("siren", "outdoor", "buzzer")]


def test_an_alarm_on_battery_is_as_on_mains() -> None:
    plain, powered = House(), PowerHouse()
    powered.measured()
    powered.loses_mains()
    assert what_a_burglar_brings(powered) == what_a_burglar_brings(plain)


def test_a_panel_whose_board_measures_nothing_says_and_keeps_nothing() -> None:
    house = House()
    assert "power" not in house.panel.snapshot()
    house.says("network", False)
    house.press("1")
    house.opens(SMOKE)
    house.passes(HOUR_MS)
    assert "power" not in house.panel.snapshot()
    assert not [item for item in house.heard if item[:2] == ("show", "power")]


def test_a_sample_that_says_little_costs_no_memory_and_no_save() -> None:
    house = PowerHouse()
    house.arms()
    house.loses_mains(12_600, -130)
    samples: list[Any] = [("power", False, mv, ma, 200) for mv, ma in ((12_600, -130), (12_550, -150), (12_500, -130))]
    odd: list[Any] = [
        ("power", False, 12_500, -130, None),
        ("power", None, None, None, None),
        ("power", False, 0.5, 1, 2),
    ]
    outputs = [house.panel.handle(sample, house.now) for sample in samples + odd]
    if micropython:
        micropython.heap_lock()
    try:
        for sample in samples:
            house.panel.handle(sample, house.now + 1500)
        for sample in odd:
            house.panel.handle(sample, house.now)
        said = house.panel.handle(samples[0], house.now + 3000)
    finally:
        if micropython:
            micropython.heap_unlock()
    assert not said and not any(outputs)


def test_a_quiet_panel_on_mains_wakes_only_to_test_its_battery() -> None:
    house = PowerHouse()
    house.charged()
    assert house.panel.deadline_ms() == house.now + 24 * HOUR_MS
    assert "power" not in house.panel.snapshot()


def test_the_loss_of_mains_is_told_once_over_restarts() -> None:
    house = PowerHouse()
    house.measured()
    house.loses_mains()
    house.passes(DELAY_MS)
    house.restart()
    assert house.display() == ("Mains lost", "On battery") and house.lamp("fault")
    house.loses_mains()
    house.passes(DELAY_MS)
    assert house.codes() == [1301]
    house.restart()
    house.measured()
    house.passes(MINUTE_MS)
    assert house.codes() == [1301, 3301]
    assert "power" not in house.panel.snapshot()


def test_no_number_of_restarts_makes_the_delay_much_longer() -> None:
    house = PowerHouse()
    house.measured()
    for _ in range(3):
        house.loses_mains()
        house.passes(DELAY_MS // 3 + 1000)
        house.restart()
    assert house.codes() == [1301]


def test_a_snapshot_of_firmware_that_knew_no_power_is_taken_up() -> None:
    house = House()
    house.arms()
    state: Any = cbor.decode(cbor.encode(house.panel.snapshot()))
    assert "power" not in state
    panel = Panel(config.check(house.config), state, quick_hash)
    panel.handle(("start", [], []), 1000)
    panel.handle(("power", False, 12_700, -130, 200), 1000)
    assert panel.area_status(1) % 16 == 2 and panel.snapshot() == state


def test_a_changed_configuration_is_followed_without_forgetting_what_was_told() -> None:
    house = PowerHouse()
    house.measured()
    house.loses_mains()
    house.passes(DELAY_MS)
    house.takes_over(mains_delay_s=0, battery="lifepo4", battery_mah=20_000)
    assert house.display() == ("Mains lost", "On battery")
    house.passes(HOUR_MS)
    assert house.codes() == [1301]
    house.measured()
    house.passes(MINUTE_MS)
    house.forget()
    house.loses_mains()
    assert house.codes() == [1301], "the new delay is none"


def test_a_battery_that_is_configured_away_is_forgotten() -> None:
    for takes_over in (True, False):
        house = PowerHouse(battery_test_h=0)
        house.measured()
        house.loses_mains(11_500)
        house.passes(DELAY_MS)
        assert house.codes() == [1302, 1301]
        if takes_over:
            house.takes_over(battery="none")
        else:
            house.config["battery"] = "none"
            house.restart()
        assert house.display() == ("Mains lost", "On battery")
        house.measured()
        assert house.display() == ("Disarmed", "Ready") and not house.lamp("fault")
        house.passes(HOUR_MS)
        assert house.codes() == [1302, 1301, 3301]


def test_another_battery_is_judged_by_its_own_limits_at_once() -> None:
    house = PowerHouse(battery_test_h=0)
    house.measured()
    house.loses_mains(11_900)
    house.passes(DELAY_MS)
    house.takes_over(battery="lifepo4")
    house.passes(MINUTE_MS)
    assert house.codes() == [1301, 1302]


def test_a_panel_without_a_battery_tells_of_mains_only() -> None:
    house = PowerHouse(battery="none")
    for mains, mv in ((True, 0), (True, 13_600), (False, 9_000), (False, 0), (True, 16_000)):
        house.measured(mains, mv)
        house.passes(100 * HOUR_MS)
    assert house.codes() == [1301, 3301] and not house.parked
    assert house.on == AT_START
    assert house.panel.site.power.health() == (1, 0, 255, 255, 0)
