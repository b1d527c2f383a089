"""Restarts: nothing pending is lost or told twice, delays only get shorter, what opened meanwhile is noticed."""

from hemlarm_firmware.panel import config
from hemlarm_firmware.panel.core import Panel, SnapshotError
from hemlarm_firmware.panel.countdown import Countdown
from panel_house import (
    BACK_DOOR,
    BEDROOM,
    CODE,
    ENTRY_MS,
    EXIT_MS,
    FRONT_DOOR,
    HALL,
    HEAT,
    SIREN_MS,
    SMOKE,
    WINDOW,
    House,
    plain_config,
)
from support import raises

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def armed(mode: str = "away") -> House:
    house = House()
    house.arms(mode)
    return house


def test_an_armed_house_stays_armed_in_its_mode() -> None:
    for mode, word in (("away", "Away"), ("home", "Home")):
        house = armed(mode)
        house.restart()
        assert house.display() == ("Armed", word)
        assert house.events() == [] and house.saves() == 0


def test_a_disarmed_house_stays_disarmed_whatever_is_open() -> None:
    house = House()
    house.restart(FRONT_DOOR, HALL, WINDOW)
    house.passes(SIREN_MS)
    assert house.events() == []
    assert house.display() == ("Disarmed", f"Zone {FRONT_DOOR} open")


def test_a_window_opened_while_the_panel_was_down_alarms() -> None:
    house = armed()
    house.restart(WINDOW)
    assert house.events() == [(1130, WINDOW)]
    assert house.siren() == "intrusion"


def test_a_door_opened_while_the_panel_was_down_starts_the_entry_delay() -> None:
    house = armed()
    house.restart(FRONT_DOOR)
    assert house.events() == [(6134, FRONT_DOOR)]
    house.passes(ENTRY_MS)
    assert house.siren() == "intrusion"


def test_door_and_motion_while_the_panel_was_down_are_an_entry_whatever_their_numbers() -> None:
    house = armed()
    house.restart(HALL, BACK_DOOR)
    assert house.events() == [(6134, BACK_DOOR)]


def test_motion_alone_while_the_panel_was_down_alarms() -> None:
    house = armed()
    house.restart(HALL)
    assert house.events() == [(1132, HALL)]


def test_smoke_while_the_panel_was_down_alarms() -> None:
    house = House()
    house.restart(SMOKE)
    assert house.events() == [(1111, SMOKE)]
    assert house.siren() == "fire"


