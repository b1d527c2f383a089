"""A new configuration around a panel that goes on: nothing is forgotten, nothing alarms twice, what is gone is gone."""

from hemlarm_firmware.panel import config
from hemlarm_firmware.panel.core import Panel
from panel_devices import CLOSED, CUT, QUIET, SMOKY, TRIPPED, line, loop, radio
from panel_house import (
    ANNA,
    BACK_DOOR,
    BEDROOM,
    CODE,
    ENTRY_MS,
    EXIT_MS,
    FRONT_DOOR,
    HALL,
    OTHER_CODE,
    SIREN_MS,
    SMOKE,
    WINDOW,
    WRONG_CODE,
    House,
    plain_config,
    quick_hash,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BYPASS, CHIME, DISARM = 7, 10, 1
CANCEL_MS = 300_000
CONFIRM_MS = 600_000
WATER = 21
TWO_AREAS = [{"number": 1}, {"number": 2}]


def goes_on(house: House, **changes: "Any") -> None:
    """The configuration changes; nothing happens by itself."""
    house.forget()
    house.takes_over(**(changes or {"siren_s": SIREN_MS // 1000 + 1}))
    assert house.events() == []


def without(*numbers: int) -> "list[Any]":
    """The house's zones but for these."""
    return [zone for zone in plain_config()["zones"] if zone["number"] not in numbers]


def test_everything_is_shown_anew_and_nothing_has_changed() -> None:
    house = House()
    house.arms()
    shown = dict(house.shown)
    saved = house.saved
    goes_on(house)
    assert house.shown == shown and house.saved == saved and house.saves() == 0


def test_an_armed_house_stays_armed_and_guards() -> None:
    house = House()
    house.arms()
    goes_on(house)
    assert house.display() == ("Armed", "Away")
    house.opens(FRONT_DOOR)
    house.passes(ENTRY_MS)
    assert house.events() == [(6134, FRONT_DOOR), (1134, FRONT_DOOR)]


def test_what_is_open_is_known_and_does_not_alarm() -> None:
    house = House()
    house.command(BYPASS, WINDOW)
    house.opens(WINDOW)
    house.arms()
    goes_on(house)
    house.opens(WINDOW)
    assert house.events() == []
    house.keys(CODE, "disarm")
    house.passes(1000)
    assert house.display() == ("Disarmed", f"Zone {WINDOW} open")


def test_a_window_that_alarmed_does_not_alarm_again() -> None:
    house = House()
    house.arms()
    house.opens(WINDOW)
    house.passes(SIREN_MS)
    goes_on(house)
    assert house.display() == ("Armed, alarm in", f"Zone {WINDOW}") and house.siren() == "off"
    house.closes(WINDOW)
    assert house.events() == [(3130, WINDOW)]


def test_a_silenced_fire_stays_silenced_until_it_is_clear() -> None:
    house = House()
    house.opens(SMOKE)
    house.keys(CODE, "disarm")
    goes_on(house)
    assert house.siren() == "off"
    house.closes(SMOKE)
    assert house.events() == [(3111, SMOKE)]


def test_lines_and_their_filter_go_on() -> None:
    zones = [line(WINDOW), line(FRONT_DOOR, "entry")]
    house = House(zones=zones)
    house.measures(WINDOW, CLOSED)
    house.measures(FRONT_DOOR, CLOSED)
    house.arms()
    house.says("line", WINDOW, TRIPPED)
    house.passes(200)
    goes_on(house)
    house.passes(200)
    assert house.events() == []
    house.passes(1)
    assert house.events() == [(1130, WINDOW)]


def test_a_rewired_line_is_what_was_known_until_it_is_measured() -> None:
    for measured, events in ((1000, [(3144, WINDOW)]), (CUT, [])):
        house = House(zones=[line(WINDOW)])
        house.measures(WINDOW, CLOSED)
        house.measures(WINDOW, CUT)
        goes_on(house, zones=[line(WINDOW, wiring="1k/1k")])
        house.measures(WINDOW, measured)
        assert house.events() == events


def test_a_window_that_was_open_when_it_was_rewired_is_open_until_it_is_measured_closed() -> None:
    house = House(zones=[line(WINDOW)])
    house.measures(WINDOW, CLOSED)
    house.measures(WINDOW, TRIPPED)
    goes_on(house, zones=[line(WINDOW, wiring="1k/1k")])
    house.arms_not(WINDOW)
    house.measures(WINDOW, 1000)
    house.press("back")
    house.arms()


def test_a_faulty_loop_that_is_rewired_is_faulty_until_it_is_measured_whole() -> None:
    house = House(zones=[loop(SMOKE)])
    house.measures(SMOKE, QUIET)
    house.measures(SMOKE, CUT)
    goes_on(house, zones=[line(SMOKE)])
    house.measures(SMOKE, CLOSED)
    assert house.events() == [(3373, SMOKE)]


def test_a_burning_loop_that_becomes_a_digital_zone_clears_as_one() -> None:
    house = House(zones=[loop(SMOKE)])
    house.measures(SMOKE, QUIET)
    house.measures(SMOKE, SMOKY)
    house.keys(CODE, "disarm")
    house.passes(5000)
    goes_on(house, zones=[{"number": SMOKE, "type": "fire", "area": 1}])
    house.closes(SMOKE)
    assert house.events() == [(3111, SMOKE)]


def test_a_radio_sensor_that_was_heard_is_not_waited_for_again() -> None:
    house = House(zones=[radio(WINDOW)])
    house.hears(WINDOW)
    goes_on(house)
    assert house.display() == ("Disarmed", "Ready")


def test_a_radio_sensor_that_was_not_heard_is_waited_for_on() -> None:
    house = House(zones=[radio(WINDOW)])
    goes_on(house)
    assert house.display() == ("Waiting for", f"Zone {WINDOW}")


def test_the_troubles_of_a_sensor_are_still_known() -> None:
    house = House(zones=[radio(WINDOW)])
    house.hears(WINDOW, 4)
    goes_on(house)
    assert house.display() == ("Battery low", f"Zone {WINDOW}")


def test_a_wired_zone_in_the_place_of_a_radio_sensor_is_not_waited_for() -> None:
    house = House(zones=[radio(WINDOW)])
    goes_on(house, zones=[line(WINDOW)])
    assert house.display() == ("Disarmed", "Ready")


def test_a_radio_sensor_in_the_place_of_a_wired_one_is_waited_for() -> None:
    for before in (line(WINDOW), {"number": WINDOW, "type": "instant", "area": 1}):
        house = House(zones=[before])
        goes_on(house, zones=[radio(WINDOW)])
        assert house.display() == ("Waiting for", f"Zone {WINDOW}")


def test_a_removed_zone_is_forgotten_with_all_that_it_did() -> None:
    house = House(zones=[{"number": WATER, "type": "water", "area": 1}, line(WINDOW)] + without(WINDOW))
    house.measures(WINDOW, CUT)
    house.opens(WATER, SMOKE)
    house.keys(CODE, "disarm")
    house.command(BYPASS, WINDOW)
    goes_on(house, zones=without(WINDOW, SMOKE, WATER))
    house.keys(CODE, "disarm")
    assert house.display() == ("Disarmed", "Ready") and not house.lamp("fault") and not house.lamp("alarm")
    assert house.saved["zones"] == [] and house.saved["latches"] == []
    house.says("zone", WATER, True)
    assert house.events() == []


def test_what_sounds_for_a_removed_zone_sounds_until_a_person_ends_it() -> None:
    house = House()
    house.opens(SMOKE)
    goes_on(house, zones=without(SMOKE))
    assert house.siren() == "fire"
    house.passes(SIREN_MS - 1)
    assert house.siren() == "fire"
    house.passes(1)
    assert house.siren() == "off" and house.saves() > 0


def test_a_removed_area_is_forgotten_and_the_other_stays_armed() -> None:
    zones = [{"number": 1, "type": "instant", "area": 1}, {"number": 2, "type": "instant", "area": 2}]
    house = House(areas=TWO_AREAS, zones=zones)
    house.arms()
    goes_on(house, areas=TWO_AREAS[:1], zones=zones[:1])
    house.keys(CODE, "disarm")
    assert house.full_events() == [(1401, 1, 0, ANNA, 1, 0)]
    assert house.command(DISARM, 2) == (3, 0)
    assert [area["number"] for area in house.saved["areas"]] == [1]


def test_a_new_area_and_zone_are_there_at_once() -> None:
    house = House()
    goes_on(house, areas=TWO_AREAS, zones=without() + [{"number": 30, "type": "instant", "area": 2}])
    assert house.command(2, 2) == (0, 17)
    house.opens(30)
    assert house.full_events()[-1] == (1130, 2, 30, 0, 0, 0)


def test_a_zone_that_is_new_and_open_refuses_arming_after_it_has_said_so() -> None:
    house = House(zones=without(WINDOW))
    goes_on(house, zones=without())
    house.opens(WINDOW)
    house.arms_not(WINDOW)


def test_a_new_user_may_come_in_and_an_old_one_no_more() -> None:
    house = House()
    house.arms()
    goes_on(house, users=house.config["users"][1:])
    house.keys(CODE, "disarm")
    assert house.events() == []
    house.keys(OTHER_CODE, "disarm")
    assert house.events() == [(1401, 0)]


def test_delays_change_for_the_next_time() -> None:
    house = House()
    house.arms()
    goes_on(house, areas=[{"number": 1, "entry_s": 10, "exit_s": 0}])
    house.opens(FRONT_DOOR)
    house.passes(10_000)
    assert house.events() == [(6134, FRONT_DOOR), (1134, FRONT_DOOR)]


def test_the_time_to_cancel_runs_on() -> None:
    for late_ms, cancelled in ((0, True), (1, False)):
        house = House()
        house.arms()
        house.opens(WINDOW)
        house.passes(SIREN_MS)
        goes_on(house)
        house.passes(CANCEL_MS - SIREN_MS - 1 + late_ms)
        house.keys(CODE, "disarm")
        assert ((1406, WINDOW) in house.events()) == cancelled


def test_the_window_of_confirmation_runs_on() -> None:
    for late_ms, confirmed in ((0, True), (1, False)):
        house = House(confirm_s=CONFIRM_MS // 1000)
        house.arms()
        house.opens(WINDOW)
        house.passes(SIREN_MS)
        goes_on(house)
        house.passes(CONFIRM_MS - SIREN_MS - 1 + late_ms)
        house.opens(BEDROOM)
        assert ((1139, BEDROOM) in house.events()) == confirmed


def test_a_confirmed_alarm_stays_confirmed() -> None:
    house = House(confirm_s=CONFIRM_MS // 1000)
    house.arms()
    house.opens(WINDOW, BEDROOM)
    house.closes(WINDOW)
    house.passes(SIREN_MS)
    goes_on(house)
    house.opens(WINDOW)
    assert house.full_events() == [(1130, 1, WINDOW, 0, 0, 0)]


def test_delays_and_alarms_run_on_should_it_happen_then() -> None:
    house = House()
    house.keys(CODE, "away")
    house.passes(EXIT_MS - 1000)
    goes_on(house, language="en")
    house.passes(1000)
    assert house.display() == ("Armed", "Away")
    house.opens(BACK_DOOR)
    house.passes(ENTRY_MS - 1000)
    goes_on(house, language="en")
    house.passes(999)
    assert house.siren() == "off"
    house.passes(1)
    assert house.siren() == "intrusion"
    house.passes(SIREN_MS - 1)
    goes_on(house, language="en")
    assert house.siren() == "intrusion"
    house.passes(1)
    assert house.siren() == "off" and house.events() == []


def test_what_a_person_waits_to_hear_of_the_centre_runs_on() -> None:
    house = House()
    house.opens(SMOKE)
    house.passes(99_999)
    goes_on(house)
    assert house.display()[0] == "FIRE"
    house.passes(1)
    assert house.display() == ("FIRE: centre", "not informed 112")


def test_the_chime_is_as_a_person_left_it_unless_the_configuration_says_otherwise_now() -> None:
    house = House()
    house.command(CHIME, 0)
    goes_on(house)
    assert not house.panel.site.chime
    house.command(CHIME, 1)
    goes_on(house, chime=False)
    assert not house.panel.site.chime and house.saved["chime"] is False
    goes_on(house, chime=True)
    assert house.panel.site.chime


def test_the_keypads_lock_runs_on() -> None:
    house = House()
    for _ in range(3):
        house.keys(WRONG_CODE, "away")
    house.passes(89_999)
    goes_on(house)
    house.keys(CODE, "away")
    assert house.events() == []
    house.passes(1)
    house.keys(CODE, "away")
    assert house.events() == [(3401, 0)]


def test_a_code_half_entered_is_not_lost() -> None:
    house = House()
    house.press("1", "2")
    goes_on(house)
    house.press("3", "4", "away")
    assert house.events() == [(3401, 0)]


def test_a_panel_that_never_started_starts_as_after_a_boot() -> None:
    house = House()
    house.arms()
    house.opens(FRONT_DOOR)
    house.forget()
    house.panel = Panel(config.check(house.config), house.saved, quick_hash)
    goes_on(house)
    house.passes(ENTRY_MS)
    assert house.siren() == "intrusion"


def test_motion_before_any_door_alarms_after_it_as_before() -> None:
    house = House()
    house.arms()
    goes_on(house)
    house.opens(HALL)
    assert house.events() == [(1132, HALL)]


def test_a_zone_that_was_never_measured_needs_a_start_and_a_radio_sensor_does_not() -> None:
    house = House()

    def knows(*zones: "Any") -> bool:
        changed = dict(house.config)
        changed["zones"] = list(zones)
        return house.panel.knows_zones_of(config.check(changed))

    assert knows(*plain_config()["zones"])
    assert knows(*without(WINDOW)), "one zone less"
    assert not knows({"number": WATER, "type": "water", "area": 1}), "one more"
    assert not knows(line(WINDOW, "instant")), "another wiring"
    assert knows(radio(WATER, "water")), "it is not believed to be closed before it has spoken"
    house = House(zones=[radio(WINDOW)])
    assert not knows({"number": WINDOW, "type": "instant", "area": 1}), "wired from now on"


def test_an_input_that_comes_before_anything_else_finds_the_new_zones_ready() -> None:
    house = House()
    house.config["zones"] = without(HALL, WATER) + [radio(WATER, "water"), radio(HALL, "follower")]
    panel = Panel(config.check(house.config), house.panel.snapshot(), quick_hash, house.panel)
    panel.handle(("sensor", WATER, 0, None), house.now)
    assert (panel.deadline_ms() or 0) > house.now
