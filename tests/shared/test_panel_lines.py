"""Wired zones with end-of-line resistors: the filter, and sabotage of the line."""

import gc
import sys

from panel_devices import (
    CABINET,
    CLOSED,
    CUT,
    DOOR,
    FILTER_MS,
    LID,
    MOTION,
    QUIET,
    SHORT,
    SMOKY,
    TRIPPED,
    WINDOW,
    line,
    loop,
    wired,
)
from panel_house import CODE, EXIT_MS, House


def test_a_window_opened_for_longer_than_the_filter_alarms() -> None:
    house = wired()
    house.arms()
    house.says("line", WINDOW, TRIPPED)
    house.passes(FILTER_MS)
    assert house.events() == []
    house.passes(1)
    assert house.events() == [(1130, WINDOW)]
    assert house.siren() == "intrusion"


def test_a_shorter_disturbance_is_none() -> None:
    house = wired()
    house.arms()
    house.says("line", WINDOW, TRIPPED)
    house.passes(FILTER_MS)
    house.says("line", WINDOW, CLOSED)
    house.passes(10000)
    assert house.events() == [] and house.siren() == "off"
    assert house.panel.deadline_ms() is None, "nothing is left to wait for"


def test_a_line_filters_again_and_again() -> None:
    house = wired()
    for _ in range(3):
        house.measures(WINDOW, TRIPPED)
        assert house.display() == ("Disarmed", f"Zone {WINDOW} open")
        house.measures(WINDOW, CLOSED)
        assert house.display() == ("Disarmed", "Ready")


def test_two_lines_filter_at_once() -> None:
    house = wired()
    house.arms()
    house.says("line", WINDOW, TRIPPED)
    house.passes(100)
    house.says("line", DOOR, TRIPPED)
    house.passes(301)
    assert house.events() == [(1130, WINDOW)]
    house.passes(100)
    assert house.events() == [(1130, WINDOW), (1134, DOOR)]


def test_a_door_on_a_line_starts_the_entry_delay_and_motion_behind_it_waits() -> None:
    house = wired()
    house.arms()
    house.measures(DOOR, TRIPPED)
    house.measures(MOTION, TRIPPED)
    assert house.events() == [(6134, DOOR)]


def test_an_open_line_refuses_arming_and_closing_it_is_noticed() -> None:
    house = wired()
    house.measures(WINDOW, TRIPPED)
    assert not house.lamp("ready")
    house.measures(WINDOW, CLOSED)
    house.arms()


def test_cutting_or_shorting_a_line_is_tamper_in_every_mode() -> None:
    for ohms in (CUT, SHORT):
        for mode in ("", "home", "away"):
            house = wired()
            if mode:
                house.arms(mode)
            house.measures(WINDOW, ohms)
            assert house.events() == [(1144, WINDOW)], (ohms, mode)
            assert house.siren() == ("intrusion" if mode else "off"), "loud where it is armed"
            assert house.shown["buzzer"] == ("off" if mode else "alert")
            assert house.display() == ("TAMPER", f"Zone {WINDOW}")
            assert house.lamp("fault")


def test_a_tampered_line_that_is_whole_again_says_so_and_guards_again() -> None:
    house = wired()
    house.measures(WINDOW, CUT)
    house.keys(CODE, "disarm")
    house.keys(CODE, "disarm")
    assert house.display() == ("Tamper, silenced", f"Zone {WINDOW}")
    house.forget()
    house.measures(WINDOW, CLOSED)
    assert house.events() == [(3144, WINDOW)]
    house.keys(CODE, "disarm")
    assert house.display() == ("Disarmed", "Ready") and not house.lamp("fault")
    house.arms()
    house.measures(WINDOW, TRIPPED)
    assert house.events() == [(1130, WINDOW)]


def test_a_tampered_line_says_nothing_about_its_window() -> None:
    house = wired()
    house.measures(WINDOW, TRIPPED)
    house.measures(WINDOW, CUT)
    house.measures(WINDOW, TRIPPED)
    assert house.events() == [(1144, WINDOW), (3144, WINDOW)]
    house.arms_not(WINDOW)


def test_a_closed_window_stays_closed_for_the_panel_while_its_line_is_tampered_with() -> None:
    house = wired()
    house.arms()
    house.measures(WINDOW, CUT)
    house.forget()
    house.measures(WINDOW, CLOSED)
    assert house.events() == [(3144, WINDOW)]
    house.measures(WINDOW, TRIPPED)
    assert house.events() == [(3144, WINDOW), (1130, WINDOW)]


def test_a_tampered_line_refuses_arming_and_may_be_forced() -> None:
    house = wired()
    house.measures(WINDOW, CUT)
    house.keys(CODE, "disarm")
    house.arms_not(WINDOW)
    house.forget()
    house.press("ok")
    assert house.events() == [(1570, WINDOW), (3401, 0)]


def test_a_forced_line_that_is_mended_in_the_exit_delay_guards_again() -> None:
    house = wired()
    house.measures(WINDOW, CUT)
    house.keys(CODE, "disarm")
    house.keys(CODE, "away")
    house.press("ok")
    house.forget()
    house.measures(WINDOW, CLOSED)
    assert house.events() == [(3144, WINDOW), (3570, WINDOW)]
    house.passes(EXIT_MS)
    house.measures(WINDOW, TRIPPED)
    assert house.events()[2:] == [(1130, WINDOW)]


def test_a_forced_line_that_is_mended_and_open_does_not_rejoin() -> None:
    house = wired()
    house.measures(WINDOW, CUT)
    house.keys(CODE, "disarm")
    house.keys(CODE, "away")
    house.press("ok")
    house.forget()
    house.measures(WINDOW, TRIPPED)
    assert house.events() == [(3144, WINDOW)] and house.siren() == "off"


