"""Confirmed alarms: two zones, or one twice, within a window; the first sounds all the same and is called alone."""

from hemlarm_firmware.panel import config
from hemlarm_firmware.panel.core import Panel
from panel_house import BEDROOM, CODE, DISARM, ENTRY_MS, FRONT_DOOR, HALL, SILENCE, SIREN_MS, WINDOW, House, quick_hash

WINDOW_MS = 120_000
SHED, SHED_DOOR, SHED_WINDOW = 2, 21, 22


def armed(**groups: int) -> House:
    """An armed house whose alarms wait two minutes for their confirmation, with groups by zone: window=2."""
    house = House(confirm_s=WINDOW_MS // 1000, siren_s=900)
    for name, group in groups.items():
        house.fits({"window": WINDOW, "bedroom": BEDROOM, "hall": HALL}[name], group=group)
    house.arms()
    return house


def alarms(house: House) -> "list[tuple[int, int, int]]":
    """(qcode, zone, detail) of the events since `forget`, without restores."""
    return [(event[0], event[2], event[5]) for event in house.full_events() if event[0] // 1000 != 3]


def test_without_a_window_every_alarm_counts_by_itself() -> None:
    house = House()
    house.arms()
    house.opens(WINDOW, BEDROOM)
    house.closes(WINDOW)
    house.opens(WINDOW)
    assert alarms(house) == [(1130, WINDOW, 0), (1130, BEDROOM, 0)]


def test_a_first_trip_sounds_and_is_reported_at_once_as_unconfirmed() -> None:
    house = armed()
    house.opens(WINDOW)
    assert alarms(house) == [(1130, WINDOW, 1)]
    assert house.siren() == "intrusion" and house.shown["outdoor"] == "intrusion"


def test_a_second_zone_within_the_window_confirms_and_is_named() -> None:
    house = armed()
    house.opens(WINDOW)
    house.passes(WINDOW_MS - 1)
    house.opens(HALL)
    assert alarms(house) == [(1130, WINDOW, 1), (1132, HALL, 0), (1139, HALL, 0)]


def test_a_second_zone_after_the_window_waits_for_a_confirmation_of_its_own() -> None:
    house = armed()
    house.opens(WINDOW)
    house.passes(WINDOW_MS)
    house.opens(HALL)
    assert alarms(house) == [(1130, WINDOW, 1), (1132, HALL, 1)]
    house.passes(WINDOW_MS - 1)
    house.opens(BEDROOM)
    assert alarms(house)[2:] == [(1130, BEDROOM, 0), (1139, BEDROOM, 0)]


def test_the_same_zone_tripping_twice_confirms() -> None:
    house = armed()
    house.opens(HALL)
    house.closes(HALL)
    house.passes(WINDOW_MS - 1)
    house.opens(HALL)
    assert alarms(house) == [(1132, HALL, 1), (1139, HALL, 0)]


def test_a_zone_that_only_repeats_that_it_is_open_confirms_nothing() -> None:
    house = armed()
    house.opens(WINDOW)
    house.opens(WINDOW)
    house.opens(WINDOW)
    assert alarms(house) == [(1130, WINDOW, 1)]


def test_the_same_zone_in_a_second_alarm_within_the_window_confirms() -> None:
    house = armed()
    house.opens(WINDOW)
    house.command(SILENCE)
    house.closes(WINDOW)
    house.opens(WINDOW)
    assert alarms(house) == [(1130, WINDOW, 1), (6130, WINDOW, 0), (1130, WINDOW, 0), (1139, WINDOW, 0)]


def test_trips_of_one_zone_that_are_too_far_apart_confirm_nothing() -> None:
    house = armed()
    house.opens(HALL)
    house.closes(HALL)
    house.passes(WINDOW_MS)
    house.opens(HALL)
    house.closes(HALL)
    assert alarms(house) == [(1132, HALL, 1)]
    house.passes(WINDOW_MS - 1)
    house.opens(HALL)
    assert alarms(house) == [(1132, HALL, 1), (1139, HALL, 0)]


def test_an_entry_and_the_motion_behind_it_confirm() -> None:
    house = armed()
    house.opens(FRONT_DOOR, HALL)
    house.closes(HALL)
    house.passes(ENTRY_MS)
    assert alarms(house) == [(6134, FRONT_DOOR, 15), (1134, FRONT_DOOR, 1)]
    house.opens(HALL)
    assert alarms(house)[2:] == [(1132, HALL, 0), (1139, HALL, 0)]


def test_zones_of_different_groups_do_not_confirm_each_other() -> None:
    house = armed(window=1, bedroom=2, hall=9)
    house.opens(WINDOW, BEDROOM)
    assert alarms(house) == [(1130, WINDOW, 1), (1130, BEDROOM, 1)]
    house.opens(HALL)
    assert alarms(house)[2:] == [(1132, HALL, 1)]
    house.closes(BEDROOM)
    house.opens(BEDROOM)
    assert alarms(house)[3:] == [(1139, BEDROOM, 0)]


def test_another_groups_trip_does_not_make_a_window_longer() -> None:
    house = armed(window=1, bedroom=2, hall=1)
    house.opens(WINDOW)
    house.passes(WINDOW_MS - 1)
    house.opens(BEDROOM)
    house.passes(1)
    house.opens(HALL)
    assert alarms(house) == [(1130, WINDOW, 1), (1130, BEDROOM, 1), (1132, HALL, 1)]


def test_a_trip_whose_window_is_over_starts_another_window_for_its_group() -> None:
    house = armed(window=1, bedroom=2, hall=1)
    house.opens(WINDOW)
    house.passes(WINDOW_MS - 1)
    house.opens(BEDROOM)
    house.passes(WINDOW_MS - 1)
    house.opens(HALL)
    house.closes(WINDOW)
    house.opens(WINDOW)
    assert alarms(house)[2:] == [(1132, HALL, 1), (1139, WINDOW, 0)]


def test_a_zone_of_no_group_confirms_nothing_and_is_a_plain_alarm() -> None:
    house = armed(window=0)
    house.opens(WINDOW)
    house.closes(WINDOW)
    house.opens(WINDOW, BEDROOM)
    assert alarms(house) == [(1130, WINDOW, 0), (1130, BEDROOM, 1)]
    house.closes(WINDOW)
    house.opens(WINDOW)
    assert alarms(house) == [(1130, WINDOW, 0), (1130, BEDROOM, 1)]


def test_what_is_confirmed_once_stays_so_until_disarmed() -> None:
    house = armed(hall=2)
    house.opens(WINDOW, BEDROOM)
    house.passes(10 * WINDOW_MS)
    house.forget()
    house.opens(HALL)
    assert alarms(house) == [(1132, HALL, 0)]
    house.keys(CODE, "disarm")
    house.closes(WINDOW, BEDROOM, HALL)
    house.arms()
    house.opens(WINDOW)
    assert alarms(house) == [(1130, WINDOW, 1)]


def test_disarming_forgets_a_trip_that_waits() -> None:
    house = House(confirm_s=7200)
    house.arms()
    house.opens(WINDOW)
    house.keys(CODE, "disarm")
    house.closes(WINDOW)
    house.arms()
    house.opens(BEDROOM)
    assert alarms(house) == [(1130, BEDROOM, 1)]


def test_a_restart_forgets_neither_a_trip_that_waits_nor_that_it_was_confirmed() -> None:
    house = armed()
    house.opens(WINDOW)
    house.passes(WINDOW_MS - 1)
    house.restart()
    house.passes(WINDOW_MS - 1)
    house.forget()
    house.opens(HALL)
    assert alarms(house) == [(1132, HALL, 0), (1139, HALL, 0)]
    house.restart()
    house.forget()
    house.opens(BEDROOM)
    assert alarms(house) == [(1130, BEDROOM, 0)]


def test_after_a_restart_the_window_still_ends() -> None:
    house = armed()
    house.opens(WINDOW)
    house.restart()
    house.passes(WINDOW_MS)
    house.forget()
    house.opens(HALL)
    assert alarms(house) == [(1132, HALL, 1)]


def test_a_shorter_window_configured_meanwhile_holds_after_the_restart() -> None:
    house = armed()
    house.opens(WINDOW)
    house.config["areas"][0]["confirm_s"] = 30
    house.restart()
    house.passes(30_000)
    house.forget()
    house.opens(HALL)
    assert alarms(house) == [(1132, HALL, 1)]


def test_areas_do_not_confirm_each_other() -> None:
    house = House(confirm_s=60)
    house.config["areas"].append({"number": SHED, "exit_s": 0, "confirm_s": 60})
    house.fits(SHED_DOOR, type="instant", area=SHED)
    house.fits(SHED_WINDOW, type="instant", area=SHED)
    house.arms()
    house.opens(WINDOW, SHED_DOOR)
    assert alarms(house) == [(1130, WINDOW, 1), (1130, SHED_DOOR, 1)]
    house.opens(SHED_WINDOW)
    assert house.full_events()[2:] == [(1130, SHED, SHED_WINDOW, 0, 0, 0), (1139, SHED, SHED_WINDOW, 0, 0, 0)]
    house.command(DISARM, SHED)
    house.opens(HALL)
    assert (1139, HALL, 0) in alarms(house), "the other area's disarming forgets nothing here"


def test_an_unconfirmed_alarm_is_cancelled_as_any_other() -> None:
    house = armed()
    house.opens(WINDOW)
    house.passes(SIREN_MS)
    house.keys(CODE, "disarm")
    assert alarms(house) == [(1130, WINDOW, 1), (1401, 0, 0), (1406, WINDOW, 0)]


def test_disarming_leaves_nothing_of_a_confirmation_behind() -> None:
    house = House(confirm_s=7200)
    fresh = house.panel.snapshot()
    for second in ((), (BEDROOM,)):
        house.arms()
        house.opens(WINDOW, *second)
        house.keys(CODE, "disarm")
        house.closes(WINDOW, BEDROOM)
        house.keys(CODE, "disarm")
        assert house.panel.snapshot() == fresh
        assert house.panel.deadline_ms() is None


def test_a_window_that_ended_after_a_restart_is_not_opened_by_another_one() -> None:
    house = armed()
    house.opens(WINDOW)
    house.restart()
    house.passes(WINDOW_MS)
    house.restart()
    house.forget()
    house.opens(HALL)
    assert alarms(house) == [(1132, HALL, 1)]


def test_a_restart_keeps_the_groups_apart() -> None:
    house = armed(window=1, bedroom=2, hall=3)
    house.opens(WINDOW, BEDROOM)
    house.restart()
    house.forget()
    house.opens(HALL)
    assert alarms(house) == [(1132, HALL, 1)]
    house.closes(WINDOW)
    house.opens(WINDOW)
    assert alarms(house)[1:] == [(1139, WINDOW, 0)]


def test_a_window_that_ended_leaves_nothing_in_the_record() -> None:
    house = armed()
    before = house.panel.snapshot()["areas"][0]["confirm"]
    house.opens(WINDOW)
    house.passes(WINDOW_MS)
    assert house.panel.snapshot()["areas"][0]["confirm"] == before


def test_a_new_configuration_leaves_a_window_that_is_open_as_it_is() -> None:
    house = armed()
    before = house.panel.snapshot()["areas"][0]["confirm"]
    house.opens(WINDOW)
    house.passes(WINDOW_MS - 1)
    house.panel = Panel(config.check(house.config), house.panel.snapshot(), quick_hash, house.panel)
    house.panel.wake(house.now)
    house.passes(1)
    assert house.panel.snapshot()["areas"][0]["confirm"] == before