def test_an_entry_delay_continues_and_never_gets_longer() -> None:
    for elapsed in (0, 1, 9000, 10001, 15000, 25000, 29999):
        house = armed()
        house.opens(FRONT_DOOR)
        house.passes(elapsed)
        house.restart()
        assert (house.siren() == "off") == (elapsed < ENTRY_MS * 2 // 3), elapsed
        house.passes(ENTRY_MS - elapsed)
        assert house.events() == [(6134, FRONT_DOOR), (1134, FRONT_DOOR)], elapsed


def test_a_restart_early_in_the_entry_delay_leaves_time_to_disarm() -> None:
    house = armed()
    house.opens(FRONT_DOOR)
    house.restart()
    house.passes(ENTRY_MS // 2)
    house.keys(CODE, "disarm")
    assert house.events() == [(6134, FRONT_DOOR), (1401, 0)]


def test_switching_the_panel_off_and_on_again_and_again_does_not_hold_off_the_alarm() -> None:
    house = armed()
    house.opens(FRONT_DOOR)
    for _ in range(4):
        house.restart()
    assert house.events() == [(6134, FRONT_DOOR), (1134, FRONT_DOOR)]


def test_an_exit_delay_begins_again() -> None:
    house = House()
    house.keys(CODE, "away")
    house.passes(EXIT_MS - 1)
    house.restart(FRONT_DOOR, HALL)
    house.passes(EXIT_MS - 1)
    house.closes(FRONT_DOOR, HALL)
    house.passes(1)
    assert house.events() == [(3401, 0)]
    assert house.display() == ("Armed", "Away")


def test_an_alarm_continues_without_duplicates_and_the_siren_keeps_its_limit() -> None:
    for elapsed in (0, 60001, 100000, 179999):
        house = armed()
        house.opens(WINDOW, HALL)
        house.closes(HALL)
        house.passes(elapsed)
        house.forget()
        house.restart()
        assert house.siren() == ("intrusion" if elapsed < 120000 else "off")
        house.passes(SIREN_MS - elapsed)
        assert house.siren() == "off" and house.events() == [], elapsed


def test_a_zone_that_has_spoken_in_an_alarm_does_not_speak_again_after_a_restart() -> None:
    house = armed()
    house.opens(WINDOW, HALL)
    house.closes(HALL)
    house.forget()
    house.restart(HALL)
    assert house.siren() == "intrusion" and house.events() == []
    house.restart(BEDROOM)
    assert house.events() == [(1130, BEDROOM)]


def test_a_zone_still_open_from_an_alarm_before_the_restart_does_not_alarm_again() -> None:
    house = armed()
    house.opens(FRONT_DOOR, HALL)
    house.passes(ENTRY_MS)
    house.opens(WINDOW)
    house.closes(WINDOW)
    house.opens(WINDOW)
    house.passes(SIREN_MS)
    house.forget()
    house.restart()
    assert house.events() == [] and house.siren() == "off"
    house.opens(BACK_DOOR)
    house.restart()
    assert house.events() == [(6134, BACK_DOOR)]


def test_a_zone_closed_while_the_panel_was_down_is_restored_and_guards_again() -> None:
    house = armed()
    house.opens(WINDOW)
    house.passes(SIREN_MS)
    house.forget()
    house.restart(closed=(WINDOW,))
    assert house.events() == [(3130, WINDOW)]
    house.opens(WINDOW)
    assert house.events() == [(3130, WINDOW), (1130, WINDOW)]


def test_a_zone_that_reopened_in_an_alarm_does_not_start_another_when_that_one_ends_with_a_restart() -> None:
    house = armed()
    house.opens(WINDOW, FRONT_DOOR)
    house.closes(FRONT_DOOR)
    house.opens(FRONT_DOOR)
    house.passes(SIREN_MS - 1)
    house.forget()
    house.restart()
    assert house.siren() == "off" and house.events() == []
    assert house.lamp("armed")


def test_another_window_opened_while_the_panel_was_down_sounds_again_when_the_first_alarm_is_over() -> None:
    house = armed()
    house.opens(WINDOW)
    house.passes(SIREN_MS - 1)
    house.forget()
    house.restart(BEDROOM)
    assert house.events() == [(1130, BEDROOM)]
    house.passes(SIREN_MS - 1)
    assert house.siren() == "intrusion"


def test_a_zone_closed_during_an_alarm_while_the_panel_was_down_is_restored() -> None:
    house = armed()
    house.opens(WINDOW)
    house.forget()
    house.restart(closed=(WINDOW,))
    assert house.events() == [(3130, WINDOW)] and house.siren() == "intrusion"


def test_a_disarmed_house_remembers_no_delay_and_no_entry() -> None:
    house = House()
    fresh = house.panel.snapshot()
    house.keys(CODE, "away")
    house.opens(FRONT_DOOR)
    house.passes(EXIT_MS)
    assert house.panel.snapshot() != fresh
    house.keys(CODE, "disarm")
    house.closes(FRONT_DOOR)
    assert house.panel.snapshot() == fresh


def test_starting_shows_everything_anew() -> None:
    house = House()
    shown = dict(house.shown)
    assert len(shown) == 9
    house.shown = {}
    house.restart()
    assert house.shown == shown
    outputs = house.panel.handle(("start", []), house.now)
    assert len([item for item in outputs if item[0] == "show"]) == 9


def test_a_restart_in_an_alarm_forgets_neither_the_cancel_nor_the_memory() -> None:
    house = armed()
    house.opens(WINDOW)
    house.restart()
    house.forget()
    house.keys(CODE, "disarm")
    assert house.events() == [(1401, 0), (1406, WINDOW)]
    house.restart()
    assert house.display() == ("Burglar alarm in", f"Zone {WINDOW}")


def test_an_exit_error_is_still_one_after_a_restart() -> None:
    house = House()
    house.keys(CODE, "away")
    house.opens(FRONT_DOOR)
    house.passes(EXIT_MS)
    house.restart()
    house.passes(ENTRY_MS)
    assert house.events() == [(3401, 0), (6134, FRONT_DOOR), (1134, FRONT_DOOR), (1374, FRONT_DOOR)]


def test_a_fire_siren_sounds_on_after_a_restart_without_a_second_event() -> None:
    house = House()
    house.opens(SMOKE)
    house.passes(SIREN_MS - 1)
    house.forget()
    house.restart()
    assert house.siren() == "fire" and house.events() == []
    house.passes(SIREN_MS)
    assert house.siren() == "off"


def test_a_silenced_fire_stays_silent_after_a_restart_until_a_second_detector_trips() -> None:
    house = House()
    house.opens(SMOKE)
    house.keys(CODE, "disarm")
    house.forget()
    house.restart()
    assert house.siren() == "off" and house.events() == []
    house.restart(HEAT, closed=(SMOKE,))
    assert house.siren() == "fire"
    assert house.events() == [(3111, SMOKE), (1111, HEAT)]


def test_a_zone_that_was_open_before_an_alarm_is_not_taken_for_opened_after_a_restart_in_it() -> None:
    for door in (WINDOW, FRONT_DOOR):
        house = House()
        house.opens(door)
        house.command(7, door)
        house.arms()
        house.command(8, door)
        house.restart()
        assert house.siren() == "off" and house.panel.area_status(1) % 16 == 2
        house.opens(BEDROOM)
        house.forget()
        house.restart()
        assert house.events() == [] and house.siren() == "intrusion"


def test_the_clocks_of_a_snapshot_run_from_the_first_call() -> None:
    house = armed()
    house.opens(FRONT_DOOR)
    panel = Panel(config.check(house.config), house.saved)
    assert panel.deadline_ms() is None
    outputs = panel.handle(("start", [FRONT_DOOR]), 5000000)
    assert [item for item in outputs if item[0] == "event"] == []
    deadline = panel.deadline_ms()
    assert deadline is not None and 5000000 < deadline < 5000000 + ENTRY_MS


def test_a_snapshot_of_another_version_is_refused_by_name() -> None:
    checked = config.check(plain_config())
    states: Any = ({"version": 99}, {}, [], 3)
    for state in states:
        error = raises(SnapshotError, Panel, checked, state)
        assert "version" in str(error)


def test_a_restarted_delay_is_counted_in_thirds_and_never_longer_than_it_was() -> None:
    for left, wakes, kept in ((100, [34, 68, 100], [66, 32, 0, 0]), (40, [34, 40], [6, 0, 0]), (34, [34], [0, 0])):
        countdown = Countdown()
        countdown.start_stepped(0, left, 100)
        now, woken, remain = 0, [], [countdown.left_ms]
        while not countdown.is_over(now):
            now = countdown.next_ms() or 0
            woken.append(now)
            countdown.is_over(now)
            remain.append(countdown.left_ms)
        assert (woken, remain) == (wakes, kept)


def test_an_exit_delay_after_an_earlier_entry_delay_is_whole_again_after_a_restart() -> None:
    house = armed()
    house.opens(FRONT_DOOR)
    house.keys(CODE, "disarm")
    house.closes(FRONT_DOOR)
    house.keys(CODE, "away")
    house.passes(EXIT_MS - 1)
    house.restart()
    house.passes(EXIT_MS - 1)
    assert house.display() == ("Arming", "Leave now")
    house.passes(1)
    assert house.display() == ("Armed", "Away")


def test_motion_found_by_a_restart_that_ends_the_entry_delay_belongs_to_the_entry() -> None:
    house = armed()
    house.opens(FRONT_DOOR)
    house.passes(ENTRY_MS - 1)
    house.forget()
    house.restart(HALL, BACK_DOOR)
    assert house.events() == [(1134, FRONT_DOOR)]
    house = armed()
    house.opens(FRONT_DOOR)
    house.passes(ENTRY_MS - 1)
    house.forget()
    house.restart(WINDOW)
    assert house.events() == [(1134, FRONT_DOOR), (1130, WINDOW)], "a window is no way in"


def test_a_door_found_open_by_a_restart_that_ends_an_alarm_has_its_entry_delay() -> None:
    house = armed()
    house.opens(WINDOW)
    house.passes(SIREN_MS - 1)
    house.forget()
    house.restart(FRONT_DOOR)
    assert house.events() == [(6134, FRONT_DOOR)] and house.siren() == "off"