def test_a_forced_gun_cabinet_that_closes_in_the_exit_delay_guards_again() -> None:
    house = wired()
    house.measures(CABINET, TRIPPED)
    house.keys(CODE, "disarm")
    house.keys(CODE, "away")
    house.press("ok")
    house.forget()
    house.measures(CABINET, CLOSED)
    assert house.events() == [(3133, CABINET), (3570, CABINET)]
    house.measures(CABINET, TRIPPED)
    assert house.events()[2:] == [(1133, CABINET)]
    assert house.siren() == "intrusion"


def test_a_tamper_on_a_bypassed_zone_is_reported_and_nothing_more() -> None:
    house = wired()
    house.command(7, WINDOW)
    house.forget()
    house.measures(WINDOW, CUT)
    assert house.events() == [(1144, WINDOW)]
    assert house.shown["buzzer"] == "off"
    house.measures(WINDOW, CLOSED)
    assert house.events() == [(1144, WINDOW), (3144, WINDOW)]


def test_the_end_of_a_tamper_is_reported_even_when_the_bypass_ended_before() -> None:
    house = wired()
    house.command(7, WINDOW)
    house.measures(WINDOW, CUT)
    house.command(8, WINDOW)
    house.forget()
    house.measures(WINDOW, CLOSED)
    assert house.events() == [(3144, WINDOW)]


def test_a_tamper_that_sounded_before_the_bypass_ends_as_it_began() -> None:
    house = wired()
    house.measures(WINDOW, CUT)
    house.keys(CODE, "disarm")
    house.command(7, WINDOW)
    house.forget()
    house.measures(WINDOW, CLOSED)
    assert house.events() == [(3144, WINDOW)]
    house.keys(CODE, "disarm")
    assert house.display() == ("Disarmed", "Ready")


def test_a_tamper_switch_on_a_line_is_the_switch_whatever_the_line_does() -> None:
    for ohms in (SHORT, CUT):
        house = wired()
        house.measures(LID, ohms)
        assert house.events() == [(1137, LID)]
        house.measures(LID, QUIET)
        assert house.events() == [(1137, LID), (3137, LID)]


def test_what_does_not_belong_to_a_line_changes_nothing() -> None:
    house = wired()
    house.arms()
    house.says("zone", WINDOW, True)
    house.hears(WINDOW, 1)
    house.says("line", 99, TRIPPED)
    house.passes(1000)
    assert house.events() == []
    house = House()
    house.arms()
    house.measures(3, TRIPPED)
    assert house.events() == []


def test_an_unchanged_sample_costs_no_memory() -> None:
    if sys.implementation.name != "micropython":
        return
    house = wired()
    house.arms()
    handle, now = house.panel.handle, house.now
    samples = [("line", DOOR, 2201), ("line", WINDOW, 2199), ("line", MOTION, 2200), ("line", CABINET, 2300)]
    handle(samples[0], now)
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()  # type: ignore[attr-defined]
    for sample in samples:
        handle(sample, now)
    after = gc.mem_alloc()  # type: ignore[attr-defined]
    gc.enable()
    assert after == before


def test_an_unchanged_sample_still_does_what_is_due() -> None:
    house = wired()
    house.keys(CODE, "away")
    house.passes(EXIT_MS - 1)
    house.now += 1
    house.says("line", WINDOW, CLOSED)
    assert house.display() == ("Armed", "Away")


def test_a_sample_that_comes_when_something_is_due_counts_too() -> None:
    house = wired()
    house.keys(CODE, "away")
    house.now += EXIT_MS
    house.forget()
    house.says("line", WINDOW, TRIPPED)
    house.passes(FILTER_MS + 1)
    assert house.events() == [(1130, WINDOW)]


def test_a_closed_gun_cabinet_whose_line_is_cut_refuses_arming() -> None:
    house = wired()
    house.measures(CABINET, CUT)
    house.keys(CODE, "disarm")
    house.arms_not(CABINET)


def test_a_smoky_value_on_a_double_line_is_a_short_and_never_silence() -> None:
    house = wired()
    house.measures(WINDOW, SMOKY)
    assert house.events() == [(1144, WINDOW)]


def test_what_is_known_costs_nothing_whatever_says_it() -> None:
    house = House(zones=[line(WINDOW), loop(LID), {"number": DOOR, "type": "entry", "area": 1}])
    house.measures(WINDOW, CLOSED)
    house.measures(LID, QUIET)
    house.measures(LID, SMOKY)
    house.keys(CODE, "disarm")  # The loop is without power now.
    house.opens(DOOR)
    handle, now = house.panel.handle, house.now
    nothing = handle(("line", WINDOW, CLOSED), now)
    assert nothing == []
    for known in (("line", LID, QUIET), ("line", DOOR, 1), ("line", 99, 1), ("zone", 99, True), ("zone", DOOR, True)):
        assert handle(known, now) is nothing, known
    assert handle(("line", WINDOW, TRIPPED), now) is not nothing
    assert handle(("zone", DOOR, False), now) is not nothing


def test_a_gun_cabinet_whose_line_is_cut_refuses_arming_and_does_not_rejoin_before_it_is_mended() -> None:
    house = wired()
    house.measures(CABINET, TRIPPED)
    house.measures(CABINET, CUT)
    house.keys(CODE, "disarm")
    house.arms_not(CABINET)
    house.press("ok")
    house.forget()
    house.measures(CABINET, TRIPPED)
    house.measures(CABINET, CUT)
    assert (3570, CABINET) not in house.events()
    house.measures(CABINET, CLOSED)
    assert house.events()[-1] == (3570, CABINET)
